import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import ConcordLanguages
import Foundation

/// What came of one slice.
package struct SliceResult: Sendable {
  /// What was found.
  package fileprivate(set) var tally = HuntTally()
  /// What is to be printed of it.
  let spool: SliceSpool
  /// The first events of which the engine says something else than the rules.
  package fileprivate(set) var disagreements: [Hunt.Disagreement] = []

  /// How many of them are kept.
  private static let shown = 5

  fileprivate mutating func add(_ disagreement: Hunt.Disagreement) {
    tally.disagreements += 1
    if disagreements.count < SliceResult.shown { disagreements.append(disagreement) }
  }
}

/// The queries of one slice.
struct SliceHunt {
  let hunt: Hunt
  let slice: TimeSlice
  /// The slice's place in the run.
  let number: Int
  let control: HuntControl

  /// Asks for the slice, again where that fails in a way that may pass. Throws what ends the run.
  func result() throws(Diagnostic) -> SliceResult {
    let spool = SliceSpool()
    var result = SliceResult(spool: spool)
    let statements = try hunt.statements(slice)
    try hunt.retrying(control) { () throws(Diagnostic) in
      spool.clear()
      control.begin(number)
      result = SliceResult(spool: spool)
      for statement in statements { try ask(statement, &result) }
    }
    control.begin(number)
    control.note(events: result.tally.events)
    return result
  }

  /// Asks one statement.
  private func ask(_ statement: Hunt.Statement, _ result: inout SliceResult) throws(Diagnostic) {
    let rules = StatementRules(statement, hunt.rules)
    var missing: [Event: [Int]] = [:]
    if let sample = statement.evidence.sample {
      try stream(sample.text, statement.evidence, isSample: true, &result) {
        (row, result) throws(Diagnostic) in
        result.tally.sampled += 1
        let holding = rules.holding(of: row.event)
        if !holding.isEmpty { missing[row.event] = holding }
      }
    }
    try stream(statement.text, statement.evidence, isSample: false, &result) {
      (row, result) throws(Diagnostic) in
      let holding = rules.holding(of: row.event)
      let given = rules.places(of: row.labels)
      missing[row.event] = nil
      if given != holding || rules.names(unknownIn: row.labels) {
        result.add(.init(event: row.event, given: row.labels, expected: holding.map { hunt.rules[$0].label }))
      }
      // What only one of the two says is no hit.
      let both = holding.filter(given.contains)
      if both.isEmpty { return }
      result.tally.add(both, on: String((row.time ?? slice.since).text.prefix(10)))
      try result.spool.append(hunt.render(.init(event: row.event, time: row.time, rules: both)))
    }
    for (event, holding) in missing {
      result.add(.init(event: event, given: [], expected: holding.map { hunt.rules[$0].label }))
    }
  }

  /// The rows of a statement, one by one.
  private func stream(
    _ text: String, _ evidence: Evidence, isSample: Bool, _ result: inout SliceResult,
    _ take: (EvidenceRow, inout SliceResult) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let before = result.tally.bytes
    let bytes = Latest()
    let (number, control) = (number, control)
    let query = QueryControl(
      deadline: Deadline(seconds: hunt.options.seconds), isStopped: { control.isStopped },
      progress: { progress in
        guard let own = progress.bytes else { return }
        bytes.set(own)
        control.note(bytes: (before ?? 0) + own, of: number)
      }, remark: { control.note(remark: $0) }, takesPart: isSample)
    var known: (columns: [String], reader: EvidenceReader)?
    try hunt.engine.stream(text, query) { (page) throws(Diagnostic) in
      // Of no rows some engines do not tell the columns.
      if page.rows.isEmpty, page.columns.isEmpty { return }
      let own: EvidenceReader
      if let known, known.columns == page.columns {
        own = known.reader
      } else {
        own = try reader(evidence, page, isSample: isSample)
        known = (page.columns, own)
      }
      for cells in page.rows { try take(try row(cells, own), &result) }
    }
    if let own = bytes.value { result.tally.bytes = (before ?? 0) + own }
  }

  private func reader(
    _ evidence: Evidence, _ page: RowPage, isSample: Bool
  ) throws(Diagnostic) -> EvidenceReader {
    do {
      return try EvidenceReader(evidence, columns: page.columns, isSample: isSample)
    } catch {
      throw notUnderstood(error)
    }
  }

  private func row(_ cells: [Value], _ reader: EvidenceReader) throws(Diagnostic) -> EvidenceRow {
    do {
      return try reader.row(cells)
    } catch {
      throw notUnderstood(error)
    }
  }

  private func notUnderstood(_ fault: EvidenceFault) -> Diagnostic {
    EngineVoice(name: hunt.engine.identifier).notUnderstood(fault.text)
  }
}

/// A number that another thread may set.
private final class Latest: @unchecked Sendable {
  // Guarded by `lock`.
  private let lock = NSLock()
  private var number: Int?

  var value: Int? { lock.withLock { number } }
  func set(_ number: Int) { lock.withLock { self.number = number } }
}

/// The rules of a statement, by their labels.
private struct StatementRules {
  private let rules: [(place: Int, condition: Condition)]
  private let places: [ScalarText: Int]

  init(_ statement: Hunt.Statement, _ rules: [Hunt.Rule]) {
    self.rules = statement.rules.map { ($0, rules[$0].condition) }
    places = Dictionary(
      statement.rules.map { (ScalarText(rules[$0].label), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The rules that hold of an event, in order.
  func holding(of event: Event) -> [Int] {
    rules.filter { $0.condition.holds(of: event) }.map(\.place).sorted()
  }

  /// The rules of these labels, in order.
  func places(of labels: [String]) -> [Int] { labels.compactMap { places[ScalarText($0)] }.sorted() }

  /// Whether one of the labels is no rule's.
  func names(unknownIn labels: [String]) -> Bool { labels.contains { places[ScalarText($0)] == nil } }
}

extension SliceResult {
  /// Hands over what is to be printed, in order, piece by piece, until `take` says that it is enough. Throws where it
  /// cannot be read any more.
  package func forEachPiece(_ take: ([UInt8]) -> Bool) throws(Diagnostic) { try spool.forEachPiece(take) }
}
