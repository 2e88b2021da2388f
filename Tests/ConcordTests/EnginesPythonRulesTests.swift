import Concord
import Foundation
import TestSupport
import Testing

/// Published rules in Python, read and checked with their own tests: the package `pypanther` of `Tests/Engines/rules.txt`.
@Suite("Engines: published rules in Python", .waitsForPrograms)
struct EnginesPythonRulesTests {
  /// How many rules there are, how many of them are read at least, and how many of their fixtures do not hold at most: two
  /// rules have one each that spells a field unlike its siblings (`protopayload`), and keys are exact.
  private static let expected = (rules: 595, read: 522, failing: 2)

  @Test("each is read, or refused with a place; the fixtures of those that are read hold")
  func rules() throws {
    guard try Engine.isAvailable(for: "\(Self.expected.rules) published rules in Python"),
      let python = Engine.python
    else { return }
    let folder = python.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("rules/pypanther/rules")
    guard FileManager.default.fileExists(atPath: folder.path) else {
      #expect(!Engine.isRequired, "no rules at \(folder.path): run Tests/Engines/setup")
      return Engine.note("skipped \(Self.expected.rules) published rules in Python: run Tests/Engines/setup")
    }
    let result = try Tool.run(["check", folder.path, "--include-disabled"], in: folder)
    var (read, holding, fixtures) = (0, 0, 0)
    for match in result.output.matches(of: /(?m)^  (\d+) of (\d+) fixtures? hold$/) {
      read += 1
      holding += Int(match.1) ?? 0
      fixtures += Int(match.2) ?? 0
    }
    read += result.output.matches(of: /(?m)^  no fixtures$/).count
    var refused: [String: Int] = [:]
    for match in result.errors.matches(of: /(?m)^error\[(E\d+)\]/) {
      refused[String(match.1), default: 0] += 1
    }
    let reasons = refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    Engine.note("Python rules: \(read) read, \(holding) of \(fixtures) fixtures hold; refused \(reasons)")
    #expect(read + refused.values.reduce(0, +) == Self.expected.rules, "\(reasons)")
    #expect(read >= Self.expected.read && fixtures > 1_200)
    #expect(fixtures - holding <= Self.expected.failing, "\(holding) of \(fixtures)")
    // Each refusal has its place.
    #expect(result.errors.matches(of: /(?m)^ --> .*:\d+:\d+$/).count >= refused.values.reduce(0, +))
  }
}
