import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// What a `WHERE` clause asks of time and place beside its condition: a part of it is told by its form and by what the
// table's columns are.
extension AthenaExpression {
  /// The conjuncts of a predicate, however they are grouped.
  var conjuncts: [AthenaExpression] {
    if case .and(let list) = kind { list.flatMap(\.conjuncts) } else { [self] }
  }

  /// What it asks of the time of an event: the table's time column, or a partition column whose values are dates,
  /// compared with constants; `nil` for any other question. As a bound that every platform knows where it is one,
  /// otherwise in Athena's own words.
  func window(of table: AthenaTable) -> Condition? {
    guard isWindow(of: table) else { return nil }
    func inOwnWords(_ words: AthenaExpression) -> Condition {
      .place(AthenaPlaces.window, .text(.equals(AthenaPrinter.flat(words)), .exact), origin: span)
    }
    if case .between(let operand, let low, let high, negated: false) = kind {
      let bounds = [operand.compared(.greaterOrEqual, low), operand.compared(.lessOrEqual, high)]
        .compactMap { $0.window(of: table) }
      return bounds.count == 2 ? .all(bounds, origin: span) : inOwnWords(self)
    }
    guard case .compare(let comparison, let left, let right) = kind else { return inOwnWords(self) }
    let (column, bound, order) =
      right.constantKind == nil ? (right, left, comparison.mirrored) : (left, right, comparison)
    let own = inOwnWords(column.compared(order, bound))
    guard column.isTimeColumn(of: table), let moment = bound.moment(comparedWith: column, table),
      !column.dropsPartsOfSecond || moment.isWholeSecond
    else { return own }
    let fact: PlaceFact
    switch order {
    case .greaterOrEqual: fact = .since
    case .less: fact = .until
    case .greater, .lessOrEqual, .equal, .unequal: return own
    }
    return .place(fact, .text(.equals(moment.text), .exact), origin: span)
  }

  /// Whether it keeps a query to a time: what stands for the event's time is compared with constants of its kind.
  private func isWindow(of table: AthenaTable) -> Bool {
    func isTime(_ operand: AthenaExpression, _ values: [AthenaExpression]) -> Bool {
      guard let kind = operand.timeKind(of: table) else { return false }
      return values.allSatisfy { $0.constantKind == kind || kind == .time && $0.isMomentOfLake(table) }
    }
    switch kind {
    case .compare(let comparison, let left, let right):
      if comparison.ordered == nil {
        let isDay = left.timeKind(of: table) == .time && right.constantKind == .time
        return comparison == .equal && (isDay || left.isDatePartition([right], table))
      }
      return isTime(left, [right]) || isTime(right, [left]) || left.isDatePartition([right], table)
        || right.isDatePartition([left], table)
    case .between(let operand, let low, let high, negated: false):
      return isTime(operand, [low, high]) || operand.isDatePartition([low, high], table)
    case .inList(let operand, let items, negated: false): return operand.isDatePartition(items, table)
    default: return false
    }
  }

  /// The kinds of values that times are compared as.
  private enum TimeKind {
    case text, time, number
  }

  /// Whether it is the time of an event: the time column, or what functions of time make of it alone.
  private func isTimeColumn(of table: AthenaTable) -> Bool { timeKind(of: table) != nil }

  /// As what it is compared, if it is the time of an event; `nil` for anything else.
  private func timeKind(of table: AthenaTable) -> TimeKind? {
    func isColumn(_ name: String) -> Bool { AthenaLiteral.isSameName(name, table.timeColumn) }
    switch kind {
    case .name(let name) where isColumn(name), .field(_, let name) where isColumn(name) && isQualified(table):
      switch table.column(name)?.type {
      case .text?: return .text
      case .timestamp?: return .time
      case .integer?, .real?: return .number
      case .boolean?, .structure?, .array?, .map?, nil: return nil
      }
    default: return made { $0.timeKind(of: table) }
    }
  }

  /// Whether it is a column behind the table's name.
  private func isQualified(_ table: AthenaTable) -> Bool {
    guard case .field(let base, _) = kind, case .name(let qualifier) = base.kind else { return false }
    return table.column(qualifier) == nil
  }

  /// Whether it is a text that CloudTrail Lake compares with a column of times as the moment that it spells. [CloudTrail
  /// user guide, "Example queries for CloudTrail Lake"]
  private func isMomentOfLake(_ table: AthenaTable) -> Bool {
    if table.isLake, case .string(let text) = kind { Instant(text) != nil } else { false }
  }

  /// As what it is compared, if it depends on no column; `nil` for anything else.
  private var constantKind: TimeKind? {
    switch kind {
    case .string: .text
    case .number: .number
    case .moment: .time
    case .call("date_add", let arguments):
      arguments.count == 3 && arguments[0].constantKind == .text && arguments[1].constantKind == .number
        ? arguments[2].constantKind : nil
    case .call("date_trunc", let arguments):
      arguments.count == 2 && arguments[0].constantKind == .text ? arguments[1].constantKind : nil
    case .call("lpad", let arguments), .call("substr", let arguments), .call("concat", let arguments):
      arguments.first?.constantKind == .text && arguments.allSatisfy { $0.constantKind != nil } ? .text : nil
    case .call(let function, let arguments) where ["year", "month", "day", "hour"].contains(function):
      arguments.count == 1 && arguments[0].constantKind == .time ? .number : nil
    default: made(\.constantKind)
    }
  }

  /// What a cast or a function of one time makes of it; `operand` is what is known of the time itself.
  /// [Trino docs, datetime.md]
  private func made(_ operand: (AthenaExpression) -> TimeKind?) -> TimeKind? {
    switch kind {
    case .quotient(let inner, let divisor):
      return AthenaTime.unitsOfSecond.contains(divisor) && operand(inner) == .number ? .number : nil
    case .cast(let inner, .named(let type), _):
      guard let from = operand(inner) else { return nil }
      switch type {
      case "timestamp", "date": return from == .number ? nil : .time
      case "varchar": return .text
      case "bigint", "integer": return from == .time ? nil : .number
      default: return nil
      }
    case .call(let function, let arguments):
      guard let first = arguments.first, let from = operand(first),
        arguments.dropFirst().allSatisfy({ if case .string = $0.kind { true } else { false } })
      else { return nil }
      switch function {
      case "from_iso8601_timestamp", "from_iso8601_date", "date_parse", "parse_datetime":
        return from == .text ? .time : nil
      case "date": return from == .number ? nil : .time
      case "from_unixtime": return from == .number ? .time : nil
      case "to_unixtime": return from == .time ? .number : nil
      case "date_format", "format_datetime", "to_iso8601": return from == .time ? .text : nil
      case "try": return from
      default: return nil
      }
    default: return nil
    }
  }

  /// Whether it is in whole seconds, which are divided from smaller units and towards 0.
  private var dropsPartsOfSecond: Bool {
    if case .quotient = kind { return true }
    var drops = false
    forEachOperand { drops = drops || $0.dropsPartsOfSecond }
    return drops
  }

  /// The moment that it is, where the column of texts or timestamps is compared with it as moments are.
  private func moment(comparedWith column: AthenaExpression, _ table: AthenaTable) -> Moment? {
    let isText: Bool
    if case .name = column.kind, table.column(table.timeColumn)?.type == .text {
      isText = true
    } else {
      isText = false
    }
    switch kind {
    case .string(let text) where isMomentOfLake(table): return Instant(text).map { .at($0) }
    case .string(let text):
      // Texts of one zone are in the order of their moments, and a shorter one before those that it begins.
      return isText ? Instant(text).flatMap { $0.text.hasPrefix(text) ? .at($0) : nil } : nil
    case .moment(let moment):
      guard !isText else { return nil }
      if case .literal("TIMESTAMP", let text) = moment.base, moment.shifts.isEmpty {
        return Instant(text).map { .at($0) }
      }
      return moment.secondsBeforeRun.map { .before(seconds: $0) }
    case .cast(let operand, .named("timestamp"), orNull: false):
      guard !isText, case .string(let text) = operand.kind else { return nil }
      return Instant(text).map { .at($0) }
    case .call("from_iso8601_timestamp", let arguments):
      guard !isText, case .string(let text)? = arguments.first?.kind else { return nil }
      return Instant(text).map { .at($0) }
    case .call("date_format", let arguments):
      guard isText, arguments.count == 2, case .moment(let moment) = arguments[0].kind,
        case .string(let format) = arguments[1].kind,
        [AthenaTime.isoFormat, AthenaTime.beginFormat].contains(format)
      else { return nil }
      return moment.secondsBeforeRun.map { .before(seconds: $0) }
    default: return nil
    }
  }
}

extension Moment {
  /// Whether it is an instant without parts of a second after 1970, so that a moment is before it, or not, as its whole
  /// second is.
  fileprivate var isWholeSecond: Bool {
    if case .at(let instant) = self { instant.nanoseconds == 0 && instant.seconds > 0 } else { false }
  }
}

/// How Athena spells moments as texts.
enum AthenaTime {
  /// How many of the units in which columns of numbers count time a second has: milliseconds and smaller ones.
  static let unitsOfSecond = ["1000", "1000000", "1000000000"]
  /// The format of CloudTrail's `eventTime` for `date_format`: whole seconds in UTC.
  static let isoFormat = "%Y-%m-%dT%H:%i:%sZ"
  /// The same without the zone, for texts that may have parts of a second: it is before all of its second.
  static let beginFormat = "%Y-%m-%dT%H:%i:%s"
}

extension AthenaTable {
  /// The bound on the partitions of dates that a window's beginning implies; `nil` where they are not texts in order.
  func days(from since: Moment) -> AthenaExpression? {
    orderedDates.map { column, pattern in
      let day: AthenaExpression =
        switch since {
        case .at(let instant): .string(pattern.day(instant.text))
        case .before(let seconds):
          .call(
            "date_format", AthenaExpression(.moment(AthenaMoment(before: seconds))), .string(pattern.format))
        }
      return .name(column.name).compared(.greaterOrEqual, day)
    }
  }
}

extension AthenaExpression {
  /// What it asks of a partition column that is neither a date nor a field of the event, or of the path of the event's
  /// file; `nil` for any other question.
  func partitionPlace(of table: AthenaTable) -> Condition? {
    func constants(_ expressions: [AthenaExpression]) -> [String]? {
      let texts = expressions.compactMap(\.partitionValue)
      return texts.count == expressions.count ? texts : nil
    }
    switch kind {
    case .compare(.equal, let left, let right):
      let (name, value) = left.partition(of: table) == nil ? (right, left) : (left, right)
      guard let column = name.partition(of: table), let text = constants([value])?.first else { return nil }
      return .place(AthenaPlaces.partition(column.name), .text(.equals(text), .exact), origin: span)
    case .inList(let operand, let items, negated: false):
      guard let column = operand.partition(of: table), let texts = constants(items) else { return nil }
      return .place(AthenaPlaces.partition(column.name), .oneOf(texts, .exact), origin: span)
    case .like(let operand, let pattern, let escape, negated: false):
      guard let column = operand.partition(of: table), column.type == .text,
        case .string(let text) = pattern.kind,
        let mark = escape.map({ constants([$0])?.first }) ?? .some(nil),
        let pattern = try? AthenaLike.pattern(text, escape: mark, in: Source(text: text), at: nil)
      else { return nil }
      return .place(AthenaPlaces.partition(column.name), .text(pattern, .exact), origin: span)
    case .call("regexp_like", let arguments):
      guard arguments.count == 2, let column = arguments[0].partition(of: table), column.type == .text,
        case .string(let pattern) = arguments[1].kind,
        let regex = try? AthenaRegex.read(pattern, origin: nil)
      else { return nil }
      return .place(AthenaPlaces.partition(column.name), .regex(regex), origin: span)
    default: return nil
    }
  }

  private func partition(of table: AthenaTable) -> Schema.Field? {
    guard case .name(let name) = kind, table.fieldPartitions[LetterCase.lower(name)] == nil else {
      return nil
    }
    if AthenaLiteral.isSameName(name, AthenaPlaces.pathColumn.name) { return AthenaPlaces.pathColumn }
    return table.partition(name)
  }

  private var partitionValue: String? {
    switch kind {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// Whether it is a partition column of dates, told by the project, by its type, or by its name and the values that it
  /// is compared with: a region, an account or a kind of log is no time.
  private func isDatePartition(_ values: [AthenaExpression], _ table: AthenaTable) -> Bool {
    var operand = self
    if case .cast(let inner, _, _) = kind { operand = inner }
    if case .call(let function, let arguments) = kind, let first = arguments.first,
      ["date_parse", "parse_datetime", "from_iso8601_date", "date"].contains(function)
    {
      operand = first
    }
    if table.isAssumed, case .name(let name) = operand.kind, table.partition(name) == nil,
      AthenaExpression.isNameOfDates(name)
    {
      // Nothing is known of the column but what the statement says: what is compared with a day, or with a text that
      // depends on the run, says when.
      return values.allSatisfy { $0.constantKind == .time || ($0.constantKind == .text && $0.dependsOnRun) }
    }
    guard let column = operand.partition(of: table), values.allSatisfy({ $0.constantKind != nil }) else {
      return false
    }
    let name = LetterCase.lower(column.name)
    if column.type == .timestamp || table.datePartitions[name] != nil { return true }
    let hasName = AthenaExpression.isNameOfDates(name)
    return values.allSatisfy { value in
      guard let text = value.partitionValue else { return hasName }
      return text.isFullDate || (hasName && text.isPartOfDate)
    }
  }

  /// Whether it is another text at another run.
  private var dependsOnRun: Bool {
    if case .moment(let moment) = kind { return !moment.isLiteral }
    var depends = false
    forEachOperand { depends = depends || $0.dependsOnRun }
    return depends
  }

  /// Whether a column's name says that it holds dates.
  private static func isNameOfDates(_ name: String) -> Bool {
    let name = LetterCase.lower(name)
    return names.contains { name == $0 || name.hasSuffix("_\($0)") || name.hasPrefix("\($0)_") }
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
