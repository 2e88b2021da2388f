import Concord
import Foundation
import TestSupport
import Testing

/// The pipelines that come with Concord, on the public rules and the recorded events.
@Suite("Shipped pipelines")
struct ShippedPipelineTests {
  static func compiler(_ pipeline: String, extracted: Bool = false) throws -> Compiler {
    var options = LanguageOptions()
    options.sigma.pipelines = [
      try #require(Registry.pipelines.first { $0.pipeline.name == pipeline }).pipeline
    ]
    options.targets = Registry.writers.map(\.identifier)
    options.splunk.extractedFields = extracted
    options.splunk.source = extracted ? "index=win" : nil
    return try Compiler(options: options).prepared()
  }

  @Test("each reads, and has a line on what it does", arguments: Registry.pipelines.map(\.pipeline.name))
  func reads(_ name: String) throws {
    _ = try Self.compiler(name)
    let summary = try #require(Registry.pipelines.first { $0.pipeline.name == name }).summary
    #expect(!summary.isEmpty)
  }

  @Test(
    "say the channels of every log source of Windows",
    arguments: [
      ("windows-evtx", "{Channel: 'Security', EventID: 4688}"),
      ("splunk-windows", "{source|cased: 'XmlWinEventLog:Security', EventCode: 4688}"),
    ])
  func channels(_ name: String, _ newProcess: String) throws {
    let text = try #require(Registry.pipelines.first { $0.pipeline.name == name }).pipeline.text
    #expect(text.split(separator: "  - id: channel_").count == 82)
    // The one log source that two channels have under different numbers.
    #expect(text.contains("      - \(newProcess)\n    rule_conditions:\n"))
    #expect(!text.contains("channels.tsv"))
  }

  @Test("apply to Sigma rules alone")
  func elsewhere() throws {
    let compiler = try Self.compiler("windows-evtx")
    let rule = Source(name: "q.spl", text: "index=main | where a=\"b\"")
    do throws(Diagnostic) {
      _ = try compiler.load(rule)
      Issue.record("nothing is wrong")
    } catch {
      #expect(error.code.rawValue == "E916")
      #expect(error.message == "processing pipelines apply to Sigma rules, and this is Splunk SPL")
    }
  }

  @Test("CloudTrail's rules in Athena: two are refused, with the reason")
  func cloudTrail() throws {
    guard let folder = Shared.url("corpora/sigma/rules/cloud/aws/cloudtrail") else {
      Engine.note("skipped 57 rules under cloudtrail-athena: no corpus")
      return
    }
    let compiler = try Self.compiler("cloudtrail-athena")
    var (exact, refused) = (0, [String: String]())
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      do throws(Diagnostic) {
        for document in try compiler.load(Source(name: name, text: text)) {
          _ = try compiler.write(document.rule, in: .athena)
        }
        exact += 1
      } catch { refused[name] = error.code.rawValue }
    }
    #expect(exact == 55)
    #expect(
      refused == [
        // A field that no record has.
        "aws_delete_saml_provider.yml": "E341",
        // Quotes and colons in the text of an object, whose spelling is not fixed.
        "aws_iam_s3browser_templated_s3_bucket_policy_creation.yml": "E422",
      ])
  }

  @Test("recorded events as Splunk's add-on extracts them match, by the text of the search")
  func splunkWindows() throws {
    let all = try RegressionCase.all()
    if all.isEmpty { return }
    let compiler = try Self.compiler("splunk-windows", extracted: true)
    let splunk = SplunkRunnerLookup.runner
    var (matching, refused) = (0, [String]())
    for example in all {
      let path = example.path
      let documents: [RuleDocument]
      do { documents = try compiler.load(Source(name: path, text: example.text)) } catch {
        refused.append("\(error.code.rawValue) \(error.message)")
        continue
      }
      let events = example.recorded.map(Self.extracted)
      var found = [Bool](repeating: false, count: events.count)
      for document in documents {
        let query = try compiler.write(document.rule, in: .splunk)
        let verdicts = try splunk.run(query.text, on: events, options: compiler.options)
        for (index, verdict) in verdicts.enumerated() { found[index] = found[index] || verdict }
        #expect(verdicts == events.map { document.rule.condition.holds(of: $0) }, "\(path)")
      }
      let count = found.count { $0 }
      #expect(count >= example.minimum, "\(path)")
      matching += count >= example.minimum ? 1 : 0
    }
    print("splunk-windows: \(matching) cases match by the search, \(refused.count) refused: \(refused)")
    #expect(matching + refused.count == 87)
    #expect(refused == ["E341 the add-on makes no fields of UserData"])
  }

  /// The fields that the add-on extracts of an event's XML: the tags of `System`, its attributes with their quotes,
  /// the named data, spaces as `_`.
  static func extracted(_ recorded: Value) -> Event {
    var fields = Value.Object()
    guard case .object(let root) = recorded, case .object(let record)? = root["Event"] else {
      return Event(fields)
    }
    if case .object(let system)? = record["System"] {
      for member in system.members {
        if let text = member.value.scalarText { fields[member.key] = .string(text) }
        guard case .object(let inner) = member.value, case .object(let attributes)? = inner["#attributes"]
        else {
          continue
        }
        for attribute in attributes.members {
          if let text = attribute.value.scalarText { fields[attribute.key] = .string("'\(text)'") }
        }
      }
    }
    fields["EventCode"] = fields["EventID"]
    if case .string(let channel)? = fields["Channel"] {
      fields["source"] = .string("XmlWinEventLog:\(channel)")
    }
    if case .object(let data)? = record["EventData"] {
      for member in data.members {
        guard let text = member.value.scalarText else { continue }
        fields[member.key.replacing(" ", with: "_")] = .string(text)
      }
    }
    return Event(fields)
  }
}

extension Value {
  /// The text of what is no object, no array and not null.
  fileprivate var scalarText: String? {
    switch self {
    case .string(let text): text
    case .number(let number): number.shortest
    case .bool(let flag): flag ? "true" : "false"
    case .null, .malformedString, .array, .object: nil
    }
  }
}

private enum SplunkRunnerLookup {
  static var runner: Language {
    Registry.runners.first { $0.identifier == "splunk" } ?? Registry.runners[0]
  }
}
