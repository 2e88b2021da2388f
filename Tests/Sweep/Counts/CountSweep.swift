import Concord
import Foundation
import TestSupport

/// Puts generated rules that count through every target that counts, on boundary logs, and proves each text. `sweep counts
/// [RULES] [SEED]`; with `--engine NAME` the logs are put to a real system instead, `--logs N` of each rule.
enum CountSweep {
  private static let targets = Registry.runners.filter { $0.alertRunner != nil && $0.writer != nil }

  /// Whether no target disagrees with the meaning, and nothing that agrees is read back as something else.
  static func run(_ words: [String]) async -> Bool {
    if let place = words.firstIndex(of: "--engine"), words.indices.contains(place + 1) {
      return onEngine(words[place + 1], words)
    }
    let arguments = words.compactMap { UInt64($0) }
    let count = Int(arguments.first ?? 5_000)
    let seed = arguments.dropFirst().first ?? 1
    let progress = Progress<TargetVerdicts>("counts, seed \(seed)", of: count) { $0.report() }
    await progress.count(Array(0..<count), by: 5) { numbers in
      numbers.reduce(into: TargetVerdicts()) { $0.add(verdicts(of: seed &* 1_000_000 &+ UInt64($1))) }
    }
    return progress.finish().faults.isEmpty
  }

  private static func verdicts(of seed: UInt64) -> TargetVerdicts {
    let rule = CountedRules.rule(seed: seed)
    var settings = LanguageOptions()
    settings.schema = Source(name: "pool.sql", text: CountedRules.ddl)
    let verification = RuleVerification(of: rule, in: targets, options: settings)
    var verdicts = TargetVerdicts()
    verdicts.count(verification.agreement)
    for (column, judgement) in zip(verification.agreement.columns, verification.judgements) {
      guard case .ran(let query, _) = column.outcome else { continue }
      let why = judgement.verdict == .proved ? "" : ": " + (judgement.reason ?? "")
      let word = "\(column.language) \(judgement.verdict.rawValue)\(why.prefix(24))"
      verdicts.judgements[word, default: 0] += 1
      // Where a log told the difference, the agreement has it.
      guard judgement.event != nil else { continue }
      verdicts.targets[column.language, default: Verdicts()].wrong.append(
        "\(rule.id): \(judgement.verdict.rawValue) by proof\n\(query)")
    }
    return verdicts
  }

  /// Puts some logs of each rule to a real system; whether it raises the alerts that the rules mean.
  private static func onEngine(_ name: String, _ words: [String]) -> Bool {
    let numbers = words.prefix { !$0.hasPrefix("--") }.compactMap { UInt64($0) }
    let (count, seed) = (Int(numbers.first ?? 100), numbers.dropFirst().first ?? 1)
    let logCount = words.firstIndex(of: "--logs").flatMap { Int(words[$0 + 1]) } ?? 10
    let configuration = EngineConfiguration(
      environment: ProcessInfo.processInfo.environment, kinds: Registry.engines)
    guard let engine = try? configuration.engines(name).first,
      let language = Registry.languages.first(where: { $0.engines.contains { $0.name == name } })
    else {
      print("`\(name)` is not configured")
      return false
    }
    var settings = LanguageOptions()
    settings.schema = Source(name: "pool.sql", text: CountedRules.ddl)
    var verdicts = Verdicts()
    for number in 0..<UInt64(count) {
      let rule = CountedRules.rule(seed: seed &* 1_000_000 &+ number)
      let detection = rule.detectionAnywhere
      let boundary = BoundaryEvents(for: rule.condition, fixtures: rule.fixtures)
      let logs =
        BoundaryLogs(for: rule, boundary: boundary, keptBy: [language], options: settings)?.probes ?? []
      let step = max(1, logs.count / logCount)
      do throws(Diagnostic) {
        for place in stride(from: Int(number) % step, to: logs.count, by: step) {
          let raised = try language.alerts(of: rule, in: logs[place].log, on: engine, options: settings)
          let meant = detection.alerts(in: logs[place].log)
          verdicts.verdicts += 1
          verdicts.matches += meant.count
          if !raised.areSame(as: meant) {
            verdicts.wrong.append("\(rule.id), \(logs[place].name): means \(meant), says \(raised)")
          }
        }
        verdicts.conditions += 1
      } catch {
        if error.code == .queryFailed { verdicts.errors.append("\(rule.id): \(error.message)") }
        verdicts.refuse(error)
      }
    }
    verdicts.report(name)
    return verdicts.faults.isEmpty
  }
}
