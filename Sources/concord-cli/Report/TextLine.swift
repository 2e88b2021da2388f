import Concord

/// A line for people, of parts in different styles. What stands in it is shown and never obeyed: whatever a rule or
/// a file's name holds, it stays on its line and moves no cursor, since drawing spells out what would
/// (`String.visible`).
///
/// ```swift
/// let line: TextLine = "  \("FAIL", .bad)  \(name): expected \(expected)"
/// ```
struct TextLine: ExpressibleByStringInterpolation, Sendable {
  /// How a part looks where there are colours.
  enum Style: String, Sendable {
    case good = "32"
    case bad = "1;31"
    case warning = "1;33"
    case note = "1;34"
  }

  private var parts: [(text: String, style: Style?)]

  /// A line of one text.
  init(_ text: String) { parts = [(text, nil)] }
  init(stringLiteral text: String) { self.init(text) }
  init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

  /// Puts the parts of a literal together.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var parts: [(text: String, style: Style?)] = []

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ text: String) { parts.append((text, nil)) }
    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      parts.append((value.description, nil))
    }
    mutating func appendInterpolation(_ value: some CustomStringConvertible, _ style: Style?) {
      parts.append((value.description, style))
    }
    mutating func appendInterpolation(_ line: TextLine) { parts += line.parts }
  }

  /// The lines of a text, each behind an indent.
  static func lines(of text: String, indent: Int = 0) -> [TextLine] {
    let margin = String(repeating: " ", count: indent)
    return text.split(separator: "\n").map { TextLine(margin + $0) }
  }

  /// The line as a terminal gets it, with its line break.
  func drawn(colour: Bool) -> String {
    parts.reduce("") { $0 + TextLine.drawn($1.text.visible(), colour ? $1.style : nil) } + "\n"
  }

  private static func drawn(_ text: String, _ style: Style?) -> String {
    guard let style, !text.isEmpty else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }
}

extension TextLine.Style {
  /// The colour of a severity.
  init(_ severity: Diagnostic.Severity) {
    self =
      switch severity {
      case .error: .bad
      case .warning: .warning
      case .note: .note
      }
  }
}

/// A number and what it counts, in the plural where it is not 1: `1 rule`, `2 rules`.
func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}

/// A text of several lines on one.
func flat(_ text: String) -> String { text.replacing("\n", with: " ") }

/// A text on one line, cut where it is long.
func shortened(_ text: String, to length: Int) -> String {
  let text = flat(text)
  return text.count > length ? text.prefix(length - 1) + "…" : text
}
