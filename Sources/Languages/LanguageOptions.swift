import ConcordDetection
import ConcordDiagnostics

/// What the user may say about reading, writing and running; each language takes what concerns it.
public struct LanguageOptions: Sendable {
  /// The user's own schema (for Athena a `CREATE EXTERNAL TABLE` statement); `nil` for the log source's own.
  public var schema: Source?
  /// Where a platform finds the events: a table for Athena; index, sourcetype or macro for Splunk.
  public var source: String?
  /// The table for platforms that read tables; `nil` for `source`, then for the schema's own name.
  public var table: String?
  /// The first moment of the time window, ISO 8601 in UTC (`2024-06-01T00:00:00Z`), inclusive.
  public var since: String?
  /// The end of the time window, ISO 8601 in UTC, exclusive.
  public var until: String?
  /// The condition of a rule whose own file has none, in the catalogue's notation.
  public var condition: Source?
  /// How to read an ambiguous condition, in the words of the notation's `Reading`; `nil` for the platform's own.
  public var reading: String?
  /// The compiler's version, for leading comments.
  public var compilerVersion: String
  /// Sigma processing pipelines to apply, in order.
  public var pipelines: [Source] = []
  /// Whether every field is taken as a text column of its own name where no schema is given.
  public var untyped: Bool = false

  /// The options with everything left to its default.
  public init(compilerVersion: String = "0.1.0") {
    self.compilerVersion = compilerVersion
  }
}
