import Concord
import Foundation
import TestSupport

/// pySigma's Athena back end beside ours: the same rules, events, rows and Trino. `sweep trino peers FOLDER [EVENTS]
/// [EVERY]`, each of so many files.
///
/// Twice: over a table of texts, and of the rules that compare a field with numbers or booleans alone over a table in
/// which that field is of such a type, as the back end expects.
struct PeerSweep {
  let engine: any QueryEngine
  let folder: String
  let events: Int
  let every: Int

  private struct Request: Encodable {
    let document: String
  }

  private struct Answer: Decodable, Sendable {
    let condition: String?
    let types: [String: String]?
    let error: String?
  }

  /// A rule, and what pySigma makes of it.
  fileprivate struct Subject: Sendable {
    let path: String
    let rule: Rule
    let condition: String
    let types: [String: String]
  }

  /// What one writer's statements do.
  struct Writer: Sendable {
    var asked = 0
    /// The rules whose statement fails, by Trino's name for it.
    var failing: [String: Int] = [:]
    var missing = (rules: 0, events: 0)
    var extra = (rules: 0, events: 0)
    /// The rules of which every verdict is meant.
    var right = 0

    mutating func add(_ other: Writer) {
      asked += other.asked
      failing.merge(other.failing, uniquingKeysWith: +)
      missing = (missing.rules + other.missing.rules, missing.events + other.missing.events)
      extra = (extra.rules + other.extra.rules, extra.events + other.extra.events)
      right += other.right
    }

    mutating func count(_ outcome: TrialOutcome) {
      asked += 1
      switch outcome {
      case .refused(let error): failing["refused: \(error.code.rawValue)", default: 0] += 1
      case .failed(let error):
        // Trino's own name stands first: `… failed on the query: TYPE_MISMATCH: …`.
        let words = error.message.components(separatedBy: "failed on the query: ").last ?? ""
        failing[words.components(separatedBy: ":").first ?? "", default: 0] += 1
      case .answered(let agreement):
        let differing = agreement.outcomes.filter { $0.verdict != .agrees }
        let missed = differing.count { $0.probe.expected }
        missing = (missing.rules + (missed > 0 ? 1 : 0), missing.events + missed)
        let more = differing.count - missed
        extra = (extra.rules + (more > 0 ? 1 : 0), extra.events + more)
        right += differing.isEmpty ? 1 : 0
      }
    }

    func row(_ name: String) -> String {
      let failed = failing.values.reduce(0, +)
      return
        "| \(name) | \(asked) | \(failed) | \(missing.rules) (\(missing.events)) | \(extra.rules) (\(extra.events)) "
        + "| \(right) |"
    }
  }

  /// Both writers on both tables.
  struct Result: Tally {
    var (oursText, theirsText, oursTyped, theirsTyped) = (Writer(), Writer(), Writer(), Writer())
    var faults: [String] = []

    mutating func add(_ other: Result) {
      oursText.add(other.oursText)
      theirsText.add(other.theirsText)
      oursTyped.add(other.oursTyped)
      theirsTyped.add(other.theirsTyped)
      faults += other.faults
    }

    var line: String {
      "\(oursText.asked) rules, \(theirsText.right) of theirs right, \(oursText.right) of ours"
    }

    func report() {
      print(
        "| | rules | statement fails | misses events: rules (events) | finds too many: rules (events) | all right |"
      )
      print("| --- | --- | --- | --- | --- | --- |")
      print(theirsText.row("pySigma, columns of texts"))
      print(oursText.row("Concord, columns of texts"))
      print(theirsTyped.row("pySigma, numbers and booleans typed"))
      print(oursTyped.row("Concord, numbers and booleans typed"))
      for (name, writer) in [("texts", theirsText), ("typed", theirsTyped)] {
        let failing = writer.failing.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        print(
          "pySigma, \(name), fails by: \(failing.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
      }
    }
  }

  /// Whether ours is right of every rule that both write.
  func run() async throws -> Int32 {
    guard ProcessInfo.processInfo.environment["CONCORD_PYSIGMA_ATHENA"] != nil else {
      print(
        "`CONCORD_PYSIGMA_ATHENA` names no folder with pySigma-backend-athena: Tests/Engines/sigma_athena.py")
      return 1
    }
    guard let subjects = try subjects() else { return 1 }
    let progress = Progress<Result>("trino peers, rules", of: subjects.count) { $0.report() }
    await progress.count(subjects, by: 24) { compare($0) }
    let result = progress.finish()
    return result.oursText.asked > 0 && result.faults.isEmpty ? 0 : 1
  }

  /// The rules that both write over a table of texts.
  private func subjects() throws -> [Subject]? {
    let compiler = Compiler(options: .untyped)
    let all = Corpus.files(in: folder)
    let files = stride(from: 0, to: all.count, by: max(1, every)).map { all[$0] }
    let texts = files.map { (try? String(contentsOfFile: folder + "/" + $0, encoding: .utf8)) ?? "" }
    guard
      let answers = try Engine.run(
        "sigma_athena.py", texts.map(Request.init), as: Answer.self,
        skipping: "\(files.count) rules in pySigma")
    else { return nil }
    var (unread, ours, theirs) = (0, 0, Counts())
    var subjects: [Subject] = []
    for ((path, text), answer) in zip(zip(files, texts), answers) {
      guard let documents = try? compiler.load(Source(name: path, text: text)), documents.count == 1 else {
        unread += 1
        continue
      }
      let rule = documents[0].rule
      if (try? compiler.write(rule, in: .athena)) == nil {
        ours += 1
      } else if let condition = answer.condition {
        subjects.append(Subject(path: path, rule: rule, condition: condition, types: answer.types ?? [:]))
      } else {
        theirs.add(String((answer.error ?? "").prefix(60)))
      }
    }
    print(
      "\(files.count) files: \(subjects.count) rules that both write; \(unread) not one rule, \(ours) refused by us, "
        + "by pySigma: \(theirs.line)")
    return subjects
  }

  private func compare(_ subjects: [Subject]) -> Result {
    var result = Result()
    let (ours, theirs) = ask(subjects, .untyped)
    for (subject, (our, their)) in zip(subjects, zip(ours, theirs)) {
      result.count(subject, our, their, isTyped: false)
      // A rule without such fields has the same table.
      guard !subject.types.isEmpty else {
        result.count(subject, our, their, isTyped: true)
        continue
      }
      let (our, their) = ask([subject], typed(subject))
      if let our = our.first, let their = their.first { result.count(subject, our, their, isTyped: true) }
    }
    return result
  }

  private func ask(_ subjects: [Subject], _ options: LanguageOptions) -> ([TrialOutcome], [TrialOutcome]) {
    let trials = subjects.map { TrinoSweep.trial(of: $0.rule, events: events, options) }
    var texts: [String: String] = [:]
    for subject in subjects {
      guard let ours = try? Language.athena.write(subject.rule, options: options).text.condition else {
        continue
      }
      texts[ours] = subject.condition
    }
    func outcomes(on engine: any QueryEngine) -> [TrialOutcome] {
      do throws(Diagnostic) {
        return try Language.athena.outcomes(of: trials, on: engine, options: options)
      } catch {
        return trials.map { _ in .failed(error) }
      }
    }
    return (outcomes(on: engine), outcomes(on: PeerEngine(engine: engine, conditions: texts)))
  }

  /// The table in which the fields that the rule compares with numbers or booleans alone are of such types.
  private func typed(_ subject: Subject) -> LanguageOptions {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    guard var ddl = try? Compiler(options: .untyped).schema(for: [subject.rule], in: .athena).text else {
      return options
    }
    for (name, type) in subject.types {
      ddl = ddl.replacingOccurrences(
        of: "`\(name)` string", with: "`\(name)` \(type)", options: .caseInsensitive)
    }
    options.schema = Source(name: "typed.sql", text: ddl)
    return options
  }
}

extension PeerSweep.Result {
  fileprivate mutating func count(
    _ subject: PeerSweep.Subject, _ ours: TrialOutcome, _ theirs: TrialOutcome, isTyped: Bool
  ) {
    if isTyped { oursTyped.count(ours) } else { oursText.count(ours) }
    if isTyped { theirsTyped.count(theirs) } else { theirsText.count(theirs) }
    switch ours {
    case .refused(let error), .failed(let error): faults.append("\(subject.path): \(error.message)")
    case .answered(let agreement):
      if let first = agreement.diagnostics.first { faults.append("\(subject.path): \(first.message)") }
    }
  }
}

/// Trino, asked pySigma's conditions in the place of ours.
private struct PeerEngine: QueryEngine {
  let identifier = "trino"
  let engine: any QueryEngine
  /// Our conditions, and theirs.
  let conditions: [String: String]

  func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
    let end = "\n, FALSE) AS \""
    var parts = query.components(separatedBy: end)
    for index in parts.indices.dropLast() {
      guard let start = parts[index].range(of: "COALESCE(\n"),
        let theirs = conditions[String(parts[index][start.upperBound...])]
      else {
        throw Diagnostic(.toolFailed, "a condition of the statement is not known")
      }
      parts[index].replaceSubrange(start.upperBound..., with: theirs)
    }
    return try engine.rows(of: parts.joined(separator: end))
  }
}

extension String {
  /// What stands after `WHERE` in a statement that is written.
  fileprivate var condition: String? {
    guard let start = range(of: "WHERE ") else { return nil }
    return String(self[start.upperBound...].dropLast())
  }
}

extension LanguageOptions {
  /// Every field as a column of text.
  static var untyped: LanguageOptions {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    options.athena.untyped = true
    return options
  }
}
