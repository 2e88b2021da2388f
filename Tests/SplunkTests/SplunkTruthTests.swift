import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Foundation
import TestSupport
import Testing

@testable import ConcordSplunk

/// Searches beside what a real Splunk returned for them: `corpora/splunk-truth`.
@Suite("What a real Splunk returned") struct SplunkTruthTests {
  /// A search and its log or its rows.
  struct Pair {
    let name: String
    let object: Value.Object
    /// The folder of the data sets.
    let folder: URL

    func text(_ key: String) -> String? { object[key]?.comparedText }

    /// How the search is read: its macros, the events as fields or as JSON.
    func options(extracted: Bool) -> LanguageOptions {
      var options = LanguageOptions()
      options.splunk.extractedFields = extracted
      guard case .object(let macros)? = object["macros"] else { return options }
      let items = macros.members.map { macro -> Value in
        var item = Value.Object()
        // `name(1)` has one argument, whose name stands between `$` in the definition.
        let parts = macro.value.comparedText?.split(separator: "$", omittingEmptySubsequences: false) ?? []
        item["name"] = .string(String(macro.key.prefix { $0 != "(" }))
        if macro.key.hasSuffix("(1)"), parts.count > 1 {
          item["arguments"] = .array([.string(String(parts[1]))])
        }
        item["definition"] = macro.value
        return .object(item)
      }
      // JSON is YAML.
      options.splunk.macros = [Source(name: "macros.yml", text: Value.array(items).compactJSON)]
      return options
    }

    /// Where the events are, as the search's own test says.
    var place: Place {
      var place = Place()
      for name in ["source", "sourcetype"] {
        if let text = text(name), let fact = SplunkPlaces.fact(name) { place[fact] = [text] }
      }
      return place
    }

    /// The first of several objects on a line: Splunk takes the line as one event, and its fields are the first's.
    static func first(_ line: String) -> String {
      let ends = line.indices.filter { index in
        line[index] == "}" && line[index...].dropFirst().first { $0 != " " } == "{"
      }
      return ends.lazy.map { String(line[...$0]) }.first { (try? JSON.parse($0)) != nil } ?? line
    }

    /// The events of a file, one a line; those lines that are none are counted.
    func events(_ path: String, in place: Place) throws -> (events: [Event], others: Int) {
      let file = folder.appendingPathComponent(path)
      let bytes: Data
      if path.hasSuffix(".gz") {
        bytes = try Command.run("/usr/bin/env", ["gzip", "-dc", file.path]).output
      } else {
        bytes = try Data(contentsOf: file)
      }
      let lines = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
      let events = lines.compactMap { line -> Event? in
        guard case .object(var object)? = (try? JSON.parse(line)) ?? (try? JSON.parse(Self.first(line)))
        else {
          return nil
        }
        // A log stands under several names in several tests: this search's test says what its events have.
        for name in ["source", "sourcetype"] where object[name] != nil {
          if let text = text(name) { object[name] = .string(text) }
        }
        return Event(object, in: place)
      }
      return (events, lines.count - events.count)
    }
  }

  @Test("of two objects on a line Splunk reads the first")
  func twoObjects() {
    #expect(Pair.first(#"{"a":{"b":1}} {"a":2}"#) == #"{"a":{"b":1}}"#)
    #expect(Pair.first(#"{"a":"}{"}{"a":2}"#) == #"{"a":"}{"}"#)
  }

  static func pairs(_ kind: String) throws -> [Pair] {
    guard let file = Shared.url("corpora/splunk-truth/pairs.jsonl") else {
      Engine.note(
        "skipped 46 searches with their rows and 43 with their logs: no corpus of Splunk's own answers")
      return []
    }
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      guard case .object(let object) = try JSON.parse(String(line)), object["kind"]?.comparedText == kind
      else { return nil }
      return Pair(
        name: object["detection"]?.comparedText ?? "", object: object,
        folder: file.deletingLastPathComponent())
    }
  }

  @Test("every row that Splunk returned is found, by the runner and by what is read")
  func rows() throws {
    let pairs = try Self.pairs("result-rows")
    var (rows, read) = (0, 0)
    var refused: [String] = []
    for pair in pairs {
      let condition = try #require(pair.text("condition"))
      let (events, others) = try pair.events(try #require(pair.text("dataset")), in: Place())
      #expect(others == 0 && !events.isEmpty)
      let options = pair.options(extracted: true)
      let found = try Language.splunk.run(condition, on: events, options: options)
      for (event, verdict) in zip(events, found) where !verdict {
        Issue.record("\(pair.name): a row is missed: \(Value.object(event.object).compactJSON)\n\(condition)")
      }
      rows += events.count
      do throws(Diagnostic) {
        let document = try Language.splunk.read(Source(name: "q.spl", text: condition), options: options)
          .first
        read += 1
        for event in events where document?.rule.condition.holds(of: event) != true {
          Issue.record("\(pair.name): read, it misses \(Value.object(event.object).compactJSON)")
        }
      } catch {
        refused.append("\(pair.name): \(error.code.rawValue) \(error.message)")
      }
    }
    print("Splunk's rows: \(pairs.count) searches, \(rows) rows; \(read) searches read, refused \(refused)")
    #expect(pairs.isEmpty || (rows > 400 && read == pairs.count))
  }

  @Test("every filter over JSON or extracted fields finds an event of its own log, or is refused by reason")
  func filters() throws {
    let pairs = try Self.pairs("raw-events")
    var (asked, texts) = (0, 0)
    var refused: [String] = []
    for pair in pairs {
      guard let filter = pair.text("filter"), case .array(let sets)? = pair.object["datasets"] else {
        continue
      }
      var events: [Event] = []
      var isExtracted = false
      for case .object(let set) in sets {
        let fields = set["fields"]?.comparedText
        isExtracted = isExtracted || fields != nil
        guard let path = fields ?? set["file"]?.comparedText, path.contains(".ndjson") else { continue }
        events += try pair.events(path, in: pair.place).events
      }
      if events.isEmpty {
        texts += 1
        continue
      }
      asked += 1
      let options = pair.options(extracted: isExtracted)
      var reasons: [String] = []
      do throws(Diagnostic) {
        if try !Language.splunk.run(filter, on: events, options: options).contains(true) {
          Issue.record("\(pair.name): the runner finds none of \(events.count) events\n\(filter)")
        }
      } catch {
        reasons.append("the runner: \(error.code.rawValue) \(error.message)")
      }
      do throws(Diagnostic) {
        let source = Source(name: "q.spl", text: filter)
        if let rule = try Language.splunk.read(source, options: options).first?.rule,
          !events.contains(where: { Self.holds(rule, of: $0) })
        {
          Issue.record("\(pair.name): read, it finds none of \(events.count) events\n\(filter)")
        }
      } catch {
        reasons.append("the reader: \(error.code.rawValue) \(error.message)")
      }
      if !reasons.isEmpty { refused.append("\(pair.name): \(reasons)") }
    }
    print(
      "Splunk's logs: \(asked) filters over JSON or fields, \(texts) over other text left out; refused "
        + "\(refused.count):\n\(refused.joined(separator: "\n"))")
    #expect(pairs.isEmpty || asked > 15)
  }

  @Test("every whole search that is read raises an alert on its own log, or asks what the log does not have")
  func wholeSearches() throws {
    let pairs = try Self.pairs("raw-events")
    var (read, alerted) = (0, 0)
    var (refused, lacking, texts): ([String], [String], [String]) = ([], [], [])
    for pair in pairs {
      guard let search = pair.text("search"), case .array(let items)? = pair.object["datasets"] else {
        continue
      }
      let sets = items.compactMap { item -> Value.Object? in
        if case .object(let set) = item { set } else { nil }
      }
      let fields = sets.compactMap { $0["fields"]?.comparedText }
      // What is neither JSON nor XML is fields of an add-on too.
      let isJSON = sets.contains { $0["file"]?.comparedText?.contains(".ndjson") == true }
      let options = pair.options(extracted: !fields.isEmpty || !isJSON)
      let rule: Rule
      do throws(Diagnostic) {
        let source = Source(name: "q.spl", text: search)
        guard let own = try Language.splunk.read(source, options: options).first?.rule else { continue }
        rule = own
      } catch {
        refused.append("\(pair.name): \(error.code.rawValue) \(error.message)")
        continue
      }
      read += 1
      var events: [Event] = []
      for set in sets {
        guard let path = set["fields"]?.comparedText ?? set["file"]?.comparedText, path.contains(".ndjson")
        else { continue }
        events += try pair.events(path, in: pair.place).events
      }
      if let set = rule.splunkDataSet { events = events.compactMap { SysmonModel.event($0, in: set) } }
      if events.isEmpty {
        texts.append(pair.name)
        continue
      }
      let log = events.map { LoggedEvent($0, at: 0) }
      let found = rule.aggregate?.alerts(of: log.filter { Self.holds(rule, of: $0.event) }).count
      let ran =
        try rule.aggregate == nil
        ? Language.splunk.run(search, on: events, options: options).count { $0 }
        : Language.splunk.alerts(of: search, in: log, options: options).count
      #expect(found ?? events.count { Self.holds(rule, of: $0) } == ran, "\(pair.name)")
      if ran > 0 {
        alerted += 1
        continue
      }
      let asked =
        rule.condition.paths + (rule.aggregate?.group.filter { !$0.keepsAbsent }.compactMap(\.path) ?? [])
      let missing = Set(asked).filter { path in !events.contains { !$0.values(at: path).isEmpty } }
      if missing.isEmpty { Issue.record("\(pair.name): read, it raises no alert on its log") }
      lacking.append("\(pair.name): \(missing.map(\.description).sorted())")
    }
    print(
      "Splunk's searches: \(read) of \(pairs.count) read whole, \(alerted) raise an alert; of \(texts.count) the log is "
        + "text: \(texts); \(lacking.count) ask fields that only an add-on computes: \(lacking); refused \(refused.count):\n"
        + refused.joined(separator: "\n"))
    #expect(pairs.isEmpty || (read >= 22 && alerted >= 9))
  }

  /// Whether a rule holds of an event, of whose place all is taken as given that is not known.
  private static func holds(_ rule: Rule, of event: Event) -> Bool {
    let here = rule.answered(by: event.place)
    let asked = Condition.all([here.place, here.condition]).conjuncts.filter {
      $0.asksOfEvent || $0.facts.isEmpty
    }
    return Condition.all(asked).holds(of: event)
  }
}

/// What Splunk's add-on for Sysmon makes of an event for the data models Endpoint and Network_Traffic, as far as
/// the searches ask it (props.conf of `Splunk_TA_microsoft_sysmon`; Common Information Model Add-on Manual).
private enum SysmonModel {
  /// The event of the data set; `nil` of an event that is none of it.
  static func event(_ event: Event, in set: SplunkDataSet) -> Event? {
    func text(_ name: String) -> String? { event.object[name]?.comparedText }
    guard let code = text("EventCode") else { return nil }
    var fields = Value.Object()
    func add(_ name: String, _ value: String?) {
      if let value { fields[name] = .string(value) }
    }
    func last(_ path: String?) -> String? {
      path?.split(separator: "\\", omittingEmptySubsequences: false).last.map(String.init)
    }
    switch (set.name, code) {
    case ("Endpoint.Processes", "1"):
      add("action", "allowed")
      add("process", text("CommandLine"))
      add("process_name", last(text("Image")))
      add("process_path", text("Image"))
      add("parent_process", text("ParentCommandLine"))
      add("parent_process_name", last(text("ParentImage")))
      add("original_file_name", text("OriginalFileName"))
      add("process_id", text("ProcessId"))
      add("parent_process_id", text("ParentProcessId"))
    case ("Endpoint.Registry", "12"), ("Endpoint.Registry", "13"), ("Endpoint.Registry", "14"):
      let actions = [
        "SetValue": "modified", "DeleteValue": "deleted", "DeleteKey": "deleted", "CreateKey": "created",
      ]
      add("action", text("EventType").flatMap { actions[$0] })
      add("registry_path", text("TargetObject"))
    case ("Network_Traffic.All_Traffic", "3"):
      add("app", text("Image"))
      add("src", text("SourceIp"))
      add("src_ip", text("SourceIp"))
      add("dest_ip", text("DestinationIp"))
      add("dest_port", text("DestinationPort"))
    default: return nil
    }
    add("dest", text("Computer"))
    add("user", last(text("User")))
    add("process_guid", text("ProcessGuid"))
    return Event(fields)
  }
}
