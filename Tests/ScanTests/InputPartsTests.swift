import ConcordDetection
import ConcordDocuments
import Foundation
import TestSupport
import Testing

@testable import ConcordScan

/// The parts of the input side, each by itself.
@Suite("Parts of the input")
struct InputPartsTests {
  static let times: [(String, String?)] = [
    ("2023-07-10T12:11:15Z", "2023-07-10T12:11:15Z"), ("2023-07-10t12:11:15.999Z", "2023-07-10T12:11:15Z"),
    ("2023-07-10 12:11:15.123456", "2023-07-10T12:11:15Z"),
    ("2023-07-10T12:11:15+02:00", "2023-07-10T10:11:15Z"),
    ("2023-07-10T00:11:15-0330", "2023-07-10T03:41:15Z"), ("2023-07-10 12:11:15 UTC", "2023-07-10T12:11:15Z"),
    ("2023-07-10", "2023-07-10T00:00:00Z"), ("2024-02-29T23:59:60Z", "2024-03-01T00:00:00Z"),
    ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("1688991075", "2023-07-10T12:11:15Z"), ("1688991075.25", "2023-07-10T12:11:15Z"),
    ("1688991075000", "2023-07-10T12:11:15Z"), ("1688991075000000", "2023-07-10T12:11:15Z"),
    ("1688991075000000000", "2023-07-10T12:11:15Z"), ("", nil), ("noon", nil), ("2023-13-10T12:11:15Z", nil),
    ("2023-07-10T25:11:15Z", nil), ("2023-07-10T12:11:15 o'clock", nil), ("-5", nil), ("12", nil),
    ("inf", nil),
  ]

  @Test("times are read", arguments: times)
  func time(_ text: String, _ expected: String?) {
    #expect(EventTime(text.utf8)?.text == expected)
  }

  static let events: [(String, String?)] = [
    (#"{"eventTime":"2023-07-10T12:11:15Z"}"#, "2023-07-10T12:11:15Z"),
    (#"{"a":{"eventTime":"2022-01-01"},"@timestamp":"2023-07-10T12:11:15Z"}"#, "2023-07-10T12:11:15Z"),
    (#"{"time":1688991075,"eventTime":"2023-07-11T00:00:00Z"}"#, "2023-07-11T00:00:00Z"),
    (#"{"eventTime":"soon","time":1688991075}"#, "2023-07-10T12:11:15Z"),
    (
      ##"{"Event":{"System":{"TimeCreated":{"#attributes":{"SystemTime":"2023-07-10T12:11:15.5Z"}}}}}"##,
      "2023-07-10T12:11:15Z"
    ),
    (#"{"a":"\"eventTime\":\"2023-07-10T12:11:15Z\""}"#, nil), (#"{}"#, nil), (#"{"time":{}}"#, nil),
  ]

  @Test("an event's time is found", arguments: events)
  func timeOfEvent(_ text: String, _ expected: String?) {
    let reader = EventTimeReader(path: nil)
    #expect(Array(text.utf8).withUnsafeBytes { reader.time(of: $0)?.text } == expected)
  }

  @Test("the field that the user names is taken instead")
  func namedTime() {
    let reader = EventTimeReader(path: FieldPath("a", "b"))
    let text = #"{"eventTime":"2020-01-01","a":[{"b":"x"},{"b":"2023-07-10"}]}"#
    #expect(Array(text.utf8).withUnsafeBytes { reader.time(of: $0)?.text } == "2023-07-10T00:00:00Z")
  }

  @Test("a splitter fed in any pieces finds what it finds at once")
  func pieces() {
    var generator = SeededGenerator(seed: 5)
    let fixed = InputFormatTests.formats.map(\.text) + InputFaultTests.cases.map(\.text)
    for text in fixed {
      let whole = Array(text.utf8)
      let expected = split(whole, pieces: [whole.count])
      for _ in 0..<20 {
        var bytes = whole
        if generator.chance(50), !bytes.isEmpty {
          bytes[generator.number(0...(bytes.count - 1))] = UInt8(generator.number(0...255))
        }
        var sizes: [Int] = []
        while sizes.reduce(0, +) < bytes.count { sizes.append(generator.number(1...40)) }
        let found = split(bytes, pieces: sizes)
        #expect(
          found == (bytes == whole ? expected : split(bytes, pieces: [bytes.count])), "\(text.prefix(80))")
      }
    }
  }

  /// What is found, each as its text or its fault. The fault's reach depends on what was in memory; its kind
  /// and its place do not.
  private func split(_ bytes: [UInt8], pieces: [Int]) -> [String] {
    var splitter = EventSplitter(maxBytes: 1 << 20)
    var memory: [UInt8] = []
    var rest = bytes[...]
    var found: [String] = []
    func take() {
      for item in splitter.take() {
        switch item {
        case .event(let range): found.append(String(decoding: memory[range], as: UTF8.self))
        case .fault(let fault): found.append("\(fault.problem) at \(fault.offset)")
        }
      }
    }
    for size in pieces {
      memory += rest.prefix(size)
      rest = rest.dropFirst(size)
      memory.withUnsafeBufferPointer { buffer in
        if let base = buffer.baseAddress { splitter.scan(base, to: buffer.count) }
      }
      take()
      let keep = splitter.keepFrom
      memory.removeFirst(keep)
      splitter.rebase(keep)
    }
    memory.append(0)
    memory.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { splitter.finish(base, to: buffer.count - 1) }
    }
    take()
    return found
  }

  @Test("searches find what a plain loop finds")
  func searches() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<2_000 {
      let bytes = (0..<generator.number(1...70)).map { _ in
        generator.pick(UInt8(ascii: "a"), 0x22, 0x5C, 0x0A, 0x7B, 0x7D, 0x5B, 0x5D, 0x1F, 0x80, 0xFF, 0x20)
      }
      let from = generator.number(0...(bytes.count - 1))
      bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        let count = bytes.count
        let plain = bytes[from...].firstIndex { $0 == 0x22 || $0 == 0x5C || $0 < 0x20 } ?? count
        #expect(plainTextEnd(in: base, from: from, to: count) == plain)
        #expect(lastLineBreak(in: base, from: from, to: count) == bytes[from...].lastIndex(of: 0x0A))
        let rest = bytes[from...]
        let level = rest.reduce(0) { $0 + ($1 | 0x20 == 0x7B ? 1 : $1 | 0x20 == 0x7D ? -1 : 0) }
        let isBalanced = level == 0 && rest.count { $0 == 0x22 } % 2 == 0
        #expect(looksBalanced(base, from: from, to: count) == isBalanced)
        let wanted = Array(rest.suffix(3))
        let first = (from...count).first { bytes[$0...].starts(with: wanted) }
        #expect(firstIndex(of: wanted, in: base, from: from, to: count) == first)
      }
    }
  }

  @Test("an event over lines is written on one, its texts as they are")
  func oneLine() throws {
    let text = "{\n  \"a\" : [1, 2,\r\n\t{}],\n \"b c\": \"x  \\\" \\n y\"\n}"
    var output: [UInt8] = []
    Array(text.utf8).withUnsafeBytes { appendOnOneLine($0, to: &output) }
    #expect(String(decoding: output, as: UTF8.self) == #"{"a":[1,2,{}],"b c":"x  \" \n y"}"#)
    #expect(try JSON.parse(String(decoding: output, as: UTF8.self)) == JSON.parse(text))
  }

  @Test("files, folders and patterns are found in order, each once")
  func paths() throws {
    let folder = try LogFolder(
      Dictionary(
        uniqueKeysWithValues: ["b/2.json", "b/1.json", "a.json.gz", "b/c/3.txt", ".hidden", "b/[x].json"].map
        {
          ($0, Data("{}".utf8))
        }))
    defer { folder.remove() }
    func found(_ arguments: String...) -> [String] {
      LogPaths(arguments.map { folder.path($0) }).paths.map {
        String($0.dropFirst(folder.url.path.count + 1))
      }
    }
    #expect(found("") == ["a.json.gz", "b/1.json", "b/2.json", "b/[x].json", "b/c/3.txt"])
    #expect(found("b/2.json", "b") == ["b/2.json", "b/1.json", "b/[x].json", "b/c/3.txt"])
    #expect(found("*.gz", "b/*.json") == ["a.json.gz", "b/1.json", "b/2.json", "b/[x].json"])
    #expect(found("**/*.json") == ["b/1.json", "b/2.json", "b/[x].json"])
    #expect(found("b/**") == ["b/1.json", "b/2.json", "b/[x].json", "b/c/3.txt"])
    #expect(found("b/[x].json") == ["b/[x].json"])
    #expect(found("b/[12].json") == ["b/1.json", "b/2.json"])
    let missing = LogPaths([folder.path("*.log"), folder.path("none")])
    #expect(missing.paths.isEmpty)
    #expect(missing.problems.count == 2)
    #expect(LogPaths([folder.path("b")]).size == 8)
    #expect(LogPaths(["-"]).size == nil)
  }

  @Test("a histogram keeps its counts, however long the time")
  func histogram() throws {
    var histogram = TimeHistogram()
    for index in 0..<5_000 { histogram.add(EventTime(milliseconds: (index - 100) * 3_600_000)) }
    let first = try #require(histogram.first)
    let last = try #require(histogram.last)
    #expect(first.milliseconds == -100 * 3_600_000)
    for columns in [1, 7, 50] {
      let bars = histogram.bars(columns, from: first, to: last)
      #expect(bars.count == columns)
      #expect(bars.reduce(0, +) == 5_000)
      // Even over time, to within one stretch.
      #expect(bars.allSatisfy { abs($0 - 5_000 / columns) <= 16 }, "\(bars)")
    }
  }
}
