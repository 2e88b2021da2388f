import ConcordDetection
import TestSupport
import Testing

@testable import ConcordProof

/// The automata of the prover against the matchers that give the meaning.
@Suite struct MachineTests {
  static let texts =
    words(["a", "b", "\n", "A", "-"], upTo: 4) + ["k", "K", "\u{212A}", "ab\n", "\n\n", "aab\nb"]

  static func words(_ alphabet: [String], upTo length: Int) -> [String] {
    var all = [""]
    var last = [""]
    for _ in 0..<length {
      last = last.flatMap { word in alphabet.map { word + $0 } }
      all += last
    }
    return all
  }

  static let expressions = [
    "a", "^a", "a$", "^$", "$", "(?m)^", "(?m)^a", "(?m)a$", "(?m)^$", "(?m)$\\n^b", "\\Aa\\z", "a\\z",
    "\\ba", "a\\b",
    "\\Ba", "\\b", "\\B", "a$\\n", "(a$|b)", "a$\\n?$", "(?s)a.b", "a.b", "[^a]", "(?i)k", "(a|b){2,3}\\z",
    "\\A(a?){3}b",
    "^a*$", "(^a|b$)+", "\\n$", "$\\n", "\\W\\b\\w", "(?m)^b$", "(?m:b$)a|a(?m:^)b", "(a|)b*?$", "\\A\\z",
    "\\z\\A",
  ]

  /// The machine accepts just what the expression matches: each text is sought as the only one, and not found
  /// among all others.
  @Test(arguments: expressions)
  func expression(_ pattern: String) throws {
    let regex = try PortableRegex(pattern)
    let machine = try #require(TextMachine(.regex(regex)))
    let sets = machine.sets.union(MachineTests.texts.joined().unicodeScalars.map { ScalarSet([$0...$0]) })
    let minterms = Minterms(sets)
    var automaton = LazyAutomaton(machine, minterms)
    for text in MachineTests.texts {
      var state = automaton.start()
      for scalar in text.unicodeScalars {
        let part = try #require(minterms.representatives.firstIndex(of: scalar))
        state = automaton.state(after: state, part)
      }
      #expect(automaton.matches(state) == regex.matches(text), "\(pattern) on \(text.debugDescription)")
    }
  }

  @Test func lowerCaseOfLowerCaseIsItself() {
    for value in UInt32(0)..<0x1F000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let lower = LetterCase.lower(scalar)
      if LetterCase.lower(lower) != lower { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test(arguments: [
    (
      "10.0.0.0/8",
      ["10.0.0.1", "::ffff:10.1.2.3", "::FFFF:a01:203", "0:0:0:0:0:ffff:a00::", "0::ffff:a00:1"]
    ),
    ("10.0.0.1", ["10.0.0.1", "::ffff:a00:1"]),
    ("0.0.0.0/0", ["255.199.9.0", "::ffff:0:0", "0:0:0:0:0:ffff::1"]),
    (
      "2001:db8::/32",
      ["2001:db8::", "2001:0DB8::1.2.3.4", "2001:db8:1:2:3:4:5:6", "2001:db8:0:0:0:0:1.2.3.4"]
    ),
    ("1:2:3:4:5:6:a:b", ["1:2:3:4:5:6:0.10.0.11", "0001:2:3:4:5:6:A:b"]),
    ("2001::/16", ["2001::", "2001:0::1.2.3.4"]),
    ("::/0", ["::", "::1", "1::", "1:2::3:4", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4"]),
  ])
  func addressesMatchTheGrammar(_ network: String, _ texts: [String]) throws {
    let network = try #require(CIDR(network))
    let grammar = try PortableRegex(network.grammar)
    for text in texts {
      let address = try #require(IPAddress(text))
      #expect(network.contains(address), "\(text)")
      #expect(grammar.matches(text), "\(text)")
    }
  }
}
