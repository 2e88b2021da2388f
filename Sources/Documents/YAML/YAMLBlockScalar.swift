import ConcordDiagnostics

// Literal (`|`) and folded (`>`) scalars.

extension YAMLParser {
  /// What happens to the line breaks at the end of a block scalar.
  private enum Chomping { case strip, clip, keep }

  /// block-scalar = ("|" | ">") [digit] ["-" | "+"] line-break { line }
  mutating func blockScalar(_ properties: Properties) throws(Diagnostic) {
    let start = offset
    let isLiteral = bytes[offset] == UInt8(ascii: "|")
    let (chomping, digit) = try blockHeader()
    let parent = frames.last?.indent ?? -1
    let first = offset
    let indent: Int
    if let digit { indent = max(parent, 0) + digit } else { indent = try detectedIndent(parent) }
    var text = BlockText(isLiteral: isLiteral)
    var end = lastEnd
    while let line = try blockLine(indent) {
      let content = offset
      skip()
      if !line { end = offset }
      text.append(line ? [] : bytes[content..<offset], isEmpty: line, hasBreak: isBreak(bytes[offset]))
      if isBreak(bytes[offset]) { skipBreak() }
    }
    lastEnd = end
    isFresh = offset == lineStart
    sawTab = false
    let place = RawYAMLEvent.TextPlace.lines(first, indent: indent)
    emit(
      .scalar(text.result(chomping == .strip, chomping == .keep), isLiteral ? .literal : .folded), properties,
      from: start, to: end, text: isLiteral && end > first ? place : .none)
  }

  private mutating func blockHeader() throws(Diagnostic) -> (Chomping, Int?) {
    let start = offset
    var chomping: Chomping?
    var digit: Int?
    offset += 1
    while true {
      switch bytes[offset] {
      case UInt8(ascii: "-") where chomping == nil: chomping = .strip
      case UInt8(ascii: "+") where chomping == nil: chomping = .keep
      case 0x31...0x39 where digit == nil: digit = Int(bytes[offset] - 0x30)
      default:
        endToken()
        let hasBlank = isBlank(bytes[offset])
        skipBlanks()
        if hasBlank, bytes[offset] == UInt8(ascii: "#") {
          skip()
        }
        guard isBreak(bytes[offset]) || isAtEnd else { throw badBlockHeader(start) }
        if !isAtEnd { skipBreak() }
        return (chomping ?? .clip, digit)
      }
      offset += 1
    }
  }

  /// The indentation of the first line that is not empty.
  private func detectedIndent(_ parent: Int) throws(Diagnostic) -> Int {
    var index = offset
    var deepest = 0
    var deepestLine = index
    while true {
      let line = index
      while bytes[index] == 0x20 { index += 1 }
      let spaces = index - line
      guard isBreak(bytes[index]) else {
        if index == count { return max(deepest, spaces, parent + 1) }
        guard spaces > parent else { return max(deepest, parent + 1) }
        if deepest > spaces { throw deepEmptyLine(deepestLine, deepest, spaces) }
        return spaces
      }
      if spaces > deepest {
        deepest = spaces
        deepestLine = line
      }
      index += bytes[index] == 0x0D && bytes[index + 1] == 0x0A ? 2 : 1
    }
  }

  /// Skips the indentation of the scalar's next line: whether the line is empty; `nil` where the scalar ends.
  private mutating func blockLine(_ indent: Int) throws(Diagnostic) -> Bool? {
    if isAtEnd || isAtAnyMarker { return nil }
    var spaces = 0
    while spaces < indent, bytes[offset + spaces] == 0x20 { spaces += 1 }
    if isBreak(bytes[offset + spaces]) || offset + spaces == count {
      offset += spaces
      return true
    }
    guard spaces == indent else {
      if bytes[offset + spaces] == 0x09 {
        offset += spaces
        throw tabIndentation()
      }
      return nil
    }
    offset += spaces
    return false
  }
}

/// Collects the lines of a block scalar, and folds them.
private struct BlockText {
  let isLiteral: Bool
  private var text: [UInt8] = []
  /// The line breaks since the last line that was not empty: first that line's own.
  private var hasOwnBreak = false
  private var emptyLines = 0
  private var hasText = false
  private var lastIsIndented = false

  init(isLiteral: Bool) { self.isLiteral = isLiteral }

  mutating func append(_ line: ArraySlice<UInt8>, isEmpty: Bool, hasBreak: Bool) {
    if isEmpty {
      if hasBreak || !hasText { emptyLines += 1 }
      return
    }
    let isIndented = line.first.map(isBlank) ?? false
    if hasText {
      if isLiteral || isIndented || lastIsIndented {
        text.append(0x0A)
      } else if emptyLines == 0 {
        text.append(0x20)
      }
    }
    text.append(contentsOf: repeatElement(0x0A, count: emptyLines))
    text.append(contentsOf: line)
    emptyLines = 0
    hasText = true
    // A last line of nothing but white space counts as ended, as the official suite has it (its case L24T).
    hasOwnBreak = hasBreak || (!line.isEmpty && line.allSatisfy(isBlank))
    lastIsIndented = isIndented
  }

  func result(_ isStripped: Bool, _ isKept: Bool) -> String {
    var text = text
    if !isStripped, hasText, hasOwnBreak { text.append(0x0A) }
    if isKept { text.append(contentsOf: repeatElement(0x0A, count: emptyLines)) }
    return String(decoding: text, as: UTF8.self)
  }
}
