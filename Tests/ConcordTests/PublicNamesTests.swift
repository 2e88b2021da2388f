import Concord
import Foundation
import TestSupport
import Testing

@testable import ConcordSigma

/// The public rules for Windows under the shipped pipelines: an event matches wherever it stands, as the rule without a
/// pipeline matches it.
@Suite("Names by place in public rules")
struct PublicNamesTests {
  /// Where events of a log source stand: a row of `channels.tsv`.
  struct Place {
    let channel: String
    let eventIDs: [String]
    let eventTypes: [String]

    /// The places of a log source: its channels.
    static func all(of source: LogSource) -> [Place] {
      String(decoding: PackageResources.channels_tsv, as: UTF8.self).split(separator: "\n").dropFirst()
        .flatMap { row -> [Place] in
          let columns = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
          func column(_ index: Int) -> String { columns.indices.contains(index) ? columns[index] : "" }
          let own = column(1) == "service" ? source.service : source.category
          guard own == column(2), column(0).isEmpty || source.product == column(0) else { return [] }
          return column(3).components(separatedBy: " | ").map { channel in
            Place(
              channel: channel.replacing("*", with: "X"),
              eventIDs: column(4).split(separator: " ").map(String.init),
              eventTypes: column(5).split(separator: " ").map(String.init))
          }
        }
    }

    private var isSecurity: Bool { channel == "Security" }

    /// What the event says of itself besides what the rule asks for, in the rule's names.
    func placed(_ event: Event) -> Event {
      var object = event.object
      object["Channel"] = .string(channel)
      if let eventID = eventIDs.first, object["EventID"] == nil { object["EventID"] = .string(eventID) }
      if let eventType = eventTypes.first, object["EventType"] == nil {
        object["EventType"] = .string(eventType)
      }
      return Event(object)
    }

    private static let system = [
      "EventID", "EventRecordID", "Channel", "Computer", "Level", "Task", "Opcode", "Version", "Keywords",
    ]
    private static let attributes = [
      "Provider_Name", "Provider_Guid", "Execution_ProcessID", "Execution_ThreadID", "TimeCreated_SystemTime",
      "Security_UserID", "Correlation_ActivityID",
    ]
    private static let security = [
      "Image": "NewProcessName", "ParentImage": "ParentProcessName", "User": "SubjectUserName",
      "LogonId": "SubjectLogonId",
    ]

    /// The record as readers of event logs write it.
    func record(_ event: Event, of source: LogSource) -> Event {
      var (system, data) = (Value.Object(), Value.Object())
      for member in event.object.members {
        if Self.system.contains(member.key) {
          system[member.key] = member.value
        } else if Self.attributes.contains(member.key) {
          let parts = member.key.split(separator: "_").map(String.init)
          var attributes = Value.Object()
          if case .object(let element)? = system[parts[0]], case .object(let own)? = element["#attributes"] {
            attributes = own
          }
          attributes[parts[1]] = member.value
          system[parts[0]] = .object(Value.Object([.init("#attributes", .object(attributes))]))
        } else {
          data[name(member.key, of: source)] = member.value
        }
      }
      let record = Value.Object([.init("System", .object(system)), .init("EventData", .object(data))])
      return Event(Value.Object([.init("Event", .object(record))]))
    }

    /// The fields that Splunk's add-on extracts of the record: attributes with their quotes, the source in the channel's
    /// name.
    func fields(_ event: Event, of source: LogSource) -> Event {
      var object = Value.Object()
      for member in event.object.members {
        switch member.key {
        case "EventID": (object["EventID"], object["EventCode"]) = (member.value, member.value)
        case "Provider_Name":
          if let text = member.value.comparedText { object["Name"] = .string("'\(text)'") }
        case let key where Self.system.contains(key) || Self.attributes.contains(key):
          object[key] = member.value
        default: object[name(member.key, of: source)] = member.value
        }
      }
      object["source"] = .string("XmlWinEventLog:\(channel)")
      return Event(object)
    }

    /// What the rule's name is in the place.
    func name(_ field: String, of source: LogSource) -> String {
      if source.category == "process_creation", isSecurity { return Self.security[field] ?? field }
      if source.category == "antivirus" {
        return ["Signature": "ThreatName", "Filename": "Path"][field] ?? field
      }
      return field
    }
  }

  /// A pipeline, and how an event stands in a log that it is for.
  struct Shipped: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let record: @Sendable (Place, Event, LogSource) -> Event
  }

  static let shipped = [
    Shipped(testDescription: "windows-evtx") { $0.record($1, of: $2) },
    Shipped(testDescription: "splunk-windows") { $0.fields($1, of: $2) },
  ]

  @Test(
    "no event that the rule matches is missed in any place, by the meaning and by the runner",
    arguments: shipped)
  func mapped(_ shipped: Shipped) throws {
    let name = shipped.testDescription
    guard let folder = Shared.url("corpora/sigma/rules/windows") else {
      Engine.note("skipped the public rules for Windows under \(name): no corpus")
      return
    }
    let pipeline = try #require(Registry.pipelines.first { $0.pipeline.name == name }).pipeline
    let compiler = try ShippedPipelineTests.compiler(name)
    let paths = try #require(FileManager.default.subpaths(atPath: folder.path))
      .filter { $0.hasSuffix(".yml") }.sorted()
    let results = try paths.map { path in
      (path, try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8))
    }
    var count = Count()
    for (path, text) in results where Self.isConcerned(text) {
      let plain = try Compiler().load(Source(name: path, text: text))
      let mapped: [RuleDocument]
      do throws(Diagnostic) {
        mapped = try compiler.load(Source(name: path, text: text))
      } catch {
        count.refused[error.message, default: 0] += 1
        continue
      }
      for (plain, mapped) in zip(plain, mapped) {
        guard let source = plain.rule.logSources.first else { continue }
        let places = Place.all(of: source)
        if places.isEmpty { count.without += 1 } else { count.rules += 1 }
        let events = Self.events(of: plain.rule.condition)
        for place in places {
          let placed = events.map(place.placed)
          let records = placed.map { shipped.record(place, $0, source) }
          var run: [Bool]?
          do throws(Diagnostic) {
            run = try SigmaRunner.run(text, through: [pipeline], on: records)
          } catch {
            count.refused["not run: \(error.message)", default: 0] += 1
          }
          for (index, event) in placed.enumerated() {
            let wanted = plain.rule.condition.holds(of: event) && place.isPossible(event, of: source)
            count.add(wanted)
            let verdict = mapped.rule.condition.holds(of: records[index])
            if verdict != wanted || run.map({ $0[index] != wanted }) ?? false {
              count.fail(path, records[index], wanted)
            }
          }
        }
      }
    }
    print(
      "\(name): \(count.rules) rules with null, exists, fieldref or a negation, \(count.without) without a "
        + "channel; \(count.matching) matching and \(count.others) other events in their places, "
        + "\(count.failures.count) differ; refused \(count.refused)")
    #expect(count.failures.isEmpty, "\(count.failures.prefix(10))")
    #expect(count.rules > 500 && count.matching > count.rules)
    #expect(count.refused.values.reduce(0, +) < 30)
  }

  struct Count {
    var (rules, without, matching, others) = (0, 0, 0, 0)
    var failures: [String] = []
    /// The rules that the pipeline refuses, and those that the runner does, by reason.
    var refused: [String: Int] = [:]

    mutating func add(_ matches: Bool) { if matches { matching += 1 } else { others += 1 } }
    mutating func fail(_ path: String, _ event: Event, _ wanted: Bool) {
      failures.append("\(path): \(wanted) for \(Value.object(event.object).compactJSON)")
    }
  }

  /// Whether the rule's text has what depends on the place: the condition tells, read without a pipeline.
  static func isConcerned(_ text: String) -> Bool {
    ["not ", "null", "|exists", "|fieldref", "|neq"].contains { text.contains($0) }
  }

  /// The smallest event that the condition holds of, the same without each of its fields, and with each of the others
  /// that the condition asks about.
  private static func events(of condition: Condition) -> [Event] {
    guard let smallest = Prover().event(where: condition).event else { return [] }
    var events = [smallest]
    for path in condition.paths {
      guard case .name(let name)? = path.steps.first, path.steps.count == 1 else { continue }
      var object = smallest.object
      object[name] = object[name] == nil ? .string("q") : nil
      events.append(Event(object))
    }
    return events
  }
}

extension PublicNamesTests.Place {
  /// Whether an event that says so of itself can stand here.
  func isPossible(_ event: Event, of source: LogSource) -> Bool {
    let ids = event.values(at: FieldPath("EventID")).compactMap(\.value.comparedText)
    let types = event.values(at: FieldPath("EventType")).compactMap { $0.value.comparedText?.lowercased() }
    return (eventIDs.isEmpty || eventIDs.contains(where: ids.contains))
      && (eventTypes.isEmpty || eventTypes.contains { types.contains($0.lowercased()) })
  }
}
