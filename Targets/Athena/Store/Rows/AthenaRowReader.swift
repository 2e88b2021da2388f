import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Why a query ends at an event.
package struct AthenaRowFailure: Error, Hashable, Sendable {
  /// The column that cannot be read.
  package var column: String
  package var reason: String

  init(_ reason: String, in column: String = "") {
    self.column = column
    self.reason = reason
  }

  static func kind(_ value: Value, as type: AthenaColumnType) -> AthenaRowFailure {
    AthenaRowFailure("\(value.kindShown) is no \(type.shown)")
  }

  static func size(_ text: String, as type: AthenaColumnType) -> AthenaRowFailure {
    AthenaRowFailure("\(Value.string(text).shown.dropFirst(9)) is too large for \(type.shown)")
  }

  /// What a class that goes by the text says of one that it cannot take.
  static func text(_ text: String, as type: AthenaColumnType) -> AthenaRowFailure {
    AthenaRowFailure("\(Value.string(text).shown) is no \(type.shown)")
  }
}

/// The row that a reader makes of an event.
package struct AthenaReadRow: Sendable {
  /// What each column holds, in the table's order; NULL for those that fail or are not read.
  package var values: [AthenaStoredValue]
  /// Why the query ends; empty where it does not.
  package var failures: [AthenaRowFailure] = []
  /// The text columns whose object the reader took apart, so that its keys became columns of the row.
  var opened: [String] = []
}

/// What reads a table's files. Each class was run over lines: `README.md` has the versions.
package enum AthenaRowReader: String, Hashable, Sendable, CaseIterable {
  /// `org.apache.hive.hcatalog.data.JsonSerDe`.
  case hive
  /// What Trino reads a table of that class's name with.
  case trino
  /// `org.openx.data.jsonserde.JsonSerDe`.
  case openX
  /// What Trino reads a table of that class's name with.
  case trinoOpenX
  /// `org.apache.hadoop.hive.serde2.OpenCSVSerde`.
  case csv
  /// `org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe`.
  case delimited
  /// `org.apache.hadoop.hive.serde2.RegexSerDe`.
  case regex
  /// No class of which something is known: a row holds what a writer put there.
  case typed

  /// The reader in words, for people.
  package var shown: String {
    switch self {
    case .hive: "Hive's class"
    case .trino: "Trino's JSON reader"
    case .openX: "OpenX's class"
    case .trinoOpenX: "Trino's OpenX reader"
    case .csv: "OpenCSVSerde"
    case .delimited: "Hive's class for delimited text"
    case .regex: "RegexSerDe"
    case .typed: "the writer of the table"
    }
  }

  /// Whether it reads values as such, rather than parts of a line that separators tell apart.
  var takesValues: Bool {
    switch self {
    case .hive, .trino, .openX, .trinoOpenX, .typed: true
    case .csv, .delimited, .regex: false
    }
  }

  /// The row of an object. `isRead` says which columns the query reads: a value that cannot be read ends the query only
  /// where it is looked at, but Hive's class reads them all.
  package func row(
    of object: Value.Object, _ columns: [AthenaColumn], _ properties: [String: String] = [:],
    isRead: (AthenaColumn) -> Bool = { _ in true }
  ) -> AthenaReadRow {
    switch self {
    case .hive: AthenaHiveJSON.row(of: object, columns)
    case .trino: AthenaTrinoJSON.row(of: object, columns, isRead)
    case .openX: AthenaOpenXJSON.row(of: object, columns, properties, isRead)
    case .trinoOpenX: AthenaTrinoOpenXJSON.row(of: object, columns, properties, isRead)
    case .csv: AthenaCSV(properties).row(of: object, columns, isRead)
    case .delimited: AthenaDelimitedText(properties).row(of: object, columns, isRead)
    case .regex: AthenaRegexRow.row(of: object, columns, isRead)
    case .typed: AthenaTypedRow.row(of: object, columns, isRead)
    }
  }
}

/// The keys of an object as Java's `toLowerCase` compares them.
enum AthenaKeys {
  /// Whether a key is that of a column or field.
  static func areSame(_ key: String, _ name: String) -> Bool {
    // Most keys differ in their first letter.
    if let first = key.utf8.first, let other = name.utf8.first, first < 0x80, other < 0x80,
      first.lowercased != other.lowercased
    {
      return false
    }
    // Java's lower case of this letter alone has two scalars.
    func hasDottedI(_ text: String) -> Bool { text.unicodeScalars.contains("\u{130}") }
    return LetterCase.ignored.equates(key, name) && hasDottedI(key) == hasDottedI(name)
  }

  /// The text by which keys in one letter case are the same.
  static func lower(_ key: String) -> String {
    guard key.unicodeScalars.contains("\u{130}") else { return LetterCase.lower(key) }
    let parts = key.unicodeScalars.split(separator: "\u{130}", omittingEmptySubsequences: false)
    return parts.map { LetterCase.lower(String($0)) }.joined(separator: "i\u{307}")
  }

  /// The number of the column that a key of the form `_col5` stands for, as Hive names columns inside; the digits as
  /// they are written. `nil` for other keys.
  static func internalNumber(_ key: String) -> (digits: String, number: Int?)? {
    guard key.utf8.starts(with: "_col".utf8) else { return nil }
    let digits = String(key.utf8.dropFirst(4)) ?? ""
    guard !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit) else { return nil }
    return (digits, Int32(digits).map(Int.init))
  }
}

extension String {
  /// At most so many characters from the beginning, counted as code points.
  func cut(to length: Int) -> String {
    unicodeScalars.count > length ? String(String.UnicodeScalarView(unicodeScalars.prefix(length))) : self
  }

  /// What a `char` column holds: cut, and without spaces at the end, which it fills up itself.
  func cutAndStripped(to length: Int) -> String {
    var scalars = cut(to: length).unicodeScalars
    while scalars.last == " " { scalars.removeLast() }
    return String(scalars)
  }

  /// The text as a column of that type holds it.
  func stored(as type: AthenaColumnType) -> AthenaStoredValue {
    switch type {
    case .varchar(let length): .text(cut(to: length))
    case .char(let length): .text(cutAndStripped(to: length))
    case .string, .boolean, .integer, .real, .decimal, .timestamp, .date, .array, .map, .structure:
      .text(self)
    }
  }

  /// Whether Java's `Boolean.parseBoolean` takes it for true.
  var isTrue: Bool { utf8.count == 4 && utf8.map(\.lowercased).elementsEqual("true".utf8) }

  /// Whether it is the text of false, in whatever letter case.
  var isFalse: Bool { utf8.count == 5 && utf8.map(\.lowercased).elementsEqual("false".utf8) }
}

extension [UInt16] {
  /// The text in which each surrogate without a partner is a question mark.
  var withQuestionMarks: String {
    var result = ""
    var decoder = UTF16()
    var units = makeIterator()
    while true {
      switch decoder.decode(&units) {
      case .scalarValue(let scalar): result.unicodeScalars.append(scalar)
      case .error: result.append("?")
      case .emptyInput: return result
      }
    }
  }
}

extension Double {
  /// The number as a column of so many bits holds it.
  func rounded(toBits bits: Int) -> Double { bits == 32 ? Double(Float(self)) : self }

  /// The number without its fraction, the nearest that 64 bits hold where it has more: Java's `(long)`.
  var javaLong: Int64 {
    if isNaN { return 0 }
    return Int64(exactly: rounded(.towardZero)) ?? (self < 0 ? .min : .max)
  }
}

extension Int64 {
  /// The last bits of the number, as a signed number of so many: what Java's casts keep.
  func lastBits(_ bits: Int) -> Int64 { (self << Int64(64 - bits)) >> Int64(64 - bits) }
}
