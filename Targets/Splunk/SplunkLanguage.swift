import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Splunk SPL.
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
