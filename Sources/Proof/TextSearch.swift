import ConcordDetection
import ConcordDiagnostics

/// The search for a text that passes some tests and fails others, by the product of their automata.
struct TextSearch {
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
    var sets: Set<ScalarRanges> = []
    for entry in machines { sets.formUnion(entry.machine.sets) }
    let minterms = Minterms(sets)
    var automata = machines.map { LazyAutomaton($0.machine, minterms) }
    return search(&automata, machines.map(\.wanted), minterms)
  }

  /// Breadth first, so that the first text found is a shortest one.
  private func search(_ automata: inout [LazyAutomaton], _ wanted: [Bool], _ minterms: Minterms) -> Result {
    var states = [automata.indices.map { automata[$0].start() }]
    var parents: [(state: Int, part: Int)] = [(-1, -1)]
    var seen: Set<[Int]> = [states[0]]
    var at = 0
    while at < states.count {
      let state = states[at]
      if automata.indices.allSatisfy({ automata[$0].matches(state[$0]) == wanted[$0] }) {
        return .text(text(to: at, parents, minterms))
      }
      for part in minterms.representatives.indices {
        guard let next = step(&automata, state, part, wanted), seen.insert(next).inserted else { continue }
        guard states.count < stateLimit, automata.reduce(0, { $0 + $1.work }) < stateLimit * 400 else {
          return .unknown(.states(stateLimit))
        }
        states.append(next)
        parents.append((at, part))
      }
      at += 1
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

  private func text(to end: Int, _ parents: [(state: Int, part: Int)], _ minterms: Minterms) -> String {
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
