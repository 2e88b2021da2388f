import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// `in`, order, lengths and texts that are made of several.
extension PythonEvaluator {
  /// Whether a value is in another.
  mutating func contained(
    _ left: PythonValue, _ right: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    switch right {
    case .sequence(_, let members): return try isOne(of: members, left, span)
    case .dictionary(let entries): return try isOne(of: entries.map { PythonCases($0.key) }, left, span)
    case .text(let whole):
      guard case .text(let text) = left else {
        if case .field = left { throw refusal(.notRead("a field searched in a text", span, in: source)) }
        return .raising
      }
      return PythonTruth(.always(text.isEmpty || whole.unicodeScalars.contains(sub: text)))
    case .field(let field): return try contained(left, in: field, span)
    case .parts(let field, let separator, let limit): return try isPart(left, field, separator, limit, span)
    case .elements(let made):
      let truth = try ask(made.item) { (evaluator, item) throws(Diagnostic) in
        try evaluator.equal(item, left, span)
      }
      return PythonTruth(try some(made, logic.and(made.guarded, truth.yes), span))
    case .network(let network):
      guard case .address(let field) = left else {
        throw refusal(.notRead("\(left.words) in a network", span, in: source))
      }
      // A network is in no network.
      if field.changes.contains(.network) { return PythonTruth(.always(false)) }
      return PythonTruth(isInside(field, network, span))
    case .event:
      guard case .text(let key) = left else { return .raising }
      let field = PythonField(path: FieldPath(key))
      if tellsEmpty(field) { return PythonTruth(isThere(field.path)) }
      assumeThere(field, span)
      return PythonTruth(.test(FieldPath(key), .present, origin: place(span)))
    case .made(let parts):
      guard case .text(let text) = left else { return .raising }
      return try madeEqual(parts, .contains(text), span)
    case .none, .boolean, .number, .length, .count, .match: return .raising
    case .opaque(let why): throw why
    case .address, .regex, .function, .lambda, .known, .method, .bound, .module, .type, .object:
      throw refusal(.notRead("`in` \(right.words)", span, in: source))
    }
  }

  /// Whether a value is one of some members.
  private mutating func isOne(
    of members: [PythonCases], _ left: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    guard case .field(let field) = left else {
      var result = PythonTruth(.always(false))
      for member in members {
        result = or(result, try compare(PythonCases(left), "==", member, span))
        if result.yes.isTrue { break }
      }
      return result
    }
    var (texts, others) = ([] as [String], [] as [PythonCases])
    for member in members {
      if case .text(let text)? = member.single { texts.append(text) } else { others.append(member) }
    }
    var result = PythonTruth(.always(false))
    if hasSeveral(field) {
      for text in texts { result = or(result, try equal(left, .text(text), span)) }
    } else if !texts.isEmpty, try mayBeText(field, comparedWith: texts, span) {
      let same = try fieldTest(field, texts.count == 1 ? .equals(texts[0]) : .oneOf(texts), span)
      result = PythonTruth(isNoArray(field).map { logic.and($0, same) } ?? same)
    }
    for other in others { result = or(result, try compare(PythonCases(left), "==", other, span)) }
    return result
  }

  /// `x in field`: by its kind a member, a part of a text, or a key.
  private mutating func contained(
    _ left: PythonValue, in field: PythonField, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    let kinds = field.changes.isEmpty ? try shape(field, span).kinds : .text
    switch kinds {
    case .text:
      guard case .text(let text) = left else {
        if case .field = left {
          throw refusal(.madeText("one field is searched in another", span, in: source))
        }
        return .raising
      }
      assume(field, .text, span)
      return PythonTruth(try fieldTest(field, .contains(text), span))
    case .array:
      assume(field, .array, span)
      if field.isWalk { throw refusal(.oneElement(field.path, span, in: source)) }
      return try isMember(left, field, span)
    case .object:
      assume(field, .object, span)
      guard case .text(let key) = left, let path = FieldPath(steps: field.path.steps + [.name(key)]) else {
        throw refusal(.notRead("this key", span, in: source))
      }
      let member = PythonField(path: path)
      if tellsEmpty(member) { return PythonTruth(isThere(path)) }
      assumeThere(member, span)
      return PythonTruth(.test(path, .present, origin: place(span)))
    case [.text, .array] where isNoArray(field) != nil,
      [] where tellsArrays && !field.isWalk && !field.path.isLoopValue:
      guard case .text(let text) = left else {
        throw refusal(.kindNotKnown(field.path, "it may be a text or an array", span, in: source))
      }
      let isText = Condition.not(.test(field.path, .array))
      assume(field, [.text, .array], span)
      let (isPart, isMember) = (
        try fieldTest(field, .contains(text), span), try isMember(left, field, span).yes
      )
      return PythonTruth(
        logic.or(logic.and(isText, isPart), logic.and(.test(field.path, .array), isMember)))
    default:
      throw refusal(
        .kindNotKnown(
          field.path,
          kinds.isEmpty
            ? "`in` finds a member of an array and a part of a text" : "the fixtures have \(kinds.words)",
          span, in: source))
    }
  }

  private mutating func isMember(
    _ left: PythonValue, _ field: PythonField, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    var element = field
    element.path = FieldPath(steps: field.path.steps + [.each]) ?? field.path
    switch left {
    case .text(let text): return PythonTruth(try fieldTest(element, .equals(text), span))
    case .number(let number): return PythonTruth(try fieldTest(element, .equals(number.shortest), span))
    case .field(let other) where other.changes.isEmpty && element.changes.isEmpty:
      return PythonTruth(.test(other.path, .sameAs(field.path, .exact), origin: place(span)))
    default: throw refusal(.notRead("\(left.words) in `\(field.path.shown)`", span, in: source))
    }
  }

  /// Whether a text is one of the parts of a field.
  private mutating func isPart(
    _ left: PythonValue, _ field: PythonField, _ separator: String, _ limit: Int?, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    guard case .text(let text) = left, limit == nil, separator.scalarCount == 1 else {
      throw refusal(.notRead("\(left.words) among the parts of a text", span, in: source))
    }
    if text.contains(separator) { return PythonTruth(.always(false)) }
    func literal(_ text: String) -> String {
      text.unicodeScalars.map { RegexDialect.portable.literal($0) }.joined()
    }
    let pattern = "(?:\\A|\(literal(separator)))\(literal(text))(?:\(literal(separator))|\\z)"
    let regex = PythonRegex(pattern: pattern, flags: [], isOurs: true, span: span)
    return PythonTruth(try fieldTest(field, .regex(regex, .anywhere), span))
  }

  /// Whether one value comes before or after another.
  mutating func ordered(
    _ left: PythonValue, _ comparison: Comparison, _ right: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    switch (left, right) {
    case (.number(let a), .number(let b)): return PythonTruth(.always(comparison.holds(a.double, b.double)))
    case (.field(let field), .number(let number)): return try ordered(field, comparison, number, span)
    case (.number(let number), .field(let field)):
      return try ordered(field, comparison.mirrored, number, span)
    case (.length(let field), .number(let number)): return try length(field, comparison, number, span)
    case (.number(let number), .length(let field)):
      return try length(field, comparison.mirrored, number, span)
    case (.count(let made), .number(let number)): return try count(made, comparison, number, span)
    case (.number(let number), .count(let made)):
      return try count(made, comparison.mirrored, number, span)
    case (.none, .number), (.number, .none), (.none, .none), (.text, .number), (.number, .text):
      return .raising
    case (.boolean(let value), _): return try ordered(.number(Number(value ? 1 : 0)), comparison, right, span)
    case (_, .boolean(let value)): return try ordered(left, comparison, .number(Number(value ? 1 : 0)), span)
    default: throw refusal(.notRead("the order of \(left.words) and \(right.words)", span, in: source))
    }
  }

  private mutating func ordered(
    _ field: PythonField, _ comparison: Comparison, _ number: Number, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    if field.changes.contains(.number) {
      return PythonTruth(try fieldTest(field, .number(comparison, number), span))
    }
    if !field.changes.isEmpty { return .raising }
    let kinds = try shape(field, span).kinds
    assume(field, .number, span)
    if kinds.isEmpty || kinds == .number {
      return PythonTruth(try fieldTest(field, .number(comparison, number), span))
    }
    if !kinds.isDisjoint(with: [.number, .boolean]) {
      throw refusal(.kindNotKnown(field.path, "the fixtures have \(kinds.words)", span, in: source))
    }
    return .raising
  }

  /// How a field's length compares.
  mutating func length(
    _ field: PythonField, _ comparison: Comparison, _ number: Number, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    guard let bound = Int(number.shortest), bound < 500 else {
      throw refusal(.notRead("this length", span, in: source))
    }
    let least = comparison == .greater || comparison == .lessOrEqual ? bound + 1 : bound
    let isAtLeast = comparison == .greater || comparison == .greaterOrEqual
    if case .parts(let separator, let limit)? = field.changes.last {
      var text = field
      text.changes.removeLast()
      if limit.map({ least > abs($0) + 1 }) ?? false { return PythonTruth(.always(!isAtLeast)) }
      let has = try hasPart(text, separator, max(0, least - 1), span)
      return isAtLeast ? PythonTruth(has) : PythonTruth(has).negated
    }
    let kinds = try shape(field, span).kinds
    let enough: Condition
    if least <= 0 {
      enough = .always(true)
    } else if kinds == .text {
      let regex = PythonRegex(pattern: "[\\s\\S]{\(least),}", flags: [], isOurs: true, span: span)
      enough = try fieldTest(field, .regex(regex, .start), span)
    } else if kinds == .array, least == 1 {
      enough = .test(field.path, .present, origin: place(span))
    } else if kinds == .array, least <= 20, !field.isWalk, !field.path.isLoopValue,
      let last = FieldPath(steps: field.path.steps + [.index(least - 1)])
    {
      notes.add(.assumedElementNull(field.path, span, in: source), key: "null elements \(field.path.shown)")
      enough = tellsArrays ? isThere(last) : .test(last, .present, origin: place(span))
    } else if kinds == .array || kinds == .object {
      throw refusal(.notRead("how many members `\(field.path.shown)` has", span, in: source))
    } else {
      throw refusal(.kindNotKnown(field.path, "a length is that of a text or of an array", span, in: source))
    }
    assume(field, kinds, span)
    return isAtLeast ? PythonTruth(enough) : PythonTruth(enough).negated
  }

  /// How the number of elements compares: whether there is one is all that a condition asks.
  mutating func count(
    _ made: PythonElements, _ comparison: Comparison, _ number: Number, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    guard let bound = Int(number.shortest), abs(bound) < 1_000 else {
      throw refusal(.notRead("this length", span, in: source))
    }
    let least = comparison == .greater || comparison == .lessOrEqual ? bound + 1 : bound
    let isAtLeast = comparison == .greater || comparison == .greaterOrEqual
    if least <= 0 { return PythonTruth(.always(isAtLeast)) }
    guard least == 1 else { throw refusal(.notRead("how many elements there are", span, in: source)) }
    if !made.scopes.isEmpty {
      let path = made.scope
      notes.add(.assumedElementNull(path.shown, span, in: source), key: "null elements \(path.shown)")
    }
    let isOne = PythonTruth(try some(made, made.guarded, span))
    return isAtLeast ? isOne : isOne.negated
  }

  /// A question about a text that is made of constants and one value.
  mutating func madeEqual(
    _ parts: [PythonCases], _ question: PythonQuestion, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    if let truth = try madeAffix(parts, question, span) { return truth }
    guard case .equals(let text) = question else {
      throw refusal(.madeText("a text made of several is searched", span, in: source))
    }
    var (before, after, open) = ("", "", nil as PythonCases?)
    for part in parts {
      if case .text(let own)? = part.single {
        if open == nil { before += own } else { after += own }
      } else if open == nil {
        open = part
      } else {
        throw refusal(.madeText("a text made of two fields is compared", span, in: source))
      }
    }
    let scalars = Array(text.unicodeScalars)
    let (head, tail) = (Array(before.unicodeScalars), Array(after.unicodeScalars))
    guard let open, scalars.count >= head.count + tail.count, scalars.starts(with: head),
      scalars.reversed().starts(with: tail.reversed())
    else { return PythonTruth(.always(false)) }
    let inner = String(String.UnicodeScalarView(scalars.dropFirst(head.count).dropLast(tail.count)))
    return try compare(open, "==", PythonCases(.text(inner)), span)
  }

  /// Whether a text that has constants at that end begins, or ends, with a text; `nil` where that is not asked, or several
  /// values decide.
  private mutating func madeAffix(
    _ parts: [PythonCases], _ question: PythonQuestion, _ span: Span
  ) throws(Diagnostic) -> PythonTruth? {
    let (text, isPrefix): (String, Bool)
    switch question {
    case .prefix(let affix): (text, isPrefix) = (affix, true)
    case .suffix(let affix): (text, isPrefix) = (affix, false)
    case .equals, .oneOf, .contains, .regex, .glob, .number, .notNumber: return nil
    }
    // From that end on.
    func inOrder(_ text: String) -> [Unicode.Scalar] {
      isPrefix ? Array(text.unicodeScalars) : text.unicodeScalars.reversed()
    }
    var (own, rest) = ([] as [Unicode.Scalar], (isPrefix ? parts : parts.reversed())[...])
    while case .text(let constant)? = rest.first?.single {
      own += inOrder(constant)
      rest.removeFirst()
    }
    let wanted = inOrder(text)
    guard zip(own, wanted).allSatisfy(==) else { return PythonTruth(.always(false)) }
    if wanted.count <= own.count { return PythonTruth(.always(true)) }
    guard let open = rest.first else { return PythonTruth(.always(false)) }
    if rest.count > 1 { return nil }
    let left = wanted.dropFirst(own.count)
    let affix = String(String.UnicodeScalarView(isPrefix ? Array(left) : left.reversed()))
    return try ask(open) { (evaluator, value) throws(Diagnostic) in
      try evaluator.textTest(value, isPrefix ? .prefix(affix) : .suffix(affix), span)
    }
  }

  /// The same, compared with a field.
  mutating func madeEqual(
    _ parts: [PythonCases], _ field: PythonField, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    throw refusal(.madeText("a text made of fields is compared with `\(field.path.shown)`", span, in: source))
  }
}

extension Comparison {
  /// The comparison with both sides exchanged.
  fileprivate var mirrored: Comparison {
    switch self {
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    }
  }
}

extension String.UnicodeScalarView {
  /// Whether a text stands in it.
  fileprivate func contains(sub text: String) -> Bool {
    let text = Array(text.unicodeScalars)
    let all = Array(self)
    guard all.count >= text.count else { return false }
    return (0...(all.count - text.count)).contains { all[$0..<($0 + text.count)].elementsEqual(text) }
  }
}
