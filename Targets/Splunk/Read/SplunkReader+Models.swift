import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// Searches of data models.
extension SplunkReader {
  /// Reads `tstats`: its data set is the place, its `WHERE` the condition, and it counts as `stats` does. The fields of
  /// the data set are the event's, under their names without the data set's.
  mutating func read(_ search: SplunkModelSearch, _ span: Span?) throws(Diagnostic) {
    guard let set = SplunkDataSet(search.model) else {
      throw .splunkUnread("this data model", span)
    }
    dataSet = set
    places.append(.place(SplunkPlaces.dataModel, .text(.equals(set.name), .exact), origin: span))
    if search.span != nil || search.statistics.group.contains("_time") {
      guard search.statistics.group.contains("_time"), let seconds = search.seconds else {
        throw .splunkUnread(
          "`tstats` by a span that begins elsewhere than at a multiple of it: `\(search.span ?? "none")`",
          span)
      }
      bindings[ScalarText("_time")] = .span(seconds)
    }
    for name in search.countedFields where name != "_time" {
      bindings[ScalarText(name)] =
        set.path(name).map(SplunkBinding.extracted) ?? SplunkPlaces.fact(name).map(SplunkBinding.shown)
        ?? .computed
    }
    let terms = (search.condition?.conjuncts ?? []).filter { !$0.isOfEveryEvent && !$0.names(set) }
    for name in terms.flatMap(\.fields) + search.statistics.group where name != "_time" {
      if let path = set.path(name) {
        bindings[ScalarText(name)] = .extracted(path)
      } else if SplunkPlaces.fact(name) == nil, SplunkPlaces.time(name) == nil {
        throw .splunkUnread("`\(SplunkLiteral.comment(name))`, which is no field of `\(set.name)`,", span)
      }
    }
    if let network = terms.first(where: \.namesNetwork) {
      throw .splunkUnread("a network in `WHERE` of `tstats`", network.span)
    }
    for term in terms {
      if term.isOfKeywords { throw .splunkKeyword(term, term.span) }
      try readConjunct(term)
    }
    if search.options.contains(where: { $0.name == "summariesonly" && $0.isOn }) {
      warnings.append(Diagnostic.splunkSummariesOnly.located(in: source, at: span))
    }
    if let fill = search.fill, !search.statistics.group.isEmpty {
      warnings.append(Diagnostic.splunkFills(fill).located(in: source, at: span))
    }
    counting = try SplunkCounting(search.statistics, &self, span, fill: search.fill)
  }
}

extension SplunkSearch {
  /// Whether it asks for the data set that the search is of: `nodename=Processes`.
  fileprivate func names(_ set: SplunkDataSet) -> Bool {
    guard case .comparison("nodename", .equal, let value) = kind else { return false }
    return value.text.sameScalars(as: set.root)
  }
}
