import ConcordDetection
import ConcordDocuments

/// An event made to break a translation, and what the meaning says of it.
package struct BoundaryEvent: Hashable, Sendable {
  /// What is special about an event.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The question decides the verdict here: half of a `DecidingPair`.
    case decides
    /// The question is plainly answered yes.
    case match
    /// The question is plainly answered no.
    case miss
    /// The field is missing.
    case absent
    /// The field is JSON null.
    case null
    /// The field's value has another type than the question is about.
    case otherType
    /// The text is in other letter case, or composed otherwise.
    case letterCase
    /// The text is one character off.
    case nearMiss
    /// The text has wildcards or quotes in it.
    case metacharacter
    /// The text is empty or blank.
    case empty
    /// The field is an array of several elements, or of none.
    case array
    /// The number or address is at, or beside, the bound.
    case bound
  }

  package let event: Event
  /// What is special about it, in words: `userIdentity.type: one character longer`.
  package let purpose: String
  /// What is special about it.
  package let kind: Kind
  /// The question that it is about.
  package let site: AtomSite
  /// The verdict by `Condition.holds`.
  package let expected: Bool
}

/// The boundary events of a condition, and what they show.
package struct BoundaryEvents: Sendable {
  /// The events, in order of the questions, without duplicates.
  package private(set) var events: [BoundaryEvent] = []
  /// For each question that can be shown to decide, a pair that shows it.
  package private(set) var pairs: [DecidingPair] = []
  /// The questions for which no pair was found: most often another question implies the answer.
  package private(set) var undecided: [AtomSite] = []
  /// How many questions were left out, since there are more than `siteLimit`.
  package private(set) var omittedSites = 0
  /// How many events about the others were left out, since they would have been more than the limits allow.
  package private(set) var omittedEvents = 0

  /// Of more questions than this, an even sample is taken.
  package static let siteLimit = 120
  /// No more events than this are made; of a condition with thousands of questions fewer.
  package static let eventLimit = 4_000
  /// How many answers to questions all events may take together.
  private static let answerLimit = 150_000

  /// The boundary events of `condition`, derived from the fixtures where there are any.
  ///
  /// The same condition and fixtures give the same events.
  package init(for condition: Condition, fixtures: [Fixture] = []) {
    let sites = AtomSites(condition)
    let search = BoundarySearch(sites: sites, fixtures: fixtures, condition: condition)
    let bases = BoundaryEvents.bases(fixtures, sites)
    var seen: Set<Event> = []
    let limit = min(
      BoundaryEvents.eventLimit, max(200, BoundaryEvents.answerLimit / max(1, sites.sites.count)))
    let sample = BoundaryEvents.sample(sites.sites.count)
    omittedSites = sites.sites.count - sample.count
    for index in sample {
      let site = sites.sites[index]
      let pair = search.pair(for: index, from: bases)
      if let pair {
        pairs.append(DecidingPair(site: site, yes: pair.yes.event, no: pair.no.event))
      } else {
        undecided.append(site)
      }
      guard let base = pair?.yes ?? bases.first else { continue }
      omittedEvents += search.addEvents(
        for: site, pair: pair, base: base, atMost: limit / sample.count, to: &events, &seen)
    }
  }

  /// The events alone.
  package static func events(for condition: Condition, fixtures: [Fixture] = []) -> [BoundaryEvent] {
    BoundaryEvents(for: condition, fixtures: fixtures).events
  }

  /// The events to start from, best first: matching fixtures, other fixtures, the empty event.
  private static func bases(_ fixtures: [Fixture], _ sites: AtomSites) -> [AnswerSheet] {
    let sheets = fixtures.map { AnswerSheet(sites, $0.event) }
    return Array(sheets.filter(\.holds).prefix(2)) + Array(sheets.filter { !$0.holds }.prefix(2))
      + [AnswerSheet(sites, Event(Value.Object()))]
  }

  /// All of `count` numbers, or an even sample of them with the first and the last.
  private static func sample(_ count: Int) -> [Int] {
    guard count > siteLimit else { return Array(0..<count) }
    return (0..<siteLimit).map { $0 * (count - 1) / (siteLimit - 1) }
  }
}

extension BoundarySearch {
  init(sites: AtomSites, fixtures: [Fixture], condition: Condition) {
    let events = fixtures.map(\.event)
    var shapes: [FieldPath: PathShape] = [:]
    var hints: [FieldPath: [Value]] = [:]
    for path in condition.paths {
      shapes[path] = path.shape(in: events)
      var seen: Set<Value> = []
      hints[path] = Array(
        events.flatMap { $0.values(at: path).prefix(4).map(\.value) }.filter { seen.insert($0).inserted }
          .prefix(6))
    }
    var elements: [Int: ElementExamples] = [:]
    for site in sites.sites {
      guard case .some(let path, let operand) = site.question.kind else { continue }
      elements[site.index] = ElementExamples(at: path, operand, fixtures: fixtures)
    }
    let names = Set(condition.paths.flatMap(\.names) + events.flatMap { $0.object.members.map(\.key) })
    let spare = ["message", "text", "note"].first { !names.contains($0) } ?? "concord_spare"
    let paths = condition.paths + [FieldPath(spare)]
    self.init(
      sites: sites, shapes: shapes, hints: hints, elements: elements, spare: FieldPath(spare),
      dependents: Dictionary(
        paths.map { ($0, sites.dependents(of: $0)) }, uniquingKeysWith: { one, _ in one }))
  }

  /// Adds the events about one site that are not there: its pair, then probes put into an event in which it decides;
  /// where that makes too many, an even sample of the probes, another one for each site. Returns how many probes were
  /// left out.
  func addEvents(
    for site: AtomSite, pair: Pair?, base: AnswerSheet, atMost limit: Int,
    to events: inout [BoundaryEvent], _ seen: inout Set<Event>
  ) -> Int {
    let path = path(of: site.index)
    let name = site.path?.description ?? "keyword"
    func add(_ sheet: AnswerSheet, _ words: String, _ kind: BoundaryEvent.Kind) {
      guard seen.insert(sheet.event).inserted else { return }
      events.append(
        BoundaryEvent(
          event: sheet.event, purpose: "\(name): \(words)", kind: kind, site: site, expected: sheet.holds))
    }
    if let pair {
      add(pair.yes, "decides, answered yes", .decides)
      add(pair.no, "decides, answered no", .decides)
    }
    let probes = BoundaryProbes(
      site, hints: hints[path] ?? [], elements: elements[site.index], shape: shape(of: path), in: base.event
    ).all
    let stride = max(1, (probes.count + limit - 1) / max(1, limit))
    let taken = probes.indices.filter { $0 % stride == site.index % stride }
    for probe in taken.map({ probes[$0] }) {
      add(placing(probe.placement, at: path, base), probe.words, probe.kind)
    }
    return probes.count - taken.count
  }
}
