import Concord
import TestSupport
import Testing

/// Rules that count in spans of which several have one event, in every language that counts so.
@Suite("Spans that overlap") struct HopTests {
  static let targets = Registry.runners.filter { $0.traits.contains(.countsInHops) && $0.writer != nil }

  private static func asks(_ field: String, _ text: String) -> Condition {
    .test(FieldPath(field), .text(.equals(text), .exact))
  }

  /// A failed login that no logout is about.
  static func rule(_ period: Aggregate.Period, by keys: [Aggregate.Key], _ bound: Int = 1) -> Rule {
    let (login, logout) = (asks("eventName", "ConsoleLogin"), asks("eventName", "Logout"))
    var rule = Rule(id: "hops", title: "Hops", condition: .any([login, logout]))
    rule.logSources = [.cloudTrail]
    rule.aggregate = Aggregate(
      by: keys, in: period,
      columns: [.init("login", .matching(login)), .init("logout", .matching(logout))],
      threshold: .all([Aggregate.atLeast(bound, "login"), .not(Aggregate.atLeast(1, "logout"))]))
    return rule
  }

  static let region = Aggregate.Key(FieldPath("awsRegion"))
  static let chosen = Aggregate.Key(
    named: "who",
    [
      .init(asks("eventName", "ConsoleLogin"), FieldPath("sourceIPAddress")),
      .init(asks("eventName", "Logout"), FieldPath("apiVersion")),
    ])

  static let rules: [Rule] = [
    rule(.hops(3600, every: 600), by: [region]), rule(.hops(3600, every: 600), by: []),
    rule(.hops(600, every: 600), by: [region], 3), rule(.hops(108_000, every: 86_400), by: [chosen]),
    rule(.hops(70, every: 60), by: [chosen, region], 2),
  ]

  @Test("a rule is written, read back and proved, on many logs", arguments: rules.indices)
  func proved(_ index: Int) throws {
    let rule = Self.rules[index]
    let verification = RuleVerification(of: rule, in: Self.targets, options: LanguageOptions())
    for (column, judgement) in zip(verification.agreement.columns, verification.judgements) {
      #expect(judgement.verdict == .proved, "\(column.language) \(judgement.reason ?? "") \(column.outcome)")
    }
    #expect(try #require(verification.logCounts).put > 30)
    #expect(verification.agreement.meaning.contains(true) && verification.agreement.meaning.contains(false))
  }

  /// Faults that a writer could make, as what is in its text and what stands there instead.
  static let faults: [(language: String, name: String, from: String, to: String)] = [
    ("splunk", "a longer span", "* 600 - 3600", "* 600 - 3601"),
    ("splunk", "another rhythm", ", 600)", ", 601)"),
    ("splunk", "an end that is part of it", "floor(_time) + 1", "floor(_time)"),
    ("splunk", "a lost span", ", span_start", ""),
    ("splunk", "an absence that is not asked", " AND count_where_2<1", ""),
    ("athena", "a longer span", "'second', 3600", "'second', 3601"),
    ("athena", "a shorter span", "'second', 3600", "'second', 3000"),
    ("athena", "a span too early", "'second', 600", "'second', 0"),
    ("athena", "an absence that is not asked", "< 1", "< 2"),
  ]

  @Test("a writer's fault is noticed", arguments: faults.indices)
  func fault(_ index: Int) throws {
    let fault = Self.faults[index]
    try CountingTests.expectNoticed(
      fault.name, fault.from, fault.to, in: fault.language, of: Self.rules[0])
  }

  @Test("what cannot be said is refused")
  func refused() {
    for (name, period) in [
      ("sigma", Aggregate.Period.hops(60, every: 30)), ("athena", .hops(30, every: 60)),
    ] {
      let rule = Self.rule(period, by: [Self.region])
      let error = #expect(throws: Diagnostic.self) {
        try Registry.languages.named(name)?.write(rule, options: LanguageOptions())
      }
      #expect(error?.code.rawValue == "E429", "\(name)")
    }
  }
}
