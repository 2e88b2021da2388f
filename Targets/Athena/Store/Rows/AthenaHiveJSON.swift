import ConcordDiagnostics
import ConcordDocuments

/// The row by Hive's class, `JsonSerDe` of hive-hcatalog-core.
///
/// It asks a parser of a stream for the text of whatever token comes next, so an object in a text column gives `{` and
/// leaves the parser inside: the object's keys are then taken for those of what the column stands in, and its end for
/// the end of that.
struct AthenaHiveJSON {
  private var tokens: AthenaHiveTokens
  private var opened: [String] = []
  private var column = ""

  static func row(of object: Value.Object, _ columns: [AthenaColumn]) -> AthenaReadRow {
    var reader = AthenaHiveJSON(tokens: AthenaHiveTokens(object))
    var row = AthenaReadRow(values: columns.map { _ in .null })
    do throws(AthenaRowFailure) {
      _ = try reader.tokens.next()
      while let token = try reader.tokens.next(), token.kind != .objectEnd {
        try reader.read(token, into: &row.values, columns, isRow: true)
      }
    } catch {
      row.values = columns.map { _ in .null }
      row.failures = [AthenaRowFailure(error.reason, in: reader.column)]
    }
    row.opened = reader.opened
    return row
  }

  /// Reads the value of a key into its column, or passes over it.
  private mutating func read(
    _ token: AthenaHiveTokens.Token, into values: inout [AthenaStoredValue], _ columns: [AthenaColumn],
    isRow: Bool = false
  ) throws(AthenaRowFailure) {
    guard token.kind == .key else { throw AthenaRowFailure("an array is read as keys and values") }
    guard let place = try place(of: token.text, columns) else { return try tokens.skipValue() }
    if isRow { column = columns[place].name }
    values[place] = try value(tokens.required(), columns[place].type)
  }

  /// Where the column of a key stands: that of its name in any letter case, or of the form `_col5`.
  private func place(of key: String, _ columns: [AthenaColumn]) throws(AthenaRowFailure) -> Int? {
    if let place = columns.firstIndex(where: { AthenaKeys.areSame(key, $0.name) }) { return place }
    guard let (digits, number) = AthenaKeys.internalNumber(key) else { return nil }
    guard let number, String(number) == digits, number < columns.count else {
      throw AthenaRowFailure("the key `\(key.visible())` names no column")
    }
    return number
  }

  private mutating func value(
    _ token: AthenaHiveTokens.Token, _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    if case .null = token.value, token.kind == .value { return .null }
    switch type {
    case .string, .varchar, .char, .boolean, .decimal, .timestamp, .date:
      if token.kind == .objectStart { opened.append(column) }
      return try scalar(token, type)
    case .integer, .real: return try scalar(token, type)
    case .array(let element):
      guard token.kind == .arrayStart else { throw .kind(token.value, as: type) }
      var items: [AthenaStoredValue] = []
      while case let token = try tokens.required(), token.kind != .arrayEnd {
        items.append(try value(token, element))
      }
      return .array(items)
    case .map(let keyType, let element):
      guard token.kind == .objectStart else { throw .kind(token.value, as: type) }
      return try map(keyType, element)
    case .structure(let fields):
      guard token.kind == .objectStart else { throw .kind(token.value, as: type) }
      var values = fields.map { _ in AthenaStoredValue.null }
      while case let token = try tokens.required(), token.kind != .objectEnd {
        try read(token, into: &values, fields)
      }
      return .row(values)
    }
  }

  private func scalar(
    _ token: AthenaHiveTokens.Token, _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    switch type {
    case .boolean: return .boolean(token.text.isTrue)
    case .integer(let bits):
      guard case .number(let number) = token.value else { throw .kind(token.value, as: type) }
      guard let value = AthenaJSONNumbers.integer(number, bits: bits) else {
        throw .size(token.text, as: type)
      }
      return .integer(value)
    case .real(let bits):
      guard case .number(let number) = token.value else { throw .kind(token.value, as: type) }
      return .real(AthenaJSONNumbers.real(number, bits: bits))
    case .decimal(let precision, let scale):
      // What is no number, or too large, is NULL.
      let number = AthenaJavaNumber(token.text)?.rounded(precision: precision, scale: scale)
      return number.map { .decimal($0) } ?? .null
    case .timestamp:
      guard let moment = AthenaStoredMoment.local(token.text) else { throw .text(token.text, as: type) }
      return moment.storedMoment
    case .date:
      guard let date = AthenaStoredMoment.date(token.text) else { throw .text(token.text, as: type) }
      return date.storedDate
    case .string, .varchar, .char, .array, .map, .structure: return token.text.stored(as: type)
    }
  }

  /// The members up to the next end of an object. The key is that of the place, whatever token stands there.
  private mutating func map(
    _ keyType: AthenaColumnType, _ element: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    var members = AthenaMapMembers()
    while case let token = try tokens.required(), token.kind != .objectEnd {
      members.set(token.key.map { $0.stored(as: keyType) }, try value(tokens.required(), element))
    }
    return members.value
  }
}

/// The members of a map column, each key once: the last one counts.
struct AthenaMapMembers {
  private var places: [ScalarText: Int] = [:]
  private var members: [(key: String, value: AthenaStoredValue)] = []

  init() {}

  /// The members of an object, in a map of keys of that type.
  init(
    _ object: Value.Object, key: AthenaColumnType,
    value: (Value) throws(AthenaRowFailure) -> AthenaStoredValue
  ) throws(AthenaRowFailure) {
    for member in object.members { set(member.key.stored(as: key), try value(member.value)) }
  }

  /// Keeps a member. A key of another type than text is kept as its text: no question asks for one. A key that is
  /// missing is Java's `null`.
  mutating func set(_ key: AthenaStoredValue?, _ value: AthenaStoredValue) {
    var name = "null"
    if case .text(let text)? = key { name = text }
    if let place = places[ScalarText(name)] {
      members[place].value = value
    } else {
      places[ScalarText(name)] = members.count
      members.append((name, value))
    }
  }

  var value: AthenaStoredValue { .map(members) }
}
