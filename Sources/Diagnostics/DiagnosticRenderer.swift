/// Draws diagnostics for people, as compilers do: message, place, the line, carets, help.
public struct DiagnosticRenderer: Sendable {
  /// Whether to use terminal colours.
  public var colour: Bool

  /// A renderer; `colour` switches terminal colours on.
  public init(colour: Bool = false) {
    self.colour = colour
  }

  /// The drawing of one diagnostic, ending in a line break.
  public func render(_ diagnostic: Diagnostic) -> String {
    let severity = diagnostic.severity
    var text = paint("\(severity.rawValue)[\(diagnostic.code.rawValue)]", headColour(severity))
    text += paint(": \(diagnostic.message.visible(keepingBreaks: true))", "1") + "\n"
    if let first = diagnostic.labels.first {
      text += " --> \(place(diagnostic.source, first.span.start))\n"
      for label in diagnostic.labels { text += excerpt(label, of: diagnostic.source) }
    } else if let source = diagnostic.source {
      text += " --> \(source.name.visible())\n"
    }
    for help in diagnostic.help { text += paint("help", "1;36") + ": \(help.visible(keepingBreaks: true))\n" }
    return text
  }

  private func place(_ source: Source?, _ position: Position) -> String {
    let name = source.map { "\($0.name.visible()):" } ?? ""
    return "\(name)\(position.line):\(position.column)"
  }

  private func excerpt(_ label: Diagnostic.Label, of source: Source?) -> String {
    guard let line = source?.line(label.span.start.line) else { return "" }
    let window = Window(line, around: label.span)
    let number = String(label.span.start.line)
    let margin = String(repeating: " ", count: number.count)
    let carets = paint(String(repeating: "^", count: max(1, window.caretCount)), "1;31")
    let note = label.text.isEmpty ? "" : " " + label.text.visible()
    return "\(number) | \(window.text)\n\(margin) | \(window.padding)\(carets)\(note)\n"
  }

  private func headColour(_ severity: Diagnostic.Severity) -> String {
    switch severity {
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;34"
    }
  }

  private func paint(_ text: String, _ code: String) -> String {
    colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

/// The part of a long line that is worth showing, and where its carets go.
private struct Window {
  let text: String
  let padding: String
  let caretCount: Int

  /// Lines are cut to this many scalars: a page of minified JSON must not fill the screen.
  static let width = 120

  init(_ line: String, around span: Span) {
    let scalars = Array(line.unicodeScalars)
    let from = min(max(0, span.start.column - 1), scalars.count)
    let sameLine = span.end.line == span.start.line
    let to = sameLine ? min(max(from, span.end.column - 1), max(from, scalars.count)) : scalars.count
    var low = 0
    var high = scalars.count
    if scalars.count > Window.width {
      low = max(0, from - Window.width / 3)
      high = min(scalars.count, low + Window.width)
    }
    let head = low > 0 ? "…" : ""
    let tail = high < scalars.count ? "…" : ""
    let before = visibleText(scalars[low..<max(low, min(from, high))])
    text = head + before + visibleText(scalars[max(low, min(from, high))..<high]) + tail
    padding = String(repeating: " ", count: columns(head + before))
    caretCount = columns(visibleText(scalars[min(from, high)..<min(max(from, to), high)]))
  }
}

/// How many terminal columns a text takes: wide East Asian and emoji scalars take two, combining marks none.
private func columns(_ text: String) -> Int {
  text.unicodeScalars.reduce(0) { $0 + columns($1) }
}

private func columns(_ scalar: Unicode.Scalar) -> Int {
  if scalar.isASCII { return 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark: return 0
  default: break
  }
  // East Asian Width W and F, by block.
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
    0x20000...0x3FFFD:
    return 2
  default: return 1
  }
}
