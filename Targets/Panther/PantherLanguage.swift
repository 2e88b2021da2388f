import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Panther.
public struct PantherLanguage: Language {
  /// `panther`.
  public let identifier = "panther"
  /// Panther.
  public let name = "Panther"
  /// `yml`.
  public let fileExtension = "yml"

  /// The language.
  public init() {}
}
