import ConcordDiagnostics

// Anchors, aliases, tags and directives.

extension YAMLParser {
  /// property = "&" name | tag
  mutating func property(into properties: inout Properties, isFlow: Bool) throws(Diagnostic) {
    let start = offset
    if bytes[offset] == UInt8(ascii: "&") {
      let name = try name("anchor")
      guard properties.anchor == nil else { throw secondProperty(start, "anchor") }
      properties.anchor = name
    } else {
      let tag = try tag()
      guard properties.tag == nil else { throw secondProperty(start, "tag") }
      properties.tag = tag
    }
    let next = bytes[offset]
    guard isSpaceOrEnd(next) || (isFlow && isFlowIndicator(next)) else { throw textAfterProperty(start) }
  }

  /// The properties of one node that stand on several lines.
  func merge(_ left: Properties, _ right: Properties, at offset: Int) throws(Diagnostic) -> Properties {
    if left.anchor != nil, right.anchor != nil { throw secondProperty(offset, "anchor") }
    if left.tag != nil, right.tag != nil { throw secondProperty(offset, "tag") }
    return Properties(anchor: left.anchor ?? right.anchor, tag: left.tag ?? right.tag)
  }

  /// alias = "*" name
  mutating func alias() throws(Diagnostic) {
    let start = offset
    let name = try name("alias")
    emit(.alias(name), from: start, to: offset)
  }

  /// name = any characters but white space and flow indicators
  private mutating func name(_ what: String) throws(Diagnostic) -> String {
    let start = offset + 1
    var end = start
    while !isSpaceOrEnd(bytes[end]), !isFlowIndicator(bytes[end]) { end += 1 }
    guard end > start else { throw missingName(what) }
    advance(end - offset)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// tag = "!<" uri ">" | "!" [name "!"] suffix | "!"
  private mutating func tag() throws(Diagnostic) -> String {
    let start = offset
    if bytes[offset + 1] == UInt8(ascii: "<") {
      var end = offset + 2
      while isTagByte(bytes[end]) || isFlowIndicator(bytes[end]) || bytes[end] == UInt8(ascii: "!") {
        end += 1
      }
      guard bytes[end] == UInt8(ascii: ">"), end > offset + 2 else { throw badTag(start, end) }
      advance(end + 1 - offset)
      return try percentDecoded((start + 2)..<end)
    }
    var handleEnd = offset + 1
    while isNameByte(bytes[handleEnd]) { handleEnd += 1 }
    let hasHandle = bytes[handleEnd] == UInt8(ascii: "!")
    let suffixStart = hasHandle ? handleEnd + 1 : offset + 1
    var end = suffixStart
    while isTagByte(bytes[end]) { end += 1 }
    if hasHandle, end == suffixStart { throw badTag(start, end) }
    advance(end - offset)
    let suffix = try percentDecoded(suffixStart..<end)
    if !hasHandle, suffix.isEmpty { return "!" }
    let handle = hasHandle ? String(decoding: bytes[start..<suffixStart], as: UTF8.self) : "!"
    if let prefix = handles[handle] { return prefix + suffix }
    switch handle {
    case "!": return "!" + suffix
    case "!!": return YAML.coreTagPrefix + suffix
    default: throw unknownHandle(start, handle)
    }
  }

  private func percentDecoded(_ range: Range<Int>) throws(Diagnostic) -> String {
    var text: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      if bytes[index] == UInt8(ascii: "%") {
        guard index + 2 < range.upperBound, let high = bytes[index + 1].hexValue,
          let low = bytes[index + 2].hexValue
        else { throw badTag(range.lowerBound, range.upperBound) }
        text.append(high << 4 | low)
        index += 3
      } else {
        text.append(bytes[index])
        index += 1
      }
    }
    guard let decoded = String(validating: text, as: UTF8.self) else {
      throw badTag(range.lowerBound, range.upperBound)
    }
    return decoded
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || byte == UInt8(ascii: "-")
  }

  /// A URI character that is neither `!` nor a flow indicator.
  private func isTagByte(_ byte: UInt8) -> Bool {
    isNameByte(byte) || "%#;/?:@&=+$_.~*'()".utf8.contains(byte)
  }

  // MARK: Directives

  /// { "%" name { parameter } } ; whether there was one
  mutating func readDirectives() throws(Diagnostic) -> Bool {
    var hasVersion = false
    var hasAny = false
    while bytes[offset] == UInt8(ascii: "%"), offset == lineStart {
      hasAny = true
      let start = offset
      let words = directiveWords()
      switch words.first {
      case "YAML":
        if hasVersion { throw badDirective(start, "`%YAML` stands twice") }
        hasVersion = true
        guard words.count == 2, isVersion(words[1]) else {
          throw badDirective(start, "expected `%YAML 1.2`")
        }
      case "TAG":
        guard words.count == 3, isHandle(words[1]) else {
          throw badDirective(start, "expected `%TAG !name! prefix`")
        }
        if handles.updateValue(words[2], forKey: words[1]) != nil {
          throw badDirective(start, "`%TAG \(words[1])` stands twice")
        }
      default: break  // The specification reserves other directives and has them ignored.
      }
      skipGap()
    }
    return hasAny
  }

  private mutating func directiveWords() -> [String] {
    var words: [String] = []
    offset += 1
    while true {
      let start = offset
      while !isSpaceOrEnd(bytes[offset]) { offset += 1 }
      words.append(String(decoding: bytes[start..<offset], as: UTF8.self))
      while isBlank(bytes[offset]) { offset += 1 }
      if isSpaceOrEnd(bytes[offset]) || bytes[offset] == UInt8(ascii: "#") { break }
    }
    endToken()
    isFresh = bytes[offset] == UInt8(ascii: "#")
    return words
  }

  private func isVersion(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0] == "1" && !parts[1].isEmpty
      && parts[1].utf8.allSatisfy { $0.isDigit }
  }

  private func isHandle(_ text: String) -> Bool {
    text == "!"
      || (text.utf8.count > 1 && text.hasPrefix("!") && text.hasSuffix("!")
        && text.utf8.dropFirst().dropLast().allSatisfy(isNameByte))
  }
}

extension YAML {
  /// What `!!` stands for.
  static let coreTagPrefix = "tag:yaml.org,2002:"
}
