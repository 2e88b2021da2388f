extension EventPool {
  /// The pool's fields as a table: the statement that Athena would be given.
  package static let ddl: String = {
    let columns = Self.columns.map { "  \($0.name.lowercased()) \(hive($0.type))" }
    return """
      CREATE EXTERNAL TABLE pool (
      \(columns.joined(separator: ",\n"))
      )
      ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
      LOCATION 's3://bucket/'

      """
  }()

  private static func hive(_ type: FieldType) -> String {
    switch type {
    case .text, .address, .document: "string"
    case .boolean: "boolean"
    case .integer: "bigint"
    case .real: "double"
    case .array(let element): "array<\(hive(element))>"
    case .structure(let columns):
      "struct<\(columns.map { "\($0.name.lowercased()): \(hive($0.type))" }.joined(separator: ", "))>"
    }
  }
}
