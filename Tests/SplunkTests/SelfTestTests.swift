import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordSplunk

/// The rows that the search shows, as `fixture expected actual`.
private func rows(_ query: Query) throws -> [String] {
  let tree = try SplunkParser.parse(Source(text: query.text))
  return try SplunkRunner(query: tree).rows().map { row in
    ["fixture", "expected", "actual"].map { row[$0].text ?? "-" }.joined(separator: " ")
  }
}

private func fixtures(_ names: [(String, Bool, Event)]) -> [Fixture] {
  names.map { Fixture(name: $0.0, expected: $0.1, event: $0.2) }
}

@Test func theSelfTestShowsEveryFixture() throws {
  var rule = modifyCompute
  let start = [
    ("eventSource", Value.string("ec2.amazonaws.com")), ("eventName", .string("RunInstances")),
  ]
  func event(_ more: (String, Value)...) -> Event {
    Event(Value.Object((start + more).map { Value.Object.Member($0.0, $0.1) }))
  }
  rule.fixtures = fixtures([
    ("run", true, event(("readOnly", .bool(false)))),
    ("read", false, event(("readOnly", .bool(true)))),
    ("null", true, event(("readOnly", .null), ("errorCode", .null))),
    ("dry", false, event(("errorCode", .string("Client.DryRunOperation")))),
    ("wrong \"on\" purpose \\", false, event()),
  ])
  let query = try Language.splunk.selfTest(rule, options: LanguageOptions())
  #expect(
    try rows(query) == [
      "run true true", "read false false", "null true true", "dry false false",
      "wrong \"on\" purpose \\ false true",
    ])
}

@Test func manyFixturesAreAppended() throws {
  var rule = Rule(id: "r", title: "t", condition: matches("a", .suffix("x")))
  let long = String(repeating: "\\\"", count: 1_000)
  rule.fixtures = fixtures(
    (0..<40).map { ("f\($0)", $0 % 2 == 0, event(("a", .string(long + ($0 % 2 == 0 ? "x" : "y"))))) })
  let query = try Language.splunk.selfTest(rule, options: LanguageOptions())
  let tree = try SplunkParser.parse(Source(text: query.text))
  var sizes: [Int] = []
  for command in tree.commands {
    switch command.kind {
    case .makeresults(let data), .append(let data): sizes.append(SplunkLiteral.quoted(data).utf8.count - 2)
    case .search, .eval, .filter, .regex, .extract, .table, .fields, .rename, .spath, .stats, .stream, .model,
      .bin,
      .display:
      break
    }
  }
  #expect(sizes.count > 1 && sizes.allSatisfy { $0 <= 29_999 })
  #expect(try rows(query) == (0..<40).map { "f\($0) \($0 % 2 == 0) \($0 % 2 == 0)" })
}

@Test func aSelfTestNeedsFixturesThatFit() {
  var rule = Rule(id: "r", title: "t", condition: matches("a", .suffix("x")))
  let none = #expect(throws: Diagnostic.self) {
    try Language.splunk.selfTest(rule, options: LanguageOptions())
  }
  #expect(none?.code.rawValue == "E410")
  #expect(none?.message == "the rule `r` has no fixtures to test")
  rule.fixtures = fixtures([("big", true, event(("a", .string(String(repeating: "x", count: 30_000)))))])
  let long = #expect(throws: Diagnostic.self) {
    try Language.splunk.selfTest(rule, options: LanguageOptions())
  }
  #expect(long?.code.rawValue == "E403")
  #expect(long?.message == "fixture `big` does not fit into a search")
}
