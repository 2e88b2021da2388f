import Concord

/// What `diff` reports of a rule.
struct DiffEntry {
  /// The entry of the report.
  private(set) var entry: Report.Entry
  /// What the change means for the exit code.
  private(set) var code = ExitCode.clean
  private let change: RuleChange

  /// The entry of a change. `failing`: what fails the run; `base`: the commit that the old version is of.
  init(_ change: RuleChange, failing: FailOn?, showsEqual: Bool, base: String?) {
    self.change = change
    let source = (change.new ?? change.old)?.source.name ?? ""
    // A rule that is gone stands in no file of the working tree; its name is that of its file in the commit.
    let path =
      base.map { source.hasPrefix("\($0):") ? String(source.dropFirst($0.count + 1)) : source } ?? source
    entry = Report.Entry(path: path, rule: change.id)
    add(.loss, change.loss, fails: failing == .loss || failing == .any)
    add(.gain, change.gain, fails: failing == .gain || failing == .any)
    if !change.otherChanges.isEmpty {
      let words = change.otherChanges.joined(separator: "; ")
      entry.findings.append(
        finding(.ruleChanged, .note, "besides what it matches, the rule changed: \(words)", "rest"))
    }
    if showsEqual || change.kind != .equal || !change.otherChanges.isEmpty { entry.lines = lines(source) }
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
      code = code.and(.unknown)
      let message = "whether the change has a \(side.rawValue) is unknown: \(bound)"
      outcome = .skipped(message: message)
      entry.findings.append(finding(.changeUnknown, .warning, message, "unknown \(side.rawValue)"))
    } else if let event = effect.event {
      if fails {
        code = code.and(.findings)
        entry.isClean = false
      }
      let message = "the rule \(side == .loss ? "loses" : "gains") events"
      let json = Value.object(event.object)
      outcome = fails ? .failed(message: message, body: json.prettyJSON) : .skipped(message: message)
      entry.findings.append(
        finding(
          side == .loss ? .eventsLost : .eventsGained, fails ? .error : side == .loss ? .warning : .note,
          "\(message), such as \(shortened(json.compactJSON, to: 400))", side.rawValue,
          at: side == .loss ? RuleChange.deciding(change.new, on: event).first?.origin : nil))
    }
    entry.cases.append(Report.Case(group: change.id, name: side.rawValue, outcome: outcome))
  }

  private func finding(
    _ code: Diagnostic.Code, _ severity: Diagnostic.Severity, _ message: String, _ identity: String,
    at span: Span? = nil
  ) -> Report.Finding {
    let document = change.new ?? change.old
    let source = span == nil ? document?.source : document?.conditionSource
    return Report.Finding(
      diagnostic: Diagnostic(
        code, severity: severity, message, in: source, labels: span.map { [Diagnostic.Label($0)] } ?? []),
      isTold: true, identity: "\(change.id):\(identity)")
  }

  // For people.

  private func lines(_ source: String) -> [TextLine] {
    var lines: [TextLine] = ["\(source): \(change.id): \(change.kind.rawValue, style)"]
    switch (change.loss, change.gain) {
    case (.none, .none):
      let isOneSided = change.old == nil || change.new == nil
      lines.append("  \(isOneSided ? "it holds of no event" : "the same events"): proved")
    default:
      if change.old != nil { lines += self.lines("loses", .bad, change.loss, change.new, "new") }
      if change.new != nil { lines += self.lines("gains", .warning, change.gain, change.old, "old") }
    }
    for changed in change.changedFixtures {
      lines.append(
        "  fixture `\(changed.fixture.name)` \(changed.verdict ? "matches now" : "no longer matches")")
    }
    return lines + change.otherChanges.map { "  \($0)" }
  }

  private var style: TextLine.Style {
    switch change.kind {
    case .equal: .good
    case .wider, .added, .unknown: .warning
    case .narrower, .different, .removed: .bad
    }
  }

  private func lines(
    _ verb: String, _ style: TextLine.Style, _ effect: RuleChange.Effect, _ document: RuleDocument?,
    _ name: String
  ) -> [TextLine] {
    switch effect {
    case .none: ["  \(verb) nothing: proved"]
    case .unknown(let bound): ["  \(verb): unknown: \(bound)"]
    case .event(let event): ["  \(verb, style) events such as"] + explanation(event, document, name)
    case .arrays(let event):
      ["  \(verb, style) events only where a field holds several values, such as"]
        + explanation(event, document, name)
    }
  }

  private func explanation(_ event: Event, _ document: RuleDocument?, _ name: String) -> [TextLine] {
    let value = Value.object(event.object)
    let compact = value.compactJSON
    let shown = 4
    let deciding = RuleChange.deciding(document, on: event)
    var lines = TextLine.lines(of: compact.count > 100 ? value.prettyJSON : compact, indent: 4)
    for condition in deciding.prefix(shown) {
      lines.append("    the \(name) version asks: \(shortened(Notation.print(condition), to: 160))")
    }
    if deciding.count > shown { lines.append("    … and \(deciding.count - shown) more") }
    return lines
  }

  // For programs.

  private var facts: [(name: String, value: Value)] {
    var facts: [(name: String, value: Value)] = [("verdict", .string(change.kind.rawValue))]
    if let old = change.old { facts.append(("old", version(old))) }
    if let new = change.new { facts.append(("new", version(new))) }
    facts.append(("loss", json(change.loss)))
    facts.append(("gain", json(change.gain)))
    let fixtures = change.changedFixtures.map { changed in
      Value.members([("name", .string(changed.fixture.name)), ("matches", .bool(changed.verdict))])
    }
    facts.append(("fixtures", .array(fixtures)))
    facts.append(("otherChanges", .array(change.otherChanges.map(Value.string))))
    return facts
  }

  private func version(_ document: RuleDocument) -> Value {
    .members([
      ("file", .string(document.source.name)), ("id", .string(document.rule.id)),
      ("digest", .string(document.rule.condition.digest)),
    ])
  }

  private func json(_ effect: RuleChange.Effect) -> Value {
    switch effect {
    case .none: .members([("events", .string("none"))])
    case .event(let event): .members([("events", .string("some")), ("event", .object(event.object))])
    case .arrays(let event):
      .members([("events", .string("only with several values")), ("event", .object(event.object))])
    case .unknown(let bound):
      .members([("events", .string("unknown")), ("reason", .string(bound.description))])
    }
  }
}
