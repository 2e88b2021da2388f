import ConcordDiagnostics

// Names, literals, displays, calls and subscripts.
extension PythonParser {
  /// primary = atom { "." name | "(" arguments ")" | "[" subscript "]" }
  mutating func primary() throws(Diagnostic) -> PythonExpression {
    let start = index
    var base = try atom()
    var count = 0
    while true {
      count += 1
      if count > PythonParser.chainLimit {
        throw .tooDeep(limit: PythonParser.chainLimit, in: source, at: token.span)
      }
      let kind: PythonExpression.Kind
      if take(".") {
        kind = .attribute(base, try name())
      } else if take("(") {
        let arguments = try arguments()
        try expect(")")
        kind = .call(base, arguments)
      } else if take("[") {
        kind = try subscripted(base)
        try expect("]")
      } else {
        return base
      }
      base = PythonExpression(kind: kind, span: span(from: start))
    }
  }

  /// subscript = expressions | [ expression ] ":" [ expression ] [ ":" [ expression ] ]
  private mutating func subscripted(_ base: PythonExpression) throws(Diagnostic) -> PythonExpression.Kind {
    let start = token.isSign(":") ? nil : try expressions()
    guard take(":") else {
      guard let start else { throw expected("an expression") }
      return .element(base, start)
    }
    let end = token.isSign(":") || token.isSign("]") ? nil : try expression()
    var step: PythonExpression?
    if take(":"), !token.isSign("]") { step = try expression() }
    return .slice(base, start, end, step: step)
  }

  /// arguments = [ argument { "," argument } [ "," ] ], argument = [ name "=" | "*" | "**" ] expression [ for ]
  mutating func arguments() throws(Diagnostic) -> [PythonExpression.Argument] {
    var arguments: [PythonExpression.Argument] = []
    while !token.isSign(")") {
      let stars = take("**") ? "**" : take("*") ? "*" : ""
      var name: String?
      if stars.isEmpty, case .name(let text) = token.kind, next.isSign("=") {
        name = text
        index += 2
      } else if stars != "**", let last = arguments.last(where: { $0.name != nil || $0.stars == "**" }),
        stars.isEmpty || last.stars == "**"
      {
        throw expected("an argument by name")
      }
      let start = index
      var value = try expression()
      if token.isWord("for") {
        let loops = try loops()
        value = PythonExpression(
          kind: .comprehension(.init(form: .generator, item: value, loops: loops)), span: span(from: start))
      }
      arguments.append(PythonExpression.Argument(name: name, stars: stars, value: value))
      if !take(",") { break }
    }
    return arguments
  }

  /// atom = name | literal | "(" … ")" | "[" … "]" | "{" … "}"
  private mutating func atom() throws(Diagnostic) -> PythonExpression {
    let start = index
    let kind: PythonExpression.Kind
    switch token.kind {
    case .name("None"): kind = .none
    case .name("True"): kind = .boolean(true)
    case .name("False"): kind = .boolean(false)
    case .name(let name) where !PythonParser.keywords.contains(name): kind = .name(name)
    case .number(let text): kind = .number(text)
    case .string, .formatted: return try texts()
    case .bytes:
      kind = .bytes
      while next.kind == .bytes { index += 1 }
    case .sign("..."): kind = .ellipsis
    case .sign("("): return try parenthesised()
    case .sign("["): return try list()
    case .sign("{"): return try braces()
    case .name, .sign, .newline, .indent, .dedent, .end: throw expected("an expression")
    }
    index += 1
    return PythonExpression(kind: kind, span: span(from: start))
  }

  /// Texts side by side are one.
  private mutating func texts() throws(Diagnostic) -> PythonExpression {
    let start = index
    var parts: [PythonExpression.FormattedPart] = []
    var isPlain = true
    while true {
      switch token.kind {
      case .string(let text): parts.add(.text(text))
      case .formatted(let pieces):
        isPlain = false
        for piece in pieces { parts.add(try part(piece)) }
      default:
        let span = span(from: start)
        if !isPlain { return PythonExpression(kind: .formatted(parts), span: span) }
        let text = parts.reduce(into: "") { if case .text(let part) = $1 { $0 += part } }
        return PythonExpression(kind: .string(text), span: span)
      }
      index += 1
    }
  }

  private mutating func part(
    _ piece: PythonToken.FormattedPiece
  ) throws(Diagnostic) -> PythonExpression.FormattedPart {
    switch piece {
    case .text(let text): return .text(text)
    case .field(let text, let position, let isPlain):
      if text.unicodeScalars.allSatisfy(\.isPythonBlank) {
        throw .expected("an expression", found: "an empty field", in: source, at: Span(at: position))
      }
      // In brackets, so that line breaks within a field end nothing.
      let start = Position(line: position.line, column: position.column - 1)
      var lexer = PythonLexer(source, text: "(\(text))", origin: Origin(source, start: start))
      let tokens = lexer.run()
      var parser = PythonParser(source: source, tokens: tokens, failures: [])
      parser.depth = depth
      if let failure = lexer.failures.first { throw failure }
      let value = try parser.nested { parser throws(Diagnostic) in try parser.expression() }
      return .field(value, isPlain: isPlain)
    }
  }

  /// "(" [ expressions | expression for ] ")"
  private mutating func parenthesised() throws(Diagnostic) -> PythonExpression {
    let start = index
    index += 1
    if take(")") { return PythonExpression(kind: .tuple([]), span: span(from: start)) }
    let inner = try expressions()
    guard token.isWord("for") else {
      try expect(")")
      return PythonExpression(kind: inner.kind, span: span(from: start))
    }
    let loops = try loops()
    try expect(")")
    return PythonExpression(
      kind: .comprehension(.init(form: .generator, item: inner, loops: loops)), span: span(from: start))
  }

  /// "[" [ items | expression for ] "]"
  private mutating func list() throws(Diagnostic) -> PythonExpression {
    let start = index
    index += 1
    let (items, loops) = try items(until: "]")
    if let loops, let item = items.first {
      return PythonExpression(
        kind: .comprehension(.init(form: .list, item: item.value, loops: loops)), span: span(from: start))
    }
    return PythonExpression(kind: .list(items), span: span(from: start))
  }

  private mutating func items(
    until end: String
  ) throws(Diagnostic) -> ([PythonExpression.Item], [PythonExpression.Loop]?) {
    var items: [PythonExpression.Item] = []
    while !token.isSign(end) {
      items.append(PythonExpression.Item(isSpread: take("*"), value: try expression()))
      if items.count == 1, token.isWord("for") {
        let loops = try loops()
        try expect(end)
        return (items, loops)
      }
      if !take(",") { break }
    }
    try expect(end)
    return (items, nil)
  }

  /// "{" [ items | entries | … for ] "}"
  private mutating func braces() throws(Diagnostic) -> PythonExpression {
    let start = index
    index += 1
    if take("}") { return PythonExpression(kind: .dictionary([]), span: span(from: start)) }
    if token.isSign("*") { return try set(from: start, []) }
    var entries: [PythonExpression.Entry] = []
    while !token.isSign("}") {
      if take("**") {
        entries.append(PythonExpression.Entry(key: nil, value: try expression()))
      } else {
        let key = try expression()
        if entries.isEmpty, !token.isSign(":") { return try set(from: start, [key]) }
        try expect(":")
        let value = try expression()
        if entries.isEmpty, token.isWord("for") {
          let loops = try loops()
          try expect("}")
          return PythonExpression(
            kind: .comprehension(.init(form: .dictionary(value: value), item: key, loops: loops)),
            span: span(from: start))
        }
        entries.append(PythonExpression.Entry(key: key, value: value))
      }
      if !take(",") { break }
    }
    try expect("}")
    return PythonExpression(kind: .dictionary(entries), span: span(from: start))
  }

  /// A set of which the first member may be read already.
  private mutating func set(
    from start: Int, _ first: [PythonExpression]
  ) throws(Diagnostic) -> PythonExpression {
    if let item = first.first, token.isWord("for") {
      let loops = try loops()
      try expect("}")
      return PythonExpression(
        kind: .comprehension(.init(form: .set, item: item, loops: loops)), span: span(from: start))
    }
    var members = first.map { PythonExpression.Item(isSpread: false, value: $0) }
    if !first.isEmpty, !take(",") {
      try expect("}")
    } else {
      members += try items(until: "}").0
    }
    return PythonExpression(kind: .set(members), span: span(from: start))
  }

  /// loops = { "for" targets "in" operation { "if" operation } }
  private mutating func loops() throws(Diagnostic) -> [PythonExpression.Loop] {
    var loops: [PythonExpression.Loop] = []
    while take("async") || token.isWord("for") {
      try expect("for")
      let target = try targets()
      try expect("in")
      let iterated = try condition()
      var conditions: [PythonExpression] = []
      while take("if") { conditions.append(try condition()) }
      loops.append(PythonExpression.Loop(target: target, iterated: iterated, conditions: conditions))
    }
    return loops
  }

  /// An expression that no `if` belongs to.
  private mutating func condition() throws(Diagnostic) -> PythonExpression {
    try nested { parser throws(Diagnostic) in try parser.operation(0) }
  }
}

extension [PythonExpression.FormattedPart] {
  /// Appends a part; a text joins the text before it.
  fileprivate mutating func add(_ part: Element) {
    if case .text(let text) = part, case .text(let before)? = last {
      self[count - 1] = .text(before + text)
    } else {
      append(part)
    }
  }
}
