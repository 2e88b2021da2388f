import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What a search counts: `stats`, and the questions about its columns behind it.
///
/// `stats` drops the events that lack a field of `BY`, and makes rows of each value of a field with several [Search
/// Reference, "stats"]; so are groups made in a detection that counts.
struct SplunkCounting {
  /// The names of the fields that tell groups apart, while they hold what they held.
  private(set) var keys: Set<String> = []
  /// The columns that are counted, by the name that they have by now.
  private var columns: [String: Aggregate.Column] = [:]
  private let group: [Aggregate.Key]
  /// The facts of the place whose texts tell groups apart.
  private(set) var facts: Set<PlaceFact> = []
  private var period: Aggregate.Period = .whole
  private var counted: [Aggregate.Column]
  /// The fields whose different values a column lists (`values(f)`), by the name that the column has by now.
  private var lists: [String: FieldPath] = [:]
  /// What is made of the numbers of a field, by the name that the column has by now.
  private var numeric: [String: SplunkNumeric] = [:]
  /// The fields of whose numbers a column says how many there are, as averages are written.
  private var numberCounts: [String: FieldPath] = [:]
  /// What is taken for granted of the numbers that are asked.
  private(set) var assumptions: [Diagnostic] = []
  private let source: Source
  /// The names of all other columns.
  private var others: Set<String> = []
  /// The text that stands for a field without a value; `nil` where such events are in no group.
  private let fill: String?
  private var thresholds: [Condition] = []
  /// Whether each time is a group: of a second, since that is how times of events are told.
  private var isOfEachTime = false

  /// What is counted so far.
  var aggregate: Aggregate {
    Aggregate(by: group, in: period, columns: counted, threshold: .all(thresholds))
  }

  /// Throws where `stats` groups by what is no field of the event. `fill` is the text that stands for a field without a
  /// value.
  init(
    _ statistics: SplunkStatistics, _ reader: inout SplunkReader, _ place: Span?, fill: String? = nil
  ) throws(Diagnostic) {
    (self.fill, source) = (fill, reader.source)
    try SplunkCounting.checkNames(statistics, place)
    var (group, span): ([Aggregate.Key], Aggregate.Period?) = ([], nil)
    for name in statistics.group {
      if name == "_time", reader.bindings[ScalarText(name)] == nil {
        (span, isOfEachTime) = (.spans(1), true)
        keys.insert(name)
        continue
      }
      switch reader.key(name) {
      case .span(let length): span = .spans(length)
      case .hops(let hops): span = .hops(hops.seconds, every: hops.every)
      case .single, .elements, .extracted:
        guard let path = try reader.countedPath(name, place) else {
          throw .splunkAddOnComputes(name, place)
        }
        group.append(Aggregate.Key(path, keepsAbsent: fill != nil))
      case .shown(let fact):
        // Only among fields that are extracted does it stand beside those of the event.
        guard let path = fact.field, reader.isExtracted, !fact.hasManyTexts else {
          throw .splunkUnread("a group for each place: `\(name)`", place)
        }
        reader.bindings[ScalarText(name)] = .shown(fact)
        group.append(Aggregate.Key(path))
        facts.insert(fact)
      case .expression(let held) where held.isConstant || held.fields.allSatisfy(statistics.group.contains):
        // It is the same in all rows, or in all that have the same fields of `BY`: it tells no groups apart.
        try reader.keepWhereKnown(held, place)
      case .expression(let held) where SplunkIdioms.choice.match(held) != nil && fill == nil:
        group.append(try reader.chosenKey(SplunkIdioms.choice.match(held) ?? [], name, place))
      case .quotedElements, .expression, .looked, .computed:
        throw reader.notInEvent(name, place)
      }
      keys.insert(name)
    }
    if group.isEmpty, span == nil, let name = statistics.group.first {
      // Without a field of the event there would be a row of no events, too.
      throw reader.notInEvent(name, place)
    }
    self.group = group
    if let span { period = span }
    var counted: [Aggregate.Column] = []
    for measure in statistics.measures {
      // Whether such a field is counted where a text stands for it is not documented.
      let isOfFilled =
        if case .field(let name)? = measure.argument { fill != nil && keys.contains(name) } else { false }
      if !isOfFilled, let made = SplunkNumeric(measure, reader) {
        numeric[measure.name] = made
        others.insert(measure.name)
        reader.warnings.append(.splunkOutputLeftOut(measure.name, reader.source, place))
        continue
      }
      guard !isOfFilled, let read = try SplunkCounting.measure(measure, &reader, place) else {
        others.insert(measure.name)
        if !isOfFilled, measure.function.lowercased() == "values", case .field(let name)? = measure.argument,
          case .extracted(let path) = reader.key(name), !path.steps.contains(.each)
        {
          lists[measure.name] = path
        }
        reader.warnings.append(.splunkOutputLeftOut(measure.name, reader.source, place))
        continue
      }
      let column = Aggregate.Column(measure.name, read)
      counted.append(column)
      columns[measure.name] = column
      if measure.function == "count", case .expression(let asked)? = measure.argument,
        case .field(let name)? = SplunkIdioms.wholeNumber.match(asked)?.kind
      {
        numberCounts[measure.name] = reader.numbersPath(name)
      }
    }
    self.counted = counted
    // A group that is there has a value of each of its fields.
    reader.guarded.formUnion(group.compactMap(\.path))
  }

  /// What a search counts in windows. Throws where it groups by what is no field of the event.
  init(_ window: SplunkWindow, _ reader: inout SplunkReader, _ place: Span?) throws(Diagnostic) {
    if !window.namesOnlyEvents { throw .splunkUnread("a window that counts by what it sets", place) }
    var statistics = SplunkStatistics(measures: [.init(function: "count")], group: window.group)
    switch window.question {
    case .nothing, .count: break
    case .counts(let measures, _): statistics.measures = measures
    case .latest(let latest):
      statistics.measures = latest.conditions.enumerated().map { place, condition in
        .init(function: "count", argument: .expression(condition), alias: "event_\(place + 1)")
      }
    }
    try self.init(statistics, &reader, place)
    guard case .whole = period else { throw .splunkUnread("windows of spans", place) }
    period = .windows(window.seconds)
    switch window.question {
    case .nothing: break
    case .count(let bound): thresholds = [Aggregate.atLeast(bound, "count")]
    case .counts(_, let asked):
      thresholds = try asked.map { (q) throws(Diagnostic) in [try threshold(q)] } ?? []
    case .latest(let latest):
      for (number, steps) in latest.chains.enumerated() {
        let asked = steps.compactMap { step in columns["event_\(step + 1)"]?.measure.conditions.first }
        guard asked.count == steps.count else { throw notACount(place) }
        counted.append(Aggregate.Column("chain_\(number + 1)", .inOrder(asked)))
      }
      thresholds = [SplunkCounting.threshold(latest.threshold)]
    }
  }

  private static func threshold(_ asked: SplunkWindow.Threshold) -> Condition {
    switch asked {
    case .event(let event): Aggregate.atLeast(1, "event_\(event + 1)")
    case .chain(let chain, let steps): Aggregate.atLeast(steps, "chain_\(chain + 1)")
    case .all(let operands): .all(operands.map(threshold))
    case .any(let operands): .any(operands.map(threshold))
    }
  }

  /// A question about groups as one about events: where a text stands for an absent field, what holds of that text holds
  /// of an event without the field.
  func filled(_ condition: Condition) throws(Diagnostic) -> Condition {
    guard let fill else { return condition }
    switch condition.kind {
    case .always, .anywhere, .place: return condition
    case .test(let path, let atom):
      if case .sameAs = atom {
        throw .splunkUnread("a comparison of two fields behind `tstats`", condition.origin)
      }
      if atom == .present { return .always(true, origin: condition.origin) }
      let absent = Condition.not(.test(path, .present, origin: condition.origin))
      return atom.holds(ofText: fill) ? .any([condition, absent], origin: condition.origin) : condition
    case .some: throw .splunkUnread("several questions of one value behind `tstats`", condition.origin)
    case .not(let operand): return .not(try filled(operand), origin: condition.origin)
    case .all(let operands): return .all(try filled(operands), origin: condition.origin)
    case .any(let operands): return .any(try filled(operands), origin: condition.origin)
    }
  }

  private func filled(_ operands: [Condition]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for operand in operands { result.append(try filled(operand)) }
    return result
  }

  /// What a function counts; `nil` of one that counts no events or values, such as `min`.
  private static func measure(
    _ measure: SplunkStatistics.Measure, _ reader: inout SplunkReader, _ place: Span?
  ) throws(Diagnostic) -> Aggregate.Measure? {
    switch (measure.function.lowercased(), measure.argument) {
    case ("count", nil), ("c", nil): return .count
    case ("count", .field(let name)), ("c", .field(let name)):
      // The add-on leaves it absent in no event.
      if reader.isNeverAbsent(name) { return .count }
      // How many values of one event count is not documented.
      guard let path = try reader.countedPath(name, place), !path.steps.contains(.each) else { return nil }
      return .present(path)
    case ("dc", .field(let name)), ("distinct_count", .field(let name)):
      return try reader.countedPath(name, place).map(Aggregate.Measure.distinct)
    case ("sum", .expression(let expression)):
      guard case .field(let name)? = SplunkIdioms.addend.match(expression)?.kind,
        let path = try reader.countedPath(name, place), !path.steps.contains(.each)
      else { return nil }
      return .sum(path)
    case ("count", .expression(let expression)), ("c", .expression(let expression)):
      return .matching(try reader.lowered(expression).condition)
    default: return nil
    }
  }

  /// Takes a question about counts as part of the threshold; `false` of one that asks none.
  mutating func take(_ question: SplunkEval) throws(Diagnostic) -> Bool {
    let fields = question.fields
    guard fields.isEmpty || fields.contains(where: isAsked) else {
      return false
    }
    try checkTimes(question.span)
    thresholds.append(try threshold(question))
    return true
  }

  /// Whether a column is one about which something can be asked.
  private func isAsked(_ name: String) -> Bool {
    columns[name] != nil || lists[name] != nil || numeric[name] != nil
  }

  /// Throws where each time is a group: parts of a second would be counted together.
  private func checkTimes(_ span: Span?) throws(Diagnostic) {
    if isOfEachTime { throw .splunkUnread("a count for each time: `_time` without `bin`", span) }
  }

  /// Takes a term about counts as part of the threshold; `false` of one that asks none.
  mutating func take(_ term: SplunkSearch, _ reader: inout SplunkReader) throws(Diagnostic) -> Bool {
    guard term.asks(Set(columns.keys).union(lists.keys).union(numeric.keys)) else { return false }
    try checkTimes(term.span)
    thresholds.append(try threshold(term, &reader))
    return true
  }

  /// That some of a column's values answers a question: that an event of the group has such a value.
  private mutating func some(
    of name: String, _ term: SplunkSearch, _ reader: inout SplunkReader
  ) throws(Diagnostic) -> Condition? {
    guard let path = lists[name] else { return nil }
    let outer = reader.bindings[ScalarText(name)]
    defer { reader.bindings[ScalarText(name)] = outer }
    reader.bindings[ScalarText(name)] = .extracted(path)
    let column = Aggregate.Column("some \(counted.count)", .matching(try reader.lowered(term)))
    counted.append(column)
    return Aggregate.atLeast(1, column.name)
  }

  /// How many values a column lists compared with a number. It is NULL of none.
  private mutating func number(
    of name: String, _ operation: ComparisonOperator, _ bound: String
  ) -> Condition? {
    guard let path = lists[name] else { return nil }
    let column = Aggregate.Column("values \(counted.count)", .distinct(path))
    guard let asked = Aggregate.asking(column.name, operation, bound) else { return nil }
    counted.append(column)
    return .all([asked, Aggregate.atLeast(1, column.name)])
  }

  /// Throws where a question is about what is no field that tells groups apart.
  func check(_ question: SplunkEval) throws(Diagnostic) {
    if let name = question.fields.first(where: { !keys.contains($0) }) { throw unknown(name, question.span) }
  }

  /// The same of a term.
  func check(_ term: SplunkSearch) throws(Diagnostic) {
    switch term.kind {
    case .comparison(let field, _, _), .membership(let field, _):
      if !keys.contains(field) { throw unknown(field, term.span) }
    case .not(let operand): try check(operand)
    case .all(let operands), .any(let operands): for operand in operands { try check(operand) }
    case .keyword, .term, .macro: throw .splunkUnread("a search of whole events behind `stats`", term.span)
    }
  }

  private func unknown(_ name: String, _ span: Span?) -> Diagnostic {
    .splunkUnread("a question about `\(SplunkLiteral.comment(name))` behind `stats`", span)
  }

  /// Whether a column has that name.
  func has(_ name: String) -> Bool {
    keys.contains(name) || isAsked(name) || others.contains(name)
  }

  /// These names hold what the fields that group determine: they can be asked as those can.
  mutating func determine(_ names: [String]) { keys.formUnion(names) }

  /// These names hold something else by now.
  mutating func drop(_ names: [String]) {
    for name in names {
      if name.contains("*") {
        (keys, columns, lists, numeric) = ([], [:], [:], [:])
      } else {
        keys.remove(name)
        columns[name] = nil
        lists[name] = nil
        numeric[name] = nil
      }
    }
  }

  /// All but these names are gone.
  mutating func keep(_ names: [String]) {
    let patterns = names.map(SplunkWildcards.pattern)
    func isKept(_ name: String) -> Bool { patterns.contains { $0.matches(name, .exact) } }
    keys = keys.filter(isKept)
    columns = columns.filter { isKept($0.key) }
    others = others.filter(isKept)
    lists = lists.filter { isKept($0.key) }
    numeric = numeric.filter { isKept($0.key) }
  }

  /// A renaming of the fields that begin with a text (`X.* AS *`) as one of each; any other as it is.
  func written(out renaming: SplunkCommand.Renaming) -> [SplunkCommand.Renaming] {
    guard let from = SplunkWildcards.prefix(renaming.from), let to = SplunkWildcards.prefix(renaming.to)
    else {
      return [renaming]
    }
    return (keys.union(columns.keys).union(numeric.keys).union(others)).filter { $0.hasPrefix(from) }.sorted()
      .map { name in
        SplunkCommand.Renaming(from: name, to: to + name.dropFirst(from.count))
      }
  }

  /// Gives a field another name; `false` where that is not told.
  mutating func rename(_ renaming: SplunkCommand.Renaming) -> Bool {
    guard !renaming.from.contains("*") else {
      drop(["*"])
      return false
    }
    let (isKey, column) = (keys.remove(renaming.from) != nil, columns.removeValue(forKey: renaming.from))
    let isOther = others.remove(renaming.from) != nil
    let list = lists.removeValue(forKey: renaming.from)
    let made = numeric.removeValue(forKey: renaming.from)
    (numberCounts[renaming.from], numberCounts[renaming.to]) = (nil, nil)
    // Which of two fields stays that get one name is not documented.
    let isTaken = keys.contains(renaming.to) || isAsked(renaming.to) || others.contains(renaming.to)
    drop([renaming.to])
    if isTaken {
      others.insert(renaming.to)
      return false
    }
    if isKey { keys.insert(renaming.to) }
    if isOther { others.insert(renaming.to) }
    columns[renaming.to] = column
    lists[renaming.to] = list
    numeric[renaming.to] = made
    return true
  }
}

extension SplunkReader {
  /// What a field holds that tells groups apart.
  fileprivate func key(_ name: String) -> SplunkBinding {
    if let held = bindings[ScalarText(name)] { return held }
    return place(name).map(SplunkBinding.shown) ?? own(name)
  }

  /// Whether a field is one that the add-on for AWS sets wherever the event does not.
  fileprivate func isNeverAbsent(_ name: String) -> Bool {
    isCloudTrail && key(name) == .extracted(SplunkCloudTrailAddOn.errorCode)
  }

  /// The path whose texts a field holds by which events are grouped or counted; `nil` of a field that is computed. Throws
  /// where the field's text is not known of a JSON boolean.
  fileprivate mutating func countedPath(_ name: String, _ span: Span?) throws(Diagnostic) -> FieldPath? {
    switch key(name) {
    case .single(let path, booleansAsText: true): return path
    case .single(_, booleansAsText: false): throw .splunkBooleanText(span)
    // What the add-on puts where it is absent is no value of the event.
    case .extracted where isNeverAbsent(name): return nil
    case .elements(let path), .extracted(let path):
      warnComputed(path, span)
      warnNull(span)
      return path
    // Only among fields that are extracted does it stand beside those of the event.
    case .shown(let fact): return isExtracted && !fact.hasManyTexts ? fact.field : nil
    case .quotedElements, .expression, .span, .hops, .looked, .computed: return nil
    }
  }

  /// The path whose numbers a field holds, one of each event: what is made of several is not documented.
  fileprivate func numbersPath(_ name: String) -> FieldPath? {
    switch key(name) {
    case .single(let path, _): path
    case .extracted(let path): path.steps.contains(.each) || isNeverAbsent(name) ? nil : path
    case .elements, .quotedElements, .expression, .shown, .span, .hops, .looked, .computed: nil
    }
  }
}

/// What `stats` makes of the numbers of a field.
enum SplunkNumeric {
  case total(FieldPath)
  case average(FieldPath)
  case least(FieldPath)
  case most(FieldPath)

  /// `nil` of other functions, and of what is no field of the event. Where a value is no number, `min` and `max` compare
  /// texts [Search Reference, "Statistical and charting functions"]: that there is none is said.
  init?(
    _ measure: SplunkStatistics.Measure, _ reader: SplunkReader
  ) {
    let function = measure.function.lowercased()
    guard ["sum", "avg", "mean", "min", "max"].contains(function), case .field(let name)? = measure.argument,
      let path = reader.numbersPath(name)
    else { return nil }
    switch function {
    case "sum": self = .total(path)
    case "min": self = .least(path)
    case "max": self = .most(path)
    default: self = .average(path)
    }
  }

  /// The field.
  var path: FieldPath {
    switch self {
    case .total(let path), .average(let path), .least(let path), .most(let path): path
    }
  }
}

extension SplunkReader {
  /// The key of a field that is chosen among several. Throws where one of them is no field of the event.
  fileprivate mutating func chosenKey(
    _ choices: [SplunkIdioms.Choice], _ name: String, _ span: Span?
  ) throws(Diagnostic) -> Aggregate.Key {
    var cases: [Aggregate.Key.Case] = []
    for choice in choices {
      guard let path = try countedPath(choice.field, span) else { throw notInEvent(choice.field, span) }
      cases.append(.init(try lowered(choice.condition).condition, path))
    }
    return Aggregate.Key(named: name, cases)
  }
}

// Thresholds.
extension SplunkCounting {
  private mutating func threshold(_ question: SplunkEval) throws(Diagnostic) -> Condition {
    if let asked = SplunkIdioms.average.match(question), let condition = average(asked) { return condition }
    if let asked = SplunkIdioms.truth.match(question) {
      let condition = try threshold(asked.condition)
      return asked.isAsked ? condition : .not(condition, origin: question.span)
    }
    switch question.kind {
    case .not(let operand) where mayBeNull(operand): throw .splunkNotOfNull(question.span)
    case .not(let operand): return .not(try threshold(operand), origin: question.span)
    case .all(let operands): return .all(try thresholds(operands), origin: question.span)
    case .any(let operands): return .any(try thresholds(operands), origin: question.span)
    case .exclusive(let left, let right):
      if mayBeNull(left) || mayBeNull(right) { throw .splunkNotOfNull(question.span) }
      let (one, other) = (try threshold(left), try threshold(right))
      return .any([.all([one, .not(other)]), .all([.not(one), other])], origin: question.span)
    case .comparison(let operation, let left, let right):
      if case .field(let name)? = left.argument(of: "mvcount")?.kind, case .number(let bound) = right.kind,
        let asked = number(of: name, operation, bound)
      {
        return asked
      }
      if case .field(let name) = left.kind, case .number(let bound) = right.kind {
        return try asked(name, operation, bound, question.span)
      }
      if case .number(let one) = left.kind, case .number(let other) = right.kind,
        let a = Number(one)?.double, let b = Number(other)?.double
      {
        return .always(operation.holds(a, b), origin: question.span)
      }
      if case .number(let bound) = left.kind, case .field(let name) = right.kind {
        return try asked(name, operation.mirrored, bound, question.span)
      }
    case .membership(let value, let list):
      guard case .field(let name) = value.kind else { break }
      var parts: [Condition] = []
      for member in list {
        guard case .number(let bound) = member.kind else { throw notACount(member.span) }
        parts.append(try asked(name, .equal, bound, question.span))
      }
      return .any(parts, origin: question.span)
    case .string, .number, .field, .call, .like, .arithmetic: break
    }
    throw notACount(question.span)
  }

  private mutating func threshold(
    _ term: SplunkSearch, _ reader: inout SplunkReader
  ) throws(Diagnostic) -> Condition {
    switch term.kind {
    case .comparison(let name, let operation, let value):
      if operation == .equal, let asked = try some(of: name, term, &reader) { return asked }
      return try asked(name, operation, value.text, term.span)
    case .membership(let name, let values):
      if let asked = try some(of: name, term, &reader) { return asked }
      var parts: [Condition] = []
      for value in values { parts.append(try asked(name, .equal, value.text, term.span)) }
      return .any(parts, origin: term.span)
    case .not(let operand): return .not(try threshold(operand, &reader), origin: term.span)
    case .all(let operands): return .all(try thresholds(operands, &reader), origin: term.span)
    case .any(let operands): return .any(try thresholds(operands, &reader), origin: term.span)
    case .keyword, .term, .macro: throw notACount(term.span)
    }
  }

  private mutating func thresholds(_ questions: [SplunkEval]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for question in questions { result.append(try threshold(question)) }
    return result
  }

  private mutating func thresholds(
    _ terms: [SplunkSearch], _ reader: inout SplunkReader
  ) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for term in terms { result.append(try threshold(term, &reader)) }
    return result
  }

  /// Whether a question asks what may be NULL.
  private func mayBeNull(_ question: SplunkEval) -> Bool {
    question.countsValues || question.fields.contains { numeric[$0] != nil }
  }

  /// The name of a column of that measure, which is counted from now on.
  private mutating func column(of measure: Aggregate.Measure) -> String {
    if let same = counted.first(where: { $0.measure == measure }) { return same.name }
    let column = Aggregate.Column("asked \(counted.count)", measure)
    counted.append(column)
    return column.name
  }

  /// A question about an average, as it is written; `nil` where its columns are others.
  private mutating func average(_ asked: SplunkAverage) -> Condition? {
    guard case .sum(let path)? = columns[asked.sum]?.measure,
      columns[asked.numbers] != nil, numberCounts[asked.numbers] == path
    else { return nil }
    let isSo = Aggregate.atLeast(1, column(of: .average(path, asked.comparison, asked.bound)))
    return asked.isAsked ? isSo : .not(isSo)
  }

  /// A question about what is made of numbers: false where there are none.
  private mutating func asked(
    _ made: SplunkNumeric, as name: String, _ operation: ComparisonOperator, _ bound: String, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    guard let number = Number(bound) else { throw notACount(span) }
    let words = "`\(SplunkLiteral.comment(name))`"
    func isSome(_ comparison: Comparison) -> Condition {
      Aggregate.atLeast(1, column(of: .matching(.test(made.path, .number(comparison, number)))))
    }
    func one(_ comparison: Comparison) throws(Diagnostic) -> Condition {
      switch made {
      case .average(let path):
        guard let bound = AverageBound(number) else { throw notACount(span) }
        return Aggregate.atLeast(1, column(of: .average(path, comparison, bound)))
      // Some value is so, or there are values and none is otherwise.
      case .most where comparison == .greater || comparison == .greaterOrEqual: return isSome(comparison)
      case .least where comparison == .less || comparison == .lessOrEqual: return isSome(comparison)
      case .most, .least, .total: return .all([isSome(comparison), .not(isSome(comparison.opposite))])
      }
    }
    switch made {
    case .total(let path):
      assumptions.append(.numbersTaken(words, in: source, at: span))
      guard let asked = Aggregate.asking(column(of: .sum(path)), operation, bound) else {
        throw notACount(span)
      }
      // There is no sum of no numbers.
      return operation.holds(0, number.double)
        ? .all([asked, Aggregate.atLeast(1, column(of: .matching(.wholeNumber(path))))]) : asked
    case .average: assumptions.append(.numbersTaken(words, in: source, at: span))
    case .least, .most: assumptions.append(.numbersTaken(words, areWhole: false, in: source, at: span))
    }
    if let ordered = operation.ordered { return try one(ordered) }
    return operation == .equal
      ? .all([try one(.greaterOrEqual), try one(.lessOrEqual)]) : .any([try one(.less), try one(.greater)])
  }

  private mutating func asked(
    _ name: String, _ operation: ComparisonOperator, _ bound: String, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    if let made = numeric[name] { return try asked(made, as: name, operation, bound, span) }
    if case .sum? = columns[name]?.measure, let number = Number(bound)?.double,
      operation.holds(0, number), let column = columns[name],
      let asked = Aggregate.asking(column.name, operation, bound)
    {
      // There is no sum of no events.
      let canBeEmpty = group.isEmpty && period == .whole
      return canBeEmpty ? .all([asked, Aggregate.atLeast(1, self.column(of: .count))]) : asked
    }
    guard let column = columns[name], let asked = Aggregate.asking(column.name, operation, bound) else {
      throw notACount(span)
    }
    return asked
  }

  private func notACount(_ span: Span?) -> Diagnostic {
    .splunkUnread("a question about counts other than how they compare with numbers", span)
  }
}

extension SplunkCounting {
  /// Throws where two columns have one name: which of them Splunk keeps is not documented.
  fileprivate static func checkNames(_ statistics: SplunkStatistics, _ span: Span?) throws(Diagnostic) {
    var seen: [ScalarText: SplunkStatistics.Measure] = [:]
    for measure in statistics.measures {
      let name = ScalarText(measure.name)
      let isKey = statistics.group.contains { ScalarText($0) == name }
      if isKey || (seen[name].map { $0 != measure } ?? false) {
        throw .splunkUnread("two columns of the name `\(SplunkLiteral.comment(measure.name))`", span)
      }
      seen[name] = measure
    }
  }
}

extension SplunkEval {
  /// Whether it counts the values of a field, which is NULL where it has none.
  fileprivate var countsValues: Bool {
    switch kind {
    case .call("mvcount", _): true
    case .string, .number, .field: false
    case .call(_, let operands), .all(let operands), .any(let operands):
      operands.contains(where: \.countsValues)
    case .not(let operand): operand.countsValues
    case .exclusive(let left, let right), .comparison(_, let left, let right), .like(let left, let right),
      .arithmetic(_, let left, let right):
      left.countsValues || right.countsValues
    case .membership(let value, let list): value.countsValues || list.contains(where: \.countsValues)
    }
  }
}
