import Concord

/// Findings as SARIF 2.1.0, for code scanning.
enum SARIF {
  /// The log of a report's findings.
  static func render(_ report: Report) -> String {
    let findings = report.entries.flatMap { entry in entry.findings.map { (entry, $0) } }
    var codes: [Diagnostic.Code] = []
    var levels: [Diagnostic.Code: Diagnostic.Severity] = [:]
    for (_, finding) in findings {
      let (code, severity) = (finding.diagnostic.code, finding.diagnostic.severity)
      if levels[code] == nil { codes.append(code) }
      levels[code] = levels[code].map { $0.worse(severity) } ?? severity
    }
    let rules = codes.map { rule($0, level: levels[$0] ?? .error) }
    let driver = Value.members([
      ("name", .string("concord")), ("version", .string(Compiler.version)), ("rules", .array(rules)),
    ])
    let run = Value.members([
      ("tool", .members([("driver", driver)])), ("columnKind", .string("unicodeCodePoints")),
      ("results", .array(findings.map { result($1, of: $0) })),
    ])
    return Value.members([
      ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
      ("version", .string("2.1.0")), ("runs", .array([run])),
    ]).prettyJSON + "\n"
  }

  /// What is known of all findings of a code, and the worst that was met.
  private static func rule(_ code: Diagnostic.Code, level: Diagnostic.Severity) -> Value {
    .members([
      ("id", .string(code.rawValue)), ("name", .string(code.name)),
      ("shortDescription", .members([("text", .string(code.meaning))])),
      (
        "help",
        .members([
          ("text", .string(code.help)),
          ("markdown", .string("**\(code.rawValue) `\(code.name)`**: \(code.meaning)\n\n\(code.help)")),
        ])
      ),
      ("defaultConfiguration", .members([("level", .string(level.rawValue))])),
    ])
  }

  private static func result(_ finding: Report.Finding, of entry: Report.Entry) -> Value {
    let diagnostic = finding.diagnostic
    let path = ReportPath(entry.path)
    var artifact: [(String, Value)] = [("uri", .string(path.uri))]
    if path.isBelow { artifact.append(("uriBaseId", .string("%SRCROOT%"))) }
    var place: [(String, Value)] = [("artifactLocation", .members(artifact))]
    if let span = diagnostic.labels.first?.span { place.append(("region", region(span))) }
    let text = ([diagnostic.message] + diagnostic.help).joined(separator: "\n")
    let fingerprint = [diagnostic.code.rawValue, path.text, finding.about]
    var members: [(String, Value)] = [
      ("ruleId", .string(diagnostic.code.rawValue)), ("level", .string(diagnostic.severity.rawValue)),
      ("message", .members([("text", .string(text))])),
      ("locations", .array([.members([("physicalLocation", .members(place))])])),
      // Without it, a finding that moved by a line is counted as a new one.
      (
        "partialFingerprints", .members([("concord/v3", .string(fingerprint.joined(separator: ":")))])
      ),
    ]
    if let setAside = finding.setAside {
      var suppression: [(String, Value)] = [("kind", .string("external")), ("status", .string("accepted"))]
      if let reason = setAside.reason { suppression.append(("justification", .string(reason))) }
      members.append(("suppressions", .array([.members(suppression)])))
    }
    return .members(members)
  }

  private static func region(_ span: Span) -> Value {
    .members([
      ("startLine", .number(Number(span.start.line))), ("startColumn", .number(Number(span.start.column))),
      ("endLine", .number(Number(span.end.line))), ("endColumn", .number(Number(span.end.column))),
    ])
  }
}

extension Diagnostic.Severity {
  /// The worse of two.
  fileprivate func worse(_ other: Diagnostic.Severity) -> Diagnostic.Severity {
    [.error, .warning].first { $0 == self || $0 == other } ?? .note
  }
}
