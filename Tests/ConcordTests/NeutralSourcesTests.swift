import Concord
import Foundation
import TestSupport
import Testing

/// What is neutral stays neutral: outside the registry, no code of `Sources` names a language.
@Suite("Sources")
struct NeutralSourcesTests {
  /// Where names are meant: the registry, and the reading that is named after the platform whose meaning it is.
  static let exceptions = [
    "Concord/Registry.swift", "Notation/Reading.swift",
    "Notation/ReadingWords.swift",
  ]

  @Test("name no language")
  func names() throws {
    let folder = Shared.root.appendingPathComponent("Sources")
    let paths = try #require(FileManager.default.subpaths(atPath: folder.path))
      .filter { path in path.hasSuffix(".swift") && !Self.exceptions.contains { path.hasPrefix($0) } }
    try #require(paths.count > 150)
    // The language that this is written in is named everywhere, and `sigma` is a letter too.
    let names = try Registry.languages.filter { $0.identifier != "swift" }.map { language in
      try Regex("\\b\(language.identifier)").ignoresCase()
    }
    for path in paths {
      let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
        // A command line of the help names what a user types.
        if code.contains("concord ") || code.contains("final sigma") { continue }
        #expect(!names.contains { code.contains($0) }, "\(path):\(number + 1): \(line)")
      }
    }
  }
}
