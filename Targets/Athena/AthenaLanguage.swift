import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
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

  /// How many bytes of UTF-8 a query may have. [Athena user guide, service quotas]
  public static let byteLimit = 262_144
}

/// SQL's names ignore letter case.
extension AthenaLanguage: NameCaseIgnoringLanguage {}

extension AthenaLanguage: QueryWriter {
  /// The rule as a `SELECT` over the log's table, true to the meaning on every event.
  ///
  /// Throws where the table has no column for a field, where Athena SQL cannot say the condition, and where the
  /// query would exceed Athena's limits.
  public func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    try AthenaWriter.write(rule, options)
  }
}
