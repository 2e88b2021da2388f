import ConcordDetection
import ConcordDiagnostics

/// A test of texts as a machine that reads a text once: the expression is searched for, from every place on.
struct TextMachine: Sendable {
  private var machine = RegexMachine(limit: TextMachine.limit)
  /// Whether what stands before a place matters beyond whether it is the start.
  private(set) var looksBehind = false
  /// The sets of scalars that must be told apart.
  private(set) var sets: Set<ScalarSet> = []

  /// For each step, how many scalars a match needs from there at least.
  private(set) var distances: [Int32] = []

  /// How many steps a machine may have.
  private static let limit = 60_000

  var steps: [RegexMachine.Step] { machine.steps }
  /// Whether only the start of the text can begin a match.
  var startsAtTextStart: Bool { machine.startsAtTextStart }

  /// The machine of a test; `nil` for tests that are not regular languages of a fair size.
  init?(_ test: TextTest) {
    switch test {
    case .pattern(let pattern, let letterCase): emit(pattern, letterCase)
    case .member(let set): emit(set.texts.map(\.string), set.letterCase)
    case .regex(let regex): machine.append(expression: regex.tree)
    case .atLeast(let bound):
      guard let grammar = bound > 0 ? TextMachine.notNegative : TextMachine.number else { return nil }
      machine.append(expression: grammar.tree)
    case .atMost(let bound):
      guard let grammar = bound < 0 ? TextMachine.negative : TextMachine.number else { return nil }
      machine.append(expression: grammar.tree)
    case .network(let network):
      guard let grammar = try? PortableRegex(network.grammar) else { return nil }
      machine.append(expression: grammar.tree)
    case .notFalsy: return nil
    }
    machine.append(.found)
    if !machine.isWhole { return nil }
    for step in machine.steps { note(step) }
    measure()
  }

  /// Works out `distances`, backwards from where the expression is found: reading costs one, all else nothing.
  private mutating func measure() {
    var sources: [[(step: Int, cost: Int32)]] = Array(repeating: [], count: steps.count)
    for (index, step) in steps.enumerated() {
      switch step {
      case .read: sources[index + 1].append((index, 1))
      case .anchor: sources[index + 1].append((index, 0))
      case .fork(let one, let other):
        sources[one].append((index, 0))
        sources[other].append((index, 0))
      case .jump(let target): sources[target].append((index, 0))
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

  private mutating func emit(_ texts: [String], _ letterCase: LetterCase) {
    machine.append(.anchor(.textStart))
    machine.appendEither(texts) { machine, text in machine.append(text, letterCase) }
    machine.append(.anchor(.textEnd))
  }

  private mutating func emit(_ pattern: Pattern, _ letterCase: LetterCase) {
    var pieces = pattern.pieces[...]
    if case .anyRun? = pieces.first { pieces.removeFirst() } else { machine.append(.anchor(.textStart)) }
    var isOpen = false
    if case .anyRun? = pieces.last {
      pieces.removeLast()
      isOpen = true
    }
    for piece in pieces {
      switch piece {
      case .literal(let text): machine.append(text, letterCase)
      case .anyOne: machine.append(.read(.all))
      case .anyRun: machine.appendRepeat(min: 0, max: nil) { $0.append(.read(.all)) }
      }
    }
    if !isOpen { machine.append(.anchor(.textEnd)) }
  }

  /// Takes note of what must be told apart for a step's sake.
  private mutating func note(_ step: RegexMachine.Step) {
    switch step {
    case .read(let scalars): sets.insert(scalars)
    case .anchor(.textEndOrFinalBreak), .anchor(.lineEnd): sets.insert(.lineFeed)
    case .anchor(.lineStart), .anchor(.wordBoundary), .anchor(.notWordBoundary):
      looksBehind = true
      sets.insert(.lineFeed)
      sets.insert(.word)
    case .anchor(.textStart), .anchor(.textEnd), .fork, .jump, .found: break
    }
  }
}

extension RegexMachine {
  fileprivate mutating func append(_ text: String, _ letterCase: LetterCase) {
    for scalar in text.unicodeScalars { append(.read(ScalarSet(scalar, letterCase))) }
  }
}
