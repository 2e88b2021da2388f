import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Asks the rules of one event after another. It keeps scratch memory and is used by one thread at a time.
public final class Matcher {
  /// What was done so far.
  public struct Statistics: Hashable, Sendable {
    /// How many events were asked about.
    public var events = 0
    /// How many rules were evaluated, over all events.
    public var candidates = 0
    /// How many events the raw filter ruled out.
    public var filtered = 0
  }

  /// What was done so far.
  public private(set) var statistics = Statistics()

  let rules: CompiledRules
  let captures: Captures
  private let limits: EventLimits
  private let checking: EventChecking
  /// A reader that checks an event and notes nothing.
  private let nothing: FieldTrie
  /// The number of this event. What was noted under another number does not count.
  var stamp: UInt32 = 0
  /// For each question, the event for which an index found that it may be true; and its answer, doubled, plus one
  /// for true.
  let suspected: Scratch<UInt32>
  let answers: Scratch<UInt32>
  private let fired: Scratch<UInt32>
  private let candidates: Scratch<Int32>
  private var candidateCount = 0
  private let keyCheck = KeyCheck()
  let automata: [RegexAutomaton?]
  /// The event's bytes while it is asked about.
  var bytes: Bytes
  /// Whether some key stands twice in one object of the event, if that was looked at.
  private var hasDuplicateKeys: Bool?
  /// The event as a value, if a keyword had to be asked of it.
  private var event: Event?

  /// What `bytes` is between events.
  private let nowhere = Frozen<UInt8>([])

  init(_ rules: RuleSet) {
    self.rules = rules.compiled
    bytes = nowhere.bytes(0, 0)
    limits = rules.limits
    checking = rules.checking
    nothing = FieldTrie([])
    let compiled = rules.compiled
    captures = Captures(
      nodes: compiled.trie.nodes.count, fields: compiled.fieldCount, maxDepth: rules.limits.maxDepth)
    suspected = Scratch(repeating: 0, count: compiled.tests.count)
    answers = Scratch(repeating: 0, count: compiled.tests.count)
    fired = Scratch(repeating: 0, count: rules.count)
    candidates = Scratch(repeating: 0, count: rules.count)
    automata = compiled.regexes.map { RegexAutomaton($0) }
  }

  deinit {
    captures.free()
    for notes in [suspected, answers, fired] { notes.free() }
    candidates.free()
    keyCheck.free()
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
    self.bytes = Bytes(base.assumingMemoryBound(to: UInt8.self), bytes.count)
    defer { self.bytes = nowhere.bytes(0, 0) }
    captures.clear()
    if let filter = rules.filter, filter.rulesOut(self.bytes) {
      statistics.filtered += 1
      if checking == .candidates { return }
      var reader = EventReader(self.bytes, nothing, captures, limits, leaves: -1)
      return try reader.read()
    }
    var reader = EventReader(self.bytes, rules.trie, captures, limits, leaves: rules.leaves)
    try reader.read()
    begin()
    evaluate(into: &hits)
  }

  private func begin() {
    // Before the numbers run out, all that was noted under one is forgotten.
    if stamp >= UInt32.max / 2 - 1 {
      for notes in [suspected, answers, fired, captures.stamps] { notes.reset() }
      stamp = 0
    }
    stamp += 1
    hasDuplicateKeys = nil
    event = nil
    candidateCount = 0
    let count = captures.count
    for index in 0..<count where !captures.list[index].isShadowed {
      if captures.list[index].kind == .whole {
        readRests(captures.list[index])
      } else {
        captures.link(index, stamp)
      }
    }
  }

  private func evaluate(into hits: inout [Int]) {
    if !rules.indexes.isEmpty { askIndexes() }
    for index in 0..<rules.always.count { evaluate(rules.always[index], into: &hits) }
    for index in 0..<candidateCount { evaluate(candidates[index], into: &hits) }
    if candidateCount > 0, hits.count > 1 { hits.sort() }
  }

  @inline(__always)
  private func evaluate(_ rule: Int32, into hits: inout [Int]) {
    statistics.candidates += 1
    var place = rules.starts[rule]
    while place >= 0 {
      let instruction = rules.code[place]
      place = isTrue(instruction.atom) ? instruction.ifTrue : instruction.ifFalse
    }
    if place == Program.yes { hits.append(Int(rule)) }
  }

  /// The answer to a question, asked at most once for each event.
  @inline(__always)
  private func isTrue(_ atom: Int32) -> Bool {
    switch rules.indexing[atom] {
    case .answered: return suspected[atom] == stamp
    case .suspected: if suspected[atom] != stamp { return false }
    case .none: break
    }
    let known = answers[atom]
    if known >> 1 == stamp { return known & 1 == 1 }
    let test = rules.tests[atom]
    var answer = ask(test)
    if answer, test.field == rules.leaves { answer = confirm(atom) }
    answers[atom] = stamp << 1 | (answer ? 1 : 0)
    return answer
  }

  // MARK: Indexes

  private func askIndexes() {
    for place in 0..<captures.foundCount {
      let field = captures.found[place]
      guard let index = rules.indexes[Int(field)] else { continue }
      fire(index, index.present)
      if !index.hasTexts { continue }
      var next = captures.head(field, stamp)
      while next >= 0 {
        let text = folded(next)
        index.search(text) { number in
          let consequences = index.consequences[number]
          for atom in consequences.atoms..<consequences.atomsEnd { suspected[index.atoms[atom]] = stamp }
          fire(index, consequences)
        }
        next = captures.list[next].next
      }
    }
    if !rules.keywords.isEmpty, !rules.indexes.isEmpty { confirmKeywords() }
  }

  @inline(__always)
  private func fire(_ index: FieldIndex, _ consequences: FieldIndex.Consequences) {
    for place in consequences.rules..<consequences.rulesEnd {
      let rule = index.rules[place]
      if fired[rule] == stamp { continue }
      fired[rule] = stamp
      candidates[candidateCount] = rule
      candidateCount += 1
    }
  }

  // MARK: Keywords

  /// A leaf within a member whose name stands again further on does not count. Events with such members are rare:
  /// keywords are asked of them as values.
  private func confirmKeywords() {
    for keyword in rules.keywords where suspected[keyword.atom] == stamp {
      if rules.indexing[keyword.atom] == .answered, !confirm(keyword.atom) { suspected[keyword.atom] = 0 }
    }
  }

  private func confirm(_ atom: Int32) -> Bool {
    let duplicates = hasDuplicateKeys ?? keyCheck.mayHaveDuplicates(bytes, captures.arena)
    hasDuplicateKeys = duplicates
    if !duplicates { return true }
    guard let keyword = rules.keywords.first(where: { $0.atom == atom }) else { return true }
    if event == nil {
      let text = String(decoding: UnsafeBufferPointer(start: bytes.base, count: bytes.count), as: UTF8.self)
      event = (try? JSON.parse(Source(text: text), depthLimit: limits.maxDepth)).flatMap(Event.init)
    }
    return event.map { keyword.condition.holds(of: $0) } ?? false
  }
}
