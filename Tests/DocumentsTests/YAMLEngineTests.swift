import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

/// PyYAML as `Tests/Engines/yaml_values.py` drives it.
enum PyYAML {
  struct Request: Encodable {
    var path: String?
    var text: String?
    /// `rules` or `stock`.
    let loader: String
  }

  struct Answer: Decodable {
    let json: String?
    let refused: String?

    /// The documents' values.
    func values() throws -> [Value] {
      guard let json, case .array(let values) = try JSON.parse(json) else { return [] }
      return values
    }
  }

  static func read(_ requests: [Request], skipping what: String) throws -> [Answer]? {
    try Engine.run("yaml_values.py", requests, skipping: what)
  }

  /// Whether the values are the same, floats as doubles.
  static func agree(_ ours: Value, _ theirs: Value) -> Bool {
    switch (ours, theirs) {
    case (.number(let a), .number(let b)):
      b.written.contains { ".eE".contains($0) } ? a.double == b.double : a == b
    case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy(agree)
    case (.object(let a), .object(let b)):
      a.members.count == b.members.count
        && zip(a.members, b.members).allSatisfy {
          $0.key.sameScalars(as: $1.key) && agree($0.value, $1.value)
        }
    default: ours == theirs
    }
  }
}

@Suite("YAML is read as PyYAML reads it")
struct YAMLEngineTests {
  @Test(arguments: ["panther", "sigma"])
  func everyFileOfTheCorpusHasTheSameValues(corpus: String) throws {
    guard let root = Shared.url("corpora/\(corpus)") else {
      print("\(corpus): skipped, not on this machine")
      return
    }
    let files = try yamlFiles(below: root)
    let requests = files.map { PyYAML.Request(path: $0.path, loader: "rules") }
    guard let answers = try PyYAML.read(requests, skipping: "\(files.count) YAML files of \(corpus)") else {
      return
    }
    var same = 0
    for (file, answer) in zip(files, answers) {
      let source = Source(name: file.lastPathComponent, text: try String(contentsOf: file, encoding: .utf8))
      do {
        let ours = try YAML.documents(source).map(\.value)
        let theirs = try answer.values()
        let isSame = ours.count == theirs.count && zip(ours, theirs).allSatisfy(PyYAML.agree)
        #expect(isSame && answer.refused == nil, "\(file.path): \(answer.refused ?? "other values")")
        if isSame { same += 1 }
      } catch {
        Issue.record("\((error as? Diagnostic).map { DiagnosticRenderer().render($0) } ?? "\(error)")")
      }
    }
    print("\(corpus): \(same) of \(files.count) YAML files have PyYAML's values")
    #expect(!files.isEmpty)
  }

  /// Plain scalars, each a document of its own.
  @Test func plainScalarsResolveAlike() throws {
    let scalars = [
      "null", "Null", "NULL", "nULL", "~", "~a", "true", "True", "TRUE", "tRUE", "false", "False", "FALSE",
      "yes", "Yes", "no",
      "on", "off", "y", "n", "0", "-0", "+0", "1", "-1", "+1", "007", "-007", "08", "1_000", "_1", "1_",
      "1__0", "0x1F",
      "0X1F", "-0x1f", "0x", "0x_", "0x1_F", "0b101", "-0b11", "0b2", "0o17", "1e3", "1e+3", "1.0e3",
      "1.5e+3", "1.5E-3",
      ".5", "-.5", "+.5", "5.", "5.e+1", "1.2.3", "1_0.5_0", "._5", "0.1", "-0.0", "00.5", "1:30", "1:30:00",
      "190:20:30.15",
      "2001-12-14", "2001-12-14t21:59:43.10-05:00", "12345678901234567890123", "0xFFFFFFFFFFFFFFFFFFFF",
      "377077835340488700", "1.621305118553e+12", ".", "..", "-", "--", "+", "1-2", "1 2", "=", "0.0.0.0/0",
      "1e", "1.e", "0_0",
    ]
    let requests = scalars.map { PyYAML.Request(text: "- \($0)\n", loader: "rules") }
    guard let answers = try PyYAML.read(requests, skipping: "\(scalars.count) plain scalars") else { return }
    for (scalar, answer) in zip(scalars, answers) {
      let ours = try YAML.documents(Source(text: "- \(scalar)\n")).map(\.value)
      let theirs = try answer.values()
      #expect(
        zip(ours, theirs).allSatisfy(PyYAML.agree) && answer.refused == nil, "\(scalar): \(ours) \(theirs)")
    }
  }

  private func yamlFiles(below root: URL) throws -> [URL] {
    let all = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.sorted()
      .map { root.appendingPathComponent($0) }
  }
}
