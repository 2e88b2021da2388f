import ConcordLanguages

/// A table as its statement declares it: what a query may ask, what its columns hold, and who reads its files.
package struct AthenaTableDefinition: Sendable {
  package var schema: Schema
  /// The columns of `schema.fields`, with their declared types.
  package var columns: [AthenaColumn]
  package var format: AthenaTableFormat

  /// A table of that format whose columns are of the widest type of their kind.
  package init(_ schema: Schema, _ format: AthenaTableFormat) {
    self.schema = schema
    columns = schema.fields.map { AthenaColumn($0.name, AthenaColumnType($0.type)) }
    self.format = format
  }

  init(_ schema: Schema, columns: [AthenaColumn], _ format: AthenaTableFormat) {
    self.schema = schema
    self.columns = columns
    self.format = format
  }
}

/// What a statement says of a table's files and of who reads them.
package struct AthenaTableFormat: Hashable, Sendable {
  /// `ROW FORMAT SERDE`: the name of a Java class.
  package var serde: String?
  /// `WITH SERDEPROPERTIES`.
  package var properties: [String: String] = [:]
  /// `ROW FORMAT DELIMITED`.
  package var isDelimited = false
  /// `STORED AS` and a word, in capitals; not `INPUTFORMAT`.
  package var storedAs: String?
  /// `STORED AS INPUTFORMAT`: the name of a Java class.
  package var inputFormat: String?
  /// `LOCATION`.
  package var location: String?
  /// `TBLPROPERTIES`.
  package var tableProperties: [String: String] = [:]

  package init() {}

  /// The kinds of table, by what is known of their rows.
  package enum Kind: Hashable, Sendable {
    /// JSON by Hive's class name.
    case hiveJSON
    /// JSON by OpenX's class name.
    case openXJSON
    /// JSON of CloudTrail by a class of its own, of which nothing was run.
    case cloudTrail
    /// Files that hold typed rows: Parquet, ORC, Avro and the table formats over them.
    case typed(String)
    /// Fields by `OpenCSVSerde`.
    case csv
    /// Fields by Hive's own class, which is also what a statement means that names no format.
    case delimited
    /// The groups of an expression.
    case regex
    /// Another class.
    case other(String)
    /// The statement is a list of columns: it says neither who reads the files nor where they are.
    case unstated
  }

  static let hiveClasses = [
    "org.apache.hive.hcatalog.data.JsonSerDe", "org.apache.hadoop.hive.serde2.JsonSerDe",
  ]
  static let openXClass = "org.openx.data.jsonserde.JsonSerDe"
  static let cloudTrailInput = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
  static let plainInput = "org.apache.hadoop.mapred.TextInputFormat"
  /// The table's property by which CSV that is of no type is NULL.
  static let nullForInvalid = "use.null.for.invalid.data"

  /// CloudTrail's documented table (Athena user guide, "Query AWS CloudTrail logs").
  package static let cloudTrail: AthenaTableFormat = {
    var format = AthenaTableFormat()
    format.serde = hiveClasses[0]
    format.inputFormat = cloudTrailInput
    return format
  }()

  /// The tables that `concord schema` writes.
  package static let openX: AthenaTableFormat = {
    var format = AthenaTableFormat()
    format.serde = openXClass
    return format
  }()

  /// What is known of the rows. What the table's properties say goes before the class, and the class before the file.
  package var kind: Kind {
    let tableType = tableProperties.first { $0.key.lowercased() == "table_type" }?.value.uppercased()
    switch tableType {
    case "ICEBERG": return .typed("Iceberg")
    case "DELTA": return .typed("Delta Lake")
    case "HUDI": return .typed("Hudi")
    default: break
    }
    if let serde { return kind(ofClass: serde) }
    if isDelimited { return .delimited }
    if let storedAs { return AthenaTableFormat.kinds[storedAs] ?? .other(storedAs) }
    if let inputFormat { return kind(ofInput: inputFormat) }
    return location == nil ? .unstated : .delimited
  }

  /// Whether a statement that makes a table says nothing of its format.
  var isDefault: Bool {
    kind == .delimited && serde == nil && !isDelimited && storedAs == nil && inputFormat == nil
  }

  private static let kinds: [String: Kind] = [
    "PARQUET": .typed("Parquet"), "ORC": .typed("ORC"), "AVRO": .typed("Avro"), "RCFILE": .typed("RCFile"),
    "TEXTFILE": .delimited, "SEQUENCEFILE": .delimited, "JSONFILE": .hiveJSON,
    "ION": .other("Ion"),
  ]

  private static let classes: [String: Kind] = [
    "com.amazon.emr.hive.serde.CloudTrailSerde": .cloudTrail,
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": .typed("Parquet"),
    "org.apache.hadoop.hive.ql.io.orc.OrcSerde": .typed("ORC"),
    "org.apache.hadoop.hive.serde2.avro.AvroSerDe": .typed("Avro"),
    "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe": .typed("RCFile"),
    "org.apache.hadoop.hive.serde2.RegexSerDe": .regex,
    "org.apache.hadoop.hive.contrib.serde2.RegexSerDe": .regex,
    "com.amazonaws.glue.serde.GrokSerDe": .other("Grok"),
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": .csv,
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": .delimited,
    "com.amazon.ionhiveserde.IonHiveSerDe": .other("Ion"),
  ]

  private func kind(ofClass name: String) -> Kind {
    if AthenaTableFormat.hiveClasses.contains(name) { return .hiveJSON }
    if name == AthenaTableFormat.openXClass { return .openXJSON }
    let kind = AthenaTableFormat.classes[name] ?? .other(name)
    // Hudi's tables name Parquet's class and an input format of their own.
    if case .typed("Parquet") = kind, let inputFormat { return self.kind(ofInput: inputFormat) }
    return kind
  }

  private func kind(ofInput name: String) -> Kind {
    let name = name.lowercased()
    if name.contains("hudi") || name.contains("hoodie") { return .typed("Hudi") }
    for (part, kind) in [("parquet", "Parquet"), ("orc", "ORC"), ("avro", "Avro")] where name.contains(part) {
      return .typed(kind)
    }
    return .delimited
  }

  /// Whether the files are read by CloudTrail's input format, which hands objects in its JSON columns over as text.
  package var handsOverJSON: Bool { inputFormat == AthenaTableFormat.cloudTrailInput }

  /// Whether the statement lists spellings of moments, which no model here follows.
  var listsMoments: Bool { properties["timestamp.formats"] != nil }

  /// What the readers go by: the properties of the class, and of the table's the one that concerns values.
  var readerProperties: [String: String] {
    var result = properties
    let key = AthenaTableFormat.nullForInvalid
    if let value = tableProperties[key] { result[key] = value }
    return result
  }

  /// The readers that may make the rows. Which one Athena runs is not documented.
  ///
  /// Trino's own readers are taken only for tables of its plain text format, so another input format leaves the class.
  package var readers: [AthenaRowReader] {
    let isPlain = inputFormat == nil || inputFormat == AthenaTableFormat.plainInput
    return switch kind {
    case .hiveJSON: isPlain ? [.hive, .trino] : [.hive]
    case .openXJSON: isPlain ? [.openX, .trinoOpenX] : [.openX]
    case .csv: [.csv]
    case .delimited: [.delimited]
    case .regex: [.regex]
    case .cloudTrail, .typed, .other, .unstated: [.typed]
    }
  }

  /// The kind in words, for people.
  package var shown: String {
    switch kind {
    case .hiveJSON: handsOverJSON ? "Hive's JSON class behind CloudTrail's input format" : "Hive's JSON class"
    case .openXJSON: "OpenX's JSON class"
    case .cloudTrail: "CloudTrail's own class"
    case .typed(let name): "\(name), whose rows are typed"
    case .csv: "CSV"
    case .delimited: isDefault ? "delimited text, since the statement names no format" : "delimited text"
    case .regex: "RegexSerDe"
    case .other(let name): name
    case .unstated: "a format that the statement does not name"
    }
  }
}
