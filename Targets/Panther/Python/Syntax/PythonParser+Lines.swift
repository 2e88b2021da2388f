import ConcordDiagnostics

// Lines.
extension PythonParser {
  /// simple = import | return | pass | break | continue | raise | global | assignment | expressions
  mutating func simple() throws(Diagnostic) -> PythonStatement {
    let start = index
    let kind = try simpleKind()
    return PythonStatement(kind: kind, span: span(from: start))
  }

  private mutating func simpleKind() throws(Diagnostic) -> PythonStatement.Kind {
    guard case .name(let word) = token.kind else { return try assignment() }
    switch word {
    case "import":
      index += 1
      return try imported()
    case "from":
      index += 1
      return try importedNames()
    case "return":
      index += 1
      return .returned(endsLine ? nil : try values())
    case "pass", "break", "continue":
      index += 1
      return word == "pass" ? .passed : word == "break" ? .broken : .continued
    case "raise":
      skipSimple()
      return .raised
    case "global", "nonlocal":
      index += 1
      var names = [try name()]
      while take(",") { names.append(try name()) }
      return .global(names)
    case "del", "assert":
      skipSimple()
      return .other(word)
    default: return try assignment()
    }
  }

  /// expressions of which the first is no assignment: Python has `:=` in brackets and conditions alone
  private mutating func values() throws(Diagnostic) -> PythonExpression {
    if case .name = token.kind, next.isSign(":=") {
      index += 1
      throw expected("the end of the line")
    }
    return try expressions()
  }

  private var endsLine: Bool { token.kind == .newline || token.kind == .end || token.isSign(";") }

  private mutating func skipSimple() {
    while !endsLine { index += 1 }
  }

  /// import = "import" dotted [ "as" name ] { "," … }; the last of several is kept by the first's place
  private mutating func imported() throws(Diagnostic) -> PythonStatement.Kind {
    let module = try dotted()
    let local = take("as") ? try name() : nil
    guard token.isSign(",") else { return .imported(module: module, name: local) }
    var names = [(module, local)]
    while take(",") { names.append((try dotted(), take("as") ? try name() : nil)) }
    return .importedNames(
      module: "", names.map { ($0.0, $0.1 ?? String($0.0.prefix { $0 != "." })) })
  }

  private mutating func dotted() throws(Diagnostic) -> String {
    var text = ""
    while take(".") || take("...") { text += "." }
    if token.isWord("import"), !text.isEmpty { return text }
    text += try name()
    while take(".") { text += "." + (try name()) }
    return text
  }

  /// from = "from" dotted "import" ( "*" | names )
  private mutating func importedNames() throws(Diagnostic) -> PythonStatement.Kind {
    let module = try dotted()
    try expect("import")
    if take("*") { return .importedNames(module: module, [("*", "*")]) }
    let inBrackets = take("(")
    var names: [(String, String)] = []
    repeat {
      if token.isSign(")") { break }
      let own = try name()
      names.append((own, take("as") ? try name() : own))
    } while take(",")
    if inBrackets { try expect(")") }
    return .importedNames(module: module, names)
  }

  /// assignment = targets { "=" expressions } | target op "=" expressions | target ":" expression [ "=" expressions ]
  private mutating func assignment() throws(Diagnostic) -> PythonStatement.Kind {
    let first = try values()
    if take(":") {
      _ = try expression()
      return take("=") ? .assignment([first], try values()) : .passed
    }
    if case .sign(let sign) = token.kind, sign.utf8.count > 1, sign.last == "=",
      !["==", "!=", "<=", ">="].contains(sign)
    {
      index += 1
      return .augmented(first, String(sign.dropLast()), try values())
    }
    guard token.isSign("=") else { return .expression(first) }
    var targets = [first]
    var value = first
    while take("=") {
      value = try values()
      targets.append(value)
    }
    targets.removeLast()
    return .assignment(targets, value)
  }
}
