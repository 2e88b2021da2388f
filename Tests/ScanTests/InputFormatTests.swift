import ConcordScan
import Foundation
import Testing

/// One list of events in every format that is told by content.
@Suite("Formats of logs")
struct InputFormatTests {
  /// Events of several sizes, with all that a splitter could stumble over.
  static let events: [String] = (0..<40).map { index in
    switch index % 5 {
    case 0: #"{"n":\#(index)}"#
    case 1: #"{"a":"}{][\",\\","n":\#(index),"b":[{"c":{}},[],[[1,-2.5e3,true,false,null]]]}"#
    case 2: #"{"a":{"Records":[{"n":1000}]},"n":\#(index)}"#
    case 3: #"{"text":"\#(String(repeating: "é\\u0022", count: index))","n":\#(index)}"#
    default: #"{"n":\#(index),"Records":"none","empty":{},"list":[]}"#
    }
  }
  static let numbers = (0..<40).map(String.init)

  static let formats: [(name: String, text: String)] = [
    ("lines", events.joined(separator: "\n") + "\n"),
    ("lines without the last break", events.joined(separator: "\n")),
    ("lines with CRLF", events.joined(separator: "\r\n") + "\r\n"),
    ("lines with a byte order mark", "\u{FEFF}" + events.joined(separator: "\n")),
    ("lines with empty ones between", "\n\n" + events.joined(separator: "\n\n  \n") + "\n\n"),
    ("lines with spaces around", events.map { "  \($0)\t" }.joined(separator: "\n")),
    ("an array", "[" + events.joined(separator: ",") + "]"),
    ("an array over lines", "[\n  " + events.joined(separator: ",\n  ") + "\n]\n"),
    ("an array with a byte order mark", "\u{FEFF}[" + events.joined(separator: ", ") + "]"),
    ("objects without anything between", events.joined()),
    ("objects with spaces between", events.joined(separator: "  ")),
    ("objects with commas between", events.joined(separator: ",\n")),
    ("objects over lines", events.map { $0.replacing("{\"n\"", with: "{\n \"n\"") + "\n" }.joined()),
    ("records", #"{"Records":["# + events.joined(separator: ",") + "]}"),
    ("records over lines", "{\n  \"Records\": [\n" + events.joined(separator: ",\n") + "\n  ]\n}\n"),
    (
      "records after other keys",
      #"{"version":{"n":5},"list":[{"n":6}],"Records":["# + events.joined(separator: ",")
        + #"],"x":[{"n":7}]}"#
    ),
    (
      "two files of records, one after the other",
      #"{"Records":["# + events[..<9].joined(separator: ",") + #"]}{"Records":["#
        + events[9...].joined(separator: ",") + "]}"
    ),
    (
      "a line a file of records",
      #"{"Records":["# + events[..<9].joined(separator: ",") + "]}\n" + #"{"Records": ["#
        + events[9...].joined(separator: ",") + "]}\n"
    ),
    (
      "lines, then records",
      events[..<9].joined(separator: "\n") + "\n" + #"{"Records":["# + events[9...].joined(separator: ",")
        + "]}\n"
    ),
    (
      "arrays, one after the other",
      "[" + events[..<9].joined(separator: ",") + "]\n[]\n[" + events[9...].joined(separator: ",") + "]"
    ),
    (
      "lines, two events on one",
      events[..<9].joined(separator: "\n") + "\n" + events[9] + events[10] + "\n"
        + events[11...].joined(separator: "\n")
    ),
  ]

  @Test("every event is found, in order", arguments: formats.map(\.name), [17, 300, 1 << 20])
  func found(_ name: String, _ chunkSize: Int) throws {
    let text = try #require(Self.formats.first { $0.name == name }).text
    let folder = try LogFolder(["log": Data(text.utf8), "log.gz": LogFolder.gzipped(Data(text.utf8))])
    defer { folder.remove() }
    for file in ["log", "log.gz"] {
      for jobs in [1, 3] {
        let found = scan([folder.path(file)], chunkSize: chunkSize, jobs: jobs)
        #expect(found.numbers == Self.numbers, "\(file), \(jobs) jobs")
        #expect(found.problems.isEmpty, "\(file), \(jobs) jobs")
        #expect(found.events == Self.numbers.count, "\(file), \(jobs) jobs")
        #expect(found.logs == 1)
      }
    }
  }

  @Test("lines are numbered where the log has them, otherwise events")
  func places() throws {
    let lines = "\n{\"n\":1}\n\nbad\n{\"x\":1}\n{\"n\":2}"
    let folder = try LogFolder(["lines": Data(lines.utf8), "array": Data(#"[{"x":1},{"n":1},{"n":2}]"#.utf8)])
    defer { folder.remove() }
    for chunkSize in [5, 1000] {
      let found = scan([folder.path("lines"), folder.path("array")], chunkSize: chunkSize, jobs: 2)
      #expect(found.places == [.line(2), .line(6), .event(2), .event(3)])
      #expect(found.problems.map(\.place) == [.line(4, column: 1)])
    }
  }

  @Test("many logs come in their order, however many threads work", arguments: [1, 2, 7])
  func order(_ jobs: Int) throws {
    var files: [String: Data] = [:]
    for index in 0..<30 {
      let text = (0..<(index % 7 * 10)).map { #"{"n":\#(index * 100 + $0)}"# + "\n" }.joined()
      files[index < 10 ? "0\(index)" : "\(index)"] =
        index % 3 == 0 ? try LogFolder.gzipped(Data(text.utf8)) : Data(text.utf8)
    }
    let folder = try LogFolder(files)
    defer { folder.remove() }
    let found = scan(LogPaths([folder.url.path]).paths, chunkSize: 64, jobs: jobs)
    #expect(
      found.numbers == (0..<30).flatMap { index in (0..<(index % 7 * 10)).map { "\(index * 100 + $0)" } })
    #expect(found.logs == 30)
  }

  @Test("a scan stops where its receiver has enough")
  func stops() throws {
    let text = (0..<1000).map { #"{"n":\#($0)}"# + "\n" }.joined()
    let folder = try LogFolder(["log": Data(text.utf8)])
    defer { folder.remove() }
    let found = scan([folder.path("log")], chunkSize: 100, jobs: 2, stopAfter: 20)
    #expect(found.numbers.prefix(20) == (0..<20).map(String.init)[...])
    #expect(found.numbers.count < 40)
  }
}
