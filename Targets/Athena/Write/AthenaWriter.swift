import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Writes a rule as a `SELECT` over the log's table.
struct AthenaWriter {
  private let rule: Rule
  private let table: AthenaTable
  private let options: LanguageOptions

  /// How many bytes of UTF-8 a query may have. [Athena user guide, service quotas]
  static let byteLimit = 262_144

  /// The query for the rule, true to its meaning on every event: plainly where that fits, otherwise in the compact
  /// form.
  ///
  /// Throws where the table has no column for a field, where Athena SQL cannot say the condition, and where the query
  /// would exceed Athena's limits.
  static func write(_ rule: Rule, _ options: LanguageOptions) throws(Diagnostic) -> Query {
    let writer = AthenaWriter(rule: rule, table: try AthenaTable(for: rule, options), options: options)
    // The compact form has fewer operands, and fewer bytes.
    if rule.condition.operandCount <= AthenaSpelling.limits.operands {
      let query = try writer.query(isCompact: false)
      if query.text.utf8.count <= byteLimit { return query }
    }
    let query = try writer.query(isCompact: true)
    guard query.text.utf8.count <= byteLimit else {
      throw .queryTooLarge(query.text.utf8.count)
    }
    return query
  }

  private func query(isCompact: Bool) throws(Diagnostic) -> Query {
    let events = rule.fixtures.map(\.event)
    let window = try AthenaWindow(options).conjuncts(table)
    let place = AthenaPlaces.conjuncts(rule.place, table)
    let aside = try rule.placeAside(
      from: "Athena SQL", place.unmapped, isPlaceGiven: options.namesPlace)
    var writer = ConditionWriter(AthenaSpelling(table, fixtures: events, isCompact: isCompact))
    let condition = try writer.write(rule.condition)
    let output = AthenaOutput(resolver: AthenaResolver(table: table, fixtures: events))
    let (columns, notes) = output.columns(rule.outputFields)
    var query = AthenaQuery(
      columns: columns, table: table.name, predicate: .and(window + place.conjuncts + [condition]))
    query.comments = QueryHeader.lines(for: rule, options, isPlaceAside: !aside.isEmpty)
    return Query(text: AthenaPrinter.text(query), notes: aside + writer.spelling.notes + notes)
  }
}

extension Condition {
  /// How many operands all of its `all` and `any` have.
  fileprivate var operandCount: Int {
    switch kind {
    case .always, .test, .anywhere, .place: 0
    case .not(let operand): operand.operandCount
    case .all(let operands), .any(let operands): operands.reduce(operands.count) { $0 + $1.operandCount }
    }
  }
}
