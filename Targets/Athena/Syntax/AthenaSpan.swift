import ConcordLanguages

/// A span of time that begins at a multiple of its length since the epoch, as a statement tells one from another.
struct AthenaSpan: Hashable {
  /// How many seconds it has.
  var seconds: Int
  /// The time of a row.
  var time: AthenaExpression

  /// `floor(to_unixtime(time) / 600)`. `match` also takes `date_trunc` of a unit that has as many seconds wherever the
  /// session's zone is whole hours from UTC.
  static let number = Idiom<AthenaExpression, AthenaSpan>(
    make: { span in
      let quotient = AthenaExpression(.quotient(.call("to_unixtime", span.time), by: String(span.seconds)))
      return .call("floor", quotient)
    },
    match: { expression in
      switch expression.kind {
      case .call("floor", let arguments):
        guard arguments.count == 1, case .quotient(let dividend, let divisor) = arguments[0].kind,
          case .call("to_unixtime", let times) = dividend.kind, times.count == 1, let seconds = Int(divisor),
          seconds > 0
        else { return nil }
        return AthenaSpan(seconds: seconds, time: times[0])
      case .call("date_trunc", let arguments):
        guard arguments.count == 2, case .string(let unit) = arguments[0].kind,
          let seconds = ["second": 1, "minute": 60, "hour": 3600][unit]
        else { return nil }
        return AthenaSpan(seconds: seconds, time: arguments[1])
      default: return nil
      }
    })
}

extension AthenaTable {
  /// The time of an event as a moment: of a text its ISO 8601 reading, NULL where it is none. `nil` where the table has no
  /// time column, or one of another type.
  var moment: AthenaExpression? {
    guard let column = column(timeColumn) else { return nil }
    return switch column.type {
    case .text: .call("try", .call("from_iso8601_timestamp", .name(column.name)))
    case .timestamp: .name(column.name)
    case .boolean, .integer, .real, .structure, .array, .map: nil
    }
  }

  /// Whether an expression is the time of an event as a moment, NULL or a failure where it is none.
  func isMoment(_ expression: AthenaExpression) -> Bool {
    guard let moment else { return false }
    if expression.lowerCased == moment.lowerCased { return true }
    if case .call("try", let plain) = moment.kind { return expression.lowerCased == plain[0].lowerCased }
    return false
  }
}

extension AthenaExpression {
  /// The expression with its columns' names in lower case.
  fileprivate var lowerCased: AthenaExpression {
    rewritten { expression in
      if case .name(let name) = expression.kind { AthenaExpression(.name(name.lowercased())) } else { nil }
    }
  }
}
