import ConcordDiagnostics
import ConcordLanguages

/// What Splunk SPL is told for itself.
public struct SplunkOptions: OwnOptions {
  /// Where Splunk finds the events, as `index=main sourcetype=x` or a macro; `nil` for the rule's own place.
  public var source: String?
  /// Whether Splunk has the event's values as fields of their own, as add-ons extract them from XML, rather than
  /// JSON in the event's text.
  public var extractedFields = false

  /// Whether of a search only the filter at its head is read: the commands that look at one event at a time.
  package var isFilterOnly = false
  /// Files with the definitions of macros: `macros.conf`, or YAML with the same keys.
  package var macros: [Source] = []
  /// Tables that searches look values up in, as CSV, and their definitions: `transforms.conf`, or YAML with the same keys.
  package var lookups: [Source] = []
  /// The macros without a definition that say where events are, and nothing else.
  package var placeMacros: [String] = []
  /// What `macros` say, where they were read already; it counts only while they are the same.
  private var readMacros: (sources: [Source], macros: SplunkMacros)?

  /// The macros of the options, read unless they have been. Throws what is wrong with a file.
  var knownMacros: SplunkMacros {
    get throws(Diagnostic) {
      if let readMacros, readMacros.sources == macros { return readMacros.macros }
      return try SplunkMacros(macros)
    }
  }

  /// What `lookups` say, where they were read already.
  private var readLookups: (sources: [Source], lookups: SplunkLookups)?

  /// The tables of the options, read unless they have been. Throws what is wrong with a file.
  var knownLookups: SplunkLookups {
    get throws(Diagnostic) {
      if let readLookups, readLookups.sources == lookups { return readLookups.lookups }
      return try SplunkLookups(lookups)
    }
  }

  /// The options with what they name read, so that it need not be done for every search.
  static func prepared(_ options: LanguageOptions) throws(Diagnostic) -> LanguageOptions {
    var copy = options
    copy.splunk.readMacros = (options.splunk.macros, try options.splunk.knownMacros)
    copy.splunk.readLookups = (options.splunk.lookups, try options.splunk.knownLookups)
    return copy
  }

  /// The defaults.
  package init() {}

  /// Whether they say where the events are.
  package var namesPlace: Bool { source != nil }

  /// The options of the command line.
  static let specs = [
    LanguageOption(
      "source",
      help: "where Splunk finds the events, as 'index=main sourcetype=x' or a macro between backticks",
      .text("SOURCE") { $0.splunk.source = $1 }),
    LanguageOption(
      "macros",
      help: "what macros of searches stand for: a macros.conf, or YAML with name, definition and arguments",
      .sources("FILE", among: []) { $0.splunk.macros.append($1) }),
    LanguageOption(
      "lookup",
      help: "what lookups of searches find: a CSV, and its definition in a transforms.conf or YAML",
      .sources("FILE", among: []) { $0.splunk.lookups.append($1) }),
    LanguageOption(
      "place-macro",
      help: "macros that say where events are, and have no definition here, separated by commas",
      .text("NAMES") {
        $0.splunk.placeMacros += $1.split(separator: ",").map { String($0.filter { $0 != " " && $0 != "`" }) }
      }),
    LanguageOption(
      "extracted-fields",
      help: "for Splunk: events are fields that an add-on extracts (as from XML), not JSON text",
      .flag { $0.splunk.extractedFields = true }),
    LanguageOption(
      "filter-only",
      help: "of searches take the filter before `| stats` and the like, and say what is left out",
      .flag { $0.splunk.isFilterOnly = true }),
  ]
}

extension LanguageOptions {
  /// What Splunk SPL is told for itself.
  public var splunk: SplunkOptions {
    get { self[SplunkOptions.self] }
    set { self[SplunkOptions.self] = newValue }
  }
}
