import ConcordDetection

/// An expression as a deterministic automaton on ASCII texts, made state by state as texts need it.
///
/// It answers `nil` for a text with a byte beyond ASCII, and where more than 4,000 states would be needed: then
/// `PortableRegex.matches` is asked. Its states are scratch memory: it belongs to one matcher.
final class RegexAutomaton {
  /// Symbols beyond the characters: the end of the text, and a line feed that ends it.
  private static let end = 128
  private static let lastLineFeed = 129
  private static let width = 130
  /// How many steps and how many states there may be.
  private static let limit = 4_000

  private static let unknown: Int32 = -1
  private static let matched: Int32 = -2
  private static let failed: Int32 = -3

  private let machine: RegexMachine
  /// For each state the steps that are reached before what stands next is looked at, and what stands before.
  private var states: [(steps: [Int], before: RegexNeighbour)] = []
  private var numbers: [[Int]: Int32] = [:]
  private var next: [Int32] = []

  /// The automaton of an expression; `nil` where it is very large.
  init?(_ regex: PortableRegex) {
    machine = RegexMachine(regex.tree, limit: RegexAutomaton.limit)
    if !machine.isWhole { return nil }
    _ = number([0], .edge)
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
    let here = RegexAutomaton.neighbour(symbol)
    var seen: Set<Int> = []
    var after: [Int] = []
    var pending = entries
    var result: Int32?
    while let step = pending.popLast() {
      guard seen.insert(step).inserted else { continue }
      switch machine.steps[step] {
      case .read(let scalars):
        let byte = symbol == RegexAutomaton.lastLineFeed ? 0x0A : symbol
        if byte < 128, scalars.contains(Unicode.Scalar(UInt8(byte))) { after.append(step + 1) }
      case .anchor(let anchor):
        if anchor.holds(between: before, and: here) { pending.append(step + 1) }
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
        if !machine.startsAtTextStart { after.append(0) }
        result =
          after.isEmpty
          ? RegexAutomaton.failed
          : number(Array(Set(after)).sorted(), here == .finalLineFeed ? .lineFeed : here)
      }
    }
    if let result { next[Int(state) * RegexAutomaton.width + symbol] = result }
    return result
  }

  /// The state of these steps; `nil` where there are too many.
  private func number(_ entries: [Int], _ before: RegexNeighbour) -> Int32? {
    let key = [Int(before.rawValue)] + entries
    if let known = numbers[key] { return known }
    if states.count >= RegexAutomaton.limit { return nil }
    let number = Int32(states.count)
    numbers[key] = number
    states.append((entries, before))
    next += Array(repeating: RegexAutomaton.unknown, count: RegexAutomaton.width)
    return number
  }

  private static func neighbour(_ symbol: Int) -> RegexNeighbour {
    switch symbol {
    case end: .edge
    case lastLineFeed: .finalLineFeed
    default: RegexNeighbour(Unicode.Scalar(UInt8(symbol)))
    }
  }
}
