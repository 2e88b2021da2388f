import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

// Questions about columns that are not text. The meaning compares text, so each is the question about the text
// that the value has: `true` and `false`, a number's shortest decimal.
extension AthenaAtoms {
  func ask(
    _ question: ValueQuestion, of value: AthenaExpression, _ type: FieldType, isElement: Bool
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    if case .present = question { return .total(value.isNotNull) }
    if case .truthy = question, isElement { return .total(value.isNotNull) }
    switch type {
    case .boolean: return try ask(question, ofBoolean: value)
    case .integer: return try ask(question, ofInteger: value)
    case .real: return try ask(question, ofReal: value)
    case .timestamp, .text, .structure, .array, .map:
      throw .cannotSay(
        .valueType,
        "this about `\(path)`: the table keeps it as a moment, whose text in the event is not known",
        "keep the column as `string`")
    }
  }

  /// A boolean has two texts, so any question about its text is answered now.
  private func ask(
    _ question: ValueQuestion, ofBoolean value: AthenaExpression
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    let probe = FieldPath("value")
    func holds(_ value: Bool) -> Bool {
      question.atom.holds(at: probe, of: Event(Value.Object([.init("value", .bool(value))])))
    }
    switch (holds(true), holds(false)) {
    case (true, true): return .total(value.isNotNull)
    case (true, false): return .mayBeUnknown(value.equal(.boolean(true)))
    case (false, true): return .mayBeUnknown(value.equal(.boolean(false)))
    case (false, false): return .total(.boolean(false))
    }
  }

  private func ask(
    _ question: ValueQuestion, ofInteger value: AthenaExpression
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    let text = value.cast(.named("varchar"))
    switch question {
    case .present: return .total(value.isNotNull)
    case .truthy: return .mayBeUnknown(value.unequal(.number("0")))
    case .text(let pattern, let letterCase):
      guard case .equals(let literal) = pattern.shape else {
        return try matches(text, pattern, letterCase)
      }
      return AthenaAtoms.isOne(of: [literal].compactMap(AthenaAtoms.integer), value)
    case .oneOf(let literals, _):
      return AthenaAtoms.isOne(of: literals.compactMap(AthenaAtoms.integer), value)
    case .regex(let regex): return .mayBeUnknown(AthenaRegex.matches(text, regex))
    case .number(let comparison, let bound):
      // Doubles and whole numbers compare alike where the bound is whole and within 2^53.
      let whole = Int(bound.shortest).map { abs($0) <= 1 << 53 } ?? false
      return .mayBeUnknown(
        (whole ? value : value.cast(.named("double")))
          .compared(.init(comparison), AthenaAtoms.double(bound)))
    case .network: return .total(.boolean(false))
    }
  }

  private func ask(
    _ question: ValueQuestion, ofReal value: AthenaExpression
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    switch question {
    case .present: return .total(value.isNotNull)
    case .truthy: return .mayBeUnknown(value.unequal(.number("0")))
    case .text(let pattern, _):
      guard case .equals(let literal) = pattern.shape else { break }
      return AthenaAtoms.isOne(of: [literal].compactMap(AthenaAtoms.real), value)
    case .oneOf(let literals, _):
      return AthenaAtoms.isOne(of: literals.compactMap(AthenaAtoms.real), value)
    case .number(let comparison, let bound):
      return .mayBeUnknown(value.compared(.init(comparison), AthenaAtoms.double(bound)))
    case .network: return .total(.boolean(false))
    case .regex: break
    }
    throw .cannotSay(
      .valueType, "this about the text of `\(path)`: a `double` does not keep it", "compare it as a number")
  }

  private static func isOne(
    of items: [AthenaExpression], _ value: AthenaExpression
  ) -> Answer<AthenaExpression> {
    if items.isEmpty { return .total(.boolean(false)) }
    return .mayBeUnknown(items.count == 1 ? value.equal(items[0]) : value.isIn(items))
  }

  /// The number that a whole-number column must hold to have this text; `nil` where none has it.
  private static func integer(_ text: String) -> AthenaExpression? {
    guard let value = Int64(text), String(value).sameScalars(as: text) else { return nil }
    return .number(text)
  }

  private static func real(_ text: String) -> AthenaExpression? {
    guard let value = Number(text), value.shortest.sameScalars(as: text) else { return nil }
    return double(value)
  }
}

extension AthenaLeaf {
  /// The value's text, to be compared with another field's; `nil` where the table does not keep it.
  var comparableText: AthenaExpression? {
    switch self {
    case .text(let text): text
    case .json(let json): json.scalar
    case .typed(let value, .boolean), .typed(let value, .integer): value.cast(.named("varchar"))
    case .typed, .jsonColumn, .structure, .map: nil
    }
  }
}
