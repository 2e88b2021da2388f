import Concord
import Foundation

/// `concord scan`: rules are asked of the events in logs.
struct ScanCommand {
  static let spec = CommandSpec(
    name: "scan", summary: "Find the events in logs that rules match.", positional: "RULE… LOG…",
    options: [
      OptionSpec(
        name: "rules", value: "PATH", repeats: true, help: "a rule file, or a folder of rules"),
      OptionSpec(
        name: "logs", value: "PATH", repeats: true, help: "a log, whatever its name ends in"),
      OptionSpec(
        name: "format", short: "f", value: "FORMAT", choices: ScanFormat.allCases.map(\.rawValue),
        help: "text (the default on a terminal), ndjson (elsewhere), table, json or count"),
      OptionSpec(
        name: "count", short: "c", value: nil, help: "print how many events match, and nothing else"),
      OptionSpec(name: "first", short: "n", value: "N", help: "stop after N matching events"),
      OptionSpec(name: "explain", value: nil, help: "show for each match which tests and values decided"),
      OptionSpec(name: "quiet", short: "q", value: nil, help: "no summary and no progress"),
      OptionSpec(name: "fail-on-match", value: nil, help: "exit 1 where an event matches"),
      OptionSpec(
        name: "strict", value: nil,
        help: "check every event to its end, also those that can match no rule; slower"),
      OptionSpec(
        name: "time-field", value: "PATH",
        help: "when an event happened; found by itself where the usual names are used"),
      OptionSpec(name: "jobs", short: "j", value: "N", help: "how many threads; all processors by default"),
      OptionSpec(
        name: "max-event-bytes", value: "N", help: "pass over larger events, with an error (16 MiB)"),
      OptionSpec(
        name: "max-depth", value: "N", help: "pass over events that nest deeper, with an error (512)"),
      OptionSpec(
        name: "max-fields", value: "N", help: "pass over events with more fields, with an error (1000000)"),
    ] + RuleInput.options.filter { $0.name != "source" },
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
      "What ends in .yml, .yaml, .sql or .spl is a rule, everything else a log.",
      "exit codes: 0 every event was evaluated, whether one matched or not (1 with --fail-on-match where one did);",
      "            2 a bad rule; 3 wrong usage, or a log or a part of one could not be read; 130 interrupted",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let selection = try ScanArguments(arguments)
    let rules = try ScanRules(arguments, paths: selection.rules)
    rules.diagnostics.forEach(terminal.report)
    guard !rules.documents.isEmpty else { return rules.code }
    let logs = LogPaths(try selection.logsOrStandardInput())
    let run = try ScanRun(arguments, rules.documents, logs, terminal)
    return rules.code.and(try run.scan())
  }
}

/// How `scan` prints.
enum ScanFormat: String, CaseIterable {
  case text, ndjson, table, json, count
}

/// Which arguments are rules and which are logs.
struct ScanArguments {
  /// Rule files and folders.
  let rules: [String]
  private let logs: [String]

  init(_ arguments: ParsedArguments) throws(Diagnostic) {
    var rules = arguments.all("rules")
    var logs: [String] = []
    if let count = arguments.positionalsBeforeDashes, arguments.positionals.count > count {
      // A log without a name that tells, as `-`, is unmistakable there too.
      rules += arguments.positionals.prefix(count)
      logs += arguments.positionals.dropFirst(count)
    } else {
      for argument in arguments.positionals {
        if ScanArguments.isRule(argument) { rules.append(argument) } else { logs.append(argument) }
      }
    }
    self.rules = rules
    self.logs = logs + arguments.all("logs")
    guard rules.isEmpty, !arguments.has("expression"), !arguments.has("condition") else { return }
    let folder = logs.first(where: ScanArguments.holdsRules)
    throw Diagnostic(
      .usage, "name a rule",
      help: (folder.map { ["`\($0)` holds rules: `--rules \($0)`"] } ?? [])
        + ["`concord scan rule.yml logs/`; what ends in .yml, .yaml, .sql or .spl is a rule"])
  }

  private static func isRule(_ argument: String) -> Bool {
    ["yml", "yaml", "sql", "spl"].contains((argument as NSString).pathExtension.lowercased())
  }

  private static func holdsRules(_ path: String) -> Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: path))?.contains(where: isRule) ?? false
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

  init(_ arguments: ParsedArguments, paths: [String]) throws(Diagnostic) {
    let input = try RuleInput(arguments, paths: paths)
    if paths.isEmpty {
      // The smallest rule there is: the condition comes from the options.
      let rule = Source(name: "<expression>", text: "AnalysisType: rule\nRuleID: expression\n")
      do throws(Diagnostic) {
        documents = try input.compiler.load(rule)
      } catch {
        diagnostics = [error.located(in: input.compiler.options.condition)]
        code = .badRule
      }
      return
    }
    for file in input.inputs {
      switch input.load(file) {
      case .failure(let failure):
        diagnostics.append(failure.diagnostic)
        code = code.and(failure.code)
      case .success(let collection):
        documents += collection.documents
        diagnostics += collection.documents.flatMap(\.warnings)
        for document in collection.refused {
          diagnostics += document.warnings + document.refusals
          code = code.and(.badRule)
        }
      }
    }
    if code != .clean, !documents.isEmpty {
      let count = documents.count == 1 ? "1 other rule" : "\(documents.count) other rules"
      diagnostics.append(
        Diagnostic(.rulesLeftOut, "bad rules are left out; the scan goes on with \(count)"))
    }
  }
}
