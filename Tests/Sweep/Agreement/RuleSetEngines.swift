import Concord
import Foundation
import TestSupport

/// Puts rules to programs that nobody here wrote: our Athena SQL on DuckDB, and the rule's own text through pySigma and
/// its SQLite back end, on the same events. `sweep agreement --rules FOLDER EVENTS --engines`.
struct RuleSetEngines {
  struct Subject: Sendable {
    let path: String
    let text: String
    let rule: Rule
    let events: [Event]
    /// How many of the last events lack the fields below `not` and are still meant.
    let bare: Int
    /// Whether the rule has a scalar that YAML 1.1 reads as another.
    let hasOldScalar: Bool
  }

  private struct SigmaRequest: Encodable {
    let documents: [String]
    let events: [String]
  }

  private struct SigmaAnswer: Decodable {
    struct Result: Decodable {
      let rows: [Int]?
      let stage: String?
      let error: String?
    }
    let results: [Result]
  }

  /// Runs both and prints what they say. Returns whether DuckDB agrees with the meaning everywhere.
  static func run(_ subjects: [Subject]) throws -> Bool {
    let agrees = try duckDB(subjects)
    try pySigma(subjects)
    return agrees
  }

  private static func text(_ events: [Event]) -> [String] {
    events.map { Value.object($0.object).compactJSON }
  }

  private static func duckDB(_ subjects: [Subject]) throws -> Bool {
    var options = LanguageOptions()
    options.athena.untyped = true
    let compiler = Compiler(options: options)
    var asked: [Subject] = []
    var requests: [AthenaOnDuckDB] = []
    for subject in subjects {
      guard let query = try? compiler.write(subject.rule, in: .athena),
        let ddl = try? compiler.schema(for: [subject.rule], in: .athena)
      else { continue }
      asked.append(subject)
      requests.append(AthenaOnDuckDB(ddl: ddl.text, events: text(subject.events), queries: [query.text]))
    }
    let what = "the Athena SQL of \(requests.count) rules"
    guard
      let answers = try Engine.run(
        "athena_duckdb.py", requests, as: AthenaOnDuckDB.Answer.self, skipping: what)
    else { return true }
    var (verdicts, disagreements, bare, missed) = (0, 0, 0, 0)
    var failures: [String: Int] = [:]
    var leftOut: [String: Int] = [:]
    for (subject, answer) in zip(asked, answers) {
      guard let rows = answer.results.first?.rows else {
        failures[String((answer.results.first?.error ?? "").prefix(100)), default: 0] += 1
        continue
      }
      let found = Set(rows)
      for reason in answer.leftOut.values { leftOut[reason, default: 0] += 1 }
      for (index, event) in subject.events.enumerated() where answer.leftOut[index] == nil {
        verdicts += 1
        if index >= subject.events.count - subject.bare {
          bare += 1
          missed += found.contains(index) ? 0 : 1
        }
        if found.contains(index) == subject.rule.condition.holds(of: event) { continue }
        disagreements += 1
        if disagreements < 6 { print("DuckDB differs: \(subject.path) \(text([event])[0])") }
      }
    }
    print(
      "DuckDB: \(asked.count) rules, \(verdicts) verdicts, \(disagreements) disagreements; of \(bare) events without "
        + "the fields below `not`, \(missed) missed; not run \(failures); left out \(leftOut)")
    return disagreements == 0 && failures.isEmpty
  }

  private static func pySigma(_ subjects: [Subject]) throws {
    let requests = subjects.map { SigmaRequest(documents: [$0.text], events: text($0.events)) }
    let what = "\(requests.count) rules in pySigma"
    guard
      let answers = try Engine.run("sigma_sqlite.py", requests, as: SigmaAnswer.self, skipping: what)
    else { return }
    var (verdicts, rules) = (0, 0)
    var differences: [Difference: (rules: Int, events: Int, example: String)] = [:]
    var failures: [String: Int] = [:]
    for (subject, answer) in zip(subjects, answers) {
      guard let result = answer.results.first, let rows = result.rows else {
        let result = answer.results.first
        failures["\(result?.stage ?? ""): \((result?.error ?? "").prefix(80))", default: 0] += 1
        continue
      }
      rules += 1
      let found = Set(rows)
      var met: Set<Difference> = []
      for (index, event) in subject.events.enumerated() {
        verdicts += 1
        let meant = subject.rule.condition.holds(of: event)
        if found.contains(index) == meant { continue }
        let difference = Difference(subject, event)
        var entry = differences[difference] ?? (0, 0, "\(subject.path) \(text([event])[0])")
        entry.events += 1
        if met.insert(difference).inserted { entry.rules += 1 }
        differences[difference] = entry
      }
    }
    print("pySigma and SQLite: \(rules) rules, \(verdicts) verdicts; not run \(failures)")
    for (difference, entry) in differences.sorted(by: {
      ($1.value.events, $0.key) < ($0.value.events, $1.key)
    }) {
      print("  \(entry.events) events of \(entry.rules) rules: \(difference.words)")
      print("    \(entry.example.prefix(600))")
    }
  }
}

/// Why pySigma and its SQLite back end answer another way than is meant: the first of these that the rule or the event
/// shows.
enum Difference: Int, Comparable {
  case scalar, array, foldedLetter, network, number, reference, keyword, regex, document, other

  init(_ subject: RuleSetEngines.Subject, _ event: Event) {
    let condition = subject.rule.condition
    let text = Value.object(event.object).compactJSON
    let isPlain = text.utf8.allSatisfy { $0 < 0x80 } && !text.contains("\\u")
    let atoms = condition.atoms
    if subject.hasOldScalar {
      self = .scalar
    } else if event.object.members.contains(where: { Difference.holdsArray($0.value) }) {
      self = .array
    } else if !isPlain {
      self = .foldedLetter
    } else if atoms.contains(where: { if case .network = $0 { true } else { false } }) {
      self = .network
    } else if atoms.contains(where: { if case .number = $0 { true } else { false } }) {
      self = .number
    } else if atoms.contains(where: { if case .sameAs = $0 { true } else { false } }) {
      self = .reference
    } else if condition.hasKeyword {
      self = .keyword
    } else if atoms.contains(where: { if case .regex = $0 { true } else { false } }) {
      self = .regex
    } else if event.object.members.contains(where: { if case .object = $0.value { true } else { false } }) {
      self = .document
    } else {
      self = .other
    }
  }

  static func < (left: Difference, right: Difference) -> Bool { left.rawValue < right.rawValue }

  private static func holdsArray(_ value: Value) -> Bool {
    switch value {
    case .array: true
    case .object(let object): object.members.contains { holdsArray($0.value) }
    case .null, .bool, .number, .string, .malformedString: false
    }
  }

  var words: String {
    switch self {
    case .scalar: "a scalar that YAML 1.1 reads as another (W372)"
    case .array: "the event holds an array, which their table does not"
    case .foldedLetter: "a letter beyond ASCII: SQLite ignores the case of ASCII letters alone"
    case .number: "a number compared with a column of texts"
    case .network: "a network compared by the beginnings of texts"
    case .regex: "a regular expression, which SQLite leaves to a function of the driver"
    case .reference: "two fields compared"
    case .keyword: "a keyword"
    case .document: "an object as a field's value"
    case .other: "none of these"
    }
  }
}

extension Condition {
  fileprivate var atoms: [Atom] {
    switch kind {
    case .always, .anywhere, .place: []
    case .test(_, let atom): [atom]
    case .some(_, let operand), .not(let operand): operand.atoms
    case .all(let operands), .any(let operands): operands.flatMap(\.atoms)
    }
  }

  fileprivate var hasKeyword: Bool {
    switch kind {
    case .always, .test, .place: false
    case .anywhere: true
    case .some(_, let operand), .not(let operand): operand.hasKeyword
    case .all(let operands), .any(let operands): operands.contains(where: \.hasKeyword)
    }
  }
}
