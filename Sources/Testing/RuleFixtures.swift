import Concord
import Foundation

/// The fixtures of rule files, for tests that replay them.
///
/// ```swift
/// import ConcordTesting
/// import Testing
///
/// @Test(arguments: try RuleFixtures.of("Rules"))
/// func holds(_ fixture: RuleFixture) {
///   #expect(fixture.holds, "\(fixture.why)")
/// }
/// ```
public enum RuleFixtures {
  /// The fixtures of all rules of a file, or of a folder's files in order. Throws the first thing that is wrong with a rule,
  /// and what cannot be read.
  public static func of(_ path: String, compiler: Compiler = Compiler()) throws -> [RuleFixture] {
    try documents(path, compiler).flatMap { document in
      compiler.check(document).outcomes.map { RuleFixture($0, of: document.rule) }
    }
  }

  /// The translations of all rules of a file or folder to these languages, each verified. Throws as `of` does.
  public static func translations(
    of path: String, to languages: [Language], compiler: Compiler = Compiler()
  ) throws -> [RuleTranslation] {
    try documents(path, compiler).flatMap { document in
      let verification = compiler.verify(document.rule, in: languages)
      return zip(languages, verification.judgements).map { language, judgement in
        RuleTranslation(
          rule: document.rule.id, language: language.name, verdict: judgement.verdict,
          why: judgement.reason ?? "")
      }
    }
  }

  private static func documents(_ path: String, _ compiler: Compiler) throws -> [RuleDocument] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CocoaError(.fileNoSuchFile)
    }
    let names = isFolder.boolValue ? try FileManager.default.subpathsOfDirectory(atPath: path).sorted() : [""]
    let sources = try names.compactMap { name -> Source? in
      let file = name.isEmpty ? path : path + "/" + name
      guard Registry.endings.contains(URL(filePath: file).pathExtension.lowercased()) else { return nil }
      let source = Source(name: file, text: try String(contentsOfFile: file, encoding: .utf8))
      return Compiler.isRule(source) ? source : nil
    }
    let compiler = compiler.collecting(sources)
    return try sources.flatMap { try compiler.load($0) }
  }
}

/// An event with the verdict that its rule is to have, and the one that it has.
public struct RuleFixture: Sendable, CustomStringConvertible {
  /// The rule's id.
  public let rule: String
  /// What the event shows.
  public let name: String
  /// The verdict that its author expects.
  public let expected: Bool
  /// The verdict of the condition.
  public let verdict: Bool
  /// The questions that decided.
  public let why: String

  /// Whether the verdict is the expected one.
  public var holds: Bool { verdict == expected }
  /// The rule and the event, for people.
  public var description: String { "\(rule): \(name)" }

  init(_ outcome: CheckReport.Outcome, of rule: Rule) {
    self.rule = rule.id
    (name, expected, verdict) = (outcome.fixture.name, outcome.fixture.expected, outcome.verdict)
    why = outcome.deciding.map { $0.notation }.joined(separator: "; ")
  }
}

/// A rule in another language, verified.
public struct RuleTranslation: Sendable, CustomStringConvertible {
  /// The rule's id.
  public let rule: String
  /// The language's name.
  public let language: String
  /// How the verification ended.
  public let verdict: Verdict
  /// Why there is no proof, or no translation; empty where there is nothing to say.
  public let why: String

  /// Whether the translation gives the rule's verdict on every event that was tried, and is not proved to be another.
  public var agrees: Bool { verdict == .proved || verdict == .tested }
  /// The rule and the language, for people.
  public var description: String { "\(rule) in \(language): \(verdict)" }
}
