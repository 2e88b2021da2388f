import Concord
import Foundation

/// `concord run`: rules are asked of an engine's tables.
enum RunCommand {
  static let spec = CommandSpec(
    name: "run", summary: "Ask rules of the tables of a real engine, slice by slice of time.",
    positional: "RULE…",
    options: OptionKey.specs(
      .tableEngine, .slice, .concurrency, .maxScan, .resume, .sample, .runFormat, .quietRun, .failOnMatch,
      .includeDisabled) + RuleInput.options,
    examples: [
      ("concord run rules/ --engine trino --since -24h", "what the rules find in the last day"),
      (
        "concord run rules/ --engine trino --since -30d --slice 6h --resume run.ledger > hits.ndjson",
        "go on after an interruption with the slice where it stopped"
      ),
      (
        "concord run rules/ --engine trino --check 100 --format table",
        "also see that 100 events of each slice are given exactly where a rule holds of them"
      ),
    ],
    notes: [
      "All rules of a table are asked in one statement a slice. Each event that comes back is put to the rules here",
      "too: where the engine says something else, that is an error with the event.",
      "Results are printed slice by slice, oldest first, each slice once it is whole. Where a run is killed while it",
      "prints a slice, `--resume` says so, and prints that slice again.",
      "Rules that count events are refused: a group may lie in several slices.",
      "",
      "exit codes: 0 every slice is whole (1 with --fail-on-match where an event matched);",
      "            1 the engine and a rule say different things of an event; 2 a rule is refused; 3 wrong usage;",
      "            4 not every slice is whole; 130 interrupted",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let run = try HuntRun(arguments, terminal)
    return try run.run()
  }
}

/// How `run` prints.
enum RunFormat: String, CaseIterable, Sendable {
  case text, ndjson, table, markdown, html, sarif
}

extension OptionKey where Value == String? {
  static var tableEngine: Self {
    .text(
      "engine", OptionSpec.Value("NAME", .choice(Registry.engines.map(\.name))),
      help: "the engine whose tables are asked")
  }
  static var resume: Self {
    .text(
      "resume", OptionSpec.Value("FILE", .file),
      help: "keep in this file how far the run came, and go on there where it stands already")
  }
}

extension OptionKey where Value == Int? {
  static var slice: Self {
    let value = OptionSpec.Value("TIME") { text in
      RunLength.seconds(text) == nil
        ? OptionSpec.Fault("needs a length of time, not `\(text)`", help: ["as 15m, 1h, 6h or 1d"]) : nil
    }
    let help = "the length of the slices of time, as 15m, 1h or 1d (the default)"
    return OptionKey(spec: OptionSpec(name: "slice", short: nil, value: value, repeats: false, help: help)) {
      $0.last.flatMap(RunLength.seconds)
    }
  }
  static var maxScan: Self {
    let value = OptionSpec.Value("BYTES") { text in
      RunLength.bytes(text) == nil
        ? OptionSpec.Fault("needs a number of bytes, not `\(text)`", help: ["as 500MB or 50GB"]) : nil
    }
    let help = "end the run once the engine has read so much, as 50GB"
    return OptionKey(spec: OptionSpec(name: "max-scan", short: nil, value: value, repeats: false, help: help))
    {
      $0.last.flatMap(RunLength.bytes)
    }
  }
  static var concurrency: Self {
    .number("concurrency", help: "how many slices are asked for at once; 1 by default")
  }
  static var sample: Self {
    .number(
      "check", help: "put N events of each slice to the rules here: those that match must come back")
  }
}

extension OptionKey where Value == RunFormat? {
  static var runFormat: Self {
    .choice(
      "format", short: "f", "FORMAT",
      help: "text (the default on a terminal), ndjson (elsewhere), table, markdown, html or sarif")
  }
}

extension OptionKey where Value == Bool {
  static var quietRun: Self { .flag("quiet", short: "q", help: "no progress, and no notes") }
}

/// Lengths of time, and of data, as a user writes them.
enum RunLength {
  /// The seconds of `15m`, `1h`, `2d`; `nil` for anything else.
  static func seconds(_ text: String) -> Int? {
    guard case .before(let seconds)? = Moment("-" + text) else { return nil }
    return seconds
  }

  /// The bytes of `500MB`, `50GB`, `1000`, in decimal units; `nil` for anything else.
  static func bytes(_ text: String) -> Int? {
    let units = [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("B", 1)]
    let unit = units.first { text.lowercased().hasSuffix($0.0.lowercased()) } ?? ("", 1)
    let digits = text.dropLast(unit.0.count)
    guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(digits), number > 0
    else { return unit.0.isEmpty ? Int(text).flatMap { $0 > 0 ? $0 : nil } : nil }
    let (bytes, isTooMuch) = number.multipliedReportingOverflow(by: unit.1)
    return isTooMuch ? nil : bytes
  }
}
