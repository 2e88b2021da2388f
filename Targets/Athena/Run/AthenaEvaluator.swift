import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What an expression is evaluated on: a row, and the variables of the lambdas around.
struct AthenaFrame {
  var row: [AthenaValue]
  var variables: [AthenaValue] = []
}

/// What an expression depends on.
struct AthenaDependence {
  /// The places of columns.
  var columns: Set<Int> = []
  /// Whether on a variable of a lambda too.
  var hasVariable = false

  var isNothing: Bool { columns.isEmpty && !hasVariable }

  func and(_ other: AthenaDependence) -> AthenaDependence {
    AthenaDependence(
      columns: columns.union(other.columns), hasVariable: hasVariable || other.hasVariable)
  }
}

/// An expression with its type, ready to be evaluated.
struct AthenaCompiled {
  var kind: AthenaKind
  var dependence: AthenaDependence
  var run: (AthenaFrame) throws(Diagnostic) -> AthenaValue

  /// Whether it depends on no row.
  var isConstant: Bool { dependence.isNothing }

  /// The same, where it depends on one column evaluated anew only where that is another than in the row before: rows mostly
  /// differ in one column.
  var remembered: AthenaCompiled {
    guard let column = dependence.columns.first, dependence.columns.count == 1, !dependence.hasVariable else {
      return self
    }
    var last: (cell: AthenaValue, answer: AthenaValue)?
    return AthenaCompiled(kind: kind, dependence: dependence) { (frame) throws(Diagnostic) in
      guard frame.row.indices.contains(column) else { return try run(frame) }
      let cell = frame.row[column]
      if let last, last.cell.isSame(as: cell) { return last.answer }
      let answer = try run(frame)
      last = (cell, answer)
      return answer
    }
  }
}

/// Checks an expression's types as Trino's analysis does, and makes it ready to be evaluated.
struct AthenaEvaluator {
  /// Where names come from.
  enum Names {
    /// A table over events; only the columns that are used are made.
    case table(AthenaTable)
    case columns([AthenaKind.Field])
    case nothing
  }

  let source: Source
  let names: Names
  /// The version whose answers are given where versions differ.
  var release = AthenaRelease.trino414
  /// The columns that are used, of a table over events.
  private(set) var columns: [Schema.Field] = []
  /// The names by which the table may be called in front of a column.
  var qualifiers: [String] = []
  var variables: [AthenaKind.Field] = []
  /// The columns in lower case, by place: each question of one asks for it.
  var lowered: [Int: AthenaCompiled] = [:]

  init(_ source: Source, _ names: Names) {
    self.source = source
    self.names = names
  }

  /// The expression as a condition on a row.
  mutating func predicate(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaCompiled {
    try compile(expression, expecting: .boolean)
  }

  /// The expression, of that type or of unknown type.
  mutating func compile(_ expression: AthenaExpression, expecting kind: AthenaKind) throws(Diagnostic)
    -> AthenaCompiled
  {
    let compiled = try compile(expression)
    guard compiled.kind == kind || compiled.kind == .unknown else {
      throw .neededKind(kind, compiled.kind, in: source, at: expression.span)
    }
    return compiled
  }

  func mismatch(_ message: String, _ expression: AthenaExpression) -> Diagnostic {
    .typeMismatch(message, in: source, at: expression.span)
  }

  /// The expression with its type. Throws where Trino would refuse it.
  mutating func compile(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaCompiled {
    switch expression.kind {
    case .null: return constant(.unknown, .null)
    case .boolean(let value): return constant(.boolean, .boolean(value))
    case .number(let text): return try number(text, expression)
    case .string(let text): return constant(.varchar, .varchar(text))
    case .moment, .quotient, .aggregate, .windowed:
      throw .unsupportedSQL("`\(AthenaPrinter.flat(expression))`", in: source, at: expression.span)
    case .name(let name): return try column(name, expression)
    case .field(let base, let name): return try field(base, name, expression)
    case .call(let function, let arguments): return try call(function, arguments, expression)
    case .lambda: throw mismatch("a lambda stands where a value is needed", expression)
    case .cast(let operand, let type, let orNull): return try cast(operand, type, orNull, expression)
    case .array(let items): return try array(items, expression)
    case .row(let items): return try row(items)
    case .not(let operand):
      let inner = try compile(operand, expecting: .boolean)
      return derived(.boolean, [inner]) { (frame) throws(Diagnostic) in
        .boolean(try inner.run(frame).truth.map { !$0 })
      }
    case .and(let operands): return try joined(operands, decides: false)
    case .or(let operands): return try joined(operands, decides: true)
    case .compare(let comparison, let left, let right):
      let (a, b) = try pair(left, right, ordered: comparison != .equal && comparison != .unequal, expression)
      return derived(.boolean, [a, b]) { (frame) throws(Diagnostic) in
        .boolean(AthenaValue.compare(comparison, try a.run(frame), try b.run(frame)))
      }
    case .distinct(let left, let right, let negated):
      let (a, b) = try pair(left, right, ordered: false, expression)
      return derived(.boolean, [a, b]) { (frame) throws(Diagnostic) in
        .boolean(AthenaValue.isDistinct(try a.run(frame), try b.run(frame)) != negated)
      }
    case .isNull(let operand, let negated):
      let inner = try compile(operand)
      return derived(.boolean, [inner]) { (frame) throws(Diagnostic) in
        .boolean(try inner.run(frame).isNull != negated)
      }
    case .like(let operand, let pattern, let escape, let negated):
      return try like(operand, pattern, escape, negated)
    case .inList(let operand, let items, let negated): return try inList(operand, items, negated, expression)
    case .between(let operand, let low, let high, let negated):
      return try between(operand, low, high, negated, expression)
    case .choice(let branches, let otherwise): return try choice(branches, otherwise, expression)
    }
  }

  func constant(_ kind: AthenaKind, _ value: AthenaValue) -> AthenaCompiled {
    AthenaCompiled(kind: kind, dependence: AthenaDependence()) { (_) throws(Diagnostic) in value }
  }

  func derived(
    _ kind: AthenaKind, _ operands: [AthenaCompiled],
    _ run: @escaping (AthenaFrame) throws(Diagnostic) -> AthenaValue
  ) -> AthenaCompiled {
    let dependence = operands.reduce(AthenaDependence()) { $0.and($1.dependence) }
    return AthenaCompiled(kind: kind, dependence: dependence, run: run)
  }

  private func number(_ text: String, _ expression: AthenaExpression) throws(Diagnostic) -> AthenaCompiled {
    if text.utf8.contains(UInt8(ascii: "E")) {
      return constant(.double, .double(Double(text) ?? .infinity))
    }
    if text.utf8.contains(UInt8(ascii: ".")) {
      guard let value = AthenaDecimal(text) else {
        throw mismatch("the number `\(text)` has more digits than a decimal", expression)
      }
      return constant(.decimal(value.precision, scale: value.scale), .decimal(value))
    }
    guard let value = Int64(text) else {
      throw mismatch("the number `\(text)` does not fit into `bigint`", expression)
    }
    return constant(.bigint, .bigint(value))
  }

  private mutating func column(_ name: String, _ expression: AthenaExpression) throws(Diagnostic)
    -> AthenaCompiled
  {
    let wanted = LetterCase.lower(name)
    func same(_ other: String) -> Bool { LetterCase.lower(other).sameScalars(as: wanted) }
    if let place = variables.lastIndex(where: { same($0.name) }) {
      let dependence = AthenaDependence(hasVariable: true)
      return AthenaCompiled(kind: variables[place].kind, dependence: dependence) {
        (frame) throws(Diagnostic) in
        frame.variables.indices.contains(place) ? frame.variables[place] : .null
      }
    }
    let found: (place: Int, kind: AthenaKind)?
    switch names {
    case .nothing: found = nil
    case .columns(let own):
      found = own.firstIndex { same($0.name) }.map { ($0, own[$0].kind) }
    case .table(let table):
      if let field = table.column(name) ?? table.partition(name) {
        let place = columns.firstIndex { same($0.name) } ?? columns.count
        if place == columns.count { columns.append(field) }
        found = (place, AthenaKind(field.type))
      } else {
        found = nil
      }
    }
    guard let found else { throw .unresolvedColumn(name, in: source, at: expression.span) }
    let dependence = AthenaDependence(columns: [found.place])
    return AthenaCompiled(kind: found.kind, dependence: dependence) { (frame) throws(Diagnostic) in
      frame.row.indices.contains(found.place) ? frame.row[found.place] : .null
    }
  }

  private mutating func field(_ base: AthenaExpression, _ name: String, _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaCompiled
  {
    if case .name(let qualifier) = base.kind,
      qualifiers.contains(where: { LetterCase.lower($0).sameScalars(as: LetterCase.lower(qualifier)) })
    {
      return try column(name, expression)
    }
    let inner = try compile(base)
    guard case .row(let fields) = inner.kind else {
      throw .notARow(base, inner.kind, in: source, at: expression.span)
    }
    let wanted = LetterCase.lower(name)
    guard let place = fields.firstIndex(where: { LetterCase.lower($0.name).sameScalars(as: wanted) }) else {
      throw .unresolvedColumn(name, in: source, at: expression.span)
    }
    return derived(fields[place].kind, [inner]) { (frame) throws(Diagnostic) in
      guard case .row(let values) = try inner.run(frame), values.indices.contains(place) else { return .null }
      return values[place]
    }
  }

  /// `AND` is decided by false, `OR` by true; otherwise unknown wins.
  private mutating func joined(_ operands: [AthenaExpression], decides: Bool) throws(Diagnostic)
    -> AthenaCompiled
  {
    var compiled: [AthenaCompiled] = []
    for operand in operands { compiled.append(try compile(operand, expecting: .boolean)) }
    let isOfMany = compiled.reduce(AthenaDependence()) { $0.and($1.dependence) }.columns.count > 1
    let all = isOfMany ? compiled.map(\.remembered) : compiled
    // A constant that decides is found before anything is evaluated. [executed: Trino 414, 482]
    for operand in all where operand.isConstant {
      if let value = try? operand.run(AthenaFrame(row: [])), value.truth == decides {
        return constant(.boolean, value)
      }
    }
    return derived(.boolean, all) { (frame) throws(Diagnostic) in
      var unknown = false
      for operand in all {
        switch try operand.run(frame).truth {
        case decides?: return .boolean(decides)
        case nil: unknown = true
        default: break
        }
      }
      return unknown ? .null : .boolean(!decides)
    }
  }

  private mutating func array(_ items: [AthenaExpression], _ expression: AthenaExpression) throws(Diagnostic)
    -> AthenaCompiled
  {
    guard items.count <= AthenaExpression.arrayLimit else {
      throw .arrayTooLong(in: source, at: expression.span)
    }
    let (kind, all) = try alike(items, expression)
    return derived(.array(kind), all) { (frame) throws(Diagnostic) in
      var values: [AthenaValue] = []
      for item in all { values.append(try item.run(frame)) }
      return .array(values)
    }
  }

  /// The operand as one of the type that it has in common with others: `9007199254740993 IN (…, 1e0)` compares
  /// doubles. [executed: Trino 414, 482]
  func converted(_ operand: AthenaCompiled, to kind: AthenaKind, _ expression: AthenaExpression)
    -> AthenaCompiled
  {
    guard operand.kind != kind, operand.kind != .unknown else { return operand }
    let (source, span) = (source, expression.span)
    return derived(kind, [operand]) { (frame) throws(Diagnostic) in
      let value = try operand.run(frame)
      do throws(AthenaFailure) { return try value.taken(as: kind) } catch {
        throw error.refused(in: source, at: span)
      }
    }
  }

  /// Values of one type.
  mutating func alike(_ items: [AthenaExpression], _ expression: AthenaExpression) throws(Diagnostic) -> (
    AthenaKind, [AthenaCompiled]
  ) {
    var kind = AthenaKind.unknown
    var all: [AthenaCompiled] = []
    for item in items {
      let compiled = try compile(item)
      guard let common = kind.common(compiled.kind) else {
        throw .noCommonType(kind, compiled.kind, in: source, at: expression.span)
      }
      kind = common
      all.append(compiled)
    }
    return (kind, all.map { converted($0, to: kind, expression) })
  }

  private mutating func row(_ items: [AthenaExpression]) throws(Diagnostic) -> AthenaCompiled {
    var all: [AthenaCompiled] = []
    for item in items { all.append(try compile(item)) }
    let compiled = all
    return derived(.row(all.map { AthenaKind.Field(name: "", kind: $0.kind) }), all) {
      (frame) throws(Diagnostic) in
      var values: [AthenaValue] = []
      for item in compiled { values.append(try item.run(frame)) }
      return .row(values)
    }
  }

  private mutating func choice(
    _ branches: [AthenaExpression.Branch], _ otherwise: AthenaExpression?, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    var conditions: [AthenaCompiled] = []
    for branch in branches { conditions.append(try compile(branch.condition, expecting: .boolean)) }
    let (kind, results) = try alike(branches.map(\.result) + (otherwise.map { [$0] } ?? []), expression)
    let tests = conditions
    return derived(kind, tests + results) { (frame) throws(Diagnostic) in
      for (test, result) in zip(tests, results) where try test.run(frame).truth == true {
        return try result.run(frame)
      }
      return results.count > tests.count ? try results[tests.count].run(frame) : .null
    }
  }
}
