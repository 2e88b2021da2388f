import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// A statement over the rows of another is a statement over that one's table: its names stand for the other's
// expressions, and a row passes both `WHERE` clauses. Rows that `UNNEST` makes of an array's elements are asked together:
// an event has one that passes where some element does.
extension AthenaQuery {
  /// The statement over one table that finds rows of the same events. Throws where there is none: where the rows within
  /// are groups or limited, and where what `UNNEST` makes is counted.
  /// `sizeLimit`: of how many expressions it may be made.
  func flattened(
    _ source: Source, sizeLimit: Int = AthenaFlattening.sizeLimit
  ) throws(Diagnostic) -> AthenaQuery {
    var known: [CommonTable] = []
    var flat = try AthenaFlattening(source: source, sizeLimit: sizeLimit).flat(self, &known)
    if let unnest = flat.unnests.first {
      guard flat.unnests.count == 1 else {
        throw .unsupportedSQL("`UNNEST` of several arrays", in: source, at: flat.unnests[1].array.span)
      }
      if flat.countsRows {
        throw .unsupportedSQL("a count of the rows that `UNNEST` makes", in: source, at: unnest.array.span)
      }
      flat.ask(unnest)
    }
    return flat
  }

  /// Asks the elements of an array in place of making rows of them.
  private mutating func ask(_ unnest: Unnest) {
    unnests = []
    let conjuncts = predicate?.conjuncts ?? []
    let asked = conjuncts.filter { $0.names(unnest.column) }
    let rest = conjuncts.filter { !$0.names(unnest.column) }
    let body = asked.isEmpty ? AthenaExpression.boolean(true) : .and(asked)
    let span = (asked.first ?? unnest.array).span
    let some = AthenaExpression(
      .call("any_match", [unnest.array, AthenaExpression(.lambda(unnest.column, body), at: span)]), at: span)
    predicate = .and(rest + [some])
    for place in columns.indices where columns[place].expression?.names(unnest.column) == true {
      // An element is shown by no column of the table.
      columns[place].unread = columns[place].expression?.span ?? Span(at: Position(line: 1, column: 1))
      columns[place].expression = nil
    }
  }
}

/// Puts statements over the rows of others into one.
struct AthenaFlattening {
  /// How many tables `WITH` names at most, and of how many expressions a statement is made.
  static let (tableLimit, sizeLimit) = (100, 20_000)

  let source: Source
  let sizeLimit: Int

  /// The statement over a table, `known` being the tables that `WITH` names around it.
  func flat(_ query: AthenaQuery, _ known: inout [AthenaQuery.CommonTable]) throws(Diagnostic) -> AthenaQuery
  {
    let outer = known
    defer { known = outer }
    var query = query
    guard known.count + query.with.count <= AthenaFlattening.tableLimit else {
      throw .unsupportedSQL("`WITH` of so many tables", in: source, at: nil)
    }
    for table in query.with {
      guard let own = table.query.first else { continue }
      known.append(.init(name: table.name, columns: table.columns, query: try flat(own, &known)))
    }
    query.with.removeAll { !$0.query.isEmpty }
    if let inner = query.from.first {
      return try merged(query, over: try flat(inner, &known), columns: [])
    }
    let named = known.last {
      query.table.count == 1 && AthenaLiteral.isSameName($0.name, query.table.last ?? "")
    }
    guard let named, let inner = named.query.first else { return try unqualified(query) }
    if query.tableAlias == nil { query.tableAlias = named.name }
    return try merged(query, over: inner, columns: named.columns)
  }

  /// A statement whose names have no table before them, where it has the elements of an array.
  private func unqualified(_ query: AthenaQuery) throws(Diagnostic) -> AthenaQuery {
    // Within one table names are told apart already.
    guard !query.unnests.isEmpty else { return query }
    try checkVariables(query)
    let own = query.tableAlias ?? query.table.last ?? ""
    return query.mapExpressions { expression in
      expression.rewritten { qualified in
        guard case .field(let base, let name) = qualified.kind, case .name(let table) = base.kind else {
          return nil
        }
        let unnest = query.unnests.first { AthenaLiteral.isSameName($0.alias, table) }
        if let unnest {
          return AthenaLiteral.isSameName(unnest.column, name)
            ? AthenaExpression(.name(name), at: qualified.span) : nil
        }
        return AthenaLiteral.isSameName(own, table) ? AthenaExpression(.name(name), at: qualified.span) : nil
      }
    }
  }

  /// A statement over the rows of another, whose columns have these names where some are stated.
  private func merged(
    _ outer: AthenaQuery, over inner: AthenaQuery, columns names: [String]
  ) throws(Diagnostic) -> AthenaQuery {
    if inner.countsRows || inner.limit != nil || inner.isDistinct && outer.countsRows {
      throw .unsupportedSQL(
        "a subquery that counts or limits its rows", in: source, at: inner.columns.first?.expression?.span)
    }
    try checkVariables(outer, inner)
    // The name of the table within is none outside, where a column may have it.
    let table = inner.tableAlias ?? inner.table.last ?? ""
    var inner = inner.mapExpressions { $0.unqualified(table) }
    if !names.isEmpty {
      guard inner.columns.allSatisfy({ $0.expression != nil }), names.count == inner.columns.count else {
        throw .unsupportedSQL(
          "`WITH` of named columns", in: source, at: inner.columns.first?.expression?.span)
      }
      for (place, name) in names.enumerated() { inner.columns[place].alias = name }
    }
    let meanings = try self.meanings(of: inner)
    let unnested = try unqualified(outer)
    let alias = outer.tableAlias
    let hidden = Set(
      (outer.allExpressions.flatMap(\.lambdas).compactMap(\.variable) + outer.unnests.map(\.column)).map {
        ScalarText(LetterCase.lower($0))
      })
    var failure: Diagnostic?
    func meaning(_ expression: AthenaExpression) -> AthenaExpression? {
      var name: String?
      if case .name(let own) = expression.kind { name = own }
      if case .field(let base, let own) = expression.kind, case .name(let table) = base.kind,
        let alias, AthenaLiteral.isSameName(alias, table), meanings.byName(table) == nil
      {
        name = own
      }
      guard let name, !hidden.contains(ScalarText(LetterCase.lower(name))) else { return nil }
      if let held = meanings.byName(name) { return held }
      if let unread = meanings.unread {
        // It may be the one of that name.
        failure = failure ?? .unsupportedSQL("this column of a subquery", in: source, at: unread)
        return expression
      }
      if meanings.hasAll { return AthenaExpression(.name(name), at: expression.span) }
      failure = failure ?? .unresolvedColumn(name, in: source, at: expression.span)
      return expression
    }
    var result = unnested.mapExpressions { $0.rewritten(meaning) }
    if let failure { throw failure }
    for (place, column) in outer.columns.enumerated() where column.alias == nil {
      // A column keeps the name by which it was known.
      if case .name(let name)? = column.expression?.kind { result.columns[place].alias = name }
    }
    if let place = result.columns.firstIndex(where: { $0.expression == nil && $0.unread == nil }) {
      result.columns.replaceSubrange(place...place, with: inner.columns)
    }
    // A name can stand for an expression that names another one several times.
    guard
      result.expressions.reduce(0, { $0 + $1.size(upTo: sizeLimit) }) <= sizeLimit
    else {
      throw .unsupportedSQL("subqueries whose expressions grow so large", in: source, at: nil)
    }
    let asked = [inner.predicate, result.predicate].compactMap { $0 }
    result.predicate = asked.isEmpty ? nil : asked.count == 1 ? asked[0] : AthenaExpression(.and(asked))
    result.isDistinct = outer.isDistinct || inner.isDistinct
    (result.table, result.tableAlias, result.from) = (inner.table, "", [])
    result.unnests = inner.unnests + result.unnests
    result.with += inner.with
    return result
  }

  /// What the names of a statement's columns stand for.
  private struct Meanings {
    private var columns: [ScalarText: AthenaExpression] = [:]
    /// Whether the table's own columns are there under their names.
    var hasAll = false
    /// Where a column stands that is outside the SQL that is read, by a name that is not known.
    var unread: Span?

    func byName(_ name: String) -> AthenaExpression? {
      columns.isEmpty ? nil : columns[ScalarText(LetterCase.lower(name))]
    }

    mutating func add(_ name: String, _ expression: AthenaExpression) {
      columns[ScalarText(LetterCase.lower(name))] = expression
    }
  }

  private func meanings(of query: AthenaQuery) throws(Diagnostic) -> Meanings {
    var meanings = Meanings()
    for column in query.columns {
      guard let expression = column.expression else {
        if let unread = column.unread { meanings.unread = unread } else { meanings.hasAll = true }
        continue
      }
      var name = column.alias
      if name == nil {
        switch expression.kind {
        case .name(let own), .field(_, let own): name = own
        default: break  // Only these have a name of their own.
        }
      }
      guard let name else { continue }
      if meanings.byName(name) != nil {
        throw .unsupportedSQL(
          "two columns of the name `\(AthenaLiteral.comment(name))`", in: source, at: expression.span)
      }
      meanings.add(name, expression)
    }
    return meanings
  }

  /// Throws where the variable of a lambda hides a name that is replaced.
  private func checkVariables(_ queries: AthenaQuery...) throws(Diagnostic) {
    let expressions = queries.flatMap(\.allExpressions)
    for lambda in expressions.flatMap(\.lambdas) {
      guard case .lambda(let variable, _) = lambda.kind else { continue }
      let isColumn = queries.contains { query in
        query.columns.contains { $0.alias.map { AthenaLiteral.isSameName($0, variable) } ?? false }
          || query.unnests.contains { AthenaLiteral.isSameName($0.column, variable) }
      }
      if isColumn || expressions.contains(where: { $0.names(variable) }) {
        throw .unsupportedSQL(
          "a variable with the name of a column, `\(AthenaLiteral.comment(variable))`", in: source,
          at: lambda.span)
      }
    }
  }
}

extension AthenaQuery {
  /// Its expressions, those of `UNNEST` among them.
  fileprivate var allExpressions: [AthenaExpression] { expressions + unnests.map(\.array) }

  /// The statement with other expressions in place of its own, the same everywhere; what orders its rows is left out.
  fileprivate func mapExpressions(_ change: (AthenaExpression) -> AthenaExpression) -> AthenaQuery {
    var copy = self
    for place in columns.indices { copy.columns[place].expression = columns[place].expression.map(change) }
    for place in unnests.indices { copy.unnests[place].array = change(unnests[place].array) }
    (copy.predicate, copy.having) = (predicate.map(change), having.map(change))
    copy.group = groupExpressions.map(change)
    copy.order = []
    return copy
  }
}

extension AthenaExpression {
  /// Whether it names a column, beside the variables of lambdas of that name.
  fileprivate func names(_ column: String) -> Bool {
    switch kind {
    case .name(let name): return AthenaLiteral.isSameName(name, column)
    case .lambda(let variable, let body):
      return !AthenaLiteral.isSameName(variable, column) && body.names(column)
    default: break  // Names stand in no other form.
    }
    var isNamed = false
    forEachOperand { isNamed = isNamed || $0.names(column) }
    return isNamed
  }

  /// What it binds, if it is a lambda.
  fileprivate var variable: String? { if case .lambda(let variable, _) = kind { variable } else { nil } }

  /// The lambdas in it.
  fileprivate var lambdas: [AthenaExpression] {
    var found: [AthenaExpression] = []
    if case .lambda = kind { found.append(self) }
    forEachOperand { found += $0.lambdas }
    return found
  }

  /// The expression without the name of its table before a column.
  fileprivate func unqualified(_ table: String) -> AthenaExpression {
    rewritten { expression in
      guard case .field(let base, let name) = expression.kind, case .name(let own) = base.kind,
        AthenaLiteral.isSameName(own, table)
      else { return nil }
      return AthenaExpression(.name(name), at: expression.span)
    }
  }
}

extension AthenaExpression {
  /// Of how many expressions it is made; counted no further than a limit.
  fileprivate func size(upTo limit: Int) -> Int {
    var size = 1
    forEachOperand { if size <= limit { size += $0.size(upTo: limit - size) } }
    return size
  }
}
