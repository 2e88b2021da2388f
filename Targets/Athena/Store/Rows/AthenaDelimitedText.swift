import ConcordDiagnostics
import ConcordDocuments

/// The row by `LazySimpleSerDe`, Hive's class for delimited text, and the one of a statement that names no format.
///
/// The line is taken to be written as the class itself writes it: null and a missing key are `\N`, and separators within
/// texts are escaped where the table has an escape. Where it has none, a text with a separator moves what follows it into
/// other columns.
struct AthenaDelimitedText {
  /// The separators of fields, of their elements, and so on.
  private let separators: [Unicode.Scalar]
  private let escape: Unicode.Scalar?
  /// What NULL is written as.
  private let null: String

  init(_ properties: [String: String]) {
    func separator(_ keys: String..., normal: UInt8) -> Unicode.Scalar {
      let text = keys.lazy.compactMap { properties[$0] }.first { !$0.isEmpty }
      // A number is the byte of that number.
      let byte = text.flatMap { UInt8($0) }.flatMap { $0 < 0x80 ? Unicode.Scalar($0) : nil }
      return byte ?? text?.unicodeScalars.first ?? Unicode.Scalar(normal)
    }
    separators =
      [
        separator("field.delim", "serialization.format", normal: 1),
        separator("colelction.delim", "collection.delim", normal: 2), separator("mapkey.delim", normal: 3),
      ] + (4...8).map { Unicode.Scalar($0) }
    escape = properties["escape.delim"]?.unicodeScalars.first
    null = properties["serialization.null.format"] ?? "\\N"
  }

  func row(
    of object: Value.Object, _ columns: [AthenaColumn], _ isRead: (AthenaColumn) -> Bool
  ) -> AthenaReadRow {
    let line = columns.map { text(object.member($0.name), $0.type, depth: 0) }
    return row(ofLine: joined(line, depth: 0).firstLine, columns, isRead)
  }

  /// The row of a line.
  func row(
    ofLine line: String, _ columns: [AthenaColumn], _ isRead: (AthenaColumn) -> Bool = { _ in true }
  ) -> AthenaReadRow {
    let fields = split(line, depth: 0)
    return AthenaReadRow(
      values: columns.enumerated().map { place, column in
        place < fields.count && isRead(column) ? value(fields[place], column.type, depth: 0) : .null
      })
  }
}

extension AthenaDelimitedText {
  private func joined(_ texts: [String], depth: Int) -> String {
    texts.joined(separator: separator(at: depth).map { String(Character($0)) } ?? "")
  }

  private func separator(at depth: Int) -> Unicode.Scalar? {
    separators.indices.contains(depth) ? separators[depth] : nil
  }

  /// A value as the class writes it in a column of a type.
  private func text(_ value: Value?, _ type: AthenaColumnType, depth: Int) -> String {
    guard let value else { return null }
    switch (type, value) {
    case (_, .null): return null
    case (.array(let element), .array(let items)):
      return joined(items.map { text($0, element, depth: depth + 1) }, depth: depth + 1)
    case (.structure(let fields), .object(let object)):
      return joined(
        fields.map { text(object.member($0.name), $0.type, depth: depth + 1) }, depth: depth + 1)
    case (.map(_, let element), .object(let object)):
      let members = object.members.map { member in
        joined([escaped(member.key), text(member.value, element, depth: depth + 2)], depth: depth + 2)
      }
      return joined(members, depth: depth + 1)
    case (.string, _), (.varchar, _), (.char, _), (.boolean, _), (.integer, _), (.real, _), (.decimal, _),
      (.timestamp, _), (.date, _), (.array, _), (.structure, _), (.map, _):
      return escaped(value.scalarText)
    }
  }

  private func escaped(_ text: String) -> String {
    guard let escape else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += [escape, "n"]
      case "\r": result += [escape, "r"]
      case escape: result += [escape, escape]
      default: result += separators.contains(scalar) ? [escape, scalar] : [scalar]
      }
    }
    return String(result)
  }

  /// The parts of a text between separators, still escaped.
  private func split(_ text: String, depth: Int, most: Int = .max) -> [String] {
    guard let separator = separator(at: depth) else { return [text] }
    var parts = [String.UnicodeScalarView()]
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if !isEscaped, scalar == separator, parts.count < most {
        parts.append(String.UnicodeScalarView())
      } else {
        parts[parts.count - 1].append(scalar)
        isEscaped = !isEscaped && scalar == escape
      }
    }
    return parts.map { String($0) }
  }

  private func unescaped(_ text: String) -> String {
    guard let escape else { return text }
    var result = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        result.append(scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
        isEscaped = false
      } else if scalar == escape {
        isEscaped = true
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  private func value(_ text: String, _ type: AthenaColumnType, depth: Int) -> AthenaStoredValue {
    if text.sameScalars(as: null) { return .null }
    switch type {
    case .string, .varchar, .char: return unescaped(text).stored(as: type)
    case .boolean: return text.isTrue ? .boolean(true) : text.isFalse ? .boolean(false) : .null
    case .integer(let bits):
      return whole(text).flatMap { $0 == $0.lastBits(bits) ? .integer($0) : nil } ?? .null
    case .real, .decimal: return text.storedNumber(as: type)
    case .timestamp: return text.storedSQLMoment
    case .date: return text.storedSQLDate
    case .array(let element):
      if text.isEmpty { return .array([]) }
      return .array(split(text, depth: depth + 1).map { value($0, element, depth: depth + 1) })
    case .structure(let fields):
      let parts = split(text, depth: depth + 1)
      return .row(
        fields.enumerated().map { place, field in
          place < parts.count ? value(parts[place], field.type, depth: depth + 1) : .null
        })
    case .map(_, let element):
      var members: [(key: String, value: AthenaStoredValue)] = []
      for part in text.isEmpty ? [] : split(text, depth: depth + 1) {
        let halves = split(part, depth: depth + 2, most: 2)
        let key = unescaped(halves[0])
        // Of two members of one key the first counts.
        if members.contains(where: { $0.key.sameScalars(as: key) }) { continue }
        members.append((key, halves.count > 1 ? value(halves[1], element, depth: depth + 2) : .null))
      }
      return .map(members)
    }
  }

  /// A whole number: a fraction is passed over, an exponent is none.
  private func whole(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let fraction = parts.last else { return Int64(text) }
    guard fraction.utf8.allSatisfy(\.isDigit), text.utf8.contains(where: \.isDigit) else { return nil }
    return parts[0].isEmpty ? 0 : Int64(parts[0])
  }
}
