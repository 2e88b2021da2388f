import Concord

/// What `check` reports of a rule.
struct CheckEntry {
  /// The entry of the report.
  private(set) var entry: Report.Entry
  private let report: CheckReport

  /// The entry of a rule of that file. `suggests`: whether a shorter condition is looked for.
  init(_ report: CheckReport, path: String, suggests: Bool) {
    self.report = report
    let document = report.document
    entry = Report.Entry(path: path, of: document.rule)
    entry.isClean = report.isClean
    entry.findings = document.warnings.map { Report.Finding(diagnostic: $0) } + failures
    entry.cases = report.outcomes.map { outcome in
      Report.Case(
        group: document.rule.id, name: outcome.fixture.name,
        outcome: outcome.holds ? .passed : outcome.failure, topic: outcome.fixture.identity)
    }
    let suggestion = suggests ? Shortening(of: document.rule) : nil
    entry.lines = lines + (suggestion?.lines ?? [])
    entry.facts = facts
    if let suggestion {
      entry.facts.append(("suggestion", .string(Notation.print(suggestion.condition))))
    }
  }

  /// The failing fixtures as findings, at their places in the rule's file.
  private var failures: [Report.Finding] {
    report.outcomes.filter { !$0.holds }.map { outcome in
      var failure = Diagnostic.fixtureFails(outcome.fixture, verdict: outcome.verdict, in: report.document)
      failure.help =
        outcome.explanation
        + (report.betterReading.map { ["all fixtures hold with --reading '\($0.reading)'"] } ?? [])
      let identity = outcome.fixture.identity
      return Report.Finding(
        diagnostic: failure, isTold: true, identity: identity, cost: .findings, topic: identity)
    }
  }

  private var lines: [TextLine] {
    let document = report.document
    var lines: [TextLine] = ["\(entry.path): \(document.rule.id)"]
    if let reading = document.reading { lines.append("  reading: \(reading)") }
    for outcome in report.outcomes {
      let name = outcome.fixture.name
      guard !outcome.holds else {
        lines.append("  \("ok", .good)    \(name)")
        continue
      }
      lines.append(
        "  \("FAIL", .bad)  \(name): expected \(outcome.fixture.expected), got \(outcome.verdict)")
      lines += outcome.explanation.map { "        \($0)" }
    }
    let total = report.outcomes.count
    lines.append(
      total == 0 ? "  no fixtures" : "  \(report.holding) of \(counted(total, "fixture")) hold")
    if let better = report.betterReading {
      lines.append("  help: all \(total) hold with --reading '\(better.reading)'")
    } else if !report.isClean, !document.alternatives.isEmpty {
      lines.append("  no other reading of the condition makes all hold")
    }
    return lines
  }

  private var facts: [(name: String, value: Value)] {
    var facts: [(name: String, value: Value)] = [("status", .string(report.isClean ? "clean" : "failing"))]
    if let reading = report.document.reading { facts.append(("reading", .string(reading))) }
    let fixtures = report.outcomes.map { outcome in
      Value.members([
        ("name", .string(outcome.fixture.name)), ("expected", .bool(outcome.fixture.expected)),
        ("actual", .bool(outcome.verdict)),
      ])
    }
    facts.append(("fixtures", .array(fixtures)))
    if let better = report.betterReading { facts.append(("betterReading", .string(better.reading))) }
    return facts
  }
}

extension Diagnostic {
  /// A fixture on which the condition does not say what its author expects.
  static func fixtureFails(_ fixture: Fixture, verdict: Bool, in document: RuleDocument) -> Diagnostic {
    Diagnostic(
      .fixtureDiffers, "fixture `\(fixture.name)` expects \(fixture.expected), the condition says \(verdict)",
      in: document.source, at: fixture.origin)
  }
}

extension Fixture {
  /// What tells the failure of the fixture from any other: what it expects of which event.
  var identity: String {
    let events = [event] + log.map(\.event)
    let text = events.map { Value.object($0.object).compactJSON }.joined(separator: "\n")
    return "fixture `\(name)` expects \(expected) #\(SHA256.name(of: Array(text.utf8)))"
  }
}

extension CheckReport.Outcome {
  /// Why the verdict is what it is: the questions that decided and the values of their fields.
  fileprivate var explanation: [String] {
    var lines: [String] = []
    let shown = 8
    for condition in deciding.prefix(shown) {
      lines.append("\(verdict): \(shortened(Notation.print(condition), to: 160))")
      for path in condition.paths.prefix(shown) {
        let values = fixture.event.values(at: path).map(\.value.compactJSON)
        lines.append(
          "  \(path) = \(values.isEmpty ? "absent" : shortened(values.joined(separator: ", "), to: 160))")
      }
    }
    if deciding.count > shown { lines.append("… and \(deciding.count - shown) more") }
    return lines
  }

  fileprivate var failure: Report.Case.Outcome {
    .failed(
      message: "expected \(fixture.expected), got \(verdict)",
      body: (explanation + [Value.object(fixture.event.object).prettyJSON]).joined(separator: "\n"))
  }
}
