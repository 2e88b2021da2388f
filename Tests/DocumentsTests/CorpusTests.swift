import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

/// The inputs of `Tests/Corpus`: seeds of the fuzz targets, and what they found once it is fixed.
@Suite("the inputs that fuzzing starts from keep its laws")
struct CorpusTests {
  static func sources(_ folder: String) throws -> [Source] {
    let root = Shared.root.appendingPathComponent("Tests/Corpus/\(folder)")
    return try FileManager.default.contentsOfDirectory(atPath: root.path).sorted().map { name in
      let data = try Data(contentsOf: root.appendingPathComponent(name))
      return Source(name: name, text: String(decoding: data, as: UTF8.self))
    }
  }

  @Test func json() throws {
    let sources = try Self.sources("json")
    #expect(!sources.isEmpty)
    for source in sources {
      let values = (try? JSON.lines(source).map(\.value)) ?? (try? [JSON.parse(source)]) ?? []
      for value in values {
        #expect(try JSON.parse(value.compactJSON) == value && JSON.parse(value.prettyJSON) == value)
        #expect(try JSON.node(Source(text: value.prettyJSON)).value == value)
      }
    }
  }

  @Test func yaml() throws {
    let sources = try Self.sources("yaml")
    #expect(!sources.isEmpty)
    for source in sources {
      guard let documents = try? YAML.documents(source) else { continue }
      for value in documents.map(\.value) {
        #expect(try YAML.documents(Source(text: try YAML.write(value))).map(\.value) == [value])
      }
    }
  }

  @Test func theSeedsThemselvesAreRead() throws {
    #expect(
      try JSON.lines(try #require(try Self.sources("json").first { $0.name == "documents.json" }))
        .count == 3)
    let rule = try #require(try Self.sources("yaml").first { $0.name == "rule.yaml" })
    let node = try #require(try YAML.documents(rule).first)
    #expect(node["Tests"]?.sequence?.last?["Other"]?.scalar == "two")
    #expect(node["Condition"]?.origin?.start == Position(line: 4, column: 3))
    #expect(
      try YAML.documents(try #require(try Self.sources("yaml").first { $0.name == "documents.yaml" })).map(
        \.value.compactJSON) == [#"{"key":[["a"],{"b":"5"}]}"#, #"" text\n\n""#, "\"a\u{85} b\""])
  }
}
