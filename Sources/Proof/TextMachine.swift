import ConcordDetection
import ConcordDiagnostics

/// A test of texts as a machine that reads a text once: the expression is searched for, from every place on.
struct TextMachine: Sendable {
  enum Step: Sendable {
    case scalars(ScalarRanges)
    case anchor(RegexAnchor)
    case fork(Int, Int)
    case found
  }

  private(set) var steps: [Step] = []
  /// Whether only the start of the text can begin a match.
  private(set) var startsAtTextStart = false
  /// Whether what stands before a place matters beyond whether it is the start.
  private(set) var looksBehind = false
  /// The sets of scalars that must be told apart.
  private(set) var sets: Set<ScalarRanges> = []

  /// For each step, how many scalars a match needs from there at least.
  private(set) var distances: [Int32] = []

  /// How many steps a machine may have.
  static let limit = 60_000

  /// The machine of a test; `nil` for tests that are no regular languages of a fair size.
  init?(_ test: TextTest) {
    switch test {
    case .pattern(let pattern, let letterCase): emit(pattern, letterCase)
    case .member(let set): emit(set.texts.map(\.string), set.letterCase)
    case .regex(let regex): emit(regex)
    case .atLeast(let bound):
      guard let grammar = bound > 0 ? TextMachine.notNegative : TextMachine.number else { return nil }
      emit(grammar)
    case .atMost(let bound):
      guard let grammar = bound < 0 ? TextMachine.negative : TextMachine.number else { return nil }
      emit(grammar)
    case .network(let network):
      guard let grammar = try? PortableRegex(network.grammar) else { return nil }
      emit(grammar)
    case .notFalsy: return nil
    }
    steps.append(.found)
    if steps.count > TextMachine.limit { return nil }
    measure()
  }

  /// Works out `distances`, backwards from where the expression is found: reading costs one, all else nothing.
  private mutating func measure() {
    var sources: [[(step: Int, cost: Int32)]] = Array(repeating: [], count: steps.count)
    for (index, step) in steps.enumerated() {
      switch step {
      case .scalars: sources[index + 1].append((index, 1))
      case .anchor: sources[index + 1].append((index, 0))
      case .fork(let one, let other):
        sources[one].append((index, 0))
        if other != one { sources[other].append((index, 0)) }
      case .found: break
      }
    }
    distances = Array(repeating: Int32.max, count: steps.count)
    var current = [steps.count - 1]
    var next: [Int] = []
    var distance: Int32 = 0
    while !current.isEmpty {
      while let step = current.popLast() {
        guard distances[step] > distance else { continue }
        distances[step] = distance
        for source in sources[step] {
          if source.cost == 0 { current.append(source.step) } else { next.append(source.step) }
        }
      }
      swap(&current, &next)
      distance += 1
    }
  }

  /// Wider than numbers of a range: the grammar of all numbers, or of those of one sign.
  private static let number = try? PortableRegex("\\A[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?\\z")
  private static let notNegative = try? PortableRegex("\\A\\+?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?\\z")
  private static let negative = try? PortableRegex("\\A-[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?\\z")

  private mutating func emit(_ regex: PortableRegex) {
    let tree = regex.caseFoldedTree
    if case .sequence(let nodes) = tree { startsAtTextStart = nodes.first == .anchor(.textStart) }
    emit(tree)
  }

  private mutating func emit(_ set: ScalarRanges) {
    sets.insert(set)
    steps.append(.scalars(set))
  }

  private mutating func emit(_ texts: [String], _ letterCase: LetterCase) {
    startsAtTextStart = true
    steps.append(.anchor(.textStart))
    emitEither(texts) { machine, text in machine.emit(text, letterCase) }
    steps.append(.anchor(.textEnd))
  }

  private mutating func emit(_ text: String, _ letterCase: LetterCase) {
    for scalar in text.unicodeScalars { emit(ScalarRanges.variants(of: scalar, letterCase)) }
  }

  private mutating func emit(_ pattern: Pattern, _ letterCase: LetterCase) {
    var pieces = pattern.pieces[...]
    if case .anyRun? = pieces.first {
      pieces.removeFirst()
    } else {
      startsAtTextStart = true
      steps.append(.anchor(.textStart))
    }
    var isOpen = false
    if case .anyRun? = pieces.last {
      pieces.removeLast()
      isOpen = true
    }
    for piece in pieces {
      switch piece {
      case .literal(let text): emit(text, letterCase)
      case .anyOne: emit(ScalarRanges.all)
      case .anyRun: emitRepeat(min: 0, max: nil) { $0.emit(ScalarRanges.all) }
      }
    }
    if !isOpen { steps.append(.anchor(.textEnd)) }
  }

  private mutating func emit(_ node: RegexNode) {
    if steps.count > TextMachine.limit { return }
    switch node {
    case .empty: break
    case .scalar(let scalar, let letterCase): emit(ScalarRanges.variants(of: scalar, letterCase))
    case .scalars(let scalars, _): emit(ScalarRanges(scalars.effectiveRanges))
    case .any(let includingBreaks): emit(includingBreaks ? ScalarRanges.all : ScalarRanges.notBreaks)
    case .anchor(let anchor): emit(anchor)
    case .sequence(let nodes): for node in nodes { emit(node) }
    case .alternation(let nodes): emitEither(nodes) { machine, node in machine.emit(node) }
    case .repeated(let node, let min, let max, _): emitRepeat(min: min, max: max) { $0.emit(node) }
    }
  }

  private mutating func emit(_ anchor: RegexAnchor) {
    steps.append(.anchor(anchor))
    switch anchor {
    case .textStart, .textEnd: break
    case .textEndOrFinalBreak, .lineEnd: sets.insert(.breaks)
    case .lineStart:
      looksBehind = true
      sets.insert(.breaks)
      sets.insert(.words)
    case .wordBoundary, .notWordBoundary:
      looksBehind = true
      sets.insert(.breaks)
      sets.insert(.words)
    }
  }

  private mutating func emitEither<Choice>(_ choices: [Choice], _ emit: (inout TextMachine, Choice) -> Void) {
    var ends: [Int] = []
    for (index, choice) in choices.enumerated() {
      if index == choices.count - 1 {
        emit(&self, choice)
        break
      }
      let fork = steps.count
      steps.append(.found)
      emit(&self, choice)
      ends.append(steps.count)
      steps.append(.found)
      steps[fork] = .fork(fork + 1, steps.count)
    }
    for end in ends { steps[end] = .fork(steps.count, steps.count) }
  }

  private mutating func emitRepeat(min: Int, max: Int?, _ emit: (inout TextMachine) -> Void) {
    for _ in 0..<min where steps.count <= TextMachine.limit { emit(&self) }
    var forks: [Int] = []
    if let max {
      for _ in min..<Swift.max(min, max) where steps.count <= TextMachine.limit {
        forks.append(steps.count)
        steps.append(.found)
        emit(&self)
      }
    } else {
      forks.append(steps.count)
      steps.append(.found)
      emit(&self)
      steps.append(.fork(forks[0], forks[0]))
    }
    for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
  }
}

/// What is before a place, as far as anchors see it.
enum Before: Int32 {
  case start, other, word, lineBreak
}

/// A machine made deterministic as far as it is used. A state is the set of threads that are about to look at
/// the next scalar, and what stood before.
struct LazyAutomaton {
  /// The state of a text in which a match was found, whatever follows.
  static let found = 0
  /// The state in which no match can be found any more.
  static let lost = 1

  /// What a thread knows about where the text ends.
  private enum Mode: Int32 {
    /// Nothing.
    case open
    /// The next scalar is a line feed, and the last.
    case beforeFinalBreak
    /// The text ends here.
    case atEnd
  }

  private let machine: TextMachine
  private let minterms: Minterms
  private var states: [[Int32]] = [[], []]
  private var numbers: [[Int32]: Int] = [:]
  private var next: [[Int]] = [[], []]
  private var endings: [Bool?] = [true, false]
  private var marks: [Int32]
  private var round: Int32 = 0
  /// For each step that reads a scalar, the parts of the scalars that it takes.
  private let members: [[Bool]]
  private let breakMembers: [Bool]
  private let wordMembers: [Bool]
  /// How many steps were followed.
  private(set) var work = 0

  init(_ machine: TextMachine, _ minterms: Minterms) {
    self.machine = machine
    self.minterms = minterms
    marks = Array(repeating: 0, count: machine.steps.count * 3)
    members = machine.steps.map { step in
      if case .scalars(let set) = step { minterms.members[set] ?? [] } else { [] }
    }
    breakMembers = minterms.members[.breaks] ?? []
    wordMembers = minterms.members[.words] ?? []
  }

  mutating func start() -> Int { number([Before.start.rawValue]) }

  /// How many scalars a match needs from this state on, at least.
  func distance(_ state: Int) -> Int {
    if state == LazyAutomaton.found { return 0 }
    if state == LazyAutomaton.lost { return Int(Int32.max) }
    var best = Int32.max
    if !machine.startsAtTextStart || states[state][0] == Before.start.rawValue { best = machine.distances[0] }
    for thread in states[state].dropFirst() { best = min(best, machine.distances[Int(thread / 3)]) }
    return Int(best)
  }

  private mutating func number(_ state: [Int32]) -> Int {
    if let known = numbers[state] { return known }
    if state.count == 1, machine.startsAtTextStart, state[0] != Before.start.rawValue {
      return LazyAutomaton.lost
    }
    numbers[state] = states.count
    states.append(state)
    next.append(Array(repeating: -1, count: minterms.representatives.count))
    endings.append(nil)
    return states.count - 1
  }

  mutating func state(after state: Int, _ part: Int) -> Int {
    if state <= LazyAutomaton.lost { return state }
    if next[state][part] >= 0 { return next[state][part] }
    let result = step(states[state], part)
    next[state][part] = result
    return result
  }

  /// Whether a text that ends in this state matches.
  mutating func matches(_ state: Int) -> Bool {
    if let known = endings[state] { return known }
    let place = Place(
      before: Before(rawValue: states[state][0]) ?? .other, isBreak: false, isWord: false, isEnd: true)
    var found = false
    closure(states[state], place) { _, _ in
      found = true
      return true
    } waits: { _, _ in
    }
    endings[state] = found
    return found
  }

  private struct Place {
    let before: Before
    let isBreak: Bool
    let isWord: Bool
    let isEnd: Bool
  }

  private mutating func step(_ state: [Int32], _ part: Int) -> Int {
    let isBreak = breakMembers.isEmpty ? false : breakMembers[part]
    let isWord = wordMembers.isEmpty ? false : wordMembers[part]
    let place = Place(
      before: Before(rawValue: state[0]) ?? .other, isBreak: isBreak, isWord: isWord, isEnd: false)
    let members = self.members
    var threads: Set<Int32> = []
    var isFound = false
    closure(state, place) { step, mode in
      if mode == .open {
        isFound = true
        return true
      }
      threads.insert(Int32(step) * 3 + Mode.atEnd.rawValue)
      return false
    } waits: { step, mode in
      guard members[step][part] else { return }
      let after: Mode = mode == .beforeFinalBreak ? .atEnd : .open
      threads.insert(Int32(step + 1) * 3 + after.rawValue)
    }
    if isFound { return LazyAutomaton.found }
    let before: Before =
      !machine.looksBehind ? .other : isBreak ? .lineBreak : isWord ? .word : .other
    return number([before.rawValue] + threads.sorted())
  }

  /// Follows all threads of a state at a place to where they read a scalar or have found the expression.
  private mutating func closure(
    _ state: [Int32], _ place: Place, found: (Int, Mode) -> Bool, waits: (Int, Mode) -> Void
  ) {
    round += 1
    var pending = Array(state.dropFirst())
    if !machine.startsAtTextStart || place.before == .start { pending.append(0) }
    while let thread = pending.popLast() {
      let (index, mode) = (Int(thread / 3), Mode(rawValue: thread % 3) ?? .open)
      // A text that goes on has no end here; a thread that waits for the final break needs one.
      if mode == .atEnd, !place.isEnd { continue }
      if marks[Int(thread)] == round { continue }
      marks[Int(thread)] = round
      work += 1
      switch machine.steps[index] {
      case .scalars: if !place.isEnd { waits(index, mode) }
      case .fork(let one, let other):
        pending.append(Int32(other) * 3 + mode.rawValue)
        if one != other { pending.append(Int32(one) * 3 + mode.rawValue) }
      case .found: if found(index, mode) { return }
      case .anchor(let anchor):
        if let after = pass(anchor, place, mode) { pending.append(Int32(index + 1) * 3 + after.rawValue) }
      }
    }
  }

  /// The mode of a thread that passes an anchor; `nil` if it does not pass.
  private func pass(_ anchor: RegexAnchor, _ place: Place, _ mode: Mode) -> Mode? {
    let isAfterWord = place.before == .word
    switch anchor {
    case .textStart: return place.before == .start ? mode : nil
    case .textEnd: return place.isEnd ? mode : nil
    case .textEndOrFinalBreak:
      if place.isEnd { return mode }
      return place.isBreak ? .beforeFinalBreak : nil
    case .lineStart:
      return place.before == .start || (place.before == .lineBreak && !place.isEnd) ? mode : nil
    case .lineEnd: return place.isEnd || place.isBreak ? mode : nil
    case .wordBoundary: return isAfterWord != place.isWord ? mode : nil
    case .notWordBoundary: return isAfterWord == place.isWord ? mode : nil
    }
  }
}
