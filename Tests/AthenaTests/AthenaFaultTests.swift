import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

/// The smallest form of each fault that a real Trino showed in us, by its name. What Trino answered stands beside it.
@Suite("Faults that a real Trino showed") struct AthenaFaultTests {
  /// An expression and Trino 414's answer; `nil` where Trino refuses it or fails, or where we refuse it by name.
  static let answers: [(fault: String, expression: String, answer: String?)] = [
    ("R1", #"json_extract_scalar('{"a":1', '$.a')"#, #""1""#),
    ("R1", #"json_extract_scalar('{"a":1,"b":x}', '$.a')"#, #""1""#),
    ("R1", "json_extract_scalar('5 x', '$')", #""5""#),
    ("R1", "json_extract_scalar('x 5', '$')", "null"),
    ("R2", #"json_extract_scalar('{"a":1,"a":2}', '$.a')"#, #""1""#),
    ("R2", #"json_extract_scalar('{"a":null,"a":2}', '$.a')"#, "null"),
    ("R2", #"json_extract_scalar('{"a":{"b":1},"a":{"c":2}}', '$.a.c')"#, "null"),
    ("R3", #"json_format(json_extract('{"a":1e3}', '$.a'))"#, #""1000.0""#),
    ("R3", #"json_extract_scalar(json_extract('{"a":12345678.5}', '$.a'), '$')"#, #""1.23456785E7""#),
    ("R3", #"json_format(json_parse('{"b":1,"a":2}'))"#, #""{\"a\":2,\"b\":1}""#),
    ("R3b", "CAST(json_parse('1.0') AS varchar)", #""1.0E0""#),
    ("R3c", "json_parse('1') = json_parse('1.0')", "false"),
    ("R3c", #"json_parse('{"a":1,"b":2}') = json_parse('{"b":2,"a":1}')"#, "true"),
    ("R3d", #"json_extract_scalar('{"a":"\ud83d"}', '$.a')"#, #""?""#),
    ("R4", "9007199254740993 = 9007199254740992.0", "false"),
    ("R4", "9007199254740993 IN (9007199254740992, 1e0)", "true"),
    ("R4b", "TRY_CAST('NaN' AS double) IS NOT DISTINCT FROM TRY_CAST('NaN' AS double)", "true"),
    ("R5", "TRY_CAST('٣' AS bigint)", "3"),
    ("R5", "TRY_CAST('５' AS double)", "null"),
    ("R5b", "TRY_CAST('fe80::1%eth0' AS ipaddress) IS NULL", "false"),
    ("R5b", "TRY_CAST('٣.1.1.1' AS ipaddress) IS NULL", "false"),
    ("R6", "contains('10.0.0.0/8', CAST('2001:db8::1' AS ipaddress))", nil),
    ("R6", "TRY(contains('10.0.0.0/8', CAST('2001:db8::1' AS ipaddress)))", "null"),
    ("R7", "'abc' LIKE 'abc' ESCAPE NULL", "null"),
    // Trino folds these; ours refuses what folds over more than one letter.
    ("R8", "regexp_like('Σ', '(?i)ς')", nil),
    ("R8", "regexp_like('FF', '(?i)ﬀ')", nil),
    ("R9", "upper('ᾳ')", #""ᾼ""#),
    // What Trino refuses or fails at.
    ("accepted", "any_match(ARRAY[1], e -> NULL)", nil),
    ("accepted", "cardinality('abc')", nil),
    ("accepted", "NULL IN ('a', 5)", nil),
    ("accepted", "cardinality(MAP(ARRAY[1e0], ARRAY['a', 'b']))", nil),
    ("accepted", "regexp_like('ab', '(?P<n>ab)')", nil),
    ("accepted", "element_at(ARRAY[1], -9223372036854775808)", nil),
    // What it takes, and we refused.
    ("refused", #"json_extract_scalar('{"日本":1}', '$.日本')"#, #""1""#),
    ("refused", "FALSE < TRUE", "true"),
    ("refused", "CAST(NULL AS varchar) LIKE 'a#b' ESCAPE '#'", "null"),
  ]

  @Test("our runner gives Trino's answer", arguments: answers.map { ("\($0.fault): \($0.expression)", $0) })
  func runner(_ name: String, _ row: (fault: String, expression: String, answer: String?)) throws {
    let source = Source(text: row.expression)
    var evaluator = AthenaEvaluator(source, .nothing)
    evaluator.release = .trino414
    let ours = try? evaluator.compile(try AthenaParser.expression(source)).run(AthenaFrame(row: []))
    #expect(ours.map(shown) == row.answer)
  }

  /// A `WHERE` clause over typed columns, and what is read of it; `nil` where it is refused by name.
  static let readings: [(fault: String, sql: String, condition: Condition?)] = [
    ("D1", "json_extract(requestparameters, '$.a') IS NULL", nil),
    ("D1", "json_extract(requestparameters, '$.a') IS NOT NULL", nil),
    ("D2", "n >= 9007199254740993", nil), ("D2", "n <> 9007199254740992e0", nil),
    ("D2", "n IN (2, 9007199254740992e0)", nil), ("D2", "d <> 9007199254740993", nil),
    ("D2", "n >= 900719925474", .test(FieldPath("n"), .number(.greaterOrEqual, Number(900_719_925_474)))),
    ("D3", "regexp_like(b, '(?i)ς')", nil),
    ("D4", "contains('fe80::/10', TRY_CAST(b AS ipaddress))", nil),
    // Names ignore letter case: both are one field, in its first spelling.
    (
      "D5", #""B" = 'x' AND b <> 'y'"#,
      .all([text("B", "x"), .test(FieldPath("B"), .present), .not(text("B", "y"))])
    ),
    ("D5", #"b = 'x' OR "B" = 'y' OR t.B = 'z'"#, .any([text("b", "x"), text("b", "y"), text("b", "z")])),
    (
      "D5", #"s."X" = 'x' AND S.x IS NOT NULL"#,
      .all([
        .test(FieldPath("s", "X"), .text(.equals("x"), .exact)), .test(FieldPath("s", "X"), .present),
      ])
    ),
  ]

  private static func text(_ name: String, _ value: String) -> Condition {
    .test(FieldPath(name), .text(.equals(value), .exact))
  }

  @Test("the reader reads Trino's verdict", arguments: readings.map { ("\($0.fault): \($0.sql)", $0) })
  func reader(_ name: String, _ row: (fault: String, sql: String, condition: Condition?)) {
    var options = LanguageOptions()
    options.schema = Source(
      text:
        "CREATE EXTERNAL TABLE t (b string, n bigint, d double, s struct<x:string>, requestparameters string)"
    )
    let source = Source(text: "SELECT * FROM t WHERE \(row.sql)")
    let read = try? Language.athena.read(source, options: options).first?.rule.condition
    #expect(read == row.condition)
  }

  /// A condition, and a part of the text that is written for it.
  static let writings: [(fault: String, condition: Condition, part: String)] = [
    ("W1", network("10.0.0.0/8"), "AND TRY(contains('10.0.0.0/8', TRY_CAST("),
    ("W1b", network("::/0"), "AND NOT COALESCE(TRY(contains('0.0.0.0/0', TRY_CAST("),
    (
      "W2", .any((0..<1_000).map { .test(eventName, .text(.contains("v\($0)x"), .ignored)) }),
      "any_match(\n    split(\n      'v0x|v1x|"
    ),
    (
      "W3", .test(FieldPath("requestParameters", "a"), .text(.equals("0.5"), .exact)),
      "COALESCE(\n    json_extract_scalar(\"requestparameters\", '$.a') = '0.5',"
    ),
    (
      "W4", .test(FieldPath("requestParameters", "a"), .text(.contains("😀"), .exact)),
      "strpos(json_extract_scalar(\"e1\", '$'), '😀') > 0"
    ),
  ]

  @Test("the writer's forms", arguments: writings.map { ($0.fault, $0) })
  func writer(_ name: String, _ row: (fault: String, condition: Condition, part: String)) throws {
    var rule = Rule(id: "r", title: "t", condition: row.condition)
    rule.logSources = [.cloudTrail]
    let query = try Language.athena.write(rule, options: LanguageOptions())
    #expect(query.text.contains(row.part), "\(query.text.prefix(1_000))")
  }
}
