import Concord
import Foundation
import TestSupport

/// What the readers of tables make of recorded events: `sweep rows events`. A line a table and reader, with how many
/// events have a row that is not as the log has them, and how many verdicts of public rules that changes.
enum RealRows {
  /// Whether there were events to look at.
  static func run() throws -> Bool {
    let trail = try EventSet.cloudTrail()
    let fixtures = try EventSet.panther()
    let regression = EventSet(name: "Sigma regression events", events: try regressionEvents())
    print(
      "| events | table | reader | events | cells | cells that differ | ends the query | damaged | NULL | value |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for set in [trail, fixtures.ofCloudTrail] {
      for table in try cloudTrailTables() { report(set, table.name, table.definition) }
    }
    for set in [trail, fixtures.ofCloudTrail, fixtures.others, regression] {
      for (name, format) in untypedFormats(set) {
        let columns = set.keys.map { Schema.Field($0, .text) }
        report(set, name, AthenaTableDefinition(Schema(name: "logs", fields: columns), format))
      }
    }
    try verdicts(trail)
    return !trail.events.isEmpty
  }

  /// CloudTrail's columns behind several readers, and the public statements of its tables.
  private static func cloudTrailTables() throws -> [(name: String, definition: AthenaTableDefinition)] {
    let documented = try CloudTrailTable.definition.get()
    var hive = documented.format
    hive.inputFormat = nil
    var tables = [
      ("documented", documented),
      ("its columns, no input format", AthenaTableDefinition(documented.schema, hive)),
      ("its columns, OpenX", AthenaTableDefinition(documented.schema, .openX)),
    ]
    for statement in try PublicStatements.all() {
      guard let definition = try? AthenaDDL.definition(statement.source), !definition.format.readers.isEmpty,
        definition.columns.contains(where: { $0.name.lowercased() == "eventname" })
      else { continue }
      tables.append(("public: \(statement.page)", definition))
    }
    return tables
  }

  /// The table that `schema` makes where nothing is known of a log, and others that it could make.
  private static func untypedFormats(_ set: EventSet) -> [(name: String, format: AthenaTableFormat)] {
    var exact = AthenaTableFormat.openX
    exact.properties = ["case.insensitive": "false"]
    for key in set.keys { exact.properties["mapping.\(key.lowercased())"] = key }
    var hive = AthenaTableFormat()
    hive.serde = "org.apache.hive.hcatalog.data.JsonSerDe"
    return [
      ("`schema`, OpenX", .openX), ("OpenX, exact letter case, each column mapped", exact),
      ("Hive's class", hive),
    ]
  }

  private static func report(_ set: EventSet, _ name: String, _ table: AthenaTableDefinition) {
    for reader in table.format.readers {
      var (cells, wrong) = (0, 0)
      var events: [StoredEvent.Change.Outcome: Int] = [:]
      for event in set.events {
        let readings = AthenaStoredEvent(event, in: table).readings
        guard let reading = readings.first(where: { $0.reader == reader }) else { continue }
        let outcomes = Set(reading.changes.map(\.outcome))
        for outcome in outcomes { events[outcome, default: 0] += 1 }
        if outcomes.contains(.fails) { continue }
        cells += table.columns.count
        wrong += reading.changes.count
      }
      let counts = [StoredEvent.Change.Outcome.fails, .damaged, .null, .value].map { "\(events[$0] ?? 0)" }
      print(
        "| \(set.name) | \(name) | \(reader.shown) | \(set.events.count) | \(cells) | \(wrong) | "
          + counts.joined(separator: " | ") + " |")
    }
  }

  /// How many verdicts of the public rules for AWS the tables change.
  private static func verdicts(_ set: EventSet) throws {
    let folder = Shared.url("corpora/sigma/rules/cloud/aws")
    let paths = folder.map { folder in Corpus.files(in: folder.path).map { folder.path + "/" + $0 } } ?? []
    let probes = set.events.map { Probe(name: "event", event: $0) }
    for (name, format) in [
      ("documented", AthenaTableFormat.cloudTrail.clause),
      ("no input format", AthenaTableFormat.cloudTrail.serdeClause),
      ("OpenX", AthenaTableFormat.openX.serdeClause),
    ] {
      var (rules, verdicts, matches, refused) = (0, 0, 0, 0)
      var lost: [String: Int] = [:]
      var options = LanguageOptions()
      options.schema = Source(name: "\(name).sql", text: CloudTrailTable.ddl + "\n" + format)
      for path in paths {
        let source = Source(name: path, text: try String(contentsOfFile: path, encoding: .utf8))
        for document in (try? Compiler(options: options).load(source)) ?? [] {
          let agreement = Agreement(of: document.rule, on: probes, targets: [.athena], options: options)
          guard let column = agreement.columns.first, case .ran = column.outcome else {
            refused += 1
            continue
          }
          rules += 1
          verdicts += probes.count
          matches += agreement.meaning.count { $0 }
          for index in agreement.lost(in: column) {
            switch column.unkept[index]?.difference(from: agreement.meaning[index]) {
            case .verdict(true)?: lost["found without a match", default: 0] += 1
            case .verdict(false)?: lost["missed", default: 0] += 1
            case .fails?: lost["end the query", default: 0] += 1
            case nil: break
            }
          }
        }
      }
      let changes = lost.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      print(
        "\(name): \(rules) public rules for AWS (\(refused) refused), \(verdicts) verdicts, \(matches) matches; "
          + (changes.isEmpty ? "none changed" : changes))
    }
  }

  private static func regressionEvents() throws -> [Event] {
    try RegressionCase.all().flatMap { $0.recorded.compactMap { Event($0) } }
  }
}

extension AthenaTableFormat {
  fileprivate var serdeClause: String { "ROW FORMAT SERDE '\(serde ?? "")'" }
  fileprivate var clause: String {
    serdeClause + (inputFormat.map { " STORED AS INPUTFORMAT '\($0)' OUTPUTFORMAT 'x'" } ?? "")
  }
}

/// Events of one kind.
private struct EventSet {
  let name: String
  let events: [Event]

  /// The top-level keys, each once in whatever letter case.
  var keys: [String] {
    var seen: Set<String> = []
    return events.flatMap { $0.object.members.map(\.key) }.filter { seen.insert($0.lowercased()).inserted }
  }

  /// The events of the attack simulation.
  static func cloudTrail() throws -> EventSet {
    EventSet(name: "attack simulation", events: try CloudTrailCorpus.events() ?? [])
  }

  /// The fixtures of Panther's public rules: CloudTrail's, and those of other logs.
  static func panther() throws -> (ofCloudTrail: EventSet, others: EventSet) {
    var (trail, others): ([Event], [Event]) = ([], [])
    var options = LanguageOptions()
    options.condition = Source(name: "<-e>", text: "true")
    let root = Shared.url("corpora/panther")
    for path in root.map({ Corpus.files(in: $0.path) }) ?? [] {
      guard let root, let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else {
        continue
      }
      for document in (try? Language.panther.read(Source(name: path, text: text), options: options)) ?? [] {
        let events = document.rule.fixtures.map(\.event)
        if document.rule.logSources == [.cloudTrail] { trail += events } else { others += events }
      }
    }
    return (
      EventSet(name: "Panther's fixtures of CloudTrail", events: trail),
      EventSet(name: "Panther's other fixtures", events: others)
    )
  }
}
