import Concord
import Foundation
import TestSupport
import Testing

/// Statements for several rules: what they say of each rule is proved from their text, and executed.
@Suite("Packs")
struct PackTests {
  /// The rules of one statement, with what it calls each.
  typealias Members = [(label: String, rule: Rule)]

  static var pool: LanguageOptions { TrinoTests.pool }

  static func rule(_ id: String, _ condition: String) throws -> Rule {
    let condition = try Notation.parse(Source(text: condition)).condition(reading: .literal)
    var rule = Rule(id: id, title: "t", condition: condition)
    rule.logSources = [.cloudTrail]
    return rule
  }

  /// The only statement for the rules.
  static func statement(
    _ rules: [Rule], _ language: Language = .athena, _ options: LanguageOptions = LanguageOptions()
  ) throws -> (query: Query, members: Members) {
    let packing = try language.pack(rules, options: options)
    #expect(packing.alone.isEmpty)
    let only = try #require(packing.statements.first)
    #expect(packing.statements.count == 1)
    return (only.query, only.members.map { (packing.labels[$0], rules[$0]) })
  }

  /// What is wrong with a statement.
  struct Faults: Equatable {
    /// The first rule that is not proved.
    var proof: String?
    /// The first event that is given otherwise.
    var run: String?
  }

  static func events(
    _ members: Members, _ language: Language, _ options: LanguageOptions, boundary: Int
  ) throws -> [Event] {
    try PackAgreement.events(
      for: members.map(\.rule), in: language, boundary: boundary, options: options)
  }

  static func faults(
    _ query: Query, _ members: Members, _ language: Language, _ options: LanguageOptions, on events: [Event]
  ) -> Faults {
    let proof = PackProof(of: query, for: members, in: language, options: options)
    var found = Faults(proof: proof.failure?.message)
    for (own, member) in zip(proof.proofs, members) where found.proof == nil {
      if case .proved = own.outcome { continue }
      // What is not known of the rule's own query either is not the statement's fault.
      if case .unknown = own.outcome, let query = try? language.write(member.rule, options: options),
        case .unknown = TranslationProof(of: query, for: member.rule, in: language, options: options).outcome
      {
        continue
      }
      found.proof = "\(member.label): \(own.outcome) \(Notation.print(member.rule.condition))"
    }
    do {
      let run = try PackAgreement(of: query, for: members, in: language, on: events, options: options)
      if let wrong = run.disagreements.first {
        let event = Value.object(wrong.event.object).compactJSON
        found.run = "\(event): \(wrong.expected ?? []), not \(wrong.given ?? [])"
      }
    } catch {
      found.run = "\(error)"
    }
    return found
  }

  /// Plants faults in a statement without any: the proof catches each, and the runner those that it is to see.
  private static func plant(
    _ planted: [(name: String, from: String, to: String)], in query: Query,
    _ members: Members, _ language: Language, _ options: LanguageOptions,
    isSeenExecuted: (String) -> Bool
  ) throws {
    let events = try Self.events(members, language, options, boundary: 60)
    #expect(Self.faults(query, members, language, options, on: events) == Faults())
    for fault in planted {
      var broken = query
      broken.text = query.text.replacingOccurrences(of: fault.from, with: fault.to)
      #expect(broken.text != query.text, "\(fault.name) is not planted: \(query.text)")
      let found = Self.faults(broken, members, language, options, on: events)
      #expect(found.proof != nil, "\(fault.name) is proved: \(broken.text)")
      if isSeenExecuted(fault.name) {
        #expect(found.run != nil, "\(fault.name) is not seen: \(broken.text)")
      }
    }
  }

  @Test("the statement for three rules")
  func text() throws {
    let rules = [
      try Self.rule("a", #"eventName eq "StopLogging" nocase"#),
      try Self.rule(
        "it's b", "eventName in [\"DeleteTrail\", \"StopLogging\"] nocase\nuserAgent contains \"x\""),
      try Self.rule("c", #"errorCode eq "AccessDenied""#),
    ]
    let (query, members) = try Self.statement(rules)
    #expect(
      query.text == """
        -- 3 rules
        -- Concord \(Compiler.version), exact
        SELECT
          "m1" AS "rules",
          "eventtime",
          "eventid"
        FROM (
          SELECT
            *,
            filter(
              ARRAY[
                IF("f1" = lower('StopLogging'), 'a'),
                IF(
                  "f1" IN (lower('DeleteTrail'), lower('StopLogging')) AND "useragent" LIKE '%x%' ESCAPE '\\',
                  'it''s b'
                ),
                IF("errorcode" = 'AccessDenied', 'c')
              ],
              "label" -> "label" IS NOT NULL
            ) AS "m1"
          FROM (
            SELECT
              *,
              lower("eventname") AS "f1"
            FROM "cloudtrail_logs"
            )
          )
        WHERE cardinality("m1") > 0 OR "m1" IS NULL

        """)
    let events = try Self.events(members, .athena, LanguageOptions(), boundary: 40)
    let faults = Self.faults(query, members, .athena, LanguageOptions(), on: events)
    #expect(faults == Faults())
  }

  private static let ofTime = "the time window is another"

  /// What a broken writer writes in place of what, in a statement for the rules below.
  static let faults: [(name: String, from: String, to: String)] = [
    (
      "a rule is lost", #"IF("eventname" = 'DeleteTrail' AND "awsregion" = 'mars', 'four')"#,
      #"IF(FALSE, 'four')"#
    ),
    ("two labels are swapped", "'one'),\n", "'two'),\n"),
    ("a label is another's", "'three'", "'four'"),
    ("a guard is too narrow", "lower('StopLogging'), lower", "lower"),
    ("a value of a list is lost", #"IN ('b', 'c')"#, #"IN ('b')"#),
    ("a list is lost from WHERE", #"cardinality("m1") > 0 OR "#, ""),
    ("a column is bound to another field", #"lower("eventname") AS"#, #"lower("eventsource") AS"#),
    ("a condition of one rule is another's", "'mars'", "'venus'"),
    ("NULL is in the list", "IS NOT NULL\n", "IS NULL\n"),
    ("nothing is left out of the list", #""label" IS NOT NULL"#, "TRUE"),
    ("a column loses its letter case", #"lower("eventname") AS"#, #""eventname" AS"#),
    (
      ofTime, #""eventtime" >= '2024-01-01T00:00:00Z'"#,
      #""eventtime" >= '2025-01-01T00:00:00Z'"#
    ),
    ("labels are asked for by one more", "> 0", "> 1"),
  ]

  @Test("planted faults are caught")
  func planted() throws {
    var options = LanguageOptions()
    options.window = TimeWindow(since: Moment("2024-01-01T00:00:00Z"))
    let rules = [
      try Self.rule("one", #"eventName eq "StopLogging" nocase"#),
      try Self.rule("two", "eventName eq \"RunInstances\" nocase\nerrorCode in [\"b\", \"c\"]"),
      try Self.rule("three", "eventName eq \"StopLogging\" nocase\nnot (userAgent contains \"x\")"),
      try Self.rule("four", "eventName eq \"DeleteTrail\"\nawsRegion eq \"mars\""),
      try Self.rule(
        "wide",
        "eventName eq \"PutObject\"\n("
          + (0..<70).map { "userAgent contains \"agent \($0)\"" }.joined(separator: " or ") + ")"),
    ]
    let (query, members) = try Self.statement(rules, .athena, options)
    // What is asked of time is taken as given where a statement is executed.
    try Self.plant(Self.faults, in: query, members, .athena, options) { $0 != Self.ofTime }
  }

  @Test(
    "ids are values: quotes, line breaks and the like; equal ones are told apart",
    arguments: [Language.athena, .splunk])
  func labels(_ language: Language) throws {
    func rule(_ id: String, _ text: String) -> Rule {
      var rule = Rule(
        id: id, title: "t", condition: .test(FieldPath("eventName"), .text(.equals(text), .exact)))
      rule.logSources = [.cloudTrail]
      return rule
    }
    let hostile = HostileValues.all.filter { language.identifier == "athena" || !$0.isEmpty }
    for start in stride(from: 0, to: hostile.count, by: 200) {
      let all = Array(hostile[start..<min(start + 200, hostile.count)])
      let rules =
        all.enumerated().map { rule($1, "text \($0)") }
        + [rule(all[0], "text b"), rule(all[0], "text c"), rule(all[0] + " (2)", "text d")]
      let (query, members) = try Self.statement(rules, language)
      #expect(Set(members.map { Array($0.label.utf8) }).count == rules.count)
      #expect(members.suffix(3).map(\.label) == [" (3)", " (4)", " (2)"].map { all[0] + $0 })
      let proof = PackProof(of: query, for: members, in: language, options: LanguageOptions())
      #expect(proof.failure == nil)
      #expect(proof.proofs.allSatisfy { if case .proved = $0.outcome { true } else { false } })
      let texts = all.indices.map { "text \($0)" } + ["text b", "text c", "text d", "text e"]
      let events = texts.map { Event(Value.Object([.init("eventName", .string($0))])) }
      let run = try PackAgreement(
        of: query, for: members, in: language, on: events, options: LanguageOptions())
      #expect(run.disagreements.isEmpty && run.matchCount == rules.count)
    }
  }

  @Test("what stands alone says why, and what is called otherwise is noted")
  func alone() throws {
    var counted = try Self.rule("counted", #"eventName eq "a""#)
    counted.aggregate = Aggregate(by: [], in: .whole, columns: [], threshold: .always(true))
    var elsewhere = try Self.rule("elsewhere", #"eventName eq "a""#)
    elsewhere.logSources = [LogSource(product: "windows", service: "security")]
    var late = try Self.rule("late", #"eventName eq "a""#)
    late.window = TimeWindow(since: Moment("2024-01-01T00:00:00Z")).condition
    let rules = [
      try Self.rule("a", #"eventName eq "a""#), counted, elsewhere, late,
      try Self.rule("a", #"eventName eq "b""#),
      try Self.rule("unknown", #"eventNam eq "b""#),
    ]
    let packing = try Language.athena.pack(rules, options: LanguageOptions())
    #expect(packing.statements.map(\.members) == [[0, 4]])
    #expect(
      packing.alone.mapValues(\.code.rawValue) == [1: "N451", 2: "E409", 3: "N451", 5: "E402"])
    #expect(packing.notes(on: rules).mapValues(\.code.rawValue) == [4: "N452"])
    #expect(throws: Diagnostic.self) { _ = try Language.swift.pack(rules, options: LanguageOptions()) }
  }

  @Test("the search for three rules, one of which no term of the index tells")
  func search() throws {
    let rules = [
      try Self.rule("a", #"eventName eq "StopLogging""#),
      try Self.rule(
        "it's \"b\"", "eventName in [\"DeleteTrail\", \"StopLogging\"]\nuserAgent contains \"x\""),
      try Self.rule("c", #"errorCode contains "Denied""#),
    ]
    let packing = try Language.splunk.pack(rules, options: LanguageOptions())
    #expect(packing.alone.mapValues(\.code.rawValue) == [2: "N451"])
    let (query, members) = (packing.statements[0].query, [("a", rules[0]), ("it's \"b\"", rules[1])])
    #expect(
      query.text == """
        ``` 2 rules ```
        ``` Concord \(Compiler.version), exact ```
        sourcetype="aws:cloudtrail" ("StopLogging" OR "DeleteTrail")
        | eval
          raw_eventName=json_extract(_raw, "eventName"),
          raw_userAgent=json_extract(_raw, "userAgent")
        | eval
          rules=mvappend(
            if(raw_eventName="StopLogging", "a", ""),
            if(in(raw_eventName, "DeleteTrail", "StopLogging") AND match(raw_userAgent, "x"), "it's \\"b\\"", "")
          )
        | eval rules=mvfilter(match(rules, "(?s)."))
        | where mvcount(rules)>0
        | fields - raw_eventName, raw_userAgent

        """)
    let events = try Self.events(members, .splunk, LanguageOptions(), boundary: 40)
    #expect(Self.faults(query, members, .splunk, LanguageOptions(), on: events) == Faults())
  }

  @Test(
    "a search that shows what the rules look at: each event's own text, or the fields that an add-on extracts"
  )
  func evidence() throws {
    let rules = [
      try Self.rule("a", #"eventName eq "StopLogging""#), try Self.rule("c", #"errorCode contains "Denied""#),
    ]
    var options = LanguageOptions()
    options.evidence = EvidenceRequest(sample: 5)
    let packing = try Language.splunk.pack(rules, options: options)
    #expect(packing.statements.map(\.members) == [[0], [1]])
    #expect(
      packing.statements[0].query.text.hasSuffix("| where mvcount(rules)>0\n| table _time, rules, _raw\n"))
    let evidence = try #require(packing.statements[0].evidence)
    #expect(evidence.sample?.text == "sourcetype=\"aws:cloudtrail\"\n| head 5\n| table _time, _raw\n")
    options.splunk.extractedFields = true
    let extracted = try Language.splunk.pack(rules, options: options)
    #expect(extracted.statements.allSatisfy { $0.query.text.contains("| table _time, rules, e") })
  }

  @Test(
    "a text column that one rule reads as JSON and another as a text stands in two statements, where rows are read back"
  )
  func readings() throws {
    var options = LanguageOptions()
    options.schema = Source(name: "t.sql", text: "CREATE EXTERNAL TABLE t (name string, tags string)")
    let rules = [
      try Self.rule("parts", #"tags.a eq "x""#), try Self.rule("text", #"tags contains "x""#),
      try Self.rule("name", #"name eq "x""#), try Self.rule("present", "tags exists\ntags.b eq \"y\""),
      try Self.rule("both", "tags contains \"x\"\ntags.a eq \"y\""),
    ]
    options.athena.timeColumn = "name"
    #expect(try Language.athena.pack(rules, options: options).statements.map(\.members) == [[0, 1, 2, 3, 4]])
    options.evidence = EvidenceRequest()
    let packing = try Language.athena.pack(rules, options: options)
    #expect(packing.statements.map(\.members) == [[0, 2, 3], [1]])
    #expect(packing.alone.mapValues(\.code.rawValue) == [4: "N451"])
    #expect(packing.alone[4]?.message.contains("asks `tags` as a text and by its parts") == true)
    let holdsJSON = packing.statements.map { statement in
      statement.evidence?.columns.first { $0.name == "tags" }?.holdsJSON.itself
    }
    #expect(holdsJSON == [true, false])
  }

  @Test("without a table's DDL, rules that let assume other columns stand in other statements")
  func assumed() throws {
    var options = LanguageOptions()
    options.athena.untyped = true
    let rules = try [
      #"data.a eq "x""#, #"data eq "x""#, #"data.b eq "y""#, #"data.a.c eq "z""#, #"other eq "x""#,
      #"data.key-name eq "x""#, #"tags[] eq "x""#, #"tags[].k eq "x""#,
    ].enumerated().map { number, text in
      var rule = try Self.rule("\(number)", text)
      rule.logSources = [LogSource(category: "c", product: "p", service: nil)]
      return rule
    }
    let packing = try Language.athena.pack(rules, options: options)
    #expect(Set(packing.statements.flatMap(\.members) + packing.alone.keys) == Set(rules.indices))
    #expect(
      packing.statements.first?.members.starts(with: [0, 2, 4]) == true,
      "\(packing.statements.map(\.members))")
    for statement in packing.statements {
      let members = statement.members.map { (packing.labels[$0], rules[$0]) }
      let events = try Self.events(members, .athena, options, boundary: 10)
      let found = Self.faults(statement.query, members, .athena, options, on: events)
      #expect(found == Faults(), "\(found) \(statement.query.text)")
    }
  }

  /// The same of a search.
  static let searchFaults: [(name: String, from: String, to: String)] = [
    ("a term of the search is lost", #""RunInstances" OR "#, ""),
    ("a rule is lost", #""mars", "four""#, #""venus", "four""#),
    ("two labels are swapped", #""one""#, #""two""#),
    ("an empty text is a label", #"match(rules, "(?s).")"#, #"match(rules, "(?s).*")"#),
    ("a list is asked for more", "mvcount(rules)>0", "mvcount(rules)>1"),
    (
      "a field is read from another", #"json_extract(_raw, "errorCode")"#,
      #"json_extract(_raw, "errorMessage")"#
    ),
    ("NULL is in the list", #""one", "")"#, #""one", null())"#),
    ("rows are lost behind the list", "| fields -", "| where raw_eventName=\"StopLogging\"\n| fields -"),
    ("the list is not shown", "| fields - raw_eventName", "| fields - rules, raw_eventName"),
    ("the time window is another", "earliest=1704067200", "earliest=1704067201"),
  ]

  @Test("planted faults of a search are caught")
  func plantedInSearch() throws {
    var options = LanguageOptions()
    options.window = TimeWindow(since: Moment("2024-01-01T00:00:00Z"))
    let rules = [
      try Self.rule("one", #"eventName eq "StopLogging""#),
      try Self.rule("two", "eventName eq \"RunInstances\"\nerrorCode in [\"b\", \"c\"]"),
      try Self.rule("three", "eventName eq \"StopLogging\"\nnot (userAgent contains \"x\")"),
      try Self.rule("four", "eventName eq \"DeleteTrail\"\nawsRegion eq \"mars\""),
    ]
    let (query, members) = try Self.statement(rules, .splunk, options)
    try Self.plant(Self.searchFaults, in: query, members, .splunk, options) { _ in false }
  }

  @Test(
    "generated packs: every rule of every statement is proved, and executed on the events of all",
    arguments: [(Language.athena, false), (.splunk, false), (.splunk, true)])
  func generated(_ language: Language, showsEvidence: Bool) throws {
    var options = Self.pool
    options.evidence = showsEvidence ? EvidenceRequest() : nil
    var generator = PackGenerator(seed: 18, sizes: 2...12)
    var (rules, statements, alone, matches) = (0, 0, 0, 0)
    for _ in 0..<6 {
      let pack = generator.rules()
      let packing = try language.pack(pack, options: options)
      rules += pack.count
      statements += packing.statements.count
      alone += packing.alone.count
      for statement in packing.statements {
        let members = statement.members.map { (packing.labels[$0], pack[$0]) }
        let events = try Self.events(members, language, options, boundary: 10)
        let found = Self.faults(statement.query, members, language, options, on: events)
        #expect(found == Faults(), "\(found) \(statement.query.text)")
        matches += members.count
      }
    }
    #expect(matches + alone == rules && statements > 0 && matches > rules / 2)
  }
}
