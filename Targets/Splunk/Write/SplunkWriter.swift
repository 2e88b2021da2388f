import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Writes a rule as a search: a base search that the index can answer, the fields read from the event's own
/// text, and one exact `where`.
struct SplunkWriter {
  /// From how many bytes on a note says how large a search is.
  private static let largeSize = 262_144

  private let rule: Rule
  private let options: LanguageOptions
  /// The fields that hold what the events are grouped and counted by.
  private let counted: [FieldPath: String]
  private var condition: ConditionWriter<SplunkSpelling>
  /// What the user should know of windows.
  private var windowNotes: [Diagnostic] = []
  private var fields: SplunkFields { condition.spelling.fields }

  private init(_ rule: Rule, _ options: LanguageOptions) throws(Diagnostic) {
    self.rule = rule
    self.options = options
    var spelling = SplunkSpelling(rule, isExtracted: options.splunk.extractedFields)
    var counted: [FieldPath: String] = [:]
    for path in rule.aggregate?.askedFields ?? [] { counted[path] = try spelling.countedField(path) }
    self.counted = counted
    condition = ConditionWriter(spelling)
  }

  /// The query for the rule. Throws what SPL cannot say.
  static func write(_ rule: Rule, _ options: LanguageOptions) throws(Diagnostic) -> Query {
    let (tree, notes) = try tree(rule, options)
    let text = SplunkPrinter.print(tree)
    let size = text.utf8.count
    return Query(text: text, notes: notes + (size > SplunkWriter.largeSize ? [.splunkSize(size)] : []))
  }

  /// The search for the rule, and what the user should know about it.
  static func tree(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (SplunkQuery, [Diagnostic]) {
    if options.splunk.source == nil, let set = rule.splunkDataSet {
      return try SplunkModelWriter.tree(rule, in: set, options)
    }
    var writer = try SplunkWriter(rule, options)
    let (source, sourceNotes) = try SplunkSource.terms(rule, options)
    var commands = [SplunkCommand(.search(writer.baseSearch(source)))]
    // What is counted by a condition reads fields too.
    let counting = try rule.aggregate.map { (aggregate) throws(Diagnostic) in try writer.counting(aggregate) }
    commands += try writer.filter()
    if let counting { commands += counting } else { commands += try writer.output() }
    let comments = QueryHeader.lines(for: rule, options, aside: sourceNotes).map {
      " \(SplunkLiteral.comment($0)) "
    }
    let query = SplunkQuery(comments: comments, commands: commands)
    return (query, sourceNotes + writer.notes)
  }

  /// A rule as a part of a search for several. Throws what SPL cannot say, and where the rule is read from a data model.
  static func part(_ member: PackMember, at place: Int) throws(Diagnostic) -> SplunkPackPart {
    let (rule, options) = (member.rule, member.options)
    if options.splunk.source == nil, rule.splunkDataSet != nil { throw .aloneInPack("reads a data model") }
    var writer = try SplunkWriter(rule, options)
    let (source, sourceNotes) = try SplunkSource.terms(rule, options)
    let predicate = try writer.condition.write(rule.condition)
    let reads = writer.fields.assignments
    return SplunkPackPart(
      place: place, label: member.label, rule: rule, source: source,
      isExtracted: options.splunk.extractedFields,
      implied: SplunkBaseSearch.implied(by: rule.condition, inFields: options.splunk.extractedFields),
      reads: reads, predicate: predicate, output: try writer.output(), aside: sourceNotes,
      notes: sourceNotes + writer.notes + rule.limitAside,
      weight: SplunkPrinter.inline(predicate).utf8.count)
  }

  private var notes: [Diagnostic] {
    windowNotes
      + (fields.assumed.isEmpty
        ? [] : [.readAsSingle(fields.assumed.map { SplunkLiteral.comment($0.description) })])
      + (fields.told.arrays.isEmpty && fields.told.singles.isEmpty ? [] : [.splunkShapesTold(fields.told)])
      + (condition.spelling.needsManySteps ? [.splunkLimits] : [])
      + (condition.spelling.pathsOfDigits.isEmpty
        ? [] : [.splunkDigits(condition.spelling.pathsOfDigits.distinct)])
      + (takesJSON ? [.splunkJSON] : [])
  }

  /// Whether fields are read from the text of events that nothing says are JSON, as CloudTrail's are.
  private var takesJSON: Bool {
    if fields.isExtracted || fields.assignments.isEmpty { return false }
    return rule.logSources.isEmpty || !rule.logSources.allSatisfy(SplunkCloudTrail.log.covers)
  }

  private func baseSearch(_ source: [SplunkSearch]) -> SplunkSearch {
    var terms = source
    if let implied = SplunkBaseSearch.implied(by: rule.condition, inFields: options.splunk.extractedFields) {
      terms += implied.conjuncts.filter { !terms.contains($0) }
    }
    return terms.count == 1 ? terms[0] : SplunkSearch(.all(terms))
  }

  /// The commands that read the condition's fields and ask it. None for a condition that always holds.
  mutating func filter() throws(Diagnostic) -> [SplunkCommand] {
    if rule.aggregate == nil, case .always(let value) = rule.condition.kind {
      return value
        ? [] : [SplunkCommand(.filter(.compare(.number("1"), .equal, .number("0"))))]
    }
    let predicate = try condition.write(rule.condition)
    let reads = fields.assignments.isEmpty ? [] : [SplunkCommand(.eval(fields.assignments))]
    return reads + (rule.condition == .always(true) ? [] : [SplunkCommand(.filter(predicate))])
  }
}

// How many events make an alert.
extension SplunkWriter {
  /// `stats` and the threshold. Splunk drops the events that lack a field of `BY`, as a group of the meaning does.
  private mutating func counting(_ aggregate: Aggregate) throws(Diagnostic) -> [SplunkCommand] {
    let (names, choices) = try group(aggregate)
    let choosing = choices.isEmpty ? [] : [SplunkCommand(.eval(choices))]
    let shown = shown(aggregate, names)
    var start: SplunkEval?
    switch aggregate.period {
    case .windows(let window): return choosing + (try windows(of: window, aggregate, names)) + shown
    case .whole: break
    case .spans(let span): start = SplunkIdioms.spanStart.make(span)
    case .hops(let seconds, let every):
      start = SplunkIdioms.hopStarts.make(.init(seconds: seconds, every: every))
    }
    var commands = choosing
    var statistics = SplunkStatistics(measures: [], group: names)
    if let start {
      commands.append(SplunkCommand(.eval([SplunkCommand.Assignment(name: "span_start", value: start)])))
      statistics.group.append("span_start")
    }
    var columns: [String: SplunkCounted] = [:]
    var taken = Set(statistics.group)
    for column in aggregate.columns {
      columns[column.name] = statistics.add(try measures(column.measure), for: column.measure, &taken)
    }
    // Of no events there is a count, but no sum.
    let needsCount = aggregate.canBeEmpty && aggregate.columns.contains { $0.measure.isOfNumbers }
    if needsCount, !aggregate.columns.contains(where: { $0.measure == .count }) {
      _ = statistics.add([SplunkStatistics.Measure(function: "count")], for: .count, &taken)
    }
    if statistics.measures.isEmpty { statistics.measures = [SplunkStatistics.Measure(function: "count")] }
    commands.append(SplunkCommand(.stats(statistics)))
    if let threshold = SplunkEval.threshold(aggregate.threshold, columns, isOfNull: needsCount) {
      commands.append(SplunkCommand(.filter(threshold)))
    }
    return commands + shown
  }

  /// The fields that tell groups apart, and what sets those that are chosen among several.
  private mutating func group(
    _ aggregate: Aggregate
  ) throws(Diagnostic) -> (names: [String], choices: [SplunkCommand.Assignment]) {
    var (names, choices): ([String], [SplunkCommand.Assignment]) = ([], [])
    for key in aggregate.group {
      if key.keepsAbsent, !rule.condition.needs(key) {
        throw .groupNotSaid(key, in: "Splunk SPL", "`stats` drops the events without it")
      }
      if let path = key.path {
        names += counted[path].map { [$0] } ?? []
        continue
      }
      if key.cases.isEmpty { throw .groupNotSaid(key, in: "Splunk SPL", "no event has a value of it") }
      var cases: [SplunkIdioms.Choice] = []
      for one in key.cases {
        let asked = try condition.write(one.condition)
        cases.append(.init(condition: asked, field: counted[one.path] ?? ""))
      }
      let name = "group_\(choices.count + 1)"
      // A field of the event that has the name would be read, or hidden.
      if counted.values.contains(name) { throw .groupNotSaid(key, in: "Splunk SPL", "`\(name)` is taken") }
      choices.append(SplunkCommand.Assignment(name: name, value: SplunkIdioms.choice.make(cases)))
      names.append(name)
    }
    return (names, choices)
  }

  private mutating func windows(
    of seconds: Int, _ aggregate: Aggregate, _ names: [String]
  ) throws(Diagnostic) -> [SplunkCommand] {
    var group: [(name: String, isOptional: Bool)] = []
    for (key, field) in zip(aggregate.group, names) {
      if SplunkWindow.names.contains(key.name) || key.name == "_time" {
        throw .groupNotSaid(key, in: "Splunk SPL", "its name is that of a window's time")
      }
      group.append((field, !rule.condition.needs(key)))
    }
    var copy = self
    let windows = try SplunkWindows(
      aggregate, of: seconds, group: group,
      measures: { (measure) throws(Diagnostic) in try copy.measures(measure) },
      condition: { (asked) throws(Diagnostic) in try copy.condition.write(asked) })
    self = copy
    if windows.isLimited { windowNotes = [.splunkWindowLimit] }
    return windows.commands
  }

  private mutating func measures(
    _ measure: Aggregate.Measure
  ) throws(Diagnostic) -> [SplunkStatistics.Measure] {
    func column(
      _ path: FieldPath, _ function: String, _ base: String, _ expression: Form? = nil
    ) -> SplunkStatistics.Measure {
      let name = counted[path] ?? ""
      let argument = expression.map { SplunkStatistics.Measure.Argument.expression($0.make(.field(name))) }
      return SplunkStatistics.Measure(
        function: function, argument: argument ?? .field(name), alias: base + shown(name))
    }
    switch measure {
    case .count: return [SplunkStatistics.Measure(function: "count")]
    case .present(let path): return [column(path, "count", "count_of_")]
    case .distinct(let path): return [column(path, "dc", "distinct_")]
    case .matching(let asked):
      let predicate = try condition.write(asked)
      return [
        SplunkStatistics.Measure(function: "count", argument: .expression(predicate), alias: "count_where")
      ]
    case .sum(let path): return [column(path, "sum", "sum_of_", SplunkIdioms.addend)]
    case .average(let path, _, _):
      return [
        column(path, "sum", "sum_of_", SplunkIdioms.addend),
        column(path, "count", "numbers_of_", SplunkIdioms.wholeNumber),
      ]
    case .inOrder: throw .orderNotSaid(in: "Splunk SPL")
    }
  }

  private typealias Form = SplunkIdioms.Form<SplunkEval>

  /// A field's name without what tells that it is read from the event's text.
  private func shown(_ name: String) -> String { name.hasPrefix("raw_") ? String(name.dropFirst(4)) : name }

  /// Gives the group's fields the names that the rule has for them.
  private func shown(_ aggregate: Aggregate, _ names: [String]) -> [SplunkCommand] {
    let renamings = zip(aggregate.group, names).compactMap { key, field -> SplunkCommand.Renaming? in
      // The start of a span is shown under that name.
      let isTaken = key.name == "span_start" && aggregate.period != .whole
      guard field != key.name, !isTaken, (try? SplunkPaths.check(key.name)) != nil else { return nil }
      return SplunkCommand.Renaming(from: field, to: key.name)
    }
    return renamings.isEmpty ? [] : [SplunkCommand(.rename(renamings))]
  }
}

extension SplunkEval {
  /// A threshold over the columns of `stats`; `nil` where every group passes. `names`: those of the columns by the ones
  /// that the threshold asks for; `isOfNull`: whether a sum may be missing, as it is of no events.
  static func threshold(
    _ threshold: Condition, _ names: [String: SplunkCounted], isOfNull: Bool = false
  ) -> SplunkEval? {
    func always(_ value: Bool) -> SplunkEval { .compare(.number("1"), .equal, .number(value ? "1" : "0")) }
    return ThresholdWriter(
      compare: { name, operation, bound in
        let isBelow = operation == .less
        switch names[name] ?? .count("count") {
        case .count(let name): return .compare(.field(name), operation, .number(bound))
        case .sum(let name):
          let asked = SplunkEval.compare(.field(name), isBelow ? .greaterOrEqual : operation, .number(bound))
          if isBelow, !isOfNull { return .compare(.field(name), .less, .number(bound)) }
          return isBelow ? SplunkIdioms.truth.make(.init(condition: asked, isAsked: false)) : asked
        case .average(let average):
          // It is 1 or 0.
          if bound != "1" { return always(isBelow) }
          var asked = average
          asked.isAsked = !isBelow
          return SplunkIdioms.average.make(asked)
        }
      },
      always: always,
      not: {
        isOfNull ? SplunkIdioms.truth.make(.init(condition: $0, isAsked: false)) : SplunkEval(.not($0))
      },
      all: SplunkEval.all, any: SplunkEval.any
    ).expression(threshold)
  }
}

/// The columns of `stats` by which a measure is asked.
enum SplunkCounted {
  case count(String)
  case sum(String)
  case average(SplunkAverage)
}

extension SplunkStatistics {
  /// Adds what a measure needs, under names that are not taken; returns how it is asked.
  mutating func add(
    _ written: [Measure], for measure: Aggregate.Measure, _ taken: inout Set<String>
  ) -> SplunkCounted {
    var names: [String] = []
    for part in written { names.append(add(part, as: part.alias ?? "count", &taken)) }
    let first = names.first ?? "count"
    switch measure {
    case .count, .present, .matching, .distinct, .inOrder: return .count(first)
    case .sum: return .sum(first)
    case .average(_, let comparison, let bound):
      return .average(
        SplunkAverage(sum: first, numbers: names.last ?? first, comparison: comparison, bound: bound))
    }
  }
}

// What a match shows.
extension SplunkWriter {
  fileprivate mutating func output() throws(Diagnostic) -> [SplunkCommand] {
    let temporary = fields.assignments.map(\.name)
    if rule.outputFields.isEmpty {
      return temporary.isEmpty ? [] : [SplunkCommand(.fields(keep: false, temporary))]
    }
    var names = ["_time"]
    var assignments: [SplunkCommand.Assignment] = []
    for field in rule.outputFields {
      let (value, isMultivalue) =
        fields.isExtracted
        ? (SplunkEval.field(try SplunkPaths.extractedName(field.path)), false)
        : try SplunkPaths.expression(field.path, field.path.shape(in: rule.fixtures.map(\.event)))
      let isExtracted = !isMultivalue && field.name.sameScalars(as: field.path.description)
      if !isExtracted || SplunkLiteral.listedField(field.name).utf8.first == 0x22 {
        try SplunkPaths.check(field.name)
        assignments.append(SplunkCommand.Assignment(name: field.name, value: value))
      }
      if !names.contains(where: { $0.sameScalars(as: field.name) }) { names.append(field.name) }
    }
    return (assignments.isEmpty ? [] : [SplunkCommand(.eval(assignments))]) + [SplunkCommand(.table(names))]
  }
}
