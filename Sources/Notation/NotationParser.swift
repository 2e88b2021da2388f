import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Text to tree. The comments above the functions, joined, are the grammar; blanks and `#` comments may stand
/// between its words.
struct NotationParser {
  var scanner: NotationScanner
  /// How many parentheses are open; inside them line breaks are blanks.
  var openParentheses = 0
  /// How deep the expression being read is nested.
  var depth = 0

  init(_ text: String, origin: Origin) {
    scanner = NotationScanner(text, origin: origin)
  }

  var source: Source { scanner.origin.source }

  mutating func skipBlanks() { scanner.skipBlanks(acrossLines: openParentheses > 0) }

  /// condition = line, { line break, [ line ] };  line = or
  ///
  /// Every line must hold: a line binds as one operand of `and`, even where it is an `or`.
  mutating func tree() throws(Diagnostic) -> NotationTree {
    var lines: [NotationSyntax] = []
    scanner.skipBlanks(acrossLines: true)
    while !scanner.isAtEnd {
      lines.append(try logicalExpression())
      skipBlanks()
      guard scanner.isAtLineEnd else { throw notTheEnd() }
      scanner.skipBlanks(acrossLines: true)
    }
    if lines.isEmpty { throw .emptyCondition(at: scanner.span(), in: source) }
    return NotationTree(origin: scanner.origin, lines: lines)
  }

  /// What stands where an expression should be over.
  private func notTheEnd(opening: Span? = nil) -> Diagnostic {
    let found = scanner.peekOperator()
    let span = scanner.span(length: found.unicodeScalars.count)
    if found == ")" { return .unopened(at: span, in: source) }
    return .expectedEnd(found: found, opening: opening, at: span, in: source)
  }
}

/// or = and, { "or", and };  and = unary, { "and", unary };  unary = "not", unary | primary
extension NotationParser: LogicGrammar {
  static let logic = NotationSyntax.logic
  static let depthLimit = Notation.depthLimit

  mutating func start() -> Span {
    skipBlanks()
    return scanner.span(length: NotationParser.logic.not.word.utf8.count)
  }

  mutating func take(_ operator: LogicTable.Operator) -> Bool {
    skipBlanks()
    guard scanner.peekKeyword() == `operator`.word else { return false }
    _ = scanner.take(`operator`.word)
    return true
  }

  func made(_ logic: LogicOperation<NotationSyntax>, from start: Span) -> NotationSyntax {
    switch logic {
    case .or(let operands): joined(operands, .any(operands))
    case .and(let operands): joined(operands, .all(operands))
    case .not(let operand):
      NotationSyntax(kind: .not(operand), span: Span(start.start, operand.span.end))
    }
  }

  func tooDeep(_ start: Span) -> Diagnostic { .tooDeep(limit: Self.depthLimit, in: source, at: start) }

  /// primary = "(", or, ")" | "some", path, "(", or, ")" | "true" | "false" | test
  mutating func operand() throws(Diagnostic) -> NotationSyntax {
    if scanner.peek() == "(" { return try group() }
    switch scanner.peekKeyword() {
    case "true": return NotationSyntax(kind: .constant(true), span: scanner.take("true"))
    case "false": return NotationSyntax(kind: .constant(false), span: scanner.take("false"))
    case "some" where beginsQuantifier: return try quantifier()
    case NotationParser.logic.and.word, NotationParser.logic.or.word:
      let word = scanner.peekWord()
      throw .misplacedJoin(word, at: scanner.span(length: word.utf8.count), in: source)
    default: return try test()
    }
  }

  /// Whether `some` is the word before a path and a parenthesis, and not a field of that name.
  private var beginsQuantifier: Bool {
    var ahead = self
    _ = ahead.scanner.take("some")
    ahead.skipBlanks()
    guard (try? ahead.path()) != nil else { return false }
    ahead.skipBlanks()
    return ahead.scanner.peek() == "("
  }

  private mutating func quantifier() throws(Diagnostic) -> NotationSyntax {
    let word = scanner.take("some")
    skipBlanks()
    let path = try path()
    skipBlanks()
    let operand = try group()
    return NotationSyntax(kind: .some(path, operand), span: Span(word.start, operand.span.end))
  }

  private mutating func group() throws(Diagnostic) -> NotationSyntax {
    let opening = scanner.span()
    try descend(from: opening)
    defer { depth -= 1 }
    openParentheses += 1
    scanner.advance()
    let inner = try logicalExpression()
    skipBlanks()
    if scanner.isAtEnd {
      throw .unclosed("parenthesis", by: ")", in: source, opening: opening, at: scanner.span())
    }
    guard scanner.peek() == ")" else { throw notTheEnd(opening: opening) }
    scanner.advance()
    openParentheses -= 1
    return NotationSyntax(kind: inner.kind, span: Span(opening.start, scanner.position))
  }

  private func joined(_ operands: [NotationSyntax], _ kind: NotationSyntax.Kind) -> NotationSyntax {
    let spans = operands.map(\.span)
    return NotationSyntax(kind: kind, span: spans.dropFirst().reduce(spans[0]) { $0.union($1) })
  }
}
