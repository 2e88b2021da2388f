import ConcordDetection
import ConcordDiagnostics

/// Text to tree. The comments above the functions, joined, are the grammar; blanks and `#` comments may stand
/// between its words.
struct NotationParser {
  var scanner: NotationScanner
  /// How many parentheses are open; inside them line breaks are blanks.
  var openParentheses = 0
  /// How deep the expression being read is nested.
  private var depth = 0

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
      lines.append(try or())
      skipBlanks()
      guard scanner.isAtLineEnd else { throw notTheEnd() }
      scanner.skipBlanks(acrossLines: true)
    }
    if lines.isEmpty { throw .emptyCondition(at: scanner.span(), in: source) }
    return NotationTree(origin: scanner.origin, lines: lines)
  }

  /// or = and, { "or", and }
  private mutating func or() throws(Diagnostic) -> NotationSyntax {
    var operands = [try and()]
    while take(keyword: "or") { operands.append(try and()) }
    return joined(operands) { .any($0) }
  }

  /// and = unary, { "and", unary }
  private mutating func and() throws(Diagnostic) -> NotationSyntax {
    var operands = [try unary()]
    while take(keyword: "and") { operands.append(try unary()) }
    return joined(operands) { .all($0) }
  }

  /// unary = "not", unary | primary
  private mutating func unary() throws(Diagnostic) -> NotationSyntax {
    skipBlanks()
    let start = scanner.position
    guard scanner.peekKeyword() == "not" else { return try primary() }
    let word = scanner.take("not")
    depth += 1
    defer { depth -= 1 }
    guard depth <= Notation.depthLimit else { throw .tooDeep(at: word, in: source) }
    let operand = try unary()
    return NotationSyntax(kind: .not(operand), span: Span(start, operand.span.end))
  }

  /// primary = "(", or, ")" | "true" | "false" | test
  private mutating func primary() throws(Diagnostic) -> NotationSyntax {
    if scanner.peek() == "(" { return try group() }
    switch scanner.peekKeyword() {
    case "true": return NotationSyntax(kind: .constant(true), span: scanner.take("true"))
    case "false": return NotationSyntax(kind: .constant(false), span: scanner.take("false"))
    case "and", "or":
      let word = scanner.peekWord()
      throw .misplacedJoin(word, at: scanner.span(length: word.utf8.count), in: source)
    default: return try test()
    }
  }

  private mutating func group() throws(Diagnostic) -> NotationSyntax {
    let opening = scanner.span()
    depth += 1
    openParentheses += 1
    defer { depth -= 1 }
    guard depth <= Notation.depthLimit else { throw .tooDeep(at: opening, in: source) }
    scanner.advance()
    let inner = try or()
    skipBlanks()
    if scanner.isAtEnd {
      throw .unclosed("parenthesis", ")", opening: opening, at: scanner.span(), in: source)
    }
    guard scanner.peek() == ")" else { throw notTheEnd(opening: opening) }
    scanner.advance()
    openParentheses -= 1
    return NotationSyntax(kind: inner.kind, span: Span(opening.start, scanner.position))
  }

  private mutating func take(keyword: String) -> Bool {
    skipBlanks()
    guard scanner.peekKeyword() == keyword else { return false }
    _ = scanner.take(keyword)
    return true
  }

  /// One operand is itself; there is always one.
  private func joined(
    _ operands: [NotationSyntax], _ kind: ([NotationSyntax]) -> NotationSyntax.Kind
  ) -> NotationSyntax {
    let (first, last) = (operands[0], operands[operands.count - 1])
    if operands.count == 1 { return first }
    return NotationSyntax(kind: kind(operands), span: first.span.union(last.span))
  }

  /// What stands where an expression should be over.
  private func notTheEnd(opening: Span? = nil) -> Diagnostic {
    let found = scanner.peekOperator()
    let span = scanner.span(length: found.unicodeScalars.count)
    if found == ")" { return .unopened(at: span, in: source) }
    return .expectedEnd(found: found, opening: opening, at: span, in: source)
  }
}
