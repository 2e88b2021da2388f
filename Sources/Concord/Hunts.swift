import ConcordDetection
import ConcordDiagnostics
import ConcordHunt
import ConcordLanguages
import ConcordVerification

/// Rules that are asked together of an engine's tables, slice by slice of time.
package struct RuleHunt: Sendable {
  /// The rules that are asked, by their places in the list that was given.
  package let places: [Int]
  /// The rules that are not, by place in that list, and why.
  package let refused: [Int: Diagnostic]
  /// Notes on what statements call rules otherwise than by their ids, by place in that list, and on the statements.
  package let notes: [Int: Diagnostic]
  package let statementNotes: [Diagnostic]
  /// What statements call each of `places`.
  package let labels: [String]
  /// The statements of the first slice, each of which is proved for every rule that it asks for.
  package let first: [Hunt.Statement]
  private let firstSlice: TimeSlice
  private let rules: [Rule]
  private let compiler: Compiler
  private let language: Language

  fileprivate init(
    _ all: [Rule], _ packs: RulePacks, first slice: TimeSlice, refused: [Int: Diagnostic],
    by compiler: Compiler, in language: Language
  ) {
    firstSlice = slice
    let labels = Language.labels(of: all)
    places = packs.statements.flatMap(\.members).map(\.place).sorted()
    self.labels = places.map { labels[$0] }
    rules = places.map { all[$0] }
    self.refused = refused
    (notes, statementNotes) = (packs.notes, packs.statements.flatMap(\.query.notes))
    (self.compiler, self.language) = (compiler, language)
    let index = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
    first = packs.statements.compactMap { statement in
      statement.evidence.map { evidence in
        Hunt.Statement(
          text: statement.query.text, evidence: evidence,
          rules: statement.members.compactMap { index[$0.place] })
      }
    }
  }

  /// What the rules that are asked ask of an event, in the order of `places`.
  package var asked: [Hunt.Rule] {
    zip(labels, rules).map { Hunt.Rule(label: $0, condition: $1.condition) }
  }

  /// The statements for a slice: those of the first, with other times. Throws where a rule cannot be said in it.
  package func statements(for slice: TimeSlice) throws(Diagnostic) -> [Hunt.Statement] {
    if slice == firstSlice { return first }
    var options = compiler.options
    options.window = slice.window
    let packing = try language.pack(rules, called: labels, options: options)
    if let reason = packing.alone.min(by: { $0.key < $1.key })?.value { throw reason }
    return packing.statements.compactMap { statement in
      statement.evidence.map { evidence in
        Hunt.Statement(text: statement.query.text, evidence: evidence, rules: statement.members)
      }
    }
  }
}

extension Compiler {
  /// The rules as statements over an engine's tables of a language, whose rows are read back as events; `sample`: how
  /// many events of each slice are given whatever they meet. The statements of the first slice are proved, as those of
  /// `packs` are; `map` does independent work, perhaps on several cores.
  ///
  /// A rule that counts is refused: a group of events may lie in several slices. Throws what `packs` throws.
  package func hunt(
    _ rules: [Rule], in language: Language, first slice: TimeSlice, sample: Int?,
    by map: ([Int], @escaping @Sendable (Int) -> TranslationProof) -> [TranslationProof] = { $0.map($1) }
  ) throws(Diagnostic) -> RuleHunt {
    var copy = self
    copy.options.evidence = EvidenceRequest(sample: sample)
    copy.options.window = slice.window
    let packs = try copy.packs(of: rules, in: language, by: map)
    var refused = packs.alone
    for (place, rule) in rules.enumerated() where rule.aggregate != nil {
      refused[place] = .countsNotSaid(by: "slice by slice of time, since a group may lie in several")
    }
    for statement in packs.statements where statement.evidence == nil {
      throw Diagnostic(
        .unknownEngine, "\(language.name) has no statements whose rows are read back as events")
    }
    return RuleHunt(rules, packs, first: slice, refused: refused, by: copy, in: language)
  }
}
