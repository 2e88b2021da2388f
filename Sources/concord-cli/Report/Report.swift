import Concord

/// What a command found, in one value that every format draws: suites for CI systems, findings with their places,
/// lines for people, facts for programs.
struct Report: Sendable {
  /// One rule, one comparison, or what is wrong with a file or a document in it.
  struct Entry: Sendable {
    /// The file, as the user named it; `<stdin>` is standard input.
    var path: String
    /// The rule's id; `nil` where there is no rule.
    var rule: String?
    /// Whether nothing is wrong.
    var isClean = true
    /// What is wrong or worth knowing.
    var findings: [Finding] = []
    /// What was tried and how it ended.
    var cases: [Case] = []
    /// The entry for people, besides the findings that are not told by it.
    var lines: [TextLine] = []
    /// The entry for programs, besides its file, its rule and its findings.
    var facts: [(name: String, value: Value)] = []

    /// An entry without findings, cases and facts.
    init(path: String, rule: String? = nil) {
      self.path = path
      self.rule = rule
    }
  }

  /// A diagnostic, and what a report knows of it besides.
  struct Finding: Sendable {
    /// What is wrong, and where.
    var diagnostic: Diagnostic
    /// Whether the entry's lines tell it; otherwise it is drawn as a diagnostic.
    var isTold = false
    /// What tells it from other findings of its code in its file, whatever the paths that its message names; `nil`
    /// for the message itself.
    var identity: String?
    /// More for programs.
    var facts: [(name: String, value: Value)] = []
  }

  /// One thing that was tried: a fixture, a target, a side of a comparison.
  struct Case: Sendable {
    /// How it ended.
    enum Outcome: Sendable {
      case passed
      case failed(message: String, body: String)
      case error(message: String, body: String)
      case skipped(message: String)
    }

    /// What it belongs to.
    let group: String
    /// What it is called.
    let name: String
    /// How it ended.
    let outcome: Outcome
  }

  /// The command, `check`.
  let command: String
  /// The entries, in order.
  var entries: [Entry] = []
  /// How many of what there are, in the order in which they are told.
  var counts: [(name: String, count: Int)] = []
  /// The last lines for people.
  var closing: [TextLine] = []
}

/// How a report is drawn.
enum ReportFormat: String, CaseIterable, Sendable {
  case text, json, junit, sarif, github, markdown
}

extension OptionKey where Value == ReportFormat {
  /// How to print.
  static var format: Self {
    .choice(
      "format", short: "f", "FORMAT", default: .text,
      help: "text (the default), json, junit, sarif, github or markdown"
    )
  }
}

extension Report.Entry {
  /// What could not be taken as a rule.
  init(_ refusal: Refusal) {
    self.init(path: refusal.path)
    isClean = refusal.code == .clean
    findings = refusal.diagnostics.map { Report.Finding(diagnostic: $0) }
    guard !isClean else { return }
    let errors = refusal.diagnostics.filter { $0.severity == .error }
    let body = errors.map { DiagnosticRenderer().render($0) }.joined(separator: "\n")
    cases = [
      Report.Case(
        group: path, name: "read", outcome: .error(message: errors.first?.message ?? "", body: body))
    ]
  }

  /// The same with one more finding, which is a fault; without it, itself.
  func adding(_ fault: Diagnostic?) -> Report.Entry {
    guard let fault else { return self }
    var copy = self
    copy.findings.append(Report.Finding(diagnostic: fault))
    copy.cases.append(
      Report.Case(
        group: rule ?? path, name: fault.code.name,
        outcome: .failed(message: fault.message, body: fault.help.joined(separator: "\n"))))
    copy.isClean = false
    return copy
  }

  /// Whether a finding is that bad.
  func contains(_ severity: Diagnostic.Severity) -> Bool {
    findings.contains { $0.diagnostic.severity == severity }
  }
}
