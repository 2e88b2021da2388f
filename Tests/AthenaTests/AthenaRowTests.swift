import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

/// What the readers of a table make of values, and what becomes of events.
@Suite("Rows") struct AthenaRowTests {
  /// A value in a column of a type, and what each reader makes of it: Hive's class, Trino's JSON reader, OpenX's class,
  /// Trino's OpenX reader. `!` is a failure; one text is for all four, two for each pair.
  typealias Cell = (type: String, json: String, rows: [String])

  static let cells: [Cell] = [
    ("string", "null", ["NULL"]), ("string", #""""#, ["the text of no characters"]),
    ("string", "true", ["the text true"]), ("string", "5", ["the text 5"]),
    ("string", "5.0", ["the text 5.0"]), ("string", "-0", ["the text -0", "the text 0"]),
    ("string", "1.10", ["the text 1.10", "the text 1.10", "the text 1.1", "the text 1.10"]),
    ("string", "1e3", ["the text 1e3", "the text 1e3", "the text 1000.0", "the text 1E+3"]),
    ("string", "0.0001", ["the text 0.0001", "the text 0.0001", "the text 1.0E-4", "the text 0.0001"]),
    (
      "string", "12345678.5",
      ["the text 12345678.5", "the text 12345678.5", "the text 1.23456785E7", "the text 12345678.5"]
    ),
    ("string", "[1]", ["!", "the text [1]"]),
    ("string", "{}", ["the text {", "!", "the text {}", "the text {}"]),
    ("varchar(2)", #""abc""#, ["the text ab"]),
    ("varchar(2)", "5", ["the text 5", "the text 5", "!", "the text 5"]),
    ("char(3)", #""a ""#, ["the text a"]),
    ("boolean", "true", ["TRUE"]), ("boolean", #""TRUE""#, ["TRUE"]), ("boolean", #""no""#, ["FALSE"]),
    ("boolean", "1", ["FALSE"]), ("boolean", "[]", ["!", "FALSE"]), ("boolean", "null", ["NULL"]),
    ("int", "1.5", ["1"]), ("int", "-1.5", ["-1"]), ("int", "1e2", ["100"]),
    ("int", "2147483647", ["2147483647"]),
    ("int", "2147483648", ["!", "!", "-2147483648", "NULL"]),
    ("int", "1e10", ["!", "!", "2147483647", "NULL"]),
    ("int", "true", ["!", "!", "!", "NULL"]), ("int", #""5""#, ["!", "5"]),
    ("int", #""0x10""#, ["!", "!", "16", "16"]), ("int", #""010""#, ["!", "!", "10", "8"]),
    ("int", #""5.5""#, ["!", "!", "!", "5"]), ("int", "{}", ["!"]),
    ("tinyint", "127", ["127"]), ("tinyint", "200", ["-56", "-56", "-56", "NULL"]),
    ("tinyint", "300", ["!", "!", "44", "NULL"]), ("smallint", "70000", ["!", "!", "4464", "NULL"]),
    ("bigint", "9223372036854775807", ["9223372036854775807"]),
    ("bigint", "9223372036854775808", ["!", "!", "-9223372036854775808", "NULL"]),
    ("double", "1", ["1.0"]), ("double", "1e400", ["Infinity"]), ("double", "0.1", ["0.1"]),
    ("double", #""x""#, ["!", "!", "!", "NULL"]), ("double", #""NaN""#, ["!", "NaN"]),
    ("double", #"" 5d ""#, ["!", "5.0"]), ("float", "0.1", ["0.10000000149011612"]),
    ("float", "1e39", ["Infinity"]),
    ("decimal(10,2)", "1.005", ["1.01"]), ("decimal(10,2)", "12345678901", ["NULL", "!", "NULL", "NULL"]),
    ("decimal(10,2)", "99999999.995", ["NULL", "!", "NULL", "NULL"]),
    ("decimal(10,2)", #""x""#, ["NULL", "!", "NULL", "NULL"]), ("decimal", "1.5", ["2"]),
    ("timestamp", #""2024-05-01 10:20:30""#, ["2024-05-01 10:20:30"]),
    ("timestamp", #""2024-05-01 10:20:30.5""#, ["2024-05-01 10:20:30.5"]),
    ("timestamp", #""2024-05-01T10:20:30""#, ["2024-05-01 10:20:30"]),
    ("timestamp", #""2024-05-01T10:20:30Z""#, ["!", "2024-05-01 10:20:30"]),
    ("timestamp", #""2024-05-01T10:20:30+0200""#, ["!", "2024-05-01 08:20:30"]),
    ("timestamp", #""2024-05-01""#, ["!", "!", "!", "NULL"]),
    ("timestamp", "1700000000", ["!", "2023-11-14 22:13:20"]),
    ("timestamp", "1700000000500", ["!", "2023-11-14 22:13:20.5"]),
    ("timestamp", "true", ["!", "!", "!", "NULL"]), ("timestamp", "{}", ["!"]),
    ("date", #""2024-05-01""#, ["2024-05-01"]), ("date", #""2024-05-01 10:20:30""#, ["2024-05-01"]),
    ("date", "19844", ["!", "2024-05-01"]), ("date", #""x""#, ["!", "!", "!", "NULL"]),
    ("array<string>", #"["a",null]"#, ["an array of 2"]), ("array<string>", #""a""#, ["!", "an array of 1"]),
    ("array<string>", #""""#, ["!", "NULL"]), ("array<int>", #"["x"]"#, ["!", "!", "!", "an array of 1"]),
    ("map<string,string>", "{}", ["a map"]), ("map<string,string>", "[]", ["!"]),
    ("map<string,string>", #"" ""#, ["!", "NULL"]), ("struct<x:string>", "{}", ["a row"]),
    ("struct<x:string>", #""x""#, ["!"]), ("struct<x:string>", #""""#, ["!", "a row"]),
    ("struct<x:string>", "[]", ["!", "a row"]),
  ]

  /// The readers of JSON lines.
  static let ofJSON: [AthenaRowReader] = [.hive, .trino, .openX, .trinoOpenX]

  @Test("kinds of JSON in types of column", arguments: cells) func cell(_ cell: Cell) throws {
    let columns = try table("a \(cell.type)").columns
    let object = try object(#"{"a":\#(cell.json)}"#)
    let rows = Self.ofJSON.map { reader in
      let row = reader.row(of: object, columns)
      return row.failures.isEmpty ? row.values.map(\.shown).joined() : "!"
    }
    let expected = (0..<4).map { cell.rows[$0 * cell.rows.count / 4] }
    #expect(rows == expected, "\(cell.json) in \(cell.type)")
  }

  struct Row: Sendable {
    let columns: String
    let event: String
    let reader: AthenaRowReader
    /// The values, or the failure.
    let row: String
    var properties: [String: String] = [:]
  }

  static let rows: [Row] = [
    // Hive's class loses its place in an object.
    Row(
      columns: "a string, b string, c string", event: #"{"c":"1","a":{"b":"2"},"b":"3"}"#, reader: .hive,
      row: "the text {, the text 2, the text 1"),
    Row(
      columns: "a string, b string", event: #"{"a":{"x":[{"b":1}]},"b":"3"}"#, reader: .hive,
      row: "the text {, NULL"),
    Row(columns: "a string", event: #"{"u":{"a":1},"a":"x"}"#, reader: .hive, row: "the text x"),
    Row(
      columns: "s struct<x:string,y:string>, z string", event: #"{"s":{"x":{"y":"1"},"y":"2"},"z":"3"}"#,
      reader: .hive, row: "a row, NULL"),
    Row(
      columns: "m map<string,array<string>>", event: #"{"m":{"a":[{"b":"c"}]}}"#, reader: .hive, row: "a map"),
    Row(columns: "m map<string,string>", event: #"{"m":{"a":[["x"]]}}"#, reader: .hive, row: "a map"),
    Row(
      columns: "r array<map<string,string>>", event: #"{"r":[{"a":["x","y"]}]}"#, reader: .hive,
      row: "r: the row ends within a value"),
    Row(
      columns: "a string", event: #"{"a":[1]}"#, reader: .hive, row: "a: an array is read as keys and values"),
    // Keys.
    Row(columns: "a string", event: #"{"a":"1","A":"2"}"#, reader: .hive, row: "the text 2"),
    Row(
      columns: "a string", event: #"{"a":"1","A":"2"}"#, reader: .trino,
      row: "a: two keys are for this column"),
    Row(columns: "a string, b string", event: #"{"_col1":"x"}"#, reader: .hive, row: "NULL, the text x"),
    Row(
      columns: "a string, b string", event: #"{"_col01":"x"}"#, reader: .hive,
      row: ": the key `_col01` names no column"),
    Row(columns: "a string, b string", event: #"{"_col01":"x"}"#, reader: .trino, row: "NULL, the text x"),
    Row(columns: "a string", event: #"{"_col1":"x"}"#, reader: .trino, row: "_col1: the key names no column"),
    Row(columns: "a string", event: #"{"_col0":"x","_COL0":"y"}"#, reader: .openX, row: "NULL"),
    Row(
      columns: "i string, k string", event: #"{"İ":"x","\#u{212A}":"y"}"#, reader: .hive,
      row: "NULL, the text y"),
    // JSON text.
    Row(
      columns: "a string", event: #"{"a":{"q":1,"r":2,"q":3}}"#, reader: .openX,
      row: #"the text {"q":3,"r":2}"#),
    Row(
      columns: "a string", event: #"{"a":{"q":1,"r":2,"q":3}}"#, reader: .trinoOpenX,
      row: #"the text {"r":2,"q":3}"#),
    Row(
      columns: "a string", event: #"{"a":{"Tag":1,"x":2,"tag":3}}"#, reader: .openX,
      row: #"the text {"x":2,"tag":3}"#),
    Row(
      columns: "a string", event: #"{"a":[1.0,-0.0,1e-7,"</b"]}"#, reader: .openX,
      row: #"the text [1,-0,1.0E-7,"<\/b"]"#),
    Row(
      columns: "a string", event: #"{"a":[1.0,-0.0,1e-7,"</b"]}"#, reader: .trinoOpenX,
      row: #"the text [1.0,0.0,1E-7,"<\/b"]"#),
    // Properties.
    Row(
      columns: "ts string", event: #"{"ts":"own","Timestamp":"T"}"#, reader: .openX, row: "the text T",
      properties: ["mapping.ts": "timestamp"]),
    Row(
      columns: "ts string", event: #"{"Timestamp":"T"}"#, reader: .openX, row: "NULL",
      properties: ["mapping.ts": "timestamp", "case.insensitive": "false"]),
    Row(
      columns: "eventname string", event: #"{"eventName":"x"}"#, reader: .trinoOpenX, row: "NULL",
      properties: ["case.insensitive": "FALSE"]),
    Row(
      columns: "a_b string", event: #"{"A.b":"x"}"#, reader: .openX, row: "NULL",
      properties: ["dots.in.keys": "true"]),
    Row(
      columns: "a_b string", event: #"{"A.b":"x"}"#, reader: .trinoOpenX, row: "the text x",
      properties: ["dots.in.keys": "true"]),
    Row(
      columns: "n int", event: #"{"n":"x"}"#, reader: .trinoOpenX, row: "n: the text x is no int",
      properties: ["strict.parsing": "TRUE"]),
    Row(
      columns: "n int", event: #"{"n":"x"}"#, reader: .trinoOpenX, row: "NULL",
      properties: ["strict.parsing": "false"]),
    Row(
      columns: "a_b string", event: #"{"a.b":"x","a_b":null}"#, reader: .openX, row: "NULL",
      properties: ["dots.in.keys": "true"]),
  ]

  @Test("rows", arguments: rows) func row(_ row: Row) throws {
    let read = row.reader.row(of: try object(row.event), try table(row.columns).columns, row.properties)
    let failures = read.failures.map { "\($0.column): \($0.reason)" }
    #expect(
      (failures.isEmpty ? read.values.map(\.shown) : failures).joined(separator: ", ") == row.row,
      "\(row.event)")
  }

  /// A column that no query reads ends none, but for Hive's class.
  @Test("columns that are not read") func notRead() throws {
    let columns = try table("a string, n int").columns
    let object = try object(#"{"a":"x","n":"y"}"#)
    for reader in Self.ofJSON {
      let row = reader.row(of: object, columns) { $0.name == "a" }
      #expect(row.failures.isEmpty == (reader != .hive), "\(reader.shown)")
    }
  }

  struct Stored: Sendable {
    let columns: String
    let tail: String
    let event: String
    /// A line for each change: reader, outcome, text.
    let differences: [String]
  }

  static let stored: [Stored] = [
    Stored(
      columns: "a string, n bigint", tail: AthenaFormatTests.hive, event: #"{"a":"x","n":5,"u":{}}"#,
      differences: []),
    Stored(
      columns: "a string", tail: AthenaFormatTests.hive, event: #"{"a":5.0}"#,
      differences: [
        "hive, other value: `a` is 5.0 in the log, its column holds the text 5.0, not 5",
        "trino, other value: `a` is 5.0 in the log, its column holds the text 5.0, not 5",
      ]),
    Stored(
      columns: "a string, b string, c string", tail: AthenaFormatTests.hive,
      event: #"{"a":{"b":"x"},"c":"y"}"#,
      differences: [
        "hive, other value: `a` is an object in the log: Hive's class keeps `{` of it and takes its keys for columns",
        "hive, damaged: `b` is missing in the log, its column holds the text x because of the object in `a`",
        "hive, damaged: `c` is the text y in the log, its column holds NULL because of the object in `a`",
        "trino, fails: `a`: an object is no string, with which Trino's JSON reader ends the query",
      ]),
    // An object behind an object is lost as well.
    Stored(
      columns: "a string, b string", tail: AthenaFormatTests.hive + " " + AthenaFormatTests.cloudTrail,
      event: #"{"a":{"x":1},"b":{"y":2}}"#,
      differences: [
        "hive, other value: `a` is an object in the log: Hive's class keeps `{` of it and takes its keys for columns",
        "hive, damaged: `b` is an object in the log, its column holds NULL because of the object in `a`",
      ]),
    Stored(
      columns: "a string, requestparameters string, b string",
      tail: AthenaFormatTests.hive + " " + AthenaFormatTests.cloudTrail,
      event: #"{"requestParameters":{"b":"x"},"b":"y"}"#, differences: []),
    Stored(
      columns: "a string, b string", tail: AthenaFormatTests.hive + " " + AthenaFormatTests.cloudTrail,
      event: #"{"a":"own","_col0":"x"}"#,
      differences: [
        "hive, damaged: `a` is the text own in the log, its column holds the text x because of a key of the form `_col0`"
      ]),
    Stored(
      columns: "b boolean", tail: AthenaFormatTests.openX, event: #"{"b":"no"}"#,
      differences: [
        "openX, other value: `b` is the text no in the log, its column holds FALSE",
        "trinoOpenX, other value: `b` is the text no in the log, its column holds FALSE",
      ]),
    Stored(columns: "b boolean", tail: AthenaFormatTests.openX, event: #"{"b":"false"}"#, differences: []),
    Stored(
      columns: "n int", tail: AthenaFormatTests.openX, event: #"{"n":1.5}"#,
      differences: [
        "openX, other value: `n` is 1.5 in the log, its column holds 1",
        "trinoOpenX, other value: `n` is 1.5 in the log, its column holds 1",
      ]),
    Stored(
      columns: "n int", tail: AthenaFormatTests.openX, event: #"{"n":"abc"}"#,
      differences: [
        "openX, fails: `n`: the text abc is no int, with which OpenX's class ends the query",
        "trinoOpenX, NULL: `n` is the text abc in the log, its column holds NULL",
      ]),
    Stored(
      columns: "s struct<tag:string>", tail: AthenaFormatTests.openX, event: #"{"s":{"Tag":"1","tag":"2"}}"#,
      differences: [
        "openX, other value: `Tag` and `tag` differ in letter case alone: `s.tag` holds the last, the text 2",
        "trinoOpenX, other value: `Tag` and `tag` differ in letter case alone: `s.tag` holds the last, the text 2",
      ]),
    Stored(
      columns: "m map<string,string>, r array<string>", tail: AthenaFormatTests.openX,
      event: #"{"m":{"Key":"1","key":"2"},"r":"abc"}"#,
      differences: [
        "openX, NULL: `m.Key` is in the log, its column does not have the key",
        "openX, other value: `r` is the text abc in the log, its column holds an array of 1",
        "trinoOpenX, NULL: `m.Key` is in the log, its column does not have the key",
        "trinoOpenX, other value: `r` is the text abc in the log, its column holds an array of 1",
      ]),
    Stored(
      columns: "a string", tail: AthenaFormatTests.openX, event: #"{"a":{"q":1.0,"r":"</b"}}"#,
      differences: [
        #"trinoOpenX, other value: `a` is an object in the log, its column holds the text {"q":1.0,"r":"<\/b"}, with numbers in another spelling"#
      ]),
    Stored(
      columns: "a string", tail: AthenaFormatTests.openX, event: #"{"a":[{"K":1,"k":2}]}"#,
      differences: ["openX", "trinoOpenX"].map {
        $0 + #", other value: `a` is an array in the log, its column holds the text [{"k":2}], "#
          + "without keys that another one is in other letter case"
      }),
    // Spellings of moments that the statement lists are not followed.
    Stored(
      columns: "t timestamp",
      tail: AthenaFormatTests.hive
        + #" WITH SERDEPROPERTIES ('timestamp.formats'='yyyy-MM-dd HH:mm')"#,
      event: #"{"t":"2024-05-01T10:20:30Z"}"#,
      differences: [("hive", "Hive's class"), ("trino", "Trino's JSON reader")].map {
        "\($0.0), fails: `t`: the text 2024-05-01T10:20:30Z is no timestamp, with which \($0.1) ends the query, unless "
          + "`timestamp.formats` reads it"
      }),
    Stored(columns: "a string", tail: "STORED AS PARQUET", event: #"{"a":5.0}"#, differences: []),
  ]

  @Test("events in tables", arguments: stored) func event(_ row: Stored) throws {
    let event = try #require(Event(.object(object(row.event))))
    let stored = AthenaStoredEvent(event, in: try table(row.columns, row.tail))
    let differences = stored.readings.flatMap { reading in
      reading.changes.map { "\(reading.reader.rawValue), \(words($0.outcome)): \($0.text)" }
    }
    #expect(differences == row.differences)
    #expect(stored.isKept == row.differences.isEmpty)
  }

  @Test("what is plain is kept") func plain() throws {
    var events = OddEvents(seed: 7)
    let odd = (0..<600).map { _ in events.event() }
    for table in RowTables.all {
      let definition = try AthenaDDL.definition(table.source)
      let plain = AthenaPlainRow(definition)
      var counts = (plain: 0, kept: 0)
      for event in odd {
        let isKept = AthenaStoredEvent(event, in: definition).isKept
        counts.kept += isKept ? 1 : 0
        guard plain.keeps(event) else { continue }
        counts.plain += 1
        #expect(isKept, "\(table.name): \(Value.object(event.object).compactJSON)")
      }
      print("\(table.name): \(counts.plain) of \(counts.kept) events that are kept are plain")
    }
  }

  private func words(_ outcome: StoredEvent.Change.Outcome) -> String {
    switch outcome {
    case .value: "other value"
    case .null: "NULL"
    case .damaged: "damaged"
    case .fails: "fails"
    }
  }

  private func table(_ columns: String, _ tail: String = "") throws -> AthenaTableDefinition {
    try AthenaDDL.definition(Source(text: "CREATE EXTERNAL TABLE t (\(columns)) \(tail)"))
  }

  private func object(_ text: String) throws -> Value.Object {
    guard case .object(let object) = try JSON.parse(text) else { throw NotAnObject() }
    return object
  }

  private struct NotAnObject: Error {}
}
