import ConcordDetection

/// A machine made deterministic as far as it is used. A state is the set of threads that are about to look at
/// the next scalar, and what stood before.
struct LazyAutomaton {
  /// The state of a text in which a match was found, whatever follows.
  static let found = 0
  /// The state in which no match can be found any more.
  static let lost = 1
  /// The first number of the states at a text's start.
  private static let atStart = RegexNeighbour.edge.rawValue

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
      if case .read(let set) = step { minterms.members[set] ?? [] } else { [] }
    }
    breakMembers = minterms.members[.lineFeed] ?? []
    wordMembers = minterms.members[.word] ?? []
  }

  mutating func start() -> Int { number([LazyAutomaton.atStart]) }

  /// How many scalars a match needs from this state on, at least.
  func distance(_ state: Int) -> Int {
    if state == LazyAutomaton.found { return 0 }
    if state == LazyAutomaton.lost { return Int(Int32.max) }
    var best = Int32.max
    if !machine.startsAtTextStart || states[state][0] == LazyAutomaton.atStart { best = machine.distances[0] }
    for thread in states[state].dropFirst() { best = min(best, machine.distances[Int(thread / 3)]) }
    return Int(best)
  }

  private mutating func number(_ state: [Int32]) -> Int {
    if let known = numbers[state] { return known }
    if state.count == 1, machine.startsAtTextStart, state[0] != LazyAutomaton.atStart {
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
    let place = Place(before: LazyAutomaton.before(states[state]), here: .edge)
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
    let before: RegexNeighbour
    let here: RegexNeighbour
  }

  private static func before(_ state: [Int32]) -> RegexNeighbour {
    RegexNeighbour(rawValue: state[0]) ?? .other
  }

  private mutating func step(_ state: [Int32], _ part: Int) -> Int {
    let isBreak = breakMembers.isEmpty ? false : breakMembers[part]
    let isWord = wordMembers.isEmpty ? false : wordMembers[part]
    let here: RegexNeighbour = isBreak ? .lineFeed : isWord ? .word : .other
    let place = Place(before: LazyAutomaton.before(state), here: here)
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
    let before = machine.looksBehind ? here : .other
    return number([before.rawValue] + threads.sorted())
  }

  /// Follows all threads of a state at a place to where they read a scalar or have found the expression.
  private mutating func closure(
    _ state: [Int32], _ place: Place, found: (Int, Mode) -> Bool, waits: (Int, Mode) -> Void
  ) {
    round += 1
    var pending = Array(state.dropFirst())
    if !machine.startsAtTextStart || place.before == .edge { pending.append(0) }
    while let thread = pending.popLast() {
      let (index, mode) = (Int(thread / 3), Mode(rawValue: thread % 3) ?? .open)
      // A text that goes on has no end here; a thread that waits for the final break needs one.
      if mode == .atEnd, place.here != .edge { continue }
      if marks[Int(thread)] == round { continue }
      marks[Int(thread)] = round
      work += 1
      switch machine.steps[index] {
      case .read: if place.here != .edge { waits(index, mode) }
      case .fork(let one, let other):
        pending.append(Int32(other) * 3 + mode.rawValue)
        pending.append(Int32(one) * 3 + mode.rawValue)
      case .jump(let target): pending.append(Int32(target) * 3 + mode.rawValue)
      case .found: if found(index, mode) { return }
      case .anchor(let anchor):
        if let after = pass(anchor, place, mode) { pending.append(Int32(index + 1) * 3 + after.rawValue) }
      }
    }
  }

  /// The mode of a thread that passes an anchor; `nil` if it does not pass.
  private func pass(_ anchor: RegexAnchor, _ place: Place, _ mode: Mode) -> Mode? {
    if anchor.holds(between: place.before, and: place.here) { return mode }
    let mayBeFinal = place.here == .lineFeed && anchor.holds(between: place.before, and: .finalLineFeed)
    return mayBeFinal ? .beforeFinalBreak : nil
  }
}
