import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines

/// A rule's query, to be put to events on a real system.
package struct Trial: Sendable {
  /// The rule. The query is the one that is deployed: its own fixtures show the writer the events' shape, whatever is
  /// put to it here.
  package var rule: Rule
  /// The events, with the expected verdicts.
  package var probes: [Fixture]

  /// The query of `rule`, to be put to `probes`.
  package init(of rule: Rule, on probes: [Fixture]) {
    (self.rule, self.probes) = (rule, probes)
  }
}

/// A statement that puts queries to events, which it brings as rows, and how its answer is read.
package struct TrialStatement: Sendable {
  /// What the statement says of one query.
  package struct Part: Sendable {
    /// The place of the trial in the list.
    package var trial: Int
    /// The column with the verdicts.
    package var column: String
    /// The probes, by place in the trial, and the value of the column `fixture` in the row of each.
    package var rows: [(probe: Int, name: String)]

    /// The verdicts of one column on some of a trial's probes.
    package init(of trial: Int, column: String, rows: [(probe: Int, name: String)]) {
      (self.trial, self.column, self.rows) = (trial, column, rows)
    }
  }

  /// The statement.
  package var text: String
  /// Its parts.
  package var parts: [Part]

  /// The statement of that text and those parts.
  package init(text: String, parts: [Part]) {
    (self.text, self.parts) = (text, parts)
  }
}

/// The statements that put trials to a real system.
package struct TrialStatements: Sendable {
  /// The statements: as few as hold the rows, one trial's perhaps in several.
  package var statements: [TrialStatement] = []
  /// Why trials could not be written, by place in the list.
  package var refusals: [Int: Diagnostic] = [:]

  /// No statement yet.
  package init() {}
}

/// What a real system says of one trial.
package enum TrialOutcome: Sendable {
  /// Its verdicts beside the expected ones.
  case answered(EngineAgreement)
  /// The query or the rows cannot be written.
  case refused(Diagnostic)
  /// There is no answer.
  case failed(Diagnostic)
}

extension Language {
  /// The statements that put the trials to an engine of the language. Throws `E912` where there is no self-test.
  package func statements(
    for trials: [Trial], on kind: EngineKind, options: LanguageOptions
  ) throws(Diagnostic) -> TrialStatements {
    if let trialWriter { return trialWriter(trials, kind, options) }
    guard let selfTestWriter else { throw .lacks(.noSelfTest, self, "has no self-test") }
    var result = TrialStatements()
    for (index, trial) in trials.enumerated() {
      do throws(Diagnostic) {
        result.statements += try selfTests(trial, at: index, kind, options, selfTestWriter)
      } catch {
        result.refusals[index] = error
      }
    }
    return result
  }

  /// One trial as self-tests of as many events as one of them takes.
  private func selfTests(
    _ trial: Trial, at index: Int, _ kind: EngineKind, _ options: LanguageOptions, _ writer: SelfTestWriter
  ) throws(Diagnostic) -> [TrialStatement] {
    var statements: [TrialStatement] = []
    var first = 0
    repeat {
      let places = first..<min(first + kind.eventsPerStatement, trial.probes.count)
      let probes = places.map { place in
        // Rows are told apart by name.
        var probe = trial.probes[place]
        probe.name = "\(place + 1)"
        return probe
      }
      let part = TrialStatement.Part(
        of: index, column: "actual", rows: places.map { ($0, "\($0 + 1)") })
      statements.append(
        TrialStatement(text: try writer(trial.rule, probes, options).text, parts: [part]))
      first = places.upperBound
    } while first < trial.probes.count
    return statements
  }

  /// What an engine of the language says of the trials, in their order.
  ///
  /// Where a statement of several trials fails, each is asked for itself, so that one query hides nothing of the
  /// others. Throws `E912` where there is no self-test.
  package func outcomes(
    of trials: [Trial], on engine: any QueryEngine, options: LanguageOptions
  ) throws(Diagnostic) -> [TrialOutcome] {
    guard let kind = engines.first(where: { $0.name == engine.identifier }) else {
      throw Diagnostic(.noSelfTest, "`\(engine.identifier)` is no engine of \(name)")
    }
    let written = try statements(for: trials, on: kind, options: options)
    var answers = trials.map { TrialAnswer($0.probes) }
    for (index, refusal) in written.refusals { answers[index].outcome = .refused(refusal) }
    for statement in written.statements {
      let rows: [Value.Object]
      do throws(Diagnostic) {
        rows = try engine.rows(of: statement.text)
      } catch {
        if error.code == .queryFailed, Set(statement.parts.map(\.trial)).count > 1 {
          for trial in Set(statement.parts.map(\.trial)) where answers[trial].outcome == nil {
            answers[trial].outcome = try outcomes(of: [trials[trial]], on: engine, options: options)[0]
          }
        } else {
          for part in statement.parts { answers[part.trial].outcome = .failed(error) }
        }
        continue
      }
      TrialAnswer.take(rows, of: statement, to: &answers)
    }
    return answers.map { $0.outcome ?? .answered($0.agreement(with: engine.identifier)) }
  }
}

/// What is known of one trial so far.
private struct TrialAnswer {
  /// The probes, each with a name of its own.
  private let probes: [EngineAgreement.Probe]
  /// The rows that answer them, and those that nobody asked for.
  private var rows: [Value.Object] = []
  /// How it ended, where that is not in the rows.
  var outcome: TrialOutcome?

  init(_ probes: [Fixture]) {
    self.probes = probes.enumerated().map { index, probe in
      EngineAgreement.Probe(name: "\(index + 1): \(probe.name)", expected: probe.expected)
    }
  }

  /// Gives each trial of a statement the rows that answer its probes. A row of none of them goes to the first.
  static func take(_ rows: [Value.Object], of statement: TrialStatement, to answers: inout [TrialAnswer]) {
    var named: [String: [Value.Object]] = [:]
    for row in rows { named[EngineAgreement.fixture(of: row) ?? "", default: []].append(row) }
    var known: Set<String> = []
    for part in statement.parts {
      for (probe, name) in part.rows {
        known.insert(name)
        for row in named[name] ?? [] { answers[part.trial].take(row, part.column, for: probe) }
      }
    }
    guard let first = statement.parts.first?.trial else { return }
    answers[first].rows += named.filter { !known.contains($0.key) }.flatMap(\.value)
  }

  private mutating func take(_ row: Value.Object, _ column: String, for probe: Int) {
    var members = [
      Value.Object.Member("fixture", .string(probes[probe].name)),
      Value.Object.Member("expected", .bool(probes[probe].expected)),
    ]
    if let verdict = row[column] { members.append(.init("actual", verdict)) }
    rows.append(Value.Object(members))
  }

  func agreement(with engine: String) -> EngineAgreement {
    EngineAgreement(engine: engine, probes: probes, rows: rows)
  }
}
