import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Evaluates expressions of `where` and `eval` on a row, under one reading of what the manuals leave open.
final class SplunkEvaluator {
  let reading: SplunkInterpretation
  private var regexes: [ScalarText: SplunkRegexMatcher] = [:]
  /// The last text that was brought to lower case, and what it became: every question of a field asks for it again.
  private var lowered = (text: "", result: "")

  init(_ reading: SplunkInterpretation) { self.reading = reading }

  /// Whether `where` keeps the row: the expression is true, not false and not NULL.
  func holds(_ expression: SplunkEval, _ row: SplunkRow) throws(Diagnostic) -> Bool {
    switch try value(expression, row) {
    case .bool(let value): value
    case .null: false
    case .text, .number, .list: throw .splunkNotBoolean(expression.span)
    }
  }

  func value(_ expression: SplunkEval, _ row: SplunkRow) throws(Diagnostic) -> SplunkValue {
    switch expression.kind {
    case .string(let text): return .text(text)
    case .number(let text): return Number(text).map { .number($0.double) } ?? .null
    case .field(let name): return row[name]
    case .call(let name, let arguments): return try call(name, arguments, expression.span, row)
    case .not(let operand):
      switch try condition(operand, row) {
      case .some(let value): return .bool(!value)
      case .none: return reading.notOfNullIsNull ? .null : .bool(true)
      }
    case .all(let operands):
      var isUnknown = false
      for operand in operands {
        let value = try condition(operand, row)
        if value == false { return .bool(false) }
        if value == nil { isUnknown = true }
      }
      return isUnknown ? .null : .bool(true)
    case .any(let operands):
      var isUnknown = false
      for operand in operands {
        let value = try condition(operand, row)
        if value == true { return .bool(true) }
        if value == nil { isUnknown = true }
      }
      return isUnknown ? .null : .bool(false)
    case .exclusive(let left, let right):
      guard let a = try condition(left, row), let b = try condition(right, row) else { return .null }
      return .bool(a != b)
    case .comparison(let operation, let left, let right):
      return try comparison(operation, left, right, expression.span, row)
    case .membership(let value, let list): return try membership(value, list, expression.span, row)
    case .like(let value, let pattern): return try like(value, pattern, expression.span, row)
    case .arithmetic(let operation, let left, let right):
      return try arithmetic(operation, left, right, expression.span, row)
    }
  }

  /// An operand of a Boolean operator: true, false, or `nil` for NULL.
  private func condition(_ expression: SplunkEval, _ row: SplunkRow) throws(Diagnostic) -> Bool? {
    switch try value(expression, row) {
    case .bool(let value): value
    case .null: nil
    case .text, .number, .list: throw .splunkNotBoolean(expression.span)
    }
  }

  /// Whether the regular expression matches; `nil` where there is no text.
  func matches(_ pattern: String, _ value: SplunkValue, _ span: Span?) throws(Diagnostic) -> Bool? {
    if case .list = value { throw .splunkMultivalue("match", span) }
    guard let text = value.text else { return nil }
    let key = ScalarText(pattern)
    if let known = regexes[key] { return known.matches(text) }
    let matcher = try SplunkRegexMatcher(pattern)
    regexes[key] = matcher
    return matcher.matches(text)
  }
}

extension SplunkEvaluator {
  /// The text as `lower` gives it.
  func lower(_ text: String) -> String {
    if lowered.text.sameScalars(as: text) { return lowered.result }
    lowered = (text, LetterCase.lower(text))
    return lowered.result
  }
}

// Operators.
extension SplunkEvaluator {
  private func comparison(
    _ operation: ComparisonOperator, _ left: SplunkEval, _ right: SplunkEval, _ span: Span?,
    _ row: SplunkRow
  ) throws(Diagnostic) -> SplunkValue {
    let (a, b) = (try value(left, row), try value(right, row))
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
    case (.number, .text), (.text, .number): return mixed(operation, left, a, right, b)
    case (.bool(let x), .bool(let y)):
      return operation == .equal ? .bool(x == y) : operation == .unequal ? .bool(x != y) : .null
    case (.bool, _), (_, .bool): return .null
    }
  }

  /// A number and a text: the text is one in quotes, or a field's that looks like a number or not.
  private func mixed(
    _ operation: ComparisonOperator, _ left: SplunkEval, _ a: SplunkValue,
    _ right: SplunkEval, _ b: SplunkValue
  ) -> SplunkValue {
    let textIsQuoted = left.isString || right.isString
    if textIsQuoted {
      guard reading.comparesNumbersAsText, let x = a.text, let y = b.text else { return .null }
      return .bool(operation.holds(ScalarText(x), ScalarText(y)))
    }
    guard let x = a.number, let y = b.number else { return .null }
    return .bool(operation.holds(x, y))
  }

  func membership(
    _ value: SplunkEval, _ list: [SplunkEval], _ span: Span?, _ row: SplunkRow
  ) throws(Diagnostic) -> SplunkValue {
    let found = try self.value(value, row)
    if found.isNull { return .null }
    if case .text(let text) = found {
      // The common case, without a comparison for each member.
      for member in list {
        if case .string(let candidate) = member.kind {
          if candidate.sameScalars(as: text) { return .bool(true) }
        } else if case .bool(true) = try comparison(.equal, value, member, span, row) {
          return .bool(true)
        }
      }
      return .bool(false)
    }
    var isUnknown = false
    for member in list {
      switch try comparison(.equal, value, member, span, row) {
      case .bool(true): return .bool(true)
      case .null: isUnknown = true
      case .bool, .text, .number, .list: break
      }
    }
    return isUnknown ? .null : .bool(false)
  }

  func like(
    _ value: SplunkEval, _ pattern: SplunkEval, _ span: Span?, _ row: SplunkRow
  ) throws(Diagnostic) -> SplunkValue {
    let found = try self.value(value, row)
    if case .list = found { throw .splunkMultivalue("like", span) }
    guard let text = found.text, let pattern = try self.value(pattern, row).text else { return .null }
    return .bool(SplunkLike.pattern(pattern).matches(text, .exact))
  }

  private func arithmetic(
    _ operation: SplunkEval.Arithmetic, _ left: SplunkEval, _ right: SplunkEval, _ span: Span?,
    _ row: SplunkRow
  ) throws(Diagnostic) -> SplunkValue {
    let (a, b) = (try value(left, row), try value(right, row))
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

extension SplunkEval {
  fileprivate var isField: Bool { if case .field = kind { true } else { false } }
  fileprivate var isString: Bool { if case .string = kind { true } else { false } }
}
