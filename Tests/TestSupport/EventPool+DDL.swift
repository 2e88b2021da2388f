extension EventPool {
  /// The pool's fields as a table: the statement that Athena would be given. CloudTrail's input format hands the
  /// requests' parameters over as text.
  package static let ddl = ddl(
    """
    ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
    STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
    OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
    """)

  /// The pool's fields as a table of that format, with other types where `types` names them by the type of the pool.
  package static func ddl(_ format: String, types: [FieldType: String] = [:]) -> String {
    let columns = Self.columns.map { "  \($0.name.lowercased()) \(hive($0.type, types))" }
    return """
      CREATE EXTERNAL TABLE pool (
      \(columns.joined(separator: ",\n"))
      )
      \(format)
      LOCATION 's3://bucket/'

      """
  }

  private static func hive(_ type: FieldType, _ types: [FieldType: String]) -> String {
    if let given = types[type] { return given }
    return switch type {
    case .text, .address, .document: "string"
    case .boolean: "boolean"
    case .integer: "bigint"
    case .real: "double"
    case .array(let element): "array<\(hive(element, types))>"
    case .structure(let columns):
      "struct<\(columns.map { "\($0.name.lowercased()): \(hive($0.type, types))" }.joined(separator: ", "))>"
    }
  }
}
