import ConcordDiagnostics

/// A configuration file: stanzas of settings, `key = value` one a line.
///
/// A line that ends in a backslash goes on with the next one, and the break between them is part of the value. A line that
/// begins with `#` is a comment. Blanks around names and values are none of theirs. What the manual does not tell is
/// refused: whether a line goes on that ends in several backslashes, or a comment that ends in one.
/// [Admin Manual, "Configuration file structure"]
struct SplunkConf: Sendable {
  /// One setting.
  struct Setting: Sendable {
    /// Its name.
    let key: String
    /// Its value; lines are joined by line feeds.
    let value: String
    /// Where it stands.
    let span: Span
  }

  /// The settings under one name.
  struct Stanza: Sendable {
    /// The name between the brackets.
    let name: String
    /// Its settings, in order.
    var settings: [Setting] = []
    /// Where it begins.
    let span: Span

    /// The value of a setting, the last where it is given twice; `nil` where it is not given.
    subscript(key: String) -> String? { settings.last { $0.key.sameScalars(as: key) }?.value }
  }

  /// Scalars, since a mark that joins with what stands before it hides no sign of the file's own.
  private typealias Text = Substring.UnicodeScalarView

  /// What is set outside any stanza, which counts in each.
  private(set) var globals: [Setting] = []
  /// The stanzas, in order; a name may stand twice.
  private(set) var stanzas: [Stanza] = []

  /// The file in a source. Throws what is none, at its place.
  init(_ source: Source) throws(Diagnostic) {
    var lines = SplunkConf.lines(source.text)[...]
    var number = 0
    while let line = lines.popFirst() {
      number += 1
      let span = Span(at: Position(line: number, column: 1))
      let text = line.drop(while: SplunkConf.isBlank)
      switch text.first {
      case nil: continue
      case "#":
        let following = lines.first?.drop(while: SplunkConf.isBlank).first
        if text.last == "\\", following != nil, following != "#" {
          throw Diagnostic(
            .unsupported, "whether a comment that ends in a backslash goes on is not documented", in: source,
            at: span)
        }
      case "[": stanzas.append(Stanza(name: try SplunkConf.name(text, source, span), span: span))
      default:
        var whole = String.UnicodeScalarView(text)
        while whole.last == "\\" {
          whole.removeLast()
          guard whole.last != "\\" else {
            throw Diagnostic(
              .unsupported, "whether a line that ends in several backslashes goes on is not documented",
              in: source, at: Span(at: Position(line: number, column: 1)))
          }
          guard let more = lines.popFirst() else { break }
          number += 1
          whole.append("\n")
          whole.append(contentsOf: more)
        }
        try add(String(whole)[...].unicodeScalars, at: span, in: source)
      }
    }
  }

  private static func name(_ text: Text, _ source: Source, _ span: Span) throws(Diagnostic) -> String {
    guard let end = text.lastIndex(of: "]") else {
      throw Diagnostic(.unclosed, "the name of a stanza has no `]`", in: source, at: span)
    }
    guard text[text.index(after: end)...].allSatisfy(isBlank) else {
      throw Diagnostic(.unexpected, "something follows the name of a stanza", in: source, at: span)
    }
    return String(text[text.index(after: text.startIndex)..<end])
  }

  private mutating func add(_ text: Text, at span: Span, in source: Source) throws(Diagnostic) {
    let sign = text.firstIndex(of: "=")
    let key = sign.map { SplunkConf.trimmed(text[..<$0]) } ?? ""
    guard let sign, !key.isEmpty, !key.unicodeScalars.contains("\n") else {
      throw Diagnostic(
        .unexpected, "expected `key = value`, as `definition = index=main`", in: source, at: span)
    }
    let setting = Setting(key: key, value: SplunkConf.trimmed(text[text.index(after: sign)...]), span: span)
    if stanzas.isEmpty {
      globals.append(setting)
    } else {
      stanzas[stanzas.count - 1].settings.append(setting)
    }
  }

  /// Throws where the file says something of all stanzas, outside any or under `[default]`: of these keys, or of any.
  func refuseDefaults(of keys: [String]? = nil, in source: Source) throws(Diagnostic) {
    func concerns(_ setting: Setting) -> Bool { keys?.contains(setting.key) ?? true }
    if let setting = globals.first(where: concerns) {
      throw Diagnostic(
        .unsupported, "a setting before the first stanza is one of all", in: source, at: setting.span)
    }
    for stanza in stanzas where stanza.name == "default" && stanza.settings.contains(where: concerns) {
      throw Diagnostic(.unsupported, "the stanza `[default]` adds to others", in: source, at: stanza.span)
    }
  }

  /// Whether a value is one of the words for yes.
  static func isTrue(_ text: String) -> Bool { ["1", "true", "t", "yes"].contains(text.lowercased()) }

  /// The lines of a text, which end at LF, CRLF or CR, without a byte order mark.
  private static func lines(_ text: String) -> [Text] {
    let scalars = text.unicodeScalars
    var lines: [Text] = []
    var (start, index) = (
      scalars.first == "\u{FEFF}" ? scalars.index(after: scalars.startIndex) : scalars.startIndex,
      scalars.startIndex
    )
    while index < scalars.endIndex {
      let scalar = scalars[index]
      let next = scalars.index(after: index)
      if scalar == "\n" || scalar == "\r" {
        lines.append(scalars[start..<max(start, index)])
        start =
          scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n"
          ? scalars.index(after: next) : next
        index = start
      } else {
        index = next
      }
    }
    return lines + [scalars[start...]]
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

  /// A text without blanks and line breaks at its ends.
  private static func trimmed(_ text: Text) -> String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool { SplunkConf.isBlank(scalar) || scalar == "\n" }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }
}
