import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Whether a statement for several rules gives each event with the labels of exactly the rules that hold of it: what it
/// asks for each label is read of its text, and compared with the label's rule.
package struct PackProof: Sendable {
  /// What is proved of each rule, in the statement's order; empty where `failure` says why.
  package let proofs: [TranslationProof]
  /// Why nothing can be said of single rules: the text cannot be read, or its labels are not those of the rules.
  package let failure: Diagnostic?

  /// Reads `query` and compares it with the rules, each with what the statement is to call it. `options` are those by
  /// which it was written; `map` does independent work, perhaps on several cores.
  package init(
    of query: Query, for rules: [(label: String, rule: Rule)], in language: Language,
    options: LanguageOptions,
    by map: ([Int], @escaping @Sendable (Int) -> TranslationProof) -> [TranslationProof] = { $0.map($1) }
  ) {
    do throws(Diagnostic) {
      let read = try PackProof.read(query, rules, language, options)
      failure = nil
      let compared = rules.map(\.rule)
      proofs = map(Array(read.indices)) { place in
        let rule = compared[place]
        switch read[place].question {
        case .query(let own):
          return TranslationProof(of: Query(text: own), for: rule, in: language, options: options)
        case .document(let document):
          let packed = (label: read[place].label, document: document)
          return TranslationProof(of: query, for: rule, as: packed, in: language, options: options)
        }
      }
    } catch {
      (failure, proofs) = (error, [])
    }
  }

  private static func read(
    _ query: Query, _ rules: [(label: String, rule: Rule)], _ language: Language, _ options: LanguageOptions
  ) throws(Diagnostic) -> [PackedRule] {
    guard let role = language.packs, let first = rules.first else {
      throw Diagnostic(.notProved, "\(language.name) has no statements for several rules")
    }
    let source = Source(name: "<pack>.\(language.fileEnding)", text: query.text)
    let read = try role.read(source, options.forReadingBack.resolved(for: first.rule, in: language))
    let (own, expected) = (read.map { ScalarText($0.label) }, rules.map { ScalarText($0.label) })
    guard own == expected else {
      let missing = expected.first { !own.contains($0) }?.string
      let extra = own.first { !expected.contains($0) }?.string
      throw Diagnostic(
        .notEqual,
        missing.map { "the statement has no rule `\($0)`" } ?? extra.map {
          "the statement has a rule `\($0)` too many"
        }
          ?? "the statement has its rules in another order or number",
        help: ["this is a defect of Concord: please report it with the rules"])
    }
    return read
  }
}
