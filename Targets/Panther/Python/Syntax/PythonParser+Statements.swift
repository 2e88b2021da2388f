import ConcordDiagnostics
import ConcordDocuments

// Statements. The grammar stands above each function.
extension PythonParser {
  /// line = compound | simple { ";" simple } [ ";" ] newline
  mutating func line() throws(Diagnostic) -> [PythonStatement] {
    if token.kind == .indent {
      throw Diagnostic(
        .indentation, "this line is indented without a block", in: source, at: token.span,
        help: ["indent it as the line above"])
    }
    if let compound = try compound() { return [compound] }
    var statements = [try simple()]
    while take(";"), token.kind != .newline, token.kind != .end { statements.append(try simple()) }
    if token.kind == .newline {
      index += 1
    } else if token.kind != .end {
      throw expected("the end of the line")
    }
    return statements
  }

  /// compound = if | for | try | def | class | decorated; others are passed over as a whole
  private mutating func compound() throws(Diagnostic) -> PythonStatement? {
    let start = index
    if token.isSign("@") { return try decorated() }
    guard case .name(let word) = token.kind else { return nil }
    let kind: PythonStatement.Kind
    switch word {
    case "if":
      index += 1
      kind = try branch()
    case "for": kind = try loop()
    case "try": kind = try attempt()
    case "def": return try function([])
    case "class": return try type([])
    case "async", "while", "with": return try skipped(word)
    case "match":
      if next.isSign("=") || next.isSign(".") || next.isSign("(") { return nil }
      return try skipped(word)
    default: return nil
    }
    return PythonStatement(kind: kind, span: tokens[start].span)
  }

  /// block = newline indent { line } dedent | simple line
  private mutating func block() throws(Diagnostic) -> [PythonStatement] {
    try expect(":")
    guard token.kind == .newline else { return try line() }
    index += 1
    guard token.kind == .indent else {
      throw Diagnostic(
        .indentation, "the block has no lines", in: source, at: token.span,
        help: ["indent the lines of the block, or write `pass`"])
    }
    index += 1
    return try nested { parser throws(Diagnostic) in
      var statements: [PythonStatement] = []
      while parser.token.kind != .dedent, parser.token.kind != .end { statements += parser.recovering() }
      if parser.token.kind == .dedent { parser.index += 1 }
      return statements
    }
  }

  /// if = "if" expression block { "elif" expression block } [ "else" block ]
  private mutating func branch() throws(Diagnostic) -> PythonStatement.Kind {
    var arms: [(condition: PythonExpression, body: [PythonStatement], span: Span)] = []
    var otherwise: [PythonStatement] = []
    repeat {
      if arms.count > PythonParser.chainLimit {
        throw .tooDeep(limit: PythonParser.chainLimit, in: source, at: token.span)
      }
      let condition = try expression()
      arms.append((condition, try block(), condition.span))
    } while take("elif")
    if take("else") { otherwise = try block() }
    for arm in arms.dropFirst().reversed() {
      otherwise = [PythonStatement(kind: .branch(arm.condition, arm.body, otherwise), span: arm.span)]
    }
    return .branch(arms[0].condition, arms[0].body, otherwise)
  }

  /// for = "for" targets "in" expressions block [ "else" block ]
  private mutating func loop() throws(Diagnostic) -> PythonStatement.Kind {
    index += 1
    let target = try targets()
    try expect("in")
    let iterated = try expressions()
    let body = try block()
    return .loop(target, iterated, body, otherwise: take("else") ? try block() : [])
  }

  /// try = "try" block { "except" [ expression [ "as" name ] ] block } [ "else" block ] [ "finally" block ]
  private mutating func attempt() throws(Diagnostic) -> PythonStatement.Kind {
    index += 1
    let body = try block()
    var handlers: [PythonStatement.Handler] = []
    while take("except") {
      _ = take("*")
      let type = token.isSign(":") ? nil : try expressions().dottedName ?? ""
      let local = take("as") ? try name() : nil
      handlers.append(PythonStatement.Handler(type: type, name: local, body: try block()))
    }
    let otherwise = take("else") ? try block() : []
    let finally = take("finally") ? try block() : []
    if handlers.isEmpty, finally.isEmpty || !otherwise.isEmpty { throw expected("`except`") }
    return .attempt(body, handlers: handlers, otherwise: otherwise, finally: finally)
  }

  /// A statement that no rule uses: passed over to the end of its block.
  private mutating func skipped(_ word: String) throws(Diagnostic) -> PythonStatement {
    let start = index
    while token.kind != .newline, token.kind != .end { index += 1 }
    if token.kind == .newline { index += 1 }
    var open = 0
    while token.kind == .indent || open > 0, token.kind != .end {
      if token.kind == .indent { open += 1 } else if token.kind == .dedent { open -= 1 }
      index += 1
    }
    if word == "while", take("else") { _ = try block() }
    return PythonStatement(kind: .other(word), span: tokens[start].span)
  }
}

// Definitions.
extension PythonParser {
  /// decorated = { "@" expression newline } ( def | class )
  private mutating func decorated() throws(Diagnostic) -> PythonStatement {
    var names: [String] = []
    while take("@") {
      let decorator = try expression()
      names.append(decorator.dottedName ?? "")
      if token.kind == .newline { index += 1 }
    }
    if token.isWord("def") { return try function(names) }
    if token.isWord("class") { return try type(names) }
    if token.isWord("async") { return try skipped("async") }
    throw expected("a definition")
  }

  /// def = "def" name "(" parameters ")" [ "->" expression ] block
  private mutating func function(_ decorators: [String]) throws(Diagnostic) -> PythonStatement {
    let start = index
    index += 1
    let place = token.span
    let name = try name()
    try expect("(")
    let parameters = try parameters(until: ")")
    try expect(")")
    if take("->") { _ = try expression() }
    let body = try block()
    let function = PythonFunction(
      name: name, parameters: parameters, body: body, decorators: decorators, span: place,
      digest: PythonHelpers.names.contains(name) || PythonRuntime.names.contains(name)
        || PythonFunction.alertNames.contains(name)
        ? digest(from: start) : "")
    return PythonStatement(kind: .function(function), span: place)
  }

  /// The digest of the tokens since, without texts that stand for themselves: what a docstring says changes nothing.
  private func digest(from start: Int) -> String {
    var text = ""
    for (offset, token) in tokens[start..<index].enumerated() {
      if case .string = token.kind, offset > 0, tokens[start + offset - 1].kind == .indent { continue }
      text += "\(token.kind)\n"
    }
    return SHA256.name(of: Array(text.utf8))
  }

  /// parameters = [ parameter { "," parameter } [ "," ] ]
  mutating func parameters(until end: String) throws(Diagnostic) -> [PythonExpression.Parameter] {
    var parameters: [PythonExpression.Parameter] = []
    var isNamedOnly = false
    while !token.isSign(end) {
      let stars = take("**") ? "**" : take("*") ? "*" : ""
      if take("/") {
        for place in parameters.indices { parameters[place].isPlaceOnly = true }
      } else if stars == "*" && token.isSign(",") {
        isNamedOnly = true
      } else {
        let name = try name()
        if end == ")", take(":") { _ = try expression() }
        let value = take("=") ? try expression() : nil
        parameters.append(
          PythonExpression.Parameter(name: name, stars: stars, value: value, isNamedOnly: isNamedOnly))
      }
      if !take(",") { break }
    }
    return parameters
  }

  /// class = "class" name [ "(" arguments ")" ] block
  private mutating func type(_ decorators: [String]) throws(Diagnostic) -> PythonStatement {
    index += 1
    let place = token.span
    let name = try name()
    var bases: [PythonExpression] = []
    if take("(") {
      bases = try arguments().filter { $0.name == nil }.map(\.value)
      try expect(")")
    }
    let type = PythonClass(
      name: name, bases: bases, body: try block(), decorators: decorators, span: place)
    return PythonStatement(kind: .type(type), span: place)
  }
}
