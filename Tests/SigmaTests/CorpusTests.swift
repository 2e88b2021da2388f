import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordSigma
import Foundation
import TestSupport
import Testing

/// The public rule set, where this machine has it.
enum Corpus {
  /// The rule files of a folder in order of their paths; none (with a word on standard error) where it is missing.
  static func files(_ folder: String) -> [URL] {
    guard let root = Shared.url("corpora/sigma/\(folder)") else {
      Engine.note("skipped the rules of \(folder): no corpus")
      return []
    }
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
    return found.compactMap { $0 as? URL }.filter { $0.pathExtension == "yml" }
      .sorted { $0.path < $1.path }
  }

  /// The file's text as a source.
  static func source(_ file: URL) throws -> Source {
    Source(name: file.lastPathComponent, text: try String(contentsOf: file, encoding: .utf8))
  }
}

@Suite("The public rules")
struct CorpusTests {
  /// Folder, and how many of its files may be refused for each reason.
  static let folders: [(String, [String: Int])] = [
    ("rules", [:]),
    ("rules-emerging-threats", ["E156": 2]),
    ("rules-threat-hunting", [:]),
    ("rules-compliance", [:]),
    ("rules-placeholder", ["E156": 23]),
  ]

  @Test("every file reads", arguments: folders)
  func reads(_ folder: String, _ allowed: [String: Int]) throws {
    var refused: [String: [String]] = [:]
    var warned: [String: Int] = [:]
    let files = Corpus.files(folder)
    for file in files {
      do {
        for document in try SigmaLanguage().read(Corpus.source(file), options: LanguageOptions()) {
          for warning in document.warnings { warned[warning.code.rawValue, default: 0] += 1 }
        }
      } catch let error as Diagnostic {
        refused[error.code.rawValue, default: []].append("\(file.lastPathComponent): \(error.message)")
      }
    }
    print("\(folder): \(files.count) files, refused \(refused.mapValues(\.count)), warnings \(warned)")
    for (_, lines) in refused.sorted(by: { $0.key < $1.key }) {
      for line in lines.prefix(3) { print("  \(line)") }
    }
    #expect(refused.mapValues(\.count) == (files.isEmpty ? [:] : allowed))
  }
}
