import ConcordDetection
import ConcordDiagnostics

/// A rule set made ready: all that matchers share, never changed.
final class CompiledRules: Sendable {
  /// How far the indexes answer a question: not at all, wholly, a keyword wholly but for duplicate keys, or only that
  /// it may be true.
  enum Indexing: UInt8, BitwiseCopyable, Sendable {
    case none, answered, keyword, suspected
  }

  let conditions: [Condition]
  let trie: FieldTrie
  /// The field that takes every leaf, or -1.
  let leaves: Int32
  let tests: Frozen<AtomTest>
  let indexing: Frozen<Indexing>
  /// The keywords among the questions, for events with duplicate keys.
  let keywords: [(atom: Int32, condition: Condition)]
  let pool: Frozen<UInt8>
  let wildcards: [WildcardProgram]
  let tables: [LiteralTable]
  let regexes: [PortableRegex]
  let networks: [CIDR]
  let quantified: [Condition]
  let code: Frozen<Program.Instruction>
  /// Where each rule begins.
  let starts: Frozen<Int32>
  /// The rules to evaluate whatever the indexes say.
  let always: Frozen<Int32>
  /// For each field its index; none where rules are so few that each is simply evaluated.
  let indexes: Frozen<FieldIndex>
  let filter: RawFilter?

  /// From how many rules on indexes pay.
  static let indexThreshold = 6

  init(_ conditions: [Condition], threshold: Int) {
    self.conditions = conditions
    var atoms = AtomTable()
    var program = Program()
    let starts = conditions.map { program.add($0, &atoms) }
    let isIndexed = conditions.count >= threshold
    var choice = isIndexed ? IndexChoice(conditions, &atoms) : IndexChoice()
    // The leaves' field comes after those with a path.
    let leaves = Int32(atoms.paths.count)
    self.leaves = atoms.asksLeaves ? leaves : -1
    trie = FieldTrie(atoms.paths)
    tests = Frozen(
      atoms.tests.map { test in
        var test = test
        if test.field == AtomTable.leaves { test.field = leaves }
        return test
      })
    keywords = atoms.tests.indices.compactMap { index in
      guard atoms.tests[index].field == AtomTable.leaves else { return nil }
      if case .text(let pattern, let letterCase) = atoms.atoms[index] {
        return (Int32(index), .anywhere(pattern, letterCase))
      }
      return (Int32(index), .anywhere(.anything, .exact))
    }
    indexing = Frozen(isIndexed ? choice.indexing(of: atoms) : atoms.tests.map { _ in .none })
    indexes = Frozen(isIndexed ? choice.indexes(fieldCount: Int(leaves) + 1, leaves: leaves) : [])
    always = Frozen(isIndexed ? choice.always : conditions.indices.map(Int32.init))
    pool = Frozen(atoms.pool.bytes)
    wildcards = atoms.wildcards
    tables = atoms.tables
    regexes = atoms.regexes
    networks = atoms.networks
    quantified = atoms.quantified
    code = Frozen(program.instructions)
    self.starts = Frozen(starts)
    filter = RawFilter(conditions)
  }

  deinit {
    tests.free()
    indexing.free()
    pool.free()
    for table in tables { table.free() }
    code.free()
    starts.free()
    always.free()
    for field in 0..<indexes.count { indexes[field].free() }
    indexes.free()
  }

  /// Whether some keyword asks about every leaf of the event.
  var asksLeaves: Bool { leaves >= 0 }

  /// How many fields there are, the leaves' own included.
  var fieldCount: Int { trie.fieldCount + 1 }
}

/// Which texts are looked for in which fields, and what follows from each.
struct IndexChoice {
  private(set) var always: [Int32] = []
  private var atomsOf: [Signal: [Int32]] = [:]
  private var rulesOf: [Signal: [Int32]] = [:]

  /// Nothing.
  init() {}

  init(_ conditions: [Condition], _ atoms: inout AtomTable) {
    var uses: [Signal: Int] = [:]
    for condition in conditions { condition.countSignals(&atoms, &uses) }
    for (rule, condition) in conditions.enumerated() {
      if let signals = condition.witnesses(&atoms, uses) {
        for signal in signals { rulesOf[signal, default: []].append(Int32(rule)) }
      } else {
        always.append(Int32(rule))
      }
    }
  }

  /// How the indexes answer each question; takes note of which texts they must look for.
  mutating func indexing(of atoms: AtomTable) -> [CompiledRules.Indexing] {
    atoms.atoms.indices.map { index in
      let signals = atoms.atoms[index].signals(atoms.tests[index].field)
      if signals.contains(where: { $0.place == .present }) { return .none }
      for signal in signals { atomsOf[signal, default: []].append(Int32(index)) }
      switch atoms.atoms[index] {
      case .text(let pattern, .ignored):
        if case .wildcard = pattern.shape { return .suspected }
        return atoms.tests[index].field == AtomTable.leaves ? .keyword : .answered
      case .oneOf(_, .ignored): return .answered
      case .text, .oneOf, .regex: return .suspected
      case .present, .truthy, .number, .network, .sameAs, .array: return .none
      }
    }
  }

  func indexes(fieldCount: Int, leaves: Int32) -> [FieldIndex] {
    var signals: [[Signal]] = Array(repeating: [], count: fieldCount)
    for signal in Set(atomsOf.keys).union(rulesOf.keys) {
      signals[Int(signal.field == AtomTable.leaves ? leaves : signal.field)].append(signal)
    }
    return signals.map { FieldIndex($0, atoms: atomsOf, rules: rulesOf) }
  }
}
