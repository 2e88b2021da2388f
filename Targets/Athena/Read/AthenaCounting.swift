import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
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
  /// What is taken for granted of the numbers that are asked.
  private var assumptions: [Diagnostic] = []
  /// The averages of windows, by their columns.
  private var averages: [String: FieldPath] = [:]

  /// Throws where events are grouped or counted by what is no field. `guards`: the expressions that the statement asks
  /// to be not NULL.
  init(
    _ query: AthenaQuery, _ hops: AthenaHops?, _ operands: AthenaOperands, guards: [AthenaExpression],
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
        let name = query.columns.first { $0.expression == expression }?.alias ?? "group"
        group.append(try key(expression, named: name, guards))
      }
    }
    for column in query.columns {
      guard let expression = column.expression, case .aggregate(let call) = expression.kind else { continue }
      if let measure = try? measure(call) {
        let name = measure.conditions.isEmpty ? measure.description : AthenaPrinter.flat(expression)
        columns.append(Aggregate.Column(column.alias ?? name, measure))
      } else {
        warnings.append(
          .outputLeftOut("the column `\(AthenaPrinter.flat(expression))`", in: source, at: expression.span))
      }
    }
    let threshold = try query.having.map { (having) throws(Diagnostic) in
      try self.threshold(having, is: true, isOfRows: !group.isEmpty || span != nil || hops != nil)
    }
    for assumption in assumptions { warnings.appendOnce(assumption) }
    var period = span.map(Aggregate.Period.spans) ?? .whole
    if let hops {
      guard let seconds = hops.seconds, operands.table.isMoment(hops.time), span == nil else {
        throw refused(hops.unnest.array)
      }
      period = .hops(seconds, every: hops.every)
    }
    aggregate = Aggregate(by: group, in: period, columns: columns, threshold: threshold ?? .always(true))
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
      group.append(try key(try expression(name), named: name, guards))
    }
    for count in windows.counts {
      let measure: Aggregate.Measure
      switch count.measure {
      case .rows: measure = .count
      case .present(let name): measure = .present(try path(try expression(name)))
      case .distinct(let name): measure = .distinct(try path(try expression(name)))
      case .truths(let name): measure = try matching(try expression(name))
      case .sum(let name):
        let value = try expression(name)
        guard let text = AthenaIdioms.addend.match(value) else { throw refused(value) }
        measure = .sum(try path(text))
      case .average(let name):
        let value = try expression(name)
        guard let text = AthenaIdioms.averaged.match(value) else { throw refused(value) }
        averages[count.name] = try path(text)
        continue
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
  private mutating func threshold(
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
    // A window has an event, and a sum has something of each: none is NULL but averages, which `COALESCE` makes false.
    if let known = AthenaIdioms.known.match(question) { return try threshold(of: windows, known) }
    switch question.kind {
    case .boolean(let value): return .always(value)
    case .not(let operand):
      if !averages.isEmpty, AthenaIdioms.known.match(operand) == nil { throw refused(question) }
      return .not(try threshold(of: windows, operand), origin: question.span)
    case .and(let operands): return .all(try all(operands), origin: question.span)
    case .or(let operands): return .any(try all(operands), origin: question.span)
    case .compare(let operation, let left, let right):
      if case .name(let name) = left.kind, case .number(let bound) = right.kind, let path = averages[name] {
        return try averaged(path, operation, bound, question)
      }
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

  /// What tells groups apart: a field, or one of several, chosen by `CASE`.
  private mutating func key(
    _ expression: AthenaExpression, named name: String, _ guards: [AthenaExpression]
  ) throws(Diagnostic) -> Aggregate.Key {
    let keepsAbsent = !guards.contains(expression)
    guard case .choice(let branches, let otherwise) = expression.kind, otherwise ?? .null == .null else {
      return Aggregate.Key(try path(expression), keepsAbsent: keepsAbsent)
    }
    var cases: [Aggregate.Key.Case] = []
    for branch in branches {
      guard case .matching(let asked) = try matching(branch.condition) else { throw refused(expression) }
      cases.append(.init(asked, try path(branch.result)))
    }
    return Aggregate.Key(named: name, cases, keepsAbsent: keepsAbsent)
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
    case ("count", 1, false) where call.arguments[0].isConstant && call.filter == nil: return .count
    case ("count", 1, let isDistinct) where call.filter == nil:
      let path = try path(call.arguments[0])
      return isDistinct ? .distinct(path) : .present(path)
    case ("count_if", 1, false) where call.filter == nil: return try matching(call.arguments[0])
    case ("sum", 1, false) where call.filter == nil:
      guard let text = AthenaIdioms.addend.match(call.arguments[0]) else { throw refused(whole) }
      return .sum(try path(text))
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
  /// What must hold of a group for a question to be true, or to be false: where it is NULL it is neither. `isOfRows`:
  /// whether each group has a row.
  private mutating func threshold(
    _ having: AthenaExpression, is wanted: Bool, isOfRows: Bool
  ) throws(Diagnostic) -> Condition {
    func joined(_ operands: [AthenaExpression], all: Bool) throws(Diagnostic) -> Condition {
      var parts: [Condition] = []
      for operand in operands { parts.append(try threshold(operand, is: wanted, isOfRows: isOfRows)) }
      return all == wanted ? .all(parts, origin: having.span) : .any(parts, origin: having.span)
    }
    func asked(
      _ counted: AthenaExpression, _ operation: ComparisonOperator, _ bound: String
    ) throws(Diagnostic) -> Condition {
      try self.asked(counted, wanted ? operation : operation.opposite, bound, having, isOfRows)
    }
    if let known = AthenaIdioms.known.match(having) {
      let isTrue = try threshold(known, is: true, isOfRows: isOfRows)
      return wanted ? isTrue : .not(isTrue, origin: having.span)
    }
    switch having.kind {
    case .boolean(let value): return .always(value == wanted)
    case .not(let operand): return try threshold(operand, is: !wanted, isOfRows: isOfRows)
    case .and(let operands): return try joined(operands, all: true)
    case .or(let operands): return try joined(operands, all: false)
    case .compare(let operation, let left, let right):
      if case .number(let bound) = right.kind { return try asked(left, operation, bound) }
      if case .number(let bound) = left.kind { return try asked(right, operation.mirrored, bound) }
    case .between(let operand, let low, let high, let negated):
      guard case .number(let least) = low.kind, case .number(let most) = high.kind else { break }
      if negated == wanted {
        return .any([
          try self.asked(operand, .less, least, having, isOfRows),
          try self.asked(operand, .greater, most, having, isOfRows),
        ])
      }
      return .all([
        try self.asked(operand, .greaterOrEqual, least, having, isOfRows),
        try self.asked(operand, .lessOrEqual, most, having, isOfRows),
      ])
    case .inList(let operand, let items, let negated):
      var parts: [Condition] = []
      for item in items {
        guard case .number(let bound) = item.kind else { throw refused(having) }
        let operation = negated == wanted ? ComparisonOperator.unequal : .equal
        parts.append(try self.asked(operand, operation, bound, having, isOfRows))
      }
      return negated == wanted ? .all(parts) : .any(parts)
    case .null, .number, .string, .moment, .name, .field, .call, .aggregate, .windowed, .lambda, .cast,
      .array, .row,
      .distinct, .quotient, .isNull, .like, .choice:
      break
    }
    throw refused(having)
  }

  /// The name of a column of that measure, which is counted from now on.
  private mutating func column(of measure: Aggregate.Measure, named name: String? = nil) -> String {
    var column =
      columns.first { $0.measure == measure } ?? Aggregate.Column(name ?? measure.description, measure)
    if !columns.contains(column) {
      while columns.contains(where: { $0.name.sameScalars(as: column.name) }) { column.name += "_" }
      columns.append(column)
    }
    return column.name
  }

  private mutating func asked(
    _ counted: AthenaExpression, _ operation: ComparisonOperator, _ bound: String,
    _ having: AthenaExpression, _ isOfRows: Bool
  ) throws(Diagnostic) -> Condition {
    guard case .aggregate(let call) = counted.kind, let number = Number(bound) else { throw refused(having) }
    let ofNumbers =
      call.arguments.count == 1 && !call.isDistinct && call.filter == nil ? call.function : "none"
    switch ofNumbers {
    case "avg":
      if let text = AthenaIdioms.averaged.match(call.arguments[0]) {
        return try averaged(try path(text), operation, bound, having)
      }
      return try averaged(try wholeNumbers(call.arguments[0], counted), operation, bound, having)
    case "sum" where AthenaIdioms.addend.match(call.arguments[0]) == nil:
      let path = try wholeNumbers(call.arguments[0], counted)
      guard let asked = Aggregate.asking(column(of: .sum(path)), operation, bound) else {
        throw refused(having)
      }
      // There is no sum of no numbers.
      return operation.holds(0, number.double)
        ? .all([
          asked, Aggregate.atLeast(1, column(of: .matching(.wholeNumber(path)), named: "numbers(\(path))")),
        ]) : asked
    case "min", "max":
      return try extreme(call.arguments[0], isMost: call.function == "max", operation, bound, having)
    default: break
    }
    let measure = try measure(call)
    let name = measure.conditions.isEmpty ? nil : AthenaPrinter.flat(counted)
    guard let asked = Aggregate.asking(column(of: measure, named: name), operation, bound) else {
      throw refused(having)
    }
    // Of no rows there is no sum.
    return measure.isOfNumbers && !isOfRows && operation.holds(0, number.double)
      ? .all([asked, Aggregate.atLeast(1, column(of: .count))]) : asked
  }

  /// How an average compares; false where there is none.
  private mutating func averaged(
    _ path: FieldPath, _ operation: ComparisonOperator, _ bound: String,
    _ question: AthenaExpression
  ) throws(Diagnostic) -> Condition {
    guard let limit = Number(bound).flatMap(AverageBound.init) else { throw refused(question) }
    func one(_ comparison: Comparison) -> Condition {
      Aggregate.atLeast(1, column(of: .average(path, comparison, limit)))
    }
    if let ordered = operation.ordered { return one(ordered) }
    return operation == .equal
      ? .all([one(.greaterOrEqual), one(.lessOrEqual)]) : .any([one(.less), one(.greater)])
  }

  /// The field of whole numbers that a statement adds up as they are.
  private mutating func wholeNumbers(
    _ argument: AthenaExpression, _ whole: AthenaExpression
  ) throws(Diagnostic) -> FieldPath {
    var text = argument
    if case .cast(let inner, .named("bigint"), orNull: true) = argument.kind { text = inner }
    switch try operands.operand(text) {
    case .typed(let path, .integer): return try taken(path, whole)
    case .text(let path, .exact) where text != argument: return try taken(path, whole)
    case .constant, .text, .upper, .start, .typed, .rounded, .number, .address, .json, .formatted, .place,
      .array, .structure, .map:
      throw refused(whole)
    }
  }

  private mutating func taken(_ path: FieldPath, _ whole: AthenaExpression) throws(Diagnostic) -> FieldPath {
    if path.isOfScalar { scalars.append(path.unmarked) }
    assumptions.append(
      .numbersTaken("`\(AthenaPrinter.flat(whole))`", in: source, at: whole.span))
    return path.unmarked
  }

  /// How the least or the most of numbers compares: some of them is so, or there are some and none is otherwise.
  private mutating func extreme(
    _ argument: AthenaExpression, isMost: Bool, _ operation: ComparisonOperator, _ bound: String,
    _ question: AthenaExpression
  ) throws(Diagnostic) -> Condition {
    func isSome(_ operation: ComparisonOperator) throws(Diagnostic) -> Condition {
      let question = argument.compared(operation, .number(bound))
      return Aggregate.atLeast(
        1, column(of: try matching(question), named: "count_if(\(AthenaPrinter.flat(question)))"))
    }
    func one(_ operation: ComparisonOperator) throws(Diagnostic) -> Condition {
      let isOfOne = isMost == (operation == .greater || operation == .greaterOrEqual)
      return isOfOne
        ? try isSome(operation) : .all([try isSome(operation), .not(try isSome(operation.opposite))])
    }
    switch operation {
    case .greater, .greaterOrEqual, .less, .lessOrEqual: return try one(operation)
    case .equal: return .all([try one(.greaterOrEqual), try one(.lessOrEqual)])
    case .unequal: return .any([try one(.less), try one(.greater)])
    }
  }
}
