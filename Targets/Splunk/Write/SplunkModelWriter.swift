import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Writes a rule over the events of a data model: `tstats`, whose `WHERE` is of the `search` language, and a `where` over
/// the fields of its groups for what that language cannot say.
struct SplunkModelWriter {
  /// The text that stands for a field without a value where such events are a group.
  private static let fill = "null"

  private let rule: Rule
  private let aggregate: Aggregate
  private let set: SplunkDataSet
  private let spelling: SplunkSearchSpelling
  private var condition: ConditionWriter<SplunkSpelling>

  private init(_ rule: Rule, _ aggregate: Aggregate, _ set: SplunkDataSet) {
    (self.rule, self.aggregate, self.set) = (rule, aggregate, set)
    spelling = SplunkSearchSpelling(set: set)
    condition = ConditionWriter(SplunkSpelling(rule, isExtracted: true))
  }

  /// The search for the rule, and what the user should know about it. Throws what `tstats` cannot say.
  static func tree(
    _ rule: Rule, in set: SplunkDataSet, _ options: LanguageOptions
  ) throws(Diagnostic) -> (SplunkQuery, [Diagnostic]) {
    guard let aggregate = rule.aggregate else {
      throw .splunkModel("single events: its searches count them")
    }
    let (window, notes) = try SplunkSource.times(rule, options)
    var writer = SplunkModelWriter(rule, aggregate, set)
    let commands = try writer.commands(window)
    let comments = QueryHeader.lines(for: rule, options, aside: notes).map {
      " \(SplunkLiteral.comment($0)) "
    }
    return (SplunkQuery(comments: comments, commands: commands), notes)
  }

  private mutating func commands(_ window: [SplunkSearch]) throws(Diagnostic) -> [SplunkCommand] {
    var search = SplunkModelSearch()
    search.model = set.name
    search.statistics.group = try group(&search)
    var terms = window
    let places = rule.place.conjuncts.filter { !$0.facts.contains(SplunkPlaces.dataModel) }
    terms += try SplunkPlaceSpelling.terms(.all(places))
    var later: [Condition] = []
    for part in try spelling.terms(of: rule.condition.conjuncts) {
      switch part {
      // The place may have said it already.
      case .term(let term): if !terms.contains(term) { terms.append(term) }
      case .other(let asked): later.append(asked)
      }
    }
    try check(later, isFilled: search.fill != nil)
    let names = try measures(&search.statistics)
    if !terms.isEmpty { search.condition = terms.count == 1 ? terms[0] : SplunkSearch(.all(terms)) }
    var commands = [SplunkCommand(.model(search))]
    if !aggregate.group.isEmpty {
      commands.append(SplunkCommand(.rename([SplunkCommand.Renaming(from: set.prefix + "*", to: "*")])))
    }
    if !later.isEmpty { commands.append(SplunkCommand(.filter(try condition.write(.all(later))))) }
    if let threshold = SplunkEval.threshold(aggregate.threshold, names) {
      commands.append(SplunkCommand(.filter(threshold)))
    }
    return commands
  }

  /// The fields of `BY`, and the option that makes a group of what is absent.
  private func group(_ search: inout SplunkModelSearch) throws(Diagnostic) -> [String] {
    var names: [String] = []
    // What Splunk knows of the place is never absent.
    if aggregate.group.contains(where: { $0.path == nil }) {
      throw .splunkModel("a field chosen by a condition")
    }
    let open = aggregate.group.filter { !rule.condition.needs($0) && SplunkPlaces.fact($0.name) == nil }
    if open.contains(where: \.keepsAbsent) {
      if let key = open.first(where: { !$0.keepsAbsent }) {
        throw .groupNotSaid(
          key, in: "Splunk SPL", "`fillnull_value` keeps what is absent in every field or in none")
      }
      search.options.append(.init(name: "fillnull_value", value: SplunkModelWriter.fill))
    }
    switch aggregate.period {
    case .whole, .spans: break
    case .windows: throw .splunkModel("windows that end at any event")
    case .hops: throw .hopsNotSaid(aggregate, in: "Splunk SPL")
    }
    if let span = aggregate.span {
      guard 3600.isMultiple(of: span) else {
        throw .splunkModel("spans of \(span) seconds, which divide no hour")
      }
      search.span = "\(span)s"
      names.append("_time")
    }
    for path in aggregate.group.compactMap(\.path) {
      names.append(set.name(try SplunkPaths.extractedName(path)))
    }
    return names
  }

  /// Throws where a question is about what is no field of a group, or the text for what is absent answers it.
  private func check(_ later: [Condition], isFilled: Bool) throws(Diagnostic) {
    let keys = Set(aggregate.group.compactMap(\.path))
    for asked in later {
      if let path = asked.paths.first(where: { !keys.contains($0) }) {
        throw .splunkModel(
          "`\(path)` so: it is none of the fields that group, and `WHERE` is of the `search` language")
      }
      if asked.asksOfEvent, asked.facts.isEmpty, !isFilled || asked.isFalse(of: SplunkModelWriter.fill) {
        continue
      }
      throw .splunkModel("what holds of the text `null` or of an absent field")
    }
  }

  /// Adds what is counted; returns the names of the columns by those that the threshold asks for.
  private func measures(_ statistics: inout SplunkStatistics) throws(Diagnostic) -> [String: SplunkCounted] {
    var names: [String: SplunkCounted] = [:]
    var taken = Set(aggregate.group.map(\.name) + ["_time"])
    for column in aggregate.columns {
      var measure = SplunkStatistics.Measure(function: "count")
      var base = "count"
      switch column.measure {
      case .count: break
      case .present(let path):
        let name = try SplunkPaths.extractedName(path)
        (measure.argument, base) = (.field(set.name(name)), "count_of_" + name)
      case .distinct(let path):
        let name = try SplunkPaths.extractedName(path)
        measure.function = "dc"
        (measure.argument, base) = (.field(set.name(name)), "distinct_" + name)
      case .matching, .inOrder: throw .splunkModel("events by a condition of their own")
      case .sum, .average: throw .splunkModel("the sum of those values alone that are whole numbers")
      }
      if case .field(let name)? = measure.argument, statistics.group.contains(name) {
        throw .splunkModel("the values of a field that groups")
      }
      names[column.name] = .count(statistics.add(measure, as: base, &taken))
    }
    if statistics.measures.isEmpty {
      var measure = SplunkStatistics.Measure(function: "count")
      if taken.contains("count") { measure.alias = "events" }
      statistics.measures = [measure]
    }
    return names
  }
}

extension Condition {
  /// Whether none of its questions is about presence, and none holds of that text.
  fileprivate func isFalse(of text: String) -> Bool {
    switch kind {
    case .always, .some, .anywhere, .place: false
    case .test(_, .present), .test(_, .sameAs), .test(_, .array): false
    case .test(_, let atom): !atom.holds(ofText: text)
    case .not(let operand): operand.isFalse(of: text)
    case .all(let operands), .any(let operands): operands.allSatisfy { $0.isFalse(of: text) }
    }
  }
}

extension Rule {
  /// The data set of a data model among whose events it looks; `nil` where that is not all that it asks of data models.
  var splunkDataSet: SplunkDataSet? {
    let asked = place.conjuncts.filter { $0.facts.contains(SplunkPlaces.dataModel) }
    guard asked.count == 1, case .place(_, .text(let pattern, .exact)) = asked[0].kind,
      case .equals(let name) = pattern.shape
    else { return nil }
    return SplunkDataSet(name)
  }
}
