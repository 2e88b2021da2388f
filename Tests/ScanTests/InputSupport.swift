import ConcordDetection
import ConcordScan
import Foundation
import TestSupport

/// A folder of logs for one test, and what a scan of them finds.
struct LogFolder {
  let url: URL

  init(_ files: [String: Data] = [:]) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("concord-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, data) in files {
      let file = url.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
    }
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func remove() { try? FileManager.default.removeItem(at: url) }

  /// The data as the system's gzip compresses it.
  static func gzipped(_ data: Data) throws -> Data {
    try Command.run("/usr/bin/env", ["gzip", "-c"], input: data).output
  }
}

/// What a scan found.
struct Found {
  /// The values of the field `n`, in order.
  var numbers: [String] = []
  var places: [ScanBatch.Place] = []
  var times: [EventTime?] = []
  var events = 0
  var problems: [LogProblem] = []
  var problemCount = 0
  var logs = 0
}

/// Scans for events that have the field `n`.
func scan(
  _ paths: [String], chunkSize: Int = 1 << 20, jobs: Int = 1, limits: EventLimits = EventLimits(),
  checking: EventChecking = .candidates, stopAfter: Int? = nil
) -> Found {
  var options = LogScan.Options()
  options.jobs = jobs
  options.chunkSize = chunkSize
  options.limits = limits
  let rules = RuleSet([.test(FieldPath("n"), .present)], limits: limits, checking: checking)
  let collector = Collector(stopAfter: stopAfter)
  LogScan(rules, paths: paths, options: options).run { collector.add($0) }
  return collector.found
}

private final class Collector: @unchecked Sendable {
  // Batches come one at a time; the scan has ended when `found` is read.
  private(set) var found = Found()
  private let stopAfter: Int?

  init(stopAfter: Int?) { self.stopAfter = stopAfter }

  func add(_ batch: ScanBatch) -> Bool {
    found.events += batch.events - batch.failed
    found.problems += batch.problems.first
    found.problemCount += batch.problems.count
    found.logs += batch.isLast ? 1 : 0
    for match in batch.matches {
      let text = String(decoding: batch.event(match), as: UTF8.self)
      let number = text.components(separatedBy: "\"n\":").dropFirst().last?.prefix { $0.isNumber } ?? "?"
      found.numbers.append(String(number))
      found.places.append(match.place)
      found.times.append(match.time)
    }
    return stopAfter.map { found.numbers.count < $0 } ?? true
  }
}
