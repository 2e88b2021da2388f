import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A question about one field, made ready: `Atom.holds` says what it means.
struct AtomTest: BitwiseCopyable, Sendable {
  /// What is asked of a value.
  enum Kind: UInt8, Sendable, BitwiseCopyable {
    case present, truthy, equals, prefix, suffix, contains, wildcard, oneOf, regex, number, network, sameAs
    /// Some value of the field is such that a condition holds of it: asked of the event as a value.
    case some
    /// A condition that may hold of a field without a value: asked of the event as a value.
    case whole
  }

  var kind: Kind
  /// The field; for keywords the one that takes every leaf.
  var field: Int32
  var isFolded = false
  /// The text, of `equals` to `contains`, and the place of its rarest byte.
  var literal = LiteralPool.Place()
  var rare: Int32 = 0
  /// The place among the wildcards, tables, expressions, networks or conditions; the other field of `sameAs`; the comparison.
  var extra: Int32 = -1
  var bound = 0.0
}

/// All questions of a rule set, each once, and what they need.
struct AtomTable {
  private struct Key: Hashable {
    let field: Int32
    let atom: Atom
  }

  private(set) var tests: [AtomTest] = []
  private(set) var atoms: [Atom] = []
  private(set) var paths: [FieldPath] = []
  var pool = LiteralPool()
  private(set) var wildcards: [WildcardProgram] = []
  private(set) var tables: [LiteralTable] = []
  private(set) var regexes: [PortableRegex] = []
  private(set) var networks: [CIDR] = []
  /// The conditions that ask several things of one value.
  private(set) var quantified: [Condition] = []
  /// Whether some rule has keywords.
  private(set) var asksLeaves = false
  private var fields: [FieldPath: Int32] = [:]
  private var known: [Key: Int32] = [:]
  private var knownConditions: [Condition: Int32] = [:]

  /// The field that stands for every leaf; `finish` gives it its number.
  static let leaves: Int32 = -2

  mutating func field(_ path: FieldPath) -> Int32 {
    let path = path.simplified
    if let field = fields[path] { return field }
    let field = Int32(paths.count)
    fields[path] = field
    paths.append(path)
    return field
  }

  /// The question's number.
  mutating func test(_ path: FieldPath, _ atom: Atom) -> Int32 { test(field(path), atom) }

  /// The number of a question that asks several things of one value at the path. To the indexes it is the question
  /// whether there is one.
  mutating func quantified(_ condition: Condition, at path: FieldPath) -> Int32 {
    if let number = knownConditions[condition] { return number }
    let number = Int32(tests.count)
    knownConditions[condition] = number
    tests.append(AtomTest(kind: .some, field: field(path), extra: Int32(quantified.count)))
    atoms.append(.present)
    quantified.append(condition)
    return number
  }

  mutating func keyword(_ pattern: Pattern, _ letterCase: LetterCase) -> Int32 {
    asksLeaves = true
    return test(AtomTable.leaves, pattern == .anything ? .present : .text(pattern, letterCase))
  }

  /// The number of a question about a field that may be answered yes where it has no value. No index knows of it.
  mutating func whole(_ condition: Condition, at path: FieldPath) -> Int32 {
    if let number = knownConditions[condition] { return number }
    let number = Int32(tests.count)
    knownConditions[condition] = number
    tests.append(AtomTest(kind: .whole, field: field(path), extra: Int32(quantified.count)))
    atoms.append(.array)
    quantified.append(condition)
    return number
  }

  private mutating func test(_ field: Int32, _ atom: Atom) -> Int32 {
    let key = Key(field: field, atom: atom)
    if let number = known[key] { return number }
    let number = Int32(tests.count)
    known[key] = number
    tests.append(compiled(field, atom))
    atoms.append(atom)
    return number
  }

  private mutating func compiled(_ field: Int32, _ atom: Atom) -> AtomTest {
    var test = AtomTest(kind: .present, field: field)
    switch atom {
    case .present, .array: break
    case .truthy: test.kind = .truthy
    case .text(let pattern, let letterCase): set(&test, pattern, letterCase)
    case .oneOf(let texts, let letterCase):
      test.kind = .oneOf
      test.isFolded = letterCase == .ignored
      test.extra = Int32(tables.count)
      tables.append(LiteralTable(texts.map { comparedBytes($0, letterCase) }))
    case .regex(let regex):
      test.kind = .regex
      test.extra = Int32(regexes.count)
      regexes.append(regex)
    case .number(let comparison, let bound):
      test.kind = .number
      test.extra = Int32(Comparison.allCases.firstIndex(of: comparison) ?? 0)
      test.bound = bound.double
    case .network(let network):
      test.kind = .network
      test.extra = Int32(networks.count)
      networks.append(network)
    case .sameAs(let other, let letterCase):
      test.kind = .sameAs
      test.isFolded = letterCase == .ignored
      test.extra = self.field(other)
    }
    return test
  }

  private mutating func set(_ test: inout AtomTest, _ pattern: Pattern, _ letterCase: LetterCase) {
    func literal(_ text: String, _ kind: AtomTest.Kind) {
      let bytes = comparedBytes(text, letterCase)
      test.kind = kind
      test.literal = pool.place(bytes)
      test.rare = Int32(ByteRarity.rarest(in: bytes))
    }
    test.isFolded = letterCase == .ignored
    switch pattern.shape {
    case .anything: test.kind = .present
    case .equals(let text): literal(text, .equals)
    case .prefix(let text): literal(text, .prefix)
    case .suffix(let text): literal(text, .suffix)
    case .contains(let text): literal(text, .contains)
    case .wildcard:
      test.kind = .wildcard
      test.extra = Int32(wildcards.count)
      wildcards.append(WildcardProgram(pattern, letterCase))
    }
  }
}

/// How common bytes are in logs: to search for a text by its rarest one.
enum ByteRarity {
  /// From the most common down; what is not named is rarer than all.
  private static let common = Array(
    "\"e,:ati ornsc0dl1-u2mpA3/4f5gS.hE67I8yRb9TCvwkNPDOL{}_MUxFjBqzGVWHJKXQYZ[]()=&;%+*'<>?!@#$^`|~".utf8)

  private static let ranks: [Int] = {
    var ranks = [Int](repeating: common.count, count: 256)
    for (rank, byte) in common.enumerated() { ranks[Int(byte)] = rank }
    return ranks
  }()

  /// How common these bytes are together; less is rarer.
  static func commonness(_ text: ArraySlice<UInt8>) -> Int { text.reduce(0) { $0 - ranks[Int($1)] } }

  /// The place of the rarest byte.
  static func rarest(in text: [UInt8]) -> Int {
    text.indices.max { ranks[Int(text[$0])] < ranks[Int(text[$1])] } ?? 0
  }
}
