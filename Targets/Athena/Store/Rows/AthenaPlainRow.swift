import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Tells events that every reader of a table plainly keeps, as most events of a log are, without making the rows: in a
/// time that does not grow with the table. Of what it does not tell nothing is known.
///
/// Its law: what is plain is kept (`AthenaStoredEvent.isKept`). Test: `AthenaRowTests.plain`.
struct AthenaPlainRow {
  private let columns: [ScalarText: AthenaColumn]
  /// The columns whose objects become JSON text, by the readers of the table; `nil` for all.
  private let jsonColumns: Set<String>?
  /// Whether the readers go by values alone.
  private let isPlain: Bool

  init(_ table: AthenaTableDefinition) {
    let readers = table.format.readers
    isPlain = readers.allSatisfy(\.takesValues) && table.format.properties.isEmpty
    columns = Dictionary(
      table.columns.map { (ScalarText(LetterCase.lower($0.name)), $0) },
      uniquingKeysWith: { first, _ in first })
    let keepsAll = readers.allSatisfy { $0 != .hive && $0 != .trino }
    jsonColumns = keepsAll ? nil : table.format.handsOverJSON ? CloudTrailTable.jsonColumns : []
  }

  /// Whether every reader plainly keeps the event.
  func keeps(_ event: Event) -> Bool {
    guard isPlain else { return false }
    var seen: Set<ScalarText> = []
    for member in event.object.members {
      guard let name = AthenaPlainRow.name(member.key), seen.insert(name).inserted else { return false }
      guard let column = columns[name] else {
        if isHarmless(member.value) { continue }
        return false
      }
      let keepsJSON = jsonColumns?.contains(name.string) ?? true
      guard isKept(member.value, column.type, keepsJSON: keepsJSON) else { return false }
    }
    return true
  }

  /// A key in lower case; `nil` where the readers may differ on it.
  private static func name(_ key: String) -> ScalarText? {
    guard key.utf8.count < 1000, key.utf8.allSatisfy({ $0 < 0x80 }), !key.hasPrefix("_") else { return nil }
    return ScalarText(LetterCase.lower(key))
  }

  private func isKept(_ value: Value, _ type: AthenaColumnType, keepsJSON: Bool) -> Bool {
    switch (type, value) {
    case (_, .null): true
    case (.string, .string), (.string, .bool), (.boolean, .bool): true
    case (.string, .number(let number)), (.integer(bits: 64), .number(let number)):
      AthenaPlainRow.isWhole(number, digits: 15)
    case (.integer(bits: 32), .number(let number)): AthenaPlainRow.isWhole(number, digits: 9)
    case (.real(bits: 64), .number(let number)): AthenaPlainRow.isWhole(number, digits: 15)
    case (.string, .array), (.string, .object): keepsJSON && isPlainJSON(value)
    case (.array(let element), .array(let items)):
      items.allSatisfy { isKept($0, element, keepsJSON: jsonColumns == nil) }
    case (.structure(let fields), .object(let object)): isKept(object, fields)
    case (.string, _), (.boolean, _), (.varchar, _), (.char, _), (.integer, _), (.real, _), (.decimal, _),
      (.timestamp, _), (.date, _), (.array, _), (.map, _), (.structure, _):
      false
    }
  }

  private func isKept(_ object: Value.Object, _ fields: [AthenaColumn]) -> Bool {
    var seen: Set<ScalarText> = []
    return object.members.allSatisfy { member in
      guard let name = AthenaPlainRow.name(member.key), seen.insert(name).inserted else { return false }
      let field = fields.first { LetterCase.lower($0.name).sameScalars(as: name.string) }
      return field.map { isKept(member.value, $0.type, keepsJSON: jsonColumns == nil) }
        ?? isHarmless(member.value)
    }
  }

  /// Whether readers give its JSON back: keys apart from one another in lower case, and whole numbers.
  private func isPlainJSON(_ value: Value) -> Bool {
    switch value {
    case .null, .bool, .string: true
    case .malformedString: false
    case .number(let number): AthenaPlainRow.isWhole(number, digits: 15)
    case .array(let items): items.allSatisfy(isPlainJSON)
    case .object(let object):
      Set(object.members.compactMap { AthenaPlainRow.name($0.key) }).count == object.members.count
        && object.members.allSatisfy { isPlainJSON($0.value) }
    }
  }

  /// Whether readers pass over it: a value that no column takes.
  private func isHarmless(_ value: Value) -> Bool {
    switch value {
    case .null, .bool, .string: true
    case .malformedString: false
    case .number(let number): number.written.utf8.count < 100
    case .array(let items): items.allSatisfy(isHarmless)
    case .object(let object):
      object.members.allSatisfy { AthenaPlainRow.name($0.key) != nil && isHarmless($0.value) }
    }
  }

  private static func isWhole(_ number: Number, digits: Int) -> Bool {
    let text = number.written
    return text.utf8.count <= digits && text != "-0"
      && text.utf8.dropFirst(text.hasPrefix("-") ? 1 : 0).allSatisfy(\.isDigit)
  }
}
