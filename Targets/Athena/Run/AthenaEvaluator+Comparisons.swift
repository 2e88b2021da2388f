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
      throw mismatch("`\(a.kind.name)` cannot be compared with `\(b.kind.name)`", expression)
    }
    switch common {
    case .array, .map, .row:
      throw .unsupportedSQL("a comparison of `\(common.name)`s", in: source, at: expression.span)
    case .boolean, .json: if ordered { throw mismatch("`\(common.name)` has no order", expression) }
    case .timestamp: throw .unsupportedSQL("a comparison of moments", in: source, at: expression.span)
    case .unknown, .bigint, .decimal, .double, .varchar, .ipaddress: break
    }
    return (a, b)
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
      return try AthenaLike.pattern(spelled, escape: try mark?.run(frame).text, in: source, at: span)
    }
    let isFixed = like.isConstant && mark?.isConstant != false
    let fixed = isFixed ? try matcher(AthenaFrame(row: [])) : nil
    return derived(.boolean, [text, like]) { (frame) throws(Diagnostic) in
      guard let value = try text.run(frame).text, let pattern = isFixed ? fixed : try matcher(frame) else {
        return .null
      }
      return .boolean(pattern.matches(value, .exact) != negated)
    }
  }

  mutating func inList(
    _ operand: AthenaExpression, _ items: [AthenaExpression], _ negated: Bool
  ) throws(Diagnostic) -> AthenaCompiled {
    let left = try compile(operand)
    var list: [AthenaCompiled] = []
    for item in items {
      let compiled = try compile(item)
      guard left.kind.common(compiled.kind) != nil else {
        throw mismatch("`\(left.kind.name)` cannot be compared with `\(compiled.kind.name)`", item)
      }
      list.append(compiled)
    }
    let fixedTexts: Set<ScalarText>? = try fixedTexts(list)
    let all = list
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
