import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Evaluates expressions of `search` on a row, under one reading of what the manuals leave open.
struct SplunkSearchEvaluator {
  let reading: SplunkInterpretation
  /// Whether an event's `source` and its like are fields of the event, absent where it has none.
  var isExtracted = false

  /// Whether the row is found. A term that asks of the place alone is taken as given where nothing of it is known.
  func holds(_ expression: SplunkSearch, _ row: SplunkRow) throws(Diagnostic) -> Bool {
    for term in expression.conjuncts where !isGiven(term, row) {
      if try !found(term, row) { return false }
    }
    return true
  }

  /// Whether the expression asks of time and place alone, and the place of the row is not known.
  private func isGiven(_ expression: SplunkSearch, _ row: SplunkRow) -> Bool {
    switch expression.kind {
    case .macro: row.place[SplunkPlaces.macro].isEmpty
    case .comparison(let field, _, _), .membership(let field, _):
      SplunkPlaces.time(field) != nil && row[field].isNull
        || SplunkPlaces.fact(field).map { row[field].isNull && row.place[$0].isEmpty } ?? false
    case .not(let operand): isGiven(operand, row)
    case .all(let operands), .any(let operands): operands.allSatisfy { isGiven($0, row) }
    case .keyword, .term: false
    }
  }

  /// What a field of the row holds; the place's where the row has none of that name.
  private func value(_ field: String, _ row: SplunkRow) -> SplunkValue {
    let own = row[field]
    guard own.isNull, let fact = SplunkPlaces.fact(field) else { return own }
    return SplunkValue(values: row.place[fact])
  }

  /// Whether the row is found, where what is not known of its place is not there.
  func found(_ expression: SplunkSearch, _ row: SplunkRow) throws(Diagnostic) -> Bool {
    switch expression.kind {
    case .keyword where expression.isOfEveryEvent: return true
    case .keyword(let value): return SplunkTokens.holds(value.text, value.isCased, in: row)
    case .term(let text): return SplunkTokens.holdsTerm(text, in: row)
    case .comparison(let field, let operation, let value):
      if SplunkPlaces.time(field) != nil, row[field].isNull { throw .splunkPlace(expression.span) }
      return try comparison(self.value(field, row), operation, value, expression.span)
    case .membership(let field, let values):
      let found = value(field, row)
      for value in values where try comparison(found, .equal, value, expression.span) { return true }
      return false
    case .macro(let text): return row.place[SplunkPlaces.macro].contains { $0.sameScalars(as: text) }
    case .not(let operand): return try !found(operand, row)
    case .all(let operands):
      for operand in operands where try !found(operand, row) { return false }
      return true
    case .any(let operands):
      for operand in operands where try found(operand, row) { return true }
      return false
    }
  }

  private func comparison(
    _ field: SplunkValue, _ operation: ComparisonOperator, _ value: SplunkSearchValue, _ span: Span?
  ) throws(Diagnostic) -> Bool {
    let texts: [String]
    switch field {
    case .null: return false
    case .list(let items): texts = items
    case .text, .number, .bool: texts = [field.text ?? ""]
    }
    switch operation {
    case .equal: return texts.contains { equals($0, value) }
    case .unequal:
      if texts.count > 1 { throw .splunkMultivalue("!=", span) }
      return !texts.contains { equals($0, value) }
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return texts.contains { holds(operation, $0, value.text) }
    }
  }

  /// Equality in `search`: letter case ignored, `*` a wildcard, a network holds its addresses.
  private func equals(_ text: String, _ value: SplunkSearchValue) -> Bool {
    if value.text == "*", text.isEmpty { return reading.starTakesEmpty }
    if value.text.utf8.contains(0x2F), let network = CIDR(value.text), let address = IPAddress(text),
      network.contains(address)
    {
      return true
    }
    return SplunkWildcards.pattern(value.text).matches(text, value.isCased ? .exact : .ignored)
  }

  /// Order in `search`: by value if both are numbers, else by text.
  private func holds(_ operation: ComparisonOperator, _ left: String, _ right: String) -> Bool {
    if let a = Number(left)?.double, let b = Number(right)?.double { return operation.holds(a, b) }
    return operation.holds(ScalarText(left), ScalarText(right))
  }
}

/// Keywords and phrases: they are found in the event's text where breakers bound them (segmenters.conf).
enum SplunkTokens {
  private static let major = Set(" \n\r\t[]<>(){}|!;,'\"*&?+".utf8)
  private static let minor = Set("/:=@.-$#%\\_".utf8)

  /// Whether the event's text holds the keyword or phrase, its ends at breakers.
  static func holds(_ phrase: String, _ isCased: Bool, in row: SplunkRow) -> Bool {
    guard let text = isCased ? row["_raw"].text.map({ Array($0.utf8) }) : row.foldedRaw else { return false }
    let wanted = isCased ? Array(phrase.utf8) : phrase.utf8.map(\.lowercased)
    if !wanted.contains(0x2A) { return finds(wanted, in: text) { major.contains($0) || minor.contains($0) } }
    if wanted.allSatisfy({ $0 == 0x2A }) { return true }
    let pattern = SplunkWildcards.pattern(String(decoding: wanted, as: UTF8.self))
    return tokens(text).contains { pattern.matches(String(decoding: $0, as: UTF8.self), .exact) }
  }

  /// Whether the event's text holds the term between major breakers.
  static func holdsTerm(_ term: String, in row: SplunkRow) -> Bool {
    guard let text = row.foldedRaw else { return false }
    return finds(term.utf8.map(\.lowercased), in: text) { major.contains($0) }
  }

  private static func finds(
    _ wanted: [UInt8], in text: [UInt8], isBreaker: (UInt8) -> Bool
  ) -> Bool {
    guard let first = wanted.first, let last = wanted.last, text.count >= wanted.count else { return false }
    let latest = text.count - wanted.count
    var from = 0
    while from <= latest, let start = text[from...latest].firstIndex(of: first) {
      from = start + 1
      let end = start + wanted.count
      if start > 0, !isBreaker(text[start - 1]), !isBreaker(first) { continue }
      if end < text.count, !isBreaker(text[end]), !isBreaker(last) { continue }
      if text[start..<end].elementsEqual(wanted) { return true }
    }
    return false
  }

  /// The segments between major breakers, and every part of one that minor breakers bound.
  private static func tokens(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split { major.contains($0) }.flatMap { segment -> [ArraySlice<UInt8>] in
      let parts = segment.split { minor.contains($0) }
      guard parts.count > 1, parts.count <= 50 else { return [segment] }
      var result = [segment]
      for start in parts.indices {
        for end in start..<parts.count { result.append(text[parts[start].startIndex..<parts[end].endIndex]) }
      }
      return result
    }
  }
}
