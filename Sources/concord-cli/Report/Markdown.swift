import Concord

/// A report as the comment of a pull request: what was counted, and each entry at fault or with a warning, folded.
///
/// Whatever a rule or a file's name holds stands in fenced text or in `<code>`, where no Markdown, HTML or mention of
/// a person is obeyed.
enum Markdown {
  /// How many bytes a comment has at most. GitHub takes 65,536 characters, and refuses a longer one whole.
  static let limit = 60_000

  /// The report as one comment. Entries that do not fit are counted.
  static func render(_ report: Report) -> String {
    var text = "### concord \(report.command)\n\n\(block(summary(report)))"
    var omitted = 0
    for entry in report.entries where isTold(entry) {
      let section = section(entry)
      if text.utf8.count + section.utf8.count > limit { omitted += 1 } else { text += section }
    }
    if omitted > 0 {
      text += "\n\(omitted) more of \(counted(report.entries.count, "entry", "entries")) "
      text += "\(omitted == 1 ? "does" : "do") not fit into a comment.\n"
    }
    return text
  }

  /// Whether there is more to say of an entry than that it is clean.
  private static func isTold(_ entry: Report.Entry) -> Bool {
    !entry.isClean
      || entry.findings.contains { $0.setAside == nil && ($0.isTold || $0.diagnostic.severity != .note) }
  }

  private static func summary(_ report: Report) -> String {
    let closing = report.closing.map { $0.drawn(colour: false) }.filter { $0 != "\n" }
    if !closing.isEmpty { return closing.joined() }
    let counts = report.counts.map { "\($0.name) \($0.count)" }
    return (counts.isEmpty ? "nothing to report" : counts.joined(separator: ", ")) + "\n"
  }

  private static func section(_ entry: Report.Entry) -> String {
    let name = [entry.rule, ReportPath(entry.path).text].compactMap { $0 }.map {
      "<code>\(escaped($0))</code>"
    }
    let found = entry.findings.filter {
      !$0.isTold && $0.setAside == nil && (!entry.isClean || $0.diagnostic.severity != .note)
    }
    let diagnostics = found.map { DiagnosticRenderer().render($0.diagnostic) }.joined()
    let lines = entry.drawnLines.map { $0.drawn(colour: false) }.joined()
    let mark = entry.isClean ? "" : "<b>fails</b> "
    return
      "\n<details><summary>\(mark)\(name.joined(separator: " in "))</summary>\n\n\(block(diagnostics + lines))\n</details>\n"
  }

  /// The text in a fence that no line of it ends.
  static func block(_ text: String) -> String {
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
    return "\(fence)text\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n"
  }

  private static func longestRun(of wanted: Unicode.Scalar, in text: String) -> Int {
    var (longest, length) = (0, 0)
    for scalar in text.unicodeScalars {
      length = scalar == wanted ? length + 1 : 0
      longest = max(longest, length)
    }
    return longest
  }

  /// Lines in which no HTML is obeyed.
  static func escaped(lines: [String]) -> String { lines.map(escaped).joined(separator: "\n") }

  /// A text in which no HTML is obeyed, on one line.
  static func escaped(_ text: String) -> String {
    text.visible().unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
