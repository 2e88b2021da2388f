import Concord

/// Prints a report in the user's format: entry by entry where the format has a piece for each, else at the end.
struct ReportPrinter {
  /// How text is laid out.
  enum Layout {
    /// One entry below the other.
    case dense
    /// An empty line between entries, and before the closing lines.
    case spaced
  }

  private let format: ReportFormat
  private let layout: Layout
  private let isQuiet: Bool
  private let terminal: Terminal
  private var report: Report
  private var hasPrinted = false

  /// Prints what `command` finds. `isQuiet`: text tells only the entries at fault, and of these no notes.
  init(
    _ command: String, as format: ReportFormat, layout: Layout = .dense, isQuiet: Bool = false,
    _ terminal: Terminal
  ) {
    self.format = format
    self.layout = layout
    self.isQuiet = isQuiet
    self.terminal = terminal
    report = Report(command: command)
  }

  /// Takes the next entry. Throws where it cannot be written.
  mutating func add(_ entry: Report.Entry) throws(Diagnostic) {
    switch format {
    case .text: try print(entry)
    case .github: try terminal.print(GitHub.annotations(entry))
    case .json, .junit, .sarif, .markdown: report.entries.append(entry)
    }
  }

  /// Takes what is known at the end. Throws where it cannot be written.
  mutating func end(_ closing: [TextLine], counts: [(name: String, count: Int)] = []) throws(Diagnostic) {
    report.closing = closing
    report.counts = counts
    switch format {
    case .text: try print(closing)
    case .github: break
    case .json: try terminal.print(JSONReport.render(report))
    case .junit: try terminal.print(JUnit.render(report))
    case .sarif: try terminal.print(SARIF.render(report))
    case .markdown: try terminal.print(Markdown.render(report))
    }
  }

  /// Takes how many rules there were, how many of them are clean, and which files were looked at, where not all were.
  /// Throws where that cannot be written.
  mutating func end(rules total: Int, clean: Int, _ changed: ChangedFiles?) throws(Diagnostic) {
    var closing: [TextLine] = []
    if total > 1 { closing.append("\(counted(total, "rule")): \(clean) clean, \(total - clean) not") }
    if let changed { closing.append(TextLine(changed.words)) }
    try end(closing, counts: [("rules", total), ("clean", clean)])
  }

  private mutating func print(_ entry: Report.Entry) throws(Diagnostic) {
    for finding in entry.findings where !finding.isTold {
      // A warning of an entry at fault may be what the fault is, as with `check --strict`.
      let isFault =
        finding.diagnostic.severity == .error
        || (finding.diagnostic.severity == .warning && !entry.isClean)
      if !isQuiet || isFault { terminal.report(finding.diagnostic) }
    }
    if !isQuiet || !entry.isClean { try print(entry.lines) }
  }

  private mutating func print(_ lines: [TextLine]) throws(Diagnostic) {
    if lines.isEmpty { return }
    let separator: [TextLine] = hasPrinted && layout == .spaced ? [""] : []
    hasPrinted = true
    try terminal.print(separator + lines)
  }
}
