/// A regular expression as steps (Thompson's construction): the one form that all engines walk. They differ in what
/// they read and in what they keep of where they have been: `RegexProgram` scalars, `RegexAutomaton` of a scan bytes of
/// ASCII, `LazyAutomaton` of a proof the parts of all scalars.
package struct RegexMachine: Sendable {
  /// What is done at one place of the machine.
  package enum Step: Sendable {
    /// Reads one of these scalars, and goes on with the next step.
    case read(ScalarSet)
    /// Goes on with the next step where this holds of the place in the text.
    case anchor(RegexAnchor)
    /// Goes on at both places.
    case fork(Int, Int)
    /// Goes on there.
    case jump(Int)
    /// The expression is found.
    case found
  }

  /// The steps. The machine begins with the first.
  package private(set) var steps: [Step] = []
  /// Whether nothing but the start of the text can begin a match. Otherwise the machine is begun at every place.
  package private(set) var startsAtTextStart = false
  private let limit: Int

  /// A machine without steps. Beyond `limit` steps nothing more is appended.
  package init(limit: Int) { self.limit = limit }

  /// The machine of an expression.
  package init(_ tree: RegexNode, limit: Int) {
    self.init(limit: limit)
    append(expression: tree)
    append(.found)
  }

  /// Whether all that was appended is there. A machine that is not whole is of no use.
  package var isWhole: Bool { steps.count <= limit }
}

extension RegexMachine {
  package mutating func append(_ step: Step) {
    if steps.isEmpty, case .anchor(.textStart) = step { startsAtTextStart = true }
    steps.append(step)
  }

  /// Appends an expression. What letter case it ignores becomes sets of scalars.
  package mutating func append(expression tree: RegexNode) {
    if !isWhole { return }
    switch tree {
    case .empty: break
    case .scalar(let scalar, let letterCase): append(.read(ScalarSet(scalar, letterCase)))
    case .scalars(let scalars, .exact): append(.read(ScalarSet(scalars)))
    case .scalars(let scalars, .ignored): append(.read(ScalarSet(scalars.caseFolded)))
    case .any(let includingBreaks): append(.read(includingBreaks ? .all : .notLineFeed))
    case .anchor(let anchor): append(.anchor(anchor))
    case .sequence(let nodes): for node in nodes { append(expression: node) }
    case .alternation(let nodes): appendEither(nodes) { $0.append(expression: $1) }
    case .repeated(let node, let min, let max, _):
      appendRepeat(min: min, max: max) { $0.append(expression: node) }
    }
  }

  package mutating func appendEither<Choice>(
    _ choices: [Choice], _ append: (inout RegexMachine, Choice) -> Void
  ) {
    var ends: [Int] = []
    for (index, choice) in choices.enumerated() {
      if index == choices.count - 1 {
        append(&self, choice)
        break
      }
      let fork = reserve()
      append(&self, choice)
      ends.append(reserve())
      steps[fork] = .fork(fork + 1, steps.count)
    }
    for end in ends { steps[end] = .jump(steps.count) }
  }

  /// Appends the same `min` to `max` times; without limit where `max` is `nil`.
  package mutating func appendRepeat(min: Int, max: Int?, _ append: (inout RegexMachine) -> Void) {
    for _ in 0..<min where isWhole { append(&self) }
    var forks: [Int] = []
    if let max {
      for _ in min..<Swift.max(min, max) where isWhole {
        forks.append(reserve())
        append(&self)
      }
    } else {
      let fork = reserve()
      append(&self)
      steps.append(.jump(fork))
      forks.append(fork)
    }
    for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
  }

  /// A step that is set when what follows it is known.
  private mutating func reserve() -> Int {
    steps.append(.jump(steps.count + 1))
    return steps.count - 1
  }
}

/// What stands on one side of a place in a text, as far as anchors see it.
package enum RegexNeighbour: Int32, Sendable {
  /// Nothing: the text begins or ends here.
  case edge
  /// A U+000A.
  case lineFeed
  /// A U+000A with which the text ends. Behind a place it is a `lineFeed` as any other.
  case finalLineFeed
  /// A letter of ASCII, a digit or `_`.
  case word
  /// Anything else.
  case other

  /// The side of a place on which this scalar stands.
  package init(_ scalar: Unicode.Scalar?, isLast: Bool = false) {
    switch scalar {
    case nil: self = .edge
    case "\n"?: self = isLast ? .finalLineFeed : .lineFeed
    case ("0"..."9")?, ("A"..."Z")?, "_"?, ("a"..."z")?: self = .word
    default: self = .other
    }
  }
}

extension RegexAnchor {
  /// Whether the anchor holds of a place between these two.
  package func holds(between before: RegexNeighbour, and here: RegexNeighbour) -> Bool {
    switch self {
    case .textStart: before == .edge
    case .textEnd: here == .edge
    case .textEndOrFinalBreak: here == .edge || here == .finalLineFeed
    case .lineStart: before == .edge || (before == .lineFeed && here != .edge)
    case .lineEnd: here == .edge || here == .lineFeed || here == .finalLineFeed
    case .wordBoundary: (before == .word) != (here == .word)
    case .notWordBoundary: (before == .word) == (here == .word)
    }
  }
}
