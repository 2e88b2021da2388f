import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Comparisons, LIKE and IN.
extension AthenaEvaluator {
  mutating func pair(
    _ left: AthenaExpression, _ right: AthenaExpression, ordered: Bool, _ expression: AthenaExpression
  ) throws(Diagnostic) -> (AthenaCompiled, AthenaCompiled) {
    let (a, b) = (try compile(left), try compile(right))
    guard let common = a.kind.common(b.kind) else {
      throw .incomparable(a.kind, b.kind, in: source, at: expression.span)
    }
    switch common {
    case .array, .map, .row:
      throw .unsupportedSQL("a comparison of `\(common.name)`s", in: source, at: expression.span)
    case .json: if ordered { throw mismatch("`json` has no order", expression) }
    case .timestamp: throw .unsupportedSQL("a comparison of moments", in: source, at: expression.span)
    case .unknown, .boolean, .bigint, .decimal, .double, .varchar, .ipaddress: break
    }
    return (converted(a, to: common, expression), converted(b, to: common, expression))
  }

  /// `BETWEEN`: the type that all three have in common decides.
  mutating func between(
    _ operand: AthenaExpression, _ low: AthenaExpression, _ high: AthenaExpression, _ negated: Bool,
    _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    _ = try pair(operand, low, ordered: true, expression)
    _ = try pair(operand, high, ordered: true, expression)
    let (_, three) = try alike([operand, low, high], expression)
    return derived(.boolean, three) { (frame) throws(Diagnostic) in
      let value = try three[0].run(frame)
      let aboveLow = AthenaValue.compare(.greaterOrEqual, value, try three[1].run(frame))
      let belowHigh = AthenaValue.compare(.lessOrEqual, value, try three[2].run(frame))
      if aboveLow == false || belowHigh == false { return .boolean(negated) }
      return aboveLow == nil || belowHigh == nil ? .null : .boolean(!negated)
    }
  }

  mutating func like(
    _ operand: AthenaExpression, _ pattern: AthenaExpression, _ escape: AthenaExpression?, _ negated: Bool
  ) throws(Diagnostic) -> AthenaCompiled {
    let text = try compile(operand, expecting: .varchar)
    let like = try compile(pattern, expecting: .varchar)
    let mark = try escape.map { (tree) throws(Diagnostic) in try compile(tree, expecting: .varchar) }
    let (source, span) = (source, pattern.span)
    let matcher = { (frame: AthenaFrame) throws(Diagnostic) -> Pattern? in
      guard let spelled = try like.run(frame).text else { return nil }
      var escape: String?
      if let mark {
        guard let own = try mark.run(frame).text else { return nil }
        escape = own
      }
      return try AthenaLike.pattern(spelled, escape: escape, in: source, at: span)
    }
    // A pattern that fails does so only on a row that reaches it with a text.
    let isFixed = like.isConstant && mark?.isConstant != false
    let fixed: Pattern? = isFixed ? (try? matcher(AthenaFrame(row: []))) ?? nil : nil
    let isInterpreted = text.isConstant || !variables.isEmpty
    let release = release
    return derived(.boolean, [text, like] + (mark.map { [$0] } ?? [])) { (frame) throws(Diagnostic) in
      guard let value = try text.run(frame).text else { return .null }
      var found = fixed
      if found == nil { found = try matcher(frame) }
      guard let pattern = found else { return .null }
      if release == .trino414, isInterpreted, pattern.seeksBeyondPlane {
        throw .unsupportedSQL(
          "`LIKE` for a letter beyond U+FFFF, which older versions do not find in a lambda,", in: source,
          at: span)
      }
      return .boolean(pattern.matches(value, .exact) != negated)
    }
  }

  mutating func inList(
    _ operand: AthenaExpression, _ items: [AthenaExpression], _ negated: Bool, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    let (kind, operands) = try alike([operand] + items, expression)
    switch kind {
    case .array, .map, .row, .timestamp:
      throw .unsupportedSQL("a comparison of `\(kind.name)`s", in: source, at: expression.span)
    case .unknown, .boolean, .bigint, .decimal, .double, .varchar, .json, .ipaddress: break
    }
    let (left, all) = (operands[0], Array(operands.dropFirst()))
    let fixedTexts: Set<ScalarText>? = try fixedTexts(all)
    return derived(.boolean, [left] + all) { (frame) throws(Diagnostic) in
      let value = try left.run(frame)
      if value.isNull { return .null }
      if let fixedTexts, let text = value.text {
        return .boolean(fixedTexts.contains(ScalarText(text)) != negated)
      }
      var unknown = false
      for item in all {
        switch AthenaValue.compare(.equal, value, try item.run(frame)) {
        case true?: return .boolean(!negated)
        case nil: unknown = true
        case false?: break
        }
      }
      return unknown ? .null : .boolean(negated)
    }
  }

  /// The texts of a list without NULL that depends on no row.
  private func fixedTexts(_ list: [AthenaCompiled]) throws(Diagnostic) -> Set<ScalarText>? {
    var texts: Set<ScalarText> = []
    for item in list {
      guard item.isConstant, let text = try item.run(AthenaFrame(row: [])).text else { return nil }
      texts.insert(ScalarText(text))
    }
    return texts
  }
}
