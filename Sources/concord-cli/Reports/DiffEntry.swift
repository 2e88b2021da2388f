import Concord

/// What `diff` reports of a rule.
struct DiffEntry {
  /// The entry of the report.
  private(set) var entry: Report.Entry
  private let change: RuleChange
  /// A name for both versions: of others the change is another one, whatever its words.
  private let versions: String

  /// The entry of a change. `failing`: what fails the run; `base`: the commit that the old version is of.
  init(_ change: RuleChange, failing: FailOn?, showsEqual: Bool, base: String?) {
    self.change = change
    let source = (change.new ?? change.old)?.source.name ?? ""
    // A rule that is gone stands in no file of the working tree; its name is that of its file in the commit.
    let path =
      base.map { source.hasPrefix("\($0):") ? String(source.dropFirst($0.count + 1)) : source } ?? source
    entry = Report.Entry(path: path, rule: change.id)
    let rule = (change.new ?? change.old)?.rule
    entry.hasOwnID = rule.map { !$0.id.sameScalars(as: $0.title) } ?? true
    versions = DiffEntry.name(of: change)
    add(.loss, change.loss, fails: failing == .loss || failing == .any)
    add(.gain, change.gain, fails: failing == .gain || failing == .any)
    if change.kind == .partly, failing != nil {
      let message = "only one of the versions says where its events are, so that they are compared in part"
      entry.findings.append(finding(.changeUnknown, .warning, message, "partly", costs: .unknown))
    }
    let hasOtherAlerts = add(change.alerts, failing)
    let hasOtherSettings = addSettings(failing)
    let others = change.settings + change.otherChanges
    if !others.isEmpty || hasOtherAlerts || hasOtherSettings {
      let words = others.joined(separator: "; ")
      entry.findings.append(
        finding(
          .ruleChanged, .note, "besides what it matches, the rule changed: \(words)", "rest: \(words)",
          costs: hasOtherAlerts || hasOtherSettings ? .findings : .clean))
    }
    if showsEqual || change.kind != .equal || !others.isEmpty { entry.lines = lines(source) }
    entry.facts = facts
  }

  /// One direction of a change.
  private enum Side: String {
    case loss, gain
  }

  /// Takes one direction: a finding where there is one, and a case.
  private mutating func add(_ side: Side, _ effect: RuleChange.Effect, fails: Bool) {
    var outcome = Report.Case.Outcome.passed
    if case .unknown(let bound) = effect {
      let message = "whether the change has a \(side.rawValue) is unknown: \(bound)"
      outcome = .skipped(message: message)
      entry.findings.append(
        finding(.changeUnknown, .warning, message, "unknown \(side.rawValue)", costs: .unknown))
    } else if let event = effect.event {
      if fails { entry.isClean = false }
      let message = "the rule \(side == .loss ? "loses" : "gains") events"
      let json = Value.object(event.object)
      let place = place(event, side == .loss ? .new : .old).map { " in \($0)" } ?? ""
      outcome = fails ? .failed(message: message, body: json.prettyJSON + place) : .skipped(message: message)
      entry.findings.append(
        finding(
          side == .loss ? .eventsLost : .eventsGained, fails ? .error : side == .loss ? .warning : .note,
          "\(message), such as \(shortened(json.compactJSON, to: 400))\(place)", side.rawValue,
          costs: fails ? .findings : .clean, topic: side.rawValue,
          at: side == .loss ? span(of: change.deciding(.new, on: event)) : nil))
    }
    entry.cases.append(
      Report.Case(group: change.id, name: side.rawValue, outcome: outcome, topic: side.rawValue))
  }

  /// Takes a change of the alerts that the matches make, which is named among the other changes. Returns whether it
  /// fails the run.
  private mutating func add(_ alerts: RuleChange.Alerts, _ failing: FailOn?) -> Bool {
    let fails =
      switch alerts {
      case .same: false
      case .fewer: failing == .loss || failing == .any
      case .more: failing == .gain || failing == .any
      case .otherPeriod, .otherwise: failing == .any
      }
    guard fails else { return false }
    entry.isClean = false
    let message =
      "the same matches make \(alerts == .fewer ? "fewer" : alerts == .more ? "more" : "other") alerts"
    entry.cases.append(
      Report.Case(
        group: change.id, name: "alerts", outcome: .failed(message: message, body: ""), topic: Self.rest))
    return true
  }

  /// What the findings about other changes are in.
  private static let rest = "rest"

  /// Takes what is set otherwise, which is named among the other changes. Returns whether it fails the run.
  private mutating func addSettings(_ failing: FailOn?) -> Bool {
    guard failing == .any, !change.settings.isEmpty else { return false }
    entry.isClean = false
    entry.cases.append(
      Report.Case(
        group: change.id, name: "settings",
        outcome: .failed(message: "the rule is deployed with other settings", body: ""), topic: Self.rest))
    return true
  }

  /// Where the first of these conditions stands, or a question in it: a negation may have no place of its own.
  private func span(of conditions: [Condition]) -> Span? {
    conditions.lazy.compactMap { condition in
      condition.origin ?? condition.paths.lazy.compactMap { condition.origin(of: $0) }.first
    }.first
  }

  private func finding(
    _ code: Diagnostic.Code, _ severity: Diagnostic.Severity, _ message: String, _ identity: String,
    costs cost: ExitCode = .clean, topic: String = DiffEntry.rest, at span: Span? = nil
  ) -> Report.Finding {
    let document = change.new ?? change.old
    let source = span == nil ? document?.source : document?.conditionSource
    return Report.Finding(
      diagnostic: Diagnostic(
        code, severity: severity, message, in: source, at: span),
      isTold: true, identity: "\(change.id):\(identity) #\(versions)", cost: cost, topic: topic)
  }

  private static func name(of change: RuleChange) -> String {
    let parts = [change.old, change.new].flatMap { document -> [String] in
      guard let rule = document?.rule else { return ["none"] }
      return [rule.digest, "\(rule.logSources)", rule.place.digest, rule.window.digest]
    }
    return SHA256.name(of: Array(parts.joined(separator: "\n").utf8))
  }

  // For people.

  private func lines(_ source: String) -> [TextLine] {
    var lines: [TextLine] = ["\(source): \(change.id): \(change.kind.rawValue, style)"]
    switch (change.loss, change.gain) {
    case (.none, .none):
      let isOneSided = change.old == nil || change.new == nil
      let facts = change.factsNotCompared
      let parts =
        (facts.contains { !$0.isOfTime } ? ["place"] : [])
        + (facts.contains(where: \.isOfTime) ? ["time window"] : [])
      let aside = parts.isEmpty ? "" : ", their \(parts.joined(separator: " and ")) aside"
      lines.append("  \(isOneSided ? "it holds of no event" : "the same events\(aside)"): proved")
    default:
      if change.old != nil { lines += self.lines("loses", .bad, change.loss, .new) }
      if change.new != nil { lines += self.lines("gains", .warning, change.gain, .old) }
    }
    for changed in change.changedFixtures {
      lines.append(
        "  fixture `\(changed.fixture.name)` \(changed.verdict ? "matches now" : "no longer matches")")
    }
    lines += change.factsNotCompared.map { fact in
      "  \(fact.isOfTime ? "time window" : "place"): only one of the versions says what `\(fact)` is; not compared"
    }
    return lines + (change.settings + change.otherChanges).map { "  \(flat($0))" }
  }

  private var style: TextLine.Style {
    switch change.kind {
    case .equal: .good
    case .wider, .added, .unknown, .partly, .alerts, .settings: .warning
    case .narrower, .different, .removed: .bad
    }
  }

  private func lines(
    _ verb: String, _ style: TextLine.Style, _ effect: RuleChange.Effect, _ version: RuleChange.Version
  ) -> [TextLine] {
    switch effect {
    case .none: ["  \(verb) nothing: proved"]
    case .unknown(let bound): ["  \(verb): unknown: \(bound)"]
    case .event(let event): ["  \(verb, style) events such as"] + explanation(event, version)
    case .arrays(let event):
      ["  \(verb, style) events only where a field holds several values, such as"]
        + explanation(event, version)
    }
  }

  /// Where an event is, if that is part of why a version does not hold of it.
  private func place(_ event: Event, _ version: RuleChange.Version) -> Place? {
    change.deciding(version, on: event).contains { !$0.facts.isEmpty } ? event.place : nil
  }

  private func explanation(_ event: Event, _ version: RuleChange.Version) -> [TextLine] {
    let value = Value.object(event.object)
    let compact = value.compactJSON
    let shown = 4
    let deciding = change.deciding(version, on: event)
    var lines = TextLine.lines(of: compact.count > 100 ? value.prettyJSON : compact, indent: 4)
    if let place = place(event, version) { lines.append("    in \(place.description)") }
    for condition in deciding.prefix(shown) {
      lines.append(
        "    the \(version == .old ? "old" : "new") version asks: \(shortened(Notation.print(condition), to: 160))"
      )
    }
    if deciding.count > shown { lines.append("    … and \(deciding.count - shown) more") }
    return lines
  }

  // For programs.

  private var facts: [(name: String, value: Value)] {
    var facts: [(name: String, value: Value)] = [("verdict", .string(change.kind.rawValue))]
    if let old = change.old { facts.append(("old", version(old))) }
    if let new = change.new { facts.append(("new", version(new))) }
    facts.append(("loss", json(change.loss, .new)))
    facts.append(("gain", json(change.gain, .old)))
    let fixtures = change.changedFixtures.map { changed in
      Value.members([("name", .string(changed.fixture.name)), ("matches", .bool(changed.verdict))])
    }
    facts.append(("fixtures", .array(fixtures)))
    facts.append(("notCompared", .array(change.factsNotCompared.map { .string($0.name) })))
    if !change.settings.isEmpty { facts.append(("settings", .array(change.settings.map(Value.string)))) }
    facts.append(("otherChanges", .array(change.otherChanges.map(Value.string))))
    return facts
  }

  private func version(_ document: RuleDocument) -> Value {
    .members([
      ("file", .string(document.source.name)), ("id", .string(document.rule.id)),
      ("digest", .string(document.rule.digest)),
    ])
  }

  private func json(_ effect: RuleChange.Effect, _ version: RuleChange.Version) -> Value {
    switch effect {
    case .none: .members([("events", .string("none"))])
    case .event(let event): json("some", event, version)
    case .arrays(let event): json("only with several values", event, version)
    case .unknown(let bound):
      .members([("events", .string("unknown")), ("reason", .string(bound.description))])
    }
  }

  /// An event, and where it is if that matters.
  private func json(_ events: String, _ event: Event, _ version: RuleChange.Version) -> Value {
    let place: [(String, Value)] = (self.place(event, version) ?? Place()).facts.map { fact, texts in
      (fact.name, .array(texts.map(Value.string)))
    }
    return .members(
      [("events", .string(events)), ("event", .object(event.object))]
        + (place.isEmpty ? [] : [("place", .members(place))]))
  }
}
