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
