import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a statement counts: its `GROUP BY` and `HAVING`.
struct AthenaCounting {
  /// What is counted.
  private(set) var aggregate: Aggregate
  /// The fields that `json_extract_scalar` reads, which is NULL of objects and arrays too.
  private(set) var scalars: [FieldPath] = []
  private let operands: AthenaOperands
  private let source: Source
  private var columns: [Aggregate.Column] = []

  /// Throws where events are grouped or counted by what is no field. `guards`: the expressions that the statement asks
  /// to be not NULL.
  init(
    _ query: AthenaQuery, _ operands: AthenaOperands, guards: [AthenaExpression],
    _ warnings: inout [Diagnostic]
  ) throws(Diagnostic) {
    (self.operands, source, aggregate) = (operands, operands.source, Aggregate())
    var (group, span): ([Aggregate.Key], Int?) = ([], nil)
    for expression in query.groupExpressions {
      if case .number(let text) = expression.kind {
        throw .unsupportedSQL("`GROUP BY \(text)`", in: source, at: expression.span)
      }
      if let found = AthenaSpan.number.match(expression), operands.table.isMoment(found.time) {
        guard span == nil else { throw refused(expression) }
        span = found.seconds
        // A row without a time is in a group of its own, unless the statement drops it; an event has one.
        if !guards.contains(expression) {
          warnings.append(.timeTaken(found.time, in: source, at: expression.span))
        }
      } else {
        group.append(Aggregate.Key(try path(expression), keepsAbsent: !guards.contains(expression)))
      }
    }
    for column in query.columns {
      guard let expression = column.expression, case .aggregate(let call) = expression.kind else { continue }
      if let measure = try? measure(call) {
        columns.append(Aggregate.Column(column.alias ?? measure.description, measure))
      } else {
        warnings.append(
          .outputLeftOut("the column `\(AthenaPrinter.flat(expression))`", in: source, at: expression.span))
      }
    }
    let threshold = try query.having.map { (having) throws(Diagnostic) in try self.threshold(having) }
    aggregate = Aggregate(by: group, span: span, columns: columns, threshold: threshold ?? .always(true))
  }

  /// What a statement counts in windows; `query` has the events.
  init(
    _ windows: AthenaWindows, _ query: AthenaQuery, _ operands: AthenaOperands, guards: [AthenaExpression]
  ) throws(Diagnostic) {
    (self.operands, source, aggregate) = (operands, operands.source, Aggregate())
    func expression(_ name: String) throws(Diagnostic) -> AthenaExpression {
      guard let expression = query.expression(of: name) else {
        throw .unresolvedColumn(name, in: operands.source, at: nil)
      }
      return expression
    }
    let end = try expression(AthenaWindows.end)
    guard let time = AthenaWindows.second.match(end), operands.table.isMoment(time), guards.contains(end)
    else {
      throw refused(end)
    }
    var group: [Aggregate.Key] = []
    for name in windows.keys {
      let key = try expression(name)
      group.append(Aggregate.Key(try path(key), keepsAbsent: !guards.contains(key)))
    }
    for count in windows.counts {
      let measure: Aggregate.Measure
      switch count.measure {
      case .rows: measure = .count
      case .present(let name): measure = .present(try path(try expression(name)))
      case .distinct(let name): measure = .distinct(try path(try expression(name)))
      case .truths(let name): measure = try matching(try expression(name))
      }
      columns.append(Aggregate.Column(count.name, measure))
    }
    for (number, steps) in windows.chains.enumerated() {
      var conditions: [Condition] = []
      for name in steps {
        guard case .matching(let asked) = try matching(try expression(name)) else { continue }
        conditions.append(asked)
      }
      columns.append(Aggregate.Column("chain \(number + 1)", .inOrder(conditions)))
    }
    let threshold = try windows.threshold.map { (asked) throws(Diagnostic) in
      try self.threshold(of: windows, asked)
    }
    aggregate = Aggregate(
      by: group, in: .windows(windows.seconds), columns: columns, threshold: threshold ?? .always(true))
  }

  /// What is asked of the counts of a window.
  private func threshold(
    of windows: AthenaWindows, _ question: AthenaExpression
  ) throws(Diagnostic) -> Condition {
    func all(_ operands: [AthenaExpression]) throws(Diagnostic) -> [Condition] {
      var result: [Condition] = []
      for operand in operands { result.append(try threshold(of: windows, operand)) }
      return result
    }
    for (number, steps) in windows.chains.enumerated() {
      for step in steps.indices where AthenaWindows.reached(number, step: step) == question {
        return Aggregate.atLeast(step + 1, "chain \(number + 1)")
      }
    }
    switch question.kind {
    case .boolean(let value): return .always(value)
    case .not(let operand): return .not(try threshold(of: windows, operand), origin: question.span)
    case .and(let operands): return .all(try all(operands), origin: question.span)
    case .or(let operands): return .any(try all(operands), origin: question.span)
    case .compare(let operation, let left, let right):
      if case .name(let name) = left.kind, case .number(let bound) = right.kind,
        columns.contains(where: { $0.name == name }),
        let asked = Aggregate.asking(name, operation, bound)
      {
        return asked
      }
    case .null, .number, .string, .moment, .name, .field, .call, .aggregate, .windowed, .lambda, .cast,
      .array,
      .row, .distinct, .quotient, .isNull, .like, .inList, .between, .choice:
      break
    }
    throw refused(question)
  }

  /// The field whose text an expression is.
  private mutating func path(_ expression: AthenaExpression) throws(Diagnostic) -> FieldPath {
    let operand = try operands.operand(expression)
    switch operand {
    case .text(let path, .exact), .typed(let path, .boolean), .typed(let path, .integer):
      if path.isOfScalar { scalars.append(path.unmarked) }
      return path.unmarked
    case .constant, .text, .upper, .start, .typed, .rounded, .number, .address, .json, .formatted, .place,
      .array, .structure, .map:
      throw refused(expression)
    }
  }

  private mutating func measure(
    _ call: AthenaExpression.AthenaAggregate
  ) throws(Diagnostic) -> Aggregate.Measure {
    let whole = AthenaExpression(.aggregate(call))
    switch (call.function, call.arguments.count, call.isDistinct) {
    case ("count", 0, false):
      return try call.filter.map { (p) throws(Diagnostic) in try matching(p) } ?? .count
    case ("count", 1, false) where call.arguments[0].namesNothing && call.filter == nil: return .count
    case ("count", 1, let isDistinct) where call.filter == nil:
      let path = try path(call.arguments[0])
      return isDistinct ? .distinct(path) : .present(path)
    case ("count_if", 1, false) where call.filter == nil: return try matching(call.arguments[0])
    default: throw refused(whole)
    }
  }

  private func matching(_ predicate: AthenaExpression) throws(Diagnostic) -> Aggregate.Measure {
    var types = AthenaTypes(source: source, table: operands.table, qualifiers: operands.qualifiers)
    try types.check(predicate, is: .boolean)
    var reading = AthenaLowering(operands: operands)
    return .matching(try reading.onPaths(try reading.truth(predicate).isTrue.get(), in: predicate))
  }

  private func refused(_ expression: AthenaExpression) -> Diagnostic {
    .unsupportedSQL(
      "a group or count by `\(AthenaPrinter.flat(expression))`", in: source, at: expression.span)
  }
}

// `HAVING`.
extension AthenaCounting {
  private mutating func threshold(_ having: AthenaExpression) throws(Diagnostic) -> Condition {
    switch having.kind {
    case .boolean(let value): return .always(value)
    case .not(let operand): return .not(try threshold(operand), origin: having.span)
    case .and(let operands): return .all(try thresholds(operands), origin: having.span)
    case .or(let operands): return .any(try thresholds(operands), origin: having.span)
    case .compare(let operation, let left, let right):
      if case .number(let bound) = right.kind { return try asked(left, operation, bound, having) }
      if case .number(let bound) = left.kind { return try asked(right, operation.mirrored, bound, having) }
    case .between(let operand, let low, let high, let negated):
      guard case .number(let least) = low.kind, case .number(let most) = high.kind else { break }
      let within = Condition.all([
        try asked(operand, .greaterOrEqual, least, having), try asked(operand, .lessOrEqual, most, having),
      ])
      return negated ? .not(within) : within
    case .inList(let operand, let items, let negated):
      var parts: [Condition] = []
      for item in items {
        guard case .number(let bound) = item.kind else { throw refused(having) }
        parts.append(try asked(operand, .equal, bound, having))
      }
      return negated ? .not(.any(parts)) : .any(parts)
    case .null, .number, .string, .moment, .name, .field, .call, .aggregate, .windowed, .lambda, .cast,
      .array, .row,
      .distinct, .quotient, .isNull, .like, .choice:
      break
    }
    throw refused(having)
  }

  private mutating func thresholds(_ operands: [AthenaExpression]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for operand in operands { result.append(try threshold(operand)) }
    return result
  }

  private mutating func asked(
    _ counted: AthenaExpression, _ operation: ComparisonOperator, _ bound: String, _ having: AthenaExpression
  ) throws(Diagnostic) -> Condition {
    guard case .aggregate(let call) = counted.kind else { throw refused(having) }
    let measure = try measure(call)
    var column = columns.first { $0.measure == measure } ?? Aggregate.Column(measure.description, measure)
    if !columns.contains(column) {
      while columns.contains(where: { $0.name.sameScalars(as: column.name) }) { column.name += "_" }
      columns.append(column)
    }
    guard let asked = Aggregate.asking(column.name, operation, bound) else { throw refused(having) }
    return asked
  }
}
