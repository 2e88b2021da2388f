import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The columns that an editor offers.
enum AthenaColumnNames {
  /// The columns of the table that the options state for the rule's log, and those of their structures by dots; of
  /// CloudTrail, where nothing is stated, the columns that AWS documents.
  static func names(_ rule: Rule?, _ options: LanguageOptions) -> [String] {
    let resolved = rule.flatMap { try? options.resolved(for: $0, in: .athena) } ?? options
    let schema: Schema?
    if let ddl = resolved.schema {
      schema = try? AthenaDDL.table(ddl)
    } else if let rule, rule.logSources.contains(where: CloudTrailTable.log.covers) {
      schema = try? CloudTrailTable.definition.get().schema
    } else {
      schema = nil
    }
    return schema?.fields.flatMap { names(of: $0.type, below: $0.name) } ?? []
  }

  private static func names(of type: FieldType, below path: String) -> [String] {
    switch type {
    case .structure(let fields): fields.flatMap { names(of: $0.type, below: "\(path).\($0.name)") }
    case .array(let element): names(of: element, below: "\(path)[]")
    case .text, .boolean, .integer, .real, .timestamp, .map: [path]
    }
  }
}
