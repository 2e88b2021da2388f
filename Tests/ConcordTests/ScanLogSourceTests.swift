import Concord
import Foundation
import TestSupport
import Testing

/// `scan` asks no rule of events of a log that it cannot be meant for.
@Suite("Rules are asked of their own logs")
struct ScanLogSourceTests {
  /// A rule that holds of every event without a field `no_such`.
  static func rule(_ title: String, _ logSource: String) -> String {
    "title: \(title)\nlogsource: {\(logSource)}\ndetection: {s: {no_such: null}, condition: s}\n"
  }
  static let panther = """
    AnalysisType: rule
    RuleID: Okta
    LogTypes: [Okta.SystemLog]
    Condition: not no_such exists

    """
  static let rules = [
    "rules/trail.yml": rule("Trail", "product: aws, service: cloudtrail"),
    "rules/aws.yml": rule("AWS", "product: aws"),
    "rules/zeek.yml": rule("Zeek", "product: zeek, service: dns"),
    "rules/proxy.yml": rule("Proxy", "category: proxy"),
    "rules/process.yml": rule("Process", "product: windows, category: process_creation"),
    "rules/sysmon.yml": rule("Sysmon", "product: windows, service: sysmon"), "rules/okta.yml": panther,
  ]
  static let trail = #"""
    {"eventVersion": "1.08", "eventTime": "2024-01-01T00:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "awsRegion": "eu-west-1"}

    """#
  static let other = #"{"eventName": "RunInstances"}"# + "\n"

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let log: String
    let options: [String]
    /// The rules that match, and how often.
    let counts: [String: Int]
    /// The remark.
    let told: String?
    init(_ name: String, _ log: String, _ options: [String], _ counts: [String: Int], _ told: String?) {
      (testDescription, self.log, self.options, self.counts, self.told) = (name, log, options, counts, told)
    }
  }

  static let all = ["AWS", "Okta", "Process", "Proxy", "Sysmon", "Trail", "Zeek"]
  static let rows: [Row] = [
    Row(
      "CloudTrail is known by its records", trail, [], ["AWS": 1, "Trail": 1],
      "1 event of AWS CloudTrail: not asked 5 rules that read other logs (Okta.SystemLog 1, proxy 1, windows 1, "
        + "windows/sysmon 1, zeek/dns 1; --all-sources asks all)"),
    Row("other events are not", other, [], Dictionary(uniqueKeysWithValues: all.map { ($0, 1) }), nil),
    Row(
      "that they are put to all rules is said", other + other, [],
      Dictionary(uniqueKeysWithValues: all.map { ($0, 2) }),
      "2 events of which no log is told: asked 7 rules all the same, whatever logs they read (Okta.SystemLog 1, aws 1,"
    ),
    Row(
      "event by event", trail + other, [],
      ["AWS": 2, "Trail": 2, "Okta": 1, "Proxy": 1, "Process": 1, "Sysmon": 1, "Zeek": 1], "1 event of AWS"),
    Row(
      "every rule where that is wanted", trail, ["--all-sources"],
      Dictionary(uniqueKeysWithValues: all.map { ($0, 1) }), nil),
    Row(
      "CloudTrail as the user says", other, ["--log-source", "aws/cloudtrail"], ["AWS": 1, "Trail": 1],
      "left out: 5 rules that read other logs than aws/cloudtrail (Okta.SystemLog 1,"),
    Row(
      "a category may be any log of its product", trail, ["--log-source", "windows/sysmon"],
      ["Okta": 1, "Process": 1, "Proxy": 1, "Sysmon": 1],
      "left out: 3 rules that read other logs than windows/sysmon (aws 1, aws/cloudtrail 1, zeek/dns 1;"),
    Row(
      "a platform's own name", other, ["--log-source", "AWS.CloudTrail"], ["AWS": 1, "Trail": 1],
      "left out: 5 rules that read other logs than AWS.CloudTrail"),
  ]

  @Test(arguments: rows)
  func row(_ row: Row) throws {
    let folder = try Tool.folder(Self.rules.merging(["log.ndjson": row.log]) { $1 })
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(
      ["scan", "--rules", "rules", "log.ndjson", "--count"] + row.options, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    let counts = result.output.split(separator: "\n").reduce(into: [String: Int]()) { counts, line in
      let parts = line.split(separator: "\t")
      if parts.count == 2, let count = Int(parts[0]), count > 0 { counts[String(parts[1])] = count }
    }
    #expect(counts == row.counts)
    if let told = row.told {
      #expect(result.errors.contains(told), "\(result.errors)")
    } else {
      #expect(!result.errors.contains("other logs"), "\(result.errors)")
    }
    let quiet = try Tool.run(
      ["scan", "--rules", "rules", "log.ndjson", "--count", "-q"] + row.options, in: folder)
    #expect(quiet.errors.isEmpty && quiet.output == result.output)
  }

  @Test("what rules ask of a place that no event tells is said")
  func places() throws {
    let folder = try Tool.folder([
      "a.spl": "index=b sourcetype=c a=x", "b.spl": "index=d host=e a=x",
      "a.sql": "SELECT * FROM db.t WHERE a = 'x'",
      "log.ndjson": #"{"a": "x"}"# + "\n",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    for (arguments, told) in [
      (["a.spl"], ["the rule `a` asks of `splunk.index`", "the rule `a` asks of `splunk.sourcetype`"]),
      (
        ["a.spl", "b.spl"],
        [
          "2 rules ask of `splunk.index`", "the rule `b` asks of `splunk.host`",
          "the rule `a` asks of `splunk.sourcetype`",
        ]
      ),
      (
        ["a.sql", "--untyped"],
        ["the rule `a` asks of `athena.database`", "the rule `a` asks of `athena.table`"]
      ),
      (["a.spl", "--place", "index=b", "--place", "splunk.sourcetype=c"], []),
      (["a.spl", "--place", "index=z"], []),
    ] {
      let result = try Tool.run(["scan"] + arguments + ["log.ndjson"], in: folder)
      let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("note[N446]") }
      #expect(result.code == 0 && lines.count == told.count, "\(arguments): \(result.errors)")
      for words in told {
        #expect(result.errors.contains("note[N446]: what \(words) is "), "\(result.errors)")
      }
    }
  }

  @Test("a log source that is none, and one that no rule reads")
  func wrong() throws {
    let folder = try Tool.folder(["zeek.yml": Self.rules["rules/zeek.yml"] ?? "", "log.ndjson": Self.other])
    defer { try? FileManager.default.removeItem(at: folder) }
    for source in ["", "/x", "a/b/c", "a/"] {
      let result = try Tool.run(["scan", "zeek.yml", "log.ndjson", "--log-source", source], in: folder)
      #expect(result.code == 3, "\(source) \(result.errors)")
    }
    let result = try Tool.run(["scan", "zeek.yml", "log.ndjson", "--log-source", "linux"], in: folder)
    #expect(
      result.code == 3 && result.errors.contains("error[E901]: no rule reads the logs of `--log-source`\n"))
  }

  @Test("the public rules on CloudTrail: none for another log matches, all for CloudTrail match as alone")
  func publicRules() throws {
    guard let rules = Shared.url("corpora/sigma/rules"), let log = CloudTrailCorpus.file else {
      Engine.note("skipped 3,141 public rules on CloudTrail: no corpus")
      return
    }
    func counts(_ path: String, _ more: [String]) throws -> (counts: [String: Int], errors: String) {
      let result = try Tool.run(["scan", "--rules", path, log.path, "-f", "json"] + more)
      #expect(result.code == 0, "\(result.errors.suffix(300))")
      guard case .object(let report) = try JSON.parse(result.output),
        case .array(let rules)? = report["rules"]
      else { return ([:], result.errors) }
      var counts: [String: Int] = [:]
      for case .object(let rule) in rules {
        guard case .string(let id)? = rule["id"], case .number(let number)? = rule["matches"] else {
          continue
        }
        if number.double > 0 { counts[id] = Int(number.double) }
      }
      return (counts, result.errors)
    }
    let all = try counts(rules.path, [])
    let alone = try counts(rules.appendingPathComponent("cloud/aws").path, ["--all-sources"])
    let unasked = try counts(rules.path, ["--all-sources"])
    #expect(!alone.counts.isEmpty && all.counts == alone.counts)
    #expect(unasked.counts.count > all.counts.count)
    #expect(
      all.errors.contains("2,900 events of AWS CloudTrail")
        || all.errors.contains("2900 events of AWS CloudTrail"), "\(all.errors.suffix(300))")
    print("public rules on CloudTrail: \(all.counts.count) match; \(unasked.counts.count) with --all-sources")
  }
}
