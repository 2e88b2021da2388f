import ConcordDetection
import ConcordLanguages

/// How a statement counts in spans of which several have one event: a row for each of them, by the number of its end.
///
/// `CROSS JOIN UNNEST(sequence(first, last)) AS "spans"("span_end")` where both are whole numbers of the time between two
/// ends, so `span_end` times that is where a span ends. NULL is in none. [Trino docs, "sequence", "UNNEST"]
struct AthenaHops: Hashable {
  /// Every how many seconds a span ends.
  var every: Int
  /// How many seconds after an event the first of its spans ends at the earliest, but for what rounding takes.
  var first: Int
  /// The same of the last: the length of a span.
  var last: Int
  /// The time of a row.
  var time: AthenaExpression

  /// The column that has the number of a span's end.
  static let end = "span_end"
  private static let alias = "spans"

  /// The spans of so many seconds; their ends are no further apart than they are long.
  init(seconds: Int, every: Int, of time: AthenaExpression) {
    (self.every, first, last, self.time) = (every, every, seconds, time)
  }

  private init(_ first: (Int, Int, AthenaExpression), _ last: (Int, Int, AthenaExpression)) {
    (self.first, every, time) = first
    self.last = last.0
  }

  /// The seconds of a span, if the statement is of such; `nil` of any other numbers.
  var seconds: Int? {
    first == every && last >= every && last <= Aggregate.longestPeriod && last / every <= 1_000 ? last : nil
  }

  /// What makes the rows.
  var unnest: AthenaQuery.Unnest {
    AthenaQuery.Unnest(
      array: .call("sequence", number(first), number(last)), alias: AthenaHops.alias, column: AthenaHops.end)
  }

  /// `CAST(floor(to_unixtime(date_add('second', 60, time)) / 40) AS bigint)`.
  private func number(_ shift: Int) -> AthenaExpression {
    let moment = AthenaExpression.call("date_add", .string("second"), .number(String(shift)), time)
    let quotient = AthenaExpression(.quotient(.call("to_unixtime", moment), by: String(every)))
    return AthenaExpression.call("floor", quotient).cast(.named("bigint"))
  }

  private static func parts(_ number: AthenaExpression) -> (shift: Int, every: Int, time: AthenaExpression)? {
    guard case .cast(let whole, .named("bigint"), orNull: false) = number.kind,
      case .call("floor", let operands) = whole.kind, operands.count == 1,
      case .quotient(let seconds, let divisor) = operands[0].kind, let every = Int(divisor), every > 0,
      case .call("to_unixtime", let moments) = seconds.kind, moments.count == 1,
      case .call("date_add", let arguments) = moments[0].kind, arguments.count == 3,
      arguments[0] == .string("second"), case .number(let text) = arguments[1].kind, let shift = Int(text),
      (0...Aggregate.longestPeriod).contains(shift), every <= Aggregate.longestPeriod
    else { return nil }
    return (shift, every, arguments[2])
  }

  /// The spans of a statement and the statement of all time that is left without them; `nil` where it is none of this
  /// form.
  static func match(_ query: AthenaQuery) -> (hops: AthenaHops, rest: AthenaQuery)? {
    guard query.from.isEmpty, query.unnests.count == 1, let unnest = query.unnests.first,
      unnest.column == end,
      case .call("sequence", let bounds) = unnest.array.kind, bounds.count == 2,
      let first = parts(bounds[0]), let last = parts(bounds[1]), first.every == last.every,
      first.time == last.time, query.group.filter({ $0 == .name(end) }).count == 1
    else { return nil }
    let hops = AthenaHops(first, last)
    // So many rows of each event are not made here.
    guard abs(hops.last - hops.first) / hops.every <= 1_000 else { return nil }
    var rest = query
    rest.unnests = []
    // Positions are of the columns as they are written.
    rest.group = query.groupExpressions.filter { $0 != .name(end) }
    rest.columns.removeAll { $0.expression == .name(end) }
    let isNamed = rest.expressionsName(end)
    return isNamed ? nil : (hops, rest)
  }
}

extension AthenaQuery {
  /// Whether something outside its `FROM` clause names that column.
  fileprivate func expressionsName(_ column: String) -> Bool {
    let all = columns.compactMap(\.expression) + group + [predicate, having].compactMap { $0 }
    return all.contains { expression in
      var found = false
      _ = expression.rewritten { part in
        if case .name(let name) = part.kind, AthenaLiteral.isSameName(name, column) { found = true }
        return nil
      }
      return found
    }
  }
}
