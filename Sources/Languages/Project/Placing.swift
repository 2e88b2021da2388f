import ConcordDetection
import ConcordDiagnostics

// From a log to where a platform keeps it, and back: what a project says, where no flag says otherwise.

extension LanguageOptions {
  /// The options for one rule: what the project says of its logs on the platform.
  ///
  /// Throws where its logs are kept in ways that one query cannot read.
  package func resolved(for rule: Rule, in language: Language) throws(Diagnostic) -> LanguageOptions {
    guard let role = language.project, !logs.isEmpty, !isResolved else { return self }
    var copy = self
    copy.isResolved = true
    copy.isPlaceGiven = role.isPlaceGiven(self)
    let parts = logs.parts(for: rule, on: language)
    for setting in parts.first?.settings ?? [] { setting(&copy) }
    copy.isPlacedByProject = !role.isPlaceGiven(self) && parts.contains { $0.place != .always(true) }
    if window.isEmpty, let log = rule.logSources.lazy.compactMap({ logs.log(for: $0) }).first {
      let (own, others) = TimeWindow.parts(of: rule.window)
      if own.isEmpty, others.isEmpty { copy.window = log.window }
    }
    return copy
  }
}

extension Rule {
  /// The rule with the platform's own place, where the project says it. Throws `E423` where the project names logs, and
  /// says of a log of the rule neither on the platform nor, by `isKnown`, the language itself where it is.
  package func placed(
    in language: Language, _ options: LanguageOptions
  ) throws(Diagnostic) -> Rule {
    guard let role = language.project, !options.logs.isEmpty, !role.isPlaceGiven(options), !logSources.isEmpty
    else { return self }
    var places: [Condition] = []
    for source in logSources {
      let log = options.logs.log(for: source)
      let place = log?.platforms[language.identifier]?.place ?? .always(true)
      if place == .always(true) {
        if language.knownSource?.covers(source) == true { continue }
        throw .logNotMapped(source, log?.name, in: language)
      }
      places.append(place)
    }
    if places.isEmpty { return self }
    // What the language knows by itself of one of several logs, it would ask of all.
    guard places.count == logSources.count else { throw .logNotMapped(logSources[0], nil, in: language) }
    var copy = self
    copy.place = .all([.any(places), place])
    return copy
  }

  /// The rule with its platform's place as the logs that the project has there, and the facts that are fields as
  /// questions about these.
  package func recognised(in language: Language, _ logs: [ProjectLog]) -> Rule {
    guard !logs.isEmpty, language.project != nil else { return self }
    var copy = self
    let parts = place.conjuncts
    if let (found, rest) = logs.log(at: parts, sources: logSources, on: language.identifier) {
      copy.logSources = [found.source]
      copy.place = .all(rest)
      copy.askFields(found.platforms[language.identifier]?.fields ?? [:])
    } else if let (found, rest) = logs.alternatives(at: parts, sources: logSources, on: language.identifier) {
      copy.logSources = found.map(\.source)
      copy.place = .all(rest)
    }
    return copy
  }

  /// Asks of fields of the event what is asked of facts that are fields.
  private mutating func askFields(_ fields: [PlaceFact: FieldPath]) {
    if fields.isEmpty { return }
    let asked = place.conjuncts.map { ($0, $0.facts.allSatisfy { fields[$0] != nil }) }
    place = .all(asked.filter { !$0.1 }.map(\.0))
    let moved = asked.filter(\.1).map { $0.0.askingFields(fields) }
    condition = .all(moved.filter { $0 != .always(true) } + [condition.askingFields(fields)])
  }
}

extension Condition {
  /// The same question, of fields of the event where a fact is one.
  fileprivate func askingFields(_ fields: [PlaceFact: FieldPath]) -> Condition {
    switch kind {
    case .always, .test, .anywhere: self
    case .place(let fact, let atom): fields[fact].map { .test($0, atom, origin: origin) } ?? self
    case .some(let path, let operand): .some(path, operand.askingFields(fields), origin: origin)
    case .not(let operand): .not(operand.askingFields(fields), origin: origin)
    case .all(let operands): .all(operands.map { $0.askingFields(fields) }, origin: origin)
    case .any(let operands): .any(operands.map { $0.askingFields(fields) }, origin: origin)
    }
  }
}

/// A part of a place, whatever the order of its alternatives.
private enum Unordered: Hashable {
  case one(Condition)
  case any(Set<Condition>)
}

extension Condition {
  fileprivate var unordered: Unordered {
    if case .any(let operands) = kind { .any(Set(operands.map(\.folded))) } else { .one(folded) }
  }

  /// A question about a place whose letter case is ignored, in lower case.
  private var folded: Condition {
    guard case .place(let fact, .text(let pattern, .ignored)) = kind else { return self }
    let pieces = pattern.pieces.map { piece in
      if case .literal(let text) = piece { Pattern.Piece.literal(LetterCase.lower(text)) } else { piece }
    }
    return .place(fact, .text(Pattern(pieces), .ignored))
  }
}

extension [ProjectLog] {
  /// What the project says of a rule's logs on a platform, each part once.
  fileprivate func parts(for rule: Rule, on language: Language) -> [PlatformLog] {
    var seen: Set<String> = []
    return rule.logSources.compactMap { source in
      guard let log = log(for: source), seen.insert(log.name).inserted else { return nil }
      return log.platforms[language.identifier]
    }
  }

  /// The log that has all these parts of a place, and the parts beyond its own: of several the one with most.
  fileprivate func log(
    at parts: [Condition], sources: [LogSource], on platform: String
  ) -> (ProjectLog, rest: [Condition])? {
    var best: (log: ProjectLog, own: Set<Unordered>, count: Int)?
    for log in self {
      guard let part = log.platforms[platform] else { continue }
      var own = Set(part.place.conjuncts.filter { $0 != .always(true) }.map(\.unordered))
      if own.isEmpty { continue }
      let count = own.count
      if let known = part.known, sources == [known.log] {
        own.remove(known.part.unordered)
      } else if !sources.allSatisfy(log.covers) {
        continue
      }
      if own.isSubset(of: parts.map(\.unordered)), count > best?.count ?? 0 { best = (log, own, count) }
    }
    return best.map { found in (found.log, parts.filter { !found.own.contains($0.unordered) }) }
  }

  /// The logs of which the parts of a place name several, and the parts besides.
  fileprivate func alternatives(
    at parts: [Condition], sources: [LogSource], on platform: String
  ) -> ([ProjectLog], rest: [Condition])? {
    for (index, part) in parts.enumerated() {
      guard case .any(let operands) = part.kind else { continue }
      let found = operands.map { log(at: $0.conjuncts, sources: sources, on: platform) }
      let logs = found.compactMap { $0.flatMap { $0.rest.isEmpty ? $0.0 : nil } }
      guard logs.count == operands.count else { continue }
      var rest = parts
      rest.remove(at: index)
      return (logs, rest)
    }
    return nil
  }
}

extension Diagnostic {
  fileprivate static func logNotMapped(
    _ source: LogSource, _ log: String?, in language: Language
  ) -> Diagnostic {
    let parts = [source.product, source.category, source.service].compactMap { $0 }
    let name = parts.isEmpty ? source.platformName ?? "any" : parts.joined(separator: "/")
    let help =
      log.map { "say where it is: `\(language.identifier)` of the log `\($0)`" }
      ?? "name it in the project file: a log with that `source`, and `\(language.identifier)` in it"
    return Diagnostic(
      .placeNotMapped, "the project does not say where \(language.name) finds the log `\(name)`", help: [help]
    )
  }
}
