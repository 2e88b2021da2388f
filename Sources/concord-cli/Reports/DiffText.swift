import Concord

/// `diff`'s output for people.
struct DiffText {
  /// Whether rules that did not change are shown too.
  let showsEqual: Bool

  func render(_ changes: [RuleChange]) -> String {
    var blocks: [String] = []
    for change in changes where showsEqual || change.kind != .equal || !change.otherChanges.isEmpty {
      blocks.append(block(change))
    }
    if changes.count != 1 { blocks.append(summary(changes) + "\n") }
    return blocks.joined(separator: "\n")
  }

  private func summary(_ changes: [RuleChange]) -> String {
    let counts = RuleChange.Kind.allCases.compactMap { kind -> String? in
      let count = changes.count { $0.kind == kind }
      return count == 0 ? nil : "\(count) \(kind.rawValue)"
    }
    return "\(changes.count) rules" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
  }

  private func block(_ change: RuleChange) -> String {
    let source = (change.new ?? change.old)?.source.name ?? ""
    var lines = ["\(oneLine(source)): \(oneLine(change.id)): \(change.kind.rawValue)"]
    switch (change.loss, change.gain) {
    case (.none, .none):
      lines.append(
        "  \(change.old == nil || change.new == nil ? "it holds of no event" : "the same events"): proved")
    default:
      if change.old != nil { lines += self.lines("loses", change.loss, decided: change.new, by: "new") }
      if change.new != nil { lines += self.lines("gains", change.gain, decided: change.old, by: "old") }
    }
    for changed in change.changedFixtures {
      lines.append(
        "  fixture `\(oneLine(changed.fixture.name))` \(changed.verdict ? "matches now" : "no longer matches")"
      )
    }
    lines += change.otherChanges.map { "  \(oneLine($0))" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(
    _ verb: String, _ effect: RuleChange.Effect, decided document: RuleDocument?, by name: String
  ) -> [String] {
    switch effect {
    case .none: return ["  \(verb) nothing: proved"]
    case .unknown(let bound): return ["  \(verb): unknown: \(bound)"]
    case .event(let event): return ["  \(verb) events such as"] + explanation(event, document, name)
    case .arrays(let event):
      return ["  \(verb) events only where a field holds several values, such as"]
        + explanation(event, document, name)
    }
  }

  private func explanation(_ event: Event, _ document: RuleDocument?, _ name: String) -> [String] {
    let value = Value.object(event.object)
    let compact = value.compactJSON
    let text = compact.count > 100 ? value.prettyJSON : compact
    let shown = 4
    let deciding = RuleChange.deciding(document, on: event)
    var lines = text.split(separator: "\n").map { "    \($0)" }
    for condition in deciding.prefix(shown) {
      let text = oneLine(Notation.print(condition))
      lines.append(
        "    the \(name) version asks: \(text.count > 160 ? text.prefix(159) + "…" : text)")
    }
    if deciding.count > shown { lines.append("    … and \(deciding.count - shown) more") }
    return lines
  }
}

/// `diff`'s output for programs.
enum DiffJSON {
  static func render(_ changes: [RuleChange]) -> String {
    object([("rules", .array(changes.map(change)))]).prettyJSON + "\n"
  }

  private static func change(_ change: RuleChange) -> Value {
    var members: [(String, Value)] = [
      ("id", .string(change.id)), ("verdict", .string(change.kind.rawValue)),
    ]
    if let old = change.old { members.append(("old", version(old))) }
    if let new = change.new { members.append(("new", version(new))) }
    members.append(("loss", effect(change.loss)))
    members.append(("gain", effect(change.gain)))
    members.append(
      (
        "fixtures",
        .array(
          change.changedFixtures.map { changed in
            object([("name", .string(changed.fixture.name)), ("matches", .bool(changed.verdict))])
          })
      ))
    members.append(("otherChanges", .array(change.otherChanges.map(Value.string))))
    return object(members)
  }

  private static func version(_ document: RuleDocument) -> Value {
    object([
      ("file", .string(document.source.name)), ("id", .string(document.rule.id)),
      ("digest", .string(document.rule.condition.digest)),
    ])
  }

  private static func effect(_ effect: RuleChange.Effect) -> Value {
    switch effect {
    case .none: object([("events", .string("none"))])
    case .event(let event): object([("events", .string("some")), ("event", .object(event.object))])
    case .arrays(let event):
      object([("events", .string("only with several values")), ("event", .object(event.object))])
    case .unknown(let bound):
      object([("events", .string("unknown")), ("reason", .string(bound.description))])
    }
  }

  private static func object(_ members: [(String, Value)]) -> Value {
    .object(Value.Object(members.map { Value.Object.Member($0.0, $0.1) }))
  }
}
