import Concord
import Foundation
import TestSupport
import Testing

@Suite("Examples")
struct ExamplesTests {
  static let folder = Shared.root.appendingPathComponent("Examples/EmbedInSwift")
  static let rule = Shared.root.appendingPathComponent(EnginesRealEventsTests.rulePath)

  /// The source that the example compiles in is what the compiler writes now.
  @Test func theGeneratedSourceIsUpToDate() throws {
    let query = try Compiler().write(try EnginesRealEventsTests.firstRule(), in: .swift)
    let file = Self.folder.appendingPathComponent("Sources/embed/AWSModifyCloudComputeInfrastructure.swift")
    #expect(try String(contentsOf: file, encoding: .utf8) == query.text)
  }

  /// Builds in a folder of its own under `.build`, where a second run finds everything built.
  @Test func embedInSwiftPrintsWhatItsFileSays() throws {
    let scratch = Shared.root.appendingPathComponent(".build/examples").path
    let events = Self.folder.appendingPathComponent("events.ndjson").path
    let result = try Command.run(
      "/usr/bin/env",
      [
        "swift", "run", "--quiet", "--package-path", Self.folder.path, "--scratch-path", scratch, "embed",
        Self.rule.path, events,
      ], capturingErrors: true)
    let expected = try String(contentsOf: Self.folder.appendingPathComponent("expected.txt"), encoding: .utf8)
    #expect(
      String(decoding: result.output, as: UTF8.self) == expected,
      "\(String(decoding: result.errors, as: UTF8.self))")
  }
}
