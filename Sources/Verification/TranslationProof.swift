import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof

/// Whether a query holds of the same events as a rule: its text is read back, and both conditions are compared.
public struct TranslationProof: Sendable {
  /// How it ended.
  public enum Outcome: Sendable {
    /// The query holds of the same events as the rule. Where paths are named, of all events in which each of them
    /// holds one value at most, as the language reads it.
    case proved(singleValued: [FieldPath])
    /// The query's text cannot be read back, for this reason.
    case unread(String)
    /// The query misses an event, or holds of one too many; executing its text on the event confirmed it.
    case different(missed: Event?, extra: Event?)
    /// No answer, for this reason.
    case unknown(String)
  }

  /// The language's identifier.
  package let language: String
  /// How it ended.
  public let outcome: Outcome
  /// What the rule asks of the place in a platform's own facts that the query does not name: the user said where the
  /// events are, and the proof is about the rest.
  public let placeAside: [PlaceFact]
  /// The part of the detection besides the condition in which both differ, in words; `nil` where none does.
  public let differingPart: String?
  /// Whether only one of rule and query states a time window, or each in its platform's own words: the proof is about
  /// the rest.
  public let isWindowAside: Bool
  /// What is left out of the rule whatever it is compared with.
  private let notesAside: [Diagnostic]
  /// The notes of the query that tell what its writer takes of the values in every event.
  private let given: [Diagnostic.Code]

  /// The codes of notes that tell what is taken of values in every event.
  package static let assumptions: [Diagnostic.Code] = [
    .assumedShape, .elementsRespelled, .numbersAsSpelled, .shapeTold, .numbersInDoubles, .takenAsJSON,
    .timesAsSpelled, .columnHoldsNone, .typesTaken, .columnsInAnyCase,
  ]

  /// What the proof takes for granted, as the end of a sentence: ` where …`; empty for nothing.
  package var assumption: String {
    guard case .proved(let paths) = outcome else { return "" }
    let place = placeAside.map { "`\($0)`" }.joined(separator: ", ")
    let aside =
      (place.isEmpty ? "" : ", its place aside (\(place))") + (isWindowAside ? ", its time window aside" : "")
      + notesAside.partsAside.map { ", its \($0) aside" }.joined()
    let taken = given.isEmpty ? "" : ", given " + given.map(\.rawValue).joined(separator: ", ")
    if paths.isEmpty { return aside + taken }
    let shown = 3
    let names = paths.prefix(shown).map { "`\($0)`" }.joined(separator: ", ")
    let more = paths.count > shown ? " and \(paths.count - shown) more" : ""
    return " where \(names)\(more) \(paths.count == 1 ? "holds" : "each hold") one value\(aside)\(taken)"
  }

  /// Reads `query` and compares it with the condition of `rule`. `options` are those by which it was written.
  package init(
    of query: Query, for rule: Rule, in language: Language, options: LanguageOptions,
    limits: Prover.Limits = Prover.Limits()
  ) {
    self.init(of: query, for: rule, as: nil, in: language, options: options, limits: limits)
  }

  /// Compares what a statement for several rules asks for the one that it calls by a label, `packed`, with the condition of
  /// `rule`.
  package init(
    of query: Query, for rule: Rule, as packed: (label: String, document: RuleDocument)?,
    in language: Language,
    options: LanguageOptions,
    limits: Prover.Limits = Prover.Limits()
  ) {
    self.language = language.identifier
    notesAside = rule.limitAside
    given = TranslationProof.assumptions.filter(Set(query.notes.map(\.code)).contains)
    do throws(Diagnostic) {
      let check = Check(
        query: query, packed: packed, rule: rule, language: language,
        options: try options.forReadingBack.resolved(for: rule, in: language), limits: limits)
      let answer = try check.answer()
      (outcome, differingPart) = (answer.outcome, answer.differingPart)
      (placeAside, isWindowAside) = (answer.placeAside, answer.isWindowAside)
    } catch {
      (outcome, differingPart, placeAside, isWindowAside) = (.unread(error.message), nil, [], false)
    }
  }
}

/// One query beside its rule.
private struct Check {
  let query: Query
  /// What was read of a query for several rules, and what it calls the rule.
  let packed: (label: String, document: RuleDocument)?
  let rule: Rule
  let language: Language
  let options: LanguageOptions
  let limits: Prover.Limits

  /// How it ended, and what was left out.
  struct Comparison {
    var outcome: TranslationProof.Outcome
    var differingPart: String?
    var placeAside: [PlaceFact] = []
    var isWindowAside = false
  }

  /// Reads the query and compares it part by part.
  func answer() throws(Diagnostic) -> Comparison {
    let source = Source(name: "<query>.\(language.fileEnding)", text: query.text)
    // A rule over several logs may become a document for each.
    let rules: [Rule]
    if let packed {
      rules = [packed.document.rule.recognised(in: language, options.logs)]
    } else {
      rules = try language.read(source, options: options).filter { !$0.isPart }.map(\.rule)
    }
    let detections = rules.map {
      spelled($0.detectionAnywhere).counted
    }
    guard let read = detections.first, detections.allSatisfy({ $0 == read }) else {
      return Comparison(
        outcome: .unread("the text is \(detections.count) rules with conditions of their own"))
    }
    var answer = besides(rules)
    if answer.differingPart != nil { return answer }
    if case .unknown = answer.outcome { return answer }
    if let difference = AggregateComparison.difference(meant.aggregate, read.aggregate, limits) {
      answer.outcome = .unknown(difference)
      return answer
    }
    answer.outcome = try compare(read.condition)
    // What a statement for several rules asks besides is read of it as a part of each.
    if case .proved = answer.outcome, packed == nil, let prefilter = language.prefilter,
      let outcome = try check(prefilter, source)
    {
      answer.outcome = outcome
    }
    return answer
  }

  /// What the rule asks of events and of their number, in the form in which two are compared.
  private var meant: Detection { rule.detectionAnywhere.counted }

  /// What was read, in the rule's spelling where names ignore letter case.
  private func spelled(_ read: Detection) -> Detection {
    guard language.traits.contains(.ignoresNameCase) else { return read }
    var copy = rule
    (copy.condition, copy.aggregate) = (read.condition, read.aggregate)
    copy.spell(as: rule)
    return copy.detectionAnywhere
  }

  /// What the query says besides its condition, compared with the rule: `proved` where nothing differs.
  private func besides(_ rules: [Rule]) -> Comparison {
    var answer = Comparison(outcome: .proved(singleValued: []))
    let window = SharedPlace(
      options.window.isEmpty ? rule.window : options.window.condition, .any(rules.map(\.window)))
    answer.isWindowAside = !(window.onlyInFirst + window.onlyInSecond).isEmpty
    var parts = [("the time window", window)]
    if options.namesPlace {
      let place = SharedPlace(rule.place, .any(rules.map(\.place)))
      answer.placeAside = different(place) == nil ? place.onlyInFirst : rule.place.facts
      // The log source counts all the same, where the query's text tells it.
      parts.append(("the log source", SharedPlace(rule.logs, .any(rules.map(\.logs)))))
    } else {
      let platform =
        rule.place.facts.contains { $0.platform == language.identifier } ? language.identifier : nil
      let place = SharedPlace(
        rule.detection.place, .any(rules.map(\.detection.place)), counting: platform)
      answer.placeAside = (place.onlyInFirst + place.onlyInSecond).filter { $0.platform != nil }
      if let fact = place.onlyInFirst.first(where: { $0.platform != nil }) {
        answer.outcome = .unknown("the query does not say what the rule asks of `\(fact)`")
        return answer
      }
      parts.append(("the place", place))
    }
    for (name, part) in parts {
      guard let outcome = different(part) else { continue }
      if case .unknown(let bound) = outcome { answer.outcome = .unknown("of \(name): \(bound)") }
      if case .different = outcome { (answer.outcome, answer.differingPart) = (outcome, name) }
      return answer
    }
    return answer
  }

  /// What is wrong with what the query asks besides its condition, as far as both name the same facts.
  private func different(_ part: SharedPlace) -> TranslationProof.Outcome? {
    let proof = Prover(limits: limits).compare(part.first, part.second)
    switch proof.verdict {
    case .equal: return nil
    case .unknown(let bound): return .unknown(bound.description)
    case .wider, .narrower, .different, .disjoint:
      return .different(missed: proof.onlyInFirst.event, extra: proof.onlyInSecond.event)
    }
  }

  /// Compares the condition that was read with the rule's: first for all events, then for those that keep to what is
  /// known of arrays, since a query takes other paths as single values.
  private func compare(_ read: Condition) throws(Diagnostic) -> TranslationProof.Outcome {
    let meant = meant.condition
    if case .equal = Prover(limits: limits).compare(meant, read).verdict { return .proved(singleValued: []) }
    let events = rule.fixtures.map(\.event)
    let prover = Prover.singleValued([meant, read], events, limits: limits)
    let proof = prover.compare(meant, read)
    switch proof.verdict {
    case .equal:
      let needed = needed(Prover.singleValuedPaths([meant, read], events), meant, read)
      return .proved(singleValued: (meant.paths + read.paths).distinct.filter(needed.contains))
    case .unknown(let bound): return .unknown(bound.description)
    case .wider, .narrower, .different, .disjoint:
      return confirmed(missed: proof.onlyInFirst.event, extra: proof.onlyInSecond.event)
    }
  }

  /// The paths without which both conditions differ: each of the others may hold several values.
  private func needed(_ single: Set<FieldPath>, _ meant: Condition, _ read: Condition) -> Set<FieldPath> {
    var needed = single
    for path in (meant.paths + read.paths).distinct where needed.contains(path) {
      let fewer = needed.subtracting([path])
      let prover = Prover(arrays: .nowhereAt(fewer), limits: limits)
      if case .equal = prover.compare(meant, read).verdict { needed = fewer }
    }
    return needed
  }

  /// What executing the query on the events that should tell them apart says: reading may be at fault too.
  private func confirmed(missed: Event?, extra: Event?) -> TranslationProof.Outcome {
    var doubt: String?
    func confirm(_ event: Event?, expected: Bool) -> Event? {
      guard let event else { return nil }
      let text = Value.object(event.object).compactJSON
      do throws(Diagnostic) {
        if try language.kept([event], for: rule, options: options).isEmpty {
          doubt = "read back it differs by \(text), which its table does not hold"
          return nil
        }
        if let aggregate = rule.aggregate {
          if try aggregate.isToldApart(query.text, by: event, from: meant.condition, language, options) {
            return event
          }
          doubt = "read back it differs by \(text), a log of such events executed there does not"
          return nil
        }
        guard let verdict = try verdict(on: event) else { return event }
        if verdict == expected { return event }
        doubt = "read back it differs by \(text), executed there it does not"
      } catch {
        doubt = "on \(text) it is not executed: \(error.message)"
      }
      return nil
    }
    let (missed, extra) = (confirm(missed, expected: false), confirm(extra, expected: true))
    if missed != nil || extra != nil { return .different(missed: missed, extra: extra) }
    return .unknown(doubt ?? "the comparison gave no event")
  }

  /// What executing the text says of an event; `nil` where the language is not executed.
  private func verdict(on event: Event) throws(Diagnostic) -> Bool? {
    if let packed, let role = language.packs {
      let lists = try role.run(query.text, [event], options)
      return lists.first?.map { $0.contains { $0.sameScalars(as: packed.label) } } ?? false
    }
    guard language.runner != nil else { return nil }
    return try language.run(query.text, on: [event], options: options) == [true]
  }

  /// What is wrong with the coarse question of a query whose condition is that of the rule; `nil` where the rule's
  /// condition implies it.
  private func check(
    _ prefilter: Prefilter, _ source: Source
  ) throws(Diagnostic) -> TranslationProof.Outcome? {
    let prover = Prover(limits: limits)
    var answer = Answer.never
    for isSimple in [true, false] {
      let kept = try prefilter(source, isSimple, options)
      answer = prover.event(where: meant.condition, butNot: kept)
      if answer.isNever { return nil }
    }
    switch answer {
    case .never: return nil
    case .unknown(let bound): return .unknown("of its search terms: \(bound)")
    case .event(let event):
      let outcome = confirmed(missed: event, extra: nil)
      guard case .unknown = outcome else { return outcome }
      return .unknown("its search terms are not proved to stand in \(Value.object(event.object).compactJSON)")
    }
  }
}
