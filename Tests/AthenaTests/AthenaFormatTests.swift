import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

/// Who reads a table's files, by its statement.
@Suite("Table formats") struct AthenaFormatTests {
  struct Row: Sendable {
    /// What follows the columns.
    let tail: String
    let shown: String
    var readers: [AthenaRowReader] = []
    var properties: [String: String] = [:]
  }

  static let hive = "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'"
  static let openX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
  static let cloudTrail =
    "STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' "
    + "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'"
  static let plain = "STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat' OUTPUTFORMAT 'x'"
  static let parquet = "ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'"

  static let rows: [Row] = [
    Row(tail: hive + " LOCATION 's3://b/'", shown: "Hive's JSON class", readers: [.hive, .trino]),
    Row(
      tail: "row format serde \"org.apache.hadoop.hive.serde2.JsonSerDe\" stored as textfile",
      shown: "Hive's JSON class", readers: [.hive, .trino]),
    Row(tail: "\(hive) \(plain)", shown: "Hive's JSON class", readers: [.hive, .trino]),
    Row(
      tail: "\(hive) \(cloudTrail)", shown: "Hive's JSON class behind CloudTrail's input format",
      readers: [.hive]),
    // In whatever order, and with what else may stand between.
    Row(
      tail: "LOCATION 's3://b/' \(cloudTrail) COMMENT 'x' \(hive) PARTITIONED BY (day string)",
      shown: "Hive's JSON class behind CloudTrail's input format", readers: [.hive]),
    Row(
      tail: "\(hive) STORED AS INPUTFORMAT 'com.example.Input'", shown: "Hive's JSON class", readers: [.hive]),
    Row(tail: "STORED AS JSONFILE", shown: "Hive's JSON class", readers: [.hive, .trino]),
    Row(tail: openX, shown: "OpenX's JSON class", readers: [.openX, .trinoOpenX]),
    Row(
      tail: openX
        + " WITH SERDEPROPERTIES ('mapping.ts'='timestamp', \"case.insensitive\" = \"false\") LOCATION 'x'",
      shown: "OpenX's JSON class", readers: [.openX, .trinoOpenX],
      properties: ["mapping.ts": "timestamp", "case.insensitive": "false"]),
    Row(
      tail: "ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde' \(cloudTrail)",
      shown: "CloudTrail's own class", readers: [.typed]),
    Row(tail: parquet, shown: "Parquet, whose rows are typed", readers: [.typed]),
    Row(
      tail: parquet + " STORED AS INPUTFORMAT 'org.apache.hudi.hadoop.HoodieParquetInputFormat'",
      shown: "Hudi, whose rows are typed", readers: [.typed]),
    Row(tail: "STORED AS parquet", shown: "Parquet, whose rows are typed", readers: [.typed]),
    Row(tail: "STORED AS ORC", shown: "ORC, whose rows are typed", readers: [.typed]),
    Row(
      tail: "LOCATION 's3://b/' TBLPROPERTIES ('table_type'='ICEBERG', 'format'='parquet')",
      shown: "Iceberg, whose rows are typed", readers: [.typed]),
    Row(
      tail: "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE", shown: "delimited text",
      readers: [.delimited], properties: ["field.delim": ","]),
    Row(
      tail:
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' COLLECTION ITEMS TERMINATED BY '|' "
        + "MAP KEYS TERMINATED BY ':' LINES TERMINATED BY '\\n' NULL DEFINED AS '' LOCATION 's3://b/'",
      shown: "delimited text", readers: [.delimited],
      properties: [
        "field.delim": "\t", "escape.delim": "\\", "collection.delim": "|", "mapkey.delim": ":",
        "serialization.null.format": "",
      ]),
    Row(tail: "ROW FORMAT DELIMITED FIELDS TERMINATED BY 5", shown: "delimited text", readers: [.delimited]),
    Row(tail: "STORED AS TEXTFILE", shown: "delimited text", readers: [.delimited]),
    Row(tail: plain, shown: "delimited text", readers: [.delimited]),
    Row(
      tail: "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'", shown: "CSV", readers: [.csv]),
    // A statement that makes a table without a word of its format.
    Row(
      tail: "COMMENT 'x' LOCATION 's3://b/'", shown: "delimited text, since the statement names no format",
      readers: [.delimited]),
    Row(
      tail: "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' "
        + #"WITH SERDEPROPERTIES ("input.regex" = "^(\\S+) \"(.*)\"") LOCATION 's3://b/'"#,
      shown: "RegexSerDe", readers: [.regex],
      properties: ["input.regex": #"^(\S+) "(.*)""#]),
    // Escapes of Hive's texts, in either quote.
    Row(
      tail: openX
        + #" WITH SERDEPROPERTIES ('mapping.a'='it\'s', "mapping.b"="\"\t\u0041\101\%\q\\", 'c'='a''b')"#,
      shown: "OpenX's JSON class", readers: [.openX, .trinoOpenX],
      properties: ["mapping.a": "it's", "mapping.b": "\"\tAA\\%q\\", "c": "a'b"]),
    Row(
      tail: openX + #" WITH SERDEPROPERTIES ('a'='\0\b\n\r\Z\u00ag\9')"#,
      shown: "OpenX's JSON class", readers: [.openX, .trinoOpenX],
      properties: ["a": "\0\u{8}\n\r\u{1A}u00ag9"]),
    Row(
      tail: openX + #" WITH SERDEPROPERTIES ('a'='b\')"#, shown: "OpenX's JSON class",
      readers: [.openX, .trinoOpenX]),
    Row(tail: "ROW FORMAT SERDE 'com.amazonaws.glue.serde.GrokSerDe'", shown: "Grok", readers: [.typed]),
    Row(tail: "ROW FORMAT SERDE 'com.example.Own'", shown: "com.example.Own", readers: [.typed]),
    Row(tail: "STORED BY 'com.example.Storage'", shown: "com.example.Storage", readers: [.typed]),
    Row(tail: "STORED AS ION", shown: "Ion", readers: [.typed]),
    Row(tail: "", shown: "a format that the statement does not name", readers: [.typed]),
    // Near misses are passed over, as is what is not known.
    Row(tail: "ROW FORMAT SERDE", shown: "a format that the statement does not name", readers: [.typed]),
    Row(
      tail: "ROW FORMAT LOCATION 's3://b/'", shown: "delimited text, since the statement names no format",
      readers: [.delimited]),
    Row(
      tail: "SERDE 'org.openx.data.jsonserde.JsonSerDe'", shown: "a format that the statement does not name",
      readers: [.typed]),
    Row(
      tail: "STORED LOCATION 's3://b/'", shown: "delimited text, since the statement names no format",
      readers: [.delimited]),
    Row(
      tail: openX + " WITH SERDEPROPERTIES ('a' 'b', 'c'='d') STORED AS TEXTFILE",
      shown: "OpenX's JSON class",
      readers: [.openX, .trinoOpenX]),
    Row(
      tail: openX + " WITH SERDEPROPERTIES", shown: "OpenX's JSON class", readers: [.openX, .trinoOpenX]),
    Row(
      tail: "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDeX'",
      shown: "org.openx.data.jsonserde.JsonSerDeX", readers: [.typed]),
  ]

  @Test("of a statement", arguments: rows) func format(_ row: Row) throws {
    let ddl = "CREATE EXTERNAL TABLE t (a string)\n" + row.tail
    let table = try AthenaDDL.definition(Source(text: ddl))
    #expect(table.format.shown == row.shown)
    #expect(table.format.readers == row.readers)
    #expect(table.format.properties == row.properties)
    #expect(try AthenaDDL.table(Source(text: ddl)) == table.schema)
  }

  @Test("places and properties of the table") func places() throws {
    let table = try AthenaDDL.definition(
      Source(
        text: """
          CREATE TABLE t (a string) PARTITIONED BY (day string) LOCATION 's3://b/x/'
          TBLPROPERTIES ('projection.enabled'='true', 'k'="v")
          """))
    #expect(table.format.location == "s3://b/x/")
    #expect(table.format.tableProperties == ["projection.enabled": "true", "k": "v"])
    #expect(table.schema.partitions.map(\.name) == ["day"])
  }

  @Test("declared types") func types() throws {
    let table = try AthenaDDL.definition(
      Source(
        text: """
          CREATE TABLE t (a varchar(3), b char(4), c tinyint, d smallint, e int, f bigint, g float, h real, i double,
          j decimal, k decimal(5), l decimal(10,2), m date, n timestamp, o map<int, array<varchar(2)>>,
          p struct<x:decimal(3,1)>, q varchar, r boolean)
          """))
    #expect(
      table.columns.map(\.type) == [
        .varchar(3), .char(4), .integer(bits: 8), .integer(bits: 16), .integer(bits: 32), .integer(bits: 64),
        .real(bits: 32), .real(bits: 32), .real(bits: 64), .decimal(precision: 10, scale: 0),
        .decimal(precision: 5, scale: 0), .decimal(precision: 10, scale: 2), .date, .timestamp,
        .map(.integer(bits: 32), .array(.varchar(2))),
        .structure([AthenaColumn("x", .decimal(precision: 3, scale: 1))]), .string, .boolean,
      ])
    #expect(
      table.schema.fields.map(\.type) == [
        .text, .text, .integer, .integer, .integer, .integer, .real, .real, .real, .real, .real, .real,
        .timestamp, .timestamp, .map(.array(.text)), .structure([.init("x", .real)]), .text, .boolean,
      ])
    #expect(table.schema.fields.map(\.type) == table.columns.map(\.type.fieldType))
  }

  @Test("public statements") func publicStatements() throws {
    let statements = try PublicStatements.all()
    if statements.isEmpty { return }
    var counts: [String: Int] = [:]
    var refused: [String: Int] = [:]
    for statement in statements {
      do throws(Diagnostic) {
        counts[try AthenaDDL.definition(statement.source).format.shown, default: 0] += 1
      } catch { refused[error.message, default: 0] += 1 }
    }
    for (format, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("  \(count)  \(format)")
    }
    print("  refused: \(refused)")
    #expect(counts == Self.publicFormats)
    #expect(refused.values.reduce(0, +) == Self.refused)
  }

  static let publicFormats: [String: Int] = [
    "delimited text": 20, "OpenX's JSON class": 13, "Parquet, whose rows are typed": 12, "RegexSerDe": 11,
    "Hudi, whose rows are typed": 6, "Grok": 5, "Hive's JSON class behind CloudTrail's input format": 4,
    "CSV": 3,
    "Hive's JSON class": 3, "delimited text, since the statement names no format": 2,
    "a format that the statement does not name": 1, "Ion": 2,
    "ORC, whose rows are typed": 2, "Avro, whose rows are typed": 1, "CloudTrail's own class": 1,
  ]
  /// Statements of other products, and types and columns that are not read.
  static let refused = 13
}
