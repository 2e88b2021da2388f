import ConcordDiagnostics
import ConcordDocuments

/// A real system that runs a query: a server, a service, or an embedded database.
///
/// It is given self-contained statements, which inline their events and read no table, so that any installation
/// can run them and nothing is changed there. Its answer is evidence that does not depend on this project's own
/// reading of the platform's documents.
package protocol QueryEngine: Sendable {
  /// The name on the command line: lower case, `trino`.
  var identifier: String { get }
  /// The rows that the statement returns, in the order of the answer: an object each, columns as keys. SQL's
  /// NULL is `null`; Splunk's fields with several values are arrays.
  ///
  /// Blocks until the whole answer is there or the configured time is over, whichever is first. A partial answer
  /// is never returned. Throws `E704` to `E709`.
  func rows(of query: String) throws(Diagnostic) -> [Value.Object]
}

/// An engine that runs a language: its name, and how one is made where the environment says where it is.
package struct EngineKind: Sendable {
  /// The name on the command line, which is that of its engines.
  package let name: String
  /// How many bytes a statement may have.
  package let statementBytes: Int
  /// How many events go into a statement where each is a row of literals, for which engines take long.
  package let eventsPerStatement: Int
  /// Whether it reads rows out of one JSON text quickly.
  package let takesJSONRows: Bool
  /// The engine that these settings describe; nothing is contacted yet. Throws `E702` where a variable that it needs
  /// is not set, `E703` for one that cannot be used.
  package let make: @Sendable (EngineSettings) throws(Diagnostic) -> any QueryEngine

  /// A kind whose engines take such statements and are made so.
  package init(
    _ name: String, statementBytes: Int = 262_144, eventsPerStatement: Int = 40, takesJSONRows: Bool = false,
    make: @escaping @Sendable (EngineSettings) throws(Diagnostic) -> any QueryEngine
  ) {
    (self.name, self.statementBytes, self.make) = (name, statementBytes, make)
    (self.eventsPerStatement, self.takesJSONRows) = (eventsPerStatement, takesJSONRows)
  }
}

/// Bounds of what an engine may answer with.
package enum EngineLimits {
  /// The bytes that one query's answer may have: tens of thousands of verdicts. As values in memory the densest answer
  /// takes some sixty times as much, at most 64 MiB.
  package static let answerBytes = 1 << 20
  /// The seconds that a query may take, where nothing else is configured.
  package static let seconds = 120.0
}
