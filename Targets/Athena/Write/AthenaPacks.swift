import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Writes several rules as few statements: one for the rules of a table and time window, several where it would be too
/// large.
enum AthenaPacks {
  /// What a statement holds at most: as much as a query for one rule, all of its rules together; and so many lists of
  /// labels, which are joined by one call.
  private static let limits = (
    operands: AthenaSpelling.limits.operands, lambdas: AthenaSpelling.lambdaLimit, lists: 100
  )

  /// The statements for these rules. A rule that the language does not say, and one that has no other beside it, stands
  /// alone.
  static func write(_ members: [PackMember], _ options: LanguageOptions) -> Packing {
    var packing = Packing()
    let groups = packing.groups(of: members, by: { $0.key }) {
      (member, place) throws(Diagnostic) -> AthenaPackPart in try AthenaPackPart(member, at: place)
    }
    for group in groups {
      // A column is one thing in a table, though each rule of its own lets assume another; and rows that are read back
      // show it in one way.
      let isFree = options.evidence == nil && !group.contains { $0.table.isAssumed }
      for share in isFree ? [group] : AthenaColumnReadings.shares(of: group, \.readings) {
        write(share, options, to: &packing)
      }
    }
    return packing
  }

  /// Adds as few statements as hold the rules of one place.
  private static func write(_ parts: [AthenaPackPart], _ options: LanguageOptions, to packing: inout Packing)
  {
    // Of a statement whose rows are read back, one rule is not too few.
    let least = options.evidence == nil ? 2 : 1
    if parts.count < least {
      packing.alone[parts[0].place] = .aloneInPack("is the only one of its table and time window")
      return
    }
    // No fewer hold them: shared values make a text shorter than its parts, by less than a half.
    var count = max(
      1, parts.reduce(0) { $0 + $1.operands } / limits.operands,
      parts.reduce(0) { $0 + $1.weight } / (2 * AthenaWriter.byteLimit))
    while true {
      let shares = shares(of: parts, count)
      // Where one share is too large, the texts of the others are not needed.
      let isLast = shares.count == parts.count
      var written: [(query: Query, evidence: Evidence?)] = []
      for share in shares {
        guard isLast || mayFit(share) else { break }
        let statement = AthenaPackStatement(share, options).query()
        guard isLast || fits(share, statement.query) else { break }
        written.append(statement)
      }
      if written.count == shares.count {
        for (share, (query, evidence)) in zip(shares, written) {
          if share.count >= least, fits(share, query) {
            packing.statements.append(
              .init(query: query, members: share.map(\.place), evidence: evidence))
          } else {
            for part in share {
              packing.alone[part.place] = .aloneInPack("is too large to have others beside it")
            }
          }
        }
        return
      }
      count += 1
    }
  }

  /// The rules in so many shares of about the same size, in order.
  private static func shares(of parts: [AthenaPackPart], _ count: Int) -> [[AthenaPackPart]] {
    let whole = parts.reduce(0) { $0 + $1.weight }
    var shares: [[AthenaPackPart]] = [[]]
    var weight = 0
    for part in parts {
      // Where the middle of a rule falls decides where it goes.
      if (weight + part.weight / 2) * count >= whole * shares.count, !shares[shares.count - 1].isEmpty {
        shares.append([])
      }
      shares[shares.count - 1].append(part)
      weight += part.weight
    }
    return shares
  }

  private static func fits(_ share: [AthenaPackPart], _ query: Query) -> Bool {
    query.text.utf8.count <= AthenaWriter.byteLimit && mayFit(share)
  }

  /// Whether the rules fit into one statement if its text is short enough.
  private static func mayFit(_ share: [AthenaPackPart]) -> Bool {
    share.reduce(0) { $0 + $1.operands } <= limits.operands
      && share.reduce(0) { $0 + $1.condition.lambdaWeight } <= limits.lambdas
      && AthenaPackStatement.lists(of: share).count <= limits.lists
  }
}

/// A rule as a part of a statement.
struct AthenaPackPart {
  /// Its place in the list of rules.
  let place: Int
  /// What the statement calls it.
  let label: String
  let rule: Rule
  let table: AthenaTable
  /// What it asks of a row.
  let condition: AthenaExpression
  /// The rows that it looks at.
  let rows: AthenaFrameOfRows
  /// The columns that it shows.
  let columns: [AthenaQuery.Column]
  /// How it reads text columns.
  let readings: AthenaColumnReadings
  /// What the user should know.
  let notes: [Diagnostic]
  /// What is the same of all rules of a statement: the table, and the rows that are looked at.
  let key: String
  /// How many operands its `AND` and `OR` have.
  let operands: Int
  /// How many bytes it takes, about.
  let weight: Int

  /// The rule as such a part. Throws where Athena SQL cannot say it.
  init(_ member: PackMember, at place: Int) throws(Diagnostic) {
    (self.place, label, rule) = (place, member.label, member.rule)
    table = try AthenaTable(for: rule, member.options)
    let (plain, conditionNotes) = try AthenaWriter.condition(of: rule, table)
    condition = plain
    rows = try AthenaFrameOfRows(of: rule, table, member.options)
    let output = AthenaOutput(resolver: AthenaResolver(table: table, fixtures: rule.fixtures.map(\.event)))
    let (columns, outputNotes) = output.columns(rule.outputFields)
    self.columns = columns
    readings = AthenaColumnReadings(of: rule, table)
    if member.options.evidence != nil, let column = readings.both {
      throw .aloneInPack(
        "asks `\(column)` as a text and by its parts, of which a row that comes back shows one")
    }
    notes = rows.notes + conditionNotes + outputNotes + rule.limitAside
    key = ([AthenaLiteral.table(table.name)] + rows.conjuncts.map(AthenaPrinter.flat)).joined(separator: "\n")
    operands = condition.operandCount
    weight = AthenaPrinter.flat(condition).utf8.count + label.utf8.count + 50
  }

  /// The columns that its table has, and the names that its own text binds.
  var names: [String] {
    (table.schema.fields + table.schema.partitions).map(\.name) + condition.variables
  }
}

extension AthenaExpression {
  /// How many operands its `AND` and `OR` have.
  fileprivate var operandCount: Int {
    var count = 0
    if case .and(let list) = kind { count = list.count }
    if case .or(let list) = kind { count = list.count }
    forEachOperand { count += $0.operandCount }
    return count
  }

  /// What its lambdas bind.
  fileprivate var variables: [String] {
    var found: [String] = []
    if case .lambda(let variable, _) = kind { found.append(variable) }
    forEachOperand { found += $0.variables }
    return found
  }
}
