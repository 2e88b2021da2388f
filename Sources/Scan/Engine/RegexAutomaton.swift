import ConcordDetection
import ConcordDiagnostics

/// An expression as a deterministic automaton on ASCII texts, made state by state as texts need it.
///
/// Of texts with a byte beyond ASCII, and once there are too many states, it knows nothing, and the expression's own
/// simulation is asked. Its states are scratch memory: it belongs to one matcher.
final class RegexAutomaton {
  private enum Step {
    /// One of these ASCII characters.
    case bytes(UInt64, UInt64)
    case anchor(RegexAnchor)
    case fork(Int, Int)
    case jump(Int)
    case found
  }

  /// What stands before a place.
  private enum Before: Int {
    case start, lineFeed, word, other
  }

  /// Symbols beyond the characters: the end of the text, and a line feed that ends it.
  private static let end = 128
  private static let lastLineFeed = 129
  private static let width = 130
  /// How many states there may be.
  private static let limit = 4_000

  private static let unknown: Int32 = -1
  private static let matched: Int32 = -2
  private static let failed: Int32 = -3

  private var steps: [Step] = []
  private let startsAtTextStart: Bool
  /// For each state the steps that are reached before what stands next is looked at, and what stands before.
  private var states: [(steps: [Int], before: Before)] = []
  private var numbers: [[Int]: Int32] = [:]
  private var next: [Int32] = []

  /// The automaton of an expression; `nil` where it is very large.
  init?(_ regex: PortableRegex) {
    let tree = regex.caseFoldedTree
    if case .sequence(let nodes) = tree {
      startsAtTextStart = nodes.first == .anchor(.textStart)
    } else {
      startsAtTextStart = tree == .anchor(.textStart)
    }
    emit(tree)
    steps.append(.found)
    if steps.count > 4_000 { return nil }
    _ = number([0], .start)
  }

  /// Whether the expression matches somewhere in the text; `nil` where the automaton does not know.
  func matches(_ text: Bytes) -> Bool? {
    var state: Int32 = 0
    for at in 0..<text.count {
      let byte = text[at]
      if byte >= 0x80 { return nil }
      let symbol = byte == 0x0A && at + 1 == text.count ? RegexAutomaton.lastLineFeed : Int(byte)
      guard let following = follow(state, symbol) else { return nil }
      if following < 0 { return following == RegexAutomaton.matched }
      state = following
    }
    return follow(state, RegexAutomaton.end).map { $0 == RegexAutomaton.matched }
  }

  @inline(__always)
  private func follow(_ state: Int32, _ symbol: Int) -> Int32? {
    let known = next[Int(state) * RegexAutomaton.width + symbol]
    return known != RegexAutomaton.unknown ? known : compute(state, symbol)
  }

  @inline(never)
  private func compute(_ state: Int32, _ symbol: Int) -> Int32? {
    let (entries, before) = states[Int(state)]
    var seen: Set<Int> = []
    var after: [Int] = []
    var pending = entries
    var result: Int32?
    while let step = pending.popLast() {
      guard seen.insert(step).inserted else { continue }
      switch steps[step] {
      case .bytes(let low, let high):
        let byte = symbol == RegexAutomaton.lastLineFeed ? 0x0A : symbol
        if byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1 {
          after.append(step + 1)
        }
      case .anchor(let anchor):
        if RegexAutomaton.holds(anchor, before, symbol) { pending.append(step + 1) }
      case .fork(let one, let other): pending += [one, other]
      case .jump(let target): pending.append(target)
      case .found: result = RegexAutomaton.matched
      }
      if result != nil { break }
    }
    if result == nil {
      if symbol == RegexAutomaton.end {
        result = RegexAutomaton.failed
      } else {
        if !startsAtTextStart { after.append(0) }
        result =
          after.isEmpty
          ? RegexAutomaton.failed : number(Array(Set(after)).sorted(), RegexAutomaton.before(symbol))
      }
    }
    if let result { next[Int(state) * RegexAutomaton.width + symbol] = result }
    return result
  }

  /// The state of these steps; `nil` where there are too many.
  private func number(_ entries: [Int], _ before: Before) -> Int32? {
    let key = [before.rawValue] + entries
    if let known = numbers[key] { return known }
    if states.count >= RegexAutomaton.limit { return nil }
    let number = Int32(states.count)
    numbers[key] = number
    states.append((entries, before))
    next += Array(repeating: RegexAutomaton.unknown, count: RegexAutomaton.width)
    return number
  }

  private static func isWord(_ symbol: Int) -> Bool {
    UInt8(exactly: symbol)?.isWord ?? false
  }

  private static func before(_ symbol: Int) -> Before {
    symbol == 0x0A || symbol == lastLineFeed ? .lineFeed : isWord(symbol) ? .word : .other
  }

  private static func holds(_ anchor: RegexAnchor, _ before: Before, _ here: Int) -> Bool {
    switch anchor {
    case .textStart: before == .start
    case .textEnd: here == end
    case .textEndOrFinalBreak: here == end || here == lastLineFeed
    case .lineStart: before == .start || (before == .lineFeed && here != end)
    case .lineEnd: here == end || here == lastLineFeed || here == 0x0A
    case .wordBoundary: (before == .word) != isWord(here)
    case .notWordBoundary: (before == .word) == isWord(here)
    }
  }

  private func emit(_ node: RegexNode) {
    if steps.count > 4_000 { return }
    switch node {
    case .empty: break
    case .scalar(let scalar, _): emit([scalar...scalar])
    case .scalars(let scalars, _): emit(scalars.effectiveRanges)
    case .any(let includingBreaks):
      steps.append(.bytes(includingBreaks ? .max : ~(1 << 0x0A), .max))
    case .anchor(let anchor): steps.append(.anchor(anchor))
    case .sequence(let nodes): for node in nodes { emit(node) }
    case .alternation(let nodes): emitAlternation(nodes)
    case .repeated(let node, let min, let max, _): emitRepeat(node, min, max)
    }
  }

  private func emit(_ ranges: [ClosedRange<Unicode.Scalar>]) {
    var (low, high): (UInt64, UInt64) = (0, 0)
    for range in ranges where range.lowerBound.value < 128 {
      for value in range.lowerBound.value...min(127, range.upperBound.value) {
        if value < 64 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 64) }
      }
    }
    steps.append(.bytes(low, high))
  }

  private func emitAlternation(_ nodes: [RegexNode]) {
    var ends: [Int] = []
    for (index, node) in nodes.enumerated() {
      let isLast = index == nodes.count - 1
      let fork = steps.count
      if !isLast { steps.append(.jump(0)) }
      emit(node)
      if isLast { break }
      ends.append(steps.count)
      steps.append(.jump(0))
      steps[fork] = .fork(fork + 1, steps.count)
    }
    for end in ends { steps[end] = .jump(steps.count) }
  }

  private func emitRepeat(_ node: RegexNode, _ min: Int, _ max: Int?) {
    for _ in 0..<min { emit(node) }
    guard let max else {
      let fork = steps.count
      steps.append(.jump(0))
      emit(node)
      steps.append(.jump(fork))
      steps[fork] = .fork(fork + 1, steps.count)
      return
    }
    var forks: [Int] = []
    for _ in min..<Swift.max(min, max) {
      forks.append(steps.count)
      steps.append(.jump(0))
      emit(node)
    }
    for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
  }
}
