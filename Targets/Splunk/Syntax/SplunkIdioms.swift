import ConcordDetection
import ConcordDocuments
import ConcordLanguages

/// The forms that the writer makes and the reader recognises, as one question or as one value.
///
/// Operands of AND or OR that are one form stand among others, so a form of several is recognised as the AND or OR of
/// just these.
enum SplunkIdioms {
  typealias Form<Parts: Equatable> = Idiom<SplunkEval, Parts>

  /// Whether a condition is true.
  struct Truth: Hashable {
    var condition: SplunkEval
    /// Whether it is to be; otherwise it is to be false or NULL.
    var isAsked = true
  }

  /// Two values have the same text.
  struct SameText: Hashable {
    var left: SplunkEval
    var right: SplunkEval
    var letterCase: LetterCase
  }

  /// A text that is a number is compared with one.
  struct NumberComparison: Hashable {
    var text: SplunkEval
    var comparison: Comparison
    var bound: Number
  }

  /// A text that is an address is of a network.
  struct NetworkMembership: Hashable {
    var text: SplunkEval
    var network: CIDR
  }

  /// The elements of an array as the values of a field.
  struct Elements: Hashable {
    /// The array as JSON text.
    var array: SplunkEval
    /// Whether texts keep their quotes, which tells the text `null` from JSON's null.
    var keepsQuotes = false
  }

  /// A question about elements to which the text `null` is an answer, and JSON's null is none.
  struct NullQuestion: Hashable {
    /// The elements, texts without their quotes.
    var elements: SplunkEval
    /// The same, texts in their quotes.
    var quoted: SplunkEval
    /// What is asked of an element.
    var question: SplunkEval
  }
}

// Fields that are chosen by a condition.
extension SplunkIdioms {
  /// A field, and of which events it is the one.
  struct Choice: Hashable {
    var condition: SplunkEval
    var field: String
  }

  /// `case(condition, field, …)`: the field of the first condition that is true, NULL where none is (Search Reference,
  /// "case").
  static let choice = Form<[Choice]>(
    make: { choices in
      SplunkEval(.call("case", choices.flatMap { [$0.condition, .field($0.field)] }))
    },
    match: { expression in
      guard case .call("case", let arguments) = expression.kind, !arguments.isEmpty,
        arguments.count.isMultiple(of: 2)
      else { return nil }
      var choices: [Choice] = []
      for place in stride(from: 0, to: arguments.count, by: 2) {
        guard case .field(let name) = arguments[place + 1].kind else { return nil }
        choices.append(Choice(condition: arguments[place], field: name))
      }
      return choices
    })
}

// Questions about one value.
extension SplunkIdioms {
  /// `if(condition, 1, 0)=0`. `NOT` of NULL is read in two ways, `if` in one; this is never NULL (Search Reference,
  /// "if"). `match` also takes `!=`.
  static let truth = Form<Truth>(
    make: { asked in
      .compare(
        .call("if", asked.condition, .number("1"), .number("0")), .equal,
        .number(asked.isAsked ? "1" : "0"))
    },
    match: { expression in
      guard case .comparison(let operation, let chosen, let wanted) = expression.kind,
        operation == .equal || operation == .unequal,
        wanted == .number("1") || wanted == .number("0"),
        let arguments = chosen.arguments(of: "if", 3),
        arguments[1] == .number("1"), arguments[2] == .number("0")
      else { return nil }
      return Truth(
        condition: arguments[0], isAsked: (wanted == .number("1")) == (operation == .equal))
    })

  /// `match(x, "^(?:|0|false)\\z")`: the text is not truthy.
  static let falsyText = Form<SplunkEval>(
    make: { .match($0, falsyTexts) },
    match: { $0.matched(by: falsyTexts) })

  /// `isnull(x) OR match(x, "^(?:|0|false)\\z")`: there is no value, or none that is truthy.
  static let falsy = Form<SplunkEval>(
    make: { .any([.call("isnull", $0), falsyText.make($0)]) },
    match: { expression in
      guard case .any(let operands) = expression.kind, operands.count == 2,
        let value = operands[0].argument(of: "isnull"), falsyText.match(operands[1]) == value
      else { return nil }
      return value
    })

  /// `isnotnull(x) AND isnotnull(y) AND tostring(x)=tostring(y)`: as text, since two fields that look like numbers may
  /// be compared by value; and where both are there, since `tostring` gives a text of NULL.
  static let sameText = Form<SameText>(
    make: { asked in
      .all([
        .call("isnotnull", asked.left), .call("isnotnull", asked.right),
        .compare(
          textual(asked.left, asked.letterCase), .equal, textual(asked.right, asked.letterCase)),
      ])
    },
    match: { expression in
      guard case .all(let operands) = expression.kind, operands.count == 3,
        case .comparison(.equal, let left, let right) = operands[2].kind,
        let (value, letterCase) = textual(left), let (other, otherCase) = textual(right),
        letterCase == otherCase, operands[0].argument(of: "isnotnull") == value,
        operands[1].argument(of: "isnotnull") == other
      else { return nil }
      return SameText(left: value, right: other, letterCase: letterCase)
    })

  /// `match(x, grammar) AND tonumber(x)>5`: `tonumber` alone may take other texts as numbers.
  static let number = Form<NumberComparison>(
    make: { asked in
      .all([
        .match(asked.text, numberGrammar),
        .compare(
          .call("tonumber", asked.text), ComparisonOperator(asked.comparison),
          .number(asked.bound.shortest)),
      ])
    },
    match: { expression in
      guard case .all(let operands) = expression.kind, operands.count == 2,
        let text = operands[0].matched(by: numberGrammar),
        case .comparison(let operation, let number, let limit) = operands[1].kind,
        number.argument(of: "tonumber") == text, let comparison = operation.ordered,
        case .number(let spelled) = limit.kind, let bound = Number(spelled)
      else { return nil }
      return NumberComparison(text: text, comparison: comparison, bound: bound)
    })

  /// `match(x, grammar) AND cidrmatch("10.0.0.0/8", replace(x, mapping, ""))`: of an IPv4 network also the addresses
  /// that are written as IPv4-mapped IPv6. Of an IPv6 network `x` as it is.
  static let network = Form<NetworkMembership>(
    make: membership,
    match: { expression in
      guard case .all(let operands) = expression.kind, operands.count == 2,
        let text = operands[0].arguments(of: "match", 2)?[0],
        case .string(let network)? = operands[1].arguments(of: "cidrmatch", 2)?[0].kind,
        let asked = CIDR(network).map({ NetworkMembership(text: text, network: $0) }),
        membership(asked) == expression
      else { return nil }
      return asked
    })

  private static func membership(_ asked: NetworkMembership) -> SplunkEval {
    let network = SplunkEval.string(asked.network.description)
    if asked.network.address.bytes.count > 4 {
      return .all([.match(asked.text, version6Grammar), .call("cidrmatch", network, asked.text)])
    }
    let address = SplunkEval.call("replace", asked.text, .string(mapping), .string(""))
    return .all([.match(asked.text, version4Grammar), .call("cidrmatch", network, address)])
  }
}

// What the forms are made of.
extension SplunkIdioms {
  private static let falsyTexts = SplunkPatternText.regex(oneOf: ["", "0", "false"])

  /// The grammar of `Number`.
  private static let numberGrammar = #"^[-+]?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?\z"#
  /// Dotted IPv4 without leading zeros, maybe as IPv4-mapped IPv6.
  private static let version4Grammar = "(?i)^(?:(?:(?:0{1,4}:){5}|::)ffff:)?(?:\(octet)[.]){3}\(octet)\\z"
  private static let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  /// The characters of IPv6 addresses.
  private static let version6Grammar = #"(?i)^[0-9a-f:.]*:[0-9a-f:.]*\z"#
  /// The part of a mapped address before its IPv4 address.
  private static let mapping = #"(?i)^(?:(?:0{1,4}:){5}|::)ffff:"#

  private static func textual(_ value: SplunkEval, _ letterCase: LetterCase) -> SplunkEval {
    switch letterCase {
    case .exact: .call("tostring", value)
    case .ignored: .call("lower", .call("tostring", value))
    }
  }

  private static func textual(_ expression: SplunkEval) -> (value: SplunkEval, letterCase: LetterCase)? {
    if let value = expression.argument(of: "tostring") { return (value, .exact) }
    return expression.argument(of: "lower")?.argument(of: "tostring").map { ($0, .ignored) }
  }
}

extension SplunkEval {
  /// `match(value, "regex")`.
  static func match(_ value: SplunkEval, _ regex: String) -> SplunkEval {
    .call("match", value, .string(regex))
  }

  /// What `match(…, "regex")` asks of.
  fileprivate func matched(by regex: String) -> SplunkEval? {
    guard let arguments = arguments(of: "match", 2), arguments[1] == .string(regex) else { return nil }
    return arguments[0]
  }
}
