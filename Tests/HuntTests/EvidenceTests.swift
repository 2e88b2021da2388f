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
