import ConcordDetection
import ConcordDiagnostics

extension Rule {
  /// Notes that a query leaves these facts of the rule's place out, because the user said where the events are.
  /// Throws `E423` where the user did not: what nothing maps never vanishes; `help` says how it is told.
  package func placeAside(
    from language: String, _ facts: [PlaceFact], isPlaceGiven: Bool, help: String
  ) throws(Diagnostic) -> [Diagnostic] {
    if !isPlaceGiven, let fact = facts.first {
      throw .placeNotMapped(fact, in: language, asking: place.firstQuestion(about: fact), help: help)
    }
    return facts.map(Diagnostic.placeAside)
  }
}

extension Rule {
  /// The window of a query: the options' own, else the rule's as far as every platform states it; and the parts of the
  /// rule's that it does not say.
  package func windows(_ options: LanguageOptions) -> (window: TimeWindow, others: [Condition]) {
    let own = TimeWindow.parts(of: window)
    if options.window.isEmpty || options.window == own.window { return own }
    return (options.window, window.conjuncts.filter { $0 != .always(true) })
  }

  /// Notes that a language which knows no time of an event leaves the rule's window out.
  package var windowAside: [Diagnostic] {
    window.conjuncts.filter { $0 != .always(true) }.map(Diagnostic.windowAside)
  }
}

extension Rule {
  /// A warning that a query which looks at this window never sees all that the rule counts together.
  package func windowTooShort(_ window: TimeWindow) -> [Diagnostic] {
    // Of windows the number is negative.
    guard let period = (aggregate?.period.seconds).map(abs), let length = window.length, length < period
    else {
      return []
    }
    return [
      Diagnostic(
        .windowTooShort,
        "the query looks at \(length) s, and the rule counts over \(period) s: what lies further apart makes no alert",
        help: ["look at \(period) s at least, and at as much again as lies between two runs"])
    ]
  }
}

extension TimeWindow {
  /// How many seconds it has, where both ends are told by the same clock; `nil` for one that is open or not known.
  fileprivate var length: Int? {
    switch (since, until) {
    case (.before(let since)?, nil): since
    case (.before(let since)?, .before(let until)?): since - until
    case (.at(let since)?, .at(let until)?): until.seconds - since.seconds
    case (nil, _), (.at?, _), (.before?, .at?): nil
    }
  }
}

extension Rule {
  /// A note that a query gives every event, where the rule was read from one that gives so many at most.
  package var limitAside: [Diagnostic] {
    guard rowLimit != nil else { return [] }
    return [Diagnostic(.limitLeftOut, "`LIMIT` is set aside: a rule is about every event")]
  }
}

extension [Diagnostic] {
  /// The parts of a rule besides its condition that these notes set aside, in words.
  package var partsAside: [String] {
    let parts: [(code: Diagnostic.Code, words: String)] = [
      (.placeSetAside, "place"), (.windowLeftOut, "time window"), (.limitLeftOut, "limit"),
    ]
    return parts.filter { part in contains { $0.code == part.code } }.map(\.words)
  }
}

extension Condition {
  fileprivate func firstQuestion(about wanted: PlaceFact) -> Condition? {
    switch kind {
    case .always, .test, .anywhere: nil
    case .place(let fact, _): fact == wanted ? self : nil
    case .some(_, let operand), .not(let operand): operand.firstQuestion(about: wanted)
    case .all(let operands), .any(let operands):
      operands.lazy.compactMap { $0.firstQuestion(about: wanted) }.first
    }
  }
}

extension Diagnostic {
  /// A part of a rule's window that the query leaves out.
  package static func windowAside(_ part: Condition) -> Diagnostic {
    var text = part.facts.map { "`\($0)`" }.joined(separator: ", ")
    if case .place(_, .text(let pattern, _)) = part.kind, case .equals(let own) = pattern.shape {
      text += " `\(own)`"
    }
    return Diagnostic(
      .windowLeftOut, "the rule's time window is set aside: \(text)",
      help: ["give it again with `--since` and `--until`"]
    ).located(in: nil, at: part.origin)
  }

  fileprivate static func placeAside(_ fact: PlaceFact) -> Diagnostic {
    Diagnostic(
      .placeSetAside, "what the rule asks of `\(fact)` is set aside: the options say where the events are",
      help: ["the query is the rule in all but its place"])
  }
}
