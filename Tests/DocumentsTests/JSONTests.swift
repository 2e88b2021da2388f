import ConcordDiagnostics
import ConcordDocuments
import Testing

@Suite("JSON is read strictly and written back without loss")
struct JSONTests {
  /// Texts that are their own compact form.
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "1.50", "1e3", "1E+3", "-12.5e-7", "9007199254740993",
    "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
    #""""#, #""text""#, #""a\"b\\c/d""#, #""\b\f\n\r\t\u0000\u001f""#, "\"é😀\u{2028}\u{7F}\u{85}\"",
    #""\ud800""#, #""a\udc00\ud800b""#, #""😀\ud83d""#, #"{"\udfff":1,"�":2}"#,
    "[]", "{}", "[1,[2,[]],{}]", #"{"b":1,"a":2,"b":3,"":null}"#, "{\"e\u{301}\":1,\"é\":2}",
  ])
  func writesBackWhatItRead(text: String) throws {
    let value = try JSON.parse(text)
    #expect(value.compactJSON.sameScalars(as: text))
    #expect(try JSON.parse(value.prettyJSON) == value)
    #expect(try JSON.node(Source(text: text)).value == value)
  }

  @Test(arguments: [
    (#""\u0041\/\u00e9\uD83D\uDE00""#, Value.string("A/é😀")),
    (#""\ud83d\ude00\ud83d""#, .malformedString([0xD83D, 0xDE00, 0xD83D])),
    (#""\ud83d\u0041""#, .malformedString([0xD83D, 0x41])),
    (#""\udead\ubeef""#, .malformedString([0xDEAD, 0xBEEF])),
    (" \t\r\n[ 1 , 2 ]\n", .array([.number(Number(1)), .number(Number(2))])),
    ("\"\r\"".replacing("\r", with: "\\r"), .string("\r")),
  ])
  func readsValues(text: String, expected: Value) throws {
    #expect(try JSON.parse(text) == expected)
  }

  @Test func lastOfTwoKeysCounts() throws {
    guard case .object(let object) = try JSON.parse(#"{"a":1,"b":2,"a":3}"#) else {
      Issue.record("not an object")
      return
    }
    #expect(object["a"] == .number(Number(3)))
    #expect(object.members.count == 3)
  }

  @Test func aKeyThatIsNotUnicodeIsNotFoundByName() throws {
    guard case .object(let object) = try JSON.parse(#"{"\ud800":1}"#) else {
      Issue.record("not an object")
      return
    }
    #expect(object["\u{FFFD}"] == nil)
    #expect(object.members.first?.malformedKey == [0xD800])
  }

  @Test func numbersKeepTheirTextAndCompareByValue() throws {
    guard case .array(let items) = try JSON.parse("[1.50, 1.5, 15e-1, 1e400, -0, 100]") else {
      Issue.record("not an array")
      return
    }
    #expect(items[0] == items[1] && items[1] == items[2])
    let written = items.map { item in
      if case .number(let number) = item { "\(number.written) \(number.shortest)" } else { "" }
    }
    #expect(written == ["1.50 1.5", "1.5 1.5", "15e-1 1.5", "1e400 1e400", "-0 0", "100 100"])
  }

  @Test(arguments: [("+5", "5"), ("007", "7"), ("-007.50", "-7.5"), ("1.50", "1.50"), ("0.5", "0.5")])
  func numbersFromElsewhereAreWrittenAsJSON(text: String, json: String) throws {
    let number = try #require(Number(text))
    #expect(Value.number(number).compactJSON == json)
  }

  @Test func prettyFormIsIndentedByTwo() throws {
    let value = try JSON.parse(#"{"a":[1,{"b":"x"}],"c":{},"d":[]}"#)
    #expect(
      value.prettyJSON == """
        {
          "a": [
            1,
            {
              "b": "x"
            }
          ],
          "c": {},
          "d": []
        }
        """)
  }

  @Test func everyNodeKnowsItsPlace() throws {
    let node = try JSON.node(Source(text: "{\n  \"é\": [true,\r\n\t\"😀\", -1.5],\n  \"k\":{}}"))
    #expect(node.span == Span(Position(line: 1, column: 1), Position(line: 4, column: 10)))
    guard case .object(let members) = node.kind, case .array(let items) = members[0].node.kind else {
      Issue.record("not an object with an array")
      return
    }
    #expect(
      members.map(\.keySpan) == [
        Span(at: Position(line: 2, column: 3), length: 3), Span(at: Position(line: 4, column: 3), length: 3),
      ])
    #expect(
      items.map(\.span.start) == [
        Position(line: 2, column: 9), Position(line: 3, column: 2), Position(line: 3, column: 7),
      ])
    #expect(
      items.map(\.span.end) == [
        Position(line: 2, column: 13), Position(line: 3, column: 5), Position(line: 3, column: 11),
      ])
    #expect(node["k"]?.span == Span(at: Position(line: 4, column: 7), length: 2))
  }
}

@Suite("JSON of several documents")
struct JSONDocumentsTests {
  @Test func linesKnowTheirNumbers() throws {
    let documents = try JSON.lines(Source(text: "{\"a\":1}\n\n  [2] \r\n\"three\""))
    #expect(documents.map(\.line) == [1, 3, 4])
    #expect(documents.map(\.value.compactJSON) == [#"{"a":1}"#, "[2]", #""three""#])
  }

  @Test func nothingIsNoDocument() throws {
    #expect(try JSON.lines(Source(text: "\n \n")).isEmpty)
    #expect(try JSON.lines(Source(text: "")).isEmpty)
  }

  @Test(arguments: [
    ("{}\n{\"a\":}\n{}", 2, 6), ("{}\n\n{} {}", 3, 4), ("1\n[1,\n2]", 2, 1), ("{}\n{", 2, 2),
  ])
  func anErrorNamesItsLine(text: String, line: Int, column: Int) {
    let error = #expect(throws: Diagnostic.self) { try JSON.lines(Source(text: text)) }
    #expect(error?.labels.first?.span.start == Position(line: line, column: column))
  }
}
