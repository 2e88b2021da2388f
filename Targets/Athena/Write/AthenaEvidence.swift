import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a statement for several rules shows of each row besides the labels, so that the rules can be asked of it again:
/// the columns that they look at and show.
///
/// Structs, arrays and maps are shown as JSON, in which their names stay. [executed: Trino 414, `CAST(row AS JSON)` is an
/// object of its fields' names]
struct AthenaEvidence {
  /// The columns.
  let columns: [AthenaQuery.Column]
  private let read: [Evidence.Column]
  private let time: String
  private let parts: [AthenaPackPart]

  /// The columns for the rules of a statement.
  init(_ parts: [AthenaPackPart]) {
    var fields: [Schema.Field] = []
    var paths: [FieldPath] = []
    for part in parts {
      let table = part.table
      let shown = part.rule.outputFields.map(\.path)
      let failing = table.columnsThatFail
      let seen = shown.compactMap { $0.names.first.flatMap(table.column) }.filter { !failing.contains($0) }
      let own =
        [table.column(table.timeColumn)].compactMap { $0 } + table.eventColumns.compactMap(table.column)
        + table.columns(askedBy: part.rule) + seen
      for field in own where AthenaTable.field(field.name, in: fields) == nil { fields.append(field) }
      paths += part.rule.condition.paths + shown
    }
    let spellings = Evidence.Spelling.all(of: paths)
    let table = parts[0].table
    let readings = parts.map(\.readings)
    read = fields.map { field in
      let own = spellings.filter { AthenaLiteral.isSameName($0.name, field.name) }
      let below = own.flatMap(\.below)
      let key = LetterCase.lower(field.name)
      let isShown = !below.isEmpty && !table.isCloudTrail && !readings.contains { $0.text.contains(key) }
      let isRead = readings.contains { $0.json.contains(key) } || table.isJSONColumn(field.name) || isShown
      return Evidence.Column(
        name: field.name, keys: own.isEmpty ? [field.name] : own.map(\.name), type: field.type,
        holdsJSON: (field.type == .text && isRead, !table.isCloudTrail), names: below)
    }
    columns = fields.map(AthenaEvidence.column)
    time = table.timeColumn
    self.parts = parts
  }

  /// How the rows of a statement with these columns and labels are read.
  func evidence(labels: String, _ request: EvidenceRequest) -> Evidence {
    Evidence(
      labels: labels, columns: read, time: time, sample: request.sample.map { sample($0) })
  }

  /// So many rows of the place and time.
  private func sample(_ count: Int) -> Query {
    let conjuncts = parts[0].rows.conjuncts
    var query = AthenaQuery(
      columns: columns, table: parts[0].table.name, predicate: conjuncts.isEmpty ? nil : .and(conjuncts))
    query.limit = String(count)
    return Query(text: AthenaPrinter.text(query))
  }

  private static func column(_ field: Schema.Field) -> AthenaQuery.Column {
    let column = AthenaExpression.name(field.name)
    switch field.type {
    case .text, .boolean, .integer, .real: return AthenaQuery.Column(column)
    case .timestamp: return AthenaQuery.Column(column.cast(.named("varchar")), as: field.name)
    case .structure, .array, .map:
      return AthenaQuery.Column(AthenaIdioms.listAsJSON.make(column), as: field.name)
    }
  }
}

/// How a rule reads the columns that it asks.
struct AthenaColumnReadings {
  /// The text columns that it reads as JSON, in lower case.
  private(set) var json: Set<String> = []
  /// The text columns that it reads as texts, in lower case.
  private(set) var text: Set<String> = []
  /// The types that it lets assume of columns, by their names in lower case; none where the table is known.
  private let types: [String: FieldType]
  /// A column that it reads in both ways, where that makes a difference: not where it is only asked whether there is one.
  private(set) var both: String?

  /// How the rule reads columns of that table.
  init(of rule: Rule, _ table: AthenaTable) {
    var types: [String: FieldType] = [:]
    if table.isAssumed {
      for field in table.schema.fields { types[LetterCase.lower(field.name)] = field.type }
    }
    self.types = types
    var present: Set<String> = []
    rule.condition.forEachTest { path, asksValue in
      guard let name = path.names.first, let column = table.column(name), column.type == .text else { return }
      let key = LetterCase.lower(column.name)
      if table.isJSONColumn(name) || path.withoutEach.steps.count > 1 && !table.isCloudTrail {
        json.insert(key)
      } else if asksValue {
        text.insert(key)
      } else {
        present.insert(key)
      }
    }
    both = json.intersection(text).min()
    text.formUnion(present.subtracting(json))
  }

  /// Whether one table can be what both read.
  private func fits(_ other: AthenaColumnReadings) -> Bool {
    json.isDisjoint(with: other.text) && text.isDisjoint(with: other.json)
      && types.allSatisfy { name, type in other.types[name].map(type.fits) ?? true }
  }

  /// What is read in such ways in shares of which one table can be read, as few as come of putting each where it fits.
  static func shares<Part>(of parts: [Part], _ readings: (Part) -> AthenaColumnReadings) -> [[Part]] {
    var shares: [(parts: [Part], readings: [AthenaColumnReadings])] = []
    for part in parts {
      let own = readings(part)
      if let place = shares.firstIndex(where: { $0.readings.allSatisfy(own.fits) }) {
        shares[place].parts.append(part)
        shares[place].readings.append(own)
      } else {
        shares.append(([part], [own]))
      }
    }
    return shares.map(\.parts)
  }
}

extension FieldType {
  /// Whether a column can have both types: structs of some fields each.
  fileprivate func fits(_ other: FieldType) -> Bool {
    switch (self, other) {
    case (.structure(let own), .structure(let others)):
      own.allSatisfy { field in
        AthenaTable.field(field.name, in: others).map { field.type.fits($0.type) } ?? true
      }
    case (.array(let own), .array(let others)), (.map(let own), .map(let others)): own.fits(others)
    case (.text, _), (.boolean, _), (.integer, _), (.real, _), (.timestamp, _), (.structure, _), (.array, _),
      (.map, _):
      self == other
    }
  }
}

extension Condition {
  /// The paths that it asks, and whether more than that there is a value.
  fileprivate func forEachTest(_ visit: (FieldPath, _ asksValue: Bool) -> Void) {
    switch kind {
    case .always, .anywhere, .place: break
    case .test(let path, .present): visit(path, false)
    case .test(let path, .sameAs(let other, _)):
      visit(path, true)
      visit(other, true)
    case .test(let path, _): visit(path, true)
    case .some(let path, let operand):
      visit(path, false)
      operand.forEachTest(visit)
    case .not(let operand): operand.forEachTest(visit)
    case .all(let operands), .any(let operands):
      for operand in operands { operand.forEachTest(visit) }
    }
  }
}
