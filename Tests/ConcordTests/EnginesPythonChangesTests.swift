import Concord
import Foundation
import TestSupport
import Testing

/// Published rules in Python beside themselves: what was read of each, and CPython running it as it is, on the events of its
/// tests and on events with one value changed. `Tests/Engines/panther_changes.py`.
@Suite("Engines: published rules in CPython", .waitsForPrograms)
struct EnginesPythonChangesTests {
  private struct Request: Encodable {
    let file: String
    let paths: [[String]]
    let limit: Int
    let log: String?
  }

  private struct Answer: Decodable {
    let cases: [Case]
    let verdicts: [Verdict]
    let error: String?

    struct Case: Decodable {
      let event: String
      let verdict: Verdict
      let change: String
      let path: [String]
    }

    /// True where the rule's result is `True`; another result, and an exception, are no match.
    struct Verdict: Decodable {
      let matches: Bool

      init(from decoder: any Decoder) throws {
        matches = (try? decoder.singleValueContainer().decode(Bool.self)) ?? false
      }
    }
  }

  /// Files as they are on this machine.
  private static let files = SourceFiles(
    read: { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).map { Source(name: path, text: $0) }
    },
    list: { folder in
      ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []).filter {
        $0.hasSuffix(".py") || $0.hasSuffix(".yml")
      }.sorted()
    })

  /// The rules of the package that are read; `nil` where it is not there.
  private static func documents(_ what: String) throws -> [RuleDocument]? {
    guard try Engine.isAvailable(for: what), let python = Engine.python else { return nil }
    let folder = python.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
      "rules")
    guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("panther_core").path) else {
      #expect(!Engine.isRequired, "no packages at \(folder.path): run Tests/Engines/setup")
      Engine.note("skipped \(what): run Tests/Engines/setup")
      return nil
    }
    var options = LanguageOptions()
    options.files = files
    let compiler = Compiler(options: options)
    let rules = folder.appendingPathComponent("pypanther/rules")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: rules.path).filter {
      $0.hasSuffix(".py") && !$0.hasSuffix("__init__.py")
    }
    var documents: [RuleDocument] = []
    for path in paths.sorted() {
      guard let source = files.read(rules.appendingPathComponent(path).path) else { continue }
      documents += try compiler.loadAll(source).documents
    }
    return documents
  }

  /// How many of the verdicts are equal at least, in thousandths, on events that keep the kind of each value, and how many
  /// tests fail at most: they spell a key otherwise than the other tests of their rules.
  private static let expected = (equal: 997, failing: 2)

  @Test("what is read says what CPython says of changed events, or a note names why not")
  func changes() throws {
    let what = "published rules in CPython"
    guard let documents = try Self.documents(what) else { return }
    let requests = documents.map { document in
      Request(
        file: document.source.name, paths: document.rule.condition.paths.map(\.names).filter { !$0.isEmpty },
        limit: 120, log: nil)
    }
    guard let answers = try Engine.run("panther_changes.py", requests, as: Answer.self, skipping: what) else {
      return
    }
    var (all, equal, said, ofKind, equalOfKind) = (0, 0, 0, 0, 0)
    var unsaid: [String: (count: Int, example: String)] = [:]
    var byChange: [String: Int] = [:]
    for (document, answer) in zip(documents, answers) {
      #expect(answer.error == nil, "\(document.source.name): \(answer.error ?? "")")
      let condition = document.rule.condition
      for one in answer.cases {
        guard let event = Event(try JSON.parse(one.event)), document.isMeantFor(event) else { continue }
        all += 1
        let (isOfKind, isEqual) = (one.change != "kind", condition.holds(of: event) == one.verdict.matches)
        if isOfKind { ofKind += 1 }
        if isEqual {
          equal += 1
          if isOfKind { equalOfKind += 1 }
          continue
        }
        byChange[one.change, default: 0] += 1
        // An event as it is: its test fails in `check` too.
        if one.change.isEmpty { continue }
        if document.warnings.contains(where: { $0.says(one.change, at: one.path) }) {
          said += 1
        } else {
          let place = "\(one.change) at \(one.path.joined(separator: "."))"
          let example = "\(document.rule.id), \(place): CPython \(one.verdict.matches) of \(one.event)"
          unsaid[one.change, default: (0, example)].count += 1
        }
      }
    }
    let differences = byChange.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }
    Engine.note(
      "CPython: \(documents.count) published rules, \(equal) of \(all) verdicts are equal, \(equalOfKind) of "
        + "\(ofKind) where values keep their kinds; of the others a note says \(said); changed: \(differences.joined(separator: ", "))"
    )
    for (_, value) in unsaid.sorted(by: { $0.value.count > $1.value.count }) {
      Engine.note("unsaid: \(value.count), as \(value.example)")
    }
    #expect(all > 30_000 && equalOfKind * 1_000 >= ofKind * Self.expected.equal)
    #expect(unsaid.isEmpty && byChange["", default: 0] <= Self.expected.failing)
  }

  /// Under the first reading of the notation that makes its fixtures hold: it loses letter case, and which way two fields
  /// are compared.
  @Test("the catalogue's conditions are those of their programs")
  func acceptance() throws {
    guard let accepted = try AcceptanceEnginesTests.accepted() else { return }
    guard let documents = try Self.documents("acceptance conditions beside their programs") else { return }
    var found = 0
    for item in accepted {
      let own = documents.filter { $0.rule.id == item.rule.id + "-prototype" }
      guard let document = own.first else { continue }
      found += 1
      let proof = Prover().compare(item.rule.condition, document.rule.condition)
      #expect(proof.verdict == .equal, "\(item.rule.id): \(proof)")
    }
    Engine.note("acceptance: \(found) of \(accepted.count) conditions have a program in the package")
    #expect(found == 12)
  }

  @Test("what is read of CloudTrail's rules says what CPython says of recorded events")
  func recorded() throws {
    let what = "published CloudTrail rules on recorded events in CPython"
    guard let lines = try CloudTrailCorpus.lines(), let documents = try Self.documents(what) else { return }
    let rules = documents.filter { document in
      document.rule.logSources.contains { $0.service?.lowercased() == "cloudtrail" }
    }
    let scratch = try Scratch()
    defer { scratch.remove() }
    let log = try scratch.file("log", Data(lines.joined(separator: [0x0A])))
    let requests = rules.map { Request(file: $0.source.name, paths: [], limit: 0, log: log.path) }
    guard let answers = try Engine.run("panther_changes.py", requests, as: Answer.self, skipping: what) else {
      return
    }
    let events = try lines.compactMap { Event(try JSON.parse(String(decoding: $0, as: UTF8.self))) }
    var (verdicts, matches) = (0, 0)
    for (document, answer) in zip(rules, answers) {
      #expect(answer.verdicts.count == events.count)
      let predicate = document.rule.predicate()
      for (event, verdict) in zip(events, answer.verdicts) {
        verdicts += 1
        if verdict.matches { matches += 1 }
        if predicate(event) != verdict.matches {
          Issue.record(
            "\(document.rule.id): CPython \(verdict.matches) of \(Value.object(event.object).compactJSON)")
          break
        }
      }
    }
    Engine.note(
      "CPython: \(rules.count) published CloudTrail rules on \(events.count) recorded events: \(verdicts) verdicts, "
        + "\(matches) matches")
    #expect(rules.count > 90)
  }
}

extension RuleDocument {
  /// Whether an event is of a log for which the rule's program is read.
  fileprivate func isMeantFor(_ event: Event) -> Bool {
    guard case .string(let logType)? = event.object["p_log_type"] else { return true }
    return !warnings.contains { $0.code.rawValue == "W328" && $0.message.contains("`\(logType)`") }
  }
}

extension Diagnostic {
  /// Whether a note says that a rule is read otherwise where a value there is changed so: what it says is about that field,
  /// or what holds it, or is in it.
  fileprivate func says(_ change: String, at path: [String]) -> Bool {
    switch code.rawValue {
    case "N396", "N326": break
    case "N397": if change.hasPrefix("null") { return true }
    case "N398": return true
    default: return false
    }
    return message.matches(of: /`([^`]*)`/).contains { match in
      let own = match.1.matches(of: /"([^"]*)"|\[[^\]]*\]|[^."\[\]]+/).map { $0.1 ?? $0.0 }
        .filter { !$0.hasPrefix("[") }
      // Keys are found in any letter case.
      return !own.isEmpty && zip(own, path).allSatisfy { $0.lowercased() == $1.lowercased() }
    }
  }
}
