import ConcordDiagnostics
import ConcordLanguages

extension AthenaParser {
  /// The time constant that begins with this word, which comes next; `nil` for any other word.
  // moment = ( "CURRENT_TIMESTAMP" | "NOW" "(" ")" | "CURRENT_DATE" | ( "DATE" | "TIMESTAMP" ) string )
  //          ( ( "+" | "-" ) "INTERVAL" "-"? string unit )*
  mutating func moment(_ word: String) throws(Diagnostic) -> AthenaMoment? {
    switch word {
    case "CURRENT_TIMESTAMP", "CURRENT_DATE":
      advance()
      return AthenaMoment(word == "CURRENT_DATE" ? .today : .now)
    case "NOW" where next.isSign("("):
      advance()
      try expectSign("(")
      try expectSign(")")
      return AthenaMoment(.now)
    case "DATE", "TIMESTAMP":
      guard case .string(let text) = next.kind else { return nil }
      advance()
      advance()
      return AthenaMoment(.literal(word, text))
    default: return nil
    }
  }

  /// What is added to a moment or taken away, which comes next: one span.
  mutating func shift() throws(Diagnostic) -> AthenaMoment.Shift {
    var isBack = token.isSign("-")
    advance()
    guard takeWord("INTERVAL") else { throw expected("`INTERVAL`") }
    if takeSign("-") { isBack.toggle() }
    guard case .string(let count) = token.kind else { throw expected("a number in quotes, as `'24'`") }
    advance()
    guard case .word(let unit) = token.kind, AthenaMoment.units.keys.contains(unit.uppercased()) else {
      throw expected("`HOUR`, `DAY` or another unit of time")
    }
    advance()
    return AthenaMoment.Shift(isBack: isBack, count: count, unit: unit.uppercased())
  }
}
