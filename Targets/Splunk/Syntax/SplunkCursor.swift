import ConcordDiagnostics

/// A place in the text of a search, and how to move on from it.
struct SplunkCursor {
  /// How deep the parts of an expression may be nested; a pair of parentheses counts as three.
  static let depthLimit = 300

  let source: Source
  private let scalars: [Unicode.Scalar]
  private let lineStarts: [Int]
  private(set) var index = 0
  /// How many groups and calls are open.
  var depth = 0

  init(_ source: Source) {
    self.source = source
    scalars = Array(source.text.unicodeScalars)
    var starts = [0]
    for (index, scalar) in scalars.enumerated() {
      let isBreak =
        scalar == "\n" || (scalar == "\r" && (index + 1 == scalars.count || scalars[index + 1] != "\n"))
      if isBreak { starts.append(index + 1) }
    }
    lineStarts = starts
  }

  /// The next character; `nil` at the end.
  var next: Unicode.Scalar? { peek(0) }

  /// The character after `count` others; `nil` past the end.
  func peek(_ count: Int) -> Unicode.Scalar? {
    index + count < scalars.count ? scalars[index + count] : nil
  }

  /// Whether `text` comes next, character by character.
  func isAt(_ text: String) -> Bool {
    var at = index
    for scalar in text.unicodeScalars {
      guard at < scalars.count, scalars[at] == scalar else { return false }
      at += 1
    }
    return true
  }

  mutating func advance(_ count: Int = 1) { index = min(scalars.count, index + count) }

  /// Passes over `text` if it comes next.
  mutating func take(_ text: String) -> Bool {
    guard isAt(text) else { return false }
    advance(text.unicodeScalars.count)
    return true
  }

  /// Goes back to a place that was passed.
  mutating func rewind(to place: Int) { index = min(index, place) }

  /// The text from `start` to here.
  func text(from start: Int) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[min(start, index)..<index])
    return String(view)
  }

  /// The stretch from `start` to here, at least one character.
  func span(from start: Int) -> Span {
    Span(position(start), position(max(start + 1, index)))
  }

  private func position(_ index: Int) -> Position {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= index { low = middle } else { high = middle }
    }
    return Position(line: low + 1, column: index - lineStarts[low] + 1)
  }

  /// Passes over blanks and comments.
  mutating func skipBlanks() throws(Diagnostic) {
    while let scalar = next {
      if SplunkCursor.isBlank(scalar) {
        advance()
      } else if isAt("```") {
        _ = try comment()
      } else {
        return
      }
    }
  }

  /// The text of a comment, which comes next.
  mutating func comment() throws(Diagnostic) -> String {
    let start = index
    advance(3)
    let inner = index
    while next != nil {
      if isAt("```") {
        let text = text(from: inner)
        advance(3)
        return text
      }
      advance()
    }
    throw .splunkUnclosed("comment", "```", source, span(from: start).clipped)
  }

  /// A text in double quotes, which comes next; `escapes` are the pairs that stand for a character, besides `\\`
  /// and `\"`. Other pairs stay as they are.
  mutating func quoted(escapes: [Unicode.Scalar: Unicode.Scalar]) throws(Diagnostic) -> String {
    let start = index
    advance()
    var text = String.UnicodeScalarView()
    while let scalar = next {
      advance()
      if scalar == "\"" { return String(text) }
      guard scalar == "\\", let second = next else {
        text.append(scalar)
        continue
      }
      if second == "\\" || second == "\"" {
        text.append(second)
        advance()
      } else if let meant = escapes[second] {
        text.append(meant)
        advance()
      } else {
        text.append(scalar)
      }
    }
    throw .splunkUnclosed("text", "\"", source, span(from: start).clipped)
  }

  /// The characters that satisfy `condition`, from here on.
  mutating func run(while condition: (Unicode.Scalar) -> Bool) -> String {
    let start = index
    while let scalar = next, condition(scalar) { advance() }
    return text(from: start)
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
  }

  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || (scalar.isASCII && (scalar.properties.isAlphabetic || isDigit(scalar)))
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}

extension Span {
  /// The first character of the stretch, where what follows is of no interest.
  var clipped: Span { Span(at: start) }
}
