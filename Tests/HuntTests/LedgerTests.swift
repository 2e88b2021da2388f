import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Foundation
import TestSupport
import Testing

@testable import ConcordHunt

@Suite("Slices of time")
struct TimeSliceTests {
  @Test(
    "begin at multiples of their length",
    arguments: [
      (
        "2024-06-01T00:00:00Z", "2024-06-01T03:00:00Z", 3600,
        ["2024-06-01T00:00:00Z", "2024-06-01T01:00:00Z", "2024-06-01T02:00:00Z"]
      ),
      (
        "2024-06-01T00:30:00Z", "2024-06-01T02:00:01Z", 3600,
        ["2024-06-01T00:30:00Z", "2024-06-01T01:00:00Z", "2024-06-01T02:00:00Z"]
      ),
      (
        "1969-12-31T23:30:00Z", "1970-01-01T00:30:00Z", 3600,
        ["1969-12-31T23:30:00Z", "1970-01-01T00:00:00Z"]
      ),
      (
        "2024-06-01T10:00:00Z", "2024-06-02T10:00:00Z", 86_400,
        ["2024-06-01T10:00:00Z", "2024-06-02T00:00:00Z"]
      ),
      ("2024-06-01T10:00:00Z", "2024-06-01T10:00:00Z", 60, []), ("2024-06-02", "2024-06-01", 60, []),
    ] as [(String, String, Int, [String])])
  func slices(_ since: String, _ until: String, _ seconds: Int, _ expected: [String]) throws {
    let (since, until) = (try #require(Instant(since)), try #require(Instant(until)))
    let slices = TimeSlice.slices(from: since, to: until, of: seconds)
    #expect(slices.map(\.since.text) == expected)
    #expect(slices.count <= TimeSlice.count(from: since, to: until, of: seconds))
    #expect(zip(slices, slices.dropFirst()).allSatisfy { $0.until == $1.since })
    #expect(slices.isEmpty || slices.first?.since == since && slices.last?.until == until)
  }
}

@Suite("How far a run came")
struct LedgerTests {
  private static let run = HuntLedger.Run(
    digest: "d", since: Instant(seconds: 0), until: Instant(seconds: 7200), seconds: 3600)

  private func tally() -> HuntTally {
    var tally = HuntTally()
    tally.add([0, 2], on: "2024-06-01")
    tally.bytes = 7
    tally.sampled = 3
    tally.disagreements = 2
    return tally
  }

  @Test("is kept, and found again, but for a line that was cut off")
  func kept() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = scratch.url.appending(path: "ledger").path
    let slices = TimeSlice.slices(from: Self.run.since, to: Self.run.until, of: 3600)
    #expect(try HuntLedger.times(in: path) == nil)
    try HuntLedger(path, for: Self.run).add(slices[0], tally())
    #expect(try HuntLedger.times(in: path)?.until == Self.run.until)
    let again = try HuntLedger(path, for: Self.run)
    #expect(again.whole.map(\.slice) == [slices[0]])
    #expect(again.whole.first?.tally == tally())
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"since\":\"1970".utf8))
    let third = try HuntLedger(path, for: Self.run)
    #expect(third.whole.count == 1)
    try third.add(slices[1], HuntTally())
    #expect(try HuntLedger(path, for: Self.run).whole.map(\.slice) == slices)
  }

  @Test("says of a slice whose results were being written that they were")
  func halfWritten() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = scratch.url.appending(path: "ledger").path
    let slices = TimeSlice.slices(from: Self.run.since, to: Self.run.until, of: 3600)
    let ledger = try HuntLedger(path, for: Self.run)
    try ledger.begin(slices[0])
    #expect(try HuntLedger(path, for: Self.run).halfWritten == slices[0])
    try ledger.add(slices[0], tally())
    #expect(try HuntLedger(path, for: Self.run).halfWritten == nil)
    try ledger.begin(slices[1])
    let again = try HuntLedger(path, for: Self.run)
    #expect(again.halfWritten == slices[1] && again.whole.map(\.slice) == [slices[0]])
    #expect(again.whole.first?.tally == tally())
  }

  @Test(
    "of another run, and what is no such file, is refused",
    arguments: [
      #"{"run":"other","since":"1970-01-01T00:00:00Z","until":"1970-01-01T02:00:00Z","seconds":3600}"# + "\n",
      #"{"run":"d","since":"1970-01-01T00:00:00Z","until":"1970-01-01T02:00:00Z","seconds":60}"# + "\n",
      "hello\n", "{}\n",
      #"{"run":"d","since":"1970-01-01T00:00:00Z","until":"1970-01-01T02:00:00Z","seconds":3600}"# + "\nx\n",
    ])
  func others(_ text: String) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = try scratch.file("ledger", Data(text.utf8)).path
    do {
      _ = try HuntLedger(path, for: Self.run)
      Issue.record("taken: \(text)")
    } catch {
      #expect(error.code.rawValue == "E717")
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }
}
