import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordSigma

@Suite("What the specification asks of metadata")
struct MetadataTests {
  /// Lines of a rule in which ⟦…⟧ stands around what the warning points at.
  static let rows: [BadRow] = [
    .init(
      "status: ⟦experimentl⟧", "W223", "unknown status `experimentl`",
      "did you mean `experimental`?"),
    .init(
      "level: ⟦urgent⟧", "W223", "unknown level `urgent`",
      "known: informational, low, medium, high, critical"),
    .init(
      "id: ⟦AWS.Rule⟧", "W363", "the id `AWS.Rule` is not a UUID", "a handle for people is the rule's `name`"),
    .init(
      "name: ⟦\(String(repeating: "x", count: 257))⟧", "W362", "the name has 257 characters",
      "the specification allows 256"),
    .init(
      "date: ⟦2024/1/2⟧", "W364", "`date` is not a date of the form `YYYY-MM-DD`", "write `2024-01-02`"),
    .init(
      "modified: ⟦2.1.2024⟧", "W364", "`modified` is not a date of the form `YYYY-MM-DD`"),
    .init("date: ⟦2024-13-01⟧", "W364", "`date` is not a date of the form `YYYY-MM-DD`"),
    .init(
      "tags: [⟦attack.initial_access⟧]", "W351", "tag `attack.initial_access` is written with underscores",
      "write `attack.initial-access`"),
    .init(
      "tags: [⟦attack.T1059⟧]", "W351", "tag `attack.T1059` is not of the form `namespace.name`",
      "write `attack.t1059`"),
    .init(
      "tags: [⟦attack.t10599⟧]", "W351",
      "tag `attack.t10599` is not a tactic, technique, group or software of ATT&CK"),
    .init(
      "tags: [⟦attack.exfiltraton⟧]", "W351",
      "tag `attack.exfiltraton` is not a tactic, technique, group or software of ATT&CK",
      "write `attack.exfiltration`"),
    .init(
      "tags: [⟦cve.2021.44228⟧]", "W351", "tag `cve.2021.44228` is not the number of a CVE",
      "write `cve.2021-44228`"),
    .init(
      "tags: [⟦tlp.white⟧]", "W351", "tag `tlp.white` is of version 1 of the protocol", "write `tlp.clear`"),
    .init("tags: [⟦tlp.pink⟧]", "W351", "tag `tlp.pink` is unknown"),
    .init(
      "tags: [⟦detection.threat_hunting⟧]", "W351",
      "tag `detection.threat_hunting` is unknown", "write `detection.threat-hunting`"),
    .init("tags: [⟦stp.6⟧]", "W351", "tag `stp.6` is not a score such as `stp.4` or `stp.3k`"),
    .init("tags: [⟦car.2016⟧]", "W351", "tag `car.2016` is not the number of a CAR analytic"),
    .init("tags: [⟦windows⟧]", "W351", "tag `windows` is not of the form `namespace.name`"),
    .init("tags: [a.b, ⟦a.b⟧]", "W368", "`a.b` stands twice in `tags`"),
    .init(
      "falsepositives: [⟦Rare in production: yes really⟧]", "W367",
      "`falsepositives` should be a list of texts, and here a `: ` makes a map of one",
      "put it in quotes"),
    .init(
      "references:\n- ⟦a: b⟧", "W367",
      "`references` should be a list of texts, and here a `: ` makes a map of one",
      "put it in quotes"),
    .init(
      "falsepositives: ⟦{a: b, c: d}⟧", "W367",
      "`falsepositives` should be a list of texts, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "falsepositives: [⟦[a]⟧]", "W367",
      "`falsepositives` should be a list of texts, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "tags: [⟦[attack.execution]⟧]", "W367",
      "`tags` should be a list of texts, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "fields: [⟦{a: {b: c}}⟧]", "W367",
      "`fields` should be a list of texts, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "description: ⟦{Note: this}⟧", "W367",
      "`description` should be a text, and here a `: ` makes a map of one",
      "put it in quotes"),
    .init(
      "description: ⟦[a]⟧", "W367", "`description` should be a text, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "status: ⟦[test]⟧", "W367", "`status` should be a text, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "level: ⟦{a: {}}⟧", "W367", "`level` should be a text, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "author: ⟦{a: b}⟧", "W367", "`author` should be a text, and here a `: ` makes a map of one",
      "put it in quotes"),
    .init(
      "date: ⟦[2024]⟧", "W367", "`date` should be a text, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "logsource: {product: aws, definition: ⟦[a]⟧}", "W367",
      "`definition` should be a text, and what stands here is left out",
      "put it in quotes if it is a text"),
    .init(
      "taxonomy: ⟦ecs⟧", "W387", "the names of fields and log sources are those of the taxonomy `ecs`",
      "they are taken as they stand; a pipeline must map them if the events have others"),
    .init("references: ⟦x⟧", "W367", "`references` should be a list", "write `- ` before its only element"),
    .init("author: ⟦[A, B]⟧", "W367", "`author` should be one text", "separate several by commas"),
    .init(
      "⟦referenecs⟧: [x]", "W221", "unknown key `referenecs`", "did you mean `references`?"),
    .init(
      "related: [⟦{id: 0a1b2c3d-0000-4000-8000-000000000000}⟧]", "W369",
      "a related rule has an `id` and a `type`"),
    .init(
      "related: [{id: 0a1b2c3d-0000-4000-8000-000000000000, type: ⟦obsoletes⟧}]", "W223",
      "unknown type of relation `obsoletes`", "did you mean `obsolete`?"),
    .init(
      "logsource: {product: ⟦Windows⟧}", "W365", "`Windows` is not spelled as names of log sources are",
      "lower case, `_` for spaces: `windows`"),
    .init(
      "logsource: {product: a, ⟦servic⟧: b}", "W221", "unknown key `servic`",
      "did you mean `service`?"),
    .init(
      "⟦logsource⟧: {definition: x}", "W366", "the log source names no category, product or service",
      "without one of them it is not known which events the rule reads"),
  ]

  @Test("taken with a warning at its place", arguments: rows)
  func warning(_ row: BadRow) throws {
    let source = row.text.contains("logsource") ? "" : "\nlogsource: {product: aws}"
    let (text, span) = unmarked(
      "title: t\n\(row.text)\(source)\ndetection: {s: {f: a}, condition: s}\n")
    let document = try #require(
      try Language.sigma.read(Source(text: text), options: LanguageOptions()).first)
    #expect(document.warnings.map(\.code.rawValue) == [row.code])
    #expect(document.warnings.map(\.message) == [row.message])
    #expect(document.warnings.first?.severity == .warning)
    #expect(document.warnings.first?.labels.first?.span == span)
    #expect(document.warnings.first?.help.first == row.help)
  }

  @Test("nothing is said of what the specification knows, or leaves to the author")
  func clean() throws {
    let text = """
      title: t
      id: 9f1e4e59-1e1c-4b5e-8f43-6d1f0d7a4d7e
      taxonomy: sigma
      scope: [server]
      license: MIT
      tags:
        [attack.defense-evasion, attack.ds0022, attack.t1059.001, cve.2021-44228, car.2016-04-005, stp.3k,
         tlp.amber-strict, detection.dfir, d3fend.d3f-WindowsNtOpenFile, my-team.any.thing]
      logsource: {service: onelogin.events, definition: 'Audit It', custom: x}
      detection: {s: {f: a}, condition: s}
      regression_tests_path: x
      simulation: {x: 1}
      """
    let document = try #require(
      try Language.sigma.read(Source(text: text), options: LanguageOptions()).first)
    #expect(document.warnings.isEmpty, "\(document.warnings.map(\.message))")
    let again = try Language.sigma.write(document.rule, options: LanguageOptions()).text
    for key in ["taxonomy: sigma", "scope:\n", "license: MIT", "regression_tests_path: x", "custom: x"] {
      #expect(again.contains(key), "\(again)")
    }
  }

  @Test("what an author wrote without the quotes that it needs is kept as the text that it was")
  func unquoted() throws {
    let text = """
      title: t
      logsource: {product: aws}
      detection: {s: {f: a}, condition: s}
      falsepositives:
        - Rare in production: yes really
        - [a]
        - Other
      """
    let document = try #require(
      try Language.sigma.read(Source(text: text), options: LanguageOptions()).first)
    #expect(document.rule.falsePositives == ["Rare in production: yes really", "Other"])
  }

  @Test("what was written in an older form is written in the new one")
  func renewed() throws {
    let text = """
      title: t
      date: 2024/1/2
      tags: [attack.initial_access]
      logsource: {product: aws}
      detection: {s: {f|re: '(?i)a'}, condition: s}
      """
    let document = try #require(
      try Language.sigma.read(Source(text: text), options: LanguageOptions()).first)
    #expect(document.warnings.map(\.code.rawValue) == ["W364", "W351", "N380"])
    #expect(document.warnings.map(\.severity) == [.warning, .warning, .note])
    let again = try Language.sigma.write(document.rule, options: LanguageOptions()).text
    for line in ["date: '2024-01-02'", "    - attack.initial-access", "f|re|i: a"] {
      #expect(again.contains(line), "\(again)")
    }
  }
}
