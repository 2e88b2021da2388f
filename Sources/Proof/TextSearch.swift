import ConcordDetection
import ConcordDiagnostics

/// The search for a text that passes some tests and fails others, by the product of their automata.
final class TextSearch {
  enum Result {
    /// The shortest text that passes; where a test is wider in the machine than it is, maybe no such text.
    case text(String)
    /// There is no such text.
    case none
    /// A bound was met.
    case unknown(Bound)
  }

  /// How many states the product may have.
  let stateLimit: Int
  /// How many states all searches together may still make.
  private var statesLeft: Int
  /// How many threads all automata together may still follow.
  private var workLeft: Int

  init(stateLimit: Int) {
    self.stateLimit = stateLimit
    statesLeft = stateLimit * 10
    workLeft = stateLimit * 1000
  }

  /// Looks for a text that passes all of `positive` and none of `negative`. A positive test whose machine is wider
  /// than itself lets more texts pass; a negative one is left out.
  func find(positive: [TextTest], negative: [TextTest]) -> Result {
    var machines: [(machine: TextMachine, wanted: Bool)] = []
    for (tests, wanted) in [(positive, true), (negative, false)] {
      for test in tests where wanted || test.isRegular {
        if case .notFalsy = test {
          guard let machine = TextMachine(.member(TextTest.falsySet)) else { continue }
          machines.append((machine, !wanted))
        } else if let machine = TextMachine(test) {
          machines.append((machine, wanted))
        } else {
          return .unknown(.states(stateLimit))
        }
      }
    }
    guard statesLeft > 0, workLeft > 0 else { return .unknown(.states(stateLimit)) }
    var sets: Set<ScalarSet> = []
    for entry in machines { sets.formUnion(entry.machine.sets) }
    let minterms = Minterms(sets)
    var automata = machines.map { LazyAutomaton($0.machine, minterms) }
    let result = search(&automata, machines.map(\.wanted), minterms)
    workLeft -= automata.reduce(0) { $0 + $1.work }
    return result
  }

  /// The states that are still to be looked at, those that may lead to the shortest text first (A* search).
  private struct Queue {
    private var buckets: [[Int]] = []
    private var lowest = 0

    mutating func add(_ state: Int, _ length: Int) {
      while buckets.count <= length { buckets.append([]) }
      buckets[length].append(state)
      lowest = min(lowest, length)
    }

    mutating func next() -> Int? {
      while lowest < buckets.count {
        if let state = buckets[lowest].popLast() { return state }
        lowest += 1
      }
      return nil
    }
  }

  /// Looks at states in the order of the length of the texts that they may lead to. What is left to read is never
  /// overestimated, so the text found is a shortest one, but for states met again on a shorter way.
  private func search(_ automata: inout [LazyAutomaton], _ wanted: [Bool], _ minterms: Minterms) -> Result {
    var states = [automata.indices.map { automata[$0].start() }]
    var parents: [(state: Int, part: Int, depth: Int)] = [(-1, -1, 0)]
    var seen: Set<[Int]> = [states[0]]
    var queue = Queue()
    queue.add(0, 0)
    defer { statesLeft -= states.count }
    while let at = queue.next() {
      let state = states[at]
      if automata.indices.allSatisfy({ automata[$0].matches(state[$0]) == wanted[$0] }) {
        return .text(text(to: at, parents, minterms))
      }
      // The last one added is looked at first: let that be the most readable.
      for part in minterms.representatives.indices.reversed() {
        guard let next = step(&automata, state, part, wanted), seen.insert(next).inserted else { continue }
        guard states.count < stateLimit, automata.reduce(0, { $0 + $1.work }) < workLeft else {
          return .unknown(.states(stateLimit))
        }
        let depth = parents[at].depth + 1
        let rest = automata.indices.reduce(0) { wanted[$1] ? max($0, automata[$1].distance(next[$1])) : $0 }
        // A match that can no longer be found.
        if rest >= Int(Int32.max) { continue }
        states.append(next)
        parents.append((at, part, depth))
        queue.add(states.count - 1, depth + rest)
      }
    }
    return .none
  }

  private func step(_ automata: inout [LazyAutomaton], _ state: [Int], _ part: Int, _ wanted: [Bool])
    -> [Int]?
  {
    var next = state
    for index in automata.indices {
      next[index] = automata[index].state(after: state[index], part)
      if next[index] == (wanted[index] ? LazyAutomaton.lost : LazyAutomaton.found) { return nil }
    }
    return next
  }

  private func text(to end: Int, _ parents: [(state: Int, part: Int, depth: Int)], _ minterms: Minterms)
    -> String
  {
    var scalars: [Unicode.Scalar] = []
    var at = end
    while at > 0 {
      scalars.append(minterms.representatives[parents[at].part])
      at = parents[at].state
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars.reversed())
    return String(text)
  }
}

extension TextTest {
  static let falsySet = TextSet(Set(falsyTexts.map { ScalarText($0) }), .exact)

  /// Whether the machine of the test accepts just what the test does.
  var isRegular: Bool {
    switch self {
    case .pattern, .member, .regex, .notFalsy: true
    case .atLeast, .atMost, .network: false
    }
  }
}
