import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSigma

@Suite("The runner's own reading of items")
struct RunnerTests {
  /// An item, the texts that it must match, and those that it must not: worked out by hand from the specification.
  static let items: [(String, matches: [String], others: [String])] = [
    (#"f: 'a\*b'"#, ["a*b", "A*B"], ["axb"]), (#"f: 'a\\*b'"#, [#"a\b"#, #"a\xb"#], ["a*b"]),
    (#"f: 'a\b\'"#, [#"a\b\"#], ["ab"]), ("f: 'a?c*'", ["abc", "abcd"], ["ac", "xabc"]),
    ("f|cased: aB", ["aB"], ["ab", "AB"]), ("f|contains|cased: aB", ["xaBx"], ["xabx"]),
    ("f|endswith: 'x*y'", ["xy", "axbxcy"], ["axyb"]), ("f|startswith: 5", ["5", "55"], ["15"]),
    (#"f|contains|expand: '50\%'"#, ["a 50% b"], [#"a 50\% b"#]), (#"f|expand: '\%x%'"#, ["%x%"], [#"\%x%"#]),
    (#"f|re|expand: 'a\%x\%\d'"#, ["a%x%5"], [#"a\%x\%5"#, "a%x%d"]),
    ("f: 1.0", ["1.0", "1"], ["1.00", "10"]), ("f: 0x1F", ["0x1f", "31"], ["1F"]),
    ("f|contains: 1.10", ["v1.10"], ["v1.1"]), ("f: 007", ["007"], ["7"]), ("f: true", ["TRUE"], ["1"]),
    ("f|base64: foo", ["Zm9v", "zm9V"], ["foo"]), ("f|base64: fo", ["Zm8="], ["Zm8"]),
    ("f|wide|base64|cased: ab", ["YQBiAA=="], ["yqbiaa=="]), ("f|utf16be|base64: ab", ["AGEAYg=="], []),
    ("f|utf16|base64: ab", ["//5hAGIA"], []), ("f|wide|contains: ab", ["xa\0b\0y"], ["ab"]),
    ("f|base64offset|contains: foobar", ["xZm9vYmFyx", "mb29iYX", "Zvb2Jhc"], ["foobar", "Zvb2Jh"]),
    ("f|windash|contains: ' -x'", ["a -x", "a /x", "a \u{2013}x", "a \u{2015}x"], ["a-x", "a x"]),
    ("f|windash: 'a-b -c'", ["a-b /c"], ["a/b -c"]), ("f|windash|base64: '-a'", ["LWE=", "L2E="], ["-a"]),
    ("f|gt: 5", ["6", "5.5"], ["5", "x"]), ("f|lte: 0x10", ["16", "-1"], ["17"]),
    ("f|cidr: 10.0.0.0/8", ["10.1.2.3"], ["11.0.0.0", "10.1.2.3 "]),
    ("f|re|i: 'a.c'", ["xABCx"], ["ac"]), ("f|re: a", ["xa"], ["A"]),
    ("f|contains|all: [a, b]", ["ba"], ["a", "b"]), ("f|neq: [a, b]", ["c"], ["a", "b"]),
    ("f|exists: true", ["", "x"], []), ("f|fieldref: g", ["G's"], ["x"]),
  ]

  @Test("matches and does not match", arguments: items.indices)
  func item(_ index: Int) throws {
    let (item, matches, others) = RunnerTests.items[index]
    let text = ruleText("s: {\(item)}\ncondition: s")
    let events = (matches + others).map { text in
      Event(Value.Object([.init("f", .string(text)), .init("g", .string("g's"))]))
    }
    let expected = matches.map { _ in true } + others.map { _ in false }
    #expect(try Language.sigma.run(text, on: events, options: LanguageOptions()) == expected)
    #expect(try events.map(read("s: {\(item)}\ncondition: s").holds) == expected)
  }

  /// Modifiers that go together, in several orders.
  static let chains = [
    "", "|contains", "|startswith", "|endswith", "|cased", "|cased|contains", "|windash", "|windash|contains",
    "|contains|windash", "|windash|base64", "|base64", "|base64|contains", "|base64offset|contains", "|wide",
    "|wide|base64", "|wide|base64offset|contains", "|utf16|base64|cased", "|utf16be|base64offset|endswith",
    "|expand", "|contains|expand", "|expand|startswith|cased", "|neq", "|contains|neq", "|base64|base64",
    "|re",
  ]

  @Test("the reader and the runner say the same of every value under every chain", arguments: chains)
  func agreement(_ chain: String) throws {
    let values =
      HostileValues.all + [
        "a", "ab", "abc", "-a", "/a -b", "a-b", #"\*"#, #"a\\*"#, #"\\\*"#, "a?c", "*-x*", #"\%a%"#, #"5\%"#,
        #"\\%"#,
        "%", "%%", "ä-b", "/ä", "_-a", "K", "\u{212A}",
      ]
    func events(_ value: String) -> [Event] {
      [value, "", "x", "-\(value)-", "%a%", "5%", "/a /b", "YQ==", "YWI=", "abcabc", "k", "A"].map { text in
        Event(Value.Object([.init("f", .string(text)), .init("g", .string("-\(text)-"))]))
      }
    }
    var compared = 0
    for value in values {
      for field in ["f", ""] where !(field.isEmpty && chain.contains("with")) {
        let item = SigmaItem(
          field, chain.split(separator: "|").compactMap { SigmaModifier(rawValue: String($0)) },
          [.text(value)])
        var document = SigmaDocument(title: "t")
        document.selections = [SigmaSelection("s", .map([item]))]
        document.conditions = [SigmaExpression(.selection("s"))]
        let (condition, issues) = SigmaLowering.condition(of: document)
        guard issues.errors.isEmpty else { continue }
        let runner = try SigmaRunner(document)
        let events = events(value)
        #expect(events.map(runner.matches) == events.map(condition.holds), "\(item.key): \(value)")
        compared += events.count
      }
    }
    #expect(compared > 500)
  }
}
