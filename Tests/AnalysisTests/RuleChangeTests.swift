import ConcordAnalysis
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

/// What a change gains and loses.
@Suite struct RuleChangeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let kind: RuleChange.Kind
    var loses = ""
    var gains = ""
    var testDescription: String { "\(old) / \(new)" }
  }

  static let cases = [
    Case(old: #"x eq "a""#, new: #"x in ["a", "b"]"#, kind: .wider, gains: #"{"x":"b"}"#),
    Case(old: #"x in ["a", "b"]"#, new: #"x eq "a""#, kind: .narrower, loses: #"{"x":"b"}"#),
    Case(
      old: #"x eq "a""#, new: #"x eq "b""#, kind: .different, loses: #"{"x":"a"}"#, gains: #"{"x":"b"}"#),
    Case(
      old: #"x eq "a""#, new: "x eq \"a\"\ny ne \"b\"", kind: .narrower, loses: #"{"x":"a","y":"b"}"#),
    Case(old: "x eq \"a\"\ny eq \"b\"", new: "y eq \"b\"\nx eq \"a\"", kind: .equal),
    Case(old: #"x contains "ab""#, new: "x contains \"ab\"\nx contains \"a\"", kind: .equal),
    Case(old: #"x contains "ab""#, new: #"x contains "b""#, kind: .wider, gains: #"{"x":"b"}"#),
    Case(
      old: #"not (x eq "a" and y eq "b")"#, new: #"x ne "a""#, kind: .narrower, loses: #"{"x":"a"}"#),
  ]

  @Test(arguments: cases)
  func comparesConditions(_ example: Case) throws {
    let change = RuleChange(from: try document(example.old), to: try document(example.new))
    #expect(change.kind == example.kind)
    #expect((change.loss.event?.json ?? "") == example.loses)
    #expect((change.gain.event?.json ?? "") == example.gains)
    #expect(change.otherChanges.isEmpty)
    // The other way round, losses are gains.
    let back = RuleChange(from: try document(example.new), to: try document(example.old))
    #expect((back.gain.event == nil) == example.loses.isEmpty)
    #expect((back.loss.event == nil) == example.gains.isEmpty)
  }

  @Test(
    "a difference that needs several values in a field is told apart, unless the path says that it has them")
  func arrays() throws {
    let guarded = "x eq \"a\"\nx ne \"b\""
    let change = RuleChange(from: try document(#"x eq "a""#), to: try document(guarded))
    guard case .arrays(let event) = change.loss else {
      Issue.record("not told apart: \(change.loss)")
      return
    }
    #expect(event.json == #"{"x":["a","b"]}"#)
    #expect(change.gain.event == nil)
    let known = RuleChange(
      from: try document(#"x[] eq "a""#), to: try document("x[] eq \"a\"\nx[] ne \"b\""))
    guard case .event(let several) = known.loss else {
      Issue.record("not found: \(known.loss)")
      return
    }
    #expect(several.json == #"{"x":["a","b"]}"#)
    var fixed = try document(#"x eq "a""#)
    fixed.rule.fixtures = [Fixture(name: "f", expected: true, event: try makeEvent(#"{"x":["a","c"]}"#))]
    guard case .event = RuleChange(from: fixed, to: try document(guarded)).loss else {
      Issue.record("a fixture says that x is an array")
      return
    }
  }

  @Test("a rule that comes, goes or is switched off gains or loses all its events")
  func existence() throws {
    let rule = try document(#"x eq "a""#)
    let added = RuleChange(from: nil, to: rule)
    #expect(added.kind == .added && added.gain.event?.json == #"{"x":"a"}"# && added.loss.event == nil)
    let removed = RuleChange(from: rule, to: nil)
    #expect(removed.kind == .removed && removed.loss.event?.json == #"{"x":"a"}"#)
    var off = rule
    off.rule.enabled = false
    let switched = RuleChange(from: rule, to: off)
    #expect(switched.kind == .narrower && switched.loss.event?.json == #"{"x":"a"}"#)
    #expect(switched.otherChanges == ["enabled: true -> false"])
  }

  @Test("what else changed is named, and the fixtures that turn")
  func details() throws {
    var (old, new) = (try document(#"x eq "a""#), try document(#"x eq "b""#, id: "S"))
    old.rule.severity = .low
    old.rule.fixtures = [
      Fixture(name: "a", expected: true, event: try makeEvent(#"{"x":"a"}"#)),
      Fixture(name: "c", expected: false, event: try makeEvent(#"{"x":"c"}"#)),
    ]
    new.rule.fixtures = [Fixture(name: "b", expected: true, event: try makeEvent(#"{"x":"b"}"#))]
    let change = RuleChange(from: old, to: new)
    #expect(change.otherChanges == ["id: R -> S", "title: Title of R -> Title of S", "level: low -> none"])
    #expect(change.changedFixtures.map { "\($0.fixture.name) \($0.verdict)" } == ["b true", "a false"])
    #expect(RuleChange(from: old, to: new, comparesDetails: false).otherChanges.isEmpty)
  }

  @Test("rules are matched by file where it holds one, else by id, within a file first")
  func matching() throws {
    func version(_ file: String, _ id: String) throws -> RuleVersion {
      RuleVersion(file: file, document: try document(#"x eq "a""#, id: id))
    }
    func pairs(_ old: [RuleVersion], _ new: [RuleVersion]) -> [String] {
      RuleMatching.pairs(from: old, to: new).map { pair in
        [pair.old, pair.new].map { $0.map { "\($0.file):\($0.document.rule.id)" } ?? "-" }
          .joined(separator: " ")
      }
    }
    #expect(pairs([try version("f", "A")], [try version("f", "B")]) == ["f:A f:B"])
    #expect(
      pairs(
        [try version("f", "A"), try version("f", "B"), try version("g", "C")],
        [try version("f", "B"), try version("h", "C"), try version("h", "D")])
        == ["f:B f:B", "g:C h:C", "- h:D", "f:A -"])
    // The same id in two files: each stays with its own.
    #expect(
      pairs(
        [try version("f", "A"), try version("f", "X"), try version("g", "A"), try version("g", "Y")],
        [try version("g", "A"), try version("g", "Y"), try version("f", "A"), try version("f", "X")])
        == ["g:A g:A", "g:Y g:Y", "f:A f:A", "f:X f:X"])
    #expect(pairs([], []) == [])
  }

  /// Two rules of one condition that differ in one other part.
  struct PartCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: RuleChange.Kind
    let change: @Sendable (inout Rule) -> Void
  }

  static let index = PlaceFact("index", of: "splunk")
  static func at(_ fact: PlaceFact, _ text: String) -> Condition {
    .place(fact, .text(.equals(text), .ignored))
  }

  static let parts = [
    PartCase(testDescription: "nothing", kind: .equal) { _ in },
    PartCase(testDescription: "Panther's log type", kind: .different) {
      $0.logSources = [LogSource(platformName: "Okta.SystemLog")]
    },
    PartCase(testDescription: "category", kind: .different) {
      $0.logSources = [LogSource(category: "process_access", product: "windows")]
    },
    PartCase(testDescription: "product", kind: .different) {
      $0.logSources = [LogSource(category: "process_creation", product: "linux")]
    },
    PartCase(testDescription: "a log source more", kind: .wider) {
      $0.logSources.append(LogSource(product: "linux"))
    },
    PartCase(testDescription: "no log source", kind: .wider) { $0.logSources = [] },
    PartCase(testDescription: "a place", kind: .narrower) { $0.place = at(index, "a") },
    PartCase(testDescription: "a window", kind: .narrower) { $0.window = at(index, "-1d") },
    PartCase(testDescription: "threshold", kind: .alerts) { $0.threshold = 500 },
    PartCase(testDescription: "dedup period", kind: .alerts) { $0.dedupPeriodMinutes = 1 },
    PartCase(testDescription: "makes alerts", kind: .alerts) { $0.makesAlerts = false },
  ]

  @Test("a part besides the condition is compared too", arguments: parts)
  func comparesParts(_ part: PartCase) throws {
    let old = try document(#"x eq "a""#)
    var new = old
    part.change(&new.rule)
    let change = RuleChange(from: old, to: new)
    #expect(change.kind == part.kind)
    #expect(change.otherChanges.isEmpty == (part.kind == .equal))
  }

  @Test("across languages, facts that only one of them names are left out and named")
  func acrossLanguages() throws {
    var (old, new) = (try document(#"x eq "a""#), try document(#"x eq "a""#))
    new.rule.logSources = []
    new.rule.place = .all([Self.at(Self.index, "a")])
    let change = RuleChange(from: old, to: new, comparesDetails: false)
    #expect(change.kind == .partly)
    #expect(change.factsNotCompared.map(\.name) == ["category", "product", "splunk.index"])
    old.rule.place = Self.at(Self.index, "b")
    #expect(RuleChange(from: old, to: new, comparesDetails: false).kind == .different)
  }
}
