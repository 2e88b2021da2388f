import ConcordLanguages

// What is added up: whole numbers, of which no sum of a log overflows.
extension AthenaIdioms {
  /// The grammar of the numbers that are added up.
  private static let wholeGrammar = #"\A[0-9]{1,15}\z"#

  /// `IF(regexp_like(x, '\A[0-9]{1,15}\z'), TRY_CAST(x AS bigint), 0)`: what a value adds to a sum, so that there is one of
  /// any rows.
  static let addend = Form<AthenaExpression>(
    make: { .call("if", isWhole($0), $0.tryCast(.named("bigint")), .number("0")) },
    match: { expression in
      guard case .call("if", let operands) = expression.kind, operands.count == 3,
        operands[2] == .number("0"), let value = whole(operands)
      else { return nil }
      return value
    })

  /// The same without 0: what a value adds to an average.
  static let averaged = Form<AthenaExpression>(
    make: { .call("if", isWhole($0), $0.tryCast(.named("bigint"))) },
    match: { expression in
      guard case .call("if", let operands) = expression.kind, operands.count == 2 else { return nil }
      return whole(operands)
    })

  private static func isWhole(_ text: AthenaExpression) -> AthenaExpression {
    .call("regexp_like", text, .string(wholeGrammar))
  }

  private static func whole(_ operands: [AthenaExpression]) -> AthenaExpression? {
    guard case .cast(let value, _, _) = operands[1].kind, operands[1] == value.tryCast(.named("bigint")),
      operands[0] == isWhole(value)
    else { return nil }
    return value
  }

  /// `COALESCE(question, FALSE)`: false where it is unknown.
  static let known = Form<AthenaExpression>(
    make: { .call("coalesce", $0, .boolean(false)) },
    match: { expression in
      guard case .call("coalesce", let operands) = expression.kind, operands.count == 2,
        operands[1] == .boolean(false)
      else { return nil }
      return operands[0]
    })
}
