import ConcordDiagnostics
import ConcordLanguages

/// Reads an expression of `search` (Search Reference, "search"; Search Manual, "Boolean expressions"): AND may be
/// left out. Operators are upper-case; `or` is a word to look for.
///
/// ```
/// expression = operands of [ "AND" ], "OR" and "NOT"
/// operand    = "(" expression ")" | macro | term
/// term       = field operator value | field "IN" "(" value ( "," value )* ")" | "TERM(" text ")" | value
/// value      = text | quoted-text | "CASE(" text ")"
/// ```
struct SplunkSearchParser: LogicGrammar {
  static let logic = SplunkSearch.logic
  static let depthLimit = SplunkCursor.depthLimit

  var cursor: SplunkCursor
  var depth = 0
  /// Whether the expression ends before the word `by`, as in `tstats`.
  var endsAtBy = false

  init(_ cursor: SplunkCursor) { self.cursor = cursor }

  mutating func start() throws(Diagnostic) -> TextCursor.Place {
    try cursor.skipBlanks()
    return cursor.place
  }

  mutating func take(_ operator: LogicTable.Operator) throws(Diagnostic) -> Bool {
    try cursor.skipBlanks()
    let isTaken = takeOperator(`operator`.word)
    guard `operator` == SplunkSearch.logic.and, !isTaken else { return isTaken }
    // What follows without a word is joined by AND.
    if endsAtBy, isAtBy { return false }
    return cursor.next != nil && cursor.next != "|" && cursor.next != ")"
  }

  func made(_ logic: LogicOperation<SplunkSearch>, from start: TextCursor.Place) -> SplunkSearch {
    let span = cursor.span(from: start)
    return switch logic {
    case .or(let operands): SplunkSearch(.any(operands), at: span)
    case .and(let operands): SplunkSearch(.all(operands), at: span)
    case .not(let operand): SplunkSearch(.not(operand), at: span)
    }
  }

  func tooDeep(_ start: TextCursor.Place) -> Diagnostic { cursor.tooDeep }

  mutating func operand() throws(Diagnostic) -> SplunkSearch {
    try descend(from: cursor.place)
    defer { depth -= 1 }
    let start = try start()
    switch cursor.next {
    case "(":
      cursor.advance()
      let inner = try logicalExpression()
      try cursor.expect(")")
      return inner
    case "`":
      let name = try cursor.enclosed("`", "macro")
      return SplunkSearch(.macro(name), at: cursor.span(from: start))
    case "[": throw .splunkSubsearch(cursor.source, cursor.span(from: start))
    case "'": throw .splunkSingleQuotes(cursor.source, cursor.span(from: start))
    default: return try term()
    }
  }

  private mutating func term() throws(Diagnostic) -> SplunkSearch {
    let start = cursor.place
    let first = try value()
    if !first.isQuoted, first.text == "TERM", cursor.next == "(" {
      cursor.advance()
      let text = cursor.run { $0 != ")" && $0 != "|" }
      try cursor.expect(")")
      return SplunkSearch(.term(text), at: cursor.span(from: start))
    }
    let place = cursor.place
    try cursor.skipBlanks()
    if !first.isCased {
      if let operation = cursor.takeComparison() {
        try cursor.skipBlanks()
        let right = try value()
        return SplunkSearch(.comparison(first.text, operation, right), at: cursor.span(from: start))
      }
      if takeOperator("IN") {
        try cursor.expect("(")
        return SplunkSearch(.membership(first.text, try values()), at: cursor.span(from: start))
      }
    }
    if !first.isQuoted, first.text == "in", cursor.next == "(" {
      let keyword = SplunkSearch(.keyword(first), at: cursor.span(from: start))
      throw Diagnostic.splunkKeyword(keyword, keyword.span).located(in: cursor.source)
    }
    cursor.rewind(to: place)
    return SplunkSearch(.keyword(first), at: cursor.span(from: start))
  }

  private mutating func values() throws(Diagnostic) -> [SplunkSearchValue] {
    var values: [SplunkSearchValue] = []
    // Splunk passes over empty items: `(, a,)`.
    while try cursor.takeComma() {}
    while cursor.next != ")" {
      values.append(try value())
      while try cursor.takeComma() {}
    }
    cursor.advance()
    if values.isEmpty { throw cursor.unexpected("a value") }
    return values
  }

  private mutating func value() throws(Diagnostic) -> SplunkSearchValue {
    if cursor.next == "\"" { return SplunkSearchValue(text: try cursor.quoted(escapes: ["|": "|"])) }
    let text = unescaped(
      cursor.run { !SplunkCursor.isBlank($0) && !"|\"()[]=<>!,`".unicodeScalars.contains($0) })
    if text.isEmpty { throw cursor.unexpected("a search term") }
    if text == "CASE", cursor.next == "(" {
      cursor.advance()
      try cursor.skipBlanks()
      let inner =
        cursor.next == "\""
        ? try value()
        : SplunkSearchValue(text: unescaped(cursor.run { $0 != ")" && $0 != "|" }), isQuoted: false)
      try cursor.expect(")")
      return SplunkSearchValue(text: inner.text, isCased: true, isQuoted: inner.isQuoted)
    }
    return SplunkSearchValue(text: text, isQuoted: false)
  }

  /// An unquoted text: two backslashes are one, any other stands for itself (Search Manual, "Search with file paths":
  /// `D:\\Digital\\RTFM` looks for `D:\Digital\RTFM`).
  private func unescaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if scalar == "\\", isEscaped {
        isEscaped = false
      } else {
        result.append(scalar)
        isEscaped = scalar == "\\"
      }
    }
    return String(result)
  }

  /// Whether the word `by` comes next, in any letter case.
  private var isAtBy: Bool {
    var ahead = cursor
    let word = ahead.run { $0.isWord }
    return (word.isSameWord(as: "by") || word.isSameWord(as: "groupby"))
      && ahead.next.map { SplunkCursor.isBlank($0) } == true
  }

  /// Passes over an upper-case operator that stands as a word of its own.
  private mutating func takeOperator(_ word: String) -> Bool {
    guard cursor.isAt(word) else { return false }
    if let after = cursor.peek(word.utf8.count), !SplunkCursor.isBlank(after),
      !"(\"|)`[".unicodeScalars.contains(after)
    {
      return false
    }
    return cursor.take(word)
  }
}
