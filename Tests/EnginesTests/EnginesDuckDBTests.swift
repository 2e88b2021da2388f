import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

@testable import ConcordEngines

@Suite("DuckDB in place of Athena")
struct EnginesDuckDBTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let query: String
    /// The rows as JSON, or the beginning of `<code> <message>`.
    let expected: String
    var testDescription: String { query }
  }

  /// A statement of the form of a self-test: events inlined as typed rows, a guarded and an unguarded verdict.
  private static let selfTest = """
    WITH cloudtrail_logs AS (
      SELECT * FROM (VALUES
        ('e1', TRUE, 'CreateUser', CAST(ROW('IAMUser', NULL) AS ROW("type" varchar, "invokedby" varchar))),
        ('e''2', FALSE, 'CreateUser', CAST(NULL AS ROW("type" varchar, "invokedby" varchar)))
      ) AS t("fixture", "expected", "eventname", "useridentity"))
    SELECT "fixture", "expected", COALESCE("useridentity"."type" = 'IAMUser', FALSE) AS "actual",
      "useridentity"."type" = 'IAMUser' AS "unguarded"
    FROM cloudtrail_logs ORDER BY 1;
    """

  /// What Trino's documents and sources say of each; the driver's comments name the source.
  static let cases: [Case] = [
    Case(
      query: selfTest,
      expected: #"[{"fixture":"e'2","expected":false,"actual":false,"unguarded":null},"#
        + #"{"fixture":"e1","expected":true,"actual":true,"unguarded":true}]"#),
    Case(query: "SELECT 1 AS a WHERE FALSE", expected: "[]"),
    Case(
      query: #"SELECT json_extract_scalar('{"a b":{"c":1},"d":null}', '$["a b"].c') AS x"#,
      expected: #"[{"x":"1"}]"#),
    Case(
      query:
        #"SELECT json_extract_scalar('{"a":{"c":1}}', '$.a') AS x, json_extract_scalar('{', '$.a') AS y"#,
      expected: #"[{"x":null,"y":null}]"#),
    Case(
      query: #"SELECT CAST(json_parse('{"a":"é"}') AS ROW(a varchar)).a AS x"#, expected: #"[{"x":"é"}]"#),
    Case(
      query:
        "SELECT any_match(ARRAY['x', NULL], v -> v = 'y') AS n, any_match(ARRAY['x', NULL], v -> v = 'x') AS t, "
        + "any_match(ARRAY['x'], v -> v = 'y') AS f",
      expected: #"[{"n":null,"t":true,"f":false}]"#),
    Case(
      query: "SELECT contains('10.0.0.0/8', TRY_CAST('10.1.2.3' AS ipaddress)) AS a, "
        + "contains('10.0.0.0/8', TRY_CAST('11.1.2.3' AS ipaddress)) AS b, "
        + "contains('10.0.0.0/8', TRY_CAST('x' AS ipaddress)) AS c",
      expected: #"[{"a":true,"b":false,"c":null}]"#),
    Case(
      query: "SELECT 'a_b' LIKE 'a\\_b' ESCAPE '\\' AS x, 'axb' LIKE 'a\\_b' ESCAPE '\\' AS y",
      expected: #"[{"x":true,"y":false}]"#),
    Case(query: "SELECT lower('É') = lower('é') AS x", expected: #"[{"x":true}]"#),
    Case(query: "SELECT FROM", expected: "E706 duckdb failed on the query: parse: "),
    Case(query: "SELECT 1; SELECT 2", expected: "E706 duckdb failed on the query: parse: not one query"),
    Case(query: "", expected: "E706 duckdb failed on the query: parse: not one query"),
    Case(query: "DROP TABLE x", expected: "E706 duckdb failed on the query: parse: not one query"),
    Case(query: "SELECT x FROM missing", expected: "E706 duckdb failed on the query: run: Catalog Error"),
    Case(
      query: "SELECT * FROM read_text('/etc/hosts')",
      expected: "E706 duckdb failed on the query: run: Permission Error"),
  ]

  @Test("Statements", arguments: cases)
  func statements(_ item: Case) throws {
    guard try Engine.isAvailable(for: "1 statement on DuckDB"), let python = Engine.python else { return }
    let engine = try EngineConfiguration(environment: [
      "CONCORD_ENGINES_PYTHON": python.path, "CONCORD_ENGINE_TIMEOUT": "60",
    ]).engine("duckdb")
    let result = "\(EngineResult(engine, item.query))"
    #expect(
      item.expected.hasPrefix("[") ? result == item.expected : result.hasPrefix(item.expected), "\(result)")
  }

  @Test(
    "Pythons that do not do it",
    arguments: [
      (
        "echo \"ModuleNotFoundError: No module named 'duckdb'\" >&2; exit 1",
        "E705 duckdb ended with status 1: ModuleNotFoundError: No module named 'duckdb'"
      ),
      ("echo hello", "E707 the answer of duckdb is not understood: it is not a JSON object"),
      ("echo '{}'", "E707 the answer of duckdb is not understood: it has no `columns` and `rows`"),
      (
        "echo '{\"columns\":[\"a\"],\"rows\":[[1,2]]}'",
        "E707 the answer of duckdb is not understood: a row has not the 1 values of its columns"
      ),
      ("kill -9 $$", "E705 duckdb ended with status 9"),
      ("head -c 4000000 /dev/zero", "E709 the answer of duckdb is larger than 1 MiB"),
      ("exec sleep 30", "E708 duckdb gave no whole answer within 0.5 seconds"),
      ("trap '' TERM; while :; do :; done", "E708 duckdb gave no whole answer within 0.5 seconds"),
    ])
  func pythons(_ body: String, _ expected: String) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = try scratch.file("python", Data("#!/bin/sh\n\(body)\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    let seconds = expected.hasPrefix("E708") ? "0.5" : "120"
    let engine = try EngineConfiguration(environment: [
      "CONCORD_ENGINES_PYTHON": file.path, "CONCORD_ENGINE_TIMEOUT": seconds, "PATH": "/usr/bin:/bin",
    ]).engine("duckdb")
    #expect("\(EngineResult(engine, "SELECT 1"))" == expected)
  }
}
