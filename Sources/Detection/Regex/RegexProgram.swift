/// An expression compiled for Thompson's simulation: all ways to match are followed at once, a scalar at a time,
/// so that no text can make it slow.
struct RegexProgram: Sendable {
  private enum Step {
    case scalar(Unicode.Scalar)
    case any
    case anyButBreak
    case scalars(ScalarSet)
    case anchor(RegexAnchor)
    /// Goes on at both places.
    case fork(Int, Int)
    case jump(Int)
    case found
  }

  private var steps: [Step] = []
  /// Whether nothing but the start of the text can begin a match.
  private let startsAtTextStart: Bool

  /// Compiles a tree; `nil` where it unfolds to more than `PortableRegex.sizeLimit` steps.
  init?(_ tree: RegexNode) {
    guard tree.size < PortableRegex.sizeLimit else { return nil }
    if case .sequence(let nodes) = tree {
      startsAtTextStart = nodes.first == .anchor(.textStart)
    } else {
      startsAtTextStart = tree == .anchor(.textStart)
    }
    emit(tree)
    steps.append(.found)
  }

  private mutating func emit(_ node: RegexNode) {
    switch node {
    case .empty: break
    case .scalar(let scalar, .exact): steps.append(.scalar(scalar))
    case .scalar(let scalar, .ignored):
      let variants = CaseOrbits.shared.variants(of: scalar).map { $0...$0 }
      steps.append(.scalars(ScalarSet(ScalarClass(ranges: variants))))
    case .scalars(let scalars, .exact): steps.append(.scalars(ScalarSet(scalars)))
    case .scalars(let scalars, .ignored): steps.append(.scalars(ScalarSet(scalars.caseFolded)))
    case .any(let includingBreaks): steps.append(includingBreaks ? .any : .anyButBreak)
    case .anchor(let anchor): steps.append(.anchor(anchor))
    case .sequence(let nodes): for node in nodes { emit(node) }
    case .alternation(let nodes): emitAlternation(nodes)
    case .repeated(let node, let min, let max, _): emitRepeat(node, min, max)
    }
  }

  private mutating func emitAlternation(_ nodes: [RegexNode]) {
    var ends: [Int] = []
    for (index, node) in nodes.enumerated() {
      let fork = steps.count
      if index < nodes.count - 1 { steps.append(.jump(0)) }
      emit(node)
      if index < nodes.count - 1 {
        ends.append(steps.count)
        steps.append(.jump(0))
        steps[fork] = .fork(fork + 1, steps.count)
      }
    }
    for end in ends { steps[end] = .jump(steps.count) }
  }

  private mutating func emitRepeat(_ node: RegexNode, _ min: Int, _ max: Int?) {
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

extension RegexProgram {
  /// Whether the expression matches somewhere in the text.
  func matches(_ text: String) -> Bool {
    var threads = Threads(count: steps.count)
    var before: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    var here = scalars.next()
    var next = here == nil ? nil : scalars.next()
    while true {
      let place = Place(before: before, here: here, isLast: next == nil)
      if before == nil || !startsAtTextStart, follow(0, at: place, &threads) { return true }
      guard let scalar = here else { return false }
      let waiting = threads.waiting
      if waiting.isEmpty, startsAtTextStart { return false }
      threads.clear()
      (before, here) = (scalar, next)
      next = here == nil ? nil : scalars.next()
      let after = Place(before: before, here: here, isLast: next == nil)
      for step in waiting where accepts(step, scalar) {
        if follow(step + 1, at: after, &threads) { return true }
      }
    }
  }

  private func accepts(_ step: Int, _ scalar: Unicode.Scalar) -> Bool {
    switch steps[step] {
    case .scalar(let own): own == scalar
    case .any: true
    case .anyButBreak: scalar != "\n"
    case .scalars(let set): set.contains(scalar)
    case .anchor, .fork, .jump, .found: false
    }
  }

  /// Adds the steps that wait for a scalar and can be reached from `start` without one; `true` if the end is
  /// reached.
  private func follow(_ start: Int, at place: Place, _ threads: inout Threads) -> Bool {
    threads.pending.append(start)
    while let step = threads.pending.popLast() {
      guard threads.mark(step) else { continue }
      switch steps[step] {
      case .scalar, .any, .anyButBreak, .scalars: threads.waiting.append(step)
      case .anchor(let anchor): if place.is(anchor) { threads.pending.append(step + 1) }
      case .fork(let one, let other): threads.pending += [other, one]
      case .jump(let target): threads.pending.append(target)
      case .found: return true
      }
    }
    return false
  }

  /// The steps reached at one place of the text.
  private struct Threads {
    var waiting: [Int] = []
    var pending: [Int] = []
    private var marks: [Int]
    private var round = 1

    init(count: Int) { marks = Array(repeating: 0, count: count) }

    mutating func mark(_ step: Int) -> Bool {
      if marks[step] == round { return false }
      marks[step] = round
      return true
    }

    mutating func clear() {
      round += 1
      waiting = []
    }
  }

  /// A place between two scalars.
  private struct Place {
    let before: Unicode.Scalar?
    let here: Unicode.Scalar?
    /// Whether `here` is the text's last scalar, or there is none.
    let isLast: Bool

    func `is`(_ anchor: RegexAnchor) -> Bool {
      switch anchor {
      case .textStart: before == nil
      case .textEnd: here == nil
      case .textEndOrFinalBreak: here == nil || (here == "\n" && isLast)
      case .lineStart: before == nil || (before == "\n" && here != nil)
      case .lineEnd: here == nil || here == "\n"
      case .wordBoundary: isWord(before) != isWord(here)
      case .notWordBoundary: isWord(before) == isWord(here)
      }
    }

    private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
      scalar.map { scalar in ScalarClass.Named.word.ranges.contains { $0.contains(scalar) } } ?? false
    }
  }
}

/// A class made fast: two words of bits for ASCII, sorted ranges for the rest.
private struct ScalarSet {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private let ranges: [ClosedRange<Unicode.Scalar>]

  init(_ scalars: ScalarClass) {
    ranges = scalars.effectiveRanges
    for range in ranges {
      for value in range.lowerBound.value...min(range.upperBound.value, max(127, range.lowerBound.value))
      where value < 128 {
        if value < 64 { low |= 1 << value } else { high |= 1 << (value - 64) }
      }
    }
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 64 { return low >> value & 1 == 1 }
    if value < 128 { return high >> (value - 64) & 1 == 1 }
    var (from, to) = (0, ranges.count)
    while from < to {
      let middle = (from + to) / 2
      if ranges[middle].upperBound < scalar { from = middle + 1 } else { to = middle }
    }
    return from < ranges.count && ranges[from].contains(scalar)
  }
}

extension RegexNode {
  /// How many steps the node unfolds to; no more than a little above the limit is counted.
  fileprivate var size: Int {
    let limit = PortableRegex.sizeLimit + 1
    switch self {
    case .empty: return 0
    case .scalar, .scalars, .any, .anchor: return 1
    case .sequence(let nodes): return min(limit, nodes.reduce(0) { min(limit, $0 + $1.size) })
    case .alternation(let nodes): return min(limit, nodes.reduce(0) { min(limit, $0 + $1.size + 2) })
    case .repeated(let node, let low, let high, _):
      return min(limit, (node.size + 2) * max(1, (high ?? low + 1)))
    }
  }
}
