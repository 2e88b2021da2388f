import ConcordDiagnostics
import ConcordDocuments

/// The statements of a Python file.
struct PythonModule: Sendable {
  let source: Source
  let body: [PythonStatement]

  /// Reads a file. What is not Python in it stands as a statement of its own (`unreadable`), so that it stops nothing
  /// that does without it.
  init(_ source: Source) {
    self.source = source
    guard source.text.utf8.count <= PythonLexer.sizeLimit else {
      let large = Diagnostic(
        .textTooLarge, "the file is larger than \(PythonLexer.sizeLimit >> 20) MB", in: source,
        at: Span(at: .start))
      body = [PythonStatement(kind: .unreadable(large), span: Span(at: .start))]
      return
    }
    var lexer = PythonLexer(source)
    let tokens = lexer.run()
    var parser = PythonParser(source: source, tokens: tokens, failures: lexer.failures)
    body = parser.file()
  }

  /// What is not Python in the file, in order.
  var failures: [Diagnostic] { PythonModule.failures(body) }

  private static func failures(_ statements: [PythonStatement]) -> [Diagnostic] {
    statements.flatMap { (statement) -> [Diagnostic] in
      switch statement.kind {
      case .unreadable(let failure): [failure]
      case .branch(_, let then, let other): failures(then) + failures(other)
      case .loop(_, _, let body, let otherwise): failures(body) + failures(otherwise)
      case .attempt(let body, let handlers, let otherwise, let finally):
        failures(body) + handlers.flatMap { failures($0.body) } + failures(otherwise) + failures(finally)
      case .function(let function): failures(function.body)
      case .type(let type): failures(type.body)
      case .expression, .assignment, .augmented, .returned, .imported, .importedNames, .passed, .broken,
        .continued, .raised, .global, .other:
        []
      }
    }
  }
}

/// Tokens to statements, by recursive descent.
struct PythonParser {
  /// How deep expressions and blocks are nested at most, and how long a chain of operators is.
  static let depthLimit = 80
  static let chainLimit = 400

  let source: Source
  let tokens: [PythonToken]
  /// What the lexer found wrong: it makes the statement unreadable in which it stands.
  private let failures: [Diagnostic]
  /// Where they stand, in the order of the text, each with its number; what has no place stands nowhere.
  private let places: [(place: Position, number: Int)]
  /// The first that has no place.
  private let placeless: Int?
  var index = 0
  var depth = 0

  init(source: Source, tokens: [PythonToken], failures: [Diagnostic]) {
    (self.source, self.tokens, self.failures) = (source, tokens, failures)
    let placed = failures.enumerated().map { ($0.element.labels.first?.span.start, $0.offset) }
    placeless = placed.first { $0.0 == nil }?.1
    places = placed.compactMap { place, number in place.map { ($0, number) } }.sorted { $0.0 < $1.0 }
  }

  /// file = { statement }
  mutating func file() -> [PythonStatement] {
    var statements: [PythonStatement] = []
    while token.kind != .end { statements += recovering() }
    return statements
  }

  /// The statements of the next line and of its blocks; where they are not Python, that.
  mutating func recovering() -> [PythonStatement] {
    let start = index
    let depth = depth
    do throws(Diagnostic) {
      let statements = try line()
      if let failure = failure(from: start) { return [unreadable(failure, from: start)] }
      return statements
    } catch {
      self.depth = depth
      let first = failure(from: start) ?? error
      skipLine(from: start)
      return [unreadable(first, from: start)]
    }
  }

  private func unreadable(_ failure: Diagnostic, from start: Int) -> PythonStatement {
    PythonStatement(kind: .unreadable(failure), span: tokens[start].span)
  }

  /// What the lexer found wrong in what was passed since, but for blocks, which have their own.
  private func failure(from start: Int) -> Diagnostic? {
    if failures.isEmpty { return nil }
    var end = start
    while end < index, tokens[end].kind != .newline { end += 1 }
    let last = tokens[min(end, tokens.count - 1)].span.end
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if places[middle].place < tokens[start].span.start { low = middle + 1 } else { high = middle }
    }
    let passed = places[low...].prefix { $0.place <= last }.map(\.number) + [placeless].compactMap { $0 }
    return passed.min().map { failures[$0] }
  }

  /// Passes over the rest of the line, and over the block that follows it.
  private mutating func skipLine(from start: Int) {
    index = max(index, start)
    if tokens[start].kind == .indent {
      index = start
    } else if index == start || tokens[index - 1].kind != .newline {
      while token.kind != .newline, token.kind != .end, token.kind != .dedent { index += 1 }
      if token.kind == .newline { index += 1 }
    }
    if token.kind == .indent {
      var open = 0
      repeat {
        if token.kind == .indent { open += 1 } else if token.kind == .dedent { open -= 1 }
        index += 1
      } while open > 0 && token.kind != .end
    }
    // A line that nothing was taken of would be met for ever.
    if index == start, token.kind != .end { index += 1 }
  }
}

// Tokens.
extension PythonParser {
  var token: PythonToken { tokens[min(index, tokens.count - 1)] }
  var next: PythonToken { tokens[min(index + 1, tokens.count - 1)] }

  /// Passes over an operator or keyword, if it comes next.
  mutating func take(_ text: String) -> Bool {
    guard token.isSign(text) || token.isWord(text) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ text: String) throws(Diagnostic) {
    if !take(text) { throw expected("`\(text)`") }
  }

  /// A name that is no keyword.
  mutating func name() throws(Diagnostic) -> String {
    guard case .name(let name) = token.kind, !PythonParser.keywords.contains(name) else {
      throw expected("a name")
    }
    index += 1
    return name
  }

  func expected(_ what: String) -> Diagnostic {
    .expected(what, found: token.words, in: source, at: token.span)
  }

  /// From the token at `start` to the last that was passed.
  func span(from start: Int) -> Span {
    tokens[start].span.union(tokens[max(start, min(index, tokens.count) - 1)].span)
  }

  mutating func nested<Result>(
    _ body: (inout PythonParser) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    if depth >= PythonParser.depthLimit {
      throw .tooDeep(limit: PythonParser.depthLimit, in: source, at: token.span)
    }
    depth += 1
    let result = try body(&self)
    depth -= 1
    return result
  }

  static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
  ]
}
