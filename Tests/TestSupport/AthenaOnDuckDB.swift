/// What `Tests/Engines/athena_duckdb.py` is asked: statements over a table of events.
package struct AthenaOnDuckDB: Encodable, Sendable {
  /// The table's statement.
  package var ddl: String
  /// The events, each as JSON text.
  package var events: [String]
  /// The statements.
  package var queries: [String]
  /// Whether statements are only parsed.
  package var parseOnly: Bool
  /// Whether the statements count, and their own rows are wanted.
  package var groups: Bool

  /// Statements over the table of `ddl` with these events.
  package init(
    ddl: String = "", events: [String] = [], queries: [String], parseOnly: Bool = false, groups: Bool = false
  ) {
    (self.ddl, self.events, self.queries) = (ddl, events, queries)
    (self.parseOnly, self.groups) = (parseOnly, groups)
  }

  /// What it answers.
  package struct Answer: Decodable, Sendable {
    /// What one statement gave.
    package struct Result: Decodable, Sendable {
      /// The places of the events whose rows it returned; `nil` where it failed.
      package let rows: [Int]?
      /// The rows of a statement that counts, their values as texts.
      package let groups: [[String?]]?
      /// In which step it failed.
      package let stage: String?
      /// Why it failed.
      package let error: String?
    }

    /// By statement, in order.
    package let results: [Result]
    /// The events that the table cannot hold, by place, with why.
    package let leftOut: [Int: String]
  }
}
