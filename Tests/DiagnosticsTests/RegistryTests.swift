import ConcordDiagnostics
import Foundation
import Testing

@Suite("The registry of codes")
struct RegistryTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("numbers and names are one code's alone, and typed as they are printed")
  func unique() {
    let codes = Diagnostic.Code.allCases
    // Not even the letter tells two codes apart.
    #expect(Set(codes.map { $0.rawValue.dropFirst() }).count == codes.count)
    #expect(Set(codes.map(\.name)).count == codes.count)
    for code in codes {
      #expect(code.rawValue.wholeMatch(of: /[EWN][1-9][0-9]{2}/) != nil, "\(code)")
      #expect(code.name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(code)")
      #expect(Diagnostic.Code(named: code.name) == code)
      #expect(Diagnostic.Code(named: code.rawValue.lowercased()) == code)
      #expect(code.meaning.hasSuffix(".") && code.help.hasSuffix("."), "\(code)")
    }
    #expect(Diagnostic.Code(named: "E999") == nil)
  }

  @Test(
    "the letter is the severity, the hundred the phase, the words the name",
    arguments: [
      (Diagnostic.Code.keywords, "keywords", Diagnostic.Severity.error, Diagnostic.Code.Phase.targets),
      (.noSuchField, "no-such-field", .error, .targets), (.notUTF8, "not-utf8", .error, .usage),
      (.beyondJSON, "beyond-json", .error, .text), (.unknownKey, "unknown-key", .warning, .names),
      (.noSource, "no-source", .note, .targets), (.notANumber, "not-a-number", .error, .text),
    ])
  func parts(
    _ code: Diagnostic.Code, _ name: String, _ severity: Diagnostic.Severity, _ phase: Diagnostic.Code.Phase
  ) {
    #expect(code.name == name)
    #expect(code.severity == severity)
    #expect(code.phase == phase)
  }

  @Test("every code is said somewhere")
  func used() throws {
    var said: Set<String> = []
    for folder in ["Sources", "Targets"] {
      for file in try files(in: folder, endings: ["swift"]) where !file.lastPathComponent.hasPrefix("Code") {
        for match in try String(contentsOf: file, encoding: .utf8).matches(of: /\.([a-z][A-Za-z0-9]*)/) {
          said.insert(String(match.1))
        }
      }
    }
    #expect(Diagnostic.Code.allCases.filter { !said.contains("\($0)") } == [])
  }

  /// A test that provokes a code expects its number, which is what users read. Tests of diagnostics themselves make them
  /// by hand, and do not count.
  @Test("every code is reached by a test of what says it")
  func reached() throws {
    var expected: Set<String> = []
    for file in try files(in: "Tests", endings: ["swift"]) where !file.path.contains("/DiagnosticsTests/") {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        if line.drop(while: { $0 == " " }).hasPrefix("//") { continue }
        for match in line.matches(of: /\b[EWN][1-9][0-9]{2}\b/) { expected.insert(String(match.0)) }
      }
    }
    #expect(Diagnostic.Code.allCases.map(\.rawValue).filter { !expected.contains($0) } == [])
  }

  private func files(in folder: String, endings: [String]) throws -> [URL] {
    let found = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return try #require(found).compactMap { $0 as? URL }.filter { endings.contains($0.pathExtension) }
  }

  /// `RECORD=1` writes the page anew, and fails all the same: what was written wants to be read.
  @Test("the documentation's page of codes is that of the registry")
  func documentation() throws {
    let file = root.appending(path: "Sources/Concord/Concord.docc/Diagnostics.md")
    let written = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let isFresh = written == RegistryTests.page
    if !isFresh, ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try RegistryTests.page.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(isFresh, "the page is stale: RECORD=1 writes it")
  }

  static let page =
    """
    # Diagnostics

    All that Concord may say, by the stage in which it arises.

    ## Overview

    The letter of a code is its severity: `E` an error, `W` a warning, `N` a note. A code stands for one concept, whichever
    language it is met in. `concord explain CODE` prints its entry, and `--allow` of `concord compile` takes its number or
    its name.

    """
    + Diagnostic.Code.Phase.allCases.map { phase in
      "\n## \(phase.title)\n\n| Code | Name | What it means | What to do |\n| --- | --- | --- | --- |\n"
        + Diagnostic.Code.allCases.filter { $0.phase == phase }
        .map { "| \($0.rawValue) | `\($0.name)` | \(cell($0.meaning)) | \(cell($0.help)) |\n" }.joined()
    }.joined()

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
