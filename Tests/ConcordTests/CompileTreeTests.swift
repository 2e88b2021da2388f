import Foundation
import TestSupport
import Testing

/// `concord compile` over a folder of rules.
@Suite("Compiling a tree of rules")
struct CompileTreeTests {
  private static func rule(_ id: Int, _ detection: String) -> String {
    """
    title: Rule \(id)
    id: 00000000-0000-4000-8000-00000000000\(id)
    logsource:
      product: windows
      category: process_creation
    detection:
      \(detection)
      condition: selection
    """
  }

  private static let files = [
    "rules/a/one.yml": rule(1, "selection: {Image: x}"),
    "rules/a/deep/two.yml": rule(2, "selection: {User: y, Image: z}"),
    "rules/b/keywords.yml": rule(3, "selection: [word]"),
    "rules/b/notes.txt": "not a rule",
  ]

  private func compile(_ arguments: [String], _ files: [String: String] = files) throws -> (
    result: Tool.Result, written: [String: String]
  ) {
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["compile"] + arguments, in: folder)
    var written: [String: String] = [:]
    let out = folder.appendingPathComponent("out")
    for case let path as String in FileManager.default.enumerator(atPath: out.path) ?? .init()
    where path != "manifest.json" {
      written[path] = try? String(contentsOf: out.appendingPathComponent(path), encoding: .utf8)
    }
    return (result, written)
  }

  @Test("the layout is kept, the summary counts by language and reason, a refusal ends in exit code 2")
  func summary() throws {
    let (result, written) = try compile(["rules", "--to", "athena,splunk,sigma", "--untyped", "--out", "out"])
    #expect(
      Set(written.keys) == [
        "a/one.sql", "a/one.spl", "a/one.sigma.yml", "a/deep/two.sql", "a/deep/two.spl",
        "a/deep/two.sigma.yml", "b/keywords.sigma.yml",
      ])
    #expect(result.code == 2)
    #expect(
      result.errors.hasSuffix(
        """

        3 files, 3 rules
                         exact   refused
          Athena SQL         2         1
          Splunk SPL         2         1
          Sigma              3         0
        refused, by reason:
               1  E401  Athena SQL cannot express a keyword search over all fields: the table has no column of the whole event
               1  E401  Splunk cannot look for a text in every field of an event
        notes, each shown once:
               2  N461  columns are found in whatever letter case the log spells their names: where that is not the rule's, the query finds what the rule does not
               2  N441  … are read as single values: whether they are arrays is not known
               2  N443  the search reads every index: the rule does not say where its events are
               2  N457  events are taken to be whole JSON text: in others, as Windows' XML or what TRUNCATE cut, the search finds no fields and no match
               2  N441  … is read as single values: whether it is an array is not known
        7 exact, 2 refused, 0 bad

        """), "\(result.errors)")
  }

  @Test(
    "refusals are allowed by their code or by the rule's id, and by nothing else",
    arguments: [
      (["--allow", "keywords,too-large"], 0), (["--allow", "E403", "--allow", "E401"], 0),
      (["--allow", "E403"], 2),
      (["--allow", "00000000-0000-4000-8000-000000000003"], 0),
      (["--allow", "00000000-0000-4000-8000-000000000001"], 2), ([], 2),
    ])
  func allowed(_ arguments: [String], _ code: Int) throws {
    let (result, _) = try compile(
      ["rules", "--to", "athena,splunk", "--untyped", "--out", "out"] + arguments)
    #expect(result.code == Int32(code), "\(result.errors)")
    #expect(result.errors.contains("4 exact, 2 refused, 0 bad"))
  }

  @Test("a bad file costs no other rule, and is not allowed by name")
  func bad() throws {
    var files = Self.files
    files["rules/a/bad.yml"] = "title: Bad\nlogsource: {product: x}\ndetection: {selection: {a: 1}}\n"
    let (result, written) = try compile(
      ["rules", "--to", "sigma", "--out", "out", "--allow", "E304"], files)
    #expect(result.code == 2)
    #expect(written.count == 3)
    #expect(result.errors.contains("rules/a/bad.yml:3:1"), "\(result.errors)")
    #expect(result.errors.hasSuffix("3 exact, 0 refused, 1 bad\n"))
  }

  @Test("a rule's output does not depend on the other rules, nor on the order of work")
  func independent() throws {
    let (_, together) = try compile(["rules", "--untyped", "--out", "out"])
    #expect(together.count == 10)
    var many: [String: String] = [:]
    for (path, text) in Self.files where path.hasSuffix(".yml") {
      let (_, alone) = try compile(
        ["only", "--untyped", "--out", "out"],
        [
          path.replacingOccurrences(of: "rules/", with: "only/"): text
        ])
      many.merge(alone) { first, _ in first }
    }
    #expect(many == together)
    let again = try compile(["rules", "--untyped", "--out", "out"])
    #expect(again.written == together)
  }

  @Test("a pipeline that gives keywords a field makes every rule exact")
  func keywords() throws {
    let pipeline = Shared.root.appendingPathComponent("Examples/pipelines/keywords.yml").path
    let (result, written) = try compile(
      ["rules", "--to", "athena,splunk", "--untyped", "--out", "out", "--pipeline", pipeline])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.hasSuffix("6 exact, 0 refused, 0 bad\n"))
    #expect(written["b/keywords.sql"]?.contains(#"lower("message") LIKE lower('%word%')"#) == true)
  }

  @Test("--verbose shows every note")
  func verbose() throws {
    let arguments = ["rules/a", "--to", "splunk", "--out", "out"]
    #expect(try compile(arguments).result.errors.components(separatedBy: "note[N443]").count == 2)
    #expect(try compile(arguments + ["-v"]).result.errors.components(separatedBy: "note[N443]").count == 3)
  }

  @Test("concord schema prints the table of all rules; a table's statement compiles them")
  func schema() throws {
    let folder = try Tool.folder(Self.files)
    defer { try? FileManager.default.removeItem(at: folder) }
    let statement = try Tool.run(["schema", "rules/a", "--table", "logs"], in: folder)
    #expect(statement.code == 0)
    #expect(
      statement.output == """
        CREATE EXTERNAL TABLE IF NOT EXISTS `logs` (
          `User` string,
          `Image` string
        )
        ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
        LOCATION 's3://BUCKET/PREFIX/';

        """)
    try statement.output.write(
      to: folder.appendingPathComponent("logs.sql"), atomically: true, encoding: .utf8)
    let typed = try Tool.run(
      ["compile", "rules/a/one.yml", "--to", "athena", "--schema", "logs.sql"], in: folder)
    let untyped = try Tool.run(
      ["compile", "rules/a/one.yml", "--to", "athena", "--untyped", "--table", "logs"], in: folder)
    #expect(typed.code == 0 && typed.output == untyped.output, "\(typed.errors)")
    let both = try Tool.run(["compile", "rules/a/one.yml", "--untyped", "--schema", "logs.sql"], in: folder)
    #expect(both.code == 3 && both.errors == "error[E901]: give either `--schema` or `--untyped`, not both\n")
  }
}
