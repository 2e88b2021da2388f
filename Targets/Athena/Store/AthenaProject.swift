import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a project says of a log in Athena.
enum AthenaProject {
  static let role = ProjectRole(
    keys: [
      .init("schema", "the file with the table's CREATE EXTERNAL TABLE statement"),
      .init("catalog", "the catalog of the table"),
      .init("database", "the database of the table, if the statement does not name it"),
      .init("table", "the table's name, if it is not the statement's"),
      .init("untyped", "true: every field is a text column of its own name, where there is no statement"),
      .init("time-column", "the column that says when an event happened (eventtime)"),
      .init(
        "partitions",
        "for each partition column: `date`, a pattern of its dates as `yyyy/MM/dd`, or the event's field that it repeats"
      ),
    ],
    isPlaceGiven: { $0.athena.table != nil || $0.schema != nil },
    fact: { ["table", "database", "catalog"].contains($0) ? PlaceFact($0, of: "athena") : nil }, read: read)

  private static func read(_ section: ProjectSection) throws(Diagnostic) -> PlatformLog {
    var log = PlatformLog()
    var name: [String] = []
    if let ddl = try section.file("schema") {
      let schema = try AthenaDDL.table(ddl)
      name = schema.container + [schema.name]
      log.settings.append { if $0.schema == nil { $0.schema = ddl } }
    }
    if let table = try section.read(
      "table", { (text) throws(Diagnostic) in try AthenaTable.name(text, option: "table") })
    {
      name = table.count > 1 ? table : name.dropLast() + table
    }
    let containers = try [section.text("catalog"), section.text("database")].compactMap { $0 }
    if !containers.isEmpty {
      guard let table = name.last else { throw .projectTableMissing(at: section.node.span) }
      name = containers + [table]
    }
    log.place = AthenaPlaces.place(ofTable: name)
    if try section.flag("untyped") == true {
      log.settings.append { if $0.schema == nil { $0.athena.untyped = true } }
    }
    if let column = try section.text("time-column") {
      log.settings.append { if $0.athena.timeColumn == nil { $0.athena.timeColumn = column } }
    }
    if let partitions = try section.section("partitions", keys: nil) { try read(partitions, into: &log) }
    return log
  }

  private static func read(
    _ partitions: ProjectSection, into log: inout PlatformLog
  ) throws(Diagnostic) {
    for entry in partitions.entries {
      let column = entry.key.scalar ?? ""
      guard let word = try partitions.text(column) else { continue }
      let name = LetterCase.lower(column)
      if word == "date" || AthenaDatePattern(word) != nil {
        log.settings.append { $0.athena.datePartitions[name] = word }
      } else {
        guard let steps = FieldPath(dotted: word) else {
          throw .projectExpected(
            "`date`, a pattern of dates or a field", of: "`\(column)`", at: entry.value.span)
        }
        log.fields[AthenaPlaces.partition(column)] = steps
        log.settings.append { $0.athena.fieldPartitions[name] = steps }
      }
    }
  }

  /// The log that a statement's table is in the project: by as much of its name as both state.
  static func log(for table: [String], _ options: LanguageOptions) -> ProjectLog? {
    options.logs.first { log in
      guard let place = log.platforms["athena"]?.place else { return false }
      let own = AthenaPlaces.table(of: place)
      return !own.isEmpty
        && zip(own.reversed(), table.reversed()).allSatisfy { AthenaLiteral.isSameName($0, $1) }
    }
  }

  /// The options with what the project says of a statement's table.
  static func options(_ options: LanguageOptions, for table: [String]) -> LanguageOptions {
    guard !options.isResolved, let log = log(for: table, options) else { return options }
    var copy = options
    for setting in log.platforms["athena"]?.settings ?? [] { setting(&copy) }
    return copy
  }
}

/// How a partition column of dates spells them: `yyyy/MM/dd` or `yyyy-MM-dd`, or the same without marks, texts that are
/// in the order of their days.
struct AthenaDatePattern {
  /// What stands between year, month and day.
  let mark: String

  init?(_ pattern: String) {
    let marks = ["/", "-", "", "_", "."]
    guard let mark = marks.first(where: { pattern == ["yyyy", "MM", "dd"].joined(separator: $0) }) else {
      return nil
    }
    self.mark = mark
  }

  /// The pattern as Trino's `date_format` takes it.
  var format: String { ["%Y", "%m", "%d"].joined(separator: mark) }

  /// The day of an instant's text.
  func day(_ text: String) -> String { text.prefix(10).split(separator: "-").joined(separator: mark) }
}

extension Diagnostic {
  fileprivate static func projectTableMissing(at span: Span) -> Diagnostic {
    Diagnostic(
      .missingKey, "a database is given, and no table in it", in: nil, at: span,
      help: ["name it with `table`, or give its statement with `schema`"])
  }
}
