import Foundation
import TestSupport
import Testing

/// A folder of a language's code.
private struct Room {
  let name: String
  /// Its code without comments.
  let code: String

  init(_ name: String, at folder: URL) throws {
    self.name = name
    let paths = try #require(FileManager.default.subpaths(atPath: folder.path)).sorted()
    code = try paths.filter { $0.hasSuffix(".swift") }.map { path in
      try String(contentsOf: folder.appending(path: path), encoding: .utf8).replacing(/\/\/.*/, with: "")
    }.joined(separator: "\n")
  }

  /// The types that other files can name.
  var declared: Set<String> {
    let declarations = /^(?:[a-z]+ )*(?:struct|enum|class|protocol|actor|typealias) (\w+)/
      .anchorsMatchLineEndings()
    return Set(
      code.matches(of: declarations).filter { !$0.output.0.contains("private ") }.map { String($0.output.1) })
  }

  var names: Set<String> { Set(code.matches(of: /\b[A-Z]\w+/).map { String($0.output) }) }
}

/// The writer, the reader and the runner of a language are three witnesses of what a text means: a test or a proof
/// that compares two of them is worth something because neither asks the other.
@Suite("Rooms of languages")
struct RoomTests {
  private static let targets = Shared.root.appendingPathComponent("Targets")
  static let languages =
    (try? FileManager.default.contentsOfDirectory(atPath: targets.path).filter { !$0.hasPrefix(".") }.sorted())
    ?? []
  static let witnesses = ["Write", "Read", "Run"]
  /// What all three may use.
  static let shared = ["Syntax", "Store"]
  /// What some languages have besides.
  static let others = ["Deploy", "Engines", "Pages", "Pipelines", "Python", "Runtime"]

  private func rooms(_ language: String) throws -> [Room] {
    let folder = Self.targets.appendingPathComponent(language)
    return try (Self.witnesses + Self.shared + Self.others)
      .map { folder.appending(path: $0) }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
      .map { try Room($0.lastPathComponent, at: $0) }
  }

  @Test("have the same names") func names() throws {
    #expect(Self.languages.count >= 5)
    for language in Self.languages {
      let entries = try FileManager.default.contentsOfDirectory(
        at: Self.targets.appendingPathComponent(language), includingPropertiesForKeys: [.isDirectoryKey])
      let folders = try entries.filter {
        try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
      }
      let unknown = Set(folders.map(\.lastPathComponent))
        .subtracting(Self.witnesses + Self.shared + Self.others)
      #expect(unknown == [], "\(language)")
      #expect(folders.contains { Self.witnesses.contains($0.lastPathComponent) }, "\(language)")
    }
  }

  @Test("keep the witnesses apart", arguments: languages) func apart(_ language: String) throws {
    let rooms = try rooms(language)
    for witness in rooms where Self.witnesses.contains(witness.name) {
      let declared = witness.declared
      #expect(!declared.isEmpty)
      for room in rooms where room.name != witness.name && !Self.others.contains(room.name) {
        let used = room.names.intersection(declared).sorted()
        #expect(used == [], "\(language): \(room.name) names what \(witness.name) declares")
      }
    }
  }
}
