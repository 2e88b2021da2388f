import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// How an engine's rows of a self-test compare with what was expected.
///
/// Every probe must be answered by exactly one row, and every row must answer a probe. What is missing, extra or
/// unreadable is a failure with its name, never left out.
package struct EngineAgreement: Sendable {
  /// One event that the engine was asked about.
  package struct Probe: Hashable, Sendable {
    /// The value of the statement's `fixture` column.
    package var name: String
    /// The expected verdict.
    package var expected: Bool
    /// The probe of that name.
    package init(name: String, expected: Bool) {
      self.name = name
      self.expected = expected
    }
    /// The probe that a fixture makes.
    package init(_ fixture: Fixture) { self.init(name: fixture.name, expected: fixture.expected) }
  }

  /// What the engine said of one probe.
  package enum Verdict: Hashable, Sendable {
    /// The expected verdict.
    case agrees
    /// The other verdict.
    case differs
    /// No row.
    case missing
    /// A row without a usable verdict: why, in words.
    case unreadable(String)
  }

  /// A probe and what the engine said of it.
  package struct Outcome: Hashable, Sendable {
    package let probe: Probe
    /// What the engine said.
    package let verdict: Verdict
  }

  /// The engine's identifier.
  package let engine: String
  /// The outcome of each probe, in the order of the probes.
  package let outcomes: [Outcome]
  /// The rows that answer no probe, as their names, or their JSON where they have none.
  package let unexpected: [String]

  /// Whether every probe agrees and there is no row too many. Without probes nothing was shown: false.
  package var isClean: Bool {
    !outcomes.isEmpty && unexpected.isEmpty && outcomes.allSatisfy { $0.verdict == .agrees }
  }

  /// Compares the rows (columns `fixture`, `expected`, `actual`; their names in any ASCII letter case) with the
  /// probes.
  package init(engine: String, probes: [Probe], rows: [Value.Object]) {
    var unnamed: [String] = []
    var answers: [ScalarText: [Answer]] = [:]
    for row in rows {
      let answer = Answer(row)
      guard let name = answer.name else {
        unnamed.append(EngineText.clean(Value.object(row).compactJSON, hiding: []))
        continue
      }
      answers[ScalarText(name), default: []].append(answer)
    }
    var asked: [ScalarText: [Probe]] = [:]
    for probe in probes { asked[ScalarText(probe.name), default: []].append(probe) }
    outcomes = probes.map { probe in
      let name = ScalarText(probe.name)
      return Outcome(probe: probe, verdict: Self.verdict(probe, asked[name] ?? [], answers[name] ?? []))
    }
    var unexpected = unnamed
    for row in rows {
      guard let name = Answer(row).name, asked[ScalarText(name)] == nil else { continue }
      unexpected.append(name)
    }
    self.engine = engine
    self.unexpected = unexpected
  }

  /// The name that a row of a self-test has; `nil` where it has none.
  package static func fixture(of row: Value.Object) -> String? { Answer(row).name }

  /// The verdict on a probe, given all probes and all rows of its name.
  private static func verdict(_ probe: Probe, _ probes: [Probe], _ answers: [Answer]) -> Verdict {
    if answers.isEmpty { return .missing }
    guard answers.count == probes.count else {
      return answers.count < probes.count
        ? .missing : .unreadable("\(answers.count) rows answer \(probes.count) probe of this name")
    }
    var actual: Set<Bool> = []
    for answer in answers {
      switch answer.actual {
      case .success(let value): actual.insert(value)
      case .failure(let problem): return .unreadable("`actual` \(problem.text)")
      }
    }
    // Rows come in any order, so that several of one name can only be told apart where all say the same.
    guard let value = actual.first, actual.count == 1 else {
      return .unreadable("\(probes.count) probes have this name, and their verdicts differ")
    }
    let expectations = answers.map(\.expected)
    for wanted in [true, false] {
      let count = expectations.filter { $0 == .success(wanted) }.count
      if count != probes.filter({ $0.expected == wanted }).count {
        return .unreadable("`expected` is not what was asked for")
      }
    }
    return value == probe.expected ? .agrees : .differs
  }

  /// What is wrong, a diagnostic each, but one for all rows that are missing and one for all that are too many;
  /// none where `isClean`.
  ///
  /// `E510` the engine's verdict is another, `E511` no row, `E512` no usable verdict, `E513` a row too many,
  /// `E514` there was nothing to compare.
  package var diagnostics: [Diagnostic] {
    var result: [Diagnostic] = []
    let missing = outcomes.filter { $0.verdict == .missing }
    if let first = missing.first {
      let name = EngineText.clean(first.probe.name, hiding: [])
      result.append(
        Diagnostic(
          .rowMissing,
          missing.count == 1
            ? "`\(engine)` returned no row for `\(name)`"
            : "`\(engine)` returned no row for \(missing.count) of \(outcomes.count) events, the first of them `\(name)`"
        ))
    }
    for outcome in outcomes {
      let name = EngineText.clean(outcome.probe.name, hiding: [])
      switch outcome.verdict {
      case .agrees, .missing: continue
      case .differs:
        let expected = outcome.probe.expected
        result.append(
          Diagnostic(
            .engineDisagrees,
            "`\(engine)` says \(expected ? "no match" : "match") for `\(name)`, expected "
              + (expected ? "a match" : "no match")))
      case .unreadable(let reason):
        result.append(Diagnostic(.verdictUnreadable, "`\(engine)` gives no verdict on `\(name)`: \(reason)"))
      }
    }
    if let first = unexpected.first {
      let name = EngineText.clean(first, hiding: [])
      result.append(
        Diagnostic(
          .rowUnexpected,
          unexpected.count == 1
            ? "`\(engine)` returned an unexpected row: `\(name)`"
            : "`\(engine)` returned \(unexpected.count) unexpected rows, the first of them `\(name)`"))
    }
    if outcomes.isEmpty {
      result.append(Diagnostic(.nothingToCompare, "there are no events to compare with `\(engine)`"))
    }
    return result
  }
}

extension QueryEngine {
  /// Runs a self-test statement and compares its rows with the probes. Throws what `rows(of:)` throws.
  package func agreement(
    of statement: String, with probes: [EngineAgreement.Probe]
  ) throws(Diagnostic) -> EngineAgreement {
    EngineAgreement(engine: identifier, probes: probes, rows: try rows(of: statement))
  }
}

/// One row of a self-test.
private struct Answer {
  /// Why a column holds no verdict.
  struct Problem: Error, Equatable {
    let text: String
  }

  let name: String?
  let expected: Result<Bool, Problem>
  let actual: Result<Bool, Problem>

  init(_ row: Value.Object) {
    name = Self.column("fixture", of: row)?.comparedText
    expected = Self.verdict(Self.column("expected", of: row))
    actual = Self.verdict(Self.column("actual", of: row))
  }

  private static func column(_ name: String, of row: Value.Object) -> Value? {
    row.members.last { $0.key.utf8.map { $0 | 0x20 } == Array(name.utf8) }?.value
  }

  /// `true` and `false`, as a boolean or as text. Nothing else: NULL in `actual` is what an unguarded query
  /// gives where a field is absent, and must not pass as "no match".
  private static func verdict(_ value: Value?) -> Result<Bool, Problem> {
    guard let value else { return .failure(Problem(text: "is missing")) }
    switch (value, value.comparedText) {
    case (.null, _): return .failure(Problem(text: "is NULL"))
    case (.bool, "true"), (.string, "true"): return .success(true)
    case (.bool, "false"), (.string, "false"): return .success(false)
    case (_, let text):
      let shown = EngineText.clean(text ?? "", hiding: [])
      return .failure(Problem(text: "is `\(shown)`, neither `true` nor `false`"))
    }
  }
}
