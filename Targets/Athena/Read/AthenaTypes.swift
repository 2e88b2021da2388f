import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// The types of expressions over one table, as Trino's analysis finds them before the first row.
///
/// The reader's own, so that what it refuses and what the runner refuses are two witnesses.
struct AthenaTypes {
  let source: Source
  let table: AthenaTable
  /// The names by which the table may be called in front of a column.
  let qualifiers: [String]
  /// The variables of the lambdas around.
  private var variables: [AthenaKind.Field] = []

  init(source: Source, table: AthenaTable, qualifiers: [String]) {
    (self.source, self.table, self.qualifiers) = (source, table, qualifiers)
  }

  /// Throws where the expression is not of that type, nor NULL, and where Trino would refuse it.
  mutating func check(_ expression: AthenaExpression, is needed: AthenaKind) throws(Diagnostic) {
    let found = try kind(of: expression)
    guard found == needed || found == .unknown else {
      throw .neededKind(needed, found, in: source, at: expression.span)
    }
  }

  /// The type. Throws where Trino would refuse the expression.
  private mutating func kind(of expression: AthenaExpression) throws(Diagnostic) -> AthenaKind {
    switch expression.kind {
    case .null: return .unknown
    case .boolean: return .boolean
    case .string: return .varchar
    case .moment, .quotient, .aggregate, .windowed:
      throw .unsupportedSQL("`\(AthenaPrinter.flat(expression))`", in: source, at: expression.span)
    case .number(let text):
      guard let kind = AthenaKind(literal: text) else {
        throw .typeMismatch("the number `\(text)` has too many digits", in: source, at: expression.span)
      }
      return kind
    case .name(let name): return try column(name, expression)
    case .field(let base, let name): return try field(base, name, expression)
    case .call(let function, let arguments): return try call(function, arguments, expression)
    case .lambda:
      throw .typeMismatch("a lambda stands where a value is needed", in: source, at: expression.span)
    case .cast(let operand, let type, _): return try cast(operand, type, expression)
    case .array(let items):
      guard items.count <= AthenaExpression.arrayLimit else {
        throw .arrayTooLong(in: source, at: expression.span)
      }
      return .array(try common(items, expression))
    case .row(let items):
      var fields: [AthenaKind.Field] = []
      for item in items { fields.append(.init(name: "", kind: try kind(of: item))) }
      return .row(fields)
    case .not(let operand): try check(operand, is: .boolean)
    case .and(let operands), .or(let operands):
      for operand in operands { try check(operand, is: .boolean) }
    case .compare(let comparison, let left, let right):
      try compare([left, right], isOrdered: comparison.ordered != nil, expression)
    case .distinct(let left, let right, _): try compare([left, right], isOrdered: false, expression)
    case .isNull(let operand, _): _ = try kind(of: operand)
    case .like(let operand, let pattern, let escape, _):
      for text in [operand, pattern] + (escape.map { [$0] } ?? []) { try check(text, is: .varchar) }
    case .inList(let operand, let items, _):
      try checkComparable(try common([operand] + items, expression), isOrdered: false, expression)
    case .between(let operand, let low, let high, _):
      try compare([operand, low], isOrdered: true, expression)
      try compare([operand, high], isOrdered: true, expression)
    case .choice(let branches, let otherwise):
      for branch in branches { try check(branch.condition, is: .boolean) }
      return try common(branches.map(\.result) + (otherwise.map { [$0] } ?? []), expression)
    }
    return .boolean
  }

  private func column(_ name: String, _ expression: AthenaExpression) throws(Diagnostic) -> AthenaKind {
    if let variable = variables.last(where: { AthenaLiteral.isSameName($0.name, name) }) {
      return variable.kind
    }
    guard let field = table.column(name) ?? table.partition(name) else {
      throw .unresolvedColumn(name, in: source, at: expression.span)
    }
    if let type = table.type(at: FieldPath(name))?.filledText {
      throw .unsupportedSQL(
        "a question about a `\(type.shown)`, which the engine fills up with blanks,", in: source,
        at: expression.span)
    }
    return AthenaKind(field.type)
  }

  private mutating func field(
    _ base: AthenaExpression, _ name: String, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaKind {
    if case .name(let qualifier) = base.kind,
      qualifiers.contains(where: { AthenaLiteral.isSameName($0, qualifier) })
    {
      return try column(name, expression)
    }
    let inner = try kind(of: base)
    guard case .row(let fields) = inner else {
      throw .notARow(base, inner, in: source, at: expression.span)
    }
    guard let field = fields.first(where: { AthenaLiteral.isSameName($0.name, name) }) else {
      throw .unresolvedColumn(name, in: source, at: expression.span)
    }
    return field.kind
  }

  private mutating func cast(
    _ operand: AthenaExpression, _ type: AthenaType, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaKind {
    let inner = try kind(of: operand)
    guard let kind = AthenaKind(type), inner.canBeCast(to: kind) else {
      throw .unsupportedSQL(
        "a cast from `\(inner.name)` to `\(AthenaPrinter.spelled(type))`", in: source, at: expression.span)
    }
    return kind
  }

  /// The type that all have in common.
  private mutating func common(
    _ items: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaKind {
    var common = AthenaKind.unknown
    for item in items {
      let own = try kind(of: item)
      guard let wider = common.common(own) else {
        throw .noCommonType(common, own, in: source, at: expression.span)
      }
      common = wider
    }
    return common
  }

  /// Throws where the two cannot be compared.
  private mutating func compare(
    _ pair: [AthenaExpression], isOrdered: Bool, _ expression: AthenaExpression
  ) throws(Diagnostic) {
    let (left, right) = (try kind(of: pair[0]), try kind(of: pair[1]))
    guard let common = left.common(right) else {
      throw .incomparable(left, right, in: source, at: expression.span)
    }
    try checkComparable(common, isOrdered: isOrdered, expression)
  }

  /// Throws where values of the type cannot be compared.
  private func checkComparable(
    _ kind: AthenaKind, isOrdered: Bool, _ expression: AthenaExpression
  ) throws(Diagnostic) {
    switch kind {
    case .array, .map, .row, .timestamp:
      throw .unsupportedSQL("a comparison of `\(kind.name)`s", in: source, at: expression.span)
    case .json:
      if isOrdered { throw .typeMismatch("`json` has no order", in: source, at: expression.span) }
    case .unknown, .boolean, .bigint, .decimal, .double, .varchar, .ipaddress: break
    }
  }
}

// The types of calls.
extension AthenaTypes {
  private mutating func call(
    _ function: String, _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaKind {
    try AthenaFunctionTable.check(function, arguments, expression, in: source)
    switch function {
    case "coalesce": return try common(arguments, expression)
    case "if":
      try check(arguments[0], is: .boolean)
      return try common(Array(arguments.dropFirst()), expression)
    case "try": return try kind(of: arguments[0])
    case "nullif":
      try compare(arguments, isOrdered: false, expression)
      return try kind(of: arguments[0])
    case "substr", "substring":
      try check(arguments[0], is: .varchar)
      for number in arguments.dropFirst() { try check(number, is: .bigint) }
      return .varchar
    case "lower", "upper": return try texts(arguments, give: .varchar)
    case "length", "strpos": return try texts(arguments, give: .bigint)
    case "starts_with", "regexp_like": return try texts(arguments, give: .boolean)
    case "split": return try texts(arguments, give: .array(.varchar))
    case "json_parse": return try texts(arguments, give: .json)
    case "json_extract": return try json(arguments, give: .json)
    case "json_extract_scalar": return try json(arguments, give: .varchar)
    case "json_format":
      try check(arguments[0], is: .json)
      return .varchar
    case "any_match", "all_match", "none_match", "transform":
      let result = try lambda(function, arguments)
      return function == "transform" ? .array(result) : .boolean
    case "contains": return try contains(arguments, expression)
    case "element_at": return try element(arguments, expression)
    default:
      throw .unsupportedSQL("`\(AthenaPrinter.flat(expression))`", in: source, at: expression.span)
    }
  }

  private mutating func texts(
    _ arguments: [AthenaExpression], give result: AthenaKind
  ) throws(Diagnostic) -> AthenaKind {
    for argument in arguments { try check(argument, is: .varchar) }
    return result
  }

  private mutating func json(
    _ arguments: [AthenaExpression], give result: AthenaKind
  ) throws(Diagnostic) -> AthenaKind {
    let base = try kind(of: arguments[0])
    guard base == .varchar || base == .json else {
      throw .typeMismatch(
        "JSON is `varchar` or `json`, this is `\(base.name)`", in: source, at: arguments[0].span)
    }
    guard case .string(let path) = arguments[1].kind else {
      throw .unsupportedSQL("a JSON path that is not a literal", in: source, at: arguments[1].span)
    }
    guard AthenaJSONPath.keys(path) != nil else {
      throw .typeMismatch("invalid JSON path", in: source, at: arguments[1].span)
    }
    return result
  }

  /// The type of a lambda's body, which is applied to an array's elements.
  private mutating func lambda(
    _ function: String, _ arguments: [AthenaExpression]
  ) throws(Diagnostic) -> AthenaKind {
    let array = try kind(of: arguments[0])
    guard case .array(let element) = array, case .lambda(let variable, let body) = arguments[1].kind else {
      throw .typeMismatch(
        "`\(function)` takes an array and a lambda, as in `x -> x = 'a'`", in: source, at: arguments[0].span)
    }
    variables.append(AthenaKind.Field(name: variable, kind: element))
    defer { variables.removeLast() }
    let result = try kind(of: body)
    guard function == "transform" || result == .boolean else {
      throw .neededKind(.boolean, result, in: source, at: body.span)
    }
    return result
  }

  private mutating func contains(
    _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaKind {
    let (left, right) = (try kind(of: arguments[0]), try kind(of: arguments[1]))
    if left == .varchar, right == .ipaddress { return .boolean }
    guard case .array(let element) = left, element.common(right) != nil else {
      throw .typeMismatch(
        "`contains` does not take `\(left.name)` and `\(right.name)`", in: source, at: expression.span)
    }
    return .boolean
  }

  private mutating func element(
    _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaKind {
    switch try kind(of: arguments[0]) {
    case .array(let element):
      try check(arguments[1], is: .bigint)
      return element
    case .map(let value):
      try check(arguments[1], is: .varchar)
      return value
    case let kind:
      var refusal = Diagnostic.typeMismatch(
        "`element_at` does not take `\(kind.name)`", in: source, at: expression.span)
      if kind == .varchar {
        refusal.help = [
          "ask JSON text with `json_extract_scalar(…, '$.name')`",
          "where the column is a map, as in CloudTrail Lake, give the table's statement with `--schema`",
        ]
      }
      throw refusal
    }
  }
}
