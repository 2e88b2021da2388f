import ConcordDiagnostics
import ConcordDocuments

/// The SERDEPROPERTIES that change a row of OpenX's class and of Trino's reader for it. `ignore.malformed.json` is about
/// lines that are no event, and `explicit.null` about files that are written.
struct AthenaOpenXProperties {
  /// The key that is read for a column or field, by the name of that in lower case.
  private let mappings: [String: String]
  private let ignoresCase: Bool
  private let replacesDots: Bool
  /// Whether the reader is Trino's.
  private let isTrino: Bool
  /// Whether a text that is not of its column's type ends the query: later versions of Trino.
  let isStrict: Bool

  init(_ properties: [String: String], isTrino: Bool) {
    self.isTrino = isTrino
    isStrict = properties["strict.parsing"].map(\.isTrue) ?? false
    let ignoresCase = properties["case.insensitive"].map(\.isTrue) ?? true
    self.ignoresCase = ignoresCase
    replacesDots = properties["dots.in.keys"].map(\.isTrue) ?? false
    var mappings: [String: String] = [:]
    for (key, value) in properties where key.hasPrefix("mapping.") {
      mappings[String(key.dropFirst(8))] = ignoresCase ? AthenaKeys.lower(value) : value
    }
    self.mappings = mappings
  }

  /// The row of an object: `value` makes what a column of a type holds.
  func row(
    of object: Value.Object, _ columns: [AthenaColumn], isRead: (AthenaColumn) -> Bool,
    value: (Value, AthenaColumnType) throws(AthenaRowFailure) -> AthenaStoredValue
  ) -> AthenaReadRow {
    let object = object.keptByOpenX(ignoringCase: ignoresCase, repeatedMove: isTrino)
    var row = AthenaReadRow(values: columns.map { _ in .null })
    for (place, column) in columns.enumerated() where isRead(column) {
      guard let found = field(column.name, of: object) else { continue }
      do throws(AthenaRowFailure) {
        row.values[place] = try value(found, column.type)
      } catch {
        row.failures.append(AthenaRowFailure(error.reason, in: column.name))
      }
    }
    return row
  }

  /// The value that is read for a column or field: that of its name or of the key that it is mapped to, failing that of
  /// the first key that is the name once its points are underscores.
  func field(_ name: String, of object: Value.Object) -> Value? {
    let name = AthenaKeys.lower(name)
    let wanted = mappings[name] ?? name
    let found = object.members.last { member in
      ignoresCase ? AthenaKeys.areSame(member.key, wanted) : member.key.sameScalars(as: wanted)
    }
    if found != nil || !replacesDots { return found?.value }
    return object.members.first { member in
      guard member.key.utf8.contains(UInt8(ascii: ".")) else { return false }
      let key = String(member.key.map { $0 == "." ? "_" : $0 })
      return isTrino && ignoresCase ? AthenaKeys.areSame(key, name) : key.sameScalars(as: name)
    }?.value
  }
}

extension Value.Object {
  /// The object as OpenX's parsers keep it: of keys that are the same but for letter case the last alone, in its place in
  /// the line. One that is the same in letter case too takes the place of the first, unless `repeatedMove`.
  func keptByOpenX(ignoringCase: Bool, repeatedMove: Bool) -> Value.Object {
    var places: [ScalarText: Int] = [:]
    var kept: [Member?] = []
    for member in members {
      var member = member
      member.value = member.value.keptByOpenX(ignoringCase: ignoringCase, repeatedMove: repeatedMove)
      let id = ScalarText(ignoringCase ? AthenaKeys.lower(member.key) : member.key)
      if let place = places[id] {
        if !repeatedMove, kept[place]?.key.sameScalars(as: member.key) == true {
          kept[place] = member
          continue
        }
        kept[place] = nil
      }
      places[id] = kept.count
      kept.append(member)
    }
    return Value.Object(kept.compactMap { $0 })
  }
}

extension Value {
  func keptByOpenX(ignoringCase: Bool, repeatedMove: Bool) -> Value {
    switch self {
    case .null, .bool, .number, .string, .malformedString: self
    case .array(let items):
      .array(items.map { $0.keptByOpenX(ignoringCase: ignoringCase, repeatedMove: repeatedMove) })
    case .object(let object):
      .object(object.keptByOpenX(ignoringCase: ignoringCase, repeatedMove: repeatedMove))
    }
  }

  /// The value as JSON, its scalars as they are given.
  func openXJSON(_ scalar: (Value) -> String) -> String {
    switch self {
    case .null, .bool, .number, .string, .malformedString: return scalar(self)
    case .array(let items): return "[" + items.map { $0.openXJSON(scalar) }.joined(separator: ",") + "]"
    case .object(let object):
      let members = object.members.map { $0.key.openXQuoted + ":" + $0.value.openXJSON(scalar) }
      return "{" + members.joined(separator: ",") + "}"
    }
  }
}

extension String {
  /// The text in quotes as both of OpenX's writers escape it: `</` as `<\/`.
  var openXQuoted: String {
    var result = "\""
    var last: Unicode.Scalar = " "
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "/": result += last == "<" ? "\\/" : "/"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\u{C}": result += "\\f"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
      last = scalar
    }
    return result + "\""
  }
}
