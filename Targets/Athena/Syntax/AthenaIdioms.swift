import ConcordDetection
import ConcordLanguages

/// The forms that the writer makes and the reader recognises as one question or value.
///
/// What the reader takes by its meaning needs no form here: `NOT COALESCE(…, FALSE)` is three-valued logic, and a list
/// that `split` makes is a constant.
enum AthenaIdioms {
  typealias Form<Parts: Equatable> = Idiom<AthenaExpression, Parts>

  /// A question about a value, or its opposite.
  struct Question: Hashable {
    /// The value that is asked about.
    var value: AthenaExpression
    /// Whether the answer is to be yes.
    var isAsked = true
  }

  /// A text that is a number is compared with one.
  struct NumberComparison: Hashable {
    var text: AthenaExpression
    var comparison: Comparison
    var bound: AthenaExpression
  }

  /// A text that is an address is of a network.
  struct NetworkMembership: Hashable {
    var text: AthenaExpression
    /// The network as it is spelled.
    var network: String
  }

  /// Some element of an array in JSON is truthy, or the value itself where it is not an array.
  struct ElementTruth: Hashable {
    var value: AthenaExpression
    /// The name of the element in the lambda.
    var variable: String
  }

  /// A value within JSON.
  struct JSONValue: Hashable {
    /// JSON text, or a value of type JSON.
    var base: AthenaExpression
    /// The path from there.
    var path: String
    /// Whether the base itself is the value, of type JSON.
    var isBase = false
  }

  /// `regexp_like(x, grammar) AND TRY_CAST(x AS double) > 5`: `TRY_CAST` alone takes more texts as numbers.
  static let number = Form<NumberComparison>(
    make: { asked in
      guarded(
        asked.text, numberGrammar,
        [asked.text.tryCast(.named("double")).compared(.init(asked.comparison), asked.bound)])
    },
    match: { expression in
      guard let (text, questions) = guarded(expression, by: numberGrammar), questions.count == 1,
        case .compare(let comparison, let number, let bound)? = questions.first?.kind,
        number == text.tryCast(.named("double")), let asked = comparison.ordered
      else { return nil }
      return NumberComparison(text: text, comparison: asked, bound: bound)
    })

  /// `regexp_like(x, grammar) AND TRY(contains('10.0.0.0/8', TRY_CAST(x AS ipaddress)))`: `TRY_CAST` alone takes more
  /// texts as addresses, and `contains` alone fails on an address of the other version before Trino 427.
  ///
  /// Of an IPv6 network that has `::ffff:0:0/96`, `AND NOT COALESCE(TRY(contains('0.0.0.0/0', …)), FALSE)` follows: since
  /// 427 it has every IPv4 address. `match` also takes `contains` without `TRY`.
  static let network = Form<NetworkMembership>(
    make: { asked in
      let inside = AthenaExpression.call("try", contains(asked.network, asked.text))
      return guarded(asked.text, addressGrammar, [inside] + (isVersion6(asked).map { [$0] } ?? []))
    },
    match: { expression in
      guard let (text, questions) = guarded(expression, by: addressGrammar), let inside = questions.first
      else { return nil }
      let plain = if case .call("try", let arguments) = inside.kind { arguments.first } else { inside }
      guard case .call("contains", let arguments)? = plain?.kind, arguments.count == 2,
        case .string(let network) = arguments[0].kind, plain == contains(network, text)
      else { return nil }
      let asked = NetworkMembership(text: text, network: network)
      return Array(questions.dropFirst()) == (isVersion6(asked).map { [$0] } ?? []) ? asked : nil
    })

  /// `x NOT IN ('', 'false', '0')`: the text is truthy.
  static let truthyText = Form<Question>(
    make: { $0.value.isIn(falsyTexts.map(AthenaExpression.string), negated: $0.isAsked) },
    match: { truthy($0, besides: falsyTexts) })

  /// `json_format(x) NOT IN ('null', '""', …)`: the JSON value is truthy.
  static let truthyJSON = Form<Question>(
    make: { asked in
      AthenaExpression.call("json_format", asked.value)
        .isIn(falsyJSON.map(AthenaExpression.string), negated: asked.isAsked)
    },
    match: { expression in
      guard let asked = truthy(expression, besides: falsyJSON), let value = formatted(asked.value) else {
        return nil
      }
      return Question(value: value, isAsked: asked.isAsked)
    })

  /// `json_format(x) <> 'null'`: the JSON value is there, and is not JSON's null.
  static let presentJSON = Form<Question>(
    make: { asked in
      AthenaExpression.call("json_format", asked.value)
        .compared(asked.isAsked ? .unequal : .equal, .string("null"))
    },
    match: { expression in
      guard case .compare(let comparison, let text, let null) = expression.kind, comparison.ordered == nil,
        null == .string("null"), let value = formatted(text)
      else { return nil }
      return Question(value: value, isAsked: comparison == .unequal)
    })

  /// `TRY_CAST(x AS ARRAY(json))`: the elements of an array in JSON; NULL of anything else.
  static let elements = Form<AthenaExpression>(
    make: { $0.tryCast(.array(.named("json"))) },
    match: { expression in
      guard case .cast(let value, .array(.named("json")), orNull: true) = expression.kind else { return nil }
      return value
    })

  /// `COALESCE(TRY_CAST(x AS ARRAY(json)), ARRAY[x])`: the elements of an array in JSON, or the lone value.
  static let elementsOrLone = Form<AthenaExpression>(
    make: { .call("coalesce", elements.make($0), AthenaExpression(.array([$0]))) },
    match: { expression in
      guard case .call("coalesce", let arguments) = expression.kind, arguments.count == 2,
        let value = elements.match(arguments[0]), arguments[1] == AthenaExpression(.array([value]))
      else { return nil }
      return value
    })

  /// `COALESCE(json_extract_scalar(x, '$.a') = '0.5', any_match(COALESCE(TRY_CAST(json_extract(x, '$.a') AS ARRAY(json)),
  /// ARRAY[…]), e -> json_extract_scalar(e, '$') = '0.5'))`: a question about each element of an array in JSON, or about
  /// the lone value. `json_extract` spells numbers anew (`1.23456785E7`), so a lone value is asked by its whole path,
  /// where it is spelled as in the text. [executed: Trino 414, 482]
  ///
  /// The parts are the `any_match`. Of one that has no other way to the lone value, `make` makes itself.
  static let loneOrElement = Form<AthenaExpression>(
    make: { question in loneQuestion(in: question).map { .call("coalesce", $0, question) } ?? question },
    match: { expression in
      guard case .call("coalesce", let arguments) = expression.kind, arguments.count == 2,
        loneQuestion(in: arguments[1]) == arguments[0]
      else { return nil }
      return arguments[1]
    })

  /// `any_match(TRY_CAST(x AS ARRAY(json)), e -> json_format(e) <> 'null') OR TRY_CAST(x AS ARRAY(json)) IS NULL AND
  /// json_format(x) NOT IN (…)`: elements are truthy where they are there, a lone value by what it is.
  static let truthyElement = Form<ElementTruth>(
    make: { asked in
      let list = elements.make(asked.value)
      return .or([
        .anyMatch(list, asked.variable, presentJSON.make(Question(value: .name(asked.variable)))),
        .and([list.isNull, truthyJSON.make(Question(value: asked.value))]),
      ])
    },
    match: { expression in
      guard case .or(let operands) = expression.kind, operands.count == 2,
        case .call("any_match", let arguments) = operands[0].kind, arguments.count == 2,
        let value = elements.match(arguments[0]), case .lambda(let variable, let body) = arguments[1].kind,
        presentJSON.match(body) == Question(value: .name(variable)),
        case .and(let lone) = operands[1].kind, lone.count == 2, lone[0] == arguments[0].isNull,
        truthyJSON.match(lone[1]) == Question(value: value)
      else { return nil }
      return ElementTruth(value: value, variable: variable)
    })

  /// `COALESCE(json_extract_scalar(x, '$.a'), json_format(json_extract(x, '$.a')))`: the text of a text, number or
  /// boolean, and the JSON of anything else.
  static let shownJSON = Form<JSONValue>(
    make: { shown in
      let path = AthenaExpression.string(shown.path)
      return .call(
        "coalesce", .call("json_extract_scalar", shown.base, path),
        .call("json_format", shown.isBase ? shown.base : .call("json_extract", shown.base, path)))
    },
    match: { expression in
      guard case .call("coalesce", let arguments) = expression.kind, arguments.count == 2,
        case .call("json_extract_scalar", let scalar) = arguments[0].kind, scalar.count == 2,
        case .string(let path) = scalar[1].kind, let value = formatted(arguments[1])
      else { return nil }
      let isBase = value == scalar[0]
      guard isBase || value == .call("json_extract", scalar[0], scalar[1]) else { return nil }
      return JSONValue(base: scalar[0], path: path, isBase: isBase)
    })
}

// What the forms are made of.
extension AthenaIdioms {
  /// The grammar of numbers. `TRY_CAST` alone also takes `1d`, ` 5 `, `Infinity` and hexadecimal.
  static let numberGrammar = #"\A[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\z"#

  /// The grammar of addresses that can be of the network's family. The cast alone also takes digits of other scripts
  /// and IPv6 zones, depending on its version.
  static let addressGrammar = #"\A[0-9A-Fa-f:.]+\z"#

  /// How to ask for the addresses of that grammar.
  static let addressGuardHelp =
    "put the guard `regexp_like(…, \(AthenaLiteral.string(addressGrammar))) AND` before it"

  /// The values that are not truthy, as text and as compact JSON.
  static let falsyTexts = ["", "false", "0"]
  static let falsyJSON = ["null", "\"\"", "false", "\"false\"", "0", "\"0\""]

  /// What an `any_match` over elements or the lone value asks of a lone value at the end of a path without arrays.
  static func loneQuestion(in expression: AthenaExpression) -> AthenaExpression? {
    guard case .call("any_match", let arguments) = expression.kind, arguments.count == 2,
      let value = elementsOrLone.match(arguments[0]),
      case .lambda(let variable, let body) = arguments[1].kind
    else { return nil }
    let question = body.replacing(variable, with: value).rewritten(withJoinedPath)
    if case .call("any_match", _) = question.kind { return loneQuestion(in: question) }
    return question
  }

  /// `json_extract_scalar(x, '$.a.b')` for `json_extract_scalar(json_extract(x, '$.a'), '$.b')`.
  private static func withJoinedPath(_ expression: AthenaExpression) -> AthenaExpression? {
    guard case .call(let function, let outer) = expression.kind, outer.count == 2,
      function == "json_extract" || function == "json_extract_scalar",
      case .call("json_extract", let inner) = outer[0].kind, inner.count == 2,
      case .string(let end) = outer[1].kind, case .string(let start) = inner[1].kind
    else { return nil }
    return .call(function, inner[0], .string(start + end.dropFirst()))
  }

  private static func guarded(
    _ text: AthenaExpression, _ grammar: String, _ questions: [AthenaExpression]
  ) -> AthenaExpression {
    AthenaExpression(.and([.call("regexp_like", text, .string(grammar))] + questions))
  }

  /// The text of that grammar, and what is asked of it.
  private static func guarded(
    _ expression: AthenaExpression, by grammar: String
  ) -> (text: AthenaExpression, questions: [AthenaExpression])? {
    guard case .and(let operands) = expression.kind,
      case .call("regexp_like", let arguments)? = operands.first?.kind, arguments.count == 2,
      arguments[1] == .string(grammar)
    else { return nil }
    return (arguments[0], Array(operands.dropFirst()))
  }

  private static func contains(_ network: String, _ text: AthenaExpression) -> AthenaExpression {
    .call("contains", .string(network), text.tryCast(.named("ipaddress")))
  }

  /// That the address is no IPv4 address, where the network may be taken to have those.
  private static func isVersion6(_ asked: NetworkMembership) -> AthenaExpression? {
    guard CIDR(asked.network)?.hasMappedAddresses == true else { return nil }
    let isVersion4 = AthenaExpression.call("try", contains("0.0.0.0/0", asked.text))
    return AthenaExpression(.not(.call("coalesce", isVersion4, .boolean(false))))
  }

  /// `x [NOT] IN (…)` with these texts, in whatever order.
  private static func truthy(_ expression: AthenaExpression, besides falsy: [String]) -> Question? {
    guard case .inList(let value, let items, let negated) = expression.kind, items.count == falsy.count,
      Set(items) == Set(falsy.map(AthenaExpression.string))
    else { return nil }
    return Question(value: value, isAsked: negated)
  }

  /// The JSON value whose text is taken.
  private static func formatted(_ expression: AthenaExpression) -> AthenaExpression? {
    guard case .call("json_format", let arguments) = expression.kind, arguments.count == 1 else { return nil }
    return arguments[0]
  }
}

extension Atom {
  /// Whether it may be true of one spelling of a number and false of another: `12345678.5` and `1.23456785E7`, of what
  /// is no double `1e400` and `Infinity`. Whole numbers have one spelling.
  var tellsNumberSpellings: Bool {
    func isOfNumbers(_ text: String) -> Bool {
      text.unicodeScalars.allSatisfy { "0123456789+-.eE".unicodeScalars.contains($0) }
        || "-infinity".contains(LetterCase.lower(text))
    }
    func isRespelled(_ text: String) -> Bool {
      isOfNumbers(text) && !text.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") }
    }
    switch self {
    case .present, .truthy, .number, .network, .array: return false
    case .regex, .sameAs: return true
    case .oneOf(let texts, _): return texts.contains(where: isRespelled)
    case .text(let pattern, _):
      if case .equals(let text) = pattern.shape { return isRespelled(text) }
      return !pattern.literals.isEmpty && pattern.literals.allSatisfy(isOfNumbers)
    }
  }
}
