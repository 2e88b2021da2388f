import ConcordDiagnostics

// What can be wrong with indentation, keys and brackets.

extension YAMLParser {
  func tabIndentation() -> Diagnostic {
    let tab = bytes[lineStart..<max(lineStart, offset)].firstIndex(of: 0x09) ?? offset
    return make(
      .indentation, "expected spaces for indentation, found a tab", at: tab,
      help: ["YAML indents by spaces alone; replace the tab"])
  }

  func tooMuchIndentation(_ top: Frame) -> Diagnostic {
    let what = top.kind == .blockSequence ? "list item" : "key"
    var help = ["entries of one \(top.kind == .blockSequence ? "list" : "mapping") begin at the same column"]
    if let last = events.last, case .scalar(let text, _) = last.kind, !text.isEmpty, isAtLineOfText {
      help = ["a value that goes on in the next line stands in quotes, or behind `|` or `>`"]
    }
    return make(
      .indentation, "expected a \(what) at column \(top.indent + 1), found \(found) at column \(column + 1)",
      at: offset,
      to: wordEnd(offset), help: help)
  }

  /// Whether what stands here is neither an item nor a key, and so perhaps the rest of a text.
  private var isAtLineOfText: Bool {
    !isAtIndicator("-") && !word(from: offset).contains(":")
  }

  func missingItem() -> Diagnostic {
    let isTight = bytes[offset] == UInt8(ascii: "-")
    return expected(
      "`- ` before the next list item",
      help: isTight ? "put a space after `-`" : "begin the line with `- `, or indent it less to end the list")
  }

  func itemAmongKeys() -> Diagnostic {
    make(
      .unexpected, "expected a key, found the list item `\(word(from: offset))`", at: offset,
      help: ["a list belongs below a key that has no other value"])
  }

  func textAfterNode() -> Diagnostic {
    if bytes[offset] == UInt8(ascii: "#") { return missingSpaceBeforeComment() }
    var diagnostic = expected("the end of the line after the value")
    if let last = events.last, case .scalar(_, let style) = last.kind,
      style == .doubleQuoted || style == .singleQuoted
    {
      let quote = style == .doubleQuoted ? "\"" : "'"
      diagnostic.labels.append(
        Diagnostic.Label(span(last.start, last.start + 1), "the quoted text begins here"))
      diagnostic.help = [
        "inside the text, `\(quote)` is written `\(style == .doubleQuoted ? "\\\"" : "''")`"
      ]
    }
    if isAtIndicator(":") { diagnostic.help = ["a value that holds `: ` stands in quotes"] }
    return diagnostic
  }

  func textAfterDocument() -> Diagnostic {
    expected("the end of the document", help: "a further document begins with `---`")
  }

  func textAfterDocumentEnd() -> Diagnostic {
    expected("the end of the line after `...`")
  }

  func missingSpaceBeforeComment() -> Diagnostic {
    make(.unexpected, "expected a space before the comment", at: offset, help: ["write ` #`"])
  }

  // MARK: Keys

  func missingColon(_ start: NodeStart) -> Diagnostic {
    let text = word(from: start.offset)
    let key = text.unicodeScalars.prefix { $0 != ":" }
    var help = ["write `\(text): value`"]
    if key.count < text.unicodeScalars.count {
      let rest = text.unicodeScalars.dropFirst(key.count + 1)
      help = [
        "put a space after the colon: `\(String(String.UnicodeScalarView(key))): \(String(String.UnicodeScalarView(rest)))`"
      ]
    }
    return make(
      .unexpected, "expected `: ` after the key `\(text)`", at: start.offset,
      to: start.offset + text.utf8.count, help: help)
  }

  func multilineKey(_ start: NodeStart) -> Diagnostic {
    let text = word(from: start.offset)
    var diagnostic = make(
      .unexpected, "a key must stand on one line", at: start.offset, to: start.offset + text.utf8.count,
      "this text goes on in the next line", help: [])
    diagnostic.labels.append(Diagnostic.Label(span(offset, offset + 1), "and ends at this colon"))
    diagnostic.help =
      frames.last?.kind == .document
      ? ["if `\(text)` is a key, put `: ` after it"]
      : [
        "if `\(text)` is the whole value, indent the next line as its key is",
        "if the text holds `: `, write it in quotes",
      ]
    return diagnostic
  }

  func keyTooLong(_ start: NodeStart) -> Diagnostic {
    make(
      .unexpected, "a key without `?` is at most 1024 bytes long", at: start.offset, to: offset,
      help: ["write `? ` before the key, and `: ` on the line after it"])
  }

  func blockOnKeyLine(_ start: NodeStart, _ kind: Frame.Kind) -> Diagnostic {
    if kind == .blockSequence {
      return make(
        .unexpected, "a list cannot begin on the line of its key", at: start.offset,
        help: ["put `\(word(from: start.offset))` on the next line"])
    }
    return make(
      .unexpected, "a mapping cannot begin on the line of its key", at: offset,
      help: ["write the value in quotes, or put the inner key on the next line"])
  }

  // MARK: Brackets

  func unclosedFlow(_ top: Frame) -> Diagnostic {
    let frame = openBracket(top)
    return .unclosed(
      frame.kind == .flowSequence ? "list" : "mapping", by: frame.closer, in: source, opening: bracket(frame),
      at: span(offset, offset))
  }

  func wrongCloser(_ top: Frame) -> Diagnostic {
    let frame = openBracket(top)
    var diagnostic = make(.unclosed, "expected `\(frame.closer)`, found \(found)", at: offset)
    diagnostic.labels.append(Diagnostic.Label(bracket(frame), "the bracket that is open"))
    return diagnostic
  }

  func missingFlowComma(_ top: Frame) -> Diagnostic {
    if bytes[offset] == UInt8(ascii: "#") { return missingSpaceBeforeComment() }
    if bytes[offset] == UInt8(ascii: ":") {
      return .expected(
        "`,` or `\(top.closer)`", found: "`:`", in: source, at: span(offset, offset + 1),
        help: ["a key within brackets ends on the line of its colon; a text with `:` stands in quotes"])
    }
    var diagnostic = expected("`,` or `\(top.closer)`")
    diagnostic.labels.append(Diagnostic.Label(bracket(top), "within this bracket"))
    return diagnostic
  }

  func missingFlowColon() -> Diagnostic {
    expected(
      "`: ` and a value, or `,`", help: "a key that is text with special characters stands in quotes")
  }

  func emptyFlowEntry() -> Diagnostic {
    make(.unexpected, "expected an entry before `,`", at: offset, help: ["remove the comma"])
  }

  func tooLittleFlowIndentation(_ top: Frame) -> Diagnostic {
    let frame = openBracket(top)
    var diagnostic = make(
      .indentation,
      "expected at least \(top.indent + 1) spaces of indentation within brackets, found \(leadingSpaces)",
      at: offset)
    diagnostic.labels.append(Diagnostic.Label(bracket(frame), "the bracket that is open"))
    diagnostic.help = ["indent the line, or close the bracket with `\(frame.closer)`"]
    return diagnostic
  }

  func tooLittleQuoteIndentation(_ opening: Int) -> Diagnostic {
    let quote = string(opening..<opening + 1)
    var diagnostic = make(
      .indentation, "expected the quoted text to be indented or to end with `\(quote)`, found \(found)",
      at: offset)
    diagnostic.labels.append(Diagnostic.Label(span(opening, opening + 1), "the text begins here"))
    return diagnostic
  }

  /// The place of the bracket that opens a frame, which may stand behind an anchor or a tag.
  private func bracket(_ frame: Frame) -> Span {
    var index = frame.start.offset
    while index < count, bytes[index] != UInt8(ascii: "["), bytes[index] != UInt8(ascii: "{") { index += 1 }
    return span(index, index + 1)
  }

  /// The innermost frame that has a bracket.
  private func openBracket(_ top: Frame) -> Frame {
    frames.last { $0.kind == .flowSequence || $0.kind == .flowMapping } ?? top
  }
}

extension YAMLParser.Frame {
  /// The bracket that closes it.
  fileprivate var closer: String { kind == .flowSequence ? "]" : "}" }
}
