import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

/// Rows, read back as events.
@Suite("Evidence")
struct EvidenceTests {
  private static let structure = FieldType.structure([
    .init("type", .text), .init("sessioncontext", .structure([.init("mfa", .text), .init("detail", .text)])),
    .init("tags", .map(.text)), .init("items", .array(.structure([.init("arn", .text)]))),
  ])

  /// A cell, and the event that it makes.
  struct Case: Sendable {
    let type: FieldType
    var json = (false, false)
    let paths: [FieldPath]
    let cell: String
    let event: String
  }

  static let cases: [Case] = [
    Case(type: .text, paths: [FieldPath("eventName")], cell: #""a""#, event: #"{"eventName":"a"}"#),
    Case(type: .text, paths: [FieldPath("eventName")], cell: "null", event: "{}"),
    Case(
      type: .text, paths: [FieldPath("eventName"), FieldPath("EventName")], cell: #""a""#,
      event: #"{"eventName":"a","EventName":"a"}"#),
    Case(type: .text, paths: [], cell: #""{\"a\":1}""#, event: #"{"eventname":"{\"a\":1}"}"#),
    Case(
      type: .text, json: (true, false), paths: [FieldPath("eventName", "a")],
      cell: #""{\"A\":null,\"a\":1.50}""#,
      event: #"{"eventName":{"A":null,"a":1.50}}"#),
    Case(
      type: .text, json: (true, false), paths: [FieldPath("eventName", "a")], cell: #""{\"a\"""#,
      event: #"{"eventName":"{\"a\""}"#),
    Case(type: .boolean, paths: [FieldPath("eventName")], cell: "true", event: #"{"eventName":true}"#),
    Case(type: .boolean, paths: [FieldPath("eventName")], cell: #""true""#, event: #"{"eventName":true}"#),
    Case(type: .integer, paths: [FieldPath("eventName")], cell: #""12""#, event: #"{"eventName":12}"#),
    Case(
      type: structure,
      paths: [FieldPath("eventName", "sessionContext", "MFA"), FieldPath("eventName", "Type")],
      cell:
        #""{\"type\":\"x\",\"sessioncontext\":{\"mfa\":\"y\",\"detail\":null},\"tags\":null,\"items\":null}""#,
      event: #"{"eventName":{"Type":"x","sessionContext":{"MFA":"y"}}}"#),
    Case(
      type: structure, paths: [FieldPath("eventName", "items", "ARN"), FieldPath("eventName", "tags", "K")],
      cell: #""{\"items\":[{\"arn\":\"x\"},null],\"tags\":{\"k\":\"1\",\"K\":\"2\"}}""#,
      event: #"{"eventName":{"items":[{"ARN":"x"}],"tags":{"k":"1","K":"2"}}}"#),
    Case(
      type: structure, json: (false, true), paths: [FieldPath("eventName", "sessionContext", "detail", "a")],
      cell: #""{\"sessioncontext\":{\"mfa\":\"{}\",\"detail\":\"{\\\"a\\\":1}\"}}""#,
      event: #"{"eventName":{"sessionContext":{"mfa":"{}","detail":{"a":1}}}}"#),
  ]

  @Test("cells", arguments: cases.indices)
  func cells(_ place: Int) throws {
    let item = Self.cases[place]
    let spellings = Evidence.Spelling.all(of: item.paths)
    let column = Evidence.Column(
      name: "eventname", keys: spellings.isEmpty ? ["eventname"] : spellings.map(\.name), type: item.type,
      holdsJSON: item.json, names: spellings.flatMap(\.below))
    let evidence = Evidence(labels: "rules", columns: [column], time: "eventtime", sample: nil)
    let reader = try EvidenceReader(evidence, columns: ["EVENTNAME", "rules", "eventtime"], isSample: false)
    let row = try reader.row([
      try JSON.parse(item.cell), .array([.string("r")]), .string("2024-06-01 10:00:00.000"),
    ])
    #expect(Value.object(row.event.object).compactJSON == item.event)
    #expect(row.labels == ["r"])
    #expect(row.time?.text == "2024-06-01T10:00:00Z")
  }

  @Test(
    "whole events, and labels that stand alone",
    arguments: [
      (#"["t","r","{\"a\":{\"b\":[1,null]}}"]"#, ["r"], #"{"a":{"b":[1,null]}}"#),
      (#"["t",["r","[\"s\"]"],"{}"]"#, ["r", #"["s"]"#], "{}"),
      (#"["t","[\"r\"]","no JSON"]"#, [#"["r"]"#], #"{"_raw":"no JSON"}"#),
      (#"["t","r",null]"#, ["r"], "{}"),
    ])
  func wholeEvents(_ cells: String, _ labels: [String], _ event: String) throws {
    let evidence = Evidence(
      labels: "rules", labelsStandAlone: true, event: "_raw", columns: [], time: "_time", sample: nil)
    let reader = try EvidenceReader(evidence, columns: ["_time", "rules", "_raw"], isSample: false)
    guard case .array(let values) = try JSON.parse(cells) else {
      Issue.record("not a row: \(cells)")
      return
    }
    let row = try reader.row(values)
    #expect(row.labels == labels)
    #expect(Value.object(row.event.object).compactJSON == event)
  }

  @Test("columns within objects, told apart by letter case, and one that no row has")
  func within() throws {
    func column(_ name: String, _ path: String...) -> Evidence.Column {
      Evidence.Column(
        name: name, keys: [path.last ?? ""], around: path.dropLast(), type: .text, holdsJSON: (false, false),
        names: [])
    }
    let evidence = Evidence(
      labels: "rules", labelsStandAlone: true,
      columns: [
        column("a.b", "a", "b"), column("a.c.d", "a", "c", "d"), column("Image", "Image"),
        column("image", "image"), column("none", "none"),
      ], time: "_time", sample: nil)
    let reader = try EvidenceReader(
      evidence, columns: ["_time", "rules", "image", "Image", "a.c.d", "a.b"], isSample: false)
    let row = try reader.row(["t", "r", "1", "2", "3", "4"].map { .string($0) })
    #expect(
      Value.object(row.event.object).compactJSON
        == #"{"a":{"b":"4","c":{"d":"3"}},"Image":"2","image":"1"}"#)
  }

  @Test("what is no row of the statement is told")
  func faults() throws {
    let column = Evidence.Column(
      name: "x", keys: ["x"], type: Self.structure, holdsJSON: (false, false), names: [])
    let evidence = Evidence(labels: "rules", columns: [column], time: "eventtime", sample: nil)
    #expect(throws: EvidenceFault.self) {
      try EvidenceReader(evidence, columns: ["x", "eventtime"], isSample: false)
    }
    #expect(throws: Never.self) { try EvidenceReader(evidence, columns: ["x", "eventtime"], isSample: true) }
    let reader = try EvidenceReader(evidence, columns: ["x", "rules", "eventtime"], isSample: false)
    let rows: [[Value]] = [
      [.string("{"), .array([]), .null], [.null, .string("a"), .null], [.null, .array([.null]), .null],
    ]
    for row in rows { #expect(throws: EvidenceFault.self) { try reader.row(row) } }
  }
}
