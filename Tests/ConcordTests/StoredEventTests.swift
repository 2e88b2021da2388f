import Concord
import Foundation
import TestSupport
import Testing

/// What a table's reader makes of an event is part of a verdict: an event that the table does not keep is announced, and
/// so is what a query says of its row. The facts are those of `Targets/Athena/README.md`.
@Suite("Events and rows") struct StoredEventTests {
  struct Row: Sendable {
    /// What the table makes of the verdict.
    enum Fate: Sendable {
      /// The event is kept.
      case kept
      /// It is not kept, and the verdict is the same.
      case alike
      case missed, found, fails
    }

    let what: String
    let columns: String
    let format: String
    let condition: String
    let event: String
    let fate: Fate
    /// A piece of what is told; empty where nothing is.
    var told = ""
  }

  private static let hive = "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'"
  private static let openX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
  private static let openCSV = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
  private static let commas = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
  private static let cloudTrail =
    hive + " STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT 'x'"

  static let cases = [
    Row(
      what: "an object in a text column", columns: "a string, c string", format: hive,
      condition: #"c eq "x""#, event: #"{"a": {"q": "x"}, "c": "x"}"#, fate: .missed,
      told: "because of the object in `a`"),
    Row(
      what: "whose keys become columns", columns: "requestparameters string, eventname string",
      format: hive, condition: #"eventname eq "PutRule""#,
      event: #"{"eventname": "PutRule", "requestparameters": {"eventname": "Decoy"}}"#, fate: .missed,
      told: "holds the text Decoy"),
    Row(
      what: "which OpenX keeps", columns: "a string, c string", format: openX, condition: #"a.q eq "x""#,
      event: #"{"a": {"q": "x"}, "c": "x"}"#, fate: .kept),
    Row(
      what: "which CloudTrail's input format hands over as text",
      columns: "requestparameters string, eventname string", format: cloudTrail,
      condition: #"requestparameters.q eq "x""#, event: #"{"requestparameters": {"q": "x"}}"#, fate: .kept),
    Row(
      what: "a number's spelling", columns: "a string", format: hive, condition: "a eq 5",
      event: #"{"a": 5.0}"#, fate: .missed,
      told: "`a` is 5.0 in the log, its column holds the text 5.0, not 5"),
    Row(
      what: "a number's spelling, OpenX", columns: "a string", format: openX, condition: "a eq 0.0001",
      event: #"{"a": 0.0001}"#, fate: .missed, told: "1.0E-4"),
    Row(
      what: "the text of a number", columns: "a string", format: hive, condition: #"a eq "5.0""#,
      event: #"{"a": 5.0}"#, fate: .found, told: "not 5"),
    Row(
      what: "a zero that is falsy", columns: "a string", format: hive, condition: "a is_falsy",
      event: #"{"a": 0.0}"#, fate: .missed, told: "0.0"),
    Row(
      what: "a number compared as one", columns: "a string", format: hive, condition: "a gt 4",
      event: #"{"a": 5.0}"#, fate: .alike, told: "5.0"),
    Row(
      what: "a text in a boolean column", columns: "b boolean", format: openX, condition: #"b eq "false""#,
      event: #"{"b": "no"}"#, fate: .found, told: "no"),
    Row(
      what: "a boolean's text in a boolean column", columns: "b boolean", format: hive,
      condition: #"b eq "false""#, event: #"{"b": "false"}"#, fate: .kept),
    Row(
      what: "a fraction in a whole-number column", columns: "n bigint", format: hive, condition: "n eq 1",
      event: #"{"n": 1.5}"#, fate: .found, told: "1.5"),
    Row(
      what: "a text in a struct", columns: "s struct<x: string>", format: hive, condition: "s.x is_null",
      event: #"{"s": "text"}"#, fate: .fails, told: "struct"),
    Row(
      what: "a moment's text in a timestamp column", columns: "eventtime timestamp, a string", format: hive,
      condition: #"a eq "x""#, event: #"{"eventtime": "2024-06-01T00:00:00Z", "a": "x"}"#, fate: .fails,
      told: "is no timestamp"),
    // No column is the event's time or id, so that the query shows all.
    Row(
      what: "a value of a column that is only shown", columns: "EventID string, n bigint", format: openX,
      condition: #"EventID eq "x""#, event: #"{"EventID": "x", "n": "y"}"#, fate: .fails, told: "is no bigint"
    ),
    Row(
      what: "keys that differ in letter case", columns: "a string", format: openX,
      condition: #"a eq "lower""#, event: #"{"a": "lower", "A": "upper"}"#, fate: .missed,
      told: "differ in letter case alone"),
    Row(
      what: "keys that differ in letter case, within JSON", columns: "rp string", format: openX,
      condition: #"rp.Tagging.k eq "v""#, event: #"{"rp": {"Tagging": {"k": "v"}, "tagging": ""}}"#,
      fate: .missed),
    Row(
      what: "a key in another letter case", columns: "s struct<x: string>", format: cloudTrail,
      condition: #"s.x eq "v""#, event: #"{"s": {"X": "v"}}"#, fate: .found, told: "ignores letter case"),
    Row(
      what: "a text that is cut off", columns: "v varchar(3)", format: openX, condition: #"v eq "abcdef""#,
      event: #"{"v": "abcdef"}"#, fate: .missed, told: "abc"),
    Row(
      what: "a decimal that is rounded", columns: "c decimal(10,2)", format: openX,
      condition: "c eq 1.005", event: #"{"c": 1.005}"#, fate: .missed, told: "1.01"),
    Row(
      what: "a number too large for its column", columns: "i int", format: hive,
      condition: "i eq 2147483648", event: #"{"i": 2147483648}"#, fate: .fails, told: "too large"),
    Row(
      what: "a number that wraps around", columns: "i int", format: openX, condition: "i eq 2147483648",
      event: #"{"i": 2147483648}"#, fate: .missed, told: "-2147483648"),
    Row(
      what: "a lone value in an array column", columns: "r array<string>", format: openX,
      condition: #"r[] eq "abc""#, event: #"{"r": "abc"}"#, fate: .alike),
    Row(
      what: "a mapped column", columns: "ts string",
      format: openX + " WITH SERDEPROPERTIES ('mapping.ts' = 'timestamp')", condition: #"ts eq "own""#,
      event: #"{"timestamp": "T", "ts": "own"}"#, fate: .missed, told: "the text T"),
    Row(
      what: "a key that stands twice", columns: "a string", format: openX, condition: #"a eq "y""#,
      event: #"{"a": "x", "a": "y"}"#, fate: .kept),
    Row(
      what: "a key that is a column's number", columns: "a string", format: cloudTrail,
      condition: #"a eq "own""#, event: #"{"a": "own", "_col0": "x"}"#, fate: .missed, told: "_col0"),
    Row(
      what: "a typed format", columns: "n bigint", format: "STORED AS PARQUET", condition: #"n eq "x""#,
      event: #"{"n": "x"}"#, fate: .missed, told: "does not go into its column"),
  ]

  /// Events in tables of text files.
  static let text = [
    Row(
      what: "a path with backslashes in CSV", columns: "a string", format: openCSV,
      condition: #"a eq "C:\\Windows""#, event: #"{"a": "C:\\Windows"}"#, fate: .missed, told: "C:Windows"),
    Row(
      what: "null in CSV", columns: "a string, b string", format: openCSV,
      condition: #"a eq "" and b eq "x""#,
      event: #"{"a": null, "b": "x"}"#, fate: .found, told: "the text of no characters"),
    Row(
      what: "a missing number in CSV", columns: "a string, n bigint", format: openCSV,
      condition: #"a eq "x""#,
      event: #"{"a": "x"}"#, fate: .fails, told: "is no bigint"),
    Row(
      what: "null in delimited text", columns: "a string, b string", format: commas,
      condition: #"a eq "" and b eq "x""#, event: #"{"b": "x"}"#, fate: .kept),
    Row(
      what: "a separator in a text", columns: "a string, b string", format: commas, condition: #"b eq "x""#,
      event: #"{"a": "1,2", "b": "x"}"#, fate: .missed, told: "holds the text 2"),
    Row(
      what: "a line break in a text", columns: "a string", format: commas, condition: #"a eq "x""#,
      event: #"{"a": "x\ny"}"#, fate: .found, told: "holds the text x"),
    Row(
      what: "the text of NULL", columns: "a string", format: commas, condition: #"a eq "\\N""#,
      event: #"{"a": "\\N"}"#, fate: .missed, told: "holds NULL"),
    Row(
      what: "a text in a number, in a group", columns: "n bigint",
      format: "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'", condition: #"n eq 5"#,
      event: #"{"n": 5.5}"#, fate: .alike, told: "holds NULL"),
    Row(
      what: "a number too large for its typed column", columns: "n int", format: "STORED AS ORC",
      condition: "n eq 2147483648", event: #"{"n": 2147483648}"#, fate: .missed,
      told: "does not go into its column"),
  ]

  @Test("are told apart", arguments: cases + text)
  func tells(_ row: Row) throws {
    let condition = try Notation.parse(Source(text: row.condition)).condition(reading: .literal)
    let event = try #require(Event(try JSON.parse(row.event)))
    var options = LanguageOptions()
    options.schema = Source(
      name: "t.sql", text: "CREATE EXTERNAL TABLE t (\(row.columns)) \(row.format) LOCATION 's3://b/'")
    let agreement = Agreement(
      of: Rule(id: "r", title: "r", condition: condition), on: [Probe(name: "event", event: event)],
      targets: [.athena], options: options)
    let column = try #require(agreement.columns.first)
    guard case .ran = column.outcome else {
      Issue.record("\(column.outcome)")
      return
    }
    let unkept = column.unkept[0]
    let difference = unkept?.difference(from: agreement.meaning[0])
    let fate: Row.Fate =
      switch (unkept, difference) {
      case (nil, _): .kept
      case (_?, nil): .alike
      case (_?, .verdict(false)): .missed
      case (_?, .verdict(true)): .found
      case (_?, .fails): .fails
      }
    #expect(fate == row.fate, "\(row.what): \(String(describing: unkept))")
    var texts = unkept?.event.changes.map(\.text) ?? []
    if case .fails(let reason) = difference { texts.append(reason) }
    #expect(
      row.told.isEmpty == texts.isEmpty || row.told.isEmpty || texts.contains { $0.contains(row.told) },
      "\(texts)")
    #expect(row.fate != .kept || texts.isEmpty)
    // The query itself is right: whatever is wrong is the row.
    #expect(agreement.disagreements.isEmpty && agreement.verdict(of: column) == .tested)
  }

  private static let table = """
    CREATE EXTERNAL TABLE logs (eventname string, requestparameters string, eventtime timestamp)
    \(hive)
    LOCATION 's3://bucket/'

    """

  private static let rule = """
    AnalysisType: rule
    RuleID: A
    LogTypes: [AWS.CloudTrail]
    Condition: eventName eq "RunInstances"
    Tests:
      - Name: runs
        ExpectedResult: true
        Log: { eventName: RunInstances, requestParameters: { eventName: Decoy } }

    """

  private func run(_ arguments: [String]) throws -> Tool.Result {
    let folder = try Tool.folder([
      "t.sql": Self.table, "rule.yml": Self.rule,
      "log.ndjson": """
      {"eventName": "A", "requestParameters": {"x": 1}, "eventTime": "2024-06-01T00:00:00Z"}
      {"eventName": "B"}
      {"eventName": "C", "requestParameters": {"x": 1}}
      no event

      """,
      "whole.ndjson": #"{"eventName": "A", "requestParameters": {"x": 1}}"# + "\n",
      "kept.ndjson": #"{"eventName": "A"}"# + "\n",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    return try Tool.run(arguments, in: folder)
  }

  @Test("`verify` says what becomes of a fixture that the table does not keep, and fails")
  func verify() throws {
    let result = try run(["verify", "rule.yml", "--to", "athena", "--schema", "t.sql"])
    #expect(result.code == 1)
    #expect(result.output.contains("`runs`: a match that the table misses: "))
    #expect(result.output.contains("Athena SQL: proved"))
    let report = try run(["verify", "rule.yml", "--to", "athena", "--schema", "t.sql", "--format", "sarif"])
    #expect(report.output.contains("E508"))
    let json = try run(["verify", "rule.yml", "--to", "athena", "--schema", "t.sql", "--format", "json"])
    #expect(json.output.contains("\"notKept\""))
  }

  @Test("`compile` shows no column that ends the query, and says what the reader does to objects")
  func compile() throws {
    let result = try run(["compile", "rule.yml", "--to", "athena", "--schema", "t.sql"])
    #expect(result.code == 0)
    #expect(!result.output.contains("eventtime"))
    #expect(result.errors.contains("warning[W432]") && result.errors.contains("warning[W433]"))
    let refused = try run([
      "compile", "-e", #"requestParameters.x eq "1""#, "rule.yml", "--to", "athena", "--schema", "t.sql",
    ])
    #expect(refused.code == 2 && refused.errors.contains("error[E424]"))
    let note = try run(["compile", "-e", "eventName eq 5", "rule.yml", "--to", "athena", "--schema", "t.sql"])
    #expect(note.errors.contains("note[N448]: `eventName` is a text in the table: `5.0` in the log"))
  }

  /// What `check` and `verify` say of tables whose rows depend on who writes the files, and of those that say nothing.
  @Test(
    "what is assumed of a table's rows is said",
    arguments: [
      ("STORED AS PARQUET LOCATION 's3://b/'", "Parquet, whose rows are typed: a row is taken to hold"),
      ("ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'", "an empty text of that, never NULL"),
      ("ROW FORMAT DELIMITED FIELDS TERMINATED BY ','", "and `\\N` for null or a missing field"),
      ("LOCATION 's3://b/'", "delimited text, since the statement names no format"),
      ("", "says neither of what format its files are nor where"),
      ("ROW FORMAT SERDE 'com.example.Own'", "how its rows are made of events is not known"),
      (hive, ""),
    ])
  func assumed(_ format: String, _ words: String) throws {
    let folder = try Tool.folder([
      "t.sql": "CREATE EXTERNAL TABLE logs (eventname string) \(format)\n", "rule.yml": Self.rule,
      "log.ndjson": #"{"eventName": "A"}"# + "\n",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    for command in [["check", "--events", "log.ndjson"], ["verify", "rule.yml", "--to", "athena"]] {
      let result = try Tool.run(command + ["--schema", "t.sql"], in: folder)
      let rows = result.output.split(separator: "\n").filter {
        $0.hasPrefix("  rows: ") || $0.hasPrefix("    rows: ")
      }
      #expect(rows.count == (words.isEmpty ? 0 : 1), "\(result.output)")
      #expect(words.isEmpty || rows[0].contains(words), "\(result.output)")
      let json = try Tool.run(command + ["--schema", "t.sql", "--format", "json"], in: folder)
      #expect(words.isEmpty || json.output.contains(words.replacing("\\", with: "\\\\")), "\(json.output)")
    }
  }

  @Test("a format of which no reader is known is named") func unknownReader() throws {
    let condition = try Notation.parse(Source(text: "n gt 5")).condition(reading: .literal)
    for (format, expected) in [
      ("STORED AS PARQUET", ["N450"]), ("ROW FORMAT DELIMITED", ["N450", "N460"]), ("", ["N450", "N460"]),
      ("ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'", ["N450", "N460"]),
      ("ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'", ["N450", "N460"]),
      ("ROW FORMAT SERDE 'com.amazonaws.glue.serde.GrokSerDe'", ["N449"]),
      ("ROW FORMAT SERDE 'com.example.Own'", ["N449"]), (Self.openX, ["N460", "N461"]),
      (Self.hive, ["N460", "N461"]),
    ] {
      var options = LanguageOptions()
      options.schema = Source(
        name: "t.sql", text: "CREATE EXTERNAL TABLE t (n bigint) \(format) LOCATION 's3://b/'")
      let query = try Language.athena.write(
        Rule(id: "r", title: "r", condition: condition), options: options)
      #expect(query.notes.map(\.code.rawValue) == expected, "\(format)")
    }
  }

  @Test("`check --events` judges the tables of rules where none is given")
  func checkTablesOfRules() throws {
    let own = """
      AnalysisType: rule
      RuleID: Own
      LogTypes: [Custom.Own]
      Condition: user.name eq "x"

      """
    let folder = try Tool.folder([
      "own.yml": own,
      "log.ndjson": #"{"User": {"name": "x"}}"# + "\n" + #"{"user": {"name": "x"}, "eventVersion": [1]}"#
        + "\n",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let alone = try Tool.run(["check", "--events", "log.ndjson", "--untyped"], in: folder)
    #expect(
      alone.code == 3 && alone.errors.hasPrefix("error[E409]: `--untyped` takes the table"), "\(alone.errors)"
    )
    let taken = try Tool.run(["check", "own.yml", "--events", "log.ndjson", "--untyped"], in: folder)
    #expect(taken.output.hasPrefix("the table of 1 rule: 2 events, 1 kept, 1 not\n"), "\(taken.output)")
    #expect(
      taken.output.contains("`user.name`: 1 event, such as log.ndjson:1: the log has `User`"),
      "\(taken.output)")
    let none = try Tool.run(["check", "own.yml", "--events", "log.ndjson"], in: folder)
    #expect(none.code == 3 && none.errors.hasPrefix("error[E409]: no table is known"), "\(none.errors)")
  }

  @Test("`check --events` judges a table by the events at hand")
  func checkTable() throws {
    let result = try run(["check", "--schema", "t.sql", "--events", "log.ndjson"])
    // A line cannot be read: as `scan` has it.
    #expect(result.code == 3)
    #expect(try run(["check", "--schema", "t.sql", "--events", "whole.ndjson"]).code == 1)
    #expect(try run(["check", "--schema", "t.sql", "--events", "kept.ndjson"]).code == 0)
    #expect(result.output.hasPrefix("t.sql: 3 events, 1 kept, 2 not\n"), "\(result.output)")
    #expect(
      result.output.contains("  fails     `eventtime`: 1 event, such as log.ndjson:1: "), "\(result.output)")
    #expect(result.output.contains("log.ndjson"))
    let json = try run(["check", "--schema", "t.sql", "--events", "log.ndjson", "--format", "json"])
    #expect(json.output.contains("\"kept\": 1"), "\(json.output)")
    let none = try run(["check", "--schema", "t.sql", "--events", "missing.ndjson"])
    #expect(none.code == 3)
    let alone = try run(["check", "--schema", "t.sql"])
    #expect(alone.code == 3 && alone.errors.contains("--events logs/"), "\(alone.errors)")
    let both = try run(["check", "rule.yml", "--schema", "t.sql", "--events", "log.ndjson"])
    #expect(both.output.contains("1 of 1 fixture") && both.output.contains("t.sql: 3 events"))
  }
}
