import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a search says of the place and time of an event, as facts that only Splunk has.
enum SplunkPlaces {
  /// How Splunk is told where events are.
  static let help = "name the place where the events are with `--source`, or in the project file"
  /// A macro, with its arguments as it is written: what it stands for is in the user's configuration.
  static let macro = PlaceFact("macro", of: "splunk", hasManyTexts: true)
  /// A data set of a data model, as `Endpoint.Processes`, among whose events a search looks.
  static let dataModel = PlaceFact("datamodel", of: "splunk", hasManyTexts: true)
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
  /// The limits of the event's time, and of the time at which it was indexed.
  private static let times = Dictionary(
    uniqueKeysWithValues: ["earliest", "latest", "_index_earliest", "_index_latest"].map {
      ($0, PlaceFact($0, of: "splunk", isOfTime: true))
    })

  /// The fact that a field of that name is; `nil` for a field of the event.
  static func fact(_ field: String) -> PlaceFact? { fields[field] }

  /// Whether it is `index=*`, of which every event is: by itself it says no more than a search that names no place.
  static func isEverywhere(_ place: Condition) -> Bool {
    guard case .place(let fact, let atom) = place.kind, fact == fields["index"] else { return false }
    switch atom {
    case .present: return true
    case .text(let pattern, _): return pattern.pieces == [.anyRun]
    case .truthy, .oneOf, .regex, .number, .network, .sameAs, .array: return false
    }
  }

  /// The fact that a limit of the time window is; `nil` for all other names.
  static func time(_ field: String) -> PlaceFact? { times[field] }

  /// Whether Splunk makes a field of each event when it is indexed. [Knowledge Manager Manual, "Use default fields"]
  static func isOfIndexer(_ field: String) -> Bool { madeFields.contains(field) }

  private static let madeFields: Set<String> = [
    "date_hour", "date_mday", "date_minute", "date_month", "date_second", "date_wday", "date_year",
    "date_zone",
    "linecount", "punct", "timeendpos", "timestartpos", "_indextime", "_cd", "_bkt", "_si", "_serial",
    "_subsecond",
  ]

  /// Whether `search` takes a name for something else than a field of the event: a limit of the time window, also of those
  /// that are no longer recommended, a tag, or another search. [Search Reference, "search" and "Time modifiers"]
  static func isOfSearch(_ field: String) -> Bool {
    time(field) != nil || words.contains(field) || field.hasPrefix("tag::") || field.hasPrefix("eventtype::")
  }

  private static let words: Set<String> = [
    "daysago", "enddaysago", "endhoursago", "endminutesago", "endmonthsago", "endtime", "endtimeu",
    "eventtype",
    "eventtypetag", "hosttag", "hoursago", "minutesago", "monthsago", "savedsearch", "savedsplunk",
    "searchtimespandays", "searchtimespanhours", "searchtimespanminutes", "searchtimespanmonths",
    "sourcetypetag", "splunk_server", "splunk_server_group", "startdaysago", "starthoursago",
    "startminutesago", "startmonthsago", "starttime", "starttimeu", "tag", "timeformat",
  ]

  /// What a limit of the time window asks: a bound that every platform knows where the text is one, as `-24h` and whole
  /// seconds since 1970 are, otherwise in Splunk's own words. A day of `-1d` is the calendar's in the searcher's zone.
  /// When an event was indexed no other platform knows.
  /// [Search Reference, "Time modifiers"]
  static func window(_ name: String, _ text: String, at span: Span?) -> Condition? {
    guard let own = time(name) else { return nil }
    guard let shared = ["earliest": PlaceFact.since, "latest": .until][name] else {
      return .place(own, .text(.equals(text), .exact), origin: span)
    }
    if let seconds = Int(text), seconds > 0 {
      return .place(shared, .text(.equals(Instant(seconds: seconds).text), .exact), origin: span)
    }
    if let unit = text.last, "smh".contains(unit) || text == "now", let moment = Moment(text) {
      return .place(shared, .text(.equals(moment.text), .exact), origin: span)
    }
    return .place(own, .text(.equals(text), .exact), origin: span)
  }

  /// The field of the search that a limit of the window is; `nil` for other facts.
  static func name(ofTime fact: PlaceFact) -> String? { times.first { $0.value == fact }?.key }

  /// The names of the macros that say where events are: those that the user names, in flags or in the project.
  static func placeMacros(_ options: LanguageOptions) -> Set<String> {
    var names = Set(options.splunk.placeMacros)
    for place in options.logs.compactMap({ $0.platforms["splunk"]?.place }) {
      for part in place.conjuncts {
        if case .place(macro, .text(let pattern, _)) = part.kind, case .equals(let text) = pattern.shape {
          names.insert(SplunkMacroUse(text).name)
        }
      }
    }
    for word in (options.splunk.source ?? "").split(separator: " ") where word.hasPrefix("`") {
      names.insert(word.filter { $0 != "`" })
    }
    return names
  }

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
