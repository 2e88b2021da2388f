import ConcordDiagnostics
import ConcordDocuments
import TestSupport
import Testing

@Suite("YAML is written as a person would, and read back the same")
struct YAMLWriterTests {
  static func read(_ text: String) throws -> Value {
    let documents = try YAML.documents(Source(text: text))
    return try #require(documents.first).value
  }

  /// The JSON value, and how it is written.
  @Test(arguments: [
    (
      #"{"title":"A rule","level":5,"on":true,"off":null}"#,
      "title: A rule\nlevel: 5\n'on': true\n'off': null\n"
    ),
    (#"{"a":{"b":{"c":1}},"d":[]}"#, "a:\n  b:\n    c: 1\nd: []\n"),
    (
      #"{"a":["x",{"k":1,"l":{"m":2}},["v",["z"]],{},[]]}"#,
      "a:\n  - x\n  - k: 1\n    l:\n      m: 2\n  - - v\n    - - z\n  - {}\n  - []\n"
    ),
    (#"[]"#, "[]\n"), (#"{}"#, "{}\n"), (#""""#, "''\n"), (#"[[1],{"a":[2]}]"#, "- - 1\n- a:\n    - 2\n"),
    (#"{"t":"one\ntwo\n"}"#, "t: |\n  one\n  two\n"), (#"{"t":"one\n\ntwo"}"#, "t: |-\n  one\n\n  two\n"),
    (#"{"t":"one\n\n","u":1}"#, "t: |+\n  one\n\nu: 1\n"), (#"["  one\ntwo"]"#, "- |2-\n    one\n  two\n"),
    (#""one\ntwo""#, "|-\n  one\n  two\n"), (#"{"t":"\n\n"}"#, "t: \"\\n\\n\"\n"),
    (#"{"t":"a\tb"}"#, "t: \"a\\tb\"\n"), (#"{"t":"it's: so"}"#, "t: 'it''s: so'\n"),
    (#"{"it's":1}"#, "it's: 1\n"),
    (#"{"l":1e400,"m":-0.50,"o":1E-7}"#, "l: 1.0e+400\nm: -0.50\no: 1.0e-7\n"),
    (#"{"a":1,"a":2}"#, "a: 2\n"),
  ])
  func isWrittenSo(json: String, yaml: String) throws {
    let value = try JSON.parse(json)
    #expect(try YAML.write(value) == yaml)
  }

  @Test func indentationIsAParameter() throws {
    let value = try JSON.parse(#"{"a":{"b":["x",{"c":"1\n2","d":2}]}}"#)
    #expect(
      try YAML.write(value, indent: 4)
        == "a:\n    b:\n        - x\n        - c: |-\n              1\n              2\n          d: 2\n")
  }

  /// Texts that need no quotes, and texts that do.
  @Test(arguments: [
    "plain", "two words", "a:b", "a#b", "C:\\Windows", "10.0.0.1", "10.0.0.0/8", "-flag", "?x", ":x", "a, b",
    "[x", "*.exe",
    "%x", "1.2.3", "1-2", "0xZZ", "12 monkeys", "yesterday", "é", "日本", "'x", "a'b", "a\"b",
    "http://x.y/?z=1", "\\d+", "--", "2024-x",
  ])
  func quotesOnlyWhereNeeded(text: String) throws {
    let needed: Set = ["[x", "*.exe", "%x", "'x"]
    #expect(
      try YAML.write(.string(text)) == (needed.contains(text) ? "'\(text.replacing("'", with: "''"))'" : text)
        + "\n")
  }

  @Test(arguments: [
    "yes", "No", "ON", "off", "y", "N", "null", "Null", "~", "true", "FALSE", "5", "-5", "+5", "0x1F", "0b1",
    "0o17", "1_000", "012",
    "089", "1e3", "1E+3", ".5", "5.", "1.5", "-.5", "1:30", "190:20:30.15", "2024-01-01", "2024-1-1 10:00:00",
    "2024-01-01T00:00:00Z",
    ".inf", "-.Inf", ".NaN", "<<", "=", "a: b", "a #b", "a:", "- a", "? a", ": a", "#a", "&a", "*a", "!a",
    "|", ">", "@a", "`a", "-", "?", ":",
    " a", "a ", "---", "...", "--- a", "{", "}", "]", ",", "%",
  ])
  func textsThatLookLikeSomethingElseAreQuoted(text: String) throws {
    #expect(try YAML.write(.string(text)) == "'\(text)'\n")
  }

  @Test func textThatIsNotUnicodeIsRefused() {
    for value in [Value.malformedString([0xD800]), .object(.init([.init(malformedKey: [0xDC00], .null)]))] {
      let error = #expect(throws: Diagnostic.self) { try YAML.write(value) }
      #expect(error?.code.rawValue == "E420")
    }
  }

  @Test func longKeysAreRead() throws {
    let key = String(repeating: "k", count: 3000)
    let value = Value.object(.init([.init(key, .array([.string("x")])), .init(key + ":", .string("y"))]))
    #expect(try Self.read(try YAML.write(value)) == value)
  }

  @Test func everythingWorksAtTheGreatestDepth() throws {
    let text = String(repeating: "[", count: 511) + "1" + String(repeating: "]", count: 511)
    let value = try JSON.parse(text)
    #expect(try Self.read(try YAML.write(value)) == value)
  }

  /// Hostile texts as value, key, item, and inside lists of mappings.
  static func documents() -> [Value] {
    var generator = SeededGenerator(seed: 2)
    let pieces = [
      "a", " ", "\n", "\t", ":", "#", "- ", "? ", "'", "\"", "\\", "|", ">", "%", "@", "`", "{", "}", "[",
      "]", ",", "&", "*", "!",
      "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\0", "\u{7F}", "\u{1B}", "é", "e\u{301}", "😀",
      "\u{202E}", "\u{FFFE}",
      "---", "...", "yes", "~", "0", "1", "_", ".", "e", "0x", "-", "\u{A0}", "\u{10FFFF}", "<<", "=",
    ]
    let random = (0..<1000).map { _ in
      (0..<generator.number(0...7)).reduce(into: "") { text, _ in text += generator.element(of: pieces) ?? ""
      }
    }
    return (HostileValues.all + random).map { text in
      .object(
        .init([
          .init("value", .string(text)), .init("k" + text, .number(Number(1))),
          .init(
            "list",
            .array([
              .string(text),
              .object(.init([.init(text, .array([.string(text)])), .init(text + "2", .null)])),
            ])),
          .init("end", .array([.array([.string(text), .bool(true)])])),
        ]))
    }
  }

  @Test func hostileTextsComeBack() throws {
    for value in Self.documents() {
      for indent in [2, 4] {
        let text = try YAML.write(value, indent: indent)
        #expect(try Self.read(text) == value, "\(text)")
      }
    }
  }

  @Test func otherReadersReadTheSame() throws {
    let values = Self.documents()
    let texts = try values.map { try YAML.write($0) }
    for loader in ["rules", "stock"] {
      let requests = texts.map { PyYAML.Request(text: $0, loader: loader) }
      guard let answers = try PyYAML.read(requests, skipping: "\(texts.count) hostile documents") else {
        return
      }
      for (index, answer) in answers.enumerated() {
        #expect(try answer.values() == [values[index]], "\(loader): \(texts[index]) \(answer.refused ?? "")")
      }
    }
  }
}
