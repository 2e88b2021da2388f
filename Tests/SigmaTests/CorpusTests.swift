import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Foundation
import TestSupport
import Testing

@testable import ConcordSigma

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
    ("rules-emerging-threats", ["E317": 2]),
    ("rules-threat-hunting", [:]),
    ("rules-compliance", [:]),
    ("rules-placeholder", ["E317": 23]),
  ]

  @Test("every file reads", arguments: folders)
  func reads(_ folder: String, _ allowed: [String: Int]) throws {
    var refused: [String: [String]] = [:]
    var warned: [String: Int] = [:]
    let files = Corpus.files(folder)
    for file in files {
      do {
        for document in try Language.sigma.read(Corpus.source(file), options: LanguageOptions()) {
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

  @Test("every rule can be written, and is read back the same", arguments: ["rules", "rules-threat-hunting"])
  func writes(_ folder: String) throws {
    var refused: [String: Int] = [:]
    var count = 0
    for file in Corpus.files(folder) {
      for document in try Language.sigma.read(Corpus.source(file), options: LanguageOptions()) {
        count += 1
        switch LawTests.write(document.rule) {
        case .success(let text):
          let read = try Language.sigma.read(Source(text: text), options: LanguageOptions())
          #expect(
            Unordered(read[0].rule.condition) == Unordered(document.rule.condition),
            "\(file.lastPathComponent)")
          #expect(
            read.count == 1 && read[0].warnings.isEmpty,
            "\(file.lastPathComponent): \(read[0].warnings.map(\.message))")
        case .failure(let refusal): refused[refusal.code.rawValue, default: 0] += 1
        }
      }
    }
    print("\(folder): \(count) rules written and read back, refused \(refused)")
    #expect(refused.isEmpty)
  }

  @Test("broken rules are refused at a place, or taken: never a crash")
  func broken() throws {
    var random = SeededGenerator(seed: 7)
    let files = Corpus.files("rules")
    var (refused, taken) = (0, 0)
    for _ in 0..<(files.isEmpty ? 0 : 400) {
      guard let file = random.element(of: files) else { break }
      var scalars = Array(try Corpus.source(file).text.unicodeScalars)
      for _ in 0..<random.number(1...3) {
        let place = random.number(0...(scalars.count - 1))
        switch random.number(0...3) {
        case 0: scalars.remove(at: place)
        case 1:
          scalars.insert(
            random.pick("|", ":", "*", "(", "[", "{", "'", "\"", "\n", "\\", "-", "&", "%"), at: place)
        case 2: scalars.removeSubrange(place..<min(scalars.count, place + random.number(1...40)))
        default: scalars.swapAt(place, random.number(0...(scalars.count - 1)))
        }
      }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      let source = Source(name: file.lastPathComponent, text: String(text))
      do throws(Diagnostic) {
        _ = try Language.sigma.read(source, options: LanguageOptions())
        taken += 1
      } catch {
        refused += 1
        #expect(error.source == source && !error.labels.isEmpty, "\(error.message)")
      }
    }
    print("broken rules: \(refused) refused, \(taken) taken")
    #expect(files.isEmpty || refused >= 100)
  }
}
