import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Foundation

/// A file that says how far a run came, so that it can go on there: a line of JSON for the run, and two for each slice that
/// is whole: one before its results are written, and one with what was found in it once they are.
package final class HuntLedger {
  /// What tells one run from another.
  package struct Run: Hashable, Sendable {
    /// A digest of rules, statements and engine.
    package let digest: String
    /// From when on, up to when, and in slices of how many seconds.
    package let since: Instant
    package let until: Instant
    package let seconds: Int

    /// A run of these parts.
    package init(digest: String, since: Instant, until: Instant, seconds: Int) {
      (self.digest, self.since, self.until, self.seconds) = (digest, since, until, seconds)
    }
  }

  private let path: String
  private let file: FileHandle
  /// The slices that are whole, with what was found in them.
  package private(set) var whole: [(slice: TimeSlice, tally: HuntTally)] = []
  /// The slice whose results were being written as the run ended; `nil` where none was.
  package private(set) var halfWritten: TimeSlice?

  /// The times that a file says the run has which it is of; `nil` where there is no such file, or it is empty. Throws
  /// `E717` where it is something else.
  package static func times(in path: String) throws(Diagnostic) -> (since: Instant, until: Instant)? {
    guard let first = try lines(of: path).first else { return nil }
    guard let run = HuntLedger.run(first) else { throw .noLedger(path) }
    return (run.since, run.until)
  }

  /// Opens the file, or makes it, for a run. Throws `E717` where it is of another, and where it cannot be written.
  package init(_ path: String, for run: Run) throws(Diagnostic) {
    self.path = path
    let lines = try HuntLedger.lines(of: path)
    var size = 0
    if let first = lines.first {
      guard let own = HuntLedger.run(first) else { throw .noLedger(path) }
      guard own == run else { throw .otherRun(path) }
      size += first.utf8.count + 1
    }
    for line in lines.dropFirst() {
      guard let entry = HuntLedger.entry(line) else { throw .noLedger(path) }
      if let tally = entry.tally { whole.append((entry.slice, tally)) }
      halfWritten = entry.tally == nil ? entry.slice : nil
      size += line.utf8.count + 1
    }
    do {
      if !FileManager.default.fileExists(atPath: path) {
        try Data().write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
      }
      file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      // What follows the last line's end was cut off as it was written.
      try file.truncate(atOffset: UInt64(size))
      try file.seekToEnd()
    } catch {
      throw Diagnostic(.cannotWrite, "cannot write `\(path)`: \(error.localizedDescription)")
    }
    if lines.isEmpty { try write(HuntLedger.line(run)) }
  }

  /// Takes down that the results of a slice are being written. Throws where that cannot be written.
  package func begin(_ slice: TimeSlice) throws(Diagnostic) {
    try write(HuntLedger.members(slice) + [.init("writing", .bool(true))])
  }

  /// Takes down a slice whose results are written. Throws where that cannot be written.
  package func add(_ slice: TimeSlice, _ tally: HuntTally) throws(Diagnostic) {
    whole.append((slice, tally))
    try write(HuntLedger.members(slice) + tally.members)
  }

  private static func members(_ slice: TimeSlice) -> [Value.Object.Member] {
    [.init("since", .string(slice.since.text)), .init("until", .string(slice.until.text))]
  }

  private func write(_ members: [Value.Object.Member]) throws(Diagnostic) {
    do {
      try file.write(contentsOf: Data((Value.object(Value.Object(members)).compactJSON + "\n").utf8))
      try file.synchronize()
    } catch {
      throw Diagnostic(.cannotWrite, "cannot write `\(path)`: \(error.localizedDescription)")
    }
  }

  /// The whole lines of the file; none where there is none.
  private static func lines(of path: String) throws(Diagnostic) -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
      let text = String(data: data, encoding: .utf8)
    else { throw .noLedger(path) }
    return text.components(separatedBy: "\n").dropLast().map { $0 }
  }

  private static func line(_ run: Run) -> [Value.Object.Member] {
    [
      .init("run", .string(run.digest)), .init("since", .string(run.since.text)),
      .init("until", .string(run.until.text)), .init("seconds", .number(Number(run.seconds))),
    ]
  }

  private static func run(_ line: String) -> Run? {
    guard case .object(let object)? = try? JSON.parse(line), case .string(let digest)? = object["run"],
      let slice = slice(object), let seconds = object["seconds"]?.comparedText.flatMap({ Int($0) })
    else { return nil }
    return Run(digest: digest, since: slice.since, until: slice.until, seconds: seconds)
  }

  /// A slice, and what was found in it where its results are written.
  private static func entry(_ line: String) -> (slice: TimeSlice, tally: HuntTally?)? {
    guard case .object(let object)? = try? JSON.parse(line), let slice = slice(object) else { return nil }
    if object["writing"] == .bool(true) { return (slice, nil) }
    return HuntTally(object).map { (slice, $0) }
  }

  private static func slice(_ object: Value.Object) -> TimeSlice? {
    guard case .string(let since)? = object["since"], case .string(let until)? = object["until"],
      let first = Instant(since), let last = Instant(until)
    else { return nil }
    return TimeSlice(since: first, until: last)
  }
}

extension Diagnostic {
  fileprivate static func noLedger(_ path: String) -> Diagnostic {
    Diagnostic(
      .otherRun, "`\(path)` does not say how far a run came", help: ["name a file that is not there yet"])
  }

  fileprivate static func otherRun(_ path: String) -> Diagnostic {
    Diagnostic(
      .otherRun,
      "`\(path)` says how far another run came: of other rules, times, slices, or on another engine",
      help: ["name another file, or remove it to begin anew"])
  }
}
