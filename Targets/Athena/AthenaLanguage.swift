import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Athena SQL.
public struct AthenaLanguage: Language {
  /// `athena`.
  public let identifier = "athena"
  /// Athena SQL.
  public let name = "Athena SQL"
  /// `sql`.
  public let fileExtension = "sql"

  /// The language.
  public init() {}

  /// How many bytes of UTF-8 a query may have. [Athena user guide, service quotas]
  public static let byteLimit = 262_144
}

/// SQL's names ignore letter case.
extension AthenaLanguage: NameCaseIgnoringLanguage {}

extension AthenaLanguage: QueryWriter {
  /// The rule as a `SELECT` over the log's table, true to the meaning on every event.
  ///
  /// Throws where the table has no column for a field, where Athena SQL cannot say the condition, and where the
  /// query would exceed Athena's limits.
  public func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    let table = try AthenaTable(for: rule, options)
    var notes: [Diagnostic] = []
    var text = ""
    do throws(Diagnostic) {
      (text, notes) = try self.text(rule, table, options, isCompact: false)
    } catch {
      // Too many operands: the compact form has fewer.
      guard error.code == .tooDeep else { throw error }
    }
    if text.isEmpty || text.utf8.count > AthenaLanguage.byteLimit {
      (text, notes) = try self.text(rule, table, options, isCompact: true)
    }
    guard text.utf8.count <= AthenaLanguage.byteLimit else { throw .queryTooLarge(text.utf8.count) }
    return Query(language: identifier, text: text, notes: notes)
  }

  /// The statement for a rule over a table, and what the user should know of it.
  private func text(
    _ rule: Rule, _ table: AthenaTable, _ options: LanguageOptions, isCompact: Bool
  ) throws(Diagnostic) -> (String, [Diagnostic]) {
    let events = rule.fixtures.map(\.event)
    var writer = AthenaWriter(table, fixtures: events, isCompact: isCompact)
    let window = try AthenaWindow(options).conjuncts(table)
    let condition = try writer.expression(rule.condition)
    let output = AthenaOutput(resolver: AthenaResolver(table: table, fixtures: events))
    let (columns, notes) = output.columns(rule.outputFields)
    var query = AthenaQuery(columns: columns, table: table.name, predicate: .and(window + [condition]))
    query.comments =
      [
        "\(rule.id): \(rule.title)",
        "Athena SQL by Concord \(options.compilerVersion), fidelity: exact",
      ] + (options.provenance.map { [$0] } ?? [])
    return (AthenaPrinter.text(query), writer.notes + notes)
  }
}
