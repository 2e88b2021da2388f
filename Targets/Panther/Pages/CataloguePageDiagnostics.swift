import ConcordDetection
import ConcordDiagnostics

// What can be wrong with a catalogue page.

extension Diagnostic {
  static func notAPantherPage(_ product: String, _ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      .notAPage, "this is a page of `\(product)`, only Panther's pages print a condition", in: page, at: span,
      help: ["read the rule's own text instead, say with `--from sigma`"])
  }

  static func missingSection(_ heading: String, in page: Source) -> Diagnostic {
    Diagnostic(
      .notAPage, "the page has no section `\(heading)`", in: page, labels: [],
      help: ["save the whole page as text, from its title to its last table"])
  }

  static func emptySection(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(.noCondition, "the page's condition is empty", in: page, at: span)
  }

  static func stagedPage(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      .unsupported, "the page describes a query in stages, which one condition cannot hold", in: page,
      at: span,
      help: ["read the query's own text instead, with `--from athena`"])
  }

  static func badOutputField(_ text: String, _ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(.notAField, "`\(text)` is not the path of a field", in: page, at: span)
  }

  static func unclosedEvent(_ span: Span, next: Span? = nil, in page: Source) -> Diagnostic {
    Diagnostic(
      .unclosed, "the brackets or quotes that begin here are not closed", in: page,
      labels: [.init(span)] + (next.map { [.init($0, "before the next test")] } ?? []))
  }

  static func unbracketedEvent(_ log: Span, _ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      .lostIndentation,
      "the event of this test is not in brackets, so its lost indentation cannot be recovered",
      in: page,
      labels: [.init(span), .init(log, "the event")],
      help: ["copy the page with its indentation, or read the rule's own file"])
  }

  static func unknownTestKey(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      .unexpected, "expected a test, which begins with one of its keys", in: page, at: span,
      help: ["known: \(PantherKeys.test.joined(separator: ", "))"])
  }

  static func partialPageRefused(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      .partialCondition, "the page says that its condition is only a part of the detection", in: page,
      at: span,
      help: ["a part matches more events than the rule; take it all the same with `--allow-partial`"])
  }

  static func noConditionOnPage(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      .noCondition, "the page says that its detection is not expressed as a condition", in: page, at: span,
      help: ["write the condition by hand from the rule's Python"])
  }

  static func tableRowNotInCondition(
    _ section: CataloguePage.Section, _ row: CatalogueTable.Row, _ condition: Span?, in page: Source
  ) -> Diagnostic {
    Diagnostic(
      .pageContradiction,
      "the page's \(section.rawValue) table has `\(row.cell(0)) \(row.cell(1))`, its condition has not",
      in: page,
      labels: [.init(row.line.span)] + (condition.map { [.init($0, "the condition below this")] } ?? []))
  }

  static func tableValueDiffers(
    _ section: CataloguePage.Section, _ row: CatalogueTable.Row, _ value: String, _ own: String, _ span: Span,
    in page: Source
  ) -> Diagnostic {
    let question = "\(row.cell(0)) \(row.cell(1))"
    return Diagnostic(
      .pageContradiction,
      "the page's \(section.rawValue) table has `\(value)` for `\(question)`, its condition has `\(own)`",
      in: page, labels: [.init(row.line.span, "the table"), .init(span, "the condition")])
  }

  static func notInTable(
    _ section: CataloguePage.Section, _ question: String, _ span: Span, _ table: Span?, in page: Source
  ) -> Diagnostic {
    Diagnostic(
      .pageDifference,
      "the page's condition has `\(question)`, its \(section.rawValue) table has not", in: page,
      labels: [.init(span, "the condition")] + (table.map { [.init($0, "the table")] } ?? []))
  }

  static func partialPage(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      .partialConditionTaken, "the condition is only a part of the detection", in: page, at: span,
      help: ["it matches more events than the rule does"])
  }

  static func pageDiffers(
    _ what: String, _ onPage: String, _ inBody: String, _ span: Span, in page: Source
  ) -> Diagnostic {
    Diagnostic(
      .pageDifference, "the page's \(what) says `\(onPage)`, its rule body `\(inBody)`", in: page,
      at: span)
  }
}
