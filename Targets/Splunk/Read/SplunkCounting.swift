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
  private let span: Int?
  private let counted: [Aggregate.Column]
  private var thresholds: [Condition] = []

  /// What is counted so far.
  var aggregate: Aggregate {
    Aggregate(by: group, span: span, columns: counted, threshold: .all(thresholds))
  }

  /// Throws where `stats` groups by what is no field of the event.
  init(_ statistics: SplunkStatistics, _ reader: inout SplunkReader, _ place: Span?) throws(Diagnostic) {
    try SplunkCounting.checkNames(statistics, place)
    var (group, seconds): ([Aggregate.Key], Int?) = ([], nil)
    for name in statistics.group {
      switch reader.bindings[ScalarText(name)] ?? reader.own(name) {
      case .span(let length): seconds = length
      case .single, .elements, .extracted:
        if let path = try reader.countedPath(name, place) { group.append(Aggregate.Key(path)) }
      case .quotedElements, .expression, .computed:
        if name == "_time" { throw .splunkUnread("a group for each time: `_time` without `bin`", place) }
        throw reader.notInEvent(name, place)
      }
      keys.insert(name)
    }
    (self.group, span) = (group, seconds)
    var counted: [Aggregate.Column] = []
    for measure in statistics.measures {
      guard let read = try SplunkCounting.measure(measure, &reader, place) else {
        reader.warnings.append(.splunkOutputLeftOut(measure.name, reader.source, place))
        continue
      }
      let column = Aggregate.Column(measure.name, read)
      counted.append(column)
      columns[measure.name] = column
    }
    self.counted = counted
  }

  /// What a function counts; `nil` of one that counts no events or values, such as `min`.
  private static func measure(
    _ measure: SplunkStatistics.Measure, _ reader: inout SplunkReader, _ place: Span?
  ) throws(Diagnostic) -> Aggregate.Measure? {
    switch (measure.function.lowercased(), measure.argument) {
    case ("count", nil), ("c", nil): return .count
    case ("count", .field(let name)), ("c", .field(let name)):
      // How many values of one event count is not documented.
      guard let path = try reader.countedPath(name, place), !path.steps.contains(.each) else { return nil }
      return .present(path)
    case ("dc", .field(let name)), ("distinct_count", .field(let name)):
      return try reader.countedPath(name, place).map(Aggregate.Measure.distinct)
    case ("count", .expression(let expression)), ("c", .expression(let expression)):
      return .matching(try reader.lowered(expression).condition)
    default: return nil
    }
  }

  /// Takes a question about counts as part of the threshold; `false` of one that asks none.
  mutating func take(_ question: SplunkEval) throws(Diagnostic) -> Bool {
    let fields = question.fields
    guard fields.isEmpty || fields.contains(where: { columns[$0] != nil }) else { return false }
    thresholds.append(try threshold(question))
    return true
  }

  /// Takes a term about counts as part of the threshold; `false` of one that asks none.
  mutating func take(_ term: SplunkSearch) throws(Diagnostic) -> Bool {
    guard term.asks(Set(columns.keys)) else { return false }
    thresholds.append(try threshold(term))
    return true
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

  /// These names hold something else by now.
  mutating func drop(_ names: [String]) {
    for name in names {
      if name.contains("*") {
        (keys, columns) = ([], [:])
      } else {
        keys.remove(name)
        columns[name] = nil
      }
    }
  }

  /// All but these names are gone.
  mutating func keep(_ names: [String]) {
    if names.contains(where: { $0.contains("*") }) { return }
    keys.formIntersection(names)
    columns = columns.filter { names.contains($0.key) }
  }

  /// Gives a field another name; `false` where that is not told.
  mutating func rename(_ renaming: SplunkCommand.Renaming) -> Bool {
    guard !renaming.from.contains("*") else {
      drop(["*"])
      return false
    }
    let (isKey, column) = (keys.remove(renaming.from) != nil, columns.removeValue(forKey: renaming.from))
    drop([renaming.to])
    if isKey { keys.insert(renaming.to) }
    columns[renaming.to] = column
    return true
  }
}

extension SplunkReader {
  /// The path whose texts a field holds by which events are grouped or counted; `nil` of a field that is computed. Throws
  /// where the field's text is not known of a JSON boolean.
  fileprivate mutating func countedPath(_ name: String, _ span: Span?) throws(Diagnostic) -> FieldPath? {
    if bindings[ScalarText(name)] == nil, SplunkPlaces.fact(name) != nil {
      throw .splunkUnread("a group or count by the place: `\(name)`", span)
    }
    switch bindings[ScalarText(name)] ?? own(name) {
    case .single(let path, booleansAsText: true): return path
    case .single(_, booleansAsText: false): throw .splunkBooleanText(span)
    case .elements(let path), .extracted(let path):
      warnComputed(path, span)
      warnNull(span)
      return path
    case .quotedElements, .expression, .span, .computed: return nil
    }
  }
}

// Thresholds.
extension SplunkCounting {
  private func threshold(_ question: SplunkEval) throws(Diagnostic) -> Condition {
    switch question.kind {
    case .not(let operand): return .not(try threshold(operand), origin: question.span)
    case .all(let operands): return .all(try thresholds(operands), origin: question.span)
    case .any(let operands): return .any(try thresholds(operands), origin: question.span)
    case .exclusive(let left, let right):
      let (one, other) = (try threshold(left), try threshold(right))
      return .any([.all([one, .not(other)]), .all([.not(one), other])], origin: question.span)
    case .comparison(let operation, let left, let right):
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

  private func threshold(_ term: SplunkSearch) throws(Diagnostic) -> Condition {
    switch term.kind {
    case .comparison(let name, let operation, let value):
      return try asked(name, operation, value.text, term.span)
    case .membership(let name, let values):
      var parts: [Condition] = []
      for value in values { parts.append(try asked(name, .equal, value.text, term.span)) }
      return .any(parts, origin: term.span)
    case .not(let operand): return .not(try threshold(operand), origin: term.span)
    case .all(let operands): return .all(try thresholds(operands), origin: term.span)
    case .any(let operands): return .any(try thresholds(operands), origin: term.span)
    case .keyword, .term, .macro: throw notACount(term.span)
    }
  }

  private func thresholds(_ questions: [SplunkEval]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for question in questions { result.append(try threshold(question)) }
    return result
  }

  private func thresholds(_ terms: [SplunkSearch]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for term in terms { result.append(try threshold(term)) }
    return result
  }

  private func asked(
    _ name: String, _ operation: ComparisonOperator, _ bound: String, _ span: Span?
  ) throws(Diagnostic) -> Condition {
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
