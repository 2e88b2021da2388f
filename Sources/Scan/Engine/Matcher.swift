import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Asks the rules of one event after another. It keeps scratch memory and is used by one thread at a time.
public final class Matcher {
  /// What was done so far.
  package struct Statistics: Hashable, Sendable {
    /// How many events were asked about.
    package var events = 0
    /// How many rules were evaluated, over all events.
    package var candidates = 0
    /// How many events the raw filter ruled out.
    package var filtered = 0
  }

  /// What was done so far.
  package private(set) var statistics = Statistics()

  let rules: CompiledRules
  var state: EventState
  let automata: [RegexAutomaton?]
  private let limits: EventLimits
  private let checking: EventChecking
  /// What checks an event and notes nothing.
  private let noFields = FieldTrie([])
  /// What the state's bytes are between events.
  private let nowhere: Frozen<UInt8>
  private let keyCheck = KeyCheck()
  /// Whether some key stands twice in one object of the event, if that was looked at.
  private var hasDuplicateKeys: Bool?
  /// The event as a value, if a question had to be asked of that.
  private var event: Event?

  init(_ rules: RuleSet) {
    self.rules = rules.compiled
    limits = rules.limits
    checking = rules.checking
    nowhere = Frozen([])
    state = EventState(rules.compiled, nowhere.bytes(0, 0), maxDepth: rules.limits.maxDepth)
    automata = rules.compiled.regexes.map { RegexAutomaton($0) }
  }

  deinit {
    state.free()
    keyCheck.free()
    nowhere.free()
  }

  /// The indices of the rules that hold of the JSON object in these bytes, ascending.
  ///
  /// Throws what is wrong with the event: it is not one JSON object, or goes beyond a limit.
  public func matches(_ bytes: UnsafeRawBufferPointer) throws(EventFault) -> [Int] {
    var hits: [Int] = []
    try matches(bytes, into: &hits)
    return hits
  }

  /// The same, into an array whose memory is used again.
  public func matches(_ bytes: UnsafeRawBufferPointer, into hits: inout [Int]) throws(EventFault) {
    hits.removeAll(keepingCapacity: true)
    statistics.events += 1
    if bytes.count > limits.maxBytes { throw EventFault(.tooLarge, at: limits.maxBytes) }
    guard let base = bytes.baseAddress, bytes.count > 0 else { throw EventFault(.empty, at: 0) }
    let bytes = Bytes(base.assumingMemoryBound(to: UInt8.self), bytes.count)
    state.captures.clear()
    if let filter = rules.filter, filter.rulesOut(bytes) {
      statistics.filtered += 1
      if checking == .candidates { return }
      var reader = EventReader(bytes, noFields, state.captures, limits, leaves: -1)
      return try reader.read()
    }
    var reader = EventReader(bytes, rules.trie, state.captures, limits, leaves: rules.leaves)
    try reader.read()
    state.bytes = bytes
    defer { state.bytes = nowhere.bytes(0, 0) }
    begin()
    evaluate(into: &hits)
  }

  private func begin() {
    state.begin()
    hasDuplicateKeys = nil
    event = nil
    let state = self.state
    let captures = state.captures
    for index in 0..<captures.count where !captures.list[index].isShadowed {
      if captures.list[index].kind == .whole {
        readRests(captures.list[index])
      } else {
        captures.link(index, state.stamp)
      }
    }
  }

  private func evaluate(into hits: inout [Int]) {
    let state = self.state
    if state.indexes.count > 0 { state.askIndexes() }
    statistics.candidates += rules.always.count + state.candidates.count
    for index in 0..<rules.always.count {
      let rule = rules.always[index]
      if holds(rule, state) { hits.append(Int(rule)) }
    }
    for index in 0..<state.candidates.count {
      let rule = state.candidates[index]
      if holds(rule, state) { hits.append(Int(rule)) }
    }
    if state.candidates.count > 0, hits.count > 1 { hits.sort() }
  }

  private func holds(_ rule: Int32, _ state: EventState) -> Bool {
    let (code, indexing) = (rules.code, rules.indexing)
    var place = rules.starts[rule]
    while place >= 0 {
      let step = code[place]
      let answer: Bool
      switch indexing[step.atom] {
      case .answered: answer = state.suspected[step.atom] == state.stamp
      case .keyword: answer = state.suspected[step.atom] == state.stamp && confirm(step.atom)
      case .suspected: answer = state.suspected[step.atom] == state.stamp && isTrue(step.atom, state)
      case .none: answer = isTrue(step.atom, state)
      }
      place = answer ? step.ifTrue : step.ifFalse
    }
    return place == Program.yes
  }

  /// The answer to a question, asked at most once for each event.
  @inline(__always)
  private func isTrue(_ atom: Int32, _ state: EventState) -> Bool {
    let known = state.answers[atom]
    if known >> 1 == state.stamp { return known & 1 == 1 }
    let test = rules.tests[atom]
    var answer = ask(test, state)
    if answer, test.field == state.leaves { answer = confirm(atom) }
    state.answers[atom] = state.stamp << 1 | (answer ? 1 : 0)
    return answer
  }

  // MARK: Keywords

  /// Whether a keyword that was found counts: a leaf within a member whose name stands again further on does not.
  /// Events with such members are rare, and keywords are asked of them as values.
  private func confirm(_ atom: Int32) -> Bool {
    let duplicates = hasDuplicateKeys ?? keyCheck.mayHaveDuplicates(state.bytes, state.captures.arena)
    hasDuplicateKeys = duplicates
    if !duplicates { return true }
    guard let keyword = rules.keywords.first(where: { $0.atom == atom }) else { return true }
    return holds(keyword.condition)
  }

  /// Whether the condition holds of the event as a value, which is read once.
  func holds(_ condition: Condition) -> Bool {
    if event == nil {
      event = (try? JSON.parse(Source(text: state.bytes.string), depthLimit: limits.maxDepth)).flatMap(
        Event.init)
    }
    return event.map { condition.holds(of: $0) } ?? false
  }
}
