import Concord

/// `run`'s table for a pull request's comment, and as a page with plots.
///
/// Whatever a rule's name holds is escaped: no Markdown, HTML or mention of a person is obeyed.
enum HuntPages {
  /// How many columns of days a table in Markdown has, and a plot.
  private static let limits = (table: 10, plot: 60)

  /// A table in Markdown.
  static func markdown(_ report: HuntReport) -> String {
    let columns = report.columns(atMost: limits.table)
    var text = "### concord run\n\n"
    text += "| rule | severity | events | \(columns.map(\.name).joined(separator: " | ")) |\n"
    text += "|---|---|--:|\(columns.map { _ in "--:|" }.joined())\n"
    for rule in report.order {
      let counts = report.counts(of: rule, in: columns).map { $0 == 0 ? "" : ScanText.number($0) }
      let own = report.rules[rule]
      text += "| <code>\(cell(ScanText.name(own)))</code> | \(own.severity?.rawValue ?? "") | "
      text += "\(ScanText.number(report.tally.count(of: rule))) | \(counts.joined(separator: " | ")) |\n"
    }
    return text + "\n" + Markdown.block(HuntText.closing(report))
  }

  /// A page of its own, with a plot for each rule: no script, and nothing that is fetched.
  static func html(_ report: HuntReport) -> String {
    let columns = report.columns(atMost: limits.plot)
    let highest = report.rules.indices.flatMap { report.counts(of: $0, in: columns) }.max() ?? 0
    let rows = report.order.map { rule in
      let own = report.rules[rule]
      return "<tr><td>\(Markdown.escaped(ScanText.name(own)))</td><td>\(own.severity?.rawValue ?? "")</td>"
        + "<td class=\"n\">\(ScanText.number(report.tally.count(of: rule)))</td>"
        + "<td>\(plot(report.counts(of: rule, in: columns), columns.map(\.name), highest: highest))</td></tr>\n"
    }
    let span = "\(report.span.since.text) to \(report.span.until.text)"
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>concord run</title>
      <style>
      body { font: 14px/1.5 system-ui, sans-serif; margin: 2em; color: #222; background: #fff }
      table { border-collapse: collapse } td, th { padding: .2em .8em; text-align: left; border-bottom: 1px solid #ddd }
      .n { text-align: right; font-variant-numeric: tabular-nums } rect { fill: #2a6f97 } .base { fill: #ddd }
      pre { background: #f4f4f4; padding: .8em; white-space: pre-wrap }
      </style></head><body>
      <h1>concord run</h1><p>\(span)</p>
      <table><tr><th>rule</th><th>severity</th><th>events</th><th>by day</th></tr>
      \(rows.joined())</table>
      <pre>\(Markdown.escaped(lines: report.closing))</pre>
      </body></html>

      """
  }

  /// Bars over time, each with its day and number.
  private static func plot(_ counts: [Int], _ names: [String], highest: Int) -> String {
    let (width, height) = (8, 28)
    let bars = zip(counts, names).enumerated().map { place, bar in
      let own = bar.0 == 0 ? 0 : max(2, bar.0 * height / max(1, highest))
      return
        "<rect class=\"base\" x=\"\(place * width)\" y=\"\(height)\" width=\"\(width - 1)\" height=\"1\"/>"
        + "<rect x=\"\(place * width)\" y=\"\(height - own)\" width=\"\(width - 1)\" height=\"\(own)\">"
        + "<title>\(bar.1): \(bar.0)</title></rect>"
    }
    return
      "<svg width=\"\(max(1, counts.count) * width)\" height=\"\(height + 1)\" role=\"img\">\(bars.joined())</svg>"
  }

  /// A text that stays in its cell of a table in Markdown.
  private static func cell(_ text: String) -> String {
    Markdown.escaped(text).replacing("|", with: "&#124;").replacing("`", with: "&#96;")
  }
}

/// `run`'s findings as SARIF 2.1.0: one for each rule that holds of an event.
enum HuntSARIF {
  static func render(_ report: HuntReport) -> String {
    let found = report.order.filter { report.tally.count(of: $0) > 0 }
    let rules = found.map { place in
      let rule = report.rules[place]
      return Value.members([
        ("id", .string(rule.id)), ("shortDescription", .members([("text", .string(rule.title))])),
      ])
    }
    let driver = Value.members([
      ("name", .string("concord")), ("version", .string(Compiler.version)), ("rules", .array(rules)),
    ])
    let results = found.map { result($0, report) }
    let run = Value.members([
      ("tool", .members([("driver", driver)])), ("columnKind", .string("unicodeCodePoints")),
      ("results", .array(results)),
      (
        "invocations",
        .array([.members([("executionSuccessful", .bool(report.isWhole && report.tally.disagreements == 0))])]
        )
      ),
    ])
    return Value.members([
      ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
      ("version", .string("2.1.0")), ("runs", .array([run])),
    ]).prettyJSON + "\n"
  }

  private static func result(_ place: Int, _ report: HuntReport) -> Value {
    let rule = report.rules[place]
    let path = ReportPath(report.files[place])
    var artifact: [(String, Value)] = [("uri", .string(path.uri))]
    if path.isBelow { artifact.append(("uriBaseId", .string("%SRCROOT%"))) }
    let days = (report.tally.hits[place] ?? [:]).sorted { $0.key < $1.key }
    let list = days.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    let level =
      switch rule.severity {
      case .critical?, .high?: "error"
      case .medium?, .low?: "warning"
      case .informational?, nil: "note"
      }
    return .members([
      ("ruleId", .string(rule.id)), ("level", .string(level)),
      (
        "message",
        .members([
          ("text", .string("\(counted(report.tally.count(of: place), "event")) of \(rule.id)\n\(list)"))
        ])
      ),
      (
        "locations",
        .array([.members([("physicalLocation", .members([("artifactLocation", .members(artifact))]))])])
      ),
      ("partialFingerprints", .members([("concord/v2", .string("run:\(path.text):\(rule.id)"))])),
    ])
  }
}
