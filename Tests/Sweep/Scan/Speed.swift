import Concord
import ConcordScan
import ConcordSigma
import Foundation
import TestSupport

/// How many events a second the engine takes, on one core, with nothing else: the bytes lie in memory.
enum Speed {
  /// For how many seconds each is measured.
  private static let seconds =
    ProcessInfo.processInfo.environment["CONCORD_SECONDS"].flatMap(Double.init) ?? 1

  static func run(_ arguments: [String]) throws {
    if !arguments.contains("windows") { try cloudTrail() }
    if !arguments.contains("cloudtrail") { try windows(arguments.compactMap { Int($0) }) }
  }

  private static func cloudTrail() throws {
    guard let lines = try CloudTrailCorpus.lines() else { return }
    let path = Shared.root.appendingPathComponent("Examples/aws-modify-cloud-compute-infrastructure/rule.yml")
    let source = Source(name: "rule.yml", text: try String(contentsOf: path, encoding: .utf8))
    let rule = try Compiler().load(source)[0].rule
    measure("our first rule, every event checked", RuleSet([rule.condition]), lines)
    measure(
      "our first rule, candidates checked", RuleSet([rule.condition], checking: .candidates), lines)
    measure(
      "no filter: eventName present", RuleSet([.test(FieldPath("eventName"), .present)]), lines)
  }

  private static func windows(_ counts: [Int]) throws {
    let events = try SigmaCorpus.regressionEvents()
    let conditions = try SigmaCorpus.conditions(["rules/windows"])
    let all = try SigmaCorpus.conditions(["rules", "rules-emerging-threats", "rules-threat-hunting"])
    print(
      "\(events.count) events, \(events.reduce(0) { $0 + $1.count } / max(1, events.count)) bytes each; \(conditions.count) rules for Windows, \(all.count) in all"
    )
    for count in counts.isEmpty ? [1, 10, 100, 1000, 3000] : counts where count <= all.count {
      let chosen = count <= conditions.count ? spread(conditions, count) : spread(all, count)
      measure("\(count) rules", RuleSet(chosen), events)
    }
    if !counts.isEmpty { return }
    measure("all \(conditions.count) for Windows", RuleSet(conditions), events)
    measure("all \(all.count)", RuleSet(all), events)
  }

  private static func spread(_ conditions: [Condition], _ count: Int) -> [Condition] {
    (0..<count).map { conditions[$0 * conditions.count / count] }
  }

  private static func measure(_ name: String, _ rules: RuleSet, _ events: [[UInt8]]) {
    let matcher = rules.makeMatcher()
    var hits: [Int] = []
    var (count, bytes, found) = (0, 0, 0)
    // The processor's time of this process: other processes do not count.
    let start = clock()
    var time = 0.0
    repeat {
      for event in events {
        event.withUnsafeBytes { event in
          do { try matcher.matches(event, into: &hits) } catch { print(error) }
        }
        found += hits.count
        count += 1
        bytes += event.count
      }
      time = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    } while time < seconds
    let rate = Double(count) / time
    let statistics = matcher.statistics
    print(
      "\(name): \(Int(rate)) events/s, \(Int(Double(bytes) / time / 1e6)) MB/s, "
        + "\(String(format: "%.2f", Double(statistics.candidates) / Double(count))) candidates an event, "
        + "\(String(format: "%.1f", 100 * Double(statistics.filtered) / Double(count))) % filtered, "
        + "\(String(format: "%.4f", Double(found) / Double(count))) hits an event")
  }
}

/// The public rules and the events recorded for some of them.
enum SigmaCorpus {
  static func conditions(_ folders: [String]) throws -> [Condition] {
    var conditions: [Condition] = []
    for folder in folders {
      guard let root = Shared.url("corpora/sigma/\(folder)") else { continue }
      let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
      for file in found.compactMap({ $0 as? URL }).filter({ $0.pathExtension == "yml" }).sorted(by: {
        $0.path < $1.path
      }) {
        let source = Source(name: file.lastPathComponent, text: try String(contentsOf: file, encoding: .utf8))
        guard let documents = try? Language.sigma.read(source, options: LanguageOptions()) else { continue }
        conditions += documents.map(\.rule.condition)
      }
    }
    return conditions
  }

  static func regressionEvents() throws -> [[UInt8]] {
    let events = try RegressionCase.all().flatMap(\.events)
      .map { Array(Value.object($0.object).compactJSON.utf8) }
    return events
  }
}
