import Concord
import Foundation
import TestSupport
import Testing

/// `concord compile --out`: the folder is a mirror of the rules.
@Suite("The folder of compile --out")
struct OutputFolderTests {
  /// A step that changes the rules, and what the run after it leaves in the folder.
  struct Step {
    var write: [String: String] = [:]
    var remove: [String] = []
    var arguments = ["rules", "--to", "athena,splunk"]
    let files: Set<String>
    var removed: [String] = []
    var code: Int32 = 0
  }

  static let good = DiffCommandTests.rule(#"eventName eq "a""#, id: "A", severity: "High")
  static let refused = DiffCommandTests.rule(#"requestParameters eq "{}""#, id: "A")

  private func play(_ steps: [Step], _ files: [String: String]) throws {
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (number, step) in steps.enumerated() {
      for (name, text) in step.write {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      for name in step.remove { try FileManager.default.removeItem(at: folder.appendingPathComponent(name)) }
      let result = try Tool.run(["compile"] + step.arguments + ["--out", "out"], in: folder)
      let out = folder.appendingPathComponent("out")
      var found: Set<String> = []
      for case let path as String in FileManager.default.enumerator(atPath: out.path) ?? .init()
      where Files.isFile(out.appendingPathComponent(path)) {
        found.insert(path)
      }
      #expect(result.code == step.code, "step \(number): \(result.errors)")
      #expect(found == step.files, "step \(number): \(result.errors)")
      let told = result.errors.split(separator: "\n").filter { $0.hasPrefix("removed ") }
      #expect(
        told.map(String.init) == step.removed.map { "removed out/\($0): no rule of this run stands for it" },
        "step \(number)")
    }
  }

  private enum Files {
    static func isFile(_ url: URL) -> Bool {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
    }
  }

  @Test("a file of a rule that is refused now is removed, and comes back with the rule")
  func refusal() throws {
    let athena = ["rules", "--to", "athena"]
    try play(
      [
        Step(arguments: athena, files: ["a.sql", "manifest.json"]),
        Step(
          write: ["rules/a.yml": Self.refused], arguments: athena, files: ["manifest.json"],
          removed: ["a.sql"], code: 2),
        Step(write: ["rules/a.yml": Self.good], arguments: athena, files: ["a.sql", "manifest.json"]),
      ], ["rules/a.yml": Self.good])
  }

  @Test(
    "a file of a rule that is gone is removed; other languages, other rules and what is not Concord's stay")
  func gone() throws {
    let files = [
      "rules/a.yml": Self.good, "rules/b.yml": DiffCommandTests.rule(#"eventName eq "b""#, id: "B"),
      "other/c.yml": DiffCommandTests.rule(#"eventName eq "c""#, id: "C"), "out/mine.sql": "SELECT 1",
    ]
    let mine: Set = ["mine.sql", "manifest.json"]
    try play(
      [
        Step(files: mine.union(["a.sql", "a.spl", "b.sql", "b.spl"])),
        Step(
          arguments: ["other/c.yml", "-t", "splunk"],
          files: mine.union(["a.sql", "a.spl", "b.sql", "b.spl", "c.spl"])),
        Step(
          remove: ["rules/b.yml"], arguments: ["rules", "-t", "splunk"],
          files: mine.union(["a.sql", "a.spl", "b.sql", "c.spl"]), removed: ["b.spl"]),
        Step(files: mine.union(["a.sql", "a.spl", "c.spl"]), removed: ["b.sql"]),
      ], files)
  }

  @Test("the files of rules with one title can be parts of one program")
  func declaredNames() throws {
    let titled = { (id: String) in
      DiffCommandTests.rule(#"eventName eq "a""#, id: id).replacing(
        "Severity", with: "DisplayName: One\nSeverity")
    }
    let folder = try Tool.folder([
      "rules/a.yml": titled("A"), "rules/b.yml": titled("B"), "rules/c.yml": titled("C"),
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    for _ in 1...2 {
      let result = try Tool.run(["compile", "rules", "--to", "swift", "--out", "out"], in: folder)
      #expect(result.code == 0, "\(result.errors)")
      for (file, name) in [("a", "One"), ("b", "One2"), ("c", "One3")] {
        let text = try String(contentsOf: folder.appendingPathComponent("out/\(file).swift"), encoding: .utf8)
        #expect(text.contains("public enum \(name) {"), "\(file)")
        #expect(text.contains("JSONReader") && !text.contains("\(name)3.Event"))
      }
    }
  }

  @Test("the manifest says of each file which rule it is, and what is known of it")
  func manifest() throws {
    let folder = try Tool.folder(["rules/a.yml": Self.good])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(
      ["compile", "rules", "--to", "athena", "--proved", "--out", "out"], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    let text = try String(contentsOf: folder.appendingPathComponent("out/manifest.json"), encoding: .utf8)
    let digest = try #require(text.firstMatch(of: /"digest": "(\w+)"/)).1
    #expect(
      try JSON.parse(text).compactJSON
        == #"{"writtenBy":"concord \#(Compiler.version)","files":[{"file":"a.sql","source":"rules/a.yml","rule":"A","language":"athena","digest":"\#(digest)","proved":true,"level":"high","tags":[]}]}"#
    )
    let query = try String(contentsOf: folder.appendingPathComponent("out/a.sql"), encoding: .utf8)
    #expect(query.contains(digest))
  }

  @Test("a manifest reaches no file outside its folder, and one that is not Concord's is not touched")
  func hostileManifests() throws {
    let outside = #"{"writtenBy": "concord 0", "files": [FILES]}"#
    for name in ["../victim.sql", "/victim.sql", "link/victim.sql", "a/../../victim.sql"] {
      let entry = #"{"file": "\#(name)", "source": "rules/gone.yml", "rule": "G", "language": "athena"}"#
      let folder = try Tool.folder([
        "rules/a.yml": Self.good, "victim.sql": "SELECT 1",
        "out/manifest.json": outside.replacing("FILES", with: entry),
      ])
      defer { try? FileManager.default.removeItem(at: folder) }
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("out/link"), withDestinationURL: folder)
      let result = try Tool.run(["compile", "rules", "-t", "athena", "--out", "out"], in: folder)
      #expect(result.code == 0, "\(result.errors)")
      #expect(
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("victim.sql").path), "\(name)")
    }
    let foreign = ["rules/a.yml": Self.good, "out/manifest.json": #"{"name": "an app"}"#]
    let folder = try Tool.folder(foreign)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["compile", "rules", "-t", "athena", "--out", "out"], in: folder)
    #expect(result.code == 3)
    #expect(
      result.errors
        == "error[E904]: `out/manifest.json` is not a manifest that Concord wrote\nhelp: write into another folder, or rename the file\n"
    )
    #expect(
      try String(contentsOf: folder.appendingPathComponent("out/manifest.json"), encoding: .utf8)
        == foreign["out/manifest.json"])
  }

  @Test("two rules for one file: the first is written, the second is told, and the run is summed up")
  func clash() throws {
    let folder = try Tool.folder(["x/a.yml": Self.good, "y/a.yml": Self.good])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["compile", "x", "y", "-t", "splunk", "--out", "out"], in: folder)
    #expect(result.code == 3)
    #expect(
      result.errors.contains(
        "error[E906]: `y/a.yml` and `x/a.yml` would both be written to `out/a.spl`\n"), "\(result.errors)")
    #expect(result.errors.hasSuffix("2 exact, 0 refused, 0 bad\n"))
  }
}
