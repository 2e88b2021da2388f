import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordAthena

/// The readers of files that are no JSON. Each line was given to the class itself: `LazySimpleSerDe`, `OpenCSVSerde` and
/// `RegexSerDe` of hive-serde 2.3.9.
@Suite("Rows of text files") struct AthenaTextRowTests {
  struct Line: Sendable {
    let columns: String
    let line: String
    /// The values, or the failure.
    let row: String
    var properties: [String: String] = [:]
  }

  private static let comma = ["field.delim": ",", "serialization.format": ","]
  private static let escaped = ["field.delim": ",", "escape.delim": "\\"]
  private static let nothing = "the text of no characters"

  static let delimitedLines: [Line] = [
    Line(columns: "a string, b string", line: "x,y", row: "the text x, the text y", properties: comma),
    Line(columns: "a string, b string", line: "x", row: "the text x, NULL", properties: comma),
    Line(columns: "a string, b string", line: "x,", row: "the text x, \(nothing)", properties: comma),
    Line(columns: "a string, b string", line: "", row: "\(nothing), NULL", properties: comma),
    Line(columns: "a string, b string", line: #"\N,\N"#, row: "NULL, NULL", properties: comma),
    Line(
      columns: "a string, b string", line: #""x",y"#, row: #"the text "x", the text y"#, properties: comma),
    Line(columns: "a string, b string", line: "x,y,z", row: "the text x, the text y", properties: comma),
    Line(
      columns: "a string, b string", line: "null,NULL", row: "the text null, the text NULL", properties: comma
    ),
    Line(
      columns: "a string, b string", line: #"a\,b,c"#, row: #"the text a\, the text b"#, properties: comma),
    Line(
      columns: "a string, b string", line: #"a\,b,c"#, row: "the text a,b, the text c", properties: escaped),
    Line(
      columns: "a string, b string", line: #"a\nb,c"#, row: #"the text a\u{A}b, the text c"#,
      properties: escaped
    ),
    Line(columns: "a string, b string", line: #"\N,c"#, row: "NULL, the text c", properties: escaped),
    Line(
      columns: "a string, b string", line: #"a\\b,c"#, row: #"the text a\b, the text c"#, properties: escaped),
    Line(
      columns: "a string, b string", line: #"\\N,c"#, row: #"the text \N, the text c"#, properties: escaped),
    Line(columns: "a string, b string", line: "x\u{1}y", row: "the text x, the text y"),
    // A line of JSON is the first column.
    Line(
      columns: "a string, b string", line: #"{"a":"x","b":"y"}"#, row: #"the text {"a":"x","b":"y"}, NULL"#),
    Line(
      columns: "a string, b string", line: "x\u{1}y", row: "the text x, the text y",
      properties: ["serialization.format": "1"]),
    Line(
      columns: "a string, b string", line: "x\ty", row: "the text x, the text y",
      properties: ["field.delim": "9"]),
    Line(
      columns: "a string, b string", line: "x||y", row: "the text x, \(nothing)",
      properties: ["field.delim": "||"]),
    Line(
      columns: "a string, b int", line: "-,-", row: "NULL, NULL",
      properties: ["field.delim": ",", "serialization.null.format": "-"]),
    Line(
      columns: "a string, b int", line: #"\N,x"#, row: #"the text \N, NULL"#,
      properties: ["field.delim": ",", "serialization.null.format": "-"]),
    Line(
      columns: "r array<string>, b string", line: "\u{1}z", row: "an array of 0, the text z"),
    Line(columns: "r array<string>, b string", line: "x\u{1}z", row: "an array of 1, the text z"),
    Line(columns: "r array<string>, b string", line: "x\u{2}y\u{1}z", row: "an array of 2, the text z"),
    Line(columns: "r array<string>, b string", line: "\\N\u{1}z", row: "NULL, the text z"),
    Line(
      columns: "r array<string>, b string", line: "x|y,z", row: "an array of 2, the text z",
      properties: ["field.delim": ",", "collection.delim": ";", "colelction.delim": "|"]),
    Line(columns: "s struct<p:string,q:int>, b string", line: "\\N\u{1}z", row: "NULL, the text z"),
    Line(columns: "s struct<p:string,q:int>, b string", line: "\u{1}z", row: "a row, the text z"),
    Line(columns: "m map<string,string>, b string", line: "\u{1}z", row: "a map, the text z"),
  ]

  @Test("delimited text", arguments: delimitedLines) func delimited(_ row: Line) throws {
    let reader = AthenaDelimitedText(row.properties)
    #expect(shown(reader.row(ofLine: row.line, try columns(row.columns))) == row.row, "\(row.line)")
  }

  /// A text in a column of each of the types, and what it is there: `LazySimpleSerDe`, `RegexSerDe`.
  static let texts: [(type: String, text: String, delimited: String, regex: String)] = [
    ("int", "5", "5", "5"), ("int", "5.0", "5", "NULL"), ("int", "1.5", "1", "NULL"),
    ("int", "-1.9", "-1", "NULL"), ("int", "1e3", "NULL", "NULL"), ("int", " 5 ", "NULL", "NULL"),
    ("int", "+5", "5", "5"), ("int", "007", "7", "7"), ("int", "0x10", "NULL", "NULL"),
    ("int", "", "NULL", "NULL"), ("int", "-", "NULL", "NULL"), ("int", ".", "NULL", "NULL"),
    ("int", ".5", "0", "NULL"), ("int", "5.", "5", "NULL"), ("int", "5.x", "NULL", "NULL"),
    ("int", "true", "NULL", "NULL"), ("int", "2147483648", "NULL", "NULL"),
    ("tinyint", "300", "NULL", "NULL"), ("bigint", "2147483648", "2147483648", "2147483648"),
    ("bigint", "9223372036854775808", "NULL", "NULL"),
    ("double", "1e3", "1000.0", "1000.0"), ("double", "abc", "NULL", "NULL"), ("double", "", "NULL", "NULL"),
    ("double", "5d", "5.0", "5.0"), ("double", "1e400", "Infinity", "Infinity"),
    ("double", "NaN", "NaN", "NaN"), ("float", "1.5", "1.5", "1.5"),
    ("decimal(10,2)", "1.005", "1.01", "1.01"), ("decimal(10,2)", "1e3", "1000", "1000"),
    ("decimal(10,2)", "12345678901", "NULL", "NULL"), ("decimal(10,2)", "abc", "NULL", "NULL"),
    ("boolean", "true", "TRUE", "TRUE"), ("boolean", "TRUE", "TRUE", "TRUE"),
    ("boolean", "false", "FALSE", "FALSE"), ("boolean", "t", "NULL", "FALSE"),
    ("boolean", "1", "NULL", "FALSE"), ("boolean", "", "NULL", "FALSE"),
    ("timestamp", "2024-05-01 10:20:30", "2024-05-01 10:20:30", "2024-05-01 10:20:30"),
    ("timestamp", "2024-05-01T10:20:30Z", "NULL", "NULL"), ("timestamp", "2024-05-01", "NULL", "NULL"),
    ("timestamp", "1700000000", "NULL", "NULL"), ("date", "2024-05-01", "2024-05-01", "2024-05-01"),
    ("date", "2024-05-01 10:20:30", "NULL", "NULL"), ("varchar(3)", "abcdef", "the text abc", "the text abc"),
    ("char(3)", "5", "the text 5", "the text 5"), ("varchar(3)", "", nothing, nothing),
  ]

  @Test("texts in types of column", arguments: texts)
  func text(_ row: (type: String, text: String, delimited: String, regex: String)) throws {
    let columns = try columns("a \(row.type), b string")
    let delimited = AthenaDelimitedText(Self.comma).row(ofLine: row.text + ",", columns)
    #expect(delimited.values[0].shown == row.delimited, "\(row.text) in \(row.type)")
    let regex = AthenaRegexRow.row(of: [row.text, ""], columns)
    #expect(regex.values[0].shown == row.regex, "\(row.text) in \(row.type)")
  }

  private static let three = "a string, b string, c string"

  static let csvLines: [Line] = [
    Line(columns: "a string, b string", line: "x,y", row: "the text x, the text y"),
    Line(columns: "a string, b string", line: "x", row: "the text x, NULL"),
    Line(columns: "a string, b string", line: "x,", row: "the text x, \(nothing)"),
    Line(columns: "a string, b string", line: "", row: "NULL, NULL"),
    Line(columns: "a string, b string", line: #""x","y""#, row: "the text x, the text y"),
    Line(columns: "a string, b string", line: #""a,b",c"#, row: "the text a,b, the text c"),
    Line(columns: "a string, b string", line: #""a""b",c"#, row: #"the text a"b, the text c"#),
    Line(columns: "a string, b string", line: #"\N,null"#, row: "the text N, the text null"),
    Line(columns: "a string, b string", line: #""{""q"":1}",c"#, row: #"the text {"q":1}, the text c"#),
    Line(columns: "a string, b string", line: #"x\y,c"#, row: "the text xy, the text c"),
    Line(columns: "a string, b string", line: #""x\"y",c"#, row: #"the text x"y, the text c"#),
    Line(columns: "a string, b string", line: #""x\\y",c"#, row: #"the text x\y, the text c"#),
    Line(columns: "a string, b string", line: " x , y", row: "the text  x , the text  y"),
    Line(columns: "a string, b string", line: "x,y,z", row: "the text x, the text y"),
    Line(
      columns: "a string, b string", line: "'x\ty'\tz", row: "the text x y, the text z",
      properties: ["separatorChar": "\t", "quoteChar": "'", "escapeChar": "#"]),
    Line(columns: three, line: #""a\""b",x,y"#, row: "NULL, NULL, NULL"),
    Line(columns: three, line: #"x,"a\""b",y"#, row: "the text x, NULL, NULL"),
    Line(columns: three, line: #"x,"C:\dir\",y"#, row: "the text x, NULL, NULL"),
    Line(columns: three, line: #"C:\dir\,x,y"#, row: "the text C:dir, the text x, the text y"),
    Line(columns: three, line: #"C:\a\\b,x,y"#, row: #"the text C:a\b, the text x, the text y"#),
    Line(columns: three, line: #"x,y,"a"#, row: "the text x, the text y, NULL"),
    Line(columns: three, line: #""",x,y"#, row: "\(nothing), the text x, the text y"),
    Line(columns: three, line: #""""",x,y"#, row: #"the text ", the text x, the text y"#),
    Line(columns: three, line: #"x,"""a""",y"#, row: #"the text x, the text "a", the text y"#),
    Line(columns: three, line: #"x,"a""""b",y"#, row: #"the text x, the text a""b, the text y"#),
    Line(columns: three, line: #"x,""",""",y"#, row: #"the text x, the text ",", the text y"#),
    Line(columns: three, line: #"x, "a" ,y"#, row: #"the text x, the text a" , the text y"#),
    Line(columns: three, line: #"\\a,x,y"#, row: "the text a, the text x, the text y"),
    Line(columns: three, line: #"x\,y,z"#, row: "the text x, the text y, the text z"),
    // What Athena makes of texts, by its guide.
    Line(columns: "a bigint, b boolean", line: "5,true", row: "5, TRUE"),
    Line(columns: "a bigint, b boolean", line: "5,FALSE", row: "5, FALSE"),
    Line(columns: "a bigint, b string", line: ",x", row: "a: the text of no characters is no bigint"),
    Line(columns: "a double, b int", line: "1e3,5", row: "1000.0, 5"),
    Line(columns: "a int, b int", line: "5.0,5", row: "a: the text 5.0 is no int"),
    Line(
      columns: "a int, b string", line: "5.0,x", row: "NULL, the text x",
      properties: ["use.null.for.invalid.data": "TRUE"]),
    Line(
      columns: "a timestamp, b date", line: "1700000000500,19844", row: "2023-11-14 22:13:20.5, 2024-05-01"),
    Line(
      columns: "a timestamp, b string", line: "2024-05-01T10:20:30Z,x",
      row: "a: the text 2024-05-01T10:20:30Z is no timestamp"),
    Line(columns: "a decimal(10,2), b string", line: "5,x", row: "a: the text 5 is no decimal(10,2)"),
  ]

  @Test("CSV", arguments: csvLines) func csv(_ row: Line) throws {
    let reader = AthenaCSV(row.properties)
    #expect(shown(reader.row(ofLine: row.line, try columns(row.columns))) == row.row, "\(row.line)")
  }

  struct Stored: Sendable {
    let columns: String
    let tail: String
    let event: String
    /// What is not kept; empty where all is.
    let changes: [String]
  }

  private static let openCSV = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
  private static let commas = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
  private static let regex = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'"
  private static let separator = "because of a separator, quote or line break in another field"

  static let stored: [Stored] = [
    // Typed rows are what somebody put there.
    Stored(
      columns:
        "a string, n bigint, b boolean, t timestamp, s struct<x:string>, r array<int>, d decimal(10,2)",
      tail: "STORED AS PARQUET",
      event:
        #"{"a":{"q":5},"n":5,"b":"true","t":"2024-05-01T10:20:30Z","s":{"X":"v"},"r":[1,null],"d":1.25}"#,
      changes: []),
    Stored(
      columns: "n int, v varchar(2), b boolean", tail: "STORED AS ORC",
      event: #"{"n":2147483648,"v":"abc","b":"no"}"#,
      changes: [
        "n, null: `n` does not go into its column, which is int",
        "v, null: `v` does not go into its column, which is varchar(2)",
        "b, null: `b` does not go into its column, which is boolean",
      ]),
    Stored(
      columns: "d decimal(10,2), f float", tail: "TBLPROPERTIES ('table_type'='ICEBERG')",
      event: #"{"d":1.005,"f":0.5}"#, changes: ["d, value: `d` is 1.005 in the log, its column holds 1.01"]),
    // CSV has no NULL, and a backslash is its escape.
    Stored(
      columns: "a string, b string, c string", tail: openCSV, event: #"{"a":"x","b":null,"c":{"q":"1,2"}}"#,
      changes: ["b, value: `b` is null in the log, its column holds the text of no characters"]),
    // An empty line has no fields.
    Stored(columns: "a string", tail: openCSV, event: "{}", changes: []),
    Stored(
      columns: "a string, b string", tail: openCSV, event: #"{"a":"C:\\Windows","b":"y"}"#,
      changes: [#"a, value: `a` is the text C:\Windows in the log, its column holds the text C:Windows"#]),
    Stored(
      columns: "a string, b string", tail: openCSV, event: #"{"a":"x,y\\","b":"y"}"#,
      changes: [
        #"a, null: `a` is the text x,y\ in the log, its column holds NULL"#,
        "b, damaged: `b` is the text y in the log, its column holds NULL \(separator)",
      ]),
    Stored(
      columns: "a string, n bigint", tail: openCSV, event: #"{"a":"x"}"#,
      changes: [
        "n, fails: `n`: the text of no characters is no bigint, with which OpenCSVSerde ends the query"
      ]),
    Stored(
      columns: "a string, n bigint", tail: openCSV + " TBLPROPERTIES ('use.null.for.invalid.data'='true')",
      event: #"{"a":"x"}"#, changes: []),
    // Delimited text.
    Stored(
      columns: "a string, n int, r array<string>", tail: commas, event: #"{"a":"x","n":null,"r":["y",null]}"#,
      changes: []),
    Stored(
      columns: "a string, b string", tail: commas, event: #"{"a":"x,y","b":"z"}"#,
      changes: [
        "a, value: `a` is the text x,y in the log, its column holds the text x",
        "b, damaged: `b` is the text z in the log, its column holds the text y \(separator)",
      ]),
    Stored(
      columns: "a string, b string", tail: commas + #" ESCAPED BY '\\'"#,
      event: #"{"a":"x,y\n\\N","b":"\\N"}"#, changes: []),
    Stored(
      columns: "a string, b string", tail: commas, event: #"{"a":"\\N","b":"x"}"#,
      changes: [#"a, null: `a` is the text \N in the log, its column holds NULL"#]),
    Stored(
      columns: "a string, b string", tail: commas, event: #"{"a":"x\ny","b":"z"}"#,
      changes: [
        #"a, value: `a` is the text x\u{A}y in the log, its column holds the text x"#,
        "b, damaged: `b` is the text z in the log, its column holds NULL \(separator)",
      ]),
    Stored(
      columns: "n int, b boolean", tail: commas, event: #"{"n":1.5,"b":1}"#,
      changes: [
        "n, value: `n` is 1.5 in the log, its column holds 1",
        "b, null: `b` is 1 in the log, its column holds NULL",
      ]),
    Stored(
      columns: "r array<string>, q array<string>", tail: commas, event: #"{"r":[""],"q":[null]}"#,
      changes: [
        "r, value: `r` is an array in the log, its column holds an array of 0",
        "q, null: `q` is an array in the log, its column holds NULL",
      ]),
    Stored(
      columns: "s struct<p:array<string>,q:map<string,string>>, z string", tail: commas,
      event: #"{"s":{"p":["a","b"],"q":{"k":"v","l":null}},"z":"x"}"#, changes: []),
    // Without a format the table is delimited text; of a list of columns nothing is known.
    Stored(
      columns: "a string, b string", tail: "LOCATION 's3://b/'", event: #"{"a":"x\u0001y","b":"z"}"#,
      changes: [
        "a, value: `a` is the text x\\u{1}y in the log, its column holds the text x",
        "b, damaged: `b` is the text z in the log, its column holds the text y \(separator)",
      ]),
    Stored(columns: "a string, b string", tail: "", event: #"{"a":"x\u0001y","b":"z"}"#, changes: []),
    Stored(
      columns: "t timestamp",
      tail: commas + " WITH SERDEPROPERTIES ('timestamp.formats'='x')",
      event: #"{"t":"2024-05-01T10:20:30Z"}"#,
      changes: [
        "t, null: `t` is the text 2024-05-01T10:20:30Z in the log, its column holds NULL, unless "
          + "`timestamp.formats` reads it"
      ]),
    // Groups of an expression.
    Stored(columns: "a string, n int", tail: regex, event: #"{"a":"x","n":5}"#, changes: []),
    Stored(
      columns: "a string, n int, b boolean", tail: regex, event: #"{"a":5.0,"n":"x","b":"no"}"#,
      changes: [
        "a, value: `a` is 5.0 in the log, its column holds the text 5.0, not 5",
        "n, null: `n` is the text x in the log, its column holds NULL",
        "b, value: `b` is the text no in the log, its column holds FALSE",
      ]),
    Stored(
      columns: "a string, r array<string>", tail: regex, event: #"{"a":"x"}"#,
      changes: ["r, fails: `r`: a group is no array, with which RegexSerDe ends the query"]),
  ]

  @Test("events in tables", arguments: stored) func event(_ row: Stored) throws {
    let table = try AthenaDDL.definition(
      Source(text: "CREATE EXTERNAL TABLE t (\(row.columns)) \(row.tail)"))
    let event = try #require(Event(try JSON.parse(row.event)))
    let changes = AthenaStoredEvent(event, in: table).readings.flatMap(\.changes)
    #expect(changes.map { "\($0.field), \($0.outcome.rawValue): \($0.text)" } == row.changes, "\(row.event)")
  }

  private func columns(_ columns: String) throws -> [AthenaColumn] {
    try AthenaDDL.definition(Source(text: "CREATE EXTERNAL TABLE t (\(columns))")).columns
  }

  private func shown(_ row: AthenaReadRow) -> String {
    let failures = row.failures.map { "\($0.column): \($0.reason)" }
    return (failures.isEmpty ? row.values.map(\.shown) : failures).joined(separator: ", ")
  }
}
