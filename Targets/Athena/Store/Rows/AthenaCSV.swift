import ConcordDiagnostics
import ConcordDocuments

/// The row by `OpenCSVSerde`: text by text, and Athena makes numbers and booleans of them.
///
/// The line is taken to be written as RFC 4180 has it: a field with a separator, a quote or a line break stands in quotes,
/// in which quotes are doubled; null and a missing key leave nothing between two separators. The class reads it by rules
/// of its own: a backslash is its escape, so that it is lost of `C:\Windows` and takes the quote behind it.
struct AthenaCSV {
  private let separator: Unicode.Scalar
  private let quote: Unicode.Scalar
  private let escape: Unicode.Scalar
  /// Whether a text that is no number is NULL, instead of ending the query.
  private let takesInvalidForNull: Bool

  init(_ properties: [String: String]) {
    func character(_ key: String, _ normal: Unicode.Scalar) -> Unicode.Scalar {
      properties[key]?.unicodeScalars.first ?? normal
    }
    separator = character("separatorChar", ",")
    quote = character("quoteChar", "\"")
    escape = character("escapeChar", "\\")
    takesInvalidForNull = properties[AthenaTableFormat.nullForInvalid]?.isTrue ?? false
  }

  func row(
    of object: Value.Object, _ columns: [AthenaColumn], _ isRead: (AthenaColumn) -> Bool
  ) -> AthenaReadRow {
    let line = columns.map { quoted(object.fieldText($0.name) ?? "") }
      .joined(separator: String(Character(separator)))
    return row(ofLine: line.firstLine, columns, isRead)
  }

  /// The row of a line.
  func row(
    ofLine line: String, _ columns: [AthenaColumn], _ isRead: (AthenaColumn) -> Bool = { _ in true }
  ) -> AthenaReadRow {
    var row = AthenaReadRow(values: columns.map { _ in .null })
    for (place, (text, column)) in zip(fields(of: line), columns).enumerated() where isRead(column) {
      if let value = value(text, column.type) {
        row.values[place] = value
      } else if !takesInvalidForNull {
        let failure = AthenaRowFailure.text(text, as: column.type)
        row.failures.append(AthenaRowFailure(failure.reason, in: column.name))
      }
    }
    return row
  }

  private func quoted(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { [separator, quote, "\n", "\r"].contains($0) }) else {
      return text
    }
    var result = String.UnicodeScalarView([quote])
    for scalar in text.unicodeScalars { result += scalar == quote ? [quote, quote] : [scalar] }
    return String(result) + String(Character(quote))
  }

  /// The fields of a line; the last one is not there where its quote is not closed, nor any on an empty line.
  private func fields(of line: String) -> [String] {
    let line = Array(line.unicodeScalars)
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var (isQuoted, isInside) = (false, false)
    var place = 0
    func next(_ way: Int = 1) -> Unicode.Scalar? {
      line.indices.contains(place + way) ? line[place + way] : nil
    }
    while place < line.count {
      let scalar = line[place]
      if scalar == escape {
        // Before anything but a quote or itself it is lost.
        if isQuoted || isInside, let after = next(), after == quote || after == escape {
          field.append(after)
          place += 1
        }
      } else if scalar == quote, isQuoted || isInside, next() == quote {
        field.append(quote)
        place += 1
      } else if scalar == quote {
        // One that neither begins nor ends a field is a part of it, and leaves what was open closed.
        if place > 2, next(-1) != separator, let after = next(), after != separator {
          if !field.isEmpty, field.allSatisfy(\.properties.isWhitespace) {
            field.removeAll()
          } else {
            field.append(quote)
          }
        }
        isQuoted.toggle()
        isInside.toggle()
      } else if scalar == separator, !isQuoted {
        fields.append(String(field))
        field.removeAll()
        isInside = false
      } else {
        field.append(scalar)
        isInside = true
      }
      place += 1
    }
    return isQuoted || line.isEmpty ? fields : fields + [String(field)]
  }

  /// What Athena makes of a text in a column; `nil` where it cannot. Of types that its guide does not name it is taken
  /// that it cannot.
  private func value(_ text: String, _ type: AthenaColumnType) -> AthenaStoredValue? {
    switch type {
    case .string, .varchar, .char: return text.stored(as: type)
    case .boolean: return text.isTrue ? .boolean(true) : text.isFalse ? .boolean(false) : nil
    case .integer(bits: 32), .integer(bits: 64), .real(bits: 64):
      let value = text.storedNumber(as: type)
      return value.isNull ? nil : value
    case .timestamp: return AthenaStoredMoment.epoch(milliseconds: text)?.storedMoment
    case .date: return Int32(text).flatMap { AthenaStoredMoment.date(days: Int($0)) }?.storedDate
    case .integer, .real, .decimal, .array, .map, .structure: return nil
    }
  }
}
