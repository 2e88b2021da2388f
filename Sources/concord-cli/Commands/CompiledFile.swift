import Concord

/// What became of one file: its rules in each language, or what is wrong with it. It depends on that file and the
/// options alone, so files are compiled in any order.
struct CompiledFile: Sendable {
  /// One rule of the file.
  struct CompiledRule: Sendable {
    let document: RuleDocument
    /// Its number in the file, from 1; `nil` where it is the only one.
    let number: Int?
    /// The query, or why there is none, for each language in order.
    let queries: [Result<Query, Diagnostic>]
  }

  let file: Files.Input
  let rules: Result<[CompiledRule], CommandFailure>
  /// The documents that are no rules.
  let refused: [RefusedDocument]

  /// How a rule is written.
  enum Form: Sendable {
    /// As a query.
    case query
    /// As a query that is proved to hold of the same events as the rule, and says so; none where it is not proved.
    case provedQuery
    /// As a statement that runs the rule's fixtures.
    case selfTest
  }

  /// Compiles a file.
  init(_ file: Files.Input, _ input: RuleInput, to languages: [any QueryWriter], as form: Form) {
    self.file = file
    let contents = input.load(file)
    refused = (try? contents.get().refused) ?? []
    rules = contents.map { collection in
      let documents = collection.documents
      return documents.enumerated().map { index, document in
        CompiledRule(
          document: document, number: documents.count > 1 ? index + 1 : nil,
          queries: languages.map { language in
            Result { () throws(Diagnostic) in
              switch form {
              case .query: return try input.compiler.write(document.rule, in: language.identifier)
              case .provedQuery:
                return try input.compiler.writeProved(document.rule, in: language.identifier)
              case .selfTest:
                guard let writer = language as? any SelfTestWriter else {
                  throw Diagnostic(.noSelfTest, "\(language.name) has no self-test")
                }
                return try writer.selfTest(document.rule, options: input.compiler.options)
              }
            }
          })
      }
    }
  }
}
