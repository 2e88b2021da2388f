import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Asks a question of a value.
struct AthenaAtoms {
  /// The path that is asked about, for messages.
  let path: FieldPath
  /// Events that show what kind of value stands there.
  let fixtures: [Event]
  /// Whether the question stands in a lambda.
  var isInLambda = false

  /// The question asked of one value. `isElement` says that the value is an element of the array at the path's
  /// end.
  func ask(
    _ question: ValueQuestion, of leaf: AthenaLeaf, isElement: Bool
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    switch leaf {
    case .text(let text): return try ask(question, ofText: text, isElement: isElement)
    case .jsonColumn(let text, _): return try ask(question, ofJSONColumn: text)
    case .json(let json): return try ask(question, ofJSON: json, isElement: isElement)
    case .typed(let value, let type): return try ask(question, of: value, type, isElement: isElement)
    case .structure:
      throw .cannotSay(
        .valueType, "anything about the row `\(path)` as a whole", "ask about one of its fields")
    case .map(let map):
      switch question {
      case .present, .truthy: return .total(map.isNotNull)
      case .text, .oneOf, .regex, .number, .network:
        throw .cannotSay(
          .valueType, "anything about the text of the map `\(path)`", "ask about one of its keys")
      }
    }
  }

  private func ask(
    _ question: ValueQuestion, ofText text: AthenaExpression, isElement: Bool
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    switch question {
    case .present: return .total(text.isNotNull)
    case .truthy:
      if isElement { return .total(text.isNotNull) }
      return .mayBeUnknown(AthenaIdioms.truthyText.make(.init(value: text)))
    case .text(let pattern, let letterCase): return try matches(text, pattern, letterCase)
    case .oneOf(let values, let asked):
      let letterCase = asked.effective(in: values)
      let folded = values.map { AthenaAtoms.folded(.string($0), letterCase) }
      return .mayBeUnknown(AthenaAtoms.folded(text, letterCase).isIn(folded))
    case .regex(let regex): return .mayBeUnknown(AthenaRegex.matches(text, regex))
    case .number(let comparison, let bound):
      return .mayBeUnknown(
        AthenaIdioms.number.make(.init(text: text, comparison: comparison, bound: AthenaAtoms.double(bound))))
    case .network(let network):
      return .mayBeUnknown(AthenaIdioms.network.make(.init(text: text, network: network.description)))
    }
  }

  /// The text of a JSON column is known up to its spacing and escapes only.
  private func ask(
    _ question: ValueQuestion, ofJSONColumn text: AthenaExpression
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    switch question {
    case .present: return .total(text.isNotNull)
    case .truthy: return try ask(question, ofText: text, isElement: false)
    case .text(let pattern, let letterCase):
      if case .contains(let part) = pattern.shape, AthenaJSONPath.isSpelledOneWay(part) {
        return try matches(text, pattern, letterCase)
      }
    case .oneOf, .regex, .number, .network: break
    }
    throw .cannotSay(
      .valueType,
      "this about the text of `\(path)`: it is an object, and its JSON text's spacing and escapes are not fixed",
      "ask about one of its fields, such as `\(path).name`",
      "`contains` can be asked for letters, digits, spaces between them, and any of `._-/*@#$%()`")
  }

  private func ask(
    _ question: ValueQuestion, ofJSON json: AthenaJSON, isElement: Bool
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    switch question {
    case .present: return .mayBeUnknown(AthenaIdioms.presentJSON.make(.init(value: json.value)))
    case .truthy:
      let form = isElement ? AthenaIdioms.presentJSON : AthenaIdioms.truthyJSON
      return .mayBeUnknown(form.make(.init(value: json.value)))
    case .text, .oneOf, .regex, .number, .network:
      if mayHoldOfObjects(question),
        fixtures.contains(where: { event in
          event.values(at: path).contains { if case .object = $0.value { true } else { false } }
        })
      {
        throw .cannotSay(
          .valueType, "this about `\(path)`, which is an object in the rule's fixtures",
          "ask about one of its fields, such as `\(path).name`")
      }
      return try ask(question, ofText: json.scalar, isElement: isElement)
    }
  }

  /// Whether the atom can be true of an object's JSON text, which begins and ends with a brace.
  func mayHoldOfObjects(_ question: ValueQuestion) -> Bool {
    switch question {
    case .present, .truthy, .number, .network: return false
    case .text(let pattern, _):
      if case .literal(let text)? = pattern.pieces.first, !text.hasPrefix("{") { return false }
      if case .literal(let text)? = pattern.pieces.last, !text.hasSuffix("}") { return false }
      return !pattern.pieces.isEmpty
    case .oneOf(let texts, _): return texts.contains { $0.hasPrefix("{") && $0.hasSuffix("}") }
    case .regex: return true
    }
  }
}

extension AthenaAtoms {
  /// The text in the letter case in which it is compared: both sides are folded by the engine, so by one table.
  static func folded(_ text: AthenaExpression, _ letterCase: LetterCase) -> AthenaExpression {
    switch letterCase {
    case .exact: text
    case .ignored: text.lower
    }
  }

  func matches(
    _ text: AthenaExpression, _ pattern: Pattern, _ asked: LetterCase
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    // A bare column can be pushed down, `lower` of it cannot.
    let letterCase = asked.effective(in: pattern.literals)
    let asked = AthenaAtoms.folded(text, letterCase)
    func folded(_ text: String) -> AthenaExpression { AthenaAtoms.folded(.string(text), letterCase) }
    switch pattern.shape {
    case .anything: return .total(text.isNotNull)
    case .equals(let value): return .mayBeUnknown(asked.equal(folded(value)))
    case .contains(let part) where isInLambda && pattern.seeksBeyondPlane:
      return .mayBeUnknown(.call("strpos", asked, folded(part)).compared(.greater, .number("0")))
    case .wildcard where isInLambda && pattern.seeksBeyondPlane:
      throw .cannotSay(
        .unspellableValue,
        "a wildcard between letters beyond U+FFFF about elements: `LIKE` of older versions does not find them",
        "ask with `contains` for each part")
    case .prefix, .suffix, .contains, .wildcard:
      let like = folded(AthenaLike.text(pattern))
      return .mayBeUnknown(
        AthenaExpression(.like(asked, like, escape: .string("\\"), negated: false)))
    }
  }

  /// The number as a value that equals its nearest double. A decimal of up to 15 digits converts exactly; others
  /// are double literals.
  static func double(_ number: Number) -> AthenaExpression {
    let shortest = number.shortest
    if number.double.isInfinite {
      return AthenaExpression.string(number.double < 0 ? "-Infinity" : "Infinity").cast(.named("double"))
    }
    let digits = shortest.utf8.filter { $0.isDigit }.count
    if digits <= 15, !shortest.utf8.contains(UInt8(ascii: "e")) { return .number(shortest) }
    return .number(shortest.utf8.contains(UInt8(ascii: "e")) ? shortest.uppercased() : shortest + "E0")
  }
}
