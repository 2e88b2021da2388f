import Concord

/// A report for programs.
enum JSONReport {
  /// The report as one JSON object.
  static func render(_ report: Report) -> String {
    let counts = report.counts.map { ($0.name, Value.number(Number($0.count))) }
    return Value.members([
      ("rules", .array(report.entries.map(entry))), ("counts", .members(counts)),
    ]).prettyJSON + "\n"
  }

  private static func entry(_ entry: Report.Entry) -> Value {
    var members: [(String, Value)] = [("file", .string(entry.path))]
    if let rule = entry.rule { members.append(("id", .string(rule))) }
    members += entry.facts.map { ($0.name, $0.value) }
    members.append(("diagnostics", .array(entry.findings.map(finding))))
    return .members(members)
  }

  private static func finding(_ finding: Report.Finding) -> Value {
    let diagnostic = finding.diagnostic
    var members: [(String, Value)] = [
      ("code", .string(diagnostic.code.rawValue)), ("severity", .string(diagnostic.severity.rawValue)),
      ("message", .string(diagnostic.message)),
    ]
    if let source = diagnostic.source { members.append(("file", .string(source.name))) }
    if let span = diagnostic.labels.first?.span {
      members.append(("line", .number(Number(span.start.line))))
      members.append(("column", .number(Number(span.start.column))))
      members.append(("endLine", .number(Number(span.end.line))))
      members.append(("endColumn", .number(Number(span.end.column))))
    }
    members.append(("help", .array(diagnostic.help.map(Value.string))))
    if let setAside = finding.setAside {
      members.append(
        (
          "setAside",
          .members([("by", .string(setAside.by)), ("reason", setAside.reason.map(Value.string) ?? .null)])
        ))
    }
    return .members(members + finding.facts.map { ($0.name, $0.value) })
  }
}
