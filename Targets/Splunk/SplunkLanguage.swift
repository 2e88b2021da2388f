import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Splunk SPL: searches over JSON events.
public struct SplunkLanguage: Language {
  /// `splunk`.
  public let identifier = "splunk"
  /// Splunk SPL.
  public let name = "Splunk SPL"
  /// `spl`.
  public let fileExtension = "spl"

  /// The language.
  public init() {}
}

extension SplunkLanguage: QueryWriter {
  /// The search for a rule: base search, fields read from the event's text, one exact `where`, the output
  /// fields. Throws `E41x` for what SPL cannot say exactly.
  public func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    try SplunkWriter.write(rule, options)
  }
}
