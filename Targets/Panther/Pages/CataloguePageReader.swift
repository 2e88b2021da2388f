import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

/// Page to rule.
struct CataloguePageReader {
  let page: Source
  let options: LanguageOptions
  private let sections: CataloguePage

  /// What a page says whose condition is a part of the detection.
  static let partialBanner = "This rule also runs imperative logic the parser cannot express as a filter"
  /// What a page says whose detection is not expressed at all.
  static let noneBanner = "The parser cannot express this rule's logic as a field filter"

  init(page: Source, options: LanguageOptions) {
    self.page = page
    self.options = options
    sections = CataloguePage(page)
  }

  /// The rule of a published page of Panther's catalogue.
  ///
  /// Throws what cannot be read (`E318`, `E321` and what reading a rule file throws), a page that says that its
  /// condition is not the whole detection (`E319`; where it is a part, not if `allowPartial`), and a condition that
  /// the page's own tables contradict (`E320`).
  static func read(
    _ page: Source, allowPartial: Bool, options: LanguageOptions
  ) throws(Diagnostic) -> RuleDocument {
    try CataloguePageReader(page: page, options: options).document(allowPartial: allowPartial)
  }

  /// The rule. Throws the first thing that is wrong.
  func document(allowPartial: Bool) throws(Diagnostic) -> RuleDocument {
    try requirePantherPage()
    let partial = try banner(allowPartial: allowPartial)
    let tree = try condition()
    var document = try body(tree)
    document.source = page
    if let partial { document.warnings.append(.partialPage(partial.span, in: page)) }
    document.warnings += try CataloguePageCheck(page: sections, tree: tree).warnings()
    complete(&document)
    let fields = try outputFields()
    if !fields.isEmpty { document.rule.outputFields = fields }
    return document
  }

  private func requirePantherPage() throws(Diagnostic) {
    if let product = sections.product {
      let words = product.text.split { $0 == " " || $0 == "\u{203A}" || $0 == ">" || $0 == "/" }
      if words.last != "Panther" { throw .notAPantherPage(String(words.last ?? ""), product.span, in: page) }
    }
    guard sections.headings[.body] != nil, !sections[.body].allSatisfy(\.text.isEmpty) else {
      throw .missingSection(CataloguePage.Section.body.rawValue, in: page)
    }
  }

  /// The line of a banner that says that the condition is a part. Throws it unless that is allowed.
  private func banner(allowPartial: Bool) throws(Diagnostic) -> CataloguePage.Line? {
    var partial: CataloguePage.Line?
    for section in [CataloguePage.Section.logic, .condition, .exclusions, .indicators] {
      for line in sections[section] {
        if line.says(CataloguePageReader.noneBanner) { throw .noConditionOnPage(line.span, in: page) }
        if line.says(CataloguePageReader.partialBanner) { partial = line }
      }
    }
    if let partial, !allowPartial { throw .partialPageRefused(partial.span, in: page) }
    return partial
  }

  private func condition() throws(Diagnostic) -> NotationTree {
    if let stage = sections[.logic].first(where: { $0.text.hasPrefix("Stage ") }) {
      throw .stagedPage(stage.span, in: page)
    }
    let lines = sections[.condition]
    guard let first = lines.first, let heading = sections.headings[.condition] else {
      throw .missingSection(CataloguePage.Section.condition.rawValue, in: page)
    }
    let text = lines.map { line in
      line.says(CataloguePageReader.partialBanner) || line.text.hasPrefix("```")
        ? "" : String(repeating: " ", count: line.indent) + line.text
    }
    if text.allSatisfy(\.isEmpty) { throw .emptySection(heading.span, in: page) }
    let origin = Origin(page, start: Position(line: first.number, column: 1))
    return try Notation.parse(text.joined(separator: "\n"), origin: origin)
  }

  /// Reads the rule body with its indentation recovered; places are those of the page again.
  private func body(_ tree: NotationTree) throws(Diagnostic) -> RuleDocument {
    let lines = sections[.body].filter { !$0.text.hasPrefix("```") }
    let isIntact = lines.contains { $0.indent > (lines.first?.indent ?? 0) }
    let placed = isIntact ? lines.map { ($0, $0.indent) } : try RuleBodyIndentation(lines, page: page).lines
    let body = RecoveredBody(placed, page: page)
    do throws(Diagnostic) {
      let nodes = try YAML.documents(body.source)
      guard let root = nodes.first else {
        throw .missingSection(CataloguePage.Section.body.rawValue, in: page)
      }
      var reader = PantherRuleReader(source: body.source, options: options)
      var document = try reader.document(root, condition: tree)
      document.warnings = document.warnings.map(body.onPage)
      for index in document.rule.fixtures.indices {
        document.rule.fixtures[index].origin = document.rule.fixtures[index].origin.map(body.onPage)
      }
      return document
    } catch {
      throw body.onPage(error)
    }
  }

  /// What the body leaves out is taken from the page; where both say something else, that is told.
  private func complete(_ document: inout RuleDocument) {
    if let title = sections.title {
      if document.rule.title.sameScalars(as: document.rule.id) {
        document.rule.title = title.text
      } else if !title.text.sameScalars(as: document.rule.title) {
        document.warnings.append(.pageDiffers("title", title.text, document.rule.title, title.span, in: page))
      }
    }
    if document.rule.description == nil { document.rule.description = sections.description }
    guard sections.headings[.attack] != nil else { return }
    let onPage = CatalogueTable(sections[.attack]).rows.flatMap { row in
      row.cells.joined(separator: " ").split { $0 == " " || $0 == "," }.map(String.init)
        .filter(AttackReference.isTechnique)
    }
    let inBody = document.rule.attack.compactMap(\.technique)
    if Set(onPage) != Set(inBody), let heading = sections.headings[.attack] {
      document.warnings.append(
        .pageDiffers(
          "ATT&CK table", onPage.joined(separator: ", "), inBody.joined(separator: ", "), heading.span,
          in: page))
    }
  }

  private func outputFields() throws(Diagnostic) -> [OutputField] {
    var fields: [OutputField] = []
    for row in CatalogueTable(sections[.output], isRow: { !$0.cell(0).isEmpty }).rows {
      let text = row.cell(1).isEmpty ? row.cell(0) : row.cell(1)
      do throws(Diagnostic) {
        fields.append(OutputField(name: row.cell(0), path: try Notation.path(text, origin: Origin(page))))
      } catch {
        throw .badOutputField(text, row.line.span, in: page)
      }
    }
    return fields
  }
}

extension CataloguePage.Line {
  /// Whether the line says the sentence, with whichever apostrophe.
  func says(_ sentence: String) -> Bool {
    let plain = text.split(separator: "\u{2019}", omittingEmptySubsequences: false).joined(separator: "'")
    return plain.hasPrefix(sentence) || plain.split(separator: " ").joined(separator: " ").hasPrefix(sentence)
  }
}

/// A rule body at its own lines of the page, each with the indentation that was recovered.
private struct RecoveredBody {
  let source: Source
  private let page: Source
  /// By how many columns each line was moved.
  private var shifts: [Int: Int] = [:]

  init(_ lines: [(line: CataloguePage.Line, indent: Int)], page: Source) {
    self.page = page
    var text = ""
    var number = 1
    for (line, indent) in lines {
      text += String(repeating: "\n", count: line.number - number)
      if !line.text.isEmpty { text += String(repeating: " ", count: indent) + line.text }
      number = line.number
      shifts[line.number] = indent - line.indent
    }
    source = Source(name: page.name, text: text + "\n")
  }

  func onPage(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.source == source else { return diagnostic }
    var copy = diagnostic
    copy.source = page
    copy.labels = copy.labels.map { Diagnostic.Label(onPage($0.span), $0.text) }
    return copy
  }

  func onPage(_ span: Span) -> Span { Span(onPage(span.start), onPage(span.end)) }

  private func onPage(_ position: Position) -> Position {
    Position(line: position.line, column: max(1, position.column - shifts[position.line, default: 0]))
  }
}
