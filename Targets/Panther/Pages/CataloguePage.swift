import ConcordDiagnostics

/// A published catalogue page as text, cut into its sections.
struct CataloguePage {
  /// A line of the page.
  struct Line {
    /// Its number, from 1.
    let number: Int
    /// How many blanks it begins with.
    let indent: Int
    /// The line without outer blanks.
    let text: String

    /// Where the text stands.
    var span: Span {
      Span(at: Position(line: number, column: indent + 1), length: max(1, text.unicodeScalars.count))
    }
  }

  /// The parts of a page, by their headings.
  enum Section: String, CaseIterable {
    case attack = "MITRE ATT&CK coverage"
    case related = "Rules detecting the same action"
    case body = "Rule body yaml"
    case logic = "Detection logic"
    case condition = "Condition"
    case exclusions = "Exclusions"
    case indicators = "Indicators"
    case output = "Output fields"
  }

  /// The page.
  let source: Source
  /// What stands before the first heading: where the page belongs, its title, its description.
  private(set) var head: [Line] = []
  /// The headings, in order of their first line.
  private(set) var headings: [Section: Line] = [:]
  private var sections: [Section: [Line]] = [:]

  init(_ source: Source) {
    self.source = source
    var current: Section?
    var isForeignBody = false
    for line in CataloguePage.lines(of: source.text) {
      let heading = CataloguePage.heading(line.text)
      // Only the next part ends a rule body, which may have any line.
      let isInBody = current == .body || isForeignBody
      if heading.hasPrefix("Rule body"), heading != Section.body.rawValue {
        isForeignBody = true
        current = nil
      } else if let section = Section(rawValue: heading), !isInBody || section == .logic || section == .body {
        isForeignBody = false
        current = section
        if headings[section] == nil { headings[section] = line }
      } else if let current {
        sections[current, default: []].append(line)
      } else if !isForeignBody {
        head.append(line)
      }
    }
    head.removeAll { $0.text.isEmpty }
  }

  /// The lines below a section's heading.
  subscript(section: Section) -> [Line] { sections[section] ?? [] }

  /// The product that the page belongs to: `Detection rules › Panther`.
  var product: Line? {
    guard let first = head.first, first.text.hasPrefix("Detection rules") else { return nil }
    return first
  }

  /// The page's title.
  var title: Line? { product == nil ? head.first : head.dropFirst().first }

  /// The page's description, one line.
  var description: String? {
    let lines = head.dropFirst(product == nil ? 1 : 2)
    return lines.isEmpty ? nil : lines.map(\.text).joined(separator: " ")
  }

  /// A heading without the marks that Markdown puts around it.
  private static func heading(_ text: String) -> String {
    var words = text[...]
    while words.hasPrefix("#") || words.hasPrefix("*") { words = words.dropFirst() }
    while words.hasSuffix("*") || words.hasSuffix(":") { words = words.dropLast() }
    return String(words.drop { $0 == " " })
  }

  /// The lines of a text; they end at LF, CRLF or CR.
  private static func lines(of text: String) -> [Line] {
    var lines: [Line] = []
    var cursor = TextCursor(text)
    repeat {
      let line = cursor.run { !$0.isLineBreak }
      lines.append(Line(number: lines.count + 1, scalars: line.unicodeScalars))
    } while cursor.takeLineBreak()
    return lines
  }
}

extension CataloguePage.Line {
  fileprivate init(number: Int, scalars: String.UnicodeScalarView) {
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" || scalar == "\u{A0}" }
    let rest = scalars.drop(while: isBlank)
    self.number = number
    indent = scalars.count - rest.count
    text = String(String.UnicodeScalarView(rest.reversed().drop(while: isBlank).reversed()))
  }
}
