import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// Correlations on logs, as the specification means them: the rules are executed, and their matches looked at in windows.
extension SigmaRunner {
  /// A match: which of the correlation's rules, of which event, and when.
  fileprivate struct WindowMatch {
    let rules: Set<String>
    let event: Event
    let second: Int
  }

  /// The alerts that the correlation of a text raises of logs. Throws where the text has none, or not one alone.
  static func alerts(_ query: String, options: LanguageOptions) throws(Diagnostic) -> AlertQuery {
    let source = Source(name: "<sigma>", text: query)
    let file = SigmaParser.file(source)
    if let refusal = file.refusal { throw refusal.located(in: source) }
    guard file.correlations.count == 1, let correlation = file.correlations[0].parsed.correlation else {
      throw Diagnostic(.unsupported, "a text without one correlation, on logs", in: source, at: nil)
    }
    var rules: [(name: String, runners: [SigmaRunner])] = []
    for name in Set(correlation.rules) {
      guard let rule = file.rules.first(where: { $0.document.isNamed(name) }) else {
        throw Diagnostic.sigmaReferenceUnknown(name, at: nil).located(in: source)
      }
      var runners = [try SigmaRunner(rule.document)]
      for filter in rule.filters { runners.append(try SigmaRunner(filter)) }
      rules.append((name, runners))
    }
    let parts = rules
    return { (log) throws(Diagnostic) in
      let matches = log.compactMap { logged -> WindowMatch? in
        guard let second = logged.second else { return nil }
        let names = parts.filter { $0.runners.allSatisfy { $0.matches(logged.event) } }.map(\.name)
        return names.isEmpty ? nil : WindowMatch(rules: Set(names), event: logged.event, second: second)
      }
      return try alerts(of: matches, correlation)
    }
  }

  private static func alerts(
    of matches: [WindowMatch], _ correlation: SigmaCorrelation
  ) throws(Diagnostic) -> [Alert] {
    var groups: [[ScalarText]: [WindowMatch]] = [:]
    for match in matches {
      // What an alias stands for depends on the rule, so a match of one rule may be in a group that others are not in.
      var rules: [[ScalarText]: Set<String>] = [:]
      for rule in match.rules {
        var keys: [[ScalarText]] = [[]]
        for name in correlation.groupBy {
          let texts = Set(match.event.sigmaTexts(of: correlation.field(name, of: rule)).map(ScalarText.init))
          keys = keys.flatMap { key in texts.map { key + [$0] } }
        }
        for key in keys { rules[key, default: []].insert(rule) }
      }
      for (key, own) in rules {
        groups[key, default: []].append(WindowMatch(rules: own, event: match.event, second: match.second))
      }
    }
    var alerts: [Alert] = []
    for (key, matches) in groups {
      let sorted = matches.sorted { $0.second < $1.second }
      var first = 0
      for (place, last) in sorted.enumerated() {
        // Of several in one second the last one has them all before it.
        if place + 1 < sorted.count, sorted[place + 1].second == last.second { continue }
        while sorted[first].second < last.second - correlation.timespan { first += 1 }
        if try correlation.holds(of: sorted[first...place]) {
          alerts.append(Alert(group: key.map { $0 }, start: last.second - correlation.timespan))
        }
      }
    }
    return alerts
  }
}

extension SigmaCorrelation {
  /// The field that a name means in the events of a rule: by its aliases, or itself.
  fileprivate func field(_ name: String, of rule: String) -> String {
    let alias = aliases.first { $0.name.sameScalars(as: name) }
    return alias?.fields.first { $0.rule.sameScalars(as: rule) }?.field ?? name
  }

  /// Whether the matches of one window, in order of time, are what the correlation asks for.
  fileprivate func holds(of matches: ArraySlice<SigmaRunner.WindowMatch>) throws(Diagnostic) -> Bool {
    func keeps(_ count: Int) throws(Diagnostic) -> Bool {
      guard case .bounds(let bounds, _, _)? = criterion else { throw unread }
      return bounds.allSatisfy { $0.holds(of: Double(count)) }
    }
    switch kind {
    case .eventCount: return try keeps(matches.count)
    case .valueCount:
      guard case .bounds(_, let fields, _)? = criterion, fields.count == 1 else { throw unread }
      let texts = matches.flatMap { match in
        match.rules.flatMap { match.event.sigmaTexts(of: field(fields[0], of: $0)) }
      }
      return try keeps(Set(texts.map(ScalarText.init)).count)
    case .temporal:
      let found = matches.reduce(into: Set<String>()) { $0.formUnion($1.rules) }
      return criterion == nil ? found.count == Set(rules).count : try keeps(found.count)
    case .temporalOrdered:
      if criterion != nil { throw unread }
      return isInOrder(matches)
    case .valueSum, .valueAverage:
      guard case .bounds(let bounds, let fields, _)? = criterion, fields.count == 1 else { throw unread }
      let texts = matches.flatMap { $0.event.sigmaTexts(of: fields[0]) }
      // Fractions are added by platforms each in its own way: whole numbers count.
      let numbers = texts.filter { $0.utf8.count <= 15 }.compactMap { text in
        text.utf8.allSatisfy { $0.isDigit } ? Double(text) : nil
      }
      if numbers.isEmpty { return false }
      let sum = numbers.reduce(0, +)
      let value = kind == .valueSum ? sum : sum / Double(numbers.count)
      return bounds.allSatisfy { $0.holds(of: value) }
    case .valuePercentile, .valueMedian: throw unread
    }
  }

  /// Whether there are matches of the rules, each in the second of the one before it or later.
  private func isInOrder(_ matches: ArraySlice<SigmaRunner.WindowMatch>) -> Bool {
    var earliest = Int.min
    for rule in rules {
      let next = matches.first { $0.second >= earliest && $0.rules.contains(rule) }
      guard let next else { return false }
      earliest = next.second
    }
    return true
  }

  private var unread: Diagnostic {
    .sigmaCorrelation(kind.rawValue, "it is not executed on logs", at: nil)
  }
}
