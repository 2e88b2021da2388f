import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What the columns of a table hold.
enum AthenaStore {
  /// What the table of the rule's query makes of each event; without a rule, the one of `options.schema`, by default
  /// CloudTrail's. What the query does not read is not looked at.
  static func stored(
    _ events: [Event], for rule: Rule?, options: LanguageOptions
  ) throws(Diagnostic) -> [StoredEvent] {
    let table = try table(for: rule, options)
    let plain = AthenaPlainRow(table.definition)
    let names = rule.flatMap { table.columns(readFor: $0) }
    let columns = table.schema.fields.filter { names?.contains($0.name) ?? true }.map(AskedColumn.init)
    let paths = (rule.map { $0.condition.paths + $0.countedPaths } ?? []).compactMap {
      AskedPath($0, table, fixtures: rule?.fixtures.map(\.event) ?? [])
    }
    return events.map { event in
      var members = AthenaMembers(event)
      var changes: [StoredEvent.Change] = []
      if !plain.keeps(event) { changes = self.changes(of: &members, in: table, columns, reading: names) }
      for path in paths { path.change(in: &members).map { changes.append($0) } }
      return StoredEvent(changes)
    }
  }

  /// What is assumed of the rows of that table. Tables that are built in, or made for a rule, name readers of JSON.
  static func notes(for rule: Rule?, options: LanguageOptions) throws(Diagnostic) -> [Diagnostic] {
    if options.schema == nil { return [] }
    let table = try table(for: rule, options)
    return Diagnostic.rows(of: table.schema.name, table.definition.format).map { [$0] } ?? []
  }

  private static func table(
    for rule: Rule?, _ options: LanguageOptions
  ) throws(Diagnostic) -> AthenaTable {
    guard let rule else {
      if options.schema == nil, options.athena.untyped { throw .noRuleForTable }
      return try AthenaTable(known: options)
    }
    return try AthenaTable(for: rule, options)
  }

  private static func changes(
    of members: inout AthenaMembers, in table: AthenaTable, _ columns: [AskedColumn], reading names: [String]?
  ) -> [StoredEvent.Change] {
    let readings = AthenaStoredEvent(members.event, in: table.definition, reading: names).readings
    var changes: [StoredEvent.Change] = []
    var seen: Set<StoredEvent.Change> = []
    for change in readings.flatMap(\.changes) where seen.insert(change).inserted { changes.append(change) }
    let told = Set(changes.map { ScalarText($0.field) })
    for column in columns where !told.contains(ScalarText(column.name.text)) {
      column.change(in: &members).map { changes.append($0) }
    }
    return changes
  }
}

/// A column that a query reads.
private struct AskedColumn {
  let name: AthenaMembers.Name
  let type: FieldType

  init(_ column: Schema.Field) { (name, type) = (AthenaMembers.Name(column.name), column.type) }

  /// What becomes of its value besides what the readers do: the engine spells it anew.
  func change(in members: inout AthenaMembers) -> StoredEvent.Change? {
    guard let value = members[name], !value.keepsNumbers(in: type) else { return nil }
    return StoredEvent.Change(
      .value, name.text, "`\(name.text)` has numbers in arrays, which `json_extract` spells anew")
  }
}

/// A path that a rule asks.
private struct AskedPath {
  private let path: FieldPath
  private let first: AthenaMembers.Name
  private let column: Schema.Field
  /// Whether the query asks each element of an array that the column's text is.
  private let asksElements: Bool

  /// `fixtures`: what the query's writer knows of arrays besides the path.
  init?(_ path: FieldPath, _ table: AthenaTable, fixtures: [Event]) {
    guard let name = path.names.first, let column = table.column(name) else { return nil }
    (self.path, first, self.column) = (path, AthenaMembers.Name(name), column)
    asksElements =
      column.type == .text && table.isJSONColumn(column.name)
      && path.shape(in: fixtures).arrays.first == true
  }

  /// What of the event on the way of the path the query does not see, or sees where the rule does not.
  func change(in members: inout AthenaMembers) -> StoredEvent.Change? {
    var unseen: Value.Unseen?
    if let exact = members.event.value(of: first.text) {
      let rest = path.names.dropFirst()
      if case .array = exact, asksElements {
        unseen = exact.holdsNestedArray(rest) ? .array : nil
      } else {
        unseen = exact.unseen(rest, column.type)
      }
    } else if let key = members.key(of: first) {
      unseen = .letterCase(key)
    }
    switch unseen {
    case .letterCase(let key)?:
      return told("`\(key.visible())` on the way to `\(path)`, and its table ignores letter case")
    case .array?:
      return told("an array on the way to `\(path)` whose elements its column does not tell apart")
    case nil: return nil
    }
  }

  private func told(_ what: String) -> StoredEvent.Change {
    StoredEvent.Change(.value, path.description, "the log has \(what)")
  }
}

extension AthenaTable {
  /// The names of the columns that the query of a rule reads; `nil` for all of them.
  func columns(readFor rule: Rule) -> [String]? {
    let fields = rule.outputFields.compactMap { $0.path.names.first.flatMap(column)?.name }
    let shown = eventColumns + fields
    return shown.isEmpty ? nil : columns(askedBy: rule).map(\.name) + shown
  }
}

/// The members of an event as a table's columns find them, for many columns: each is found in a time that does not grow
/// with the event.
struct AthenaMembers {
  /// A name to look for.
  struct Name {
    /// As it is spelled.
    let text: String
    /// In lower case.
    let lower: ScalarText

    init(_ text: String) { (self.text, lower) = (text, ScalarText(LetterCase.lower(text))) }
  }

  let event: Event
  /// The place of the last member of each name in lower case; made when a name is first missed in its own spelling.
  private var places: [ScalarText: Int]?

  init(_ event: Event) { self.event = event }

  /// The value of a key, in that spelling or, failing that, in another letter case.
  subscript(name: Name) -> Value? {
    mutating get { event.value(of: name.text) ?? place(of: name).map { event.object.members[$0].value } }
  }

  /// The last key that is a name but for letter case, as it is spelled.
  mutating func key(of name: Name) -> String? { place(of: name).map { event.object.members[$0].key } }

  private mutating func place(of name: Name) -> Int? {
    let known =
      places
      ?? Dictionary(
        event.object.members.enumerated().map { (ScalarText(LetterCase.lower($1.key)), $0) },
        uniquingKeysWith: { _, last in last })
    places = known
    return known[name.lower]
  }
}

extension Value.Object {
  /// The value of a key, in that spelling or, failing that, in another letter case.
  func member(_ name: String) -> Value? {
    if let exact = self[name] { return exact }
    let wanted = LetterCase.lower(name)
    return members.last { LetterCase.lower($0.key).sameScalars(as: wanted) }?.value
  }
}

extension Value {
  /// The value with each number in its shortest spelling and each key once.
  var normalized: Value {
    switch self {
    case .null, .bool, .string, .malformedString: return self
    case .number(let number): return Number(number.shortest).map(Value.number) ?? self
    case .array(let items): return .array(items.map(\.normalized))
    case .object(let object):
      var result = Object()
      for member in object.members { result[member.key] = member.value.normalized }
      return .object(result)
    }
  }
}

extension Value {
  /// What a query takes in another way than a rule.
  fileprivate enum Unseen {
    /// This key is that of the way in another letter case: to a struct's field they are the same.
    case letterCase(String)
    /// An array in a text that is compared as one, at the top of a column of JSON, or right within another array: a rule
    /// asks its elements.
    case array
  }

  /// The first such thing on a way through a column of that type.
  fileprivate func unseen(_ names: ArraySlice<String>, _ type: FieldType) -> Unseen? {
    switch (self, type) {
    case (.array, .text): return .array
    case (.object(let object), .text):
      guard let name = names.first, let value = object[name] else { return nil }
      return value.holdsNestedArray(names.dropFirst()) ? .array : nil
    case (.array(let items), .array(let element)):
      return items.lazy.compactMap { $0.unseen(names, element) }.first
    case (.object(let object), .map(let element)):
      return names.first.flatMap { object[$0] }.flatMap { $0.unseen(names.dropFirst(), element) }
    case (.object(let object), .structure(let fields)):
      guard let name = names.first, let field = AthenaTable.field(name, in: fields) else { return nil }
      for member in object.members where LetterCase.ignored.equates(member.key, name) {
        if !member.key.sameScalars(as: name) { return .letterCase(member.key) }
        if let deeper = member.value.unseen(names.dropFirst(), field.type) { return deeper }
      }
      return nil
    case (.null, _), (.bool, _), (.number, _), (.string, _), (.malformedString, _), (.array, _), (.object, _):
      return nil
    }
  }

  /// Whether an array on a way through JSON has an array for an element.
  fileprivate func holdsNestedArray(_ names: ArraySlice<String>) -> Bool {
    switch self {
    case .null, .bool, .number, .string, .malformedString: return false
    case .object(let object):
      return names.first.flatMap { object[$0] }?.holdsNestedArray(names.dropFirst()) ?? false
    case .array(let items):
      return items.contains { item in
        if case .array = item { return true }
        return item.holdsNestedArray(names)
      }
    }
  }

  /// Whether a query finds its numbers in a column of that type: only of text columns it reads JSON.
  fileprivate func keepsNumbers(in type: FieldType) -> Bool {
    if case .text = type { keepsNumbers(inArray: false) } else { true }
  }

  /// Whether its numbers are in a query what they are in the text: those of elements are spelled anew, and those that
  /// are no double have no value.
  fileprivate func keepsNumbers(inArray: Bool) -> Bool {
    switch self {
    case .null, .bool, .string, .malformedString: true
    case .number(let number):
      number.double.isFinite && (!inArray || number.isSpelledAlike)
    case .array(let items): items.allSatisfy { $0.keepsNumbers(inArray: true) }
    case .object(let object): object.members.allSatisfy { $0.value.keepsNumbers(inArray: inArray) }
    }
  }
}

extension Number {
  /// Whether Java spells it as its shortest decimal: a whole number, or a double of a size that it writes without an
  /// exponent (from 0.001 to 10,000,000) and of so few digits that every version of Java writes them alike.
  fileprivate var isSpelledAlike: Bool {
    if shortest.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") }) { return true }
    return (1e-3..<1e7).contains(double.magnitude) && shortest.utf8.count(where: \.isDigit) <= 15
  }
}
