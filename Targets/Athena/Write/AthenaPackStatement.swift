import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// One statement for several rules of a table: each event that some of them meets, with the list of their labels.
///
///     SELECT "eventtime", …, concat("m1", "m2") AS "rules"
///     FROM (
///       SELECT *, filter(ARRAY[IF("f1" = 'a' AND …, 'id 1'), …], "label" -> "label" IS NOT NULL) AS "m1", …
///       FROM (
///         SELECT *, lower("eventname") AS "f1", … FROM "cloudtrail_logs"
///         WHERE <window> AND lower("eventname") IN (…)))
///     WHERE cardinality("m1") > 0 OR cardinality("m2") > 0 OR "m1" IS NULL
///
/// - What several questions look at is computed once (`f1`).
/// - Where rules imply that one field has one of some texts, `WHERE` asks for these before anything else is looked at.
/// - Rules stand in several lists, each with a method of its own in Trino: one that is too large is interpreted, and
///   fails where it is larger still. `"m1" IS NULL` is never true; that `m1` stands in `WHERE` twice keeps Trino's
///   optimizer from putting all lists into one method after all. [executed: Trino 414]
struct AthenaPackStatement {
  /// How much a list asks, as calls and comparisons, so that Trino's method for it is still compiled.
  private static let listWeight = 60

  private let parts: [AthenaPackPart]
  private let options: LanguageOptions

  /// The statement for these rules.
  init(_ parts: [AthenaPackPart], _ options: LanguageOptions) {
    (self.parts, self.options) = (parts, options)
  }

  /// The rules by the list in which each stands, in order.
  static func lists(of parts: [AthenaPackPart]) -> [[AthenaPackPart]] {
    var lists: [[AthenaPackPart]] = []
    var weight = Int.max
    for part in parts {
      let own = part.condition.questionCount
      if weight > listWeight - own || lists[lists.count - 1].count == AthenaExpression.arrayLimit {
        lists.append([])
        weight = 0
      }
      lists[lists.count - 1].append(part)
      weight += own
    }
    return lists
  }

  /// The text, and what the user should know; and how the rows are read where the options ask for evidence.
  func query() -> (query: Query, evidence: Evidence?) {
    var notes: [Diagnostic] = []
    for note in parts.flatMap(\.notes) { notes.appendOnce(note) }
    var names = FreshNames(parts.flatMap(\.names))
    let shared = SharedValues(of: parts.map(\.condition), isColumn: isColumn, &names)
    let guarded = AthenaPackGuard(parts)
    let lists = AthenaPackStatement.lists(of: parts).map { list in
      (
        name: names.fresh("m"),
        rules: list.map { part in
          AthenaIdioms.Labelled(
            condition: shared.replaced(in: guarded?.first(in: part) ?? part.condition), label: part.label)
        }
      )
    }
    let rows = AthenaQuery(
      columns: [.init(nil)] + shared.columns, table: parts[0].table.name,
      predicate: parts[0].rows.conjuncts.isEmpty && guarded == nil
        ? nil : .and(parts[0].rows.conjuncts + (guarded.map { [$0.condition] } ?? [])))
    var labelled = AthenaQuery(
      columns: [.init(nil)] + lists.map { .init(AthenaIdioms.labels.make($0.rules), as: $0.name) }, table: [],
      predicate: nil)
    if shared.columns.isEmpty, lists.count == 1 {
      // There is nothing to compute before.
      labelled.table = rows.table
      labelled.predicate = rows.predicate
    } else {
      labelled.from = [rows]
    }
    let first = AthenaExpression.name(lists[0].name)
    let labels = AthenaIdioms.joinedLabels.make(lists.map { .name($0.name) })
    let evidence = options.evidence.map { request in (shown: AthenaEvidence(parts), request: request) }
    let columns =
      evidence.map { AthenaPackStatement.beside(AthenaIdioms.listAsJSON.make(labels), $0.shown.columns) }
      ?? shown(beside: labels)
    var query = AthenaQuery(
      columns: columns, table: [],
      predicate: .or(lists.map { AthenaIdioms.hasLabels.make(.name($0.name)) } + [first.isNull]))
    query.from = [labelled]
    let aside = notes.filter { note in parts.contains { $0.rows.aside.contains(note) } }
    query.comments = QueryHeader.lines(
      about: parts.count == 1 ? "1 rule" : "\(parts.count) rules", options,
      aside: aside + parts.flatMap(\.rule.limitAside))
    return (
      Query(text: AthenaPrinter.text(query), notes: notes),
      evidence.map { $0.shown.evidence(labels: columns[0].name, $0.request) }
    )
  }

  /// The columns, and before them the list of labels by a name that none of them has.
  private static func beside(
    _ labels: AthenaExpression, _ columns: [AthenaQuery.Column]
  ) -> [AthenaQuery.Column] {
    var name = "rules"
    while columns.contains(where: { AthenaLiteral.isSameName($0.name, name) }) { name += "_" }
    return [.init(labels, as: name)] + columns
  }

  private func isColumn(_ name: String) -> Bool {
    parts.contains { $0.table.column(name) != nil || $0.table.partition(name) != nil }
  }

  /// The columns that any of the rules shows, each once, and the list of labels; where two show other things by one
  /// name, the later one has a number behind it.
  private func shown(beside labels: AthenaExpression) -> [AthenaQuery.Column] {
    var columns: [AthenaQuery.Column] = []
    var taken: [ScalarText: AthenaExpression] = [:]
    for column in parts.flatMap(\.columns) {
      guard let expression = column.expression else { continue }
      let name = column.name
      var (free, number) = (name, 1)
      while let other = taken[ScalarText(LetterCase.lower(free))], other != expression {
        number += 1
        free = "\(name)_\(number)"
      }
      guard taken.updateValue(expression, forKey: ScalarText(LetterCase.lower(free))) == nil else { continue }
      columns.append(.init(expression, as: free.sameScalars(as: name) ? column.alias : free))
    }
    if parts.allSatisfy({ $0.columns.allSatisfy { $0.expression == nil } }) {
      for name in parts.flatMap({ $0.table.schema.fields.map(\.name) })
      where taken.updateValue(.name(name), forKey: ScalarText(LetterCase.lower(name))) == nil {
        columns.append(.init(.name(name)))
      }
    }
    return AthenaPackStatement.beside(labels, columns)
  }
}

/// Names that nothing else in a statement has.
struct FreshNames {
  private var taken: Set<ScalarText>
  private var counts: [String: Int] = [:]

  /// Names besides these.
  init(_ taken: [String]) { self.taken = Set(taken.map { ScalarText(LetterCase.lower($0)) }) }

  /// A name that begins so and ends in a number.
  mutating func fresh(_ wanted: String) -> String {
    while true {
      let number = counts[wanted, default: 0] + 1
      counts[wanted] = number
      let name = "\(wanted)\(number)"
      if taken.insert(ScalarText(name)).inserted { return name }
    }
  }
}

/// Values of a row that several questions look at, as columns that are computed once.
private struct SharedValues {
  private var names: [AthenaExpression: String] = [:]
  private var order: [AthenaExpression] = []

  init(of conditions: [AthenaExpression], isColumn: (String) -> Bool, _ fresh: inout FreshNames) {
    var counts: [AthenaExpression: Int] = [:]
    for condition in conditions {
      condition.forEachSharable(isColumn) { value in
        let count = counts[value, default: 0] + 1
        counts[value] = count
        if count == 2 { order.append(value) }
      }
    }
    for value in order { names[value] = fresh.fresh("f") }
  }

  /// The columns.
  var columns: [AthenaQuery.Column] { order.map { .init($0, as: names[$0]) } }

  /// A condition that asks the columns.
  func replaced(in condition: AthenaExpression) -> AthenaExpression {
    condition.rewritten { expression in names[expression].map(AthenaExpression.name) }
  }
}

extension AthenaExpression {
  /// The values in it that are worth a column: a column's text in lower case, and what is in JSON.
  fileprivate func forEachSharable(_ isColumn: (String) -> Bool, _ visit: (AthenaExpression) -> Void) {
    if isSharable(isColumn) { return visit(self) }
    forEachOperand { $0.forEachSharable(isColumn, visit) }
  }

  private func isSharable(_ isColumn: (String) -> Bool) -> Bool {
    guard case .call(let function, let arguments) = kind, let first = arguments.first,
      ["lower", "json_extract", "json_extract_scalar"].contains(function)
    else { return false }
    return first.isColumn(isColumn) || function == "lower" && first.isSharable(isColumn)
  }

  private func isColumn(_ isColumn: (String) -> Bool) -> Bool {
    switch kind {
    case .name(let name): return isColumn(name)
    case .field(let base, _): return base.isColumn(isColumn)
    default: return false  // No other form is a column.
    }
  }

  /// How much it asks of a row, as calls and comparisons.
  fileprivate var questionCount: Int {
    var count = 0
    switch kind {
    case .compare, .distinct, .isNull, .like, .between, .cast, .call: count = namesNothing ? 0 : 1
    case .inList(_, let items, _): count = 1 + items.count / 8
    default: break  // The others ask nothing themselves.
    }
    forEachOperand { count += $0.questionCount }
    return count
  }
}
