import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What an expression of `where` or `eval` is in a row. Throws where the row comes to what is not read or what Splunk
/// refuses.
typealias SplunkFormula = (SplunkRow) throws(Diagnostic) -> SplunkValue

/// Makes expressions of `where` and `eval` ready to be asked of rows, under one reading of what the manuals leave open.
final class SplunkEvaluator {
  let reading: SplunkInterpretation
  private var regexes: [ScalarText: SplunkRegexMatcher] = [:]
  /// The last text that was brought to lower case, and what it became: every question of a field asks for it again.
  private var lowered = (text: "", result: "")

  init(_ reading: SplunkInterpretation) { self.reading = reading }

  /// Whether `where` keeps a row: the expression is true, not false and not NULL.
  func test(_ expression: SplunkEval) -> (SplunkRow) throws(Diagnostic) -> Bool {
    test(formula(expression), expression.span)
  }

  func test(_ formula: @escaping SplunkFormula, _ span: Span?) -> (SplunkRow) throws(Diagnostic) -> Bool {
    { (row) throws(Diagnostic) in try SplunkEvaluator.truth(formula(row), span) ?? false }
  }

  /// What a Boolean operator takes: true, false, or `nil` for NULL.
  private static func truth(_ value: SplunkValue, _ span: Span?) throws(Diagnostic) -> Bool? {
    switch value {
    case .bool(let value): value
    case .null: nil
    case .text, .number, .list: throw .splunkNotBoolean(span)
    }
  }

  /// The expression, whose greatest parts that ask one field keep their last answers.
  func formula(_ expression: SplunkEval) -> SplunkFormula {
    guard let name = expression.onlyField else { return formula(expression, formula) }
    return remembered(formula(expression, plain), of: name)
  }

  private func plain(_ expression: SplunkEval) -> SplunkFormula { formula(expression, plain) }

  /// A formula that asks one field, which is asked anew only where the field is another than in the row before: rows
  /// mostly differ in one field. An answer that depends on the reading counts for its own row, which must say so.
  private func remembered(_ formula: @escaping SplunkFormula, of field: String) -> SplunkFormula {
    let (field, reading) = (ScalarText(field), reading)
    var last: (value: SplunkValue, answer: SplunkValue)?
    return { (row) throws(Diagnostic) in
      let value = row[field]
      if let last, last.value.isSame(as: value) { return last.answer }
      let wasAsked = reading.wasAsked
      reading.wasAsked = false
      defer { reading.wasAsked = reading.wasAsked || wasAsked }
      let answer = try formula(row)
      last = reading.wasAsked ? nil : (value, answer)
      return answer
    }
  }

  /// The expression, of whose operands `part` makes formulas.
  private func formula(_ expression: SplunkEval, _ part: (SplunkEval) -> SplunkFormula) -> SplunkFormula {
    let (reading, span) = (reading, expression.span)
    switch expression.kind {
    case .string(let text): return constant(.text(text))
    case .number(let text): return constant(Number(text).map { .number($0.double) } ?? .null)
    case .field(let name):
      let name = ScalarText(name)
      return { (row) throws(Diagnostic) in row[name] }
    case .call(let name, let arguments): return call(name, arguments, span, part)
    case .not(let operand):
      let condition = condition(operand, part)
      return { (row) throws(Diagnostic) in
        switch try condition(row) {
        case .some(let value): .bool(!value)
        case .none: reading.notOfNullIsNull ? .null : .bool(true)
        }
      }
    case .all(let operands): return joined(operands, decides: false, part)
    case .any(let operands): return joined(operands, decides: true, part)
    case .exclusive(let left, let right):
      let (left, right) = (condition(left, part), condition(right, part))
      return { (row) throws(Diagnostic) in
        guard let a = try left(row), let b = try right(row) else { return .null }
        return .bool(a != b)
      }
    case .comparison(let operation, let left, let right):
      return comparison(operation, Operand(left, part), Operand(right, part), span)
    case .membership(let value, let list): return membership(value, list, span, part)
    case .like(let value, let pattern): return like(value, pattern, span, part)
    case .arithmetic(let operation, let left, let right):
      return arithmetic(operation, part(left), part(right), span)
    }
  }

  func constant(_ value: SplunkValue) -> SplunkFormula { { (_) throws(Diagnostic) in value } }

  /// An operand of a Boolean operator.
  private func condition(
    _ expression: SplunkEval, _ part: (SplunkEval) -> SplunkFormula
  ) -> (SplunkRow) throws(Diagnostic) -> Bool? {
    let (formula, span) = (part(expression), expression.span)
    return { (row) throws(Diagnostic) in try SplunkEvaluator.truth(formula(row), span) }
  }

  /// `AND` is decided by false, `OR` by true; otherwise NULL wins.
  private func joined(
    _ operands: [SplunkEval], decides: Bool, _ part: (SplunkEval) -> SplunkFormula
  ) -> SplunkFormula {
    let conditions = operands.map { condition($0, part) }
    return { (row) throws(Diagnostic) in
      var isUnknown = false
      for condition in conditions {
        let value = try condition(row)
        if value == decides { return .bool(decides) }
        if value == nil { isUnknown = true }
      }
      return isUnknown ? .null : .bool(!decides)
    }
  }

  /// Whether the regular expression matches; `nil` where there is no text.
  func matches(_ pattern: String, _ value: SplunkValue, _ span: Span?) throws(Diagnostic) -> Bool? {
    try matches(value, span) { () throws(Diagnostic) in
      let key = ScalarText(pattern)
      if let known = regexes[key] { return known }
      let matcher = try SplunkRegexMatcher(pattern)
      regexes[key] = matcher
      return matcher
    }
  }

  /// The same of an expression that is known before the rows, which is read when the first text comes to it.
  func matching(_ pattern: String, _ span: Span?) -> (SplunkValue) throws(Diagnostic) -> Bool? {
    var known: SplunkRegexMatcher?
    return { (value) throws(Diagnostic) in
      try self.matches(value, span) { () throws(Diagnostic) in
        if let known { return known }
        let matcher = try SplunkRegexMatcher(pattern)
        known = matcher
        return matcher
      }
    }
  }

  private func matches(
    _ value: SplunkValue, _ span: Span?, _ matcher: () throws(Diagnostic) -> SplunkRegexMatcher
  ) throws(Diagnostic) -> Bool? {
    if case .list = value { throw .splunkMultivalue("match", span) }
    guard let text = value.text else { return nil }
    return try matcher().matches(text)
  }

  /// The text as `lower` gives it.
  func lower(_ text: String) -> String {
    if lowered.text.sameScalars(as: text) { return lowered.result }
    lowered = (text, LetterCase.lower(text))
    return lowered.result
  }
}

// Operators.
extension SplunkEvaluator {
  /// An operand of a comparison: its form matters.
  private struct Operand {
    let formula: SplunkFormula
    let isField: Bool
    let isString: Bool

    init(_ expression: SplunkEval, _ part: (SplunkEval) -> SplunkFormula) {
      formula = part(expression)
      isField = if case .field = expression.kind { true } else { false }
      isString = if case .string = expression.kind { true } else { false }
    }
  }

  private func comparison(
    _ operation: ComparisonOperator, _ left: Operand, _ right: Operand, _ span: Span?
  ) -> SplunkFormula {
    { [reading] (row) throws(Diagnostic) in
      let (a, b) = (try left.formula(row), try right.formula(row))
      switch (a, b) {
      case (.null, _), (_, .null): return .null
      case (.list, _), (_, .list): throw .splunkMultivalue(operation.text, span)
      case (.number(let x), .number(let y)): return .bool(operation.holds(x, y))
      case (.text(let x), .text(let y)):
        let byText = operation.holds(ScalarText(x), ScalarText(y))
        // Two fields that look like numbers: whether by value or by text is not documented.
        if left.isField, right.isField, let n = Number(x)?.double, let m = Number(y)?.double,
          operation.holds(n, m) != byText
        {
          return .bool(reading.comparesNumbersAsText ? byText : !byText)
        }
        return .bool(byText)
      case (.number, .text), (.text, .number):
        // A number and a text: the text is one in quotes, or a field's that looks like a number or not.
        if left.isString || right.isString {
          guard reading.comparesNumbersAsText, let x = a.text, let y = b.text else { return .null }
          return .bool(operation.holds(ScalarText(x), ScalarText(y)))
        }
        guard let x = a.number, let y = b.number else { return .null }
        return .bool(operation.holds(x, y))
      case (.bool(let x), .bool(let y)):
        return operation == .equal ? .bool(x == y) : operation == .unequal ? .bool(x != y) : .null
      case (.bool, _), (_, .bool): return .null
      }
    }
  }

  func membership(
    _ value: SplunkEval, _ list: [SplunkEval], _ span: Span?, _ part: (SplunkEval) -> SplunkFormula
  ) -> SplunkFormula {
    let operand = Operand(value, part)
    let members = list.map { (member) -> (text: String?, equals: SplunkFormula) in
      let text: String? = if case .string(let text) = member.kind { text } else { nil }
      return (text, comparison(.equal, operand, Operand(member, part), span))
    }
    return { (row) throws(Diagnostic) in
      let found = try operand.formula(row)
      if found.isNull { return .null }
      if case .text(let text) = found {
        // The common case, without a comparison for each member.
        for member in members {
          if let candidate = member.text {
            if candidate.sameScalars(as: text) { return .bool(true) }
          } else if case .bool(true) = try member.equals(row) {
            return .bool(true)
          }
        }
        return .bool(false)
      }
      var isUnknown = false
      for member in members {
        switch try member.equals(row) {
        case .bool(true): return .bool(true)
        case .null: isUnknown = true
        case .bool, .text, .number, .list: break
        }
      }
      return isUnknown ? .null : .bool(false)
    }
  }

  func like(
    _ value: SplunkEval, _ pattern: SplunkEval, _ span: Span?, _ part: (SplunkEval) -> SplunkFormula
  ) -> SplunkFormula {
    let (value, spelled) = (part(value), part(pattern))
    let fixed: Pattern? = if case .string(let text) = pattern.kind { SplunkLike.pattern(text) } else { nil }
    return { (row) throws(Diagnostic) in
      let found = try value(row)
      if case .list = found { throw .splunkMultivalue("like", span) }
      guard let text = found.text else { return .null }
      if let fixed { return .bool(fixed.matches(text, .exact)) }
      guard let pattern = try spelled(row).text else { return .null }
      return .bool(SplunkLike.pattern(pattern).matches(text, .exact))
    }
  }

  private func arithmetic(
    _ operation: SplunkEval.Arithmetic, _ left: @escaping SplunkFormula, _ right: @escaping SplunkFormula,
    _ span: Span?
  ) -> SplunkFormula {
    { (row) throws(Diagnostic) in
      let (a, b) = (try left(row), try right(row))
      if case .list = a { throw .splunkMultivalue(operation.rawValue, span) }
      if case .list = b { throw .splunkMultivalue(operation.rawValue, span) }
      if operation == .concatenate {
        guard let x = a.text, let y = b.text else { return .null }
        return .text(x + y)
      }
      guard let x = a.number, let y = b.number else {
        guard operation == .add, let x = a.text, let y = b.text else { return .null }
        return .text(x + y)
      }
      switch operation {
      case .add: return .number(x + y)
      case .subtract: return .number(x - y)
      case .multiply: return .number(x * y)
      case .divide: return y == 0 ? .null : .number(x / y)
      case .remainder: return y == 0 ? .null : .number(x.truncatingRemainder(dividingBy: y))
      case .concatenate: return .null
      }
    }
  }
}

extension SplunkEval {
  /// The one field that all of the expression depends on; `nil` where it is nothing but that field, where it asks of none or
  /// of several, and where it asks of the row as a whole.
  fileprivate var onlyField: String? {
    if case .field = kind { return nil }
    let names = Set(fields.map(ScalarText.init))
    guard names.count == 1, let name = names.first?.string, name != "_raw" else { return nil }
    return self.names(of: ["searchmatch"]) ? nil : name
  }
}
