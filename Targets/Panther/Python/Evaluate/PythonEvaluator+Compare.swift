import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Comparisons.
extension PythonEvaluator {
  /// Whether two values compare so.
  mutating func compare(
    _ left: PythonCases, _ sign: String, _ right: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    switch sign {
    case "!=": return try compare(left, "==", right, span).negated
    case "not in": return try compare(left, "in", right, span).negated
    case "is not": return try compare(left, "is", right, span).negated
    default: break
    }
    noteDefault(left, sign, right, span)
    return try ask(left) { (evaluator, one) throws(Diagnostic) in
      try evaluator.ask(right) { (evaluator, other) throws(Diagnostic) in
        try evaluator.compareOne(one, sign, other, span)
      }
    }
  }

  /// A default that compares otherwise than null tells null from an absent field.
  private mutating func noteDefault(_ left: PythonCases, _ sign: String, _ right: PythonCases, _ span: Span) {
    if let field = left.defaultedField {
      let matters = tellsNull(of: left) { (evaluator, value) throws(Diagnostic) in
        try evaluator.compare(value, sign, right, span)
      }
      if matters { assumeNull(field, span) }
    }
    if let field = right.defaultedField {
      let matters = tellsNull(of: right) { (evaluator, value) throws(Diagnostic) in
        try evaluator.compare(left, sign, value, span)
      }
      if matters { assumeNull(field, span) }
    }
  }

  /// Whether a question is answered otherwise of null than of a default, or raises of one of them. What is said on the way
  /// is said where the question is asked.
  func tellsNull(
    of cases: PythonCases,
    _ question: (inout PythonEvaluator, PythonCases) throws(Diagnostic) -> PythonTruth
  ) -> Bool {
    var evaluator = self
    func answer(_ value: PythonValue) -> [Condition]? {
      do throws(Diagnostic) {
        let truth = try question(&evaluator, PythonCases(value))
        return [truth.yes, truth.no]
      } catch { return nil }
    }
    guard let ofNull = answer(.none) else { return true }
    return cases.defaults.contains { answer($0) != ofNull }
  }

  private mutating func compareOne(
    _ left: PythonValue, _ sign: String, _ right: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    if case .opaque(let why) = left { throw why }
    if case .opaque(let why) = right { throw why }
    switch sign {
    case "==": return try equal(left, right, span)
    case "is": return try identical(left, right, span)
    case "in": return try contained(left, right, span)
    case "<", "<=", ">", ">=":
      guard let comparison = Comparison(rawValue: sign) else { return .raising }
      return try ordered(left, comparison, right, span)
    default: throw refusal(.notRead("`\(sign)`", span, in: source))
    }
  }

  private mutating func identical(
    _ left: PythonValue, _ right: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    switch (left, right) {
    case (.none, .none): return PythonTruth(.always(true))
    case (.none, .field(let field)), (.field(let field), .none):
      try tellEmptyArray(field, span)
      return PythonTruth(.always(false))
    case (.none, _), (_, .none): return PythonTruth(.always(false))
    case (.field(let field), .boolean(let value)), (.boolean(let value), .field(let field)):
      return try equal(field, value, isIdentity: true, span)
    case (.boolean(let a), .boolean(let b)): return PythonTruth(.always(a == b))
    case (.boolean, _), (_, .boolean): return PythonTruth(.always(false))
    default: throw refusal(.notRead("`is` of these", span, in: source))
    }
  }

  /// Throws where the field is an array: an empty one is a value in Python, and none in a condition. Of a field that is none
  /// it is said.
  private mutating func tellEmptyArray(_ field: PythonField, _ span: Span) throws(Diagnostic) {
    let shown = kinds.at(field.path).kinds
    assume(field, shown, span)
    if shown.isEmpty {
      notes.add(
        .assumedNoArray(field.path, span, in: source), key: "kind \(field.path.shown)", kindOf: field.path)
    }
    if field.changes.isEmpty, shown.contains(.array), !tellsEmpty(field) {
      throw refusal(
        .kindNotKnown(field.path, "an empty array is not told from an absent one", span, in: source))
    }
  }

  /// Whether two values are equal.
  mutating func equal(
    _ left: PythonValue, _ right: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    if left.isConstant, right.isConstant {
      return PythonTruth(.always(PythonEvaluator.areEqual(left, right)))
    }
    switch (left, right) {
    case (.field(let a), .field(let b)): return try sameAs(a, b, span)
    case (.field(let field), let other), (let other, .field(let field)):
      return try equal(field, other, span)
    case (.length(let field), .number(let number)), (.number(let number), .length(let field)):
      let least = try length(field, .greaterOrEqual, number, span)
      let more = try length(field, .greater, number, span)
      return and(least, more.negated)
    case (.count(let made), .number(let number)), (.number(let number), .count(let made)):
      let least = try count(made, .greaterOrEqual, number, span)
      let more = try count(made, .greater, number, span)
      return and(least, more.negated)
    case (.made(let parts), .text(let text)), (.text(let text), .made(let parts)):
      return try madeEqual(parts, .equals(text), span)
    case (.none, _), (_, .none): return PythonTruth(.always(false))
    case (.sequence(let form, _), .sequence(let other, _))
    where form != other || form == .set || form == .lazy:
      throw refusal(.notRead("the comparison of \(left.words) with \(right.words)", span, in: source))
    case (.sequence(_, let a), .sequence(_, let b)):
      if a.count != b.count { return PythonTruth(.always(false)) }
      var result = PythonTruth(.always(true))
      for (one, other) in zip(a, b) { result = and(result, try compare(one, "==", other, span)) }
      return result
    case (.dictionary, .dictionary), (.elements, _), (_, .elements), (.parts, _), (_, .parts),
      (.made, _), (_, .made), (.length, _), (_, .length), (.count, _), (_, .count), (.address, _),
      (_, .address):
      throw refusal(.notRead("the comparison of \(left.words) with \(right.words)", span, in: source))
    case (.known(let a), .known(let b)) where a == b: return PythonTruth(.always(true))
    case (.known(let name), _), (_, .known(let name)): throw refusal(.outside("`\(name)`", span, in: source))
    case (.method, _), (_, .method), (.object, _), (_, .object), (.network, .network):
      throw refusal(.notRead("the comparison of \(left.words) with \(right.words)", span, in: source))
    default: return PythonTruth(.always(false))
    }
  }

  /// Whether two constants are equal: a boolean is the number 1 or 0.
  static func areEqual(_ left: PythonValue, _ right: PythonValue) -> Bool {
    func number(_ value: PythonValue) -> Double? {
      switch value {
      case .boolean(let value): value ? 1 : 0
      case .number(let number): number.double
      default: nil
      }
    }
    if let a = number(left), let b = number(right) { return a == b }
    if case .sequence(let form, let a) = left, case .sequence(let other, let b) = right {
      return form == other && a.count == b.count
        && zip(a, b).allSatisfy { one, other in
          guard let one = one.single, let other = other.single else { return false }
          return areEqual(one, other)
        }
    }
    return left.isSame(as: right)
  }

  /// Whether a field's value is that constant.
  private mutating func equal(
    _ field: PythonField, _ other: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    switch other {
    case .none:
      try tellEmptyArray(field, span)
      return PythonTruth(.always(false))
    case .text(let text):
      guard try mayBeText(field, comparedWith: [text], span) else { return PythonTruth(.always(false)) }
      if hasSeveral(field) { return PythonTruth(onlyValue(of: field, text, span)) }
      let same = try fieldTest(field, .equals(text), span)
      return PythonTruth(isNoArray(field).map { logic.and($0, same) } ?? same)
    case .number(let number): return try equal(field, number, span)
    case .boolean(let value): return try equal(field, value, isIdentity: false, span)
    case .match, .event, .regex, .network, .function, .lambda, .bound, .module, .type:
      return PythonTruth(.always(false))
    case .known(let name): throw refusal(.outside("`\(name)`", span, in: source))
    case .made(let parts): return try madeEqual(parts, field, span)
    case .sequence(let form, let members) where form == .list || form == .tuple:
      return try equal(field, members, span)
    case .sequence, .dictionary, .elements, .parts, .length, .count, .address, .field, .method, .object,
      .opaque:
      throw refusal(.notRead("the comparison of `\(field.path.shown)` with \(other.words)", span, in: source))
    }
  }

  /// Whether `deep_walk` may find several texts, of which it gives a list; those that are the same are one.
  func hasSeveral(_ field: PythonField) -> Bool {
    let found = kinds.at(field.path)
    return field.isWalk && found.passesArray && found.kinds == .text && field.changes.isEmpty
  }

  /// That the text is found, and no other.
  private mutating func onlyValue(of field: PythonField, _ text: String, _ span: Span) -> Condition {
    let same = Condition.test(field.path, .text(.equals(text), .exact), origin: place(span))
    return logic.and(same, .not(.some(field.path, .not(same), origin: place(span))))
  }

  /// Whether a field is an array of these elements and no others. Null elements are taken as none.
  private mutating func equal(
    _ field: PythonField, _ members: [PythonCases], _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    if !field.changes.isEmpty { return PythonTruth(.always(false)) }
    let kinds = try shape(field, span).kinds
    if field.isWalk || field.path.isLoopValue || members.count > 20 {
      throw refusal(.notRead("the comparison of `\(field.path.shown)` with a list", span, in: source))
    }
    if !kinds.isEmpty, !kinds.contains(.array) {
      assume(field, kinds, span)
      return PythonTruth(.always(false))
    }
    if !tellsArrays { throw refusal(.kindNotKnown(field.path, "it may be an array", span, in: source)) }
    assume(field, .array, span)
    notes.add(.assumedElementNull(field.path, span, in: source), key: "null elements \(field.path.shown)")
    func element(_ index: Int) -> FieldPath {
      FieldPath(steps: field.path.steps + [.index(index)]) ?? field.path
    }
    var all: [Condition] = [.not(isThere(element(members.count)))]
    if members.isEmpty { all += [.test(field.path, .array), .not(.test(field.path, .present))] }
    for (index, member) in members.enumerated() {
      guard let constant = member.single, constant.isConstant, !constant.isNone else {
        throw refusal(.notRead("the comparison of `\(field.path.shown)` with this list", span, in: source))
      }
      let own = PythonField(path: element(index), isNullAbsent: true)
      all += [try equal(own, constant, span).yes, .not(.test(own.path, .array))]
    }
    return PythonTruth(logic.and(all))
  }

  /// Whether a field can equal a text, by its kind. Throws where that is not known and decides.
  mutating func mayBeText(
    _ field: PythonField, comparedWith texts: [String], _ span: Span
  ) throws(Diagnostic) -> Bool {
    if !field.changes.isEmpty {
      assume(field, .text, span)
      return true
    }
    let kinds = try shape(field, span).kinds
    assume(field, .text, span)
    if kinds.isEmpty || kinds == .text { return true }
    guard kinds.contains(.text) else {
      notes.add(
        .neverEqual("`\(field.path.shown)` is \(kinds.words) in the fixtures, not a text", span, in: source),
        key: "never \(field.path.shown) \(span)")
      return false
    }
    let isAmbiguous = texts.contains { text in
      kinds.contains(.array) && isNoArray(field) == nil || kinds.contains(.number) && Number(text) != nil
        || kinds.contains(.boolean) && (text == "true" || text == "false")
        || kinds.contains(.object) && text.hasPrefix("{")
    }
    if isAmbiguous {
      throw refusal(.kindNotKnown(field.path, "the fixtures have \(kinds.words)", span, in: source))
    }
    return true
  }

  private mutating func equal(
    _ field: PythonField, _ number: Number, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    if field.changes.contains(.number) {
      let least = try fieldTest(field, .number(.greaterOrEqual, number), span)
      let most = try fieldTest(field, .number(.lessOrEqual, number), span)
      return PythonTruth(logic.and(least, most))
    }
    if !field.changes.isEmpty { return PythonTruth(.always(false)) }
    let kinds = try shape(field, span).kinds
    assume(field, .number, span)
    if kinds.isEmpty || kinds == .number {
      return PythonTruth(try fieldTest(field, .equals(number.shortest), span))
    }
    if kinds.contains(.number) || kinds.contains(.boolean) && (number.double == 0 || number.double == 1) {
      throw refusal(.kindNotKnown(field.path, "the fixtures have \(kinds.words)", span, in: source))
    }
    notes.add(
      .neverEqual("`\(field.path.shown)` is \(kinds.words) in the fixtures, not a number", span, in: source),
      key: "never \(field.path.shown) \(span)")
    return PythonTruth(.always(false))
  }

  private mutating func equal(
    _ field: PythonField, _ value: Bool, isIdentity: Bool, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    if !field.changes.isEmpty { return PythonTruth(.always(false)) }
    let kinds = try shape(field, span).kinds
    assume(field, .boolean, span)
    if kinds.isEmpty || kinds == .boolean {
      return PythonTruth(try fieldTest(field, .equals(value ? "true" : "false"), span))
    }
    if kinds.contains(.boolean) || kinds.contains(.number) && !isIdentity {
      throw refusal(.kindNotKnown(field.path, "the fixtures have \(kinds.words)", span, in: source))
    }
    notes.add(
      .neverEqual("`\(field.path.shown)` is \(kinds.words) in the fixtures, not a boolean", span, in: source),
      key: "never \(field.path.shown) \(span)")
    return PythonTruth(.always(false))
  }

  private mutating func sameAs(_ a: PythonField, _ b: PythonField, _ span: Span) throws(Diagnostic)
    -> PythonTruth
  {
    if a == b { return PythonTruth(.always(true)) }
    func letterCase(_ field: PythonField) -> LetterCase? {
      field.changes.isEmpty ? .exact : field.changes == [.lower] ? .ignored : nil
    }
    guard let one = letterCase(a), let other = letterCase(b), one == other, !a.isWalk, !b.isWalk else {
      throw refusal(.madeText("two fields are compared after different changes", span, in: source))
    }
    let (mine, its) = (try shape(a, span).kinds, try shape(b, span).kinds)
    let both = mine.union(its)
    assume(a, both.isEmpty ? .text : both, span)
    assume(b, both.isEmpty ? .text : both, span)
    if !both.isEmpty && both != .text && both != .number && both != .boolean {
      throw refusal(
        .kindNotKnown(a.path, "two fields are compared of which one is \(both.words)", span, in: source))
    }
    return PythonTruth(.test(a.path, .sameAs(b.path, one), origin: place(span)))
  }
}

extension PythonValue {
  fileprivate var isNone: Bool { if case .none = self { true } else { false } }
}

extension PythonCases {
  /// The values that are no fields, but null.
  fileprivate var defaults: [PythonValue] {
    var values: [PythonValue] = []
    if !yes.isFalse { values.append(.boolean(true)) }
    if !no.isFalse { values.append(.boolean(false)) }
    for other in others {
      switch other.value {
      case .field, .none: break
      default: values.append(other.value)
      }
    }
    return values
  }

  /// The field that a default stands in for where it is absent.
  var defaultedField: PythonField? {
    guard others.count > 1 || !yes.isFalse || !no.isFalse else { return nil }
    var field: PythonField?
    var hasDefault = !yes.isFalse || !no.isFalse
    for other in others {
      switch other.value {
      case .field(let own): field = field ?? own
      case .none: break
      default: hasDefault = true
      }
    }
    return hasDefault ? field : nil
  }
}
