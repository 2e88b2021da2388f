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
  private var baseline: BaselineRun?
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

  /// Prints what `command` finds as its arguments ask, with what their baseline knows set aside. Throws what is wrong
  /// with the baseline.
  init(
    _ command: String, _ arguments: ParsedArguments, layout: Layout = .dense, _ terminal: Terminal
  ) throws(Diagnostic) {
    self.init(
      command, as: arguments[.format], layout: layout,
      isQuiet: arguments.takes(.quiet) && arguments[.quiet], terminal)
    baseline = try BaselineRun(arguments, command: command)
  }

  /// Takes the next entry, and returns it with what is known set aside. Throws where it cannot be written.
  @discardableResult
  mutating func add(_ entry: Report.Entry) throws(Diagnostic) -> Report.Entry {
    let entry = baseline?.applied(to: entry) ?? entry
    try draw(entry)
    return entry
  }

  private mutating func draw(_ entry: Report.Entry) throws(Diagnostic) {
    switch format {
    case .text: try print(entry)
    case .github: try terminal.print(GitHub.annotations(entry))
    case .json, .junit, .sarif, .markdown: report.entries.append(entry)
    }
  }

  /// Takes what is known at the end, and returns what is wrong with the baseline. Throws where it cannot be written.
  /// `isWhole`: whether every rule of the files was looked at, so that the baseline can be asked what is gone.
  @discardableResult
  mutating func end(
    _ closing: [TextLine], counts: [(name: String, count: Int)] = [], isWhole: Bool = true
  ) throws(Diagnostic) -> ExitCode {
    let own = baseline?.own(isWhole: isWhole)
    if let own { try draw(own) }
    let known = try baseline?.end(isWhole: isWhole)
    report.setAside = known?.words
    report.closing = closing + (known.map { [TextLine($0.words)] } ?? [])
    report.counts = counts + (known?.counts ?? [])
    switch format {
    case .text: try print(report.closing)
    case .github: if let words = report.setAside { try terminal.print(GitHub.notice(words)) }
    case .json: try terminal.print(JSONReport.render(report))
    case .junit: try terminal.print(JUnit.render(report))
    case .sarif: try terminal.print(SARIF.render(report))
    case .markdown: try terminal.print(Markdown.render(report))
    }
    return own?.code ?? .clean
  }

  /// Takes how many rules there were, how many of them are clean, and which files were looked at, where not all were.
  /// Returns what is wrong with the baseline; throws where anything cannot be written.
  mutating func end(
    rules total: Int, clean: Int, _ changed: ChangedFiles?, skipped: RunSkips.Count, isWhole: Bool = true
  ) throws(Diagnostic) -> ExitCode {
    var closing: [TextLine] = []
    if total > 1 { closing.append("\(counted(total, "rule")): \(clean) clean, \(total - clean) not") }
    if let changed { closing.append(TextLine(changed.words)) }
    return try end(
      closing, counts: [("rules", total), ("clean", clean)] + skipped.counts,
      isWhole: isWhole && skipped.disabled == 0)
  }

  private mutating func print(_ entry: Report.Entry) throws(Diagnostic) {
    for finding in entry.findings where !finding.isTold && finding.setAside == nil {
      // A warning of an entry at fault may be what the fault is, as with `check --strict`.
      let isFault =
        finding.diagnostic.severity == .error
        || (finding.diagnostic.severity == .warning && !entry.isClean)
      if !isQuiet || isFault { terminal.report(finding.diagnostic) }
    }
    if !isQuiet || !entry.isClean { try print(entry.drawnLines) }
  }

  private mutating func print(_ lines: [TextLine]) throws(Diagnostic) {
    if lines.isEmpty { return }
    let separator: [TextLine] = hasPrinted && layout == .spaced ? [""] : []
    hasPrinted = true
    try terminal.print(separator + lines)
  }
}
