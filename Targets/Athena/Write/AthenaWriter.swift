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
    try deployed(rule, options).query
  }

  /// The query for the rule as `write` has it, the condition that stands in it, and the table that it asks. Throws
  /// what `write` throws.
  static func deployed(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (query: Query, condition: AthenaExpression, table: AthenaTable) {
    let writer = AthenaWriter(rule: rule, table: try AthenaTable(for: rule, options), options: options)
    let (condition, notes) = try AthenaWriter.condition(of: rule, writer.table)
    let query = try writer.query(condition, notes)
    if query.text.utf8.count <= byteLimit { return (query, condition, writer.table) }
    let (shorter, shorterNotes) = try AthenaWriter.condition(of: rule, writer.table, isCompact: true)
    let compact = try writer.query(shorter, shorterNotes)
    guard compact.text.utf8.count <= byteLimit else {
      throw .queryTooLarge(compact.text.utf8.count)
    }
    return (compact, shorter, writer.table)
  }

  /// The rule's condition over the table, and what the user should know: plainly where its calls are few, otherwise in
  /// the compact form. Throws where they are too many even so.
  static func condition(
    of rule: Rule, _ table: AthenaTable, isCompact: Bool = false
  ) throws(Diagnostic) -> (expression: AthenaExpression, notes: [Diagnostic]) {
    let events = rule.fixtures.map(\.event)
    // The compact form has fewer operands and calls, and fewer bytes.
    let isCompact = isCompact || rule.condition.operandCount > AthenaSpelling.limits.operands
    var writer = ConditionWriter(AthenaSpelling(table, fixtures: events, isCompact: isCompact))
    let condition = try writer.write(rule.condition)
    let calls = condition.callCount
    if !isCompact, calls > AthenaSpelling.plainCalls {
      return try self.condition(of: rule, table, isCompact: true)
    }
    guard calls <= AthenaSpelling.callLimit else {
      throw .queryTooComplex(calls, limit: AthenaSpelling.callLimit)
    }
    // Lambdas are calls: where there are few, they are not looked at.
    guard calls <= 8 || condition.lambdaWeight <= AthenaSpelling.lambdaLimit else {
      throw .queryTooNested(condition.lambdaDepth)
    }
    return (condition, writer.spelling.notes)
  }

  private func query(
    _ condition: AthenaExpression, _ conditionNotes: [Diagnostic]
  ) throws(Diagnostic) -> Query {
    let events = rule.fixtures.map(\.event)
    let frame = try AthenaFrameOfRows(of: rule, table, options)
    var (columns, notes): ([AthenaQuery.Column], [Diagnostic])
    let counts = try self.counts()
    if let counts {
      (columns, notes) = (counts.columns, counts.notes)
    } else {
      let output = AthenaOutput(resolver: AthenaResolver(table: table, fixtures: events))
      (columns, notes) = output.columns(rule.outputFields)
    }
    var query = AthenaQuery(
      columns: columns, table: table.name,
      predicate: .and(frame.conjuncts + [condition] + (counts?.guards ?? [])))
    (query.group, query.having) = (counts?.group ?? [], counts?.having)
    query.unnests = (counts?.hops).map { [$0.unnest] } ?? []
    if let windows = counts?.windows { query = windows.query(over: query) }
    query.comments = QueryHeader.lines(for: rule, options, aside: frame.aside)
    return Query(text: AthenaPrinter.text(query), notes: frame.notes + conditionNotes + notes)
  }
}

/// Which rows a query looks at, whatever it asks of them: those of its time window and place.
struct AthenaFrameOfRows {
  /// The conjuncts that keep the query to them.
  let conjuncts: [AthenaExpression]
  /// Notes of what the rule asks of place and time that the query leaves out.
  let aside: [Diagnostic]
  /// These, and notes of what the table's readers make of events.
  let notes: [Diagnostic]

  /// The rows for a rule. Throws where the table cannot say the window or the place.
  init(of rule: Rule, _ table: AthenaTable, _ options: LanguageOptions) throws(Diagnostic) {
    let (own, others) = rule.windows(options)
    let (spelled, unspelled) = AthenaPlaces.windows(others, table)
    let place = AthenaPlaces.conjuncts(rule.place, table)
    let window = try AthenaWindow(own, isOfWholeSeconds: table.hasTimeOfCloudTrail(rule))
    conjuncts = try window.conjuncts(table) + spelled + place.conjuncts
    let times = try table.notes(ofTimesFor: rule, isBounded: !own.isEmpty)
    aside =
      try rule.placeAside(
        from: "Athena SQL", place.unmapped, isPlaceGiven: options.namesPlace, help: AthenaPlaces.help)
      + unspelled.map(Diagnostic.windowAside)
    let jsonColumns =
      table.takesObjectsApart ? table.schema.fields.map(\.name).filter(table.isJSONColumn) : []
    let rows = Diagnostic.rows(of: table.schema.name, table.definition.format).map { [$0] } ?? []
    let damage = jsonColumns.isEmpty ? [] : [Diagnostic.readerDamages(jsonColumns)]
    let days = own.since == nil ? [] : table.takenDates.map { [Diagnostic.datesTaken($0)] } ?? []
    let single = table.takenAsSingle(by: rule)
    let shapes = single.isEmpty ? [] : [Diagnostic.readAsSingle(single.map { $0.description.visible() })]
    notes = aside + damage + rows + table.notes(ofTypesFor: rule) + times + days + shapes
  }
}

// How many events make an alert.
extension AthenaWriter {
  private func counts() throws(Diagnostic) -> AthenaCounts? {
    guard let aggregate = rule.aggregate else { return nil }
    return try AthenaCounts(aggregate, of: rule, table) { (asked) throws(Diagnostic) in
      var counted = rule
      counted.condition = asked
      return try AthenaWriter.condition(of: counted, table).expression
    }
  }
}

extension Condition {
  /// How many operands all of its `all` and `any` have.
  fileprivate var operandCount: Int {
    switch kind {
    case .always, .test, .anywhere, .place: 0
    case .some(_, let operand), .not(let operand): operand.operandCount
    case .all(let operands), .any(let operands): operands.reduce(operands.count) { $0 + $1.operandCount }
    }
  }
}

extension AthenaExpression {
  /// How many calls, casts and `LIKE`s depend on the row.
  var callCount: Int {
    var count = 0
    forEachOperand { count += $0.callCount }
    switch kind {
    case .like, .cast, .call: return count + (namesNothing ? 0 : 1)
    case .null, .boolean, .number, .string, .moment, .name, .field, .lambda, .array, .row, .not, .and, .or,
      .quotient, .aggregate, .windowed,
      .compare,
      .distinct, .isNull, .inList, .between, .choice:
      return count
    }
  }
}

// Lambdas, each of which Trino analyses and compiles for itself.
extension AthenaExpression {
  /// What the lambdas cost in Trino's analysis, which looks at the body of each three times: one that stands in others
  /// costs three times as much for each of them. [executed: Trino 414, chains of 5 to 9 lambdas: 0.2, 0.7, 1.4, 5.4 and
  /// 14.7 s]
  var lambdaWeight: Int { lambdaWeight(each: 1) }

  private func lambdaWeight(each weight: Int) -> Int {
    var sum = 0
    var inner = weight
    if case .lambda = kind {
      sum = weight
      // More than any limit, and still far from an overflow.
      inner = min(3 * weight, 1 << 20)
    }
    forEachOperand { sum += $0.lambdaWeight(each: inner) }
    return sum
  }

  /// How many lambdas stand in one another.
  var lambdaDepth: Int {
    var depth = 0
    forEachOperand { depth = max(depth, $0.lambdaDepth) }
    if case .lambda = kind { depth += 1 }
    return depth
  }
}
