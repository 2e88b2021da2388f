import Concord

/// `lint`'s output.
enum LintReports {
  /// For people: a line a finding, a count of each kind.
  static func text(_ result: LintResult) -> String {
    var lines: [String] = []
    for (rule, _, finding) in result.findings {
      let diagnostic = finding.diagnostic
      let start = diagnostic.labels.first?.span.start
      let place = start.map { ":\($0.line):\($0.column)" } ?? ""
      lines.append(
        "\(oneLine(result.rules[rule].path))\(place): \(diagnostic.severity.rawValue): "
          + "\(oneLine(diagnostic.message)) [\(finding.kind.rawValue)]")
      lines += diagnostic.help.map { "  \(oneLine($0))" }
    }
    if !lines.isEmpty { lines.append("") }
    let counts = LintFinding.Kind.allCases.compactMap { kind -> String? in
      let count = result.findings.count { $0.finding.kind == kind }
      return count == 0 ? nil : "\(count) \(kind.rawValue)"
    }
    lines.append(
      "\(result.rules.count) rules: " + (counts.isEmpty ? "no findings" : counts.joined(separator: ", "))
        + (result.unknown == 0 ? "" : "; \(result.unknown) questions met a bound"))
    return lines.joined(separator: "\n") + "\n"
  }

  /// For programs.
  static func json(_ result: LintResult) -> String {
    let findings = result.findings.map { rule, other, finding in
      var members: [(String, Value)] = [
        ("kind", .string(finding.kind.rawValue)), ("file", .string(result.rules[rule].path)),
        ("id", .string(result.rules[rule].document.rule.id)),
      ]
      if let other {
        members.append(("otherFile", .string(result.rules[other].path)))
        members.append(("otherId", .string(result.rules[other].document.rule.id)))
      }
      members.append(("diagnostic", CheckJSON.diagnostic(finding.diagnostic)))
      return object(members)
    }
    return object([
      ("rules", .number(Number(result.rules.count))), ("pairs", .number(Number(result.pairs))),
      ("unknown", .number(Number(result.unknown))), ("findings", .array(findings)),
      ("failures", .array(result.failures.map { CheckJSON.diagnostic($0.diagnostic) })),
    ]).prettyJSON + "\n"
  }

  private static func object(_ members: [(String, Value)]) -> Value {
    .object(Value.Object(members.map { Value.Object.Member($0.0, $0.1) }))
  }
}
