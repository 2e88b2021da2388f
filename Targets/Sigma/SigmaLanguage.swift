import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Sigma.
public struct SigmaLanguage: Language {
  /// `sigma`.
  public let identifier = "sigma"
  /// Sigma.
  public let name = "Sigma"
  /// `yml`.
  public let fileExtension = "yml"

  /// The language.
  public init() {}
}
