import ConcordDiagnostics

// What can be wrong in YAML text. `YAMLStructureDiagnostics.swift` has what is about indentation and brackets.

extension YAMLParser {
  func controlCharacter(_ offset: Int) -> Diagnostic {
    let digits = String(bytes[offset], radix: 16, uppercase: true)
    let code = String(repeating: "0", count: 4 - digits.count) + digits
    return make(
      .controlCharacter, "the control character U+\(code) may not stand in YAML", at: offset,
      help: ["write it as `\\x\(code.suffix(2))` in double quotes"])
  }

  func badEscape(_ start: Int) -> Diagnostic {
    let next = bytes[start + 1]
    let needed: Int? =
      switch next {
      case UInt8(ascii: "x"): 2
      case UInt8(ascii: "u"): 4
      case UInt8(ascii: "U"): 8
      default: nil
      }
    var end = start + 2
    if let needed {
      while end < start + 2 + needed, bytes[end].isHexDigit { end += 1 }
    } else {
      while bytes[end] & 0xC0 == 0x80 { end += 1 }
    }
    let isComplete = needed.map { end == start + 2 + $0 } ?? false
    let text = string(start..<min(end, count))
    return make(
      .badEscape,
      isComplete
        ? "`\(text)` is not a Unicode character" : "expected an escape that YAML knows, found `\(text)`",
      at: start, to: end,
      help: [
        isComplete
          ? "surrogates stand in pairs, or not at all"
          : needed.map { "\($0) hexadecimal digits follow `\\\(Character(Unicode.Scalar(next)))`" }
            ?? "a backslash itself is written `\\\\`, or the text stands in single quotes"
      ])
  }

  func unclosedQuote(_ opening: Int) -> Diagnostic {
    let quote = bytes[opening] == UInt8(ascii: "'") ? "'" : "\""
    return .unclosed(
      "quoted text", by: quote, in: source, opening: span(opening, opening + 1),
      help: quote == "'"
        ? ["inside single quotes, `'` is written `''`"] : ["inside double quotes, `\"` is written `\\\"`"])
  }

  func markerInQuote(_ opening: Int) -> Diagnostic {
    make(
      .unclosed,
      "expected the end of the quoted text, found the document marker `\(string(offset..<offset + 3))`",
      at: opening, "the text begins here", help: ["close the quote, or indent the marker"])
  }

  func badBeginning(isFlow: Bool) -> Diagnostic {
    let byte = bytes[offset]
    let character = string(offset..<offset + 1)
    switch byte {
    case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"):
      return make(
        .unexpected, "a text cannot begin with `\(character)` without quotes", at: offset,
        help: ["write it in quotes: `'\(word(from: offset))'`"])
    case UInt8(ascii: "#"):
      return missingSpaceBeforeComment()
    case UInt8(ascii: "-") where isFlow, UInt8(ascii: "|") where isFlow, UInt8(ascii: ">") where isFlow:
      return make(
        .unexpected, "`\(character)` cannot begin a value within brackets", at: offset,
        help: [
          byte == UInt8(ascii: "-")
            ? "items within `[` and `]` are separated by `,`" : "write the text in quotes"
        ])
    default:
      return .expected("a value", found: found, in: source, at: span(offset, offset + 1))
    }
  }

  func badBlockHeader(_ start: Int) -> Diagnostic {
    let style = string(start..<start + 1)
    return make(
      .yamlBlock, "expected a line break after `\(string(start..<lastEnd))`, found \(found)", at: offset,
      help: [
        "after `\(style)` may stand `-` or `+`, one digit from 1 to 9, and a comment; the text begins on the next line"
      ])
  }

  func deepEmptyLine(_ line: Int, _ spaces: Int, _ indent: Int) -> Diagnostic {
    make(
      .yamlBlock, "an empty line of \(spaces) spaces stands before text that is indented by \(indent)",
      at: line,
      to: line + spaces, help: ["remove the spaces, or state the indentation: `|2`"])
  }

  // MARK: Properties and directives

  func secondProperty(_ start: Int, _ what: String) -> Diagnostic {
    make(.yamlAnchor, "a node has one \(what), here is a second", at: start, to: wordEnd(start))
  }

  func textAfterProperty(_ start: Int) -> Diagnostic {
    make(.yamlTag, "expected a space after `\(string(start..<offset))`, found \(found)", at: offset)
  }

  func missingName(_ what: String) -> Diagnostic {
    let sign = string(offset..<offset + 1)
    return make(
      .yamlAnchor, "expected the name of an \(what) after `\(sign)`", at: offset,
      help: ["a text that begins with `\(sign)` stands in quotes"])
  }

  func propertiesOnAlias(_ start: NodeStart) -> Diagnostic {
    make(
      .yamlAnchor, "an alias has no anchor and no tag of its own", at: start.offset, to: wordEnd(start.offset)
    )
  }

  func propertiesBeforeItem(_ start: NodeStart) -> Diagnostic {
    make(
      .yamlAnchor, "an anchor or tag of a collection stands on the line before it", at: start.offset,
      to: wordEnd(start.offset))
  }

  func badTag(_ start: Int, _ end: Int) -> Diagnostic {
    make(
      .yamlTag,
      "expected a tag such as `!!str` or `!<tag:example.com,2000:name>`, found `\(string(start..<max(end, start + 1)))`",
      at: start,
      to: max(end, start + 1), help: ["a text that begins with `!` stands in quotes"])
  }

  func unknownHandle(_ start: Int, _ handle: String) -> Diagnostic {
    make(
      .yamlTag, "the tag handle `\(handle)` is not declared", at: start, to: offset,
      help: ["declare it before the document: `%TAG \(handle) prefix`"])
  }

  func badDirective(_ start: Int, _ message: String) -> Diagnostic {
    make(.yamlTag, message, at: start, to: lastEnd)
  }

  func missingDocumentStart() -> Diagnostic {
    make(.yamlTag, "expected `---` after the directives, found \(found)", at: offset)
  }

  // MARK: Limits

  func tooDeep() -> Diagnostic {
    .tooDeep(limit: limits.depth, in: source, at: span(offset, offset + 1))
  }

  // MARK: Parts

  /// Another word stands here than what has to.
  func expected(_ what: String, help: String? = nil) -> Diagnostic {
    .expected(
      what, found: found, in: source, at: span(offset, max(wordEnd(offset), min(offset + 1, count))),
      help: help.map { [$0] } ?? [])
  }

  func make(
    _ code: Diagnostic.Code, _ message: String, at start: Int, to end: Int? = nil, _ label: String = "",
    help: [String] = []
  ) -> Diagnostic {
    Diagnostic(code, message, in: source, at: span(start, end ?? min(start + 1, count)), label, help: help)
  }

  func span(_ start: Int, _ end: Int) -> Span {
    var cursor = TextCursor(bytes: bytes)
    let first = cursor.position(at: min(start, count))
    return Span(first, cursor.position(at: min(end, count)))
  }

  /// A part of the text, for messages; at most 60 bytes of it, on one line.
  func string(_ range: Range<Int>) -> String {
    let part = bytes[range.lowerBound..<min(range.upperBound, count)].prefix { !isBreak($0) }
    guard part.count > 60 else { return String(decoding: part, as: UTF8.self) }
    var end = part.startIndex + 60
    while end > part.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: bytes[part.startIndex..<end], as: UTF8.self) + "…"
  }

  /// The end of the word that begins at `start`.
  func wordEnd(_ start: Int) -> Int {
    var end = start
    while !isSpaceOrEnd(bytes[end]) { end += 1 }
    return end
  }

  /// The rest of the line from `start` on, without a comment and trailing white space.
  func word(from start: Int) -> String {
    var end = start
    var last = start
    while !isBreak(bytes[end]), end < count {
      if bytes[end] == UInt8(ascii: "#"), end > start, isBlank(bytes[end - 1]) { break }
      end += 1
      if !isBlank(bytes[end - 1]) { last = end }
    }
    return string(start..<last)
  }

  /// What stands here, for messages.
  var found: String {
    if isAtEnd { return "the end of the file" }
    if isBreak(bytes[offset]) { return "the end of the line" }
    let end = wordEnd(offset)
    return end == offset ? "white space" : "`\(string(offset..<end))`"
  }
}
