import ConcordDiagnostics

/// Reads the text of a search into its tree.
///
/// ```
/// query    = comment* ( search-expression | "|" generating-command ) ( "|" command )*
/// command  = "search" search-expression | "where" expression | "eval" name "=" expression ( "," … )*
///          | "regex" [ field ( "=" | "!=" ) ] text | "table" fields | "fields" [ "+" | "-" ] fields
///          | "rename" field "AS" field ( "," … )* | "spath" option* | "makeresults" "format=json" "data=" text
///          | "append" "[" "|" "makeresults" … "]"
/// ```
/// Splunk's other commands are refused by name: they change, join or count events, and what they do is not a
/// condition on one event.
enum SplunkParser {
  /// The tree of the text. Throws `E17x` with the place.
  static func parse(_ source: Source) throws(Diagnostic) -> SplunkQuery {
    var cursor = SplunkCursor(source)
    var comments: [String] = []
    while true {
      while let scalar = cursor.next, SplunkCursor.isBlank(scalar) { cursor.advance() }
      guard cursor.isAt("```") else { break }
      comments.append(try cursor.comment())
    }
    var commands: [SplunkCommand] = []
    if cursor.next != "|" {
      let start = cursor.index
      let expression = try cursor.searchExpression()
      commands.append(SplunkCommand(.search(expression), at: cursor.span(from: start)))
    }
    try cursor.skipBlanks()
    while cursor.next == "|" {
      cursor.advance()
      commands.append(try cursor.command(isFirst: commands.isEmpty))
      try cursor.skipBlanks()
    }
    if cursor.next != nil { throw cursor.unexpected("a `|` or the end") }
    return SplunkQuery(comments: comments, commands: commands)
  }

  /// The commands that are read.
  static let commands = [
    "search", "where", "eval", "regex", "table", "fields", "rename", "spath", "makeresults", "append",
  ]
}

extension SplunkCursor {
  fileprivate mutating func command(isFirst: Bool) throws(Diagnostic) -> SplunkCommand {
    try skipBlanks()
    let start = index
    let name = run(while: SplunkCursor.isWord)
    if name.isEmpty { throw unexpected("the name of a command") }
    let kind: SplunkCommand.Kind
    switch name.lowercased() {
    case "search": kind = .search(try searchExpression())
    case "where": kind = .filter(try evalExpression())
    case "eval": kind = .eval(try assignments())
    case "regex": kind = try regexCommand()
    case "table": kind = .table(try fieldNames())
    case "fields": kind = try fieldsCommand()
    case "rename": kind = .rename(try renamings())
    case "spath": kind = try spathCommand()
    case "makeresults":
      if !isFirst { throw .splunkNotFirst(source, span(from: start)) }
      kind = .makeresults(data: try makeresults())
    case "append":
      try expect("[")
      try expect("|")
      try expect("makeresults")
      kind = .append(data: try makeresults())
      try expect("]")
    default: throw .splunkCommand(name, source, span(from: start))
    }
    return SplunkCommand(kind, at: span(from: start))
  }

  private mutating func assignments() throws(Diagnostic) -> [SplunkCommand.Assignment] {
    var result: [SplunkCommand.Assignment] = []
    repeat {
      let name = try fieldName()
      try expect("=")
      result.append(SplunkCommand.Assignment(name: name, value: try evalExpression()))
    } while try takeComma()
    return result
  }

  private mutating func regexCommand() throws(Diagnostic) -> SplunkCommand.Kind {
    try skipBlanks()
    if next == "\"" {
      // A text alone, or a field in quotes.
      let place = index
      let text = try quoted(escapes: [:])
      try skipBlanks()
      if next != "=", !isAt("!=") { return .regex(field: "_raw", negated: false, pattern: text) }
      rewind(to: place)
    }
    let field = try fieldName()
    try skipBlanks()
    let negated = take("!=")
    if !negated { try expect("=") }
    try skipBlanks()
    if next != "\"" { throw unexpected("a text in double quotes") }
    return .regex(field: field, negated: negated, pattern: try quoted(escapes: [:]))
  }

  private mutating func fieldsCommand() throws(Diagnostic) -> SplunkCommand.Kind {
    try skipBlanks()
    let drops = take("-")
    if !drops { _ = take("+") }
    return .fields(keep: !drops, try fieldNames())
  }

  /// Names with commas or blanks between them, up to the next `|`.
  private mutating func fieldNames() throws(Diagnostic) -> [String] {
    var names: [String] = []
    try skipBlanks()
    while let scalar = next, scalar != "|" {
      if scalar == "," {
        advance()
      } else {
        names.append(try fieldName())
      }
      try skipBlanks()
    }
    if names.isEmpty { throw unexpected("a field") }
    return names
  }

  private mutating func renamings() throws(Diagnostic) -> [SplunkCommand.Renaming] {
    var result: [SplunkCommand.Renaming] = []
    repeat {
      let from = try fieldName()
      try skipBlanks()
      guard run(while: SplunkCursor.isWord).lowercased() == "as" else { throw unexpected("`AS`") }
      result.append(SplunkCommand.Renaming(from: from, to: try fieldName()))
    } while try takeComma()
    return result
  }

  private mutating func spathCommand() throws(Diagnostic) -> SplunkCommand.Kind {
    var options: [String: String] = [:]
    try skipBlanks()
    while next != nil, next != "|" {
      let start = index
      let word = try fieldName()
      try skipBlanks()
      if take("=") {
        guard ["input", "output", "path"].contains(word) else {
          throw .splunkOption(word, of: "spath", source, span(from: start))
        }
        options[word] = try fieldName()
      } else {
        options["path"] = word
      }
      try skipBlanks()
    }
    return .spath(input: options["input"], output: options["output"], path: options["path"])
  }

  private mutating func makeresults() throws(Diagnostic) -> String {
    var data: String?
    var isJSON = false
    try skipBlanks()
    while next != nil, next != "|", next != "]" {
      let start = index
      let word = run(while: SplunkCursor.isWord)
      try expect("=")
      switch word {
      case "format": isJSON = try fieldName() == "json"
      case "data" where next == "\"": data = try quoted(escapes: [:])
      default: throw .splunkOption(word, of: "makeresults", source, span(from: start))
      }
      try skipBlanks()
    }
    guard let data, isJSON else { throw unexpected("`format=json` and `data=\"…\"`") }
    return data
  }

  /// A field's name outside expressions: bare, or in double quotes, or in single ones left of `=` in `eval`.
  private mutating func fieldName() throws(Diagnostic) -> String {
    try skipBlanks()
    let name: String
    if next == "\"" {
      name = try quoted(escapes: [:])
    } else if next == "'" {
      name = try singleQuoted()
    } else {
      name = run { !SplunkCursor.isBlank($0) && !"|,=()[]\"'`!<>".unicodeScalars.contains($0) }
    }
    if name.isEmpty { throw unexpected("a field") }
    return name
  }
}

extension SplunkCursor {
  /// A name in single quotes, which comes next.
  mutating func singleQuoted() throws(Diagnostic) -> String {
    let start = index
    advance()
    let name = run { $0 != "'" }
    if next == nil { throw .splunkUnclosed("field name", "'", source, span(from: start).clipped) }
    advance()
    return name
  }

  mutating func expect(_ text: String) throws(Diagnostic) {
    try skipBlanks()
    if !take(text) { throw unexpected("`\(text)`") }
  }

  mutating func takeComma() throws(Diagnostic) -> Bool {
    try skipBlanks()
    return take(",")
  }

  /// One level deeper, or an error.
  mutating func enter() throws(Diagnostic) {
    depth += 1
    if depth > SplunkCursor.depthLimit {
      throw .splunkNesting(limit: SplunkCursor.depthLimit, source, span(from: index))
    }
  }

  /// What stands here instead of what was expected.
  func unexpected(_ expected: String) -> Diagnostic {
    let found = next.map { scalar in
      scalar == "|" || scalar == ")" || scalar == "," || SplunkCursor.isWord(scalar) || scalar.value > 0x20
        ? "`\(SplunkLiteral.comment(String(scalar)))`" : "a control character"
    }
    return .splunkUnexpected(found ?? "the end", expected, source, span(from: index))
  }
}
