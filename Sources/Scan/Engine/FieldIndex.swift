import ConcordDetection

/// All texts that rules look for in one field, looked for at once. A handle, as `Frozen` is.
struct FieldIndex: BitwiseCopyable, Sendable {
  /// What follows from a text that was found: questions that may be true, and rules to evaluate.
  struct Consequences: BitwiseCopyable, Sendable {
    var atoms: Int32 = 0
    var atomsEnd: Int32 = 0
    var rules: Int32 = 0
    var rulesEnd: Int32 = 0
  }

  // One of each, or none where there are no such texts. They are used where they lie: an optional would be copied
  // for every value.
  private let whole: Frozen<LiteralTable>
  private let prefix: Frozen<EndTree>
  private let suffix: Frozen<EndTree>
  private let within: Frozen<GramIndex>
  /// Where the texts of each kind begin among the consequences.
  private let prefixStart: Int32
  private let suffixStart: Int32
  private let withinStart: Int32
  let consequences: Frozen<Consequences>
  /// What follows from a value being there at all.
  let present: Consequences
  let atoms: Frozen<Int32>
  let rules: Frozen<Int32>

  /// Whether any text is looked for, and whether anything follows from a value being there.
  let hasTexts: Bool
  let isEmpty: Bool

  init(_ signals: [Signal], atoms atomsOf: [Signal: [Int32]], rules rulesOf: [Signal: [Int32]]) {
    var consequences: [Consequences] = []
    var atoms: [Int32] = []
    var rules: [Int32] = []
    func consequence(_ signal: Signal) -> Consequences {
      var made = Consequences(atoms: Int32(atoms.count), rules: Int32(rules.count))
      atoms += atomsOf[signal] ?? []
      rules += rulesOf[signal] ?? []
      made.atomsEnd = Int32(atoms.count)
      made.rulesEnd = Int32(rules.count)
      return made
    }
    func texts(_ place: Signal.Place) -> [[UInt8]] {
      let chosen = signals.filter { $0.place == place }
      for signal in chosen { consequences.append(consequence(signal)) }
      return chosen.map(\.text)
    }
    let wholeTexts = texts(.whole)
    whole = Frozen(wholeTexts.isEmpty ? [] : [LiteralTable(wholeTexts)])
    prefixStart = Int32(consequences.count)
    let prefixTexts = texts(.prefix)
    prefix = Frozen(prefixTexts.isEmpty ? [] : [EndTree(prefixTexts, isSuffix: false)])
    suffixStart = Int32(consequences.count)
    let suffixTexts = texts(.suffix)
    suffix = Frozen(suffixTexts.isEmpty ? [] : [EndTree(suffixTexts, isSuffix: true)])
    withinStart = Int32(consequences.count)
    let withinTexts = texts(.within)
    within = Frozen(withinTexts.isEmpty ? [] : [GramIndex(withinTexts)])
    hasTexts = !consequences.isEmpty
    var present = Consequences()
    for signal in signals where signal.place == .present { present = consequence(signal) }
    self.present = present
    isEmpty = signals.isEmpty
    self.consequences = Frozen(consequences)
    self.atoms = Frozen(atoms)
    self.rules = Frozen(rules)
  }

  func free() {
    if whole.count > 0 { whole[0].free() }
    if prefix.count > 0 { prefix[0].free() }
    if suffix.count > 0 { suffix[0].free() }
    if within.count > 0 { within[0].free() }
    whole.free()
    prefix.free()
    suffix.free()
    within.free()
    consequences.free()
    atoms.free()
    rules.free()
  }

  /// Notes the number of each text that the folded value has, maybe more than once.
  func search(_ text: Bytes, _ found: Notes) {
    if whole.count > 0 {
      let id = whole.address(0).pointee.find(text)
      if id >= 0 { found.append(id) }
    }
    if prefix.count > 0 { prefix.address(0).pointee.search(text, prefixStart, found) }
    if suffix.count > 0 { suffix.address(0).pointee.search(text, suffixStart, found) }
    if within.count > 0 { within.address(0).pointee.search(text, withinStart, found) }
  }
}
