import ConcordDiagnostics
import TestSupport
import Testing

@testable import ConcordSplunk

/// Configuration files, of saved searches, macros and lookups alike.
@Suite("Configuration files") struct ConfTests {
  private static func settings(_ text: String) throws(Diagnostic) -> [String] {
    let conf = try SplunkConf(Source(name: "x.conf", text: text))
    return conf.globals.map { "\($0.key)=\($0.value)" }
      + conf.stanzas.flatMap { stanza in stanza.settings.map { "[\(stanza.name)] \($0.key)=\($0.value)" } }
  }

  static let rows: [(text: String, settings: [String])] = [
    ("", []), ("# a = b\n\n", []), ("a = b", ["a=b"]), ("\u{FEFF}a=b", ["a=b"]),
    ("[s]\n a\t= b \n", ["[s] a=b"]), ("[s]\r\na = b\r\nc = d", ["[s] a=b", "[s] c=d"]),
    ("[s]\ra = b\r", ["[s] a=b"]), ("[a[b]]\nc = ", ["[a[b]] c="]), ("[s] \na==b=c", ["[s] a==b=c"]),
    ("[s]\na = b \\\n  c\\\n\nd = e", ["[s] a=b \n  c", "[s] d=e"]), ("[s]\na = b\\", ["[s] a=b"]),
    ("[s]\na = b\\\n# c\\\n[d]", ["[s] a=b\n# c\n[d]"]), ("# a\\\n# b\n[s]\nc = d", ["[s] c=d"]),
    ("[s]\na = \u{301}b\u{2028}c", ["[s] a=\u{301}b\u{2028}c"]), ("[s]\na = x\\y\\\\z", ["[s] a=x\\y\\\\z"]),
  ]

  @Test("are read by lines", arguments: rows) func read(_ row: (text: String, settings: [String])) throws {
    let read = try Self.settings(row.text)
    #expect(read.count == row.settings.count)
    for (one, other) in zip(read, row.settings) { #expect(one.sameScalars(as: other), "\(one)") }
  }

  static let faults: [(text: String, code: String, line: Int)] = [
    ("a = b\n[s\n", "E102", 2), ("[s] x\n", "E101", 1), ("[s]\nabc\n", "E101", 2), ("[s]\n = b\n", "E101", 2),
    ("[s]\na = b\\\\\nc = d\n", "E330", 2), ("# a\\\nb = c\n", "E330", 1),
    ("[s]\na = b\\\nc\\\\\n", "E330", 3),
  ]

  @Test("that are none are refused with the line", arguments: faults)
  func refused(_ row: (text: String, code: String, line: Int)) {
    do throws(Diagnostic) {
      _ = try SplunkConf(Source(name: "x.conf", text: row.text))
      Issue.record("\(row.text) is read")
    } catch {
      #expect(error.code.rawValue == row.code)
      #expect(error.labels.first?.span.start.line == row.line)
    }
  }
}
