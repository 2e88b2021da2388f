import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Makes rules of queries.
enum AthenaReader {
  /// The rule of a source, which is one query.
  static func readAll(_ source: Source, options: LanguageOptions) -> RuleCollection {
    RuleCollection { () throws(Diagnostic) in [try document(source, options)] }
  }

  /// The rule that a query says: its `WHERE` clause as a condition that holds of exactly the events whose rows it
  /// selects, its columns as output fields.
  ///
  /// Throws where the text does not parse, where Trino would refuse it, and where a condition cannot say it; never
  /// guesses. What top-level conjuncts ask of the time column and of partitions of dates is the rule's window, the table's
  /// name and other partitions its place; a `LIMIT` is set aside with a warning.
  private static func document(
    _ source: Source, _ options: LanguageOptions
  ) throws(Diagnostic) -> RuleDocument {
    try document(of: AthenaParser.query(source), source, options)
  }

  /// The rule that a statement says, which stands in the source or was made of one there.
  static func document(
    of statement: AthenaQuery, _ source: Source, _ options: LanguageOptions
  ) throws(Diagnostic) -> RuleDocument {
    let found = AthenaWindows.match(statement)
    if found == nil, statement.looksAround {
      throw .unsupportedSQL("`OVER` but as windows are written", in: source, at: nil)
    }
    let hops = AthenaHops.match(statement)
    var query = try (found?.events ?? hops?.rest ?? statement).flattened(source)
    let table = try AthenaTable(for: query, options)
    if let first = query.with.first {
      throw .unsupportedSQL("`WITH \(AthenaLiteral.identifier(first.name))`", in: source, at: nil)
    }
    let qualifiers = [query.tableAlias ?? query.table.last ?? ""]
    let operands = AthenaOperands(
      source: source, table: table, qualifiers: qualifiers, in: query)
    var warnings: [Diagnostic] = []
    var window: [Condition] = []
    var places = [place(of: query, table, options)]
    let (id, title) = self.title(of: source)
    let counting = try self.counting(&query, found?.windows, hops?.hops, operands, &warnings)
    let condition = try self.condition(query, operands, &window, &places, &warnings)
    var rule = Rule(id: id, title: title, condition: condition)
    rule.aggregate = counting?.aggregate
    rule.rowLimit = query.limit.map { Int($0) ?? .max }
    rule.place = .all(places)
    rule.window = .all(window)
    warnings += setAside(of: query, rule, source)
    if table.isCloudTrail {
      if query.table.contains(where: CloudTrailTable.isNamed) {
        rule.logSources = [CloudTrailTable.log.source]
      } else {
        warnings.append(.takenForCloudTrail(query.table, in: source))
      }
    }
    if counting == nil { rule.outputFields = try outputFields(query, operands, &warnings) }
    return RuleDocument(rule: rule, source: source, warnings: warnings)
  }

  /// What a statement counts, if it does; what it asks of the group's fields alone, that they are not NULL, is taken out
  /// of its `WHERE` clause.
  private static func counting(
    _ query: inout AthenaQuery, _ windows: AthenaWindows?, _ hops: AthenaHops?, _ operands: AthenaOperands,
    _ warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> AthenaCounting? {
    if windows != nil, query.countsRows {
      throw .unsupportedSQL("a window over groups", in: operands.source, at: query.group.first?.span)
    }
    guard query.countsRows || windows != nil || hops != nil else { return nil }
    func isGuard(_ conjunct: AthenaExpression) -> AthenaExpression? {
      if case .isNull(let operand, negated: true) = conjunct.kind { operand } else { nil }
    }
    let conjuncts = query.predicate?.conjuncts ?? []
    let grouped =
      windows.map { windows in
        (windows.keys + [AthenaWindows.end]).compactMap(query.expression)
      } ?? query.groupExpressions
    // A statement that finds no row has no group of rows without a value.
    let isOfNone = query.predicate?.kind.isFalse ?? false
    let guards = isOfNone ? grouped : conjuncts.compactMap(isGuard).filter(grouped.contains)
    let counting: AthenaCounting
    if let windows {
      counting = try AthenaCounting(windows, query, operands, guards: guards)
    } else {
      counting = try AthenaCounting(query, hops, operands, guards: guards, &warnings)
    }
    let rest = conjuncts.filter { isGuard($0).map { !grouped.contains($0) } ?? true }
    query.predicate = rest.isEmpty ? nil : rest.count == 1 ? rest[0] : AthenaExpression(.and(rest))
    if !counting.scalars.isEmpty {
      warnings.append(Diagnostic.scalars(counting.scalars).located(in: operands.source))
    }
    return counting
  }

  /// Warnings of what the statement says that the rule does not.
  private static func setAside(
    of query: AthenaQuery, _ rule: Rule, _ source: Source
  ) -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    if let fails = query.predicate?.networkOutsideTry {
      warnings.append(.failsOnOtherVersion(fails, in: source))
    }
    if query.isDistinct {
      warnings.append(
        Diagnostic(
          .limitLeftOut, "`DISTINCT` is set aside: a rule is about every event", in: source))
    }
    return warnings + rule.limitAside.map { $0.located(in: source) }
  }

  /// The columns that are fields; a warning for each that is left out. Throws where one makes one row of many.
  private static func outputFields(
    _ query: AthenaQuery, _ operands: AthenaOperands, _ warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> [OutputField] {
    let source = operands.source
    var fields: [OutputField] = []
    for column in query.columns {
      if let span = column.unread { warnings.append(.outputLeftOut("this column", in: source, at: span)) }
      guard let expression = column.expression else { continue }
      if let aggregate = expression.aggregate {
        throw .unsupportedSQL("`\(AthenaPrinter.flat(aggregate))`", in: source, at: aggregate.span)
      }
      if let field = outputField(column, operands) {
        fields.append(field)
      } else {
        warnings.append(
          .outputLeftOut("the column `\(AthenaPrinter.flat(expression))`", in: source, at: expression.span))
      }
    }
    return fields
  }

  /// What the table's name says of the place; nothing where it is the one that CloudTrail's rules are written for.
  private static func place(
    of query: AthenaQuery, _ table: AthenaTable, _ options: LanguageOptions
  ) -> Condition {
    // The project's own name for the table, of which the statement may leave out what the session knows.
    if let log = AthenaProject.log(for: query.table, options) {
      return log.platforms["athena"]?.place ?? .always(true)
    }
    let isCloudTrails =
      table.isCloudTrail && query.table.count == 1
      && AthenaLiteral.isSameName(query.table[0], table.schema.name)
    return isCloudTrails ? .always(true) : AthenaPlaces.place(ofTable: query.table)
  }

  private static func condition(
    _ query: AthenaQuery, _ operands: AthenaOperands, _ window: inout [Condition],
    _ places: inout [Condition],
    _ warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> Condition {
    var kept: [AthenaExpression] = []
    var dates: [(AthenaExpression, Condition)] = []
    for conjunct in query.predicate?.conjuncts ?? [] {
      if let part = conjunct.window(of: operands.table) {
        if part.facts == [AthenaPlaces.window] { dates.append((conjunct, part)) } else { window.append(part) }
      } else if let place = conjunct.partitionPlace(of: operands.table) {
        places.append(place)
      } else {
        kept.append(conjunct)
      }
    }
    // A bound on partitions that the writer adds to a window says nothing more.
    let since = TimeWindow.parts(of: .all(window)).window.since
    let implied = since.flatMap(operands.table.days)
    window += dates.filter { $0.0 != implied }.map(\.1)
    var types = AthenaTypes(source: operands.source, table: operands.table, qualifiers: operands.qualifiers)
    for conjunct in kept { try types.check(conjunct, is: .boolean) }
    var reading = AthenaLowering(operands: operands)
    let predicate = kept.isEmpty ? .boolean(true) : kept.count == 1 ? kept[0] : AthenaExpression(.and(kept))
    let read = try reading.truth(predicate).isTrue.get()
    let scalars = read.paths.filter { $0.isOfScalar && !$0.passesArray }.map(\.unmarked)
    if !scalars.isEmpty { warnings.append(Diagnostic.scalars(scalars).located(in: operands.source)) }
    return try reading.onPaths(read, in: predicate)
  }

  private static func outputField(_ column: AthenaQuery.Column, _ operands: AthenaOperands) -> OutputField? {
    guard var expression = column.expression else { return nil }
    if let shown = AthenaIdioms.shownJSON.match(expression) {
      expression = .call("json_extract", shown.base, .string(shown.path))
    }
    guard let operand = try? operands.operand(expression) else { return nil }
    switch operand {
    case .text(let marked, .exact), .typed(let marked, _), .rounded(let marked), .json(let marked),
      .formatted(let marked),
      .structure(let marked, _),
      .map(let marked, _):
      let path = marked.unmarked
      return OutputField(name: column.alias ?? path.description, path: path)
    case .array(let path, _):
      let plain = path.withoutEach
      return OutputField(name: column.alias ?? plain.description, path: plain)
    case .text(_, .ignored), .upper, .start, .constant, .number, .address, .place: return nil
    }
  }

  /// Id and title from the first comment line, `-- id: title`, or from the file's name.
  private static func title(of source: Source) -> (id: String, title: String) {
    let name = source.stem
    guard let line = source.line(1), line.hasPrefix("-- ") else { return (name, name) }
    let comment = String(line.dropFirst(3))
    guard let colon = comment.utf8.firstIndex(of: UInt8(ascii: ":")), colon != comment.startIndex,
      !comment[..<colon].contains(" "), comment[colon...].hasPrefix(": ")
    else { return (name, comment) }
    return (String(comment[..<colon]), String(comment[colon...].dropFirst(2)))
  }
}

extension AthenaExpression {
  /// A question about a network that is not below `TRY`.
  fileprivate var networkOutsideTry: AthenaExpression? {
    if case .call("try", _) = kind { return nil }
    if case .call("contains", let arguments) = kind,
      case .cast(_, .named("ipaddress"), _)? = arguments.last?.kind
    {
      return self
    }
    var found: AthenaExpression?
    forEachOperand { found = found ?? $0.networkOutsideTry }
    return found
  }

}

extension AthenaExpression.Kind {
  fileprivate var isFalse: Bool { if case .boolean(false) = self { true } else { false } }
}
