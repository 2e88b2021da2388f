import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

// The comparisons and functions of `where` as questions about one field.
extension SplunkReader {
  /// One side of a comparison: a field, maybe in lower case or as a number.
  struct Operand {
    var path: FieldPath
    var letterCase = LetterCase.exact
    var isNumber = false
    /// Whether Splunk extracted it: a text, JSON null the text `null`.
    var isExtracted = false
    /// Whether it may be a Boolean, whose comparison with a text is not documented.
    var mayBeBoolean = false
    /// Whether it is CloudTrail's `errorCode`, which the add-on sets to `success` or `failure` where it is absent.
    var isComputedWhereAbsent = false
  }

  mutating func operand(_ expression: SplunkEval) throws(Diagnostic) -> Operand {
    if case .call(let name, let arguments) = expression.kind, let argument = arguments.first,
      arguments.count == 1
    {
      switch name {
      case "lower":
        var inner = try operand(argument)
        inner.letterCase = .ignored
        return inner
      case "tonumber":
        var inner = try operand(argument)
        inner.isNumber = true
        return inner
      case "tostring": return try operand(argument)
      default: break
      }
    }
    switch binding(expression) {
    case .single(let path, let booleansAsText)?:
      return Operand(path: path, mayBeBoolean: !booleansAsText)
    case .extracted(let path)?:
      if path.steps.contains(.each) { throw .splunkMultivalue("where", expression.span) }
      warnComputed(path, expression.span)
      return Operand(
        path: path, isExtracted: true,
        isComputedWhereAbsent: isCloudTrail && path == SplunkCloudTrailAddOn.errorCode)
    case .elements?, .quotedElements?: throw .splunkMultivalue("where", expression.span)
    case .expression?, .shown?, .span?, .hops?, .looked?, .computed?, nil:
      if case .field(let name) = expression.kind {
        if let known = computed[ScalarText(name)] { return known }
        throw notInEvent(name, expression.span)
      }
      throw .splunkComputed(SplunkPrinter.inline(expression), expression.span)
    }
  }

  mutating func comparison(
    _ operation: ComparisonOperator, _ left: SplunkEval, _ right: SplunkEval, _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    let whole = SplunkEval(.comparison(operation, left, right), at: span)
    if whole.asksOfTime { throw .splunkTimeCompared(span) }
    if let some = try some(whole) { return some }
    for (one, other, operation) in [(left, right, operation), (right, left, operation.mirrored)] {
      if case .field(let name) = one.kind, case .looked(let looked)? = bindings[ScalarText(name)],
        let compared = try compared(looked, operation, other, span)
      {
        return compared
      }
    }
    if let asked = SplunkIdioms.truth.match(whole) {
      let condition = try lowered(asked.condition).condition
      return SplunkLowered(
        condition: asked.isAsked ? condition : .not(condition, origin: span), isTotal: true)
    }
    let ofLeft = try chosen(left, question: { SplunkEval(.comparison(operation, $0, right), at: span) })
    if let ofLeft { return ofLeft }
    let ofRight = try chosen(right, question: { SplunkEval(.comparison(operation, left, $0), at: span) })
    if let ofRight { return ofRight }
    switch (left.kind, right.kind) {
    case (.number(let a), .number(let b)):
      let (a, b) = (Number(a)?.double ?? .nan, Number(b)?.double ?? .nan)
      let holds = operation.ordered?.holds(a, b) ?? ((a == b) == (operation == .equal))
      return SplunkLowered(condition: .always(holds, origin: span), isTotal: true)
    case (.string(let a), .string(let b)) where operation.ordered == nil && !SplunkLiteral.mayBeNumber(a):
      let holds = a.sameScalars(as: b) == (operation == .equal)
      return SplunkLowered(condition: .always(holds, origin: span), isTotal: true)
    case (.string, .string), (.string, .number), (.number, .string):
      throw .splunkUnread("this comparison", span)
    case (.string, _), (.number, _): return try comparison(operation.mirrored, right, left, span)
    case (_, .string(let text)): return try compared(left, operation, text, span)
    case (_, .number(let text)): return try compared(left, operation, number: text, span)
    default: throw .splunkTwoFields(span)
    }
  }

  private mutating func compared(
    _ left: SplunkEval, _ operation: ComparisonOperator, _ text: String, _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    let side = try operand(left)
    guard !side.isNumber, operation == .equal || operation == .unequal else {
      throw .splunkUnread("the order of texts", span)
    }
    if operation == .unequal, side.isExtracted, text == "null", !side.isComputedWhereAbsent {
      // JSON null is that text, so it is not found, and neither is what is absent.
      let isNull = Condition.test(side.path, .text(.equals(text), side.letterCase), origin: span)
      return SplunkLowered(
        condition: .all([.test(side.path, .present, origin: span), .not(isNull)]),
        isTotal: guarded.contains(side.path))
    }
    let equal = try equality(side, text, span)
    if operation == .equal { return try answered(equal, side, span) }
    if side.isExtracted { warnNull(span) }
    if side.isComputedWhereAbsent { throw .splunkAddOnComputes("errorCode", span) }
    // A number or Boolean that `json_extract` read may make `!=` NULL.
    if !side.isExtracted { throw .splunkUnread("`!=` over `json_extract`", span) }
    return SplunkLowered(
      condition: .all([.test(side.path, .present, origin: span), .not(equal)]),
      isTotal: guarded.contains(side.path))
  }

  private mutating func equality(_ side: Operand, _ text: String, _ span: Span?) throws(Diagnostic)
    -> Condition
  {
    try checkText(text, side, span)
    return .test(side.path, .text(.equals(text), side.letterCase), origin: span)
  }

  /// A text compared by `=` or `in`.
  private func checkText(_ text: String, _ side: Operand, _ span: Span?) throws(Diagnostic) {
    if side.isExtracted, text == "null" { throw .splunkNullWord(span) }
    if !side.isExtracted, SplunkLiteral.mayBeNumber(text) { throw .splunkNumberText(text, span) }
    try checkFolded(text, side, span)
  }

  /// A text compared with `lower(…)` must be in lower case, and its letters ASCII.
  private func checkFolded(_ text: String, _ side: Operand, _ span: Span?) throws(Diagnostic) {
    guard side.letterCase == .ignored else { return }
    if !SplunkLiteral.foldsCertainly(text) { throw .splunkIgnoredCase(text, span) }
    if !LetterCase.lower(text).sameScalars(as: text) { throw .splunkNeverLower(text, span) }
  }

  private mutating func compared(
    _ left: SplunkEval, _ operation: ComparisonOperator, number text: String, _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    let side = try operand(left)
    guard let bound = Number(text) else { throw .splunkUnread("this number", span) }
    func test(_ comparison: Comparison) -> Condition {
      .test(side.path, .number(comparison, bound), origin: span)
    }
    let condition: Condition
    if let comparison = operation.ordered {
      condition = test(comparison)
    } else if operation == .equal {
      condition = .all([test(.greaterOrEqual), test(.lessOrEqual)], origin: span)
    } else {
      if !side.isNumber { throw .splunkUnread("`!=` with a number", span) }
      condition = .any([test(.less), test(.greater)], origin: span)
    }
    return SplunkLowered(condition: condition, isTotal: false)
  }

  mutating func membership(
    _ value: SplunkEval, _ list: [SplunkEval], _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    if let chosen = try chosen(value, question: { SplunkEval(.membership($0, list), at: span) }) {
      return chosen
    }
    if case .string(let own) = value.kind {
      let texts = list.compactMap { if case .string(let text) = $0.kind { text } else { nil } }
      guard texts.count == list.count, !SplunkLiteral.mayBeNumber(own) else {
        throw .splunkUnread("this list", span)
      }
      let holds = texts.contains { $0.sameScalars(as: own) }
      return SplunkLowered(condition: .always(holds, origin: span), isTotal: true)
    }
    let side = try operand(value)
    var texts: [String] = []
    for member in list {
      guard case .string(let text) = member.kind, !side.isNumber else {
        throw .splunkUnread("a list of anything but texts", member.span ?? span)
      }
      try checkText(text, side, span)
      texts.append(text)
    }
    return try answered(.test(side.path, .oneOf(texts, side.letterCase), origin: span), side, span)
  }

  /// A question about a text. It is not NULL where the field is known to be there; and a Boolean must not matter.
  private func answered(
    _ condition: Condition, _ side: Operand, _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    if side.mayBeBoolean, ["true", "false", "True", "False"].contains(where: { condition.accepts($0) }) {
      throw .splunkBooleanText(span)
    }
    if side.isComputedWhereAbsent, ["success", "failure"].contains(where: { condition.accepts($0) }) {
      throw .splunkAddOnComputes("errorCode", span)
    }
    return SplunkLowered(condition: condition, isTotal: side.isExtracted && guarded.contains(side.path))
  }

  mutating func like(
    _ value: SplunkEval, _ pattern: SplunkEval, _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    if let chosen = try chosen(value, question: { SplunkEval(.like($0, pattern), at: span) }) {
      return chosen
    }
    let side = try operand(value)
    guard case .string(let text) = pattern.kind, !side.isNumber else {
      throw .splunkUnread("a pattern that is not a string literal", span)
    }
    try checkFolded(text, side, span)
    let pattern = SplunkLike.pattern(text)
    if side.isExtracted, pattern.matches("null", side.letterCase) { warnNull(span) }
    return try answered(.test(side.path, .text(pattern, side.letterCase), origin: span), side, span)
  }

  mutating func call(
    _ name: String, _ arguments: [SplunkEval], _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    switch (name, arguments.count) {
    case ("true", 0), ("false", 0):
      return SplunkLowered(condition: .always(name == "true", origin: span), isTotal: true)
    case ("isnull", 1), ("isnotnull", 1):
      if case .field(let field) = arguments[0].kind, case .looked(let looked)? = bindings[ScalarText(field)] {
        let present = looked.present
        return SplunkLowered(
          condition: name == "isnull" ? .not(present, origin: span) : present, isTotal: true)
      }
      let side = try operand(arguments[0])
      // A text that is no number has none.
      if side.isNumber { throw .splunkUnread("`\(name)` of a number", span) }
      if side.isComputedWhereAbsent { throw .splunkAddOnComputes("errorCode", span) }
      if side.isExtracted { warnNull(span) }
      let present = Condition.test(side.path, .present, origin: span)
      return SplunkLowered(condition: name == "isnull" ? .not(present, origin: span) : present, isTotal: true)
    case ("searchmatch", 1):
      let condition = try lowered(try arguments[0].searched())
      // Fields of the event are asked as `where` asks them.
      if condition.asksOfEvent { throw .splunkUnread("`searchmatch` of fields", span) }
      return SplunkLowered(condition: condition, isTotal: true)
    case ("in", 2...): return try membership(arguments[0], Array(arguments.dropFirst()), span)
    case ("like", 2): return try like(arguments[0], arguments[1], span)
    case ("match", 2):
      let side = try operand(arguments[0])
      guard case .string(let regex) = arguments[1].kind, !side.isNumber else {
        throw .splunkUnread("a regular expression that is not a string literal", span)
      }
      return try answered(try matching(side, regex, span), side, span)
    case ("cidrmatch", 2):
      guard case .string(let text) = arguments[0].kind, let network = CIDR(text) else {
        throw .splunkUnread("this network", span)
      }
      let side = try operand(arguments[1])
      if side.isNumber { throw .splunkUnread("the network of a number", span) }
      return SplunkLowered(
        condition: .test(side.path, .network(network), origin: span),
        isTotal: false)
    default: throw .splunkUnread("the function `\(name)` here", span)
    }
  }

  /// `match(field, regex)`: a pattern where the expression is one, else a regular expression.
  mutating func matching(_ side: Operand, _ regex: String, _ span: Span?) throws(Diagnostic) -> Condition {
    let condition: Condition
    switch SplunkPatternText.question(regex) {
    case .texts(let texts)?:
      for text in texts { try checkFolded(text, side, span) }
      condition = .test(side.path, .oneOf(texts, side.letterCase), origin: span)
    case .pattern(let pattern)?:
      for piece in pattern.pieces {
        if case .literal(let text) = piece { try checkFolded(text, side, span) }
      }
      condition = .test(side.path, .text(pattern, side.letterCase), origin: span)
    case nil:
      if side.letterCase == .ignored { throw .splunkUnread("a regular expression over `lower`", span) }
      condition = .test(side.path, try asked(regex, span), origin: span)
    }
    if side.isExtracted { warnNull(span) }
    return condition
  }

  /// What an expression asks that is no exact text or pattern.
  private func asked(_ regex: String, _ span: Span?) throws(Diagnostic) -> Atom {
    switch SplunkPatternText.question(regex, .ignored) {
    case .texts(let texts)?: return .oneOf(texts, .ignored)
    case .pattern(let pattern)?: return .text(pattern, .ignored)
    case nil:
      do {
        return .regex(try PortableRegex(regex))
      } catch {
        throw .splunkNotPortable(regex, error, span)
      }
    }
  }

  /// `mvcount(mvfilter(…))>0`: some value of the field; `nil` for any other comparison.
  private mutating func some(_ comparison: SplunkEval) throws(Diagnostic) -> SplunkLowered? {
    let span = comparison.span
    let forms: [(SplunkIdioms.Form<SplunkEval>, Atom)] = [
      (SplunkIdioms.presentElement, .present), (SplunkIdioms.nullText, .text(.equals("null"), .exact)),
    ]
    for (form, atom) in forms {
      guard let field = form.match(comparison), case .field = field.kind,
        case .quotedElements(let path)? = binding(field)
      else { continue }
      return SplunkLowered(condition: .test(path, atom, origin: span), isTotal: false)
    }
    guard let question = SplunkIdioms.someElement.match(comparison) else { return nil }
    let names = Set(question.fields.map(ScalarText.init))
    guard let name = names.first?.string, names.count == 1 else { throw .splunkFilterFields(span) }
    switch binding(.field(name)) {
    case .quotedElements?: throw .splunkUnread("this question about elements in their quotes", span)
    case .elements(let path)?, .single(let path, _)?, .extracted(let path)?:
      return SplunkLowered(
        condition: try element(question, path, takesNull: false, span), isTotal: false)
    case .expression?, .shown?, .span?, .hops?, .looked?, .computed?, nil: throw .splunkComputed(name, span)
    }
  }
}
