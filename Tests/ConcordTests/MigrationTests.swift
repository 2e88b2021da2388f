import Concord
import Foundation
import TestSupport
import Testing

/// Cases of the migration of real searches and statements, by the numbers under which they were found.
@Suite("Migration") struct MigrationTests {
  /// What becomes of a case.
  enum Outcome: Sendable {
    /// It is read, and its query in that language has this text.
    case has(String, in: String)
    /// It is read, and not said in that language, by this code.
    case refused(Diagnostic.Code, in: String)
    /// It is not read, by this code, with this text in the message.
    case unread(Diagnostic.Code, String)
    /// It says something else than this text, or the same.
    case differs(from: String)
    case equals(String)
    /// It is read with a warning of that code.
    case warns(Diagnostic.Code)

    /// It says the same as a statement over CloudTrail's table with that predicate.
    static func equals(where predicate: String) -> Outcome {
      .equals("SQL SELECT eventid FROM cloudtrail_logs WHERE \(predicate)")
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let text: String
    let outcome: Outcome
    var testDescription: String { "\(id): \(text)" }
    init(_ id: String, _ text: String, _ outcome: Outcome) {
      (self.id, self.text, self.outcome) = (id, text, outcome)
    }
  }

  static let partitioned =
    "CREATE EXTERNAL TABLE logs (data string) PARTITIONED BY (logtype string, region string)"

  static let cases = [
    Case("M01", #"SPL index=win path=*\\temp\\*"#, .equals(#"SPL index=win path="*\\temp\\*""#)),
    Case("M02", "SPL index=win host=dc01 EventCode=4624", .refused(.placeNotMapped, in: "athena")),
    Case("M03", "SPL index=win host=dc01 EventCode=4624", .differs(from: "SPL index=win EventCode=4624")),
    Case("M05", "SPL sourcetype=aws:cloudtrail f=A", .differs(from: "SPL sourcetype=okta f=A")),
    Case(
      "M08", "SPL index=aws sourcetype=\"aws:cloudtrail\" eventName=A",
      .has("index=aws sourcetype=\"aws:cloudtrail\"", in: "splunk")),
    Case("M10", "SPL `only_prod` eventName=A", .unread(.unknownMacro, "`only_prod`")),
    Case(
      "M11", "SPL index=aws `exclude_service_accounts` eventName=A",
      .unread(.unknownMacro, "`exclude_service_accounts`")),
    Case(
      "M12", "SPL sourcetype=\"aws:cloudtrail\" errorCode=success",
      .has("\"errorcode\" IS NULL", in: "athena")),
    Case(
      "M14", "SQL SELECT data FROM logs WHERE logtype='hdfs' AND data='x'",
      .refused(.placeNotMapped, in: "splunk")),
    Case(
      "M14", "SQL SELECT data FROM logs WHERE logtype='hdfs' AND data='x'",
      .differs(from: "SQL SELECT data FROM logs WHERE logtype='hadoop' AND data='x'")),
    Case(
      "M16", "SQL SELECT * FROM logs WHERE region IN ('us-east-1', 'us-east-2')",
      .refused(.placeNotMapped, in: "splunk")),
    Case(
      "M21", "SPL index=a f=x | rename g AS h | table h", .has("h=json_extract(_raw, \"g\")", in: "splunk")),
    Case(
      "M22", "SPL index=a f=x | eval kind=case(f=\"x\",\"y\") | table g kind", .warns(.outputFieldLeftOut)),
    Case(
      "M23", "SQL SELECT lower(eventsource) AS s FROM cloudtrail_logs WHERE eventname='A'",
      .warns(.outputFieldLeftOut)),
    Case("M17", scalar("IS NULL"), .unread(.beyondACondition, "object or array")),
    Case("M17", scalar("IS NOT NULL"), .unread(.beyondACondition, "object or array")),
    Case("M17", scalar("<> 'A'"), .unread(.beyondACondition, "object or array")),
    Case("M17", scalar("NOT IN ('A', 'B')"), .unread(.beyondACondition, "object or array")),
    Case("M17", scalar("NOT LIKE 'A%'"), .unread(.beyondACondition, "object or array")),
    Case("M17", scalar("NOT IN ('', 'false', '0')"), .unread(.beyondACondition, "object or array")),
    Case("M17", scalar("IS DISTINCT FROM 'A'"), .equals(where: "NOT COALESCE(\(p) = 'A', FALSE)")),
    Case("M17", sql("\(p) IS NULL OR \(p) <> 'A'"), .equals(where: "NOT COALESCE(\(p) = 'A', FALSE)")),
    Case("M17", sql("\(p) IS NOT NULL AND \(p) LIKE 'A%'"), .equals(where: "\(p) LIKE 'A%'")),
    Case("M17", sql("COALESCE(\(p), '') <> 'A'"), .equals(where: "NOT COALESCE(\(p) = 'A', FALSE)")),
    Case("M17", sql("COALESCE(\(p), '') = ''"), .unread(.beyondACondition, "object or array")),
    Case("M17", sql("json_extract_scalar(\(p), '$.q') = 'A'"), .unread(.unsupported, "json_extract_scalar")),
    Case("M17", sql("json_extract(requestparameters, '$.p') IS NULL"), .unread(.beyondACondition, "null")),
    Case("M17", sql("TRY_CAST(requestparameters AS double) IS NULL"), .unread(.unsupported, "try_cast")),
    Case(
      "M24", sql("requestparameters LIKE '%\"cidrIp\":\"0.0.0.0/0\"%'"),
      .unread(.beyondACondition, "spaced and escaped")),
    Case("M24", sql("requestparameters = '{}'"), .unread(.beyondACondition, "spaced and escaped")),
    Case(
      "M24", sql("requestparameters LIKE '%0.0.0.0/0%'"),
      .has("\"requestparameters\" LIKE '%0.0.0.0/0%'", in: "athena")),
    Case("M25", "SQL SELECT * FROM my_app_logs WHERE eventname = 'A'", .warns(.tableTaken)),
    Case(
      "M25", "SQL SELECT * FROM my_app_logs WHERE eventname = 'A'", .refused(.placeNotMapped, in: "splunk")),
    Case("M28", "SPL sourcetype=\"aws:cloudtrail\" responseElements=*", .warns(.nullAsText)),
    Case("M30", "SPL index=a f=x | `my_filter`", .unread(.unknownMacro, "`my_filter`")),
    Case("M31", "SQL WITH a AS (SELECT * FROM t) SELECT * FROM a", .equals("SQL SELECT * FROM t")),
    Case(
      "M32", "SPL index=a | where user=\"x\" AND _time>relative_time(now(),\"-1d\")",
      .unread(.beyondACondition, "times")),
    Case("M33", sql("position('Get' IN eventname) > 0"), .equals(where: "strpos(eventname, 'Get') > 0")),
    Case("M34", "SPL index=a user in (a, b)", .unread(.beyondACondition, "`in`")),
    Case("M34", "SPL search index=a eventName=A", .equals("SPL index=a eventName=A")),
    Case(
      "M35", "SPL sourcetype=\"aws:cloudtrail\" user_type=IAMUser",
      .unread(.beyondACondition, "user_type")),
    Case(
      "R01", "SPL (source=\"WinEventLog:Security\" OR source=\"XmlWinEventLog:Security\") EventCode=4624",
      .has("(source=\"WinEventLog:Security\" OR source=\"XmlWinEventLog:Security\")", in: "splunk")),
    Case(
      "R03", "SPL index=a f=x | stats count by user",
      .equals("SPL index=a f=x user=* | stats count AS n by user")),
    Case("R06", "SPL index=a | rename g.h AS arn | search arn=x", .equals("SPL index=a g.h=x")),
    Case(
      "R04", "SPL | tstats count from datamodel=Endpoint.Processes where Processes.f=x by Processes.g",
      .has("FROM datamodel=Endpoint.Processes\n  WHERE Processes.f=\"x\"\n  BY Processes.g", in: "splunk")),
    Case("R04", "SPL | tstats count where index=a", .unread(.unexpected, "from datamodel")),
    Case(
      "R07", "SPL index=a | eval m=if(user=\"x\",1,0) | where m=1", .equals("SPL index=a | where user=\"x\"")),
    Case("R07", "SPL index=a | eval m=lower(user) | where m=\"x\"", .equals("SPL index=a user=x")),
    Case(
      "R07", "SPL index=a | eval m=coalesce(user,src) | search m=x",
      .equals("SPL index=a (user=x OR (NOT user=* src=x))")),
    Case(
      "R07", "SPL index=a | eval m=case(user=\"x\",\"a\",user=\"y\",\"b\") | where m=\"b\"",
      .equals("SPL index=a | where if(user=\"x\",1,0)=0 AND user=\"y\"")),
    Case(
      "R07", "SPL index=a | eval m=case(user=\"x\",\"a\",true(),\"b\") | search m IN (a, c)",
      .equals("SPL index=a | where user=\"x\"")),
    Case(
      "R07", "SPL index=a | eval m=lower(user) | eval user=\"x\" | where m=\"y\"",
      .equals("SPL index=a | where lower(user)=\"y\"")),
    Case(
      "R07", "SPL index=a | eval m=if(user=\"x\",1,0) | eval user=\"y\" | where m=1",
      .unread(.beyondACondition, "`m`")),
    Case("R07", "SPL index=a | eval m=len(user) | where m=3", .unread(.beyondACondition, "`m`")),
    Case("R12", "SPL index=a f=x | bin _time span=5m", .equals("SPL index=a f=x")),
    Case("R12", "SPL index=a f=x | bin _time span=1d", .unread(.beyondACondition, "`bin`")),
    Case(
      "R13", #"SPL index=a cmd=x | rex field=cmd "(?<f>\d+)" | table cmd f"#, .warns(.outputFieldLeftOut)),
    Case(
      "R13", #"SPL index=a | rex field=cmd "(?<f>\d+)" | search f=5"#, .unread(.beyondACondition, "`f`")),
    Case(
      "R13", "SPL index=a | rex field=cmd mode=sed \"s/a/b/\" | search cmd=5",
      .unread(.beyondACondition, "`cmd`")),
    Case("R15", "SPL index=a \"ConsoleLogin\" user=x", .unread(.beyondACondition, "whole text")),
    Case("R09", "SPL index=a f=x | rename src AS s dest AS d", .equals("SPL index=a f=x")),
    Case("R10", "SPL index=a f IN (,\"*a*\",\"*b*\",)", .equals("SPL index=a f IN (\"*a*\", \"*b*\")")),
    Case(
      "R20", "SQL SELECT eventname, count(*) FROM cloudtrail_logs GROUP BY eventname",
      .equals("SQL SELECT count(*) AS n, eventname FROM cloudtrail_logs GROUP BY 2")),
    Case(
      "R23", "SQL SELECT DISTINCT eventname FROM cloudtrail_logs WHERE eventsource='x'",
      .equals("SQL SELECT eventname FROM cloudtrail_logs WHERE eventsource='x'")),
    Case(
      "R22",
      "SQL SELECT eventname FROM cloudtrail_logs WHERE eventsource='x' AND eventtime >= '2024-06-01T00:00:00Z'",
      .has("earliest=1717200000", in: "splunk")),
    Case(
      "the file's path", "SQL SELECT data FROM logs WHERE regexp_like(\"$PATH\", 'node|hive') AND data='x'",
      .has("regexp_like(\"$path\", 'node|hive')", in: "athena")),
    Case(
      "the file's path", "SQL SELECT data FROM logs WHERE regexp_like(\"$path\", 'node') AND data='x'",
      .differs(from: "SQL SELECT data FROM logs WHERE data='x'")),
    Case(
      "the file's path", "SQL SELECT data FROM logs WHERE \"$path\" LIKE '%node%' AND data='x'",
      .refused(.placeNotMapped, in: "splunk")),
    Case(
      "a partition's pattern", "SQL SELECT data FROM logs WHERE region LIKE 'us-%' AND data='x'",
      .differs(from: "SQL SELECT data FROM logs WHERE region = 'us-east-1' AND data='x'")),
    Case(
      "a group of partitions",
      "SQL SELECT data FROM logs WHERE (region = 'eu' AND logtype = 'hdfs') AND (data='x')",
      .equals("SQL SELECT data FROM logs WHERE logtype = 'hdfs' AND region = 'eu' AND data='x'")),
    Case(
      "a window in Athena's words",
      "SQL SELECT * FROM cloudtrail_logs WHERE eventname='A' AND eventtime BETWEEN '2024-06-01' AND '2024-06-02'",
      .has("\"eventtime\" <= '2024-06-02'", in: "athena")),
    Case(
      "when events were indexed", "SPL index=a f=x _index_earliest=-15m@m _index_latest=now",
      .has("_index_earliest=-15m@m _index_latest=now", in: "splunk")),
    Case(
      "when events were indexed", "SPL index=a f=x _index_earliest=-15m@m",
      .differs(from: "SPL index=a f=x earliest=-15m@m")),
    Case(
      "a computed field", "SPL index=a | rename g.h AS n | eval n=tonumber(n) | where n>=5",
      .equals("SPL index=a | where tonumber('g.h')>=5")),
    Case(
      "a computed field", "SPL index=a | eval n=lower(g), m=n | where m=\"x\"",
      .equals("SPL index=a | where lower(g)=\"x\"")),
    Case(
      "a computed field", "SPL index=a | eval n=lower(g) | where n=\"x\"",
      .equals("SPL index=a | where lower(g)=\"x\"")),
    Case(
      "a computed field", "SPL index=a | eval n=tonumber(g) | fields - n | where n>5",
      .unread(.beyondACondition, "`n` is not a field of the event")),
    Case(
      "a computed field", "SPL index=a | where isnotnull(tonumber(g))",
      .unread(.beyondACondition, "`isnotnull` of a number")),
    Case("every index", "SPL index=* f=x", .equals("SPL f=x")),
    Case("every index", "SPL index=* sourcetype=s f=x", .has("index=* sourcetype=s", in: "splunk")),
    Case("R25", sql("element_at(requestParameters,'bucketName') = 'x'"), .unread(.wrongType, "element_at")),
    Case(
      "R26", "SQL SELECT eventid FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS t(r) WHERE r.arn = 'x'",
      .equals("SQL SELECT eventid FROM cloudtrail_logs WHERE any_match(resources, r -> r.arn = 'x')")),
    Case(
      "R28", "SQL SELECT date_parse(eventtime, '%Y') AS d FROM cloudtrail_logs WHERE eventname='A'",
      .warns(.outputFieldLeftOut)),
    Case(
      "R28", "SQL SELECT eventname || 'x' AS b, eventid FROM cloudtrail_logs WHERE eventname='A'",
      .equals(where: "eventname = 'A'")),
    Case(
      "R28", "SQL SELECT max(eventtime) AS b FROM cloudtrail_logs WHERE eventname='A'",
      .equals("SQL SELECT count(*) FROM cloudtrail_logs WHERE eventname='A'")),
    Case(
      "R28", "SQL SELECT 1 + sum(1) AS b FROM cloudtrail_logs WHERE eventname='A'",
      .equals("SQL SELECT count(*) FROM cloudtrail_logs WHERE eventname='A'")),
    Case("R29", sql("COALESCE(errorcode,'') = ''"), .equals(where: "errorcode IS NULL OR errorcode = ''")),
    Case("R29", sql("COALESCE(errorcode,'x') <> 'x'"), .equals(where: "errorcode <> 'x'")),
    Case(
      "R29", sql("COALESCE(errorcode, errormessage) IS NULL"),
      .equals(where: "errorcode IS NULL AND errormessage IS NULL")),
    Case("R29", sql("upper(eventname)='GETROLE'"), .equals(where: "lower(eventname) = 'getrole'")),
    Case("R29", sql("upper(eventname) LIKE 'ADD%'"), .equals(where: "lower(eventname) LIKE 'add%'")),
    Case("R29", sql("upper(eventname)='Get'"), .equals(where: "FALSE")),
    Case("R29", sql("upper(eventname)='LIST'"), .has("[Ii", in: "athena")),
    Case("R29", sql("CASE WHEN eventname='A' THEN true ELSE false END"), .equals(where: "eventname = 'A'")),
    Case(
      "R29", sql("CASE WHEN eventname='A' THEN 1 WHEN eventname='B' THEN 2 END = 2"),
      .equals(where: "NOT COALESCE(eventname = 'A', FALSE) AND eventname = 'B'")),
    Case("R29", sql("IF(eventname='A', true, false)"), .equals(where: "eventname = 'A'")),
    Case(
      "R29", sql("NOT IF(eventname='A', true, false)"), .equals(where: "NOT COALESCE(eventname = 'A', FALSE)")
    ),
    Case("R29", sql("contains(ARRAY['A','B'],eventname)"), .equals(where: "eventname IN ('A', 'B')")),
    Case("R29", sql("NULLIF(eventname,'') IS NULL"), .equals(where: "eventname IS NULL OR eventname = ''")),
    Case(
      "R29", sql("NULLIF(eventname,'') = 'A'"),
      .equals(where: "NOT COALESCE(eventname = '', FALSE) AND eventname = 'A'")),
    Case("R29", sql("substr(eventname,1,3)='Get'"), .equals(where: "eventname LIKE 'Get%'")),
    Case("R29", sql("substr(eventname,1,3)='Ge'"), .equals(where: "eventname = 'Ge'")),
    Case(
      "R29", sql("lower(substr(eventname,1,3)) IN ('get', 'put')"),
      .equals(where: "lower(eventname) LIKE 'get%' OR lower(eventname) LIKE 'put%'")),
    Case(
      "R29", sql("TRY_CAST(readonly AS boolean)"), .equals(where: "lower(readonly) IN ('true', 't', '1')")),
    Case("R29", sql("CAST(readonly AS boolean)"), .unread(.unsupported, "cast")),
    Case("UX-17", "SPL index=wineventlog EventCode=4688", .refused(.placeNotMapped, in: "athena")),
    Case("mixed", "SPL host=a OR f=x", .has("searchmatch(\"host=a\")", in: "splunk")),
  ]

  /// Those that were right when they were found, and are to stay so.
  static let right = [
    Case("OK02", "SPL index=a NOT a=1 b=2 OR NOT c=3", .equals("SPL index=a (NOT a=1) (b=2 OR (NOT c=3))")),
    Case("OK03", "SPL index=a user!=x", .equals("SPL index=a user=* NOT user=x")),
    Case("OK03", "SPL index=a user!=x", .differs(from: "SPL index=a NOT user=x")),
    Case(
      "OK05", "SPL index=a ip=\"10.0.0.0/8\"", .differs(from: "SPL index=a | where ip=\"10.0.0.0/8\"")),
    Case("OK05", "SPL index=a ip!=\"10.0.0.0/8\"", .equals("SPL index=a ip=* NOT ip IN (\"10.0.0.0/8\")")),
    Case("OK06", "SPL index=a user=(a OR b)", .unread(.unexpected, "search term")),
    Case("OK06", "SPL index=a a==1", .unread(.unexpected, "search term")),
    Case(
      "OK08", "SPL index=a | where 'userIdentity.userName'=\"bob\"",
      .has("raw_userIdentity_userName=\"bob\"", in: "splunk")),
    Case("OK09", "SPL index=a | where p=\"*-E*\"", .has("raw_p=\"*-E*\"", in: "splunk")),
    Case(
      "OK11", #"SPL index=a | where match(p,"C:\\\\Windows")"#,
      .has(#"match(raw_p, "C:\\\\Windows")"#, in: "splunk")),
    Case(
      "OK12", "SPL index=a | where u=\"B\" OR u=\"a\" AND s=\"x\"",
      .equals("SPL index=a | where u=\"B\" OR (u=\"a\" AND s=\"x\")")),
    Case("OK14", "SPL index=a | where lower(user)=\"Bob\"", .unread(.beyondACondition, "lower case")),
    Case("OK15", "SPL index=a | where user=\"null\"", .unread(.beyondACondition, "null")),
    Case("OK15", "SPL index=a user=null", .unread(.beyondACondition, "null")),
    Case(
      "OK17", "SPL index=a | regex user!=\"a.b\"", .has("if(match(raw_user, \"a.b\"), 1, 0)=0", in: "splunk")),
    Case("OK18", "SPL index=a x{}.y!=\"z\"", .unread(.undocumented, "multivalue")),
    Case(
      "OK20", "SPL index=a | fields user | where user=\"a\"",
      .equals("SPL index=a | where user=\"a\" | fields user")),
    Case("OK20", "SPL index=a | fields src | where user=\"a\"", .unread(.beyondACondition, "after")),
    Case("OK20", "SPL index=a | fields - user | search user=a", .unread(.beyondACondition, "`user`")),
    Case(
      "OK20", "SPL index=a | eval user=coalesce(user,src) | search user=a",
      .unread(.beyondACondition, "`user`")),
    Case(
      "OK21", "SPL index=a | eval task=Content | search task=\"*x*\"", .equals("SPL index=a Content=\"*x*\"")),
    Case("OK23", "SPL index=a f=CASE(Login)", .equals("SPL index=a | where f=\"Login\"")),
    Case("OK24", "SPL index=a host!=dc01 f=x", .differs(from: "SPL index=a f=x")),
    Case("OK24", "SPL index=a a=1 OR `m`", .unread(.unknownMacro, "`m`")),
    Case("OK26", sql("eventname NOT IN ('A',NULL)"), .equals(where: "FALSE")),
    Case("OK26", sql("NOT (eventname IN ('A',NULL))"), .equals(where: "FALSE")),
    Case("OK27", sql("eventname IN ('A',NULL)"), .equals(where: "eventname = 'A'")),
    Case(
      "OK29", sql("NOT (eventname='X' AND awsregion='Y')"),
      .equals(where: "eventname <> 'X' OR awsregion <> 'Y'")),
    Case(
      "OK30", sql("eventname IS DISTINCT FROM 'X'"), .equals(where: "eventname IS NULL OR eventname <> 'X'")),
    Case("OK32", sql("lower(eventname) LIKE '%Get%'"), .equals(where: "FALSE")),
    Case("OK33", sql("regexp_like(eventname,'(?i)a')"), .unread(.regexDiffers, "(?i)")),
    Case("OK33", sql("eventname || 'a' = 'b'"), .unread(.unsupported, "||")),
    Case(
      "OK35", sql("UserIdentity.SessionContext.sessionIssuer.UserName='x'"),
      .has("userIdentity.sessionContext.sessionIssuer.userName", in: "sigma")),
    Case("OK36", sql("readonly = 'true'"), .has("\"readonly\" = 'true'", in: "athena")),
    Case("OK36", sql("readonly = true"), .unread(.wrongType, "boolean")),
    Case("OK38", sql("json_extract(requestparameters,'$.a') = 'x'"), .unread(.wrongType, "json")),
    Case("OK39", sql("any_match(resources, r -> r.arn LIKE '%x%')"), .has("resources.ARN", in: "sigma")),
    Case("OK41", sql("strpos(eventname,'Get') = 1"), .equals(where: "eventname LIKE 'Get%'")),
    Case("OK41", sql("starts_with(eventname,'Get')"), .equals(where: "eventname LIKE 'Get%'")),
    Case("OK42", sql("eventtime > '2020' OR eventname='A'"), .unread(.beyondACondition, "order")),
    Case("OK42", sql("NOT (eventtime > '2024-01-01T00:00:00Z')"), .unread(.beyondACondition, "order")),
    Case("OK44", sql("1=1"), .equals(where: "TRUE")),
    Case("OK44", sql("eventname='A' FETCH FIRST 5 ROWS ONLY"), .unread(.unsupported, "fetch")),
    Case("OK44", sql("eventname='A' OFFSET 3"), .unread(.unsupported, "offset")),
    Case("OK44", sql("eventname='A' LIMIT 5"), .warns(.limitLeftOut)),
  ]

  private static let p = "json_extract_scalar(requestparameters, '$.p')"

  private static func sql(_ predicate: String) -> String {
    "SQL SELECT eventid FROM cloudtrail_logs WHERE \(predicate)"
  }

  private static func scalar(_ question: String) -> String { sql("\(p) \(question)") }

  static func document(_ text: String) throws -> RuleDocument {
    var options = LanguageOptions()
    if text.contains("FROM logs") { options.schema = Source(name: "logs.sql", text: partitioned) }
    let source = Source(name: "q.\(text.prefix(3).lowercased())", text: String(text.dropFirst(4)))
    return try #require(try Compiler(options: options).load(source).first)
  }

  static func query(_ rule: Rule, _ language: String) throws -> String {
    var options = LanguageOptions()
    options.athena.untyped = !rule.logSources.contains { $0.service == "cloudtrail" }
    return try Compiler(options: options).write(rule, in: try #require(Registry.languages.named(language)))
      .text
  }

  @Test("case by case", arguments: cases + right)
  func outcome(_ row: Case) throws {
    func compare(_ other: String) throws -> RuleChange.Kind {
      RuleChange(from: try Self.document(row.text), to: try Self.document(other)).kind
    }
    switch row.outcome {
    case .has(let text, let language):
      let query = try Self.query(try Self.document(row.text).rule, language)
      #expect(query.contains(text), "\(query)")
    case .refused(let code, let language):
      let rule = try Self.document(row.text).rule
      let error = #expect(throws: Diagnostic.self) { try Self.query(rule, language) }
      #expect(error?.code == code, "\(error?.message ?? "")")
    case .unread(let code, let words):
      let error = #expect(throws: Diagnostic.self) { try Self.document(row.text) }
      #expect(
        error?.code == code && error?.message.lowercased().contains(words) == true, "\(error?.message ?? "")")
    case .differs(let other): #expect(try compare(other) != .equal)
    case .equals(let other): #expect(try compare(other) == .equal)
    case .warns(let code): #expect(try Self.document(row.text).warnings.map(\.code).contains(code))
    }
  }

  @Test(
    "M19: a deployed query with a time window is the rule, its window aside; without the rule's place it is wider"
  )
  func against() throws {
    let compiler = Compiler()
    let rule = try #require(
      try compiler.load(
        Source(
          name: "r.yml",
          text: "AnalysisType: rule\nRuleID: r\nLogTypes: [AWS.CloudTrail]\nCondition: eventName eq \"A\"\n")
      ).first
    ).rule
    func judged(_ rule: Rule, _ text: String, _ language: Language) -> Judgement? {
      var target = language
      target.writer = { (_, _) throws(Diagnostic) in Query(text: text) }
      return compiler.verify(rule, in: [target]).judgements.first
    }
    let windowed = judged(
      rule, "SELECT * FROM cloudtrail_logs WHERE eventname = 'A' AND eventtime >= '2024-05-01T00:00:00Z'",
      .athena)
    #expect(windowed?.verdict == .proved)
    #expect(windowed?.reason == "its time window aside")
    var placed = try Self.document("SPL index=a host=b f=x").rule
    placed.logSources = []
    let wider = judged(placed, "index=a f=x", .splunk)
    #expect(wider?.verdict == .wider)
    #expect(wider?.reason?.hasPrefix("the place differs: the query finds events in ") == true)
  }

  @Test("M20: an event that a typed column cannot hold says nothing of a query over it")
  func typed() throws {
    var options = LanguageOptions()
    options.schema = Source(name: "t.sql", text: "CREATE EXTERNAL TABLE alb (elb_status_code int)")
    let compiler = Compiler(options: options)
    let source = Source(name: "q.sql", text: "SELECT * FROM alb WHERE elb_status_code >= 500")
    let rule = try #require(try compiler.load(source).first).rule
    #expect(compiler.verify(rule, in: [.athena]).judgements.map(\.verdict) == [.proved])
  }

  @Test(
    "a place that is not mapped is told in the words of the language",
    arguments: [
      ("athena", "`--table`"), ("sigma", "the project file"), ("swift", "`--place`"),
    ])
  func placeHelp(_ language: String, _ words: String) throws {
    let rule = try Self.document("SPL index=a host=b eventName=A").rule
    let error = #expect(throws: Diagnostic.self) { try Self.query(rule, language) }
    #expect(error?.code == .placeNotMapped)
    let help = error?.help.joined() ?? ""
    #expect(help.contains(words) && !help.contains("--source"), "\(help)")
  }

  @Test("UX-17: a rule that names no log has CloudTrail's columns where the table's name says CloudTrail")
  func tableOfCloudTrail() throws {
    let rule = try Self.document("SPL eventName=A").rule
    var options = LanguageOptions()
    options.athena.table = "lake.cloudtrail_2024"
    let query = try Compiler(options: options).write(rule, in: .athena)
    #expect(query.text.contains("FROM \"lake\".\"cloudtrail_2024\""))
    #expect(query.notes.isEmpty)
    options.athena.table = "lake.events"
    let error = #expect(throws: Diagnostic.self) { try Compiler(options: options).write(rule, in: .athena) }
    #expect(error?.code == .noTable)
  }

  @Test("what another platform cannot say of a window is left out, and named in the note and the header")
  func windowAside() throws {
    let rule = try Self.document("SPL sourcetype=aws:cloudtrail earliest=-1d@d eventName=A").rule
    for language in [Language.athena, .sigma, .swift] {
      let query = try Compiler().write(rule, in: language)
      #expect(query.notes.map(\.code.rawValue).contains("W359"))
      #expect(query.text.contains("Concord 0.1.0, exact but for its time window"))
    }
    #expect(try Compiler().write(rule, in: .splunk).text.contains("earliest=-1d@d"))
    // A window that the user gives takes the place of the rule's.
    let windowed = try Self.document("SPL sourcetype=aws:cloudtrail earliest=-1h eventName=A").rule
    for (since, isAside) in [(7_200, true), (3_600, false)] {
      var options = LanguageOptions()
      options.window = TimeWindow(since: .before(seconds: since))
      for language in [Language.athena, .splunk] {
        let query = try Compiler(options: options).write(windowed, in: language)
        #expect(query.notes.map(\.code.rawValue).contains("W359") == isAside, "\(query.notes)")
      }
    }
  }

  @Test("--place answers what the place asks, and tells a rule of another log")
  func givenPlace() throws {
    let rule = try Self.document("SPL index=a host=b f=x").rule
    let event = Event(Value.Object([.init("f", .string("x"))]))
    func finds(_ pairs: String...) throws -> Bool {
      rule.conditionOnEvents(in: try Place(pairs, logs: [])).holds(of: event)
    }
    #expect(try finds("index=a", "host=b") && finds("index=A") && finds())
    #expect(try !finds("index=c") && !finds("host=x", "index=a"))
    let error = #expect(throws: Diagnostic.self) { try Place(["indx=a"], logs: []) }
    #expect(error?.help.first == "did you mean `index`?")
    var sigma = rule
    (sigma.logSources, sigma.place) = ([LogSource(product: "windows")], .always(true))
    #expect(sigma.conditionOnEvents(in: try Place(["product=linux"], logs: [])) == .always(false))
    var options = LanguageOptions()
    options.place = try Place(["index=a", "host=b"], logs: [])
    #expect(try Compiler(options: options).write(rule, in: .swift).text.contains("Concord 0.1.0, exact\n"))
    options.place = Place()
    #expect(throws: Diagnostic.self) { try Compiler(options: options).write(rule, in: .swift) }
  }
}

/// Macros are written out before a search is parsed.
@Suite("Macros of Splunk") struct MacroTests {
  static let conf = """
    # Macros
    [sysmon]
    definition = index=win source=Sysmon
    iseval = 0

    [by_name(2)]
    args = field, name
    definition = ($field$="$name$" \\
      OR `other($name$)`)

    [other(1)]
    args = name
    definition = alias=$name$

    [circle]
    definition = `circle`

    [computed(1)]
    args = name
    definition = "index=" . "$name$" . "_main"
    iseval = 1

    [chosen(1)]
    args = name
    definition = if("$name$"="a", "index=main", "index=other")
    iseval = 1

    [now]
    definition = now()
    iseval = 1

    [tail]
    definition = search g=y
    """
  static let yaml =
    "name: security\ndefinition: index=sec\narguments: []\n---\n- name: named\n  definition: f=$v$\n  arguments: [v]\n"

  static func load(_ search: String) throws -> RuleDocument {
    var options = LanguageOptions()
    options.splunk.macros = [Source(name: "macros.conf", text: conf), Source(name: "m.yml", text: yaml)]
    options.splunk.placeMacros = ["given"]
    return try #require(try Compiler(options: options).load(Source(name: "q.spl", text: search)).first)
  }

  @Test(
    "a macro is its definition",
    arguments: [
      ("`sysmon` f=x", "index=win source=Sysmon f=x"), ("`by_name(f, x)`", "(f=x OR alias=x)"),
      ("index=a `by_name( f , x )` g=z", "index=a (f=x OR alias=x) g=z"),
      ("`security` `named(x)`", "index=sec f=x"),
      ("index=a f=x | `tail`", "index=a f=x g=y"), ("index=a `named(\"x\")`", "index=a f=x"),
      ("`computed(a)` f=x", "index=a_main f=x"), ("`chosen(b)` f=x", "index=other f=x"),
      ("f=\"`sysmon`\"", "f=\"`sysmon`\""),
    ])
  func expands(_ search: String, _ written: String) throws {
    let (one, other) = (try Self.load(search), try Self.load(written))
    #expect(RuleChange(from: one, to: other).kind == .equal)
  }

  @Test(
    "what is wrong is shown where the user wrote it",
    arguments: [
      ("f=x `unknown` g=y", "nothing says what the macro `unknown` stands for", 5, 14),
      ("f=x `sysmon(1)`", "the macro `sysmon` has no definition for this number of arguments: 1", 5, 16),
      ("f=x `circle`", "the macro `circle` stands in itself, or too deep in others", 5, 13),
      ("f=x `now`", "the macro `now` is an expression that Splunk computes", 5, 10),
      ("f=x `named(a\"x y\")`", "no manual tells what becomes of quotes within a macro's argument", 5, 20),
      (
        "`sysmon` f>x",
        "`>` in `search` compares numbers by value and everything else as text, which no condition expresses",
        10, 13
      ),
    ])
  func faults(_ search: String, _ message: String, _ start: Int, _ end: Int) {
    let error = #expect(throws: Diagnostic.self) { try Self.load(search) }
    #expect(error?.message == message)
    let span = error?.labels.first?.span
    #expect(span?.start.column == start && span?.end.column == end, "\(String(describing: span))")
  }

  @Test("what nothing defines is refused") func unknown() {
    let error = #expect(throws: Diagnostic.self) { try Self.load("`unknown` f=x") }
    #expect(error?.code.rawValue == "E211")
  }

  @Test("a macro that says where events are needs no definition")
  func place() throws {
    #expect(try Self.load("`given(1)` f=x").rule.place.facts.map(\.name) == ["splunk.macro"])
  }
}
