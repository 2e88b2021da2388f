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

  private let whole: LiteralTable?
  private let prefix: EndTree?
  private let suffix: EndTree?
  private let within: GramIndex?
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
    whole = wholeTexts.isEmpty ? nil : LiteralTable(wholeTexts)
    prefixStart = Int32(consequences.count)
    let prefixTexts = texts(.prefix)
    prefix = prefixTexts.isEmpty ? nil : EndTree(prefixTexts, isSuffix: false)
    suffixStart = Int32(consequences.count)
    let suffixTexts = texts(.suffix)
    suffix = suffixTexts.isEmpty ? nil : EndTree(suffixTexts, isSuffix: true)
    withinStart = Int32(consequences.count)
    let withinTexts = texts(.within)
    within = withinTexts.isEmpty ? nil : GramIndex(withinTexts)
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
    whole?.free()
    prefix?.free()
    suffix?.free()
    within?.free()
    consequences.free()
    atoms.free()
    rules.free()
  }

  /// Notes the number of each text that the folded value has, maybe more than once.
  func search(_ text: Bytes, _ found: Notes) {
    if let whole {
      let id = whole.find(text)
      if id >= 0 { found.append(id) }
    }
    prefix?.search(text, prefixStart, found)
    suffix?.search(text, suffixStart, found)
    within?.search(text, withinStart, found)
  }
}
