import ConcordDetection

/// What a platform's table makes of an event: a rule's verdict is on events, a query's is on rows.
package struct StoredEvent: Hashable, Sendable {
  /// One thing about the row that is not as the event has it.
  package struct Change: Hashable, Sendable {
    /// What is wrong with the row.
    package enum Outcome: String, CaseIterable, Sendable {
      /// The column has another value than the event.
      case value
      /// The column is NULL, where the event has a value.
      case null
      /// The column is wrong because of the value of another field.
      case damaged
      /// The reader fails, and the query with it.
      case fails
    }

    package let outcome: Outcome
    /// The column, and the fields below it that the change concerns.
    package let field: String
    /// What happened, in a clause for people.
    package let text: String

    /// A change of that kind.
    package init(_ outcome: Outcome, _ field: String, _ text: String) {
      (self.outcome, self.field, self.text) = (outcome, field, text)
    }
  }

  /// What is not as the event has it, by each reader that the table may have; empty where all of them keep it.
  package let changes: [Change]

  /// An event that is stored with these changes.
  package init(_ changes: [Change]) { self.changes = changes }

  /// Whether the row says of every column what the event says.
  package var isKept: Bool { changes.isEmpty }
}

/// What a query says of the row that one reader of a table makes of an event.
package enum RowAnswer: Hashable, Sendable {
  /// Whether the row is found.
  case verdict(Bool)
  /// The query ends without an answer, on every event of the table: why.
  case fails(String)
}
