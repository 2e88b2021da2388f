import Concord

/// Which rules are asked of which logs: of events that are told to be of one log, none that reads another.
struct RulesOfLogs {
  /// The rules that are asked.
  let documents: [RuleDocument]
  /// What was left out since the user said of which log source the logs are.
  let remark: String?
  /// The logs that events are told to be of by what they hold, and the places of the rules that read others.
  let barred: [(log: KnownSource, rules: Set<Int>)]
  /// Whether events of which no log is told are put to all rules, though the user did not ask for it.
  private let takesUnknown: Bool

  /// Sorts rules out. `place`: what is known of the place of all events; `stated`: the log source of all the logs, where
  /// the user names it; `takesAll`: whether every rule is asked of every event.
  init(_ all: [RuleDocument], in place: Place, stated: LogSource?, takesAll: Bool) {
    let isTold = [PlaceFact.product, .category, .service, .logType].contains { !place[$0].isEmpty }
    takesUnknown = stated == nil && !takesAll && !isTold
    if takesAll {
      (documents, remark, barred) = (all, nil, [])
    } else if let stated {
      let sorted = Dictionary(grouping: all) { $0.rule.canRead { $0.canBe(stated) } }
      documents = sorted[true] ?? []
      let others = (sorted[false] ?? []).map(\.rule)
      remark =
        others.isEmpty
        ? nil
        : "left out: \(RulesOfLogs.count(others)) that read other logs than \(stated.words) "
          + "(\(RulesOfLogs.names(others)); --all-sources takes all)"
      barred = []
    } else {
      (documents, remark) = (all, nil)
      barred = KnownSource.all.map { log in
        (log, Set(all.indices.filter { !all[$0].rule.canRead(log.isIn) }))
      }.filter { !$0.1.isEmpty }
    }
  }

  /// What to say of the events that were told to be of a log, by how many there were of each, and of the others of so
  /// many, whose log nothing tells; `nil` where no rule was kept from any, and none is meant for some log.
  func remark(markedEvents: [Int: Int], of events: Int) -> String? {
    var parts = barred.enumerated().compactMap { place, entry -> String? in
      guard let events = markedEvents[place] else { return nil }
      let others = entry.rules.sorted().map { documents[$0].rule }
      return
        "\(counted(events, "event")) of \(entry.log.name): not asked \(RulesOfLogs.count(others)) that read "
        + "other logs (\(RulesOfLogs.names(others)); --all-sources asks all)"
    }
    let unknown = events - markedEvents.values.reduce(0, +)
    let meant = documents.map(\.rule).filter { !$0.logSources.isEmpty }
    if takesUnknown, unknown > 0, !meant.isEmpty {
      parts.append(
        "\(counted(unknown, "event")) of which no log is told: asked \(RulesOfLogs.count(meant)) all the same, whatever "
          + "logs they read (\(RulesOfLogs.names(meant)); --log-source says it)")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "\n")
  }

  private static func count(_ rules: [Rule]) -> String { counted(rules.count, "rule") }

  /// The log sources of the rules, those of most rules first: `windows 2301, linux 187, and 12 more`.
  private static func names(_ rules: [Rule]) -> String {
    var counts: [String: Int] = [:]
    for rule in rules { counts[rule.logSources.first?.words ?? "", default: 0] += 1 }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = sorted.prefix(shownNames).map { "\($0.key) \($0.value)" }
    let more = sorted.count > shownNames ? [", and \(sorted.count - shownNames) more"] : []
    return (shown.joined(separator: ", ") + more.joined()).visible()
  }

  /// How many log sources are named.
  private static let shownNames = 6
}

extension Rule {
  /// Whether one of its log sources passes; a rule without any reads every log.
  fileprivate func canRead(_ passes: (LogSource) -> Bool) -> Bool {
    logSources.isEmpty || logSources.contains(where: passes)
  }
}

extension LogSource {
  /// The log source that a user names: `aws/cloudtrail`, `windows`, or a platform's own name with a dot.
  init?(stated text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (1...2).contains(parts.count), !parts.contains("") else { return nil }
    if parts.count == 1, text.contains(".") {
      self.init(platformName: text)
    } else {
      self.init(product: parts[0], service: parts.count == 2 ? parts[1] : nil)
    }
  }

  /// Its product, or what it names in its stead.
  fileprivate var words: String {
    if let name = platformName, product == nil { return name }
    return product.map { [$0, service].compactMap { $0 }.joined(separator: "/") } ?? category ?? service ?? ""
  }
}
