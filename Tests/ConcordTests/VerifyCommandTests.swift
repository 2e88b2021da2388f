import Concord
import Foundation
import TestSupport
import Testing

/// `concord verify` as a user and a CI system meet it.
@Suite("concord verify")
struct VerifyCommandTests {
  static let rule = """
    AnalysisType: rule
    RuleID: A
    LogTypes: [AWS.CloudTrail]
    Condition: |
      eventName eq "RunInstances"
      errorCode ne "Client.DryRunOperation"
    # The fixtures.
    Tests:
      - Name: runs
        ExpectedResult: true
        Log: { eventName: RunInstances }
    Severity: Low

    """
  static let right =
    "SELECT eventid FROM cloudtrail_logs WHERE eventname = 'RunInstances' AND (errorcode IS NULL OR errorcode <> 'Client.DryRunOperation')\n"
  static let wrong =
    "SELECT eventid FROM cloudtrail_logs WHERE eventname = 'RunInstances' AND errorcode <> 'Client.DryRunOperation'\n"

  private func run(_ arguments: [String], _ files: [String: String] = [:]) throws -> (Tool.Result, String) {
    let folder = try Tool.folder(files.merging(["rule.yml": VerifyCommandTests.rule]) { given, _ in given })
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["verify", "rule.yml"] + arguments, in: folder)
    return (result, try String(contentsOf: folder.appendingPathComponent("rule.yml"), encoding: .utf8))
  }

  @Test("a query that means the same is accepted, one that misses absent fields is shown to")
  func against() throws {
    let (same, _) = try run(["--against", "q.sql"], ["q.sql": VerifyCommandTests.right])
    #expect(same.code == 0, "\(same.output)\(same.errors)")
    let (missing, _) = try run(["--against", "q.sql"], ["q.sql": VerifyCommandTests.wrong])
    #expect(missing.code == 1)
    #expect(missing.output.contains("Athena SQL: narrower"))
    #expect(missing.output.contains("athena disagrees on this event:"))
    #expect(missing.output.contains("the condition says match, the query no"))
    let (spl, _) = try run(
      ["--against", "q.spl"], ["q.spl": "eventName=RunInstances errorCode!=Client.DryRunOperation"])
    #expect(spl.code == 1)
    #expect(spl.output.contains("splunk disagrees on this event:"))
    let (bad, _) = try run(["--against", "q.sql"], ["q.sql": "SELECT FROM"])
    #expect(bad.code == 1)
    #expect(bad.output.contains("the query fails"))
    let (rule, _) = try run(["--against", "rule.yml"])
    #expect(rule.code == 3)
    #expect(rule.errors == "error[E914]: a query in `panther` cannot be executed\n")
  }

  @Test("a query that differs where no event was tried is told by proof, in each format")
  func proof() throws {
    let sneaky = VerifyCommandTests.right.replacingOccurrences(
      of: "WHERE ", with: "WHERE (useragent IS NULL OR useragent <> 'quiet') AND ")
    let (text, _) = try run(["--against", "q.sql"], ["q.sql": sneaky])
    #expect(text.code == 1, "\(text.output)\(text.errors)")
    #expect(text.output.contains("Athena SQL: narrower"))
    #expect(text.output.contains(#""userAgent": "quiet""#))
    for (format, expected) in [
      ("json", #""verdict": "narrower""#), ("junit", #"<failure message="the query is narrower">"#),
      ("sarif", #""ruleId": "E504""#), ("github", "::error file=rule.yml,line="),
    ] {
      let (result, _) = try run(["--against", "q.sql", "--format", format], ["q.sql": sneaky])
      #expect(result.code == 1)
      #expect(result.output.contains(expected), "\(result.output.prefix(2_000))")
    }
    let (right, _) = try run(["--against", "q.sql", "--format", "json"], ["q.sql": VerifyCommandTests.right])
    #expect(right.output.contains(#""verdict": "proved""#), "\(right.output)")
  }

  @Test("each target's verdict is named, with the reason where it is not proved")
  func verdicts() throws {
    let (result, _) = try run([])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
    for line in ["Athena SQL: proved, ", "Splunk SPL: proved, ", "Sigma: proved, ", "Swift: tested, "] {
      #expect(result.output.contains("\n  \(line)"), "\(result.output)")
    }
    #expect(result.output.contains(" 0 disagreements (Swift is not read back)\n"))
    let (junit, _) = try run(["--format", "junit"])
    #expect(junit.output.contains(#"<testcase classname="A.athena" name="proof"/>"#))
    #expect(junit.output.contains(#"<skipped message="tested: Swift is not read back"/>"#))
  }

  @Test(
    "each format carries the finding",
    arguments: [
      ("json", #""language": "athena""#),
      ("junit", #"<failure message="the condition says true, the query false">"#),
      ("sarif", #""ruleId": "E504""#), ("github", "::error file=rule.yml,line="),
    ])
  func formats(_ format: String, _ expected: String) throws {
    let (result, _) = try run(
      ["--against", "q.sql", "--format", format], ["q.sql": VerifyCommandTests.wrong])
    #expect(result.code == 1)
    #expect(result.output.contains(expected), "\(result.output.prefix(2_000))")
    if format == "json" || format == "sarif" { _ = try JSON.parse(result.output) }
  }

  @Test("events from a file are put to the targets too")
  func events() throws {
    let events = "{\"eventName\":\"RunInstances\",\"errorCode\":\"x\"}\n{\"eventName\":\"b\"}\n"
    let (result, _) = try run(
      ["--events", "e.ndjson", "--to", "athena,splunk,sigma", "--all-rows"], ["e.ndjson": events])
    #expect(result.code == 0)
    #expect(result.output.contains("e.ndjson, event 2"))
    let (bad, _) = try run(["--events", "e.ndjson", "--to", "sigma"], ["e.ndjson": "{}\n[1]\n"])
    #expect(bad.code == 3)
    #expect(bad.errors == "error[E915]: `e.ndjson`: line 2 is not a JSON object\n")
  }

  @Test("fixtures that notice what the rule's own miss are added, and nothing else is touched")
  func writesFixtures() throws {
    let (first, text) = try run(["--to", "sigma", "--write-fixtures"])
    #expect(first.code == 0)
    #expect(first.errors.contains("fixtures added"))
    let rest = VerifyCommandTests.rule.components(separatedBy: "Severity: Low")[0]
    #expect(text.hasPrefix(rest))
    #expect(text.hasSuffix("Severity: Low\n"))
    let folder = try Tool.folder(["rule.yml": text])
    defer { try? FileManager.default.removeItem(at: folder) }
    let again = try Tool.run(["verify", "rule.yml", "--to", "sigma"], in: folder)
    #expect(again.code == 0, "\(again.output)\(again.errors)")
    #expect(!again.output.contains("not noticed"))
  }

  @Test(
    "a rule that a target refuses ends in exit code 2, a failing fixture in 1, an engine that is not set up in 3"
  )
  func codes() throws {
    let refused = VerifyCommandTests.rule.replacingOccurrences(
      of: #"eq "RunInstances""#, with: #"cidr_match "::/0""#)
    #expect(try run(["--to", "splunk"], ["rule.yml": refused]).0.code == 2)
    let failing = VerifyCommandTests.rule.replacingOccurrences(of: "Result: true", with: "Result: false")
    #expect(try run(["--to", "sigma"], ["rule.yml": failing]).0.code == 1)
    let engine = try run(["--engine", "trino"]).0
    #expect(engine.code == 3)
    #expect(engine.errors.contains("CONCORD_TRINO_URL"))
    let unknown = try run(["--engine", "trno"]).0
    #expect(unknown.code == 3)
    #expect(unknown.errors.contains("did you mean `trino`?"))
  }

  @Test("a server that is trusted unchecked is warned of")
  func uncheckedServer() throws {
    let result = try Tool.run(
      ["verify", "-e", "a exists", "-t", "sigma", "--engine", "splunk"],
      environment: [
        "CONCORD_SPLUNK_URL": "https://127.0.0.1:9", "CONCORD_SPLUNK_TOKEN": "x",
        "CONCORD_SPLUNK_TLS_VERIFY": "false", "CONCORD_ENGINE_TIMEOUT": "2",
      ])
    #expect(
      result.errors.hasPrefix(
        "warning[W714]: the certificate of `splunk` is not checked: whoever answers in its place gets the credentials\n"
      ), "\(result.errors)")
  }

  @Test("an interrupt keeps what is done, in every format")
  func interrupted() throws {
    var files: [String: String] = [:]
    for number in 0..<2_000 {
      files["rules/\(number).yml"] = DiffCommandTests.rule("f eq \"\(number)\"", id: "R\(number)")
    }
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = try Tool.process(["verify", "rules", "-t", "sigma", "-f", "text"], in: folder)
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // What the results need is more than a pipe holds, so that it cannot end before it is read from again.
    let first = output.fileHandleForReading.availableData
    process.interrupt()
    let rest = output.fileHandleForReading.readDataToEndOfFile()
    let told = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let text = String(decoding: first + rest, as: UTF8.self)
    #expect(text.hasPrefix("rules/0.yml: R0\n"))
    #expect(told.contains("interrupted after ") && told.contains(" of 2000 files\n"), "\(told)")
  }

  @Test("--quiet prints only what is wrong")
  func quiet() throws {
    let (clean, _) = try run(["-q", "-t", "sigma"])
    #expect(clean.code == 0 && clean.output.isEmpty && clean.errors.isEmpty, "\(clean.output)\(clean.errors)")
    let (wrong, _) = try run(["-q", "--against", "q.sql"], ["q.sql": VerifyCommandTests.wrong])
    #expect(wrong.code == 1 && wrong.output.contains("athena disagrees on this event:"))
  }
}
