import ConcordDetection
import ConcordLanguages

/// What a search says of the place and time of an event, as facts that only Splunk has.
enum SplunkPlaces {
  /// A macro, with its arguments as it is written: what it stands for is in the user's configuration.
  static let macro = PlaceFact("macro", of: "splunk", hasManyTexts: true)
  /// The fields that say where an event is, not what it holds (Search Reference, "search"; Knowledge Manager
  /// Manual, "About default fields"). An event can have several event types and tags.
  private static let fields: [String: PlaceFact] = {
    let single = ["index", "sourcetype", "source", "host", "splunk_server"]
    var fields = Dictionary(
      uniqueKeysWithValues: single.map { ($0, PlaceFact($0, of: "splunk", isField: true)) })
    for name in ["eventtype", "tag"] {
      fields[name] = PlaceFact(name, of: "splunk", hasManyTexts: true, isField: true)
    }
    return fields
  }()
  private static let times = Dictionary(
    uniqueKeysWithValues: ["earliest", "latest"].map { ($0, PlaceFact($0, of: "splunk")) })

  /// The fact that a field of that name is; `nil` for a field of the event.
  static func fact(_ field: String) -> PlaceFact? { fields[field] }

  /// The fact that a limit of the time window is; `nil` for all other names.
  static func time(_ field: String) -> PlaceFact? { times[field] }

  /// The sourcetype of CloudTrail's events in the Splunk Add-on for AWS.
  static let cloudTrail = "aws:cloudtrail"

  /// Whether the term asks for CloudTrail's sourcetype.
  static func isCloudTrail(_ term: SplunkSearch) -> Bool {
    guard case .comparison("sourcetype", .equal, let value) = term.kind else { return false }
    return LetterCase.lower(value.text).sameScalars(as: cloudTrail)
  }
}

extension SplunkQuery {
  /// Whether every event must be CloudTrail's.
  var isOfCloudTrail: Bool {
    commands.contains { command in
      guard case .search(let expression) = command.kind else { return false }
      return expression.conjuncts.contains(where: SplunkPlaces.isCloudTrail)
    }
  }
}

extension SplunkSearch {
  /// The terms all of which an event must have.
  var conjuncts: [SplunkSearch] {
    if case .all(let operands) = kind { operands.flatMap(\.conjuncts) } else { [self] }
  }
}
