/// An expression compiled for Thompson's simulation: all ways to match are followed at once, a scalar at a time,
/// so that no text can make it slow.
struct RegexProgram: Sendable {
  private let machine: RegexMachine

  /// Compiles a tree; `nil` where it unfolds to more than `PortableRegex.sizeLimit` steps.
  init?(_ tree: RegexNode) {
    guard tree.size < PortableRegex.sizeLimit else { return nil }
    machine = RegexMachine(tree, limit: PortableRegex.sizeLimit)
  }
}

extension RegexProgram {
  /// Whether the expression matches somewhere in the text.
  func matches(_ text: String) -> Bool {
    var threads = Threads(count: machine.steps.count)
    var before: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    var here = scalars.next()
    var next = here == nil ? nil : scalars.next()
    let startsAtTextStart = machine.startsAtTextStart
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
    if case .read(let scalars) = machine.steps[step] { scalars.contains(scalar) } else { false }
  }

  /// Adds the steps that wait for a scalar and can be reached from `start` without one; `true` if the end is
  /// reached.
  private func follow(_ start: Int, at place: Place, _ threads: inout Threads) -> Bool {
    threads.pending.append(start)
    while let step = threads.pending.popLast() {
      guard threads.mark(step) else { continue }
      switch machine.steps[step] {
      case .read: threads.waiting.append(step)
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
      anchor.holds(between: RegexNeighbour(before), and: RegexNeighbour(here, isLast: isLast))
    }
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
