import ConcordDiagnostics

// The `search` language (Search Reference, "search"; Search Manual, "Boolean expressions"): NOT binds tightest,
// then OR, then AND, which may be left out. Operators are upper-case; `or` is a word to look for.
//
//   expression  = alternative ( [ "AND" ] alternative )*
//   alternative = operand ( "OR" operand )*
//   operand     = "NOT" operand | "(" expression ")" | macro | term
//   term        = field operator value | field "IN" "(" value ( "," value )* ")" | "TERM(" text ")" | value
//   value       = text | quoted-text | "CASE(" text ")"
extension SplunkCursor {
  /// An expression of the `search` language.
  mutating func searchExpression() throws(Diagnostic) -> SplunkSearch {
    let start = index
    var operands = [try alternative()]
    while true {
      try skipBlanks()
      guard let scalar = next, scalar != "|", scalar != ")" else { break }
      if takeOperator("AND") { try skipBlanks() }
      operands.append(try alternative())
    }
    if operands.count == 1 { return operands[0] }
    return SplunkSearch(.all(operands), at: span(from: start))
  }

  private mutating func alternative() throws(Diagnostic) -> SplunkSearch {
    try skipBlanks()
    let start = index
    var operands = [try operand()]
    try skipBlanks()
    while takeOperator("OR") {
      operands.append(try operand())
      try skipBlanks()
    }
    if operands.count == 1 { return operands[0] }
    return SplunkSearch(.any(operands), at: span(from: start))
  }

  private mutating func operand() throws(Diagnostic) -> SplunkSearch {
    try enter()
    defer { depth -= 1 }
    try skipBlanks()
    let start = index
    if takeOperator("NOT") {
      let operand = try operand()
      return SplunkSearch(.not(operand), at: span(from: start))
    }
    switch next {
    case "(":
      advance()
      let inner = try searchExpression()
      try expect(")")
      return inner
    case "`":
      advance()
      let name = run { $0 != "`" }
      if next == nil { throw .splunkUnclosed("macro", "`", source, span(from: start).clipped) }
      advance()
      return SplunkSearch(.macro(name), at: span(from: start))
    case "[": throw .splunkSubsearch(source, span(from: start))
    case "'": throw .splunkSingleQuotes(source, span(from: start))
    default: return try term()
    }
  }

  private mutating func term() throws(Diagnostic) -> SplunkSearch {
    let start = index
    let first = try value()
    if !first.isQuoted, first.text == "TERM", next == "(" {
      advance()
      let text = run { $0 != ")" && $0 != "|" }
      try expect(")")
      return SplunkSearch(.term(text), at: span(from: start))
    }
    let place = index
    try skipBlanks()
    if !first.isCased {
      for operation in ["!=", "<=", ">=", "=", "<", ">"] where take(operation) {
        guard let known = SplunkSearch.Operator(rawValue: operation) else { continue }
        try skipBlanks()
        let right = try value()
        return SplunkSearch(.comparison(first.text, known, right), at: span(from: start))
      }
      if takeOperator("IN") {
        try expect("(")
        return SplunkSearch(.membership(first.text, try values()), at: span(from: start))
      }
    }
    rewind(to: place)
    return SplunkSearch(.keyword(first), at: span(from: start))
  }

  private mutating func values() throws(Diagnostic) -> [SplunkSearchValue] {
    var values: [SplunkSearchValue] = []
    try skipBlanks()
    while next != ")" {
      values.append(try value())
      _ = try takeComma()
      try skipBlanks()
    }
    advance()
    if values.isEmpty { throw unexpected("a value") }
    return values
  }

  private mutating func value() throws(Diagnostic) -> SplunkSearchValue {
    if next == "\"" { return SplunkSearchValue(text: try quoted(escapes: ["|": "|"])) }
    let text = run { !SplunkCursor.isBlank($0) && !"|\"()[]=<>!,`".unicodeScalars.contains($0) }
    if text.isEmpty { throw unexpected("a search term") }
    if text == "CASE", next == "(" {
      advance()
      try skipBlanks()
      let inner =
        next == "\"" ? try value() : SplunkSearchValue(text: run { $0 != ")" && $0 != "|" }, isQuoted: false)
      try expect(")")
      return SplunkSearchValue(text: inner.text, isCased: true, isQuoted: inner.isQuoted)
    }
    return SplunkSearchValue(text: text, isQuoted: false)
  }

  /// Passes over an upper-case operator that stands as a word of its own.
  private mutating func takeOperator(_ word: String) -> Bool {
    let length = word.unicodeScalars.count
    guard isAt(word) else { return false }
    if let after = peek(length), !SplunkCursor.isBlank(after), !"(\"|)`[".unicodeScalars.contains(after) {
      return false
    }
    advance(length)
    return true
  }
}
