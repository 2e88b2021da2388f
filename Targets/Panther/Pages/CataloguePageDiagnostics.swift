import ConcordDetection
import ConcordDiagnostics

// What can be wrong with a catalogue page.
//
// `E145` not a page that can be read, `E146` a body whose indentation cannot be recovered, `E147` a page that does
// not have the whole detection, `E148` tables that contradict the condition.

extension Diagnostic {
  static func notAPantherPage(_ product: String, _ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      "E145", "this is a page of `\(product)`, only Panther's pages print a condition", in: page, at: span,
      help: ["read the rule's own text instead, say with `--from sigma`"])
  }

  static func missingSection(_ heading: String, in page: Source) -> Diagnostic {
    Diagnostic(
      "E145", "the page has no section `\(heading)`", in: page, labels: [],
      help: ["save the whole page as text, from its title to its last table"])
  }

  static func emptySection(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic("E145", "the page's condition is empty", in: page, at: span)
  }

  static func stagedPage(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      "E147", "the page describes a query in stages, which one condition cannot hold", in: page, at: span,
      help: ["read the query's own text instead, with `--from athena`"])
  }

  static func badOutputField(_ text: String, _ span: Span, in page: Source) -> Diagnostic {
    Diagnostic("E145", "`\(text)` is not the path of a field", in: page, at: span)
  }

  static func unclosedEvent(_ span: Span, next: Span? = nil, in page: Source) -> Diagnostic {
    Diagnostic(
      "E146", "the brackets or quotes that begin here are not closed", in: page,
      labels: [.init(span)] + (next.map { [.init($0, "before the next test")] } ?? []))
  }

  static func unbracketedEvent(_ log: Span, _ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      "E146", "the event of this test is not in brackets, so its lost indentation cannot be recovered",
      in: page,
      labels: [.init(span), .init(log, "the event")],
      help: ["copy the page with its indentation, or read the rule's own file"])
  }

  static func unknownTestKey(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      "E146", "a test was expected, which begins with one of its keys", in: page, at: span,
      help: ["known: \(PantherKeys.test.joined(separator: ", "))"])
  }

  static func partialPageRefused(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      "E147", "the page says that its condition is only a part of the detection", in: page, at: span,
      help: ["a part matches more events than the rule; take it all the same with `--allow-partial`"])
  }

  static func noConditionOnPage(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      "E147", "the page says that its detection is not expressed as a condition", in: page, at: span,
      help: ["write the condition by hand from the rule's Python"])
  }

  static func tableRowNotInCondition(
    _ section: CataloguePage.Section, _ row: CatalogueTable.Row, _ condition: Span?, in page: Source
  ) -> Diagnostic {
    Diagnostic(
      "E148",
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
      "E148",
      "the page's \(section.rawValue) table has `\(value)` for `\(question)`, its condition has `\(own)`",
      in: page, labels: [.init(row.line.span, "the table"), .init(span, "the condition")])
  }

  static func notInTable(
    _ section: CataloguePage.Section, _ question: String, _ span: Span, _ table: Span?, in page: Source
  ) -> Diagnostic {
    Diagnostic(
      "W148", severity: .warning,
      "the page's condition has `\(question)`, its \(section.rawValue) table has not", in: page,
      labels: [.init(span, "the condition")] + (table.map { [.init($0, "the table")] } ?? []))
  }

  static func partialPage(_ span: Span, in page: Source) -> Diagnostic {
    Diagnostic(
      "W147", severity: .warning, "the condition is only a part of the detection", in: page, at: span,
      help: ["it matches more events than the rule does"])
  }

  static func pageDiffers(
    _ what: String, _ onPage: String, _ inBody: String, _ span: Span, in page: Source
  ) -> Diagnostic {
    Diagnostic(
      "W148", severity: .warning, "the page's \(what) says `\(onPage)`, its rule body `\(inBody)`", in: page,
      at: span)
  }
}
