import ConcordDiagnostics
import ConcordDocuments

/// The row by OpenX's class, which makes Java's values of JSON and fits them to the column.
struct AthenaOpenXJSON {
  private let properties: AthenaOpenXProperties

  static func row(
    of object: Value.Object, _ columns: [AthenaColumn], _ properties: [String: String],
    _ isRead: (AthenaColumn) -> Bool
  ) -> AthenaReadRow {
    let reader = AthenaOpenXJSON(properties: AthenaOpenXProperties(properties, isTrino: false))
    return reader.properties.row(of: object, columns, isRead: isRead, value: reader.value)
  }

  private func value(_ value: Value, _ type: AthenaColumnType) throws(AthenaRowFailure) -> AthenaStoredValue {
    if case .null = value { return .null }
    switch type {
    case .string: return .text(AthenaOpenXScalar(value).text)
    case .varchar, .char:
      guard case .text(let text) = AthenaOpenXScalar(value) else { throw .kind(value, as: type) }
      return text.stored(as: type)
    case .boolean: return .boolean(AthenaOpenXScalar(value).text.isTrue)
    case .integer(let bits): return try integer(value, bits, type)
    case .real(let bits): return try real(value, bits, type)
    case .decimal(let precision, let scale):
      let number = AthenaJavaNumber(AthenaOpenXScalar(value).text)
      return number?.rounded(precision: precision, scale: scale).map { .decimal($0) } ?? .null
    case .timestamp, .date: return try moment(value, type)
    case .array(let element):
      if case .string("") = value { return .null }
      // Anything else is an array of one.
      guard case .array(let items) = value else { return .array([try self.value(value, element)]) }
      var stored: [AthenaStoredValue] = []
      for item in items { stored.append(try self.value(item, element)) }
      return .array(stored)
    case .map(let key, let element): return try map(value, key, element, type)
    case .structure(let fields): return try structure(value, fields, type)
    }
  }

  private func integer(
    _ value: Value, _ bits: Int, _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    switch AthenaOpenXScalar(value) {
    // Higher bits are dropped.
    case .whole(let number): return .integer(number.lastBits(bits))
    case .decimal(let number): return .integer(number.lowBits.lastBits(bits))
    case .double(let number):
      if bits == 64 { return .integer(number.javaLong) }
      // A double becomes the nearest `int` first.
      return .integer(min(max(number.javaLong, Int64(Int32.min)), Int64(Int32.max)).lastBits(bits))
    case .text(let text):
      let isHex = text.utf8.starts(with: "0x".utf8) || text.utf8.starts(with: "0X".utf8)
      let number = isHex ? Int64(text.dropFirst(2), radix: 16) : Int64(text)
      guard let number, number == number.lastBits(bits) else { throw .text(text, as: type) }
      return .integer(number)
    case .bool, .collection: throw .kind(value, as: type)
    }
  }

  private func real(
    _ value: Value, _ bits: Int, _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    let number: Double?
    switch AthenaOpenXScalar(value) {
    case .whole(let whole): number = Double(whole)
    case .double(let double): number = double
    case .decimal(let decimal): number = Double(decimal.text)
    case .text(let text): number = AthenaJavaNumber.double(text)
    case .bool, .collection: number = nil
    }
    guard let number else {
      if case .string(let text) = value { throw .text(text, as: type) }
      throw .kind(value, as: type)
    }
    return .real(number.rounded(toBits: bits))
  }

  private func moment(
    _ value: Value, _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    let scalar = AthenaOpenXScalar(value)
    switch (scalar, type) {
    case (.bool, _), (.collection, _): throw .kind(value, as: type)
    case (.text(let text), .date):
      guard let date = AthenaStoredMoment.date(text) else { throw .text(text, as: type) }
      return date.storedDate
    case (.whole(let days), .date):
      guard let date = Int32(exactly: days).flatMap({ AthenaStoredMoment.date(days: Int($0)) }) else {
        throw .kind(value, as: type)
      }
      return date.storedDate
    case (.double, .date), (.decimal, .date): throw .kind(value, as: type)
    case (.text, _), (.whole, _), (.double, _), (.decimal, _):
      guard let moment = AthenaStoredMoment.openX(scalar.text) else { throw .text(scalar.text, as: type) }
      return moment.storedMoment
    }
  }

  private func map(
    _ value: Value, _ key: AthenaColumnType, _ element: AthenaColumnType, _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    if value.isBlankText { return .null }
    guard case .object(let object) = value else { throw .kind(value, as: type) }
    return try AthenaMapMembers(object, key: key) { (value) throws(AthenaRowFailure) in
      try self.value(value, element)
    }.value
  }

  private func structure(
    _ value: Value, _ fields: [AthenaColumn], _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    var values = fields.map { _ in AthenaStoredValue.null }
    if value.isBlankText { return .row(values) }
    switch value {
    case .object(let object):
      for (place, field) in fields.enumerated() {
        if let value = properties.field(field.name, of: object) {
          values[place] = try self.value(value, field.type)
        }
      }
    case .array(let items):
      // Read by position.
      for (place, (item, field)) in zip(items, fields).enumerated() {
        values[place] = try element(item, field.type)
      }
    case .null, .bool, .number, .string, .malformedString: throw .kind(value, as: type)
    }
    return .row(values)
  }

  /// An element of an array that is read as a struct: there null is an object of its own, whose text is `null`.
  private func element(_ value: Value, _ type: AthenaColumnType) throws(AthenaRowFailure) -> AthenaStoredValue
  {
    guard case .null = value else { return try self.value(value, type) }
    switch type {
    case .string: return .text("null")
    case .boolean: return .boolean(false)
    case .array, .decimal: return .null
    case .varchar, .char, .integer, .real, .timestamp, .date, .map, .structure:
      throw AthenaRowFailure("null in an array that is read as a struct is no \(type.shown)")
    }
  }
}

/// What OpenX's parser makes of a value.
enum AthenaOpenXScalar {
  case bool(Bool)
  /// A number without point or exponent, of 64 bits.
  case whole(Int64)
  /// A number that is its double.
  case double(Double)
  /// A number that is not its double.
  case decimal(AthenaJavaNumber)
  case text(String)
  /// An array or object; null, where it is asked for.
  case collection(Value)

  init(_ value: Value) {
    switch value {
    case .null, .array, .object: self = .collection(value)
    case .bool(let value): self = .bool(value)
    case .string(let text): self = .text(text)
    case .malformedString(let units): self = .text(String(decoding: units, as: UTF16.self))
    case .number(let number): self = AthenaOpenXScalar(number)
    }
  }

  private init(_ number: Number) {
    let written = number.written
    if !written.utf8.contains(UInt8(ascii: ".")), let whole = Int64(written) {
      self = .whole(whole)
      return
    }
    let double = Double(written) ?? .infinity
    // A number that is no double is taken for a text without quotes.
    guard double.isFinite, let decimal = AthenaJavaNumber(written) else {
      self = .text(written)
      return
    }
    self = Number(AthenaJavaNumber.text(of: double)) == number ? .double(double) : .decimal(decimal)
  }

  /// Java's text of it.
  var text: String {
    switch self {
    case .bool(let value): value ? "true" : "false"
    case .whole(let number): String(number)
    case .double(let number): AthenaJavaNumber.text(of: number)
    case .decimal(let number): number.text
    case .text(let text): text
    case .collection(let value): value.openXJSON { AthenaOpenXScalar($0).inJSON }
    }
  }

  /// The text of a scalar within JSON, where a whole number has no fraction.
  private var inJSON: String {
    switch self {
    case .double(let number):
      if number == 0, number.sign == .minus { return "-0" }
      return AthenaOpenXScalar.whole(number, number.javaLong) ?? text
    case .decimal(let number):
      return AthenaOpenXScalar.whole(Double(number.text) ?? .nan, number.lowBits) ?? text
    case .collection: return "null"
    case .text(let text): return text.openXQuoted
    case .bool, .whole: return text
    }
  }

  private static func whole(_ double: Double, _ long: Int64) -> String? {
    double == Double(long) ? String(long) : nil
  }
}

extension Value {
  /// Whether it is a text of spaces alone, or of nothing.
  var isBlankText: Bool { if case .string(let text) = self { text.javaTrimmed.isEmpty } else { false } }
}
