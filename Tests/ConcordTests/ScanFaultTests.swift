import Foundation
import TestSupport
import Testing

/// What can go wrong with logs and outputs: what is said, the exit code, and how many events were still evaluated.
@Suite("concord scan: faults")
struct ScanFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    /// A line of the shell that prepares `broken` from `log.ndjson`, which has 1,000 events.
    let make: String
    let code: Int32
    /// What standard error holds.
    let says: [String]
    let events: ClosedRange<Int>
    var testDescription: String { name }
  }

  static let faults: [Fault] = [
    Fault(
      name: "nothing is wrong", make: "cp log.ndjson broken", code: 0, says: [], events: 1000...1000),
    Fault(
      name: "truncated gzip", make: "gzip -c log.ndjson | head -c 6000 > broken", code: 3,
      says: ["the gzip data is truncated", "broken"], events: 1...999),
    Fault(
      name: "corrupt gzip",
      make:
        "gzip -c log.ndjson > broken; printf '\\377\\125\\0' | dd of=broken bs=1 seek=7000 conv=notrunc 2>/dev/null",
      code: 3, says: ["the gzip data is damaged: ", "broken"], events: 0...1000),
    Fault(
      name: "binary file", make: "cp /bin/sh broken", code: 3,
      says: ["it is not JSON: it begins with the bytes 7f 45 4c 46"], events: 0...0),
    Fault(name: "empty file", make: ": > broken", code: 0, says: [], events: 0...0),
    Fault(
      name: "a line of 100 MB",
      make: """
        head -n 500 log.ndjson > broken; printf '{"a":"' >> broken
        head -c 100000000 /dev/zero | tr '\\0' x >> broken; printf '"}\\n' >> broken; tail -n 500 log.ndjson >> broken
        """,
      code: 3, says: ["broken:501:1", "the event is larger than 16777216 bytes", "--max-event-bytes"],
      events: 1000...1000),
    Fault(
      name: "NUL bytes", make: "(cat log.ndjson; head -c 4096 /dev/zero; echo; cat log.ndjson) > broken",
      code: 3,
      says: ["broken:1001:1", "expected `{` or `[`"], events: 2000...2000),
    Fault(
      name: "byte order mark", make: "(printf '\\357\\273\\277'; cat log.ndjson) > broken", code: 0, says: [],
      events: 1000...1000),
    Fault(name: "CRLF", make: "sed 's/$/\\r/' log.ndjson > broken", code: 0, says: [], events: 1000...1000),
    Fault(
      name: "last line cut off", make: "head -c -20 log.ndjson > broken", code: 3,
      says: ["broken:1000:", "the log ends within an event"], events: 999...999),
    Fault(
      name: "a malformed line", make: "sed '7s/.*/oops/' log.ndjson > broken", code: 3,
      says: ["broken:7:1", "expected `{` or `[`"], events: 999...999),
    Fault(
      name: "two events on a line", make: "sed '4s/.*/& &/; 11s/.*/&&/' log.ndjson > broken", code: 0,
      says: ["warning[W805]: here an event stands on one line", "broken:4:"], events: 1002...1002),
    Fault(
      name: "events without line breaks", make: "tr '\\n' ' ' < log.ndjson > broken", code: 0,
      says: ["warning[W805]: here an event stands on one line", "broken: event 2"], events: 1000...1000),
    Fault(
      name: "an array on one line",
      make: "(printf '['; head -n 2 log.ndjson | paste -sd,; printf ']') > broken",
      code: 0, says: [], events: 2...2),
    Fault(
      name: "UTF-16", make: "iconv -f UTF-8 -t UTF-16 log.ndjson > broken", code: 3,
      says: ["UTF-16 text", "iconv"],
      events: 0...0),
    Fault(
      name: "a link to itself", make: "ln -s broken broken", code: 3, says: ["cannot read the log"],
      events: 0...0),
  ]

  static let text = (0..<1000).map {
    #"{"eventName":"Event\#($0 % 7)","id":"\#(($0 &* 2_654_435_761) % 1_000_003)","number":\#($0)}"# + "\n"
  }.joined()

  static func folder() throws -> URL {
    try ScanCommandTests.folder([
      "log.ndjson": text,
      "any.yml": ScanCommandTests.rule.replacing("StopLogging", with: "Event3").replacing(
        "      not errorCode exists\n", with: ""),
    ])
  }

  @Test("what is said, the exit code, and how many events were evaluated", arguments: faults)
  func fault(_ fault: Fault) throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try ScanCommandTests.shell(fault.make, in: folder)
    #expect(made.errors.isEmpty)
    let result = try ScanCommandTests.shell("concord scan any.yml broken -f json", in: folder)
    #expect(result.code == fault.code)
    for part in fault.says { #expect(result.errors.contains(part), "\(result.errors)") }
    if fault.says.isEmpty { #expect(result.errors.isEmpty) }
    let events = result.output.components(separatedBy: "\"events\": ").dropFirst().first
      .flatMap { Int($0.prefix { $0.isNumber }) }
    #expect(fault.events ~= (try #require(events)))
  }

  @Test("a folder without permission is named; the other logs are scanned")
  func permission() throws {
    guard geteuid() != 0 else {
      print("skipped: the superuser may read every folder")
      return
    }
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try ScanCommandTests.shell(
      "mkdir locked; chmod 000 locked; concord scan -c any.yml locked log.ndjson; code=$?; chmod 700 locked; exit $code",
      in: folder)
    #expect(result.code == 3)
    #expect(result.output == "143\n")
    #expect(result.errors.contains("cannot read the folder: permission denied"))
  }

  @Test("a full disk is an error")
  func fullDisk() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else {
      print("skipped: no /dev/full")
      return
    }
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for format in ["ndjson", "json", "count", "table", "text"] {
      let result = try ScanCommandTests.shell(
        "concord scan any.yml log.ndjson -f \(format) > /dev/full", in: folder)
      #expect(result.code == 3, "\(format)")
      #expect(
        result.errors.hasPrefix("error[E907]: cannot write to standard output: no space left on device\n"),
        "\(format)")
    }
  }

  @Test("a pipe that is closed early ends the scan quietly")
  func closedPipe() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try ScanCommandTests.shell(
      "for i in $(seq 60); do cat log.ndjson; done > long; concord scan any.yml long | head -n 1; exit ${PIPESTATUS[0]}",
      in: folder)
    #expect(result.code == 141)
    #expect(result.errors.isEmpty)
    #expect(result.output.split(separator: "\n").count == 1)
  }

  @Test("an interrupt prints what was found so far")
  func interrupt() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // Standard input stays open, so that the scan waits for more when the signal comes: once no thread of it runs for a
    // second, however busy the machine is. An interactive shell's background commands take the signal, hence `set -m`.
    let result = try ScanCommandTests.shell(
      """
      set -m; mkfifo pipe; (cat log.ndjson; touch fed; sleep 300) > pipe & feeder=$!
      concord scan any.yml - -f table < pipe > out 2> err & scan=$!
      idle=0
      while [ $idle -lt 10 ]; do
        sleep 0.1
        if [ -e fed ] && ! cat /proc/$scan/task/*/stat | sed 's/.*) //' | grep -q '^[RD]'; then idle=$((idle + 1)); else idle=0; fi
      done
      kill -INT $scan; wait $scan; code=$?; kill -TERM -- -$feeder 2>/dev/null; cat out; cat err >&2; exit $code
      """, in: folder)
    #expect(result.code == 130)
    #expect(result.output.contains("143 of 1,000 events match"))
    #expect(result.output.contains("interrupted, not all was scanned"))
    #expect(result.errors.contains("interrupted after 1,000 events"))
  }

  @Test("a log that cannot be opened does not keep the others, and is counted")
  func others() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try ScanCommandTests.shell(
      "mkdir d; cp log.ndjson d/1; gzip -c log.ndjson | head -c 6000 > d/2; cp log.ndjson d/3; cp /bin/sh d/4; concord scan -c any.yml d gone",
      in: folder)
    #expect(result.code == 3)
    #expect((Int(result.output.trimmingCharacters(in: .newlines)) ?? 0) > 286)
    #expect(result.errors.contains("--> d/2"))
    #expect(result.errors.contains("--> d/4"))
    #expect(result.errors.contains("--> gone"))
    #expect(result.errors.hasSuffix("events evaluated\n"))
  }
}
