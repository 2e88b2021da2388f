import Concord
import Foundation
import PublicQueries

/// The public searches and statements of the shared corpora: how many are read, as published and cut to their filter
/// part, and whether each that is read is the same in every language. `sweep queries [EVENTS] [--refused] [--reading]`.
enum QuerySweep {
  /// Prints a line at once, so that a long run is seen to go on.
  private static func tell(_ line: String) {
    print(line)
    fflush(nil)
  }

  /// How many queries of one group are read.
  private struct Count {
    var queries = 0
    var published = 0
    var filters = 0
    var read = 0
    var shapes: [String: (filters: Int, read: Int)] = [:]
    var refusals: [String: (count: Int, example: String)] = [:]

    mutating func add(_ reading: FilterReading) {
      queries += 1
      published += reading.refusalAsPublished == nil ? 1 : 0
      var shape = shapes[reading.shape] ?? (0, 0)
      shape.filters += 1
      if let outcome = reading.outcome {
        filters += 1
        switch outcome {
        case .success:
          read += 1
          shape.read += 1
        case .failure(let error):
          refusals[error.reason, default: (0, reading.query.id)].count += 1
        }
      }
      shapes[reading.shape] = shape
    }
  }

  /// Whether nothing differs, and nothing is unknown.
  static func run(_ words: [String]) throws -> Bool {
    let events = words.first.flatMap { Int($0) } ?? 60
    let reader = try FilterReader()
    var readings: [FilterReading] = []
    for (index, query) in try PublicQueries.searches().enumerated() {
      readings.append(reader.read(search: query))
      if index % 250 == 249 { tell("\(index + 1) searches read") }
    }
    for query in try PublicQueries.statements() { readings += reader.read(statement: query) }
    report(readings)
    if words.contains("--refused") {
      for reading in readings {
        guard case .failure(let error)? = reading.outcome else { continue }
        tell(
          "\(reading.group) | \(reading.query.id)\n  \(error.code.rawValue) \(error.message)\n  \(reading.text ?? "")"
        )
      }
    }
    if words.contains("--reading") { return true }
    return try check(readings, events)
  }

  private static func report(_ readings: [FilterReading]) {
    var counts: [String: Count] = [:]
    for reading in readings { counts[reading.group, default: Count()].add(reading) }
    for (group, count) in counts.sorted(by: { $0.key < $1.key }) {
      let share = count.filters == 0 ? 0 : 100 * count.read / count.filters
      tell(
        "\(group): \(count.queries) queries, \(count.published) read as published; \(count.read) of "
          + "\(count.filters) filter parts read (\(share) %)")
      for (shape, tally) in count.shapes.sorted(by: { $0.key < $1.key }) {
        tell("  \(shape): \(tally.read) of \(tally.filters)")
      }
      // What a table's own statement shows to be wrong Athena refuses as well: an unknown column, a comparison of text
      // with a number, a field of a text, words that are no SQL.
      let wrong = ["E101", "E201", "E301"].reduce(0) { sum, code in
        count.refusals.filter { $0.key.hasPrefix(code) }.values.reduce(sum) { $0 + $1.count }
      }
      if group == FilterReader.withTable, count.filters > wrong {
        let right = count.filters - wrong
        tell(
          "  \(wrong) are wrong under that table; of the others \(count.read) of \(right) are read (\(100 * count.read / right) %)"
        )
      }
      let refusals = count.refusals.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      for (reason, refused) in refusals {
        tell("  refused \(refused.count): \(reason) (\(refused.example))")
      }
    }
  }

  private static func check(_ readings: [FilterReading], _ events: Int) throws -> Bool {
    var clean = true
    for language in [Language.splunk, .athena] {
      var check = QueryCheck()
      var done = 0
      for reading in readings {
        guard case .success(let filter)? = reading.outcome, filter.language.identifier == language.identifier
        else { continue }
        check.check(filter, id: reading.query.id, events: events)
        done += 1
        if done % 100 == 0 {
          tell("\(done) of \(language.name) written and compared, \(check.faults.count) faults")
        }
      }
      tell("\(done) of \(language.name) written and compared, \(check.faults.count) faults")
      try check.runOnDuckDB()
      tell("DuckDB: done, \(check.faults.count) faults")
      try check.runSwift { tell("\($0) compiled as Swift") }
      for line in check.report { tell(line) }
      for fault in check.faults.prefix(40) { tell(fault) }
      clean = clean && check.faults.isEmpty
    }
    return clean
  }
}
