import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordVerification

/// Rules as statements for several, each of which is proved for every rule that it asks for.
package struct RulePacks: Sendable {
  /// A statement.
  package struct Statement: Sendable {
    /// Its text, and what the user should know.
    package let query: Query
    /// The rules that it asks for, in its order.
    package let members: [Member]
    /// How its rows are read back, where the options ask for what rules look at.
    package let evidence: Evidence?
  }

  /// A rule in a statement.
  package struct Member: Sendable {
    /// Its place in the list that was given.
    package let place: Int
    /// What the statement calls it.
    package let label: String
    /// What the proof takes for granted, as the end of a sentence; empty for nothing.
    package let assumption: String
  }

  /// The statements.
  package fileprivate(set) var statements: [Statement] = []
  /// The rules that stand in none, by place in the list, and why.
  package fileprivate(set) var alone: [Int: Diagnostic] = [:]
  /// Notes on what statements call rules otherwise than by their ids, by place in the list.
  package fileprivate(set) var notes: [Int: Diagnostic] = [:]
}

extension Compiler {
  /// The rules as few statements, each over the events of one place and time window, which give an event with the ids
  /// of the rules that hold of it. What a statement asks for a rule is read back from its text and proved to be the rule;
  /// a rule of which that fails stands alone. `map` does independent work, perhaps on several cores.
  ///
  /// Throws `E903` where the language has no such statements, and `E506` where one is not its rules, which is a defect.
  package func packs(
    of rules: [Rule], in language: Language,
    by map: ([Int], @escaping @Sendable (Int) -> TranslationProof) -> [TranslationProof] = { $0.map($1) }
  ) throws(Diagnostic) -> RulePacks {
    var options = self.options
    options.provenance = "Every rule is proved by reading it back from this text"
    var packs = RulePacks()
    var places = Array(rules.indices)
    let labels = Language.labels(of: rules)
    while true {
      let packing = try language.pack(
        places.map { rules[$0] }, called: places.map { labels[$0] }, options: options)
      for (index, note) in packing.notes(on: places.map { rules[$0] }) { packs.notes[places[index]] = note }
      for (index, reason) in packing.alone { packs.alone[places[index]] = reason }
      var unproved: [Int: Diagnostic] = [:]
      packs.statements = []
      for statement in packing.statements {
        let members = statement.members.map { (label: packing.labels[$0], rule: rules[places[$0]]) }
        let proof = PackProof(of: statement.query, for: members, in: language, options: options, by: map)
        if let failure = proof.failure { throw failure }
        var proved: [RulePacks.Member] = []
        for (index, own) in zip(statement.members, proof.proofs) {
          switch own.outcome {
          case .proved:
            proved.append(
              .init(place: places[index], label: packing.labels[index], assumption: own.assumption))
          case .unread(let reason), .unknown(let reason):
            unproved[places[index]] = .aloneInPack("is not proved from the statement's text: \(reason)")
          case .different:
            throw own.difference(of: packing.labels[index])
          }
        }
        packs.statements.append(
          .init(query: statement.query, members: proved, evidence: statement.evidence))
      }
      if unproved.isEmpty { return packs }
      packs.alone.merge(unproved) { $1 }
      places.removeAll { packs.alone[$0] != nil }
    }
  }
}

extension TranslationProof {
  fileprivate func difference(of label: String) -> Diagnostic {
    let part = differingPart.map { " in \($0)" } ?? ""
    return Diagnostic(
      .notEqual, "the `\(language)` statement is not the rule `\(label)`\(part)",
      help: ["this is a defect of Concord: please report it with the rules"])
  }
}
