import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

// Questions about single fields.
extension AthenaLowering {
  mutating func compare(
    _ comparison: ComparisonOperator, _ left: AthenaExpression, _ right: AthenaExpression,
    _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    if left.namesNothing, !right.namesNothing {
      return try truth(AthenaExpression(.compare(comparison.mirrored, right, left), at: expression.span))
    }
    if left.isCondition, case .boolean(let value) = right.kind, comparison.ordered == nil {
      let truth = try truth(left)
      return value == (comparison == .equal) ? truth : truth.negated
    }
    let (a, b) = (try operands.operand(left), try operands.operand(right))
    if case .constant(.null, _) = b { return .unknown }
    if case .constant(let x, _) = a {
      guard case .constant(let y, _) = b else { throw unreadable(expression) }
      if x == .null { return .unknown }
      guard let value = x.compares(comparison, y) else { throw unreadable(expression) }
      return AthenaTruth(certain: .always(value))
    }
    if comparison == .unequal { return try compare(.equal, left, right, expression).negated }
    let truth: AthenaTruth?
    switch a {
    case .text, .upper, .start: truth = try compareText(a, comparison.ordered, b, expression)
    case .typed, .rounded: truth = compareTyped(a, comparison.ordered, b)
    case .place(let path, let letterCase, let part):
      truth = position(of: part, in: path, letterCase, comparison, b)
    case .number:
      throw beyond(
        expression, "`TRY_CAST` reads more texts as numbers than other platforms do: ` 5 `, `1d`, `Infinity`",
        help:
          "put the guard `regexp_like(…, \(AthenaLiteral.string(AthenaIdioms.numberGrammar))) AND` before it")
    case .constant, .address, .json, .formatted, .array, .structure, .map: truth = nil
    }
    guard let truth else { throw unreadable(expression) }
    return truth
  }

  /// A text, or what is made of one, is equal to a value, or of that order.
  private func compareText(
    _ text: AthenaOperand, _ order: Comparison?, _ other: AthenaOperand, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth? {
    if let order {
      if case .text(let path, _) = text, AthenaLiteral.isSameName(path.description, operands.table.timeColumn)
      {
        throw beyond(
          expression, "the order of the event's time is a time window, which no part of a condition is",
          help: "join it by `AND` with all else")
      }
      if case .text(let path, .exact) = text, case .constant(.text(let bound), _) = other,
        let truth = AthenaTextOrder.truth(path, order, bound)
      {
        return truth
      }
      throw beyond(
        expression, "texts are compared by order here, which other platforms cannot express",
        help: "compare a field as it is with a text of up to \(AthenaTextOrder.limit) characters")
    }
    if case .text(let path, let letterCase) = text { return try equal(path, letterCase, other, expression) }
    guard case .constant(.text(let value), let folded) = other else { return nil }
    switch text {
    case .upper(let path): return try upper(path, Pattern([.literal(value)]), expression)
    case .start(let path, let letterCase, let length):
      guard let literal = literal(value, folded, letterCase) else { return .never(path) }
      let count = literal.unicodeScalars.count
      if count > length { return .never(path) }
      return .test(path, .text(count == length ? .prefix(literal) : .equals(literal), letterCase))
    default: return nil
    }
  }

  /// A boolean or a number is equal to a constant, or of that order; `nil` where the engine's answer is not the
  /// meaning's.
  private func compareTyped(
    _ value: AthenaOperand, _ order: Comparison?, _ other: AthenaOperand
  ) -> AthenaTruth? {
    switch (value, other) {
    case (.typed(let path, .boolean), .constant(.boolean(let wanted), _)) where order == nil:
      return .test(path, .text(.equals(wanted ? "true" : "false"), .exact))
    case (.typed(let path, .integer), .constant(.number(let number, let isDouble), _)),
      (.typed(let path, .real), .constant(.number(let number, let isDouble), _)),
      (.rounded(let path), .constant(.number(let number, let isDouble), _)):
      let bound = AthenaBound(number: number, isDouble: isDouble)
      guard bound.isExact(against: value, isOrdered: order != nil) else { return nil }
      return .test(path, order.map { .number($0, number) } ?? .text(.equals(number.shortest), .exact))
    default: return nil
    }
  }

  /// `strpos(text, part)` compared with a number, which counts from 1 and is 0 where the part is not found.
  private func position(
    of part: String, in path: FieldPath, _ letterCase: LetterCase, _ comparison: ComparisonOperator,
    _ other: AthenaOperand
  ) -> AthenaTruth? {
    guard case .constant(.number(let number, isDouble: false), _) = other, let bound = Int(number.shortest)
    else { return nil }
    let found = AthenaTruth.test(path, .text(.contains(part), letterCase))
    switch (comparison, bound) {
    case (.greater, 0), (.greaterOrEqual, 1): return found
    case (.equal, 0), (.lessOrEqual, 0), (.less, 1): return found.negated
    case (.equal, 1): return .test(path, .text(.prefix(part), letterCase))
    default: return nil
    }
  }

  /// A field's text is equal to a text, or to another field's.
  private func equal(
    _ path: FieldPath, _ letterCase: LetterCase, _ other: AthenaOperand, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    switch other {
    case .constant(.text(let value), let folded):
      guard let literal = literal(value, folded, letterCase) else { return .never(path) }
      return .test(path, .text(.equals(literal), letterCase))
    case .text(let second, let secondCase) where secondCase == letterCase:
      let same = Condition.test(path, .sameAs(second, letterCase))
      return AthenaTruth(same, .all([.test(path, .present), .test(second, .present), .not(same)]))
    default: throw unreadable(expression)
    }
  }

  /// The text to look for: as it stands, or, where the field is in lower case, as it was before it was folded;
  /// `nil` where it has capitals and can never be found.
  private func literal(_ value: String, _ folded: String?, _ letterCase: LetterCase) -> String? {
    switch letterCase {
    case .exact: value
    case .ignored: folded ?? (LetterCase.lower(value).sameScalars(as: value) ? value : nil)
    }
  }

  /// The number that an expression without columns is.
  func number(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaBound? {
    guard case .constant(.number(let number, let isDouble), _) = try operands.operand(expression) else {
      return nil
    }
    return AthenaBound(number: number, isDouble: isDouble)
  }

  mutating func like(
    _ operand: AthenaExpression, _ pattern: AthenaExpression, _ escape: AthenaExpression?,
    _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    guard case .constant(let value, let folded) = try operands.operand(pattern) else {
      throw unreadable(expression)
    }
    guard case .text(let text) = value else { return .unknown }
    let asked = try operands.operand(operand)
    if case .constant(.null, _) = asked { return .unknown }
    var mark: String?
    if let escape {
      guard case .constant(.text(let spelled), _) = try operands.operand(escape) else {
        throw unreadable(expression)
      }
      mark = spelled
    }
    func pieces(_ spelled: String) throws(Diagnostic) -> Pattern {
      try AthenaLike.pattern(spelled, escape: mark, in: operands.source, at: pattern.span)
    }
    switch asked {
    case .constant(.text(let own), _):
      return AthenaTruth(certain: .always(Atom.text(try pieces(text), .exact).holds(ofText: own)))
    case .upper(let path): return try upper(path, try pieces(text), expression)
    default: break
    }
    guard case .text(let path, let letterCase) = asked else { throw unreadable(expression) }
    // A folded escape stays what it is only where it is not a letter.
    let spelled =
      letterCase == .ignored && (mark.map { LetterCase.lower($0) == $0 } ?? true) ? folded ?? text : text
    let found = try pieces(spelled)
    if letterCase == .ignored, folded == nil {
      let isFolded = found.pieces.allSatisfy {
        if case .literal(let part) = $0 { LetterCase.lower(part).sameScalars(as: part) } else { true }
      }
      if !isFolded { return .never(path) }
    }
    return .test(path, .text(found, letterCase))
  }

  /// A pattern that `upper` of a text has. Its letters are those whose upper case they are: `I` is the one of `ı` too, of
  /// which `lower` makes no `i`.
  private func upper(
    _ path: FieldPath, _ pattern: Pattern, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    var isPlain = true
    var regex = ""
    for piece in pattern.pieces {
      switch piece {
      case .anyRun: regex += "(?s:.*)"
      case .anyOne: regex += "(?s:.)"
      case .literal(let text):
        for scalar in text.unicodeScalars {
          guard scalar.isASCII else { throw unreadable(expression) }
          switch scalar {
          case "a"..."z": return .never(path)
          case "I": regex += "[Iiı]"
          case "S": regex += "[Ssſ]"
          case "A"..."Z": regex += "[\(scalar)\(scalar.properties.lowercaseMapping)]"
          default: regex += #".*+?^$|()[]{}\"#.unicodeScalars.contains(scalar) ? "\\\(scalar)" : "\(scalar)"
          }
          if scalar == "I" || scalar == "S" || scalar == "K" { isPlain = false }
        }
      }
    }
    if isPlain { return .test(path, .text(pattern, .ignored)) }
    return .test(path, .regex(try PortableRegex("\\A\(regex)\\z")))
  }

  mutating func inList(
    _ operand: AthenaExpression, _ items: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    switch try operands.operand(operand) {
    case .text(let path, let letterCase):
      var texts: [String] = []
      var hasNull = false
      for item in items {
        switch try operands.operand(item) {
        case .constant(.text(let value), let folded):
          if let text = literal(value, folded, letterCase) { texts.append(text) }
        case .constant(.null, _): hasNull = true
        default: throw unreadable(item)
        }
      }
      if hasNull { return AthenaTruth(.test(path, .oneOf(texts, letterCase)), .always(false)) }
      return texts.isEmpty ? .never(path) : .test(path, .oneOf(texts, letterCase))
    case .constant, .upper, .start:
      var equal: [AthenaTruth] = []
      for item in items { equal.append(try compare(.equal, operand, item, expression)) }
      return .or(equal)
    case .typed, .rounded:
      var equal: [AthenaTruth] = []
      for item in items { equal.append(try compare(.equal, operand, item, expression)) }
      let (merged, known) = (AthenaTruth.or(equal), try merged(operand, items))
      return known ?? merged
    case .number, .address, .json, .formatted, .place, .array, .structure, .map: break
    }
    throw unreadable(expression)
  }

  /// A number's or boolean's list as one question.
  private func merged(_ operand: AthenaExpression, _ items: [AthenaExpression]) throws(Diagnostic)
    -> AthenaTruth?
  {
    let left = try operands.operand(operand)
    let path: FieldPath
    switch left {
    case .typed(let own, .integer), .typed(let own, .real), .rounded(let own): path = own
    default: return nil
    }
    var bounds: [AthenaBound] = []
    for item in items {
      guard let bound = try number(item) else { return nil }
      bounds.append(bound)
    }
    // One double makes all of them doubles.
    let areDoubles = bounds.contains(where: \.isDouble)
    for index in bounds.indices {
      bounds[index].isDouble = areDoubles
      guard bounds[index].isExact(against: left, isOrdered: false) else { throw unreadable(operand) }
    }
    return .test(path, .oneOf(bounds.map(\.number.shortest), .exact))
  }
}

/// A number that a column is compared with.
struct AthenaBound {
  var number: Number
  /// Whether it is a double, so that whole numbers are rounded before they are compared with it.
  var isDouble: Bool

  /// Whether the engine's comparison is that of the meaning, which compares texts for equality and doubles for
  /// order. Whole numbers and decimals are compared exactly, and from 2^53 on that differs. [executed: Trino 414, 482]
  func isExact(against operand: AthenaOperand, isOrdered: Bool) -> Bool {
    let isSmall = number.double.magnitude < 0x1p53
    switch operand {
    case .typed(_, .integer): return isSmall || isDouble == isOrdered
    case .typed(_, .real):
      return isOrdered || Number("\(number.double)") == number || number.double.isInfinite
    case .rounded: return isOrdered || isSmall
    default: return false
    }
  }
}
