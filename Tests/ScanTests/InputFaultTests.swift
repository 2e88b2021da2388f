import ConcordDiagnostics
import ConcordScan
import Foundation
import Testing

/// What is broken is named, at its place, and costs no other event.
@Suite("Faults of logs")
struct InputFaultTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let numbers: [Int]
    /// Place, and the beginning of what is said.
    let problems: [(LogProblem.Place, String)]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a line cut off", text: "{\"n\":1}\n{\"n\":2,\"a\":\"b\n{\"n\":3}\n", numbers: [1, 3],
      problems: [(.line(2, column: 14), "the line ends within an event")]),
    Case(
      name: "the first line cut off", text: "{\"n\":1,\n{\"n\":2}\n{\"n\":3}\n", numbers: [2, 3],
      problems: [(.line(1, column: 8), "the line ends within an event")]),
    Case(
      name: "the last line cut off", text: "{\"n\":1}\n{\"n\":2,\"a\":", numbers: [1],
      problems: [(.line(2, column: 12), "the log ends within an event")]),
    Case(
      name: "a line cut off and another glued to it",
      text: "{\"n\":1}\n{\"n\":2,\"a\":\"b{\"n\":3}\n{\"n\":4}\n",
      numbers: [1, 4], problems: [(.line(2, column: 16), "expected `,` or `}`")]),
    Case(
      name: "text between", text: "{\"n\":1}\nhello\n{\"n\":2}\n", numbers: [1, 2],
      problems: [(.line(2, column: 1), "expected `{` or `[`")]),
    Case(
      name: "text before", text: "# a log\n{\"n\":1}\n{\"n\":2}\n", numbers: [1, 2],
      problems: [(.line(1, column: 1), "expected `{` or `[`")]),
    Case(
      name: "a value that is no object", text: "{\"n\":1}\n5\nnull\n{\"n\":2}\n", numbers: [1, 2],
      problems: [
        (.line(2, column: 1), "expected an event"), (.line(3, column: 1), "expected an event"),
      ]),
    Case(
      name: "NUL bytes between", text: "{\"n\":1}\n\0\0\0\n{\"n\":2}\n", numbers: [1, 2],
      problems: [(.line(2, column: 1), "expected `{` or `[`")]),
    Case(
      name: "NUL bytes at the end", text: "{\"n\":1}\n{\"n\":2}\n\0\0\0\0", numbers: [1, 2],
      problems: [(.line(3, column: 1), "expected `{` or `[`")]),
    Case(
      name: "a NUL byte in a text", text: "{\"n\":1}\n{\"n\":2,\"a\":\"\0\"}\n{\"n\":3}\n", numbers: [1, 3],
      problems: [(.line(2, column: 13), "expected the text's closing quote")]),
    Case(
      name: "a comma too many", text: "{\"n\":1}\n{\"n\":2,}\n{\"n\":3}\n", numbers: [1, 3],
      problems: [(.line(2, column: 8), "expected a key")]),
    Case(
      name: "an event of an array cut off", text: "[{\"n\":1},{\"n\":2,\"a\":{\"b\":\"c,{\"n\":3},{\"n\":4}]",
      numbers: [1, 3, 4], problems: [(.byte(30), "expected `,` or `}`; passed over 19 bytes")]),
    Case(
      name: "an event of records cut off",
      text: "{\"Records\":[{\"n\":1},{\"n\":2,\"a\":{\"b\":5,{\"n\":3},{\"n\":4}]}", numbers: [1, 3, 4],
      problems: [(.byte(38), "expected a key; passed over 18 bytes")]),
    Case(
      name: "a brace too few", text: "[{\"n\":1},{\"n\":2,{\"n\":3}]", numbers: [1, 3],
      problems: [(.byte(16), "expected a key; passed over 7 bytes")]),
    Case(
      name: "a word that is none in an array", text: "[{\"n\":1},{\"n\":2,\"a\":nul},{\"n\":3}]",
      numbers: [1, 3],
      problems: [(.byte(20), "expected a value; passed over 16 bytes")]),
    Case(
      name: "values that are no objects in an array", text: "[{\"n\":1},5,[{\"n\":2}],null,\"x\",{\"n\":3}]",
      numbers: [1, 3],
      problems: [9, 11, 21, 26].map { (.byte($0), "expected an event") }),
    Case(
      name: "an array that is not closed", text: "[{\"n\":1},{\"n\":2}", numbers: [1, 2],
      problems: [(.byte(16), "the log ends before its array")]),
    Case(
      name: "an array whose last event is cut off", text: "[{\"n\":1},{\"n\":2", numbers: [1],
      problems: [(.byte(15), "the log ends within an event")]),
    Case(
      name: "no way to go on", text: "[{\"a\":1,}", numbers: [],
      problems: [
        (.byte(8), "expected a key; no event was found after that: the rest of the log is lost, 8 bytes")
      ]),
    Case(
      name: "a plain text", text: "2024-01-01 hello\n[x] world\n", numbers: [],
      problems: [(.log, "cannot read the log: it is not JSON: it begins with `2024-01-01 hello`")]),
    Case(
      name: "a text with a bracket", text: "[info] hello\n", numbers: [],
      problems: [(.byte(1), "expected a value; no event was found after that")]),
    Case(name: "nothing", text: "", numbers: [], problems: []),
    Case(name: "white space", text: " \n\r\n\t", numbers: [], problems: []),
    Case(name: "no events", text: "{\"Records\":[]}", numbers: [], problems: []),
  ]

  @Test("each at its place, and no other event is lost", arguments: cases, [9, 1 << 20])
  func fault(_ example: Case, _ chunkSize: Int) throws {
    let folder = try LogFolder(["log": Data(example.text.utf8)])
    defer { folder.remove() }
    for jobs in [1, 2] {
      let found = scan([folder.path("log")], chunkSize: chunkSize, jobs: jobs, checking: .every)
      #expect(found.numbers == example.numbers.map(String.init))
      #expect(found.problems.map(\.place) == example.problems.map(\.0))
      for (problem, expected) in zip(found.problems, example.problems) {
        #expect(problem.message.hasPrefix(expected.1), "\(problem.message)")
        let diagnostic = problem.diagnostic
        #expect(diagnostic.code.rawValue == (problem.kind == .foreign ? "E801" : "E802"))
        if case .line(let line, let column) = problem.place {
          #expect(diagnostic.labels.first?.span.start == Position(line: line, column: column))
        }
      }
    }
  }

  static let files: [(name: String, bytes: [UInt8], says: String)] = [
    ("Zstandard", [0x28, 0xB5, 0x2F, 0xFD, 0, 1], "compressed with Zstandard"),
    ("Parquet", Array("PAR1abc".utf8), "Parquet"),
    ("UTF-16", [0xFF, 0xFE, 0x7B, 0], "UTF-16 text"),
    ("EVTX", Array("ElfFile\0".utf8), "EVTX"),
    ("ELF", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0], "the bytes 7f 45 4c 46"),
    ("only NUL", [UInt8](repeating: 0, count: 5000), "the bytes 00 00"),
  ]

  @Test("what is no JSON is named", arguments: files)
  func foreign(_ file: (name: String, bytes: [UInt8], says: String)) throws {
    let folder = try LogFolder(["log": Data(file.bytes)])
    defer { folder.remove() }
    let found = scan([folder.path("log")])
    #expect(found.problems.count == 1)
    #expect(found.problems.first?.kind == .foreign)
    #expect(found.problems.first?.message.contains(file.says) ?? false)
  }

  @Test("gzip that is truncated, damaged or followed by other bytes is scanned as far as it goes")
  func gzip() throws {
    let text = (0..<20_000).map { #"{"n":\#($0),"id":"\#(($0 &* 2_654_435_761) % 1_000_003)"}"# + "\n" }
      .joined()
    let whole = try LogFolder.gzipped(Data(text.utf8))
    var damaged = whole
    damaged[damaged.count / 2] ^= 0xFF
    damaged[damaged.count / 2 + 1] ^= 0x55
    var wrongSum = whole
    wrongSum[wrongSum.count - 6] ^= 0xFF
    let folder = try LogFolder([
      "truncated": whole.prefix(whole.count / 2), "damaged": damaged, "sum": wrongSum,
      "tail": whole + Data("garbage".utf8), "twice": whole + whole, "short": whole.prefix(5),
    ])
    defer { folder.remove() }
    func check(_ name: String, _ events: ClosedRange<Int>, _ says: String?) {
      let found = scan([folder.path(name)], jobs: 2)
      #expect(events ~= found.numbers.count, "\(name): \(found.numbers.count)")
      let damage = found.problems.filter { $0.kind == .damaged }
      #expect(damage.map(\.message).allSatisfy { $0.contains(says ?? "\u{0}") }, "\(name): \(damage)")
      #expect(damage.isEmpty == (says == nil), "\(name)")
    }
    check("truncated", 5_000...12_000, "truncated")
    check("damaged", 5_000...20_000, "damaged")
    check("sum", 20_000...20_000, "crc error")
    check("tail", 20_000...20_000, "trailing garbage")
    check("twice", 40_000...40_000, nil)
    check("short", 0...0, "truncated")
  }

  @Test("an event beyond a limit is passed over, whatever the format")
  func limits() throws {
    let long = #"{"n":2,"a":""# + String(repeating: "x", count: 5_000) + #""}"#
    let events = [#"{"n":1}"#, long, #"{"n":3}"#]
    let folder = try LogFolder([
      "lines": Data(events.joined(separator: "\n").utf8),
      "array": Data(("[" + events.joined(separator: ",") + "]").utf8),
      "last": Data(events.prefix(2).joined(separator: "\n").utf8),
    ])
    defer { folder.remove() }
    for chunkSize in [64, 1 << 20] {
      for (name, numbers) in [("lines", ["1", "3"]), ("array", ["1", "3"]), ("last", ["1"])] {
        let found = scan([folder.path(name)], chunkSize: chunkSize, limits: EventLimits(maxBytes: 1_000))
        #expect(found.numbers == numbers, "\(name) \(chunkSize)")
        #expect(found.problems.map(\.kind) == [.limit], "\(name) \(chunkSize)")
        #expect(found.problems.map(\.diagnostic.code.rawValue) == ["E803"])
      }
    }
  }

  @Test("a log of garbage is counted and does not fill the memory")
  func garbage() throws {
    let text = "{\"n\":1}\n" + String(repeating: "x\n", count: 5_000) + "{\"n\":2}\n"
    let folder = try LogFolder(["log": Data(text.utf8)])
    defer { folder.remove() }
    let found = scan([folder.path("log")])
    #expect(found.numbers == ["1", "2"])
    #expect(found.problemCount == 5_000)
    #expect(found.problems.count <= 20)
  }

  @Test("a log that cannot be opened does not keep the others")
  func missing() throws {
    let folder = try LogFolder(["b": Data(#"{"n":1}"#.utf8)])
    defer { folder.remove() }
    let found = scan([folder.path("a"), folder.path("b"), folder.url.path])
    #expect(found.numbers == ["1"])
    #expect(
      found.problems.map(\.message) == [
        "cannot read the log: no such file or directory", "cannot read the log: is a directory",
      ])
  }
}
