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
  /// The events that are asked, by when they happened.
  public var window = TimeWindow()
  /// The condition of a rule whose own file has none, in the catalogue's notation.
  public var condition: Source?
  /// How to read an ambiguous condition, in the words of the notation's `Reading`; `nil` for the platform's own.
  public var reading: String?
  /// The compiler's version, for leading comments.
  public var compilerVersion: String
  /// What is proved of the query, and of which rule, as one line of its leading comment; `nil` for no such line.
  public var provenance: String?
  /// Sigma processing pipelines to apply, in order of their priorities, else in this order.
  public var pipelines: [Source] = []
  /// What `PipelineReader.prepared` has made of `pipelines`, so that they are read once for many rules; `nil` where
  /// they are read for each file.
  public var prepared: (any PreparedPipelines)?
  /// Whether a field of a rule that no pipeline maps is an error.
  public var strictFields: Bool = false
  /// The languages that rules will be written in; empty where that is not known.
  public var targets: [String] = []
  /// Whether Splunk has the event's values as fields of their own, as add-ons extract them from XML, rather than
  /// JSON in the event's text.
  public var extractedFields: Bool = false
  /// Whether every field is taken as a text column of its own name where no schema is given.
  public var untyped: Bool = false

  /// The options with everything left to its default.
  public init(compilerVersion: String = "0.1.0") {
    self.compilerVersion = compilerVersion
  }
}
