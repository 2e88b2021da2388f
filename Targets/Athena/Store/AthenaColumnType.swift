import ConcordDetection
import ConcordLanguages

/// A column of a table, or a field of a struct, as its statement declares it.
package struct AthenaColumn: Hashable, Sendable {
  /// Its name, as it is written.
  package var name: String
  package var type: AthenaColumnType

  package init(_ name: String, _ type: AthenaColumnType) {
    self.name = name
    self.type = type
  }
}

/// A type of Hive's DDL, with what limits its values. `FieldType` is what of it changes how a query is written.
package indirect enum AthenaColumnType: Hashable, Sendable {
  case string
  /// Text of at most so many characters.
  case varchar(Int)
  /// Text of so many characters, filled up with spaces.
  case char(Int)
  case boolean
  /// A whole number of so many bits: `tinyint` 8, `smallint` 16, `int` 32, `bigint` 64.
  case integer(bits: Int)
  /// A binary number of so many bits: `float` 32, `double` 64.
  case real(bits: Int)
  /// A number of so many digits, of them so many behind the point.
  case decimal(precision: Int, scale: Int)
  case timestamp
  case date
  case array(AthenaColumnType)
  case map(AthenaColumnType, AthenaColumnType)
  case structure([AthenaColumn])

  /// The types without parts, by name. A length or precision that stands behind the name is not in it.
  static let primitives: [String: AthenaColumnType] = [
    "string": .string, "varchar": .string, "char": .string, "boolean": .boolean,
    "tinyint": .integer(bits: 8), "smallint": .integer(bits: 16), "int": .integer(bits: 32),
    "integer": .integer(bits: 32), "bigint": .integer(bits: 64), "float": .real(bits: 32),
    "double": .real(bits: 64), "real": .real(bits: 32), "decimal": .decimal(precision: 10, scale: 0),
    "timestamp": .timestamp, "date": .date,
  ]

  /// The type of that name and the numbers in brackets behind it. Numbers that the type does not have are passed over.
  init?(_ name: String, _ limits: [Int]) {
    guard let plain = AthenaColumnType.primitives[name] else { return nil }
    switch (name, limits.first) {
    case ("varchar", let length?): self = .varchar(length)
    case ("char", let length?): self = .char(length)
    case ("decimal", let precision?):
      self = .decimal(precision: precision, scale: limits.count > 1 ? limits[1] : 0)
    default: self = plain
    }
  }

  /// What it is to a query.
  package var fieldType: FieldType {
    switch self {
    case .string, .varchar, .char: .text
    case .boolean: .boolean
    case .integer: .integer
    case .real, .decimal: .real
    case .timestamp, .date: .timestamp
    case .array(let element): .array(element.fieldType)
    case .map(_, let value): .map(value.fieldType)
    case .structure(let fields): .structure(fields.map { Schema.Field($0.name, $0.type.fieldType) })
    }
  }

  /// The type that is taken for a field of which nothing more is known.
  package init(_ type: FieldType) {
    switch type {
    case .text: self = .string
    case .boolean: self = .boolean
    case .integer: self = .integer(bits: 64)
    case .real: self = .real(bits: 64)
    case .timestamp: self = .timestamp
    case .array(let element): self = .array(AthenaColumnType(element))
    case .map(let value): self = .map(.string, AthenaColumnType(value))
    case .structure(let fields):
      self = .structure(fields.map { AthenaColumn($0.name, AthenaColumnType($0.type)) })
    }
  }

  /// The type of what stands at a place in its values; `nil` where there is none. Of an array the steps lead on from its
  /// elements, and at their end it is whole.
  func type(at steps: ArraySlice<FieldPath.Step>) -> AthenaColumnType? {
    guard let step = steps.first else { return self }
    switch (self, step) {
    case (.array(let element), .index): return element.type(at: steps.dropFirst())
    case (.array(let element), .name), (.array(let element), .each): return element.type(at: steps)
    case (.map(_, let value), .name): return value.type(at: steps.dropFirst())
    case (.structure(let fields), .name(let name)):
      return fields.first { AthenaLiteral.isSameName($0.name, name) }?.type.type(at: steps.dropFirst())
    case (.map, _), (.structure, _), (.string, _), (.varchar, _), (.char, _), (.boolean, _), (.integer, _),
      (.real, _), (.decimal, _), (.timestamp, _), (.date, _):
      return nil
    }
  }

  /// The type of its elements, where it is an array, and of theirs.
  var element: AthenaColumnType { if case .array(let element) = self { element.element } else { self } }

  /// The text in it that is filled up with blanks; `nil` where there is none.
  var filledText: AthenaColumnType? {
    switch self {
    case .char: self
    case .string, .varchar, .boolean, .integer, .real, .decimal, .timestamp, .date: nil
    case .array(let element), .map(_, let element): element.filledText
    case .structure(let fields): fields.lazy.compactMap { $0.type.filledText }.first
    }
  }

  /// The type in words, for people.
  var shown: String {
    switch self {
    case .string: "string"
    case .varchar(let length): "varchar(\(length))"
    case .char(let length): "char(\(length))"
    case .boolean: "boolean"
    case .integer(let bits): bits == 8 ? "tinyint" : bits == 16 ? "smallint" : bits == 32 ? "int" : "bigint"
    case .real(let bits): bits == 32 ? "float" : "double"
    case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
    case .timestamp: "timestamp"
    case .date: "date"
    case .array: "array"
    case .map: "map"
    case .structure: "struct"
    }
  }
}
