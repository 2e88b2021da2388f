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

  /// Its sources, compiled as a program outside this package against the modules that the tests stand beside: to build
  /// its package builds all of ours a second time. That its manifest names what there is, SwiftPM says.
  @Test func embedInSwiftPrintsWhatItsFileSays() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let built = try #require(Bundle.main.executableURL).deletingLastPathComponent()
    let modules = try FileManager.default.contentsOfDirectory(atPath: built.path)
      .filter { $0.hasSuffix(".build") && $0.hasPrefix("Concord") && !$0.hasSuffix("Tests.build") }
    let objects = modules.flatMap { module in
      (FileManager.default.subpaths(atPath: built.appending(path: module).path) ?? [])
        .filter { $0.hasSuffix(".o") }.map { built.appending(path: module).appending(path: $0).path }
    }
    let sources = ["main.swift", "AWSModifyCloudComputeInfrastructure.swift"].map {
      Self.folder.appending(path: "Sources/embed/\($0)").path
    }
    let program = scratch.url.appending(path: "embed").path
    let compiled = try Command.run(
      "/usr/bin/env",
      ["swiftc", "-swift-version", "6", "-I", built.appending(path: "Modules").path, "-o", program]
        + sources + objects, capturingErrors: true)
    #expect(compiled.status == 0, "\(String(decoding: compiled.errors, as: UTF8.self))")
    let events = Self.folder.appendingPathComponent("events.ndjson").path
    let result = try Command.run(program, [Self.rule.path, events], capturingErrors: true)
    let expected = try String(contentsOf: Self.folder.appendingPathComponent("expected.txt"), encoding: .utf8)
    #expect(
      String(decoding: result.output, as: UTF8.self) == expected,
      "\(String(decoding: result.errors, as: UTF8.self))")
  }

  @Test func embedInSwiftIsAPackage() throws {
    #expect(try describedPackage(Self.folder).contains("Name: EmbedInSwift"))
  }
}

/// What the package manager says of the package in a folder.
func describedPackage(_ folder: URL) throws -> String {
  let scratch = try Scratch()
  defer { scratch.remove() }
  let result = try Command.run(
    "/usr/bin/env",
    [
      "swift", "package", "--package-path", folder.path, "--scratch-path",
      scratch.url.appending(path: "build").path, "describe",
    ], capturingErrors: true)
  #expect(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
  return String(decoding: result.output, as: UTF8.self)
}
