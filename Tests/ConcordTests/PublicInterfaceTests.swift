import Foundation
import TestSupport
import Testing

/// What the documentation and the example of embedding show is written against `import Concord` alone, as a program
/// outside this package sees it: here it is compiled like that.
struct PublicInterfaceTests {
  static let pages = ["Concord", "EmbeddingARule", "GettingStarted"]

  @Test(arguments: pages) func snippetsCompile(page: String) throws {
    let text = try PublicInterfaceTests.text("Sources/Concord/Concord.docc/\(page).md")
    let blocks = text.components(separatedBy: "```swift\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0].replacing("import Concord\n", with: "") }
    #expect(!blocks.isEmpty)
    let given = page == "GettingStarted" ? "text: String" : "text: String, source: Source, events: [Event]"
    let program = "import Concord\n\nfunc page(\(given)) throws {\n\(blocks.joined(separator: "\n"))\n}\n"
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = try scratch.file("Snippets.swift", Data(program.utf8))
    let found = try errors([file.path])
    #expect(found == "", "\(found)")
  }

  @Test func exampleCompiles() throws {
    let folder = "Examples/EmbedInSwift/Sources/embed"
    let root = Shared.root.appendingPathComponent(folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: root.path).filter {
      $0.hasSuffix(".swift")
    }
    #expect(files.count == 2)
    let found = try errors(files.map { root.appendingPathComponent($0).path })
    #expect(found == "", "\(found)")
  }

  /// The check can fail: what is shared inside the package is not seen.
  @Test func innerPartsAreNotSeen() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = try scratch.file(
      "Inner.swift", Data("import Concord\nlet kind = { (condition: Condition) in condition.kind }\n".utf8))
    #expect(try errors([file.path]).contains("'kind' is inaccessible due to 'package' protection level"))
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: Shared.root.appendingPathComponent(path), encoding: .utf8)
  }

  /// What the compiler finds wrong in `files`, which are of no package.
  private func errors(_ files: [String]) throws -> String {
    let tests = try #require(Bundle.main.executableURL)
    let modules = tests.deletingLastPathComponent().appendingPathComponent("Modules").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["swiftc", "-typecheck", "-swift-version", "6", "-I", modules] + files
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : text
  }
}
