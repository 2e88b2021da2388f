import ConcordDetection

/// A text that stands in some value of a field, at a place: what an index can look for.
struct Signal: Hashable, Sendable {
  /// Where the text stands in the value.
  enum Place: UInt8, Hashable, Sendable {
    case whole, prefix, suffix, within
    /// The field merely has a value.
    case present
  }

  let field: Int32
  let place: Place
  /// The text, in lower case.
  let text: [UInt8]

  static func present(_ field: Int32) -> Signal { Signal(field: field, place: .present, text: []) }

  /// How likely an event has it, as a guess: long texts are rare, and so are whole ones.
  var likelihood: Double {
    let length = Double(text.count)
    return switch place {
    case .present: 0.6
    case .whole: text.count < 3 ? 0.1 : 0.02 / (1 + length / 16)
    case .suffix: text.count < 4 ? 0.3 : 0.03 / (1 + length / 16)
    case .prefix: text.count < 4 ? 0.3 : 0.1 / (1 + length / 8)
    case .within: text.count < 2 ? 0.6 : min(0.5, 0.8 / (length * length / 2))
    }
  }
}

extension Atom {
  /// Signals of which one is there wherever the atom is true.
  func signals(_ field: Int32) -> [Signal] {
    switch self {
    case .present, .truthy, .number, .network, .sameAs: return [.present(field)]
    // An array without elements leaves nothing that an index finds.
    case .array: return [.present(field)]
    case .text(let pattern, _): return [pattern.signal(field)]
    case .oneOf(let texts, _):
      return texts.map { Signal(field: field, place: .whole, text: comparedBytes($0, .ignored)) }
    case .regex(let regex):
      guard let texts = regex.tree.requiredTexts else { return [.present(field)] }
      return texts.map { Signal(field: field, place: .within, text: Array(LetterCase.lower($0).utf8)) }
    }
  }
}

extension Pattern {
  /// A signal that is there wherever the pattern matches a value of the field.
  func signal(_ field: Int32) -> Signal {
    func made(_ place: Signal.Place, _ text: String) -> Signal {
      Signal(field: field, place: place, text: comparedBytes(text, .ignored))
    }
    switch shape {
    case .anything: return .present(field)
    case .equals(let text): return made(.whole, text)
    case .prefix(let text): return made(.prefix, text)
    case .suffix(let text): return made(.suffix, text)
    case .contains(let text): return made(.within, text)
    case .wildcard(let pieces):
      let texts = pieces.compactMap { if case .literal(let text) = $0 { text } else { nil } }
      guard let longest = texts.max(by: { $0.utf8.count < $1.utf8.count }) else { return .present(field) }
      return made(.within, longest)
    }
  }
}

extension RegexNode {
  /// Texts of which one stands, in some letter case, in everything that the expression matches; `nil` where none
  /// is known. None is empty.
  var requiredTexts: [String]? {
    switch self {
    case .empty, .any, .anchor, .scalars: nil
    case .scalar(let scalar, _): [String(scalar)]
    case .sequence(let nodes): RegexNode.best(in: nodes)
    case .alternation(let nodes):
      nodes.reduce([]) { texts, node in
        guard let texts, let more = node.requiredTexts, texts.count + more.count <= 64 else { return nil }
        return texts + more
      }
    case .repeated(let node, let min, _, _): min > 0 ? node.requiredTexts : nil
    }
  }

  /// The best of the runs of letters and of what the other nodes require: the one whose shortest text is longest.
  private static func best(in nodes: [RegexNode]) -> [String]? {
    var candidates: [[String]] = []
    var run = ""
    for node in nodes {
      if case .scalar(let scalar, _) = node {
        run.unicodeScalars.append(scalar)
        continue
      }
      if !run.isEmpty { candidates.append([run]) }
      run = ""
      if let texts = node.requiredTexts { candidates.append(texts) }
    }
    if !run.isEmpty { candidates.append([run]) }
    return candidates.max { shortest($0) < shortest($1) }
  }

  private static func shortest(_ texts: [String]) -> Int { texts.map(\.utf8.count).min() ?? 0 }
}

extension Condition {
  /// Signals of which one is there in every event of which the condition holds, the least likely that are known;
  /// `nil` where it may hold without any.
  func witnesses(_ atoms: inout AtomTable, _ uses: [Signal: Int]) -> [Signal]? {
    switch kind {
    case .always(let value): return value ? nil : []
    case .test(_, .array): return nil
    case .test(let path, let atom): return atom.signals(atoms.field(path))
    case .anywhere(let pattern, _): return [pattern.signal(AtomTable.leaves)]
    case .place: return []
    case .some(let path, let operand):
      return operand.witnesses(&atoms, uses) ?? [.present(atoms.field(path))]
    case .not: return nil
    case .all(let operands):
      var best: (signals: [Signal], likelihood: Double)?
      for operand in operands {
        guard let signals = operand.witnesses(&atoms, uses) else { continue }
        let likelihood = signals.reduce(0) { $0 + Condition.likelihood($1, uses) }
        if likelihood < best?.likelihood ?? .infinity { best = (signals, likelihood) }
      }
      return best?.signals
    case .any(let operands):
      var all: Set<Signal> = []
      for operand in operands {
        guard let signals = operand.witnesses(&atoms, uses) else { return nil }
        all.formUnion(signals)
      }
      return Array(all)
    }
  }

  /// A signal that many rules name is common: that is why they name it beside others.
  private static func likelihood(_ signal: Signal, _ uses: [Signal: Int]) -> Double {
    var factor = 1.0
    var count = uses[signal] ?? 1
    while count > 1 {
      factor += 0.5
      count /= 2
    }
    return signal.likelihood * factor
  }

  /// Counts the signals of the condition's questions.
  func countSignals(_ atoms: inout AtomTable, _ uses: inout [Signal: Int]) {
    switch kind {
    case .always, .place: break
    case .test(let path, let atom):
      for signal in atom.signals(atoms.field(path)) { uses[signal, default: 0] += 1 }
    case .anywhere(let pattern, _): uses[pattern.signal(AtomTable.leaves), default: 0] += 1
    case .some(_, let operand), .not(let operand): operand.countSignals(&atoms, &uses)
    case .all(let operands), .any(let operands):
      for operand in operands { operand.countSignals(&atoms, &uses) }
    }
  }
}
