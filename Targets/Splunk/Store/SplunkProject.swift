import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a project says of a log in Splunk.
enum SplunkProject {
  /// The keys that say where a log is: fields of every event, and what the user's configuration names.
  private static let places = ["index", "sourcetype", "source", "host", "eventtype", "tag", "splunk_server"]

  static let role = ProjectRole(
    keys: places.map { .init($0, "the log's `\($0)`, or a list of which one is meant; `*` is a wildcard") }
      + [
        .init("datamodel", "the data set of a data model that holds the log, as `Endpoint.Processes`"),
        .init("macro", "the macro, without backticks, that stands for where the log is"),
        .init("extracted-fields", "true: events are fields that an add-on extracts, not JSON text"),
        .init("fields", "for `host`, `source` and their like: the event's field that each repeats"),
      ],
    isPlaceGiven: { $0.splunk.source != nil }, fact: SplunkPlaces.fact, read: read)

  private static func read(_ section: ProjectSection) throws(Diagnostic) -> PlatformLog {
    var log = PlatformLog()
    var parts: [Condition] = []
    for field in places {
      guard let fact = SplunkPlaces.fact(field), let texts = try section.texts(field) else { continue }
      let asked = try texts.map { (text) throws(Diagnostic) -> Condition in
        guard SplunkLiteral.foldsCertainly(text) else {
          throw .splunkIgnoredCase(text, section.value(field)?.span)
        }
        return .place(fact, .text(SplunkWildcards.pattern(text), .ignored))
      }
      parts.append(.any(asked))
      if field == "sourcetype", texts.count == 1, LetterCase.lower(texts[0]) == SplunkPlaces.cloudTrail {
        log.known = (asked[0], SplunkCloudTrail.log.source)
      }
    }
    if let macro = try section.text("macro") {
      parts.append(.place(SplunkPlaces.macro, .text(.equals(macro), .exact)))
    }
    if let name = try section.text("datamodel") {
      guard let set = SplunkDataSet(name) else {
        throw .projectExpected(
          "a data set, as `Endpoint.Processes`", of: "`datamodel`", at: section.value("datamodel")?.span)
      }
      parts.append(.place(SplunkPlaces.dataModel, .text(.equals(set.name), .exact)))
    }
    log.place = .all(parts)
    if let isExtracted = try section.flag("extracted-fields") {
      log.settings.append { $0.splunk.extractedFields = $0.splunk.extractedFields || isExtracted }
    }
    if let fields = try section.section("fields", keys: places) {
      for entry in fields.entries {
        let name = entry.key.scalar ?? ""
        guard let fact = SplunkPlaces.fact(name), let text = try fields.text(name) else { continue }
        guard let path = FieldPath(dotted: text) else {
          throw .projectExpected("a field, as `Computer`", of: "`\(name)`", at: entry.value.span)
        }
        log.fields[fact] = path
      }
    }
    return log
  }
}
