import Concord
import Foundation
import TestSupport
import Testing

/// `concord compile --pack`.
@Suite("compile --pack")
struct PackCommandTests {
  static let files = [
    "rules/a.yml": DiffCommandTests.rule(#"eventName eq "a""#, id: "A", severity: "High"),
    "rules/b.yml": DiffCommandTests.rule(#"eventName eq "b""#, id: "B"),
    "rules/again.yml": DiffCommandTests.rule(#"eventName eq "c""#, id: "A"),
    "rules/refused.yml": DiffCommandTests.rule(#"requestParameters eq "{}""#, id: "R"),
  ]

  private func run(_ arguments: [String], in folder: URL) throws -> Tool.Result {
    try Tool.run(["compile", "rules", "--pack"] + arguments, in: folder)
  }

  @Test("a folder of statements with its list, which a later run brings into line")
  func folder() throws {
    let folder = try Tool.folder(Self.files)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(["--to", "athena", "--out", "out"], in: folder)
    #expect(result.code == 2)
    #expect(result.errors.contains("E422"), "\(result.errors)")
    #expect(result.errors.contains("N452"), "\(result.errors)")
    #expect(
      result.errors.contains("Athena SQL: 3 rules in 1 statement, each proved; 0 alone, 1 refused"),
      "\(result.errors)")
    let out = folder.appendingPathComponent("out")
    func manifest() throws -> Value? {
      let text = try String(contentsOf: out.appendingPathComponent("manifest.json"), encoding: .utf8)
      return try JSON.parse(Source(name: "manifest.json", text: text))
    }
    let pack = member(try manifest(), "packs", "0")
    #expect(member(pack, "file") == .string("athena-1.sql"))
    let labels = (0..<3).map { member(pack, "rules", "\($0)", "label")?.comparedText }
    #expect(labels == ["A", "A (2)", "B"])
    #expect(member(pack, "rules", "0", "level") == .string("high"))
    #expect(member(pack, "rules", "0", "source") == .string("rules/a.yml"))
    #expect(member(pack, "rules", "0", "digest")?.comparedText?.count == 16)
    #expect(member(pack, "rules", "2", "proved") == .bool(true))
    let text = try String(contentsOf: out.appendingPathComponent("athena-1.sql"), encoding: .utf8)
    #expect(text.contains("-- Every rule is proved by reading it back from this text\n"), "\(text)")
    // One rule alone is a query of its own.
    for name in ["b", "again"] {
      try FileManager.default.removeItem(at: folder.appendingPathComponent("rules/\(name).yml"))
    }
    let later = try run(["--to", "athena", "--out", "out", "--allow", "E422"], in: folder)
    #expect(later.code == 0, "\(later.errors)")
    #expect(later.errors.contains("removed out/athena-1.sql: this run did not write it"), "\(later.errors)")
    #expect(later.errors.contains("N451"), "\(later.errors)")
    #expect(member(try manifest(), "alone", "0", "file") == .string("alone/a.athena.sql"))
    #expect(member(try manifest(), "alone", "0", "rule", "rule") == .string("A"))
    #expect(member(try manifest(), "packs", "0") == nil)
    // A list of something else is not written over.
    let other = try Tool.run(["compile", "rules", "--to", "athena", "--out", "out"], in: folder)
    #expect(other.code == 3, "\(other.errors)")
  }

  @Test("without a folder the statements are printed")
  func printed() throws {
    let folder = try Tool.folder(Self.files.filter { $0.key != "rules/refused.yml" })
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(["--to", "athena"], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("==> 3 rules: Athena SQL <==\n-- 3 rules\n"), "\(result.output)")
  }

  @Test(
    "flags that do not go together",
    arguments: [
      (["--to", "sigma"], "`sigma` has no statements for several rules", Int32(3)),
      (["--self-test"], "give either `--pack` or `--self-test`, not both", 3),
      (["--approximate", "tumbling"], "give either `--pack` or `--approximate`, not both", 3),
    ])
  func usage(_ arguments: [String], message: String, code: Int32) throws {
    let folder = try Tool.folder(Self.files)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(arguments, in: folder)
    #expect(result.code == code)
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
