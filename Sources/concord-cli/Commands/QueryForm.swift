import Concord

/// How a rule is written.
enum QueryForm: Sendable {
  case query
  /// As a query that is proved to hold of the same events as the rule, and says so; none where it is not proved.
  case provedQuery
  /// As a statement that runs the rule's fixtures.
  case selfTest

  /// The query of a rule, or why there is none.
  func query(
    of document: RuleDocument, in language: Language, _ compiler: Compiler
  ) -> Result<Query, Diagnostic> {
    Result { () throws(Diagnostic) in
      switch self {
      case .query: return try compiler.write(document.rule, in: language)
      case .provedQuery: return try compiler.writeProved(document.rule, in: language)
      case .selfTest: return try compiler.writeSelfTest(document.rule, in: language)
      }
    }
  }

  /// The languages that can be written in this form and are named, in the registry's order; where none is named, or
  /// `all` is, all but those that are written by name alone.
  func writers(named names: [String]) throws(Diagnostic) -> [Language] {
    let known = Registry.writers.filter { writer in
      switch self {
      case .query: true
      case .provedQuery: writer.reader != nil
      case .selfTest: writer.selfTestWriter != nil
      }
    }
    let identifiers = known.map(\.identifier)
    for name in names where name != "all" && !identifiers.contains(name) {
      throw Diagnostic(
        .unknownLanguage,
        "`\(name)` is not a language that can be \(self == .provedQuery ? "read back" : "written")",
        help: Suggestion.question(for: name, among: identifiers + ["all"])
          + ["known: \(identifiers.joined(separator: ", ")), or all"])
    }
    let isAll = names.isEmpty || names.contains("all")
    return known.filter { language in
      names.contains(language.identifier) || isAll && !language.traits.contains(.writtenByName)
    }
  }
}
