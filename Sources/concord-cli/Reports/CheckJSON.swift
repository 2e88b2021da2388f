import Concord

/// `check`'s output for programs.
enum CheckJSON {
  static func render(_ results: [CheckResult]) -> String {
    Value.object(Value.Object([.init("rules", .array(results.map(rule)))])).prettyJSON + "\n"
  }

  private static func rule(_ result: CheckResult) -> Value {
    var members: [Value.Object.Member] = [.init("file", .string(result.path))]
    switch result.outcome {
    case .wrong: members.append(.init("status", .string("bad")))
    case .correct: members.append(.init("status", .string("clean")))
    case .report(let report):
      members.append(.init("id", .string(report.document.rule.id)))
      members.append(.init("status", .string(report.isClean ? "clean" : "failing")))
      if let reading = report.document.reading { members.append(.init("reading", .string(reading))) }
      members.append(.init("fixtures", .array(report.outcomes.map(fixture))))
      if let better = report.betterReading {
        members.append(.init("betterReading", .string(better.reading)))
      }
    }
    if let suggestion = result.suggestion {
      members.append(.init("suggestion", .string(Notation.print(suggestion.condition))))
    }
    members.append(.init("diagnostics", .array(result.diagnostics.map(diagnostic))))
    return .object(Value.Object(members))
  }

  private static func fixture(_ outcome: CheckReport.Outcome) -> Value {
    .object(
      Value.Object([
        .init("name", .string(outcome.fixture.name)), .init("expected", .bool(outcome.fixture.expected)),
        .init("actual", .bool(outcome.verdict)),
      ]))
  }

  /// A diagnostic as JSON.
  static func diagnostic(_ diagnostic: Diagnostic) -> Value {
    var members: [Value.Object.Member] = [
      .init("code", .string(diagnostic.code.rawValue)),
      .init("severity", .string(diagnostic.severity.rawValue)),
      .init("message", .string(diagnostic.message)),
    ]
    if let source = diagnostic.source { members.append(.init("file", .string(source.name))) }
    if let span = diagnostic.labels.first?.span {
      members.append(.init("line", .number(Number(span.start.line))))
      members.append(.init("column", .number(Number(span.start.column))))
      members.append(.init("endLine", .number(Number(span.end.line))))
      members.append(.init("endColumn", .number(Number(span.end.column))))
    }
    members.append(.init("help", .array(diagnostic.help.map(Value.string))))
    return .object(Value.Object(members))
  }
}
