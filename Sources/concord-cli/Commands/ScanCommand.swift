import Concord
import Foundation

/// `concord scan`: rules are asked of the events in logs.
enum ScanCommand {
  static let spec = CommandSpec(
    name: "scan", summary: "Find the events in logs that rules match.", positional: "RULE… LOG…",
    options: OptionKey.specs(
      .rules, .logs, .scanFormat, .count, .first, .explain, .quietScan, .failOnMatch, .everyEvent,
      .includeDisabled, .logSource, .allSources, .timeField,
      .jobs, .maxEventBytes, .maxDepth, .maxFields) + RuleInput.options,
    examples: [
      ("concord scan rule.yml logs/", "every file in a folder: JSON lines, arrays, CloudTrail, also gzipped"),
      ("zcat log.gz | concord scan rule.yml -", "standard input"),
      (
        "concord scan --rules sigma/rules/cloud/aws 'logs/**/*.json.gz' --count",
        "many rules; quotes leave the pattern to concord"
      ),
      ("concord scan -e 'eventName eq \"StopLogging\"' logs/", "a condition right here, without a rule file"),
      (
        "concord scan query.dat -- logs/old.yml",
        "before `--` stand rules, behind it logs, whatever they end in"
      ),
    ],
    notes: [
      "Of a rule that counts events, the alerts are printed at the end.",
      "Events of AWS CloudTrail are known by what they hold; rules for other logs are not asked of them.",
      "",
      "What ends in \(RuleFile.endings("or")) is a rule, everything else a log.",
      "exit codes: 0 every event was evaluated, whether one matched or not (1 with --fail-on-match where one did);",
      "            2 a bad rule; 3 wrong usage, or a log or a part of one could not be read; 130 interrupted",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let selection = try ScanArguments(arguments)
    let rules = try ScanRules(arguments, paths: selection.rules)
    rules.diagnostics.forEach(terminal.report)
    if !arguments[.quietScan] { terminal.remark(rules.skipped) }
    guard !rules.documents.isEmpty else { return rules.code }
    let asked = RulesOfLogs(
      rules.documents, in: rules.place, stated: arguments[.logSource], takesAll: arguments[.allSources])
    if let remark = asked.remark, !arguments[.quietScan] { terminal.remark(remark) }
    if asked.documents.isEmpty {
      throw Diagnostic(
        .usage, "no rule reads the logs of `--log-source`",
        help: ["`--all-sources` asks all rules of all logs"])
    }
    let logs = LogPaths(try selection.logsOrStandardInput())
    let run = try ScanRun(arguments, asked, in: rules.place, logs, terminal)
    return rules.code.and(try run.scan())
  }
}

/// Which arguments are rules and which are logs.
struct ScanArguments {
  /// Rule files and folders.
  let rules: [String]
  private let logs: [String]

  init(_ arguments: ParsedArguments) throws(Diagnostic) {
    var rules = arguments[.rules]
    var logs: [String] = []
    if let count = arguments.positionalsBeforeDashes, arguments.positionals.count > count {
      // A log without a name that tells, as `-`, is unmistakable there too.
      rules += arguments.positionals.prefix(count)
      logs += arguments.positionals.dropFirst(count)
    } else {
      for argument in arguments.positionals {
        if RuleFile.isRuleName(argument) { rules.append(argument) } else { logs.append(argument) }
      }
    }
    self.rules = rules
    self.logs = logs + arguments[.logs]
    guard rules.isEmpty, arguments[.expression] == nil, arguments[.condition] == nil else { return }
    let folder = logs.first(where: ScanArguments.holdsRules)
    throw Diagnostic(
      .usage, "name a rule",
      help: (folder.map { ["`\($0)` holds rules: `--rules \($0)`"] } ?? [])
        + ["`concord scan rule.yml logs/`; what ends in \(RuleFile.endings("or")) is a rule"])
  }

  private static func holdsRules(_ path: String) -> Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: path))?.contains(where: RuleFile.isRuleName)
      ?? false
  }

  /// The logs; standard input where none is named and something is piped in.
  func logsOrStandardInput() throws(Diagnostic) -> [String] {
    if !logs.isEmpty { return logs }
    guard isatty(STDIN_FILENO) == 0 else {
      throw Diagnostic(
        .usage, "name a log", help: ["`concord scan rule.yml logs/`, or `-` for standard input"])
    }
    return ["-"]
  }
}

/// The rules of a scan, and what was wrong with others.
struct ScanRules {
  private(set) var documents: [RuleDocument] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var code = ExitCode.clean
  private(set) var skipped = RunSkips.Count()
  /// What is known of the place of all events.
  let place: Place

  init(_ arguments: ParsedArguments, paths: [String]) throws(Diagnostic) {
    var input = try RuleInput(arguments, paths: paths)
    place = input.compiler.options.place
    if paths.isEmpty { input.files = [.conditionAlone] }
    let skips = RunSkips(disabled: !arguments[.includeDisabled])
    let run = RuleRun(input, for: .translation(allowed: []), skips: skips) { $0.document }
    var taken: [PlaceFact: [Rule]] = [:]
    for found in run {
      switch found {
      case .rule(let rule, var document):
        let answered = document.rule.takingLogSources(asGivenBeside: place)
        if answered.condition != document.rule.condition {
          document.rule = answered
          diagnostics.append(
            Diagnostic(
              .placeSetAside,
              "`\(answered.id)`: of which log an event is, nothing tells: each part is asked of all events",
              help: ["`--place product=…` says it of all events"]
            ).located(in: document))
        }
        for fact in document.rule.placeTaken(in: place) {
          taken[fact, default: []].append(document.rule)
        }
        documents.append(document)
        diagnostics += document.warnings + [rule.clash?.diagnostic].compactMap { $0 }
        diagnostics += document.rule.windowAside.map { $0.located(in: document) }
      case .refused(let refusal): diagnostics += refusal.diagnostics
      }
    }
    for (fact, rules) in taken.sorted(by: { $0.key.name < $1.key.name }) {
      diagnostics.append(ScanRules.placeAside(fact, rules))
    }
    code = run.code
    skipped = run.skipped
    if code != .clean, !documents.isEmpty {
      diagnostics.append(
        Diagnostic(
          .rulesLeftOut,
          "bad rules are left out; the scan goes on with \(counted(documents.count, "other rule"))"))
    }
  }

  /// Rules ask of their place what nothing tells of all events.
  private static func placeAside(_ fact: PlaceFact, _ rules: [Rule]) -> Diagnostic {
    let whose =
      rules.count == 1 ? "the rule `\(rules[0].id.visible())` asks" : "\(counted(rules.count, "rule")) ask"
    let aside =
      fact.field.map { "is asked of events with a field `\($0)` alone: all others are taken to be there" }
      ?? "is set aside: every event is taken to be there"
    return Diagnostic(
      .placeSetAside, "what \(whose) of `\(fact)` \(aside)",
      help: ["`--place \(fact)=TEXT` says it of all events"])
  }
}

extension OptionKey where Value == [String] {
  fileprivate static var rules: Self {
    .texts("rules", OptionSpec.Value("PATH", .file), help: "a rule file, or a folder of rules")
  }
  fileprivate static var logs: Self {
    .texts("logs", OptionSpec.Value("PATH", .file), help: "a log, whatever its name ends in")
  }
}

extension OptionKey where Value == ScanFormat? {
  static var scanFormat: Self {
    .choice(
      "format", short: "f", "FORMAT",
      help: "text (the default on a terminal), ndjson (elsewhere), table, json or count")
  }
}

extension OptionKey where Value == Bool {
  static var count: Self {
    .flag("count", short: "c", help: "print how many events match, and nothing else")
  }
  static var explain: Self {
    .flag("explain", help: "show for each match which tests and values decided")
  }
  static var quietScan: Self { .flag("quiet", short: "q", help: "no summary and no progress") }
  static var failOnMatch: Self { .flag("fail-on-match", help: "exit 1 where an event matches") }
  static var allSources: Self {
    .flag("all-sources", help: "ask every rule of every event, whatever log it is meant for")
  }
  static var everyEvent: Self {
    .flag("strict", help: "check every event to its end, also those that can match no rule; slower")
  }
}

extension OptionKey where Value == String? {
  static var timeField: Self {
    .text(
      "time-field", OptionSpec.Value("PATH"),
      help: "when an event happened; found by itself where the usual names are used")
  }
}

extension OptionKey where Value == LogSource? {
  static var logSource: Self {
    let value = OptionSpec.Value("SOURCE") { text in
      LogSource(stated: text) == nil
        ? OptionSpec.Fault("needs a log source, not `\(text)`", help: ["as `windows` or `aws/cloudtrail`"])
        : nil
    }
    let help = "of which log source the logs are, as `aws/cloudtrail`; rules that read others are left out"
    return OptionKey(
      spec: OptionSpec(name: "log-source", short: nil, value: value, repeats: false, help: help)
    ) { $0.last.flatMap { LogSource(stated: $0) } }
  }
}

extension OptionKey where Value == Int? {
  static var first: Self { .number("first", short: "n", help: "stop after N matching events") }
  static var jobs: Self { .number("jobs", short: "j", help: "how many threads; all processors by default") }
  static var maxEventBytes: Self {
    .number("max-event-bytes", help: "pass over larger events, with an error (16 MiB)")
  }
  static var maxDepth: Self {
    .number("max-depth", help: "pass over events that nest deeper, with an error (512)")
  }
  static var maxFields: Self {
    .number("max-fields", help: "pass over events with more fields, with an error (1000000)")
  }
}
