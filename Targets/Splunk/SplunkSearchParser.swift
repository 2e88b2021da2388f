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
  mutating func searchExpression() throws(Diagnostic) -> SearchExpression {
    let start = index
    var operands = [try alternative()]
    while true {
      try skipBlanks()
      guard let scalar = next, scalar != "|", scalar != ")" else { break }
      if takeOperator("AND") { try skipBlanks() }
      operands.append(try alternative())
    }
    if operands.count == 1 { return operands[0] }
    return SearchExpression(.all(operands), at: span(from: start))
  }

  private mutating func alternative() throws(Diagnostic) -> SearchExpression {
    try skipBlanks()
    let start = index
    var operands = [try operand()]
    try skipBlanks()
    while takeOperator("OR") {
      operands.append(try operand())
      try skipBlanks()
    }
    if operands.count == 1 { return operands[0] }
    return SearchExpression(.any(operands), at: span(from: start))
  }

  private mutating func operand() throws(Diagnostic) -> SearchExpression {
    try enter()
    defer { depth -= 1 }
    try skipBlanks()
    let start = index
    if takeOperator("NOT") {
      let operand = try operand()
      return SearchExpression(.not(operand), at: span(from: start))
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
      return SearchExpression(.macro(name), at: span(from: start))
    case "[": throw .splunkSubsearch(source, span(from: start))
    case "'": throw .splunkSingleQuotes(source, span(from: start))
    default: return try term()
    }
  }

  private mutating func term() throws(Diagnostic) -> SearchExpression {
    let start = index
    let first = try value()
    if !first.isQuoted, first.text == "TERM", next == "(" {
      advance()
      let text = run { $0 != ")" && $0 != "|" }
      try expect(")")
      return SearchExpression(.term(text), at: span(from: start))
    }
    let place = index
    try skipBlanks()
    if !first.isCased {
      for operation in ["!=", "<=", ">=", "=", "<", ">"] where take(operation) {
        guard let known = SearchExpression.Operator(rawValue: operation) else { continue }
        try skipBlanks()
        let right = try value()
        return SearchExpression(.comparison(first.text, known, right), at: span(from: start))
      }
      if takeOperator("IN") {
        try expect("(")
        return SearchExpression(.membership(first.text, try values()), at: span(from: start))
      }
    }
    rewind(to: place)
    return SearchExpression(.keyword(first), at: span(from: start))
  }

  private mutating func values() throws(Diagnostic) -> [SearchValue] {
    var values: [SearchValue] = []
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

  private mutating func value() throws(Diagnostic) -> SearchValue {
    if next == "\"" { return SearchValue(text: try quoted(escapes: ["|": "|"])) }
    let text = run { !SplunkCursor.isBlank($0) && !"|\"()[]=<>!,`".unicodeScalars.contains($0) }
    if text.isEmpty { throw unexpected("a search term") }
    if text == "CASE", next == "(" {
      advance()
      try skipBlanks()
      let inner =
        next == "\"" ? try value() : SearchValue(text: run { $0 != ")" && $0 != "|" }, isQuoted: false)
      try expect(")")
      return SearchValue(text: inner.text, isCased: true, isQuoted: inner.isQuoted)
    }
    return SearchValue(text: text, isQuoted: false)
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
