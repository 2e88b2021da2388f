import ConcordAthena
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

/// What is said of columns that do not hold every value of a log.
@Suite("Athena: what columns' types hold")
struct AthenaTypeNoteTests {
  private static let openX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://b/'"

  private static let network = CIDR("10.0.0.0/8").map(Atom.network) ?? .present

  /// The types of a column `a`, what is asked of it, and the texts that no value of the type has; `nil` where some value
  /// answers.
  private static let rows: [(type: String, atom: Atom, unheld: String?)] = [
    ("varchar(3)", .text(.equals("abcd"), .exact), "`abcd`"),
    ("varchar(3)", .text(.equals("abc"), .exact), nil),
    ("varchar(3)", .oneOf(["abc", "abcd", "abcde"], .ignored), "`abcd`, `abcde`"),
    ("varchar(3)", .text(.prefix("abcd"), .exact), ""), ("varchar(3)", .text(.suffix("c"), .exact), nil),
    ("varchar(3)", .text(.contains("😀"), .exact), nil), ("varchar(3)", .text(.equals("😀😀😀"), .exact), nil),
    ("varchar(3)", network, ""), ("varchar", .text(.equals("abcd"), .exact), nil),
    ("tinyint", .text(.equals("200"), .exact), "`200`"), ("tinyint", .text(.equals("-128"), .exact), nil),
    ("tinyint", .number(.greater, Number(200)), ""), ("tinyint", .number(.greater, Number(100)), nil),
    ("smallint", .oneOf(["40000", "5"], .exact), "`40000`"), ("smallint", .number(.less, Number(-40000)), ""),
    ("int", .text(.equals("3000000000"), .exact), "`3000000000`"), ("int", .text(.equals(""), .exact), "``"),
    ("int", .text(.equals("5.0"), .exact), "`5.0`"), ("int", .text(.contains("x"), .exact), ""),
    ("int", .text(.contains("5"), .exact), nil), ("int", .truthy, nil), ("int", .present, nil),
    ("bigint", .text(.equals("9223372036854775808"), .exact), "`9223372036854775808`"),
    ("bigint", network, ""), ("boolean", .text(.equals("yes"), .exact), "`yes`"),
    ("boolean", .text(.equals("TRUE"), .ignored), nil), ("boolean", .text(.equals("TRUE"), .exact), "`TRUE`"),
    ("boolean", .number(.greater, Number(0)), ""), ("double", .text(.equals("x"), .exact), "`x`"),
    ("double", .text(.equals("0.1"), .exact), nil), ("float", .text(.equals("0.1"), .exact), nil),
    ("decimal(5,1)", .text(.equals("1.25"), .exact), "`1.25`"),
    ("decimal(5,1)", .number(.greater, Number(1)), nil),
    ("decimal(3)", .text(.equals("1.5"), .exact), "`1.5`"),
    ("decimal(3)", .text(.equals("999"), .exact), nil),
    ("array<varchar(3)>", .text(.equals("abcd"), .exact), "`abcd`"),
    ("string", .text(.equals("abcd"), .exact), nil),
  ]

  @Test(arguments: rows)
  func questions(_ type: String, _ atom: Atom, _ unheld: String?) throws {
    let notes = try self.notes("a \(type)", .test(FieldPath("a"), atom))
    let shown = type.hasPrefix("array") ? "varchar(3)" : type == "decimal(3)" ? "decimal(3,0)" : type
    let words = unheld.map { $0.isEmpty ? "answers what is asked of it" : "is \($0)" }
    #expect(
      notes["W459"] == words.map { "no value of type `\(shown)`, as `a` has it, \($0)" }, "\(type) \(atom)")
    // That others are taken for none is said of all types but text.
    #expect((notes["N460"] == nil) == (type == "string" || type == "varchar"))
  }

  @Test("what is taken is said once of all columns, in tables whose readers make values of the types")
  func taken() throws {
    let condition = Condition.all([
      .test(path("a", "b"), .present), .test(FieldPath("n"), .number(.greater, Number(5))),
      .not(.test(FieldPath("s"), .text(.equals("x"), .exact))),
    ])
    let columns = "a struct<b:boolean>, n int, s string"
    for (format, codes) in [
      (Self.openX, ["N460", "N461"]), ("STORED AS PARQUET LOCATION 's3://b/'", []),
      ("ROW FORMAT DELIMITED LOCATION 's3://b/'", ["N460"]), ("", []),
    ] {
      let notes = try self.notes(columns, condition, format: format)
      #expect(notes.keys.filter { ["N460", "N461"].contains($0) }.sorted() == codes, "\(format)")
    }
    let notes = try self.notes(columns, condition)
    #expect(
      notes["N460"]
        == "the log is taken to have values of the columns' types at `a.b` (boolean), `n` (int): of any other the table has a part, another one or none"
    )
    #expect(notes["N461"]?.hasPrefix("columns are found in whatever letter case") == true)
    // What is counted is asked too.
    var rule = Rule(id: "r", title: "r", condition: .test(FieldPath("s"), .present))
    rule.aggregate = Aggregate(
      by: [Aggregate.Key(FieldPath("n"))], columns: [.init("count", .count)],
      threshold: .test(FieldPath("count"), .number(.greaterOrEqual, Number(5))))
    #expect(try self.notes(columns, rule)["N460"]?.contains("at `n` (int):") == true)
  }

  @Test("of AWS's own tables all of it is known") func known() throws {
    var rule = Rule(
      id: "r", title: "r", condition: .test(FieldPath("eventName"), .text(.equals("x"), .exact)))
    rule.logSources = [.cloudTrail]
    #expect(try Language.athena.write(rule, options: LanguageOptions()).notes.isEmpty)
  }

  private func notes(_ columns: String, _ condition: Condition, format: String = openX) throws -> [String:
    String]
  {
    try notes(columns, Rule(id: "r", title: "r", condition: condition), format: format)
  }

  private func notes(_ columns: String, _ rule: Rule, format: String = openX) throws -> [String: String] {
    var options = LanguageOptions()
    options.schema = Source(name: "t.sql", text: "CREATE EXTERNAL TABLE t (\(columns)) \(format)")
    let notes = try Language.athena.write(rule, options: options).notes
    return Dictionary(notes.map { ($0.code.rawValue, $0.message) }, uniquingKeysWith: { first, _ in first })
  }
}
