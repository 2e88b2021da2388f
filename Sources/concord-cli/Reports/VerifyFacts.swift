import Concord

/// `verify`'s entry for programs.
struct VerifyFacts {
  private let result: VerifyResult

  init(_ result: VerifyResult) { self.result = result }

  /// What is known of the rule besides its findings.
  var facts: [(name: String, value: Value)] {
    [
      ("digest", .string(result.document.rule.digest)),
      ("targets", .array(zip(result.agreement.columns, result.verification.judgements).map(target))),
      ("events", .array(result.agreement.probes.indices.map(event))),
      ("omittedAtoms", .number(Number(result.verification.boundary.omittedSites))),
      ("omittedEvents", .number(Number(result.verification.boundary.omittedEvents))),
      ("mutants", mutants),
      ("engines", .array(result.engines.map(engine))),
      ("disagreements", .array(result.verification.disagreements.map(disagreement))),
    ]
  }

  private func target(_ column: Agreement.Column, _ judgement: Judgement) -> Value {
    .members(
      [("language", .string(column.language)), ("verdict", .string(judgement.verdict.rawValue))]
        + (judgement.reason.map { [("reason", .string($0))] } ?? [])
        + (column.assumed.isEmpty ? [] : [("given", .array(column.assumed.map { .string($0.message) }))])
        + (column.notes.isEmpty ? [] : [("rows", .array(column.notes.map { .string($0.message) }))]))
  }

  private func event(_ index: Int) -> Value {
    let (agreement, probe) = (result.agreement, result.agreement.probes[index])
    var verdicts: [(String, Value)] = [("meaning", .bool(agreement.meaning[index]))]
    for column in agreement.columns {
      if case .ran(_, let all) = column.outcome { verdicts.append((column.language, .bool(all[index]))) }
    }
    let unkept = agreement.columns.filter { $0.unkept[index] != nil }.map { column in
      (column.language, Value.string(result.loss(of: index, in: column)))
    }
    return .members(
      [("name", .string(probe.name))] + (probe.expected.map { [("expected", .bool($0))] } ?? [])
        + [("verdicts", .members(verdicts))] + (unkept.isEmpty ? [] : [("notKept", .members(unkept))])
        + (agreement.rule.aggregate == nil ? [("event", .object(probe.event.object))] : [("log", log(probe))])
    )
  }

  /// What is put to a rule that counts: each event with its time.
  private func log(_ probe: Probe) -> Value {
    .array(
      probe.log.map { logged in
        .members(
          (logged.second.map { [("time", .string(Instant(seconds: $0).text))] } ?? [])
            + [("event", .object(logged.event.object))])
      })
  }

  private var mutants: Value {
    let missed = result.verification.score.survivors.compactMap { survivor in
      survivor.killer.map { killer in
        Value.members([
          ("mutant", .string(survivor.mutant.words)), ("noticedBy", .object(killer.event.object)),
          ("expected", .bool(killer.expected)),
        ])
      }
    }
    return .members([
      ("tried", .number(Number(result.verification.score.tried))),
      ("noticed", .number(Number(result.verification.score.noticed))),
      ("missed", .array(missed)),
    ])
  }

  private func engine(_ run: EngineRun) -> Value {
    .members([
      ("engine", .string(run.engine)), ("events", .number(Number(run.eventCount))),
      ("agrees", .bool(run.diagnostics.isEmpty)),
    ])
  }

  private func disagreement(_ disagreement: Disagreement) -> Value {
    .members([
      ("language", .string(disagreement.language)), ("event", .object(disagreement.event.object)),
      ("meaning", .bool(disagreement.meaning)), ("part", .string(Notation.print(disagreement.part))),
      ("query", .string(disagreement.query)),
    ])
  }
}
