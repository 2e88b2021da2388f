import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Whether a column holds what the log has, as a query asks for it: a text, a boolean's or a number's shortest text, and
/// the JSON of objects in text columns; in others the value itself.
enum AthenaKeptValue {
  /// What changes of a column or field of that name. Each key that is the name in some letter case has to be kept: a
  /// rule may ask for any.
  static func change(
    of name: String, in object: Value.Object, _ stored: AthenaStoredValue, _ type: AthenaColumnType,
    path: String
  ) -> StoredEvent.Change? {
    let members = object.candidates(for: name)
    guard let last = members.last else { return change(nil, stored, type, path: path) }
    if let own = change(last.value, stored, type, path: path) { return own }
    for member in members.dropLast() {
      guard let lost = change(member.value, stored, type, path: path) else { continue }
      return StoredEvent.Change(
        lost.outcome, path,
        "`\(member.key.visible())` and `\(last.key.visible())` differ in letter case alone: "
          + "`\(path)` holds the last, \(stored.shown)")
    }
    return nil
  }

  private static func change(
    _ value: Value?, _ stored: AthenaStoredValue, _ type: AthenaColumnType, path: String
  ) -> StoredEvent.Change? {
    guard let value else {
      return stored.isNull ? nil : missing(stored, path: path)
    }
    switch (value, stored) {
    case (.null, .null): return nil
    case (.object(let object), .row(let items)):
      guard case .structure(let fields) = type else { break }
      for (field, item) in zip(fields, items) {
        let path = path + "." + field.name
        if let inner = change(of: field.name, in: object, item, field.type, path: path) { return inner }
      }
      return nil
    case (.array(let values), .array(let items)):
      guard case .array(let element) = type, values.count == items.count else { break }
      return zip(values, items).lazy.compactMap { change($0, $1, element, path: path + "[]") }.first
    case (.object(let object), .map(let members)):
      guard case .map(_, let element) = type else { break }
      return change(object, members, element, path: path)
    case (.null, _), (.bool, _), (.number, _), (.string, _), (.malformedString, _), (.array, _), (.object, _):
      if isKept(value, stored) { return nil }
    }
    return told(value, stored, path: path)
  }

  private static func change(
    _ object: Value.Object, _ members: [(key: String, value: AthenaStoredValue)], _ type: AthenaColumnType,
    path: String
  ) -> StoredEvent.Change? {
    for member in object.members {
      let path = path + "." + member.key.visible()
      guard let own = members.last(where: { $0.key.sameScalars(as: member.key) }) else {
        return StoredEvent.Change(
          .null, path, "`\(path)` is in the log, its column does not have the key")
      }
      if let value = object[member.key], let inner = change(value, own.value, type, path: path) {
        return inner
      }
    }
    let added = members.first { own in !object.members.contains { $0.key.sameScalars(as: own.key) } }
    return added.map { missing($0.value, path: path + "." + $0.key.visible()) }
  }

  private static func missing(_ stored: AthenaStoredValue, path: String) -> StoredEvent.Change {
    StoredEvent.Change(
      .value, path, "`\(path)` is missing in the log, its column holds \(stored.shown)")
  }

  private static func told(_ value: Value, _ stored: AthenaStoredValue, path: String) -> StoredEvent.Change {
    var text = "`\(path)` is \(value.shown) in the log, its column holds \(stored.shown)"
    switch (value, stored) {
    case (.number(let number), .text): text += ", not \(number.shortest)"
    case (.object, .text), (.array, .text):
      let lost = [true, false].map { value.keptByOpenX(ignoringCase: $0, repeatedMove: false) }
      text +=
        lost[0] == lost[1]
        ? ", with numbers in another spelling" : ", without keys that another one is in other letter case"
    case (.null, _), (.bool, _), (.number, _), (.string, _), (.malformedString, _), (.array, _), (.object, _):
      break
    }
    return StoredEvent.Change(stored.isNull ? .null : .value, path, text)
  }

  private static func isKept(_ value: Value, _ stored: AthenaStoredValue) -> Bool {
    switch (value, stored) {
    case (.null, .null): true
    case (_, .boolean(let own)): value.comparedText == (own ? "true" : "false")
    case (.array, .text(let text)), (.object, .text(let text)): isJSON(value, text)
    case (_, .text(let text)): value.comparedText?.sameScalars(as: text) ?? false
    case (.number(let number), .integer(let own)): number.shortest == String(own)
    case (.number(let number), .real(let own)): own.isFinite && number.double == own
    case (.number(let number), .decimal(let own)): number == own
    // No question asks for a moment, so that any is as good.
    case (_, .moment): true
    case (.null, _), (.bool, _), (.number, _), (.string, _), (.malformedString, _), (.array, _), (.object, _):
      false
    }
  }

  /// Whether a text is the value's JSON, in whatever way its texts are escaped.
  private static func isJSON(_ value: Value, _ text: String) -> Bool {
    let wanted = value.normalized.compactJSON
    if wanted.sameScalars(as: text) { return true }
    return (try? JSON.parse(text))?.compactJSON.sameScalars(as: wanted) ?? false
  }
}
