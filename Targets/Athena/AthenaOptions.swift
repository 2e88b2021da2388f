import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What Athena SQL is told for itself.
public struct AthenaOptions: OwnOptions {
  /// The table that is read; `nil` for the rule's own place, then for the schema's own name.
  public var table: String?
  /// The column of the table that says when an event happened; `nil` for `eventtime`.
  package var timeColumn: String?
  /// The partition columns whose values are dates, by their names in lower case: with a pattern as `yyyy/MM/dd` where
  /// their days are texts in order.
  package var datePartitions: [String: String] = [:]
  /// The partition columns that are fields of the events too, by their names in lower case.
  package var fieldPartitions: [String: FieldPath] = [:]
  /// Whether every field is taken as a text column of its own name where no schema is given.
  public var untyped = false

  /// The defaults.
  package init() {}

  /// Whether they name a table.
  package var namesPlace: Bool { table != nil }

  /// The options of the command line.
  static let specs = [
    LanguageOption(
      "untyped",
      help: "without a schema, take every field as a text column of its own name (see `concord schema`)",
      .flag { $0.athena.untyped = true }),
    LanguageOption("table", help: "the table that Athena reads", .text("NAME") { $0.athena.table = $1 }),
    LanguageOption(
      "time-column", help: "the column of Athena's table that --since and --until ask (eventtime)",
      .text("NAME") { $0.athena.timeColumn = $1 }),
  ]

  /// The options, if they do not contradict each other. Throws `E901` where they do.
  static func checked(_ options: LanguageOptions) throws(Diagnostic) -> LanguageOptions {
    if options.schema != nil, options.athena.untyped {
      throw Diagnostic(.usage, "give either `--schema` or `--untyped`, not both")
    }
    return options
  }
}

extension LanguageOptions {
  /// What Athena SQL is told for itself.
  public var athena: AthenaOptions {
    get { self[AthenaOptions.self] }
    set { self[AthenaOptions.self] = newValue }
  }
}
