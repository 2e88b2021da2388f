import ConcordDiagnostics
import ConcordDocuments
import TestSupport
import Testing

@Suite("YAML nodes know their values and their places")
struct YAMLNodeTests {
  static func node(_ text: String) throws -> YAMLNode {
    try #require(try YAML.documents(Source(text: text)).first)
  }

  /// A document, and its value as JSON.
  @Test(arguments: [
    ("", ""), ("# nothing\n", ""), ("---", "null"), ("~", "null"), ("null", "null"), ("nULL", #""nULL""#),
    ("''", #""""#),
    ("[true, True, TRUE, tRUE, false, False, FALSE]", #"[true,true,true,"tRUE",false,false,false]"#),
    ("[yes, no, on, off, y, n]", #"["yes","no","on","off","y","n"]"#),
    ("[2024-01-01, 2024-01-01T00:00:00Z, 1:30:00]", #"["2024-01-01","2024-01-01T00:00:00Z","1:30:00"]"#),
    ("[007, -08, +5, 0, 1_000]", "[7,-8,5,0,1000]"),
    ("[0x1F, -0xff, 0b101, 0o17, 0x_, 0xZ]", #"[31,-255,5,"0o17","0x_","0xZ"]"#),
    ("0xFFFFFFFFFFFFFFFFFFFFFFFF", "79228162514264337593543950335"),
    ("377077835340488700", "377077835340488700"),
    (
      "[1e3, 1.0e3, 1.0e+3, 1.5E-3, .5, -.5, 5., 00.50]", #"["1e3","1.0e3",1.0e+3,1.5E-3,0.5,"-.5",5.0,0.50]"#
    ),
    (
      #"["5", '5', !!str 5, ! 5, !!int "5", !!float 5, !!bool "true", !!null '']"#,
      #"["5","5","5","5",5,5,true,null]"#
    ),
    (
      "- |\n  a\n  b\n- |-\n  a\n- |+\n  a\n\n- >\n  a\n  b\n\n  c\n   d\n  e",
      #"["a\nb\n","a","a\n\n","a b\n\nc\n d\ne"]"#.replacing(#"a b\n\nc"#, with: #"a b\nc"#)
    ),
    ("a: x\n  y\n\n  z\nb: 'x\n  y'\nc: \"x\\\n  y\\n\"", #"{"a":"x y\nz","b":"x y","c":"xy\n"}"#),
    ("{\"a\":1, b: [c,], ? d, e: , f}", #"{"a":1,"b":["c"],"d":null,"e":null,"f":null}"#),
    ("a: &x {b: 1}\nc: *x\nd: [*x, *x]", #"{"a":{"b":1},"c":{"b":1},"d":[{"b":1},{"b":1}]}"#),
    ("[a: 1, b]", #"[{"a":1},"b"]"#), ("? a\n: - b\n? c", #"{"a":["b"],"c":null}"#),
    ("1: a\nnull: b", #"{"1":"a","null":"b"}"#),
    ("a:\n- b\n- c\nd:\n  - e", #"{"a":["b","c"],"d":["e"]}"#),
    ("- - a\n  - b\n-\n  - c\n- d: 1\n  e: 2", #"[["a","b"],["c"],{"d":1,"e":2}]"#),
    ("a: [\n  1,\n]\nb: {\n}", #"{"a":[1],"b":{}}"#), ("a: b#c\nd: e #f", #"{"a":"b#c","d":"e"}"#),
    ("a: http://x:1/?q", #"{"a":"http://x:1/?q"}"#),
    (
      #""\x41\u00e9\U0001F600\ud83d\ude00\N\_\L\P\0\e\/""#,
      "\"Aé😀😀\u{85}\u{A0}\u{2028}\u{2029}\\u0000\\u001b/\""
    ),
    ("a:\r\n  - b\r\n  - |\r\n    c\r\n    d\r\n", #"{"a":["b","c\nd\n"]}"#), ("\u{FEFF}a: 1", #"{"a":1}"#),
    ("a: |\n  b", #"{"a":"b"}"#),
    ("'<<': 1", #"{"<<":1}"#), ("%YAML 1.2\n---\na\n...\n", #""a""#), ("a: |1\n  b\n", #"{"a":" b\n"}"#),
  ])
  func hasTheValue(text: String, json: String) throws {
    let documents = try YAML.documents(Source(text: text))
    #expect(documents.map(\.value.compactJSON).joined(separator: " ") == json)
  }

  @Test func severalDocuments() throws {
    let documents = try YAML.documents(Source(text: "a: &x 1\n---\n- 2\n...\n# c\n--- |\n 3\n---\n"))
    #expect(documents.map(\.value.compactJSON) == [#"{"a":1}"#, "[2]", #""3\n""#, "null"])
    #expect(throws: Diagnostic.self) { try YAML.documents(Source(text: "&x a\n---\n*x")) }
  }

  @Test func lookUps() throws {
    let node = try Self.node("a: 1\nb: [x, 'y']\n\"c\":\n  d: |\n    t\n")
    #expect(node["a"]?.scalar == "1")
    #expect(node["b"]?.sequence?.map(\.style) == [.plain, .singleQuoted])
    #expect(node["c"]?["d"]?.style == .literal)
    #expect(node["x"] == nil && node["a"]?["x"] == nil && node.scalar == nil && node.sequence == nil)
    #expect(node.keyNode(of: "c")?.span == Span(at: Position(line: 3, column: 1), length: 3))
    #expect(node.mapping?.map { $0.key.scalar } == ["a", "b", "c"])
  }

  @Test func spans() throws {
    let node = try Self.node("é: 'ü'  # c\nlist:\n  - [a,\n     b]\n  - >\n   x\n   y\nlast:\n")
    #expect(node["é"]?.span == Span(at: Position(line: 1, column: 4), length: 3))
    let items = try #require(node["list"]?.sequence)
    #expect(items[0].span == Span(Position(line: 3, column: 5), Position(line: 4, column: 8)))
    #expect(items[1].span == Span(Position(line: 5, column: 5), Position(line: 7, column: 5)))
    #expect(node["list"]?.span.start == Position(line: 3, column: 3))
    #expect(node["last"]?.span == Span(at: Position(line: 8, column: 6), length: 0))
    #expect(node.span == Span(Position(line: 1, column: 1), Position(line: 8, column: 6)))
  }

  /// Where the character `@` of a scalar's text stands in the file; the scalar is the value of `k`.
  @Test(arguments: [
    ("k: |\n  one\n  two @\n", true), ("x:\n  k: |-\n\n    @", true), ("k: |4\n      @ b\n", true),
    ("k: |\r\n  é\r\n  ü@\r\n", true),
    ("k: one @ two", true), ("k: 'it is @'", true), ("k: \"é @\"", true), ("k: &a !!str 'é @'", true),
    ("[{k: b@}]", true),
    ("k: 'it''s @'", false), ("k: \"\\t@\"", false), ("k: one\n  @", false), ("k: >\n  one @\n", false),
  ])
  func originLeadsToTheFile(text: String, isExact: Bool) throws {
    func find(_ node: YAMLNode) -> YAMLNode? {
      if let found = node["k"] { return found }
      return (node.sequence ?? node.mapping?.map(\.value) ?? []).lazy.compactMap(find).first
    }
    let source = Source(text: text)
    let node = try #require(try YAML.documents(source).first.flatMap(find))
    let inner = try #require(place(of: "@", in: Source(text: node.scalar ?? "")))
    let span = node.span(ofText: Span(at: inner))
    if isExact {
      #expect(span.start == place(of: "@", in: source))
    } else {
      #expect(node.origin == nil && span == node.span)
    }
  }

  private func place(of scalar: Unicode.Scalar, in source: Source) -> Position? {
    for number in 1...20 {
      guard let line = source.line(number) else { return nil }
      let scalars = Array(line.unicodeScalars)
      if let index = scalars.firstIndex(of: scalar) { return Position(line: number, column: index + 1) }
    }
    return nil
  }

  @Test func timeIsLinear() throws {
    // Each would take minutes if some step looked back over the text.
    let count = 30_000
    let texts = [
      String(repeating: "- a\n", count: count), "[" + String(repeating: "a: b, ", count: count) + "]",
      (0..<count).map { "k\($0): v\n" }.joined(), "\"" + String(repeating: "a\\n", count: count) + "\"",
      "|\n" + String(repeating: " a\n\n", count: count), String(repeating: "a\n", count: count),
      "a: " + String(repeating: "\n\n", count: count), String(repeating: "---\n", count: count),
    ]
    for text in texts { #expect(!(try YAML.documents(Source(text: text))).isEmpty) }
  }
}
