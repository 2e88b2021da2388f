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
    /// Whether that id is surely the rule's own: one that is also the title may stand in place of an id.
    var hasOwnID = true
    /// The targets, engines or questions that were looked at, where a run may look at others another time.
    var topics: [String] = []
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
    /// The file of the other rule that it is about, where it is about two.
    var other: String?
    /// What it costs; `.clean` for what is only worth knowing.
    var cost = ExitCode.clean
    /// The part of the entry that it is in, as a target; `nil` for all of it.
    var topic: String?
    /// The lines that tell it, and nothing else, to people.
    var lines: [TextLine] = []
    /// By what it is set aside; `nil` where it is not.
    var setAside: SetAside?
  }

  /// Why a finding that is known does not count.
  struct SetAside: Sendable {
    /// The baseline's file, as the user named it.
    let by: String
    /// The reason that it gives; `nil` where it gives none.
    let reason: String?
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
    var outcome: Outcome
    /// The part of the entry whose findings say why it failed; `nil` for all of it.
    var topic: String?
  }

  /// The command, `check`.
  let command: String
  /// The entries, in order.
  var entries: [Entry] = []
  /// How many of what there are, in the order in which they are told.
  var counts: [(name: String, count: Int)] = []
  /// The last lines for people.
  var closing: [TextLine] = []
  /// What was set aside, in a few words; `nil` where there is no baseline.
  var setAside: String?
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
  /// An entry of a rule of that file, without findings, cases and facts.
  init(path: String, of rule: Rule) {
    self.init(path: path, rule: rule.id)
    hasOwnID = !rule.id.sameScalars(as: rule.title)
  }

  /// What could not be taken as a rule.
  init(_ refusal: Refusal) {
    self.init(path: refusal.path)
    isClean = refusal.code == .clean
    findings = refusal.diagnostics.map { Report.Finding(diagnostic: $0) }
    guard !isClean else { return }
    for place in findings.indices where findings[place].diagnostic.severity == .error {
      findings[place].cost = refusal.code
    }
    if code == .clean, !findings.isEmpty { findings[findings.count - 1].cost = refusal.code }
    let errors = refusal.diagnostics.filter { $0.severity == .error }
    let body = errors.map { DiagnosticRenderer().render($0) }.joined(separator: "\n")
    cases = [
      Report.Case(
        group: path, name: "read", outcome: .error(message: errors.first?.message ?? "", body: body))
    ]
  }

  /// The same with one more finding, which is a fault; without it, itself.
  func adding(_ clash: RuleNames.Clash?) -> Report.Entry {
    guard let clash else { return self }
    let fault = clash.diagnostic
    var copy = self
    copy.findings.append(
      Report.Finding(diagnostic: fault, other: clash.source, cost: .findings, topic: fault.code.name))
    copy.cases.append(
      Report.Case(
        group: rule ?? path, name: fault.code.name,
        outcome: .failed(message: fault.message, body: fault.help.joined(separator: "\n")),
        topic: fault.code.name))
    copy.isClean = false
    return copy
  }

  /// What its findings cost, but those that are set aside.
  var code: ExitCode {
    findings.reduce(.clean) { $1.setAside == nil ? $0.and($1.cost) : $0 }
  }

  /// The same with every warning as a fault.
  func strict() -> Report.Entry {
    var copy = self
    for place in findings.indices where findings[place].diagnostic.severity == .warning {
      copy.findings[place].cost = findings[place].cost.and(.findings)
      copy.isClean = false
    }
    return copy
  }

  /// The same, clean where all that it costs is set aside, and so with each of its cases.
  func settled() -> Report.Entry {
    guard findings.contains(where: { $0.setAside != nil }) else { return self }
    var copy = self
    if code == .clean { copy.isClean = true }
    copy.cases = cases.map { example in
      let costing = findings.filter {
        $0.cost != .clean && (example.topic == nil || $0.topic == example.topic)
      }
      guard example.outcome.isFault, let first = costing.first?.setAside,
        costing.allSatisfy({ $0.setAside != nil })
      else { return example }
      var skipped = example
      skipped.outcome = .skipped(message: first.words)
      return skipped
    }
    return copy
  }

  /// The lines for people: of what is set aside a line each, where others tell it as if it were not.
  var drawnLines: [TextLine] {
    lines
      + findings.flatMap { finding -> [TextLine] in
        guard let setAside = finding.setAside else { return finding.lines }
        if !finding.lines.isEmpty { return [] }
        return ["  \("set aside", .note) \(finding.diagnostic.code.rawValue): \(flat(setAside.shownReason))"]
      }
  }
}

extension Report.Case.Outcome {
  fileprivate var isFault: Bool {
    switch self {
    case .passed, .skipped: false
    case .failed, .error: true
    }
  }
}

extension Report.SetAside {
  /// The reason for people.
  var shownReason: String { reason ?? "no reason is given" }

  /// What sets it aside, and why.
  var words: String { "set aside by \(by): \(shownReason)" }
}

extension Report.Finding {
  /// What it is about, the same wherever it stands in its file and however the paths were given: its identity, else its
  /// message and the line that it points to. A long one is cut, and its digest told.
  var about: String {
    let line = diagnostic.labels.first.flatMap { diagnostic.source?.line($0.span.start.line) }
    let place = (line ?? "").split(separator: " ").joined(separator: " ")
    let whole = identity ?? (diagnostic.message + (place.isEmpty ? "" : " | " + place))
    let shown = shortened(whole, to: 200)
    return shown.sameScalars(as: whole) ? whole : "\(shown) #\(SHA256.name(of: Array(whole.utf8)))"
  }
}
