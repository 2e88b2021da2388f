import ConcordDiagnostics
import ConcordLanguages

/// What Athena SQL is told for itself.
public struct AthenaOptions: OwnOptions {
  /// The table that is read; `nil` for the options' source, then for the schema's own name.
  public var table: String?
  /// Whether every field is taken as a text column of its own name where no schema is given.
  public var untyped = false

  /// The defaults.
  package init() {}

  /// Whether they name a table or a shape of it.
  public var namesPlace: Bool { table != nil || untyped }

  /// The options of the command line.
  static let specs = [
    LanguageOption(
      "untyped",
      help: "without a schema, take every field as a text column of its own name (see `concord schema`)",
      .flag { $0.athena.untyped = true }),
    LanguageOption("table", help: "the table that Athena reads", .text("NAME") { $0.athena.table = $1 }),
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
