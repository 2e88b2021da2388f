import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

extension AthenaExpression {
  /// Whether it keeps a query to a time: the event's time, or a partition column whose values are dates, compared
  /// with constants.
  func isWindow(of table: AthenaTable) -> Bool {
    switch kind {
    case .compare(let comparison, let left, let right):
      if comparison.ordered == nil { return comparison == .equal && left.isDatePartition([right], table) }
      return left.isTime([right], table) || right.isTime([left], table)
    case .between(let operand, let low, let high, negated: false): return operand.isTime([low, high], table)
    case .inList(let operand, let items, negated: false): return operand.isDatePartition(items, table)
    default: return false
    }
  }

  /// What it asks of a partition column that is not a date; `nil` for any other question.
  func partitionPlace(of table: AthenaTable) -> Condition? {
    func constants(_ expressions: [AthenaExpression]) -> [String]? {
      let texts = expressions.compactMap(\.partitionValue)
      return texts.count == expressions.count ? texts : nil
    }
    switch kind {
    case .compare(.equal, let left, let right):
      guard let column = left.partition(of: table), let text = constants([right])?.first else { return nil }
      return .place(AthenaPlaces.partition(column.name), .text(.equals(text), .exact), origin: span)
    case .inList(let operand, let items, negated: false):
      guard let column = operand.partition(of: table), let texts = constants(items) else { return nil }
      return .place(AthenaPlaces.partition(column.name), .oneOf(texts, .exact), origin: span)
    default: return nil
    }
  }

  private func partition(of table: AthenaTable) -> Schema.Field? {
    if case .name(let name) = kind { table.partition(name) } else { nil }
  }

  private var partitionValue: String? {
    switch kind {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  private func isTime(_ values: [AthenaExpression], _ table: AthenaTable) -> Bool {
    guard case .name(let name) = kind, values.allSatisfy(\.namesNothing) else { return false }
    return AthenaLiteral.isSameName(name, "eventtime") || isDatePartition(values, table)
  }

  /// Whether it is a partition column of dates, told by its type, or by its name and the values that it is compared
  /// with: a region, an account or a kind of log is not a time.
  private func isDatePartition(_ values: [AthenaExpression], _ table: AthenaTable) -> Bool {
    guard let column = partition(of: table), values.allSatisfy(\.namesNothing) else { return false }
    if column.type == .timestamp { return true }
    let name = LetterCase.lower(column.name)
    let hasName = AthenaExpression.names.contains {
      name == $0 || name.hasSuffix("_\($0)") || name.hasPrefix("\($0)_")
    }
    return values.allSatisfy { value in
      guard let text = value.partitionValue else { return hasName }
      return text.isFullDate || (hasName && text.isPartOfDate)
    }
  }

  private static let names = ["year", "month", "day", "hour", "date", "dt", "ds", "time", "timestamp"]
}

extension String {
  /// Whether it is digits and what stands between them in a date.
  fileprivate var isPartOfDate: Bool {
    utf8.first?.isDigit == true && utf8.allSatisfy { $0.isDigit || "-/:. TZ".utf8.contains($0) }
  }

  /// Whether it begins with a year, a month and a day, `2024-06-01` or `2024/06/01`.
  fileprivate var isFullDate: Bool {
    let bytes = Array(utf8)
    guard bytes.count >= 10, isPartOfDate else { return false }
    return bytes[4] == bytes[7] && "-/".utf8.contains(bytes[4])
      && zip(bytes.prefix(10).indices, bytes).allSatisfy { [4, 7].contains($0) || $1.isDigit }
  }
}
