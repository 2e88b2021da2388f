import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Athena SQL.
public struct AthenaLanguage: Language {
  /// `athena`.
  public let identifier = "athena"
  /// Athena SQL.
  public let name = "Athena SQL"
  /// `sql`.
  public let fileExtension = "sql"

  /// The language.
  public init() {}
}
