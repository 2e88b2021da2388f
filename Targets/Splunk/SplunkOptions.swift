import ConcordLanguages

/// What Splunk SPL is told for itself.
public struct SplunkOptions: OwnOptions {
  /// Whether Splunk has the event's values as fields of their own, as add-ons extract them from XML, rather than
  /// JSON in the event's text.
  public var extractedFields = false

  /// The defaults.
  package init() {}

  /// The options of the command line.
  static let specs = [
    LanguageOption(
      "extracted-fields",
      help: "for Splunk: events are fields that an add-on extracts (as from XML), not JSON text",
      .flag { $0.splunk.extractedFields = true })
  ]
}

extension LanguageOptions {
  /// What Splunk SPL is told for itself.
  public var splunk: SplunkOptions {
    get { self[SplunkOptions.self] }
    set { self[SplunkOptions.self] = newValue }
  }
}
