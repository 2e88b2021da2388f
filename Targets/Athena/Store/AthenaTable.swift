import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The table that a query reads.
struct AthenaTable {
  /// The time column where nothing names another: CloudTrail's.
  static let defaultTimeColumn = "eventtime"

  /// Its columns.
  var schema: Schema
  /// The same as its statement declares them, and who reads its files.
  let definition: AthenaTableDefinition
  /// The parts of its name in the query.
  var name: [String]
  /// Whether it is the documented CloudTrail table, of which more is known than its DDL says.
  var isCloudTrail = false
  /// Whether it is an event data store of CloudTrail Lake.
  private(set) var isLake = false
  /// Whether its columns are those that a statement or a rule let assume.
  private(set) var isAssumed = false
  /// The column that says when an event happened.
  let timeColumn: String
  /// The partition columns of dates and those that are fields, as the options have them.
  let datePartitions: [String: String]
  let fieldPartitions: [String: FieldPath]
  /// The text columns that are known to hold an object as JSON, in lower case.
  private let jsonColumns: Set<String>

  /// The table for a rule: that of the user's DDL, CloudTrail Lake's, CloudTrail's, or with `untyped` the one that the rule's fields
  /// let assume. Throws where the user's DDL does not parse, and where there is no table.
  init(for rule: Rule, _ options: LanguageOptions) throws(Diagnostic) {
    if let ddl = options.schema {
      try self.init(AthenaDDL.definition(ddl), options)
    } else if CloudTrailLake.isNamed(AthenaPlaces.table(of: rule.place)) {
      try self.init(CloudTrailLake.definition.get(), options)
      isLake = true
    } else if rule.isOfCloudTrail || !options.athena.untyped && rule.isTaken(forCloudTrailOf: options) {
      try self.init(CloudTrailTable.definition.get(), options, isCloudTrail: true)
    } else if options.athena.untyped {
      var options = options
      // A statement's time column is one of its table, though no field of the rule.
      let asksTime = rule.window.conjuncts.contains { part in
        part != .always(true) && AthenaPlaces.asks(AthenaTable.defaultTimeColumn, part)
      }
      if asksTime && rule.isOfAthena || rule.aggregate.map({ $0.period != .whole }) ?? false,
        options.athena.timeColumn == nil
      {
        options.athena.timeColumn = AthenaTable.defaultTimeColumn
      }
      try self.init(
        AthenaAssumedTable(for: rule), named: AthenaAssumedTable.name(for: rule.logSources), options)
    } else {
      if let fact = rule.place.facts.first {
        throw .placeNotMapped(fact, in: "Athena SQL", help: AthenaPlaces.help)
      }
      throw .noTable()
    }
    let own = AthenaPlaces.table(of: rule.place)
    if options.athena.table == nil, !own.isEmpty { name = own }
  }

  /// The table that a statement reads: that of the user's DDL or project, CloudTrail Lake's by its name, with `untyped` the one that its names let
  /// assume, otherwise CloudTrail's. Throws where the user's DDL does not parse.
  init(for query: AthenaQuery, _ options: LanguageOptions) throws(Diagnostic) {
    let options = AthenaProject.options(options, for: query.table)
    if options.schema == nil, CloudTrailLake.isNamed(query.table) {
      try self.init(CloudTrailLake.definition.get(), options)
      isLake = true
    } else if options.schema == nil, options.athena.untyped {
      try self.init(AthenaAssumedTable(for: query), named: query.table.last ?? "logs", options)
    } else {
      try self.init(known: options)
    }
  }

  /// The table of the user's DDL, otherwise CloudTrail's. Throws where the DDL does not parse.
  init(known options: LanguageOptions) throws(Diagnostic) {
    if let ddl = options.schema {
      try self.init(AthenaDDL.definition(ddl), options)
    } else {
      try self.init(CloudTrailTable.definition.get(), options, isCloudTrail: true)
    }
  }

  private init(_ assumed: AthenaAssumedTable, named name: String, _ options: LanguageOptions)
    throws(Diagnostic)
  {
    var schema = assumed.schema(named: name)
    // What the project says is a partition is no column of an event.
    let partitions = Array(options.athena.datePartitions.keys) + Array(options.athena.fieldPartitions.keys)
    schema.partitions = partitions.sorted().map { Schema.Field($0, .text) }
    schema.fields.removeAll { field in partitions.contains { AthenaLiteral.isSameName($0, field.name) } }
    if let time = options.athena.timeColumn, AthenaTable.field(time, in: schema.fields) == nil {
      schema.fields.append(Schema.Field(time, .text))
    }
    try self.init(AthenaTableDefinition(schema, .openX), options, jsonColumns: assumed.jsonColumns)
    isAssumed = true
  }

  private init(
    _ definition: AthenaTableDefinition, _ options: LanguageOptions, isCloudTrail: Bool = false,
    jsonColumns: Set<String>? = nil
  ) throws(Diagnostic) {
    self.definition = definition
    schema = definition.schema
    self.isCloudTrail = isCloudTrail
    timeColumn = options.athena.timeColumn ?? AthenaTable.defaultTimeColumn
    (datePartitions, fieldPartitions) = (options.athena.datePartitions, options.athena.fieldPartitions)
    self.jsonColumns = jsonColumns ?? CloudTrailTable.jsonColumns
    if let text = options.athena.table {
      name = try AthenaTable.name(text, option: "--table")
    } else {
      name = schema.container + [schema.name]
    }
  }

  /// The text of a date pattern of a partition, and its column; `nil` where none is known in order.
  var orderedDates: (column: Schema.Field, pattern: AthenaDatePattern)? {
    for column in schema.partitions where column.type == .text {
      let word = datePartitions[LetterCase.lower(column.name)]
      if let pattern = word.flatMap(AthenaDatePattern.init) { return (column, pattern) }
      // As AWS documents the table of CloudTrail with partition projection, whose statement says the pattern too.
      if word == nil, AthenaLiteral.isSameName(column.name, "timestamp") {
        let stated = definition.format.tableProperties["projection.timestamp.format"]
        return AthenaDatePattern(stated ?? "yyyy/MM/dd").map { (column, $0) }
      }
    }
    return nil
  }

  /// The partition column whose dates are taken to be written as AWS documents it, since nothing says how they are.
  var takenDates: String? {
    guard let (column, _) = orderedDates, datePartitions[LetterCase.lower(column.name)] == nil,
      definition.format.tableProperties["projection.timestamp.format"] == nil
    else { return nil }
    return column.name
  }

  /// The column of that name, in whatever letter case: SQL's names ignore it.
  func column(_ name: String) -> Schema.Field? { AthenaTable.field(name, in: schema.fields) }

  /// The partition column of that name.
  func partition(_ name: String) -> Schema.Field? { AthenaTable.field(name, in: schema.partitions) }

  /// Whether a reader that it may have makes no text of an object, but takes the object's keys for columns.
  var takesObjectsApart: Bool {
    definition.format.readers.contains(.hive) && !definition.format.handsOverJSON
  }

  /// The columns of moments on which a reader ends the query where the log has a text with `Z` or an offset.
  var columnsThatFail: [Schema.Field] {
    let readers = definition.format.readers
    guard readers.contains(where: { $0 == .hive || $0 == .trino || $0 == .csv }) else { return [] }
    return schema.fields.filter { $0.type == .timestamp }
  }

  /// The columns of an event's time and id, which every query shows: those that the table spells in lower case, since
  /// Windows' `EventID` is a field of a rule and no event's id, and that cannot end the query.
  var eventColumns: [String] {
    let failing = columnsThatFail
    return ["eventtime", "eventid"].filter {
      column($0)?.name == $0 && AthenaTable.field($0, in: failing) == nil
    }
  }

  /// The columns in which a rule looks for its fields.
  func columns(askedBy rule: Rule) -> [Schema.Field] {
    let paths = rule.condition.paths + rule.countedPaths
    return schema.fields.filter { column in
      paths.contains { AthenaLiteral.isSameName($0.names.first ?? "", column.name) }
    }
  }

  /// The declared type of what stands at a path, an array whole; `nil` where no type tells.
  func type(at path: FieldPath) -> AthenaColumnType? {
    let steps = path.withoutEach.steps[...]
    guard case .name(let name)? = steps.first else { return nil }
    return definition.columns.first { AthenaLiteral.isSameName($0.name, name) }?.type.type(
      at: steps.dropFirst())
  }

  /// The first part of a path at which an array is known to stand right within another, which the table's types do not
  /// say; `nil` where there is none. Of an element of each array by its index no type tells.
  func arrayInArray(on path: FieldPath, in events: [Event]) -> FieldPath? {
    guard let part = path.arrayInArray(in: events) else { return nil }
    if case .array(.array)? = type(at: part), !path.canonical.steps.contains(.each) { return nil }
    return part
  }

  /// The paths of a rule for which an assumed table has columns of one value, though nothing shows that there are no arrays.
  func takenAsSingle(by rule: Rule) -> [FieldPath] {
    guard isAssumed else { return [] }
    let events = rule.fixtures.map(\.event)
    return (rule.condition.paths + rule.countedPaths).distinct.filter {
      $0 == $0.withoutEach && !$0.shape(in: events).isKnown
    }
  }

  /// Whether a text column is known to hold an object as JSON.
  func isJSONColumn(_ name: String) -> Bool {
    jsonColumns.contains(LetterCase.lower(name)) && column(name)?.type == .text
  }

  static func field(_ name: String, in fields: [Schema.Field]) -> Schema.Field? {
    fields.first { LetterCase.ignored.equates($0.name, name) }
  }

  /// The parts of a table's name as a user writes it: `db.table`, parts that need it in double quotes.
  static func name(_ text: String, option: String) throws(Diagnostic) -> [String] {
    let source = Source(name: option, text: text)
    var parts: [String] = []
    var tokens = try AthenaLexer.tokens(of: source)[...]
    repeat {
      guard let token = tokens.popFirst() else { break }
      switch token.kind {
      case .word(let name), .quotedName(let name), .backquotedName(let name): parts.append(name)
      case .string, .number, .sign, .end: throw .expected("a table's name", token, in: source)
      }
      if tokens.first?.isSign(".") == true { tokens = tokens.dropFirst() } else { break }
    } while true
    if let token = tokens.first, token.kind != .end {
      throw .expected("the end of the name", token, in: source)
    }
    return parts
  }
}

extension Rule {
  /// Whether the rule says that it reads CloudTrail, and nothing else.
  var isOfCloudTrail: Bool { !logSources.isEmpty && logSources.allSatisfy(CloudTrailTable.log.covers) }

  /// Whether it says of its place or time what only Athena says.
  fileprivate var isOfAthena: Bool { (place.facts + window.facts).contains { $0.platform == "athena" } }

  /// Whether the rule says nothing of its log, and it is CloudTrail's: as the name of the table says that the options
  /// give, or as it was taken when the rule was read from a statement over a table of which nothing was known.
  fileprivate func isTaken(forCloudTrailOf options: LanguageOptions) -> Bool {
    guard logSources.isEmpty else { return false }
    let facts = place.facts
    if facts.isEmpty { return options.athena.table.map(CloudTrailTable.isNamed) ?? false }
    return facts.allSatisfy { $0.platform == "athena" }
  }
}
