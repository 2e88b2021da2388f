import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// The value of an expression that names no column, as the reader works it out: literals and what queries make of them.
///
/// The reader's own, so that what it says of a query and what the runner says of it are two witnesses.
enum AthenaConstant: Hashable {
  case null
  case boolean(Bool)
  /// A number. Whole numbers and decimals are exact; an infinite double is beyond what a double holds.
  case number(Number, isDouble: Bool)
  case text(String)
  /// A list of texts; `nil` for a NULL in it.
  case texts([String?])

  /// The value; `nil` where it is something else, or was not worked out.
  init?(_ expression: AthenaExpression) {
    switch expression.kind {
    case .null: self = .null
    case .boolean(let value): self = .boolean(value)
    case .string(let text): self = .text(text)
    case .number(let text):
      guard let number = Number(text) else { return nil }
      self = .number(number, isDouble: text.utf8.contains(UInt8(ascii: "E")))
    case .array(let items):
      var texts: [String?] = []
      for item in items {
        switch AthenaConstant(item) {
        case .null?: texts.append(nil)
        case .text(let text)?: texts.append(text)
        case .boolean?, .number?, .texts?, nil: return nil
        }
      }
      self = .texts(texts)
    case .call("lower", let arguments):
      guard arguments.count == 1 else { return nil }
      switch AthenaConstant(arguments[0]) {
      case .null?: self = .null
      case .text(let text)?: self = .text(LetterCase.lower(text))
      case .boolean?, .number?, .texts?, nil: return nil
      }
    case .call("split", let arguments):
      guard arguments.count == 2, case .text(let text)? = AthenaConstant(arguments[0]),
        case .text(let separator)? = AthenaConstant(arguments[1]), !separator.isEmpty
      else { return nil }
      self = .texts(text.parts(between: separator))
    case .cast(let operand, let type, _):
      guard let value = AthenaConstant(operand)?.cast(to: type) else { return nil }
      self = value
    case .moment, .name, .field, .call, .quotient, .aggregate, .windowed, .lambda, .row, .not, .and, .or,
      .compare,
      .distinct,
      .isNull, .like,
      .inList,
      .between, .choice:
      return nil
    }
  }

  /// The value as one of a type; `nil` where that is not worked out.
  private func cast(to type: AthenaType) -> AthenaConstant? {
    switch (self, type) {
    case (.null, _), (.text, .named("varchar")), (.boolean, .named("boolean")): return self
    case (.boolean(let value), .named("varchar")): return .text(value ? "true" : "false")
    case (.number(let number, false), .named("varchar")):
      return Int(number.written).map { .text(String($0)) }
    case (.number(let number, false), .named("bigint")): return Int(number.written) == nil ? nil : self
    case (.number(let number, _), .named("double")): return .double(number.double)
    case (.text("Infinity"), .named("double")): return .double(.infinity)
    case (.text("-Infinity"), .named("double")): return .double(-.infinity)
    case (.text(let text), .named("double")): return Number(text).flatMap { .double($0.double) }
    case (.text(let text), .named("bigint")):
      return Int(text).map { .number(Number($0), isDouble: false) }
    default: return nil
    }
  }

  private static func double(_ value: Double) -> AthenaConstant? {
    let text = value.isInfinite ? (value < 0 ? "-1e400" : "1e400") : "\(value)"
    return Number(text).map { .number($0, isDouble: true) }
  }

  /// How two values compare; `nil` where that is not worked out, and where one is NULL.
  func compares(_ comparison: ComparisonOperator, _ other: AthenaConstant) -> Bool? {
    switch (self, other) {
    case (.boolean(let left), .boolean(let right)): return comparison.holds(left ? 1 : 0, right ? 1 : 0)
    case (.text(let left), .text(let right)):
      if left.sameScalars(as: right) { return comparison.holds(0, 0) }
      return comparison.holds(left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1, 0)
    case (.number(let left, let leftIsDouble), .number(let right, let rightIsDouble)):
      if leftIsDouble || rightIsDouble || left.double != right.double {
        return comparison.holds(left.double, right.double)
      }
      // Exact numbers that one double stands for.
      return left == right ? comparison.holds(0, 0) : nil
    case (.null, _), (.boolean, _), (.text, _), (.number, _), (.texts, _): return nil
    }
  }
}

extension String {
  /// What stands between the places of a separator, as `split` gives it. [Trino docs, string.md]
  fileprivate func parts(between separator: String) -> [String] {
    let (whole, mark) = (Array(utf8), Array(separator.utf8))
    var parts: [String] = []
    var (start, place) = (0, 0)
    while place + mark.count <= whole.count {
      if whole[place..<(place + mark.count)].elementsEqual(mark) {
        parts.append(String(decoding: whole[start..<place], as: UTF8.self))
        place += mark.count
        start = place
      } else {
        place += 1
      }
    }
    return parts + [String(decoding: whole[start...], as: UTF8.self)]
  }
}
