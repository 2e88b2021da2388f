import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordAthena

@Suite("Idioms") struct AthenaIdiomTests {
  /// Values to ask about: a column, a field, a variable, a call, and names and texts with marks of the syntax.
  static let values: [AthenaExpression] = [
    .name("eventname"), .name("a \"b"), .name("useridentity").field("arn"), .name("x").lower,
    .call("json_extract", .name("requestparameters"), .string("$.a[\"'\"]")), .string("it's"), .null,
  ]

  private static func keeps<Parts>(_ idiom: AthenaIdioms.Form<Parts>, _ parts: [Parts]) -> [Parts] {
    parts.filter { !idiom.recognises($0) }
  }

  @Test("what is made is recognised, with the same parts", arguments: values)
  func law(_ value: AthenaExpression) {
    let questions = [true, false].map { AthenaIdioms.Question(value: value, isAsked: $0) }
    for form in [AthenaIdioms.truthyText, AthenaIdioms.truthyJSON, AthenaIdioms.presentJSON] {
      #expect(Self.keeps(form, questions).isEmpty)
    }
    #expect(Self.keeps(AthenaIdioms.elements, [value]).isEmpty)
    #expect(Self.keeps(AthenaIdioms.elementsOrLone, [value]).isEmpty)
    let elements = ["e1", "E \"1"].map { AthenaIdioms.ElementTruth(value: value, variable: $0) }
    #expect(Self.keeps(AthenaIdioms.truthyElement, elements).isEmpty)
    let comparisons = [Comparison.greater, .greaterOrEqual, .less, .lessOrEqual].map {
      AthenaIdioms.NumberComparison(text: value, comparison: $0, bound: .number("5E0"))
    }
    #expect(Self.keeps(AthenaIdioms.number, comparisons).isEmpty)
    let networks = ["10.0.0.0/8", "fe80::/10", "::/0", "no network"].map {
      AthenaIdioms.NetworkMembership(text: value, network: $0)
    }
    #expect(Self.keeps(AthenaIdioms.network, networks).isEmpty)
    let shown = ["$", "$.a", "$[\"it's\"][0]"].flatMap { path in
      [true, false].map { AthenaIdioms.JSONValue(base: value, path: path, isBase: $0) }
    }
    #expect(Self.keeps(AthenaIdioms.shownJSON, shown).isEmpty)
    let labels = [Self.labelled(value), Self.labelled(value) + Self.labelled(.name("b"))]
    #expect(Self.keeps(AthenaIdioms.labels, labels).isEmpty)
    #expect(Self.keeps(AthenaIdioms.hasLabels, [value]).isEmpty)
    #expect(Self.keeps(AthenaIdioms.joinedLabels, [[value], [value, .name("m2")]]).isEmpty)
  }

  /// Rules that ask for a value, with labels that look like syntax.
  private static func labelled(_ value: AthenaExpression) -> [AthenaIdioms.Labelled] {
    ["a", "", "it's \"b\"", "NULL"].map { AthenaIdioms.Labelled(condition: value.isNotNull, label: $0) }
  }

  @Test("what is made is recognised after it was printed and parsed", arguments: values)
  func printed(_ value: AthenaExpression) throws {
    func read(_ expression: AthenaExpression) throws -> AthenaExpression {
      try AthenaParser.expression(Source(text: AthenaPrinter.flat(expression)))
    }
    for text in ["10.0.0.0/8", "::/0"] {
      let network = AthenaIdioms.NetworkMembership(text: value, network: text)
      #expect(AthenaIdioms.network.match(try read(AthenaIdioms.network.make(network))) == network)
    }
    let labels = Self.labelled(value)
    #expect(AthenaIdioms.labels.match(try read(AthenaIdioms.labels.make(labels))) == labels)
    #expect(AthenaIdioms.hasLabels.match(try read(AthenaIdioms.hasLabels.make(value))) == value)
    let element = AthenaIdioms.ElementTruth(value: value, variable: "e1")
    #expect(AthenaIdioms.truthyElement.match(try read(AthenaIdioms.truthyElement.make(element))) == element)
  }

  /// Forms that are one step away from an idiom, and mean something else.
  static let others = [
    #"regexp_like(a, '\A[0-9A-Fa-f:.]+\z') AND contains('10.0.0.0/8', TRY_CAST(b AS ipaddress))"#,
    #"regexp_like(a, '\A[0-9A-Fa-f:.]+\z') AND contains('10.0.0.0/8', CAST(a AS ipaddress))"#,
    #"regexp_like(a, '[0-9A-Fa-f:.]+') AND contains('10.0.0.0/8', TRY_CAST(a AS ipaddress))"#,
    #"regexp_like(a, '\A[0-9A-Fa-f:.]+\z') OR contains('10.0.0.0/8', TRY_CAST(a AS ipaddress))"#,
    #"regexp_like(a, '\A[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\z') AND TRY_CAST(b AS double) > 5"#,
    #"regexp_like(a, '\A[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\z') AND TRY_CAST(a AS double) = 5"#,
    // Wider on some versions: it has every IPv4 address.
    #"regexp_like(a, '\A[0-9A-Fa-f:.]+\z') AND TRY(contains('::/0', TRY_CAST(a AS ipaddress)))"#,
    "a NOT IN ('', 'false')", "a NOT IN ('', 'false', '0', '1')", "a NOT IN ('', 'false', '0', NULL)",
    "json_format(a) > 'null'", "json_format(a) <> 'NULL'", "CAST(a AS ARRAY(json))",
    "COALESCE(json_extract_scalar(a, '$.b'), json_format(json_extract(a, '$.c')))",
    "COALESCE(json_extract_scalar(a, '$.b'), json_format(json_extract(b, '$.b')))",
    "COALESCE(json_extract_scalar(a, '$.b'), json_extract(a, '$.b'))", "COALESCE(a, b)",
    "COALESCE(TRY_CAST(a AS ARRAY(json)), ARRAY[b])", "COALESCE(TRY_CAST(a AS ARRAY(json)), ARRAY[a, a])",
    "any_match(TRY_CAST(a AS ARRAY(json)), e -> json_format(a) <> 'null') OR TRY_CAST(a AS ARRAY(json)) IS NULL "
      + "AND json_format(a) NOT IN ('null', '\"\"', 'false', '\"false\"', '0', '\"0\"')",
  ]

  @Test("what is another form is not recognised", arguments: others) func other(_ text: String) throws {
    let expression = try AthenaParser.expression(Source(text: text))
    for form in [AthenaIdioms.truthyText, AthenaIdioms.truthyJSON, AthenaIdioms.presentJSON] {
      #expect(form.match(expression) == nil)
    }
    #expect(AthenaIdioms.elements.match(expression) == nil)
    #expect(AthenaIdioms.elementsOrLone.match(expression) == nil)
    #expect(AthenaIdioms.truthyElement.match(expression) == nil)
    #expect(AthenaIdioms.number.match(expression) == nil)
    #expect(AthenaIdioms.shownJSON.match(expression) == nil)
    #expect(AthenaIdioms.network.match(expression) == nil)
  }

  @Test(
    "paths and patterns are read as they are spelled",
    arguments: ["a", "a b", "ä", "\"", "\\", "a.b", "%", "_", "0", "[", "😀", "a:b", "$"])
  func spelling(_ name: String) throws {
    let steps: [FieldPath.Step] = [.name(name), .index(3), .name("x"), .name(name)]
    #expect(AthenaJSONPath.steps(AthenaJSONPath.text(steps)) == steps)
    for pattern in [
      Pattern([.literal(name)]), Pattern([.anyRun, .literal(name), .anyOne]),
      Pattern([.literal(name), .anyRun, .literal(name)]),
    ] {
      let source = Source(text: "")
      #expect(
        try AthenaLike.pattern(AthenaLike.text(pattern), escape: "\\", in: source, at: nil) == pattern)
    }
  }
}
