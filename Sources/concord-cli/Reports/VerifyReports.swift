import Concord

/// `verify`'s output for CI systems.
enum VerifyReports {
  /// The rule as a suite: a case a fixture and target, and one for all boundary events of a target.
  static func suite(_ result: VerifyResult) -> JUnit.Suite {
    switch result.outcome {
    case .failure(let diagnostic):
      let body = DiagnosticRenderer().render(diagnostic)
      let read = JUnit.Case(
        group: result.path, name: "read", outcome: .error(message: diagnostic.message, body: body))
      return JUnit.Suite(name: result.path, cases: [read])
    case .success(let report):
      let runners = fixtures(report) + report.agreement.columns.flatMap { cases($0, report) }
      return JUnit.Suite(name: result.path, cases: runners + report.engines.map { engine($0, report) })
    }
  }

  private static func fixtures(_ report: VerifyResult.Report) -> [JUnit.Case] {
    let agreement = report.agreement
    return agreement.probes.indices.compactMap { index in
      guard let expected = agreement.probes[index].expected else { return nil }
      let actual = agreement.meaning[index]
      return JUnit.Case(
        group: "\(report.document.rule.id).meaning", name: agreement.probes[index].name,
        outcome: expected == actual
          ? .passed
          : .failed(
            message: "expected \(expected), the condition says \(actual)", body: event(agreement, index)))
    }
  }

  private static func cases(_ column: Agreement.Column, _ report: VerifyResult.Report) -> [JUnit.Case] {
    let agreement = report.agreement
    let group = "\(report.document.rule.id).\(column.language)"
    switch column.outcome {
    case .refused(let diagnostic):
      return [
        JUnit.Case(group: group, name: "write", outcome: .skipped(message: "refused: \(diagnostic.message)"))
      ]
    case .failed(let query, let diagnostic, _):
      return [
        JUnit.Case(group: group, name: "run", outcome: .error(message: diagnostic.message, body: query))
      ]
    case .ran(let query, let verdicts):
      func outcome(_ index: Int) -> JUnit.Outcome {
        verdicts[index] == agreement.meaning[index]
          ? .passed
          : .failed(
            message: "the condition says \(agreement.meaning[index]), the query \(verdicts[index])",
            body: event(agreement, index) + "\n\n" + query)
      }
      let fixtures = agreement.probes.indices.filter { agreement.probes[$0].expected != nil }
      let others = agreement.probes.indices.filter { agreement.probes[$0].expected == nil }
      let wrong = others.first { verdicts[$0] != agreement.meaning[$0] }
      return fixtures.map { JUnit.Case(group: group, name: agreement.probes[$0].name, outcome: outcome($0)) }
        + [
          JUnit.Case(
            group: group, name: "\(others.count) other events", outcome: wrong.map(outcome) ?? .passed)
        ] + proof(column, report, group)
    }
  }

  private static func proof(
    _ column: Agreement.Column, _ report: VerifyResult.Report, _ group: String
  ) -> [JUnit.Case] {
    guard report.proofs[column.language] != nil else { return [] }
    let verdict = report.verdict(of: column)
    let outcome: JUnit.Outcome
    if let event = verdict.event {
      outcome = .failed(
        message: "the query is \(verdict.name)", body: Value.object(event.object).prettyJSON)
    } else if verdict.name == "proved" {
      outcome = .passed
    } else {
      outcome = .skipped(message: "\(verdict.name): \(verdict.reason ?? "not proved")")
    }
    return [JUnit.Case(group: group, name: "proof", outcome: outcome)]
  }

  private static func engine(_ run: EngineRun, _ report: VerifyResult.Report) -> JUnit.Case {
    let body = run.diagnostics.map(\.message).joined(separator: "\n")
    return JUnit.Case(
      group: "\(report.document.rule.id).\(run.engine)", name: "\(run.eventCount) events",
      outcome: run.diagnostics.first.map { .failed(message: $0.message, body: body) } ?? .passed)
  }

  private static func event(_ agreement: Agreement, _ index: Int) -> String {
    Value.object(agreement.probes[index].event.object).prettyJSON
  }

  /// What is wrong with a rule and its translations, at its place in the rule's file.
  static func diagnostics(_ result: VerifyResult) -> [Diagnostic] {
    switch result.outcome {
    case .failure(let diagnostic): return [diagnostic]
    case .success(let report):
      let agreement = report.agreement
      var found = report.document.warnings
      for index in agreement.failingFixtures {
        let probe = agreement.probes[index]
        let place = report.document.rule.fixtures.first { $0.event == probe.event }?.origin
        found.append(
          Diagnostic(
            .fixtureDiffers,
            "fixture `\(probe.name)` expects \(probe.expected ?? false), the condition says "
              + "\(agreement.meaning[index])",
            in: report.document.source, labels: place.map { [Diagnostic.Label($0)] } ?? []))
      }
      for column in agreement.columns {
        switch column.outcome {
        case .ran:
          let verdict = report.verdict(of: column)
          guard verdict.isUnknown else { continue }
          found.append(
            Diagnostic(
              .testedOnly, "\(column.name) is tested, but not proved: \(verdict.reason ?? "")",
              in: report.document.source))
        case .refused(let diagnostic): found.append(diagnostic.located(in: report.document))
        case .failed(_, let diagnostic, _):
          found.append(
            Diagnostic(
              .queryNotRun, "\(column.name) would not run the query: \(diagnostic.message)",
              in: report.document.source))
        }
      }
      found += report.engines.flatMap { $0.diagnostics.map { $0.located(in: report.document.source) } }
      return found + report.disagreements.map { disagreement($0, in: report.document.conditionSource) }
    }
  }

  private static func disagreement(_ disagreement: Disagreement, in source: Source) -> Diagnostic {
    Diagnostic(
      .disagreement,
      "\(disagreement.language) disagrees: the condition says \(disagreement.meaning), the query "
        + "\(!disagreement.meaning)",
      in: source, labels: disagreement.part.origin.map { [Diagnostic.Label($0)] } ?? [],
      help: [
        "event: \(Value.object(disagreement.event.object).compactJSON)",
        "part: \(Notation.print(disagreement.part))",
      ])
  }

  /// Workflow commands that GitHub shows beside the changed lines.
  static func annotations(_ results: [VerifyResult]) -> String {
    results.flatMap { result in
      diagnostics(result).map { diagnostic in
        let start = diagnostic.labels.first?.span.start ?? .start
        let kind =
          switch diagnostic.severity {
          case .error: "error"
          case .warning: "warning"
          case .note: "notice"
          }
        let text = ([diagnostic.message] + diagnostic.help).joined(separator: "\n")
        return "::\(kind) file=\(property(result.path)),line=\(start.line),col=\(start.column),"
          + "title=\(property("concord \(diagnostic.code.rawValue)"))::\(data(text))\n"
      }
    }.joined()
  }

  private static func data(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func property(_ text: String) -> String {
    data(text).unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case ":": result += "%3A"
      case ",": result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

/// `verify`'s output for programs.
enum VerifyJSON {
  static func render(_ results: [VerifyResult]) -> String {
    object([("rules", .array(results.map(rule)))]).prettyJSON + "\n"
  }

  private static func rule(_ result: VerifyResult) -> Value {
    var members: [(String, Value)] = [("file", .string(result.path))]
    if case .success(let report) = result.outcome {
      let agreement = report.agreement
      members.append(("id", .string(report.document.rule.id)))
      members.append(("digest", .string(report.document.rule.condition.digest)))
      members.append(("targets", .array(agreement.columns.map { target($0, report) })))
      members.append(("events", .array(agreement.probes.indices.map { event($0, agreement) })))
      members.append(("mutants", mutants(report.score)))
      members.append(("engines", .array(report.engines.map(engine))))
      members.append(("disagreements", .array(report.disagreements.map(disagreement))))
    }
    members.append(("diagnostics", .array(VerifyReports.diagnostics(result).map(CheckJSON.diagnostic))))
    return object(members)
  }

  private static func target(_ column: Agreement.Column, _ report: VerifyResult.Report) -> Value {
    let verdict = report.verdict(of: column)
    var members: [(String, Value)] = [
      ("language", .string(column.language)), ("verdict", .string(verdict.name)),
    ]
    if let reason = verdict.reason { members.append(("reason", .string(reason))) }
    return object(members)
  }

  private static func event(_ index: Int, _ agreement: Agreement) -> Value {
    var verdicts: [(String, Value)] = [("meaning", .bool(agreement.meaning[index]))]
    for column in agreement.columns {
      if case .ran(_, let all) = column.outcome { verdicts.append((column.language, .bool(all[index]))) }
    }
    var members: [(String, Value)] = [("name", .string(agreement.probes[index].name))]
    if let expected = agreement.probes[index].expected { members.append(("expected", .bool(expected))) }
    members.append(("verdicts", object(verdicts)))
    members.append(("event", .object(agreement.probes[index].event.object)))
    return object(members)
  }

  private static func mutants(_ score: MutationScore) -> Value {
    let missed = score.survivors.compactMap { survivor in
      survivor.killer.map { killer in
        object([
          ("mutant", .string(survivor.mutant.words)), ("noticedBy", .object(killer.event.object)),
          ("expected", .bool(killer.expected)),
        ])
      }
    }
    return object([
      ("tried", .number(Number(score.tried))), ("noticed", .number(Number(score.noticed))),
      ("missed", .array(missed)),
    ])
  }

  private static func engine(_ run: EngineRun) -> Value {
    object([
      ("engine", .string(run.engine)), ("events", .number(Number(run.eventCount))),
      ("agrees", .bool(run.diagnostics.isEmpty)),
    ])
  }

  private static func disagreement(_ disagreement: Disagreement) -> Value {
    object([
      ("language", .string(disagreement.language)), ("event", .object(disagreement.event.object)),
      ("meaning", .bool(disagreement.meaning)), ("part", .string(Notation.print(disagreement.part))),
      ("query", .string(disagreement.query)),
    ])
  }

  private static func object(_ members: [(String, Value)]) -> Value {
    .object(Value.Object(members.map { Value.Object.Member($0.0, $0.1) }))
  }
}
