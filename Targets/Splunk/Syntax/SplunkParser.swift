import ConcordDiagnostics

/// Reads the text of a search into its tree.
///
/// ```
/// query    = comment* ( search-expression | "|" generating-command ) ( "|" command )*
/// command  = "search" search-expression | "where" expression | "eval" name "=" expression ( "," … )*
///          | "regex" [ field ( "=" | "!=" ) ] text | "rex" option* text | "table" fields | "fields" [ "+" | "-" ] fields
///          | "rename" field "AS" field ( "," … )* | "spath" option* | "makeresults" "format=json" "data=" text
///          | "append" "[" "|" "makeresults" … "]"
///          | "tstats" option* measure ( ","? measure )* "FROM" "datamodel=" name [ "WHERE" search-expression ] [ "BY" fields [ "span=" text ] ]
///          | ( "stats" | "streamstats" ) option* measure ( ","? measure )* [ "BY" fields ] | ( "bin" | "bucket" ) option* field [ "AS" field ]
///          | ( "sort" | "reverse" | "convert" | "fieldformat" | "fillnull" | "iplocation" | "lookup" ) any-text
/// measure  = function [ "(" ( field | "eval" "(" expression ")" ) ")" ] [ "AS" field ]
/// ```
/// Splunk's other commands are refused by name: they change, join or count events, and what they do is not a
/// condition on one event.
struct SplunkParser {
  var cursor: SplunkCursor
  /// Whether the text ends, for this reader, before the first command that looks at several events.
  var endsWithFilter = false

  /// The tree of the text, with the macros of `options` written out. Throws what is wrong, with the place: inside of a
  /// macro that of its use. `endsWithFilter`: what stands behind the filter at the head is not looked at.
  static func parse(
    _ source: Source, _ options: SplunkOptions = SplunkOptions(), endsWithFilter: Bool = false
  ) throws(Diagnostic) -> SplunkQuery {
    let macros = try options.knownMacros
    let cursor =
      macros.isEmpty ? SplunkCursor(source) : SplunkCursor(source, try SplunkExpansion(source, macros))
    var parser = SplunkParser(cursor: cursor, endsWithFilter: endsWithFilter)
    return try parser.query()
  }

  private mutating func query() throws(Diagnostic) -> SplunkQuery {
    var comments: [String] = []
    while true {
      while let scalar = cursor.next, SplunkCursor.isBlank(scalar) { cursor.advance() }
      guard cursor.isAt("```") else { break }
      comments.append(try cursor.comment())
    }
    var commands: [SplunkCommand] = []
    if cursor.next != "|" {
      let start = cursor.place
      try takeLeadingSearch()
      let expression = try searchExpression()
      commands.append(SplunkCommand(.search(expression), at: cursor.span(from: start)))
    }
    try cursor.skipBlanks()
    while cursor.next == "|" {
      cursor.advance()
      // What is written by Concord is read whole.
      if endsWithFilter, !commands.isEmpty, !SplunkQuery.isWritten(comments), let command = try leaving() {
        return SplunkQuery(comments: comments, commands: commands, leftOut: command)
      }
      commands.append(try command(isFirst: commands.isEmpty))
      try cursor.skipBlanks()
    }
    if cursor.next != nil { throw cursor.unexpected("a `|` or the end") }
    return SplunkQuery(comments: comments, commands: commands)
  }

  /// The command that stands here, where it does not look at one event at a time.
  private mutating func leaving() throws(Diagnostic) -> SplunkQuery.LeftOut? {
    let start = cursor.place
    try cursor.skipBlanks()
    let first = cursor.place
    let name = cursor.run(while: { $0.isWord })
    if name.isEmpty || SplunkParser.commandsOfOneEvent.contains(name.lowercased()) {
      cursor.rewind(to: start)
      return nil
    }
    return SplunkQuery.LeftOut(name: name, span: cursor.span(from: first))
  }

  /// The commands that keep, drop or change an event by itself alone, among those that are read.
  private static let commandsOfOneEvent: Set = [
    "search", "where", "eval", "regex", "rex", "table", "fields", "rename", "spath", "convert", "fieldformat",
    "fillnull", "iplocation", "lookup", "bin", "bucket",
  ]

  /// Passes over the name of the command that a pipeline begins with, which may be left out; `search=x` is a field.
  private mutating func takeLeadingSearch() throws(Diagnostic) {
    let start = cursor.place
    guard try cursor.takeWord("search") else { return }
    let isWord = cursor.next.map { SplunkCursor.isBlank($0) || "(\"`".unicodeScalars.contains($0) }
    try cursor.skipBlanks()
    let isField = cursor.isAt("IN ") || cursor.isAt("IN(")
    if isWord != true || isField || "=!<>|".unicodeScalars.contains(cursor.next ?? "|") {
      cursor.rewind(to: start)
    }
  }

  /// The commands that are read.
  static let commands = [
    "search", "where", "eval", "regex", "rex", "table", "fields", "rename", "spath", "makeresults", "append",
    "stats", "streamstats", "tstats", "bin", "bucket", "sort", "reverse", "convert", "fieldformat",
    "fillnull", "iplocation",
    "lookup",
  ]

  /// An expression of `search`; `endsAtBy`: whether it ends before the word `by`.
  mutating func searchExpression(endsAtBy: Bool = false) throws(Diagnostic) -> SplunkSearch {
    var parser = SplunkSearchParser(cursor)
    parser.endsAtBy = endsAtBy
    let expression = try parser.logicalExpression()
    cursor = parser.cursor
    return expression
  }

  private mutating func evalExpression() throws(Diagnostic) -> SplunkEval {
    var parser = SplunkEvalParser(cursor)
    let expression = try parser.expression()
    cursor = parser.cursor
    return expression
  }
}

extension SplunkParser {
  private mutating func command(isFirst: Bool) throws(Diagnostic) -> SplunkCommand {
    try cursor.skipBlanks()
    let start = cursor.place
    let name = cursor.run(while: { $0.isWord })
    if cursor.next == "`", name.isEmpty {
      let use = SplunkMacroUse(try cursor.enclosed("`", "macro"))
      throw .splunkMacroUnknown(use, cursor.source, cursor.span(from: start))
    }
    if name.isEmpty { throw cursor.unexpected("the name of a command") }
    let kind: SplunkCommand.Kind
    switch name.lowercased() {
    case "search": kind = .search(try searchExpression())
    case "where": kind = .filter(try evalExpression())
    case "eval": kind = .eval(try assignments())
    case "regex": kind = try regexCommand()
    case "rex": kind = try rexCommand()
    case "table": kind = .table(try fieldNames())
    case "fields": kind = try fieldsCommand()
    case "rename": kind = .rename(try renamings())
    case "spath": kind = try spathCommand()
    case "stats": kind = .stats(try statistics())
    case "streamstats": kind = .stream(try stream())
    case "tstats":
      if !isFirst { throw .splunkNotFirst(name, cursor.source, cursor.span(from: start)) }
      kind = .model(try modelSearch())
    case "bin", "bucket": kind = .bin(try bin())
    case let word where SplunkDisplay.names.contains(word): kind = .display(try display(word))
    case "makeresults":
      if !isFirst { throw .splunkNotFirst(name, cursor.source, cursor.span(from: start)) }
      kind = .makeresults(data: try makeresults())
    case "append":
      try cursor.expect("[")
      try cursor.expect("|")
      try cursor.expect("makeresults")
      kind = .append(data: try makeresults())
      try cursor.expect("]")
    default: throw .splunkCommand(name, cursor.source, cursor.span(from: start))
    }
    return SplunkCommand(kind, at: cursor.span(from: start))
  }

  /// Options and functions of `streamstats`. A window of rows is read where each group has its own.
  private mutating func stream() throws(Diagnostic) -> SplunkStream {
    var (stream, isGlobal) = (SplunkStream(statistics: SplunkStatistics(measures: [], group: [])), true)
    while true {
      try cursor.skipBlanks()
      let start = cursor.place
      let word = cursor.run { $0.isWord }.lowercased()
      guard cursor.next == "=" else {
        cursor.rewind(to: start)
        stream.statistics = try statistics()
        guard isGlobal, stream.window != nil, !stream.statistics.group.isEmpty else { return stream }
        throw .splunkOption("window", of: "streamstats", cursor.source, cursor.span(from: start))
      }
      cursor.advance()
      let value = try fieldName().lowercased()
      let isFalse = ["f", "false", "0"].contains(value)
      switch word {
      case "global" where isFalse: isGlobal = false
      case "current" where !isFalse: break
      case "window" where Int(value).map { $0 > 0 } ?? false: stream.window = Int(value)
      case "time_window" where value.hasSuffix("s") && Int(value.dropLast()).map { $0 > 0 } ?? false:
        stream.seconds = Int(value.dropLast())
      default: throw .splunkOption(word, of: "streamstats", cursor.source, cursor.span(from: start))
      }
    }
  }

  private mutating func statistics() throws(Diagnostic) -> SplunkStatistics {
    var result = SplunkStatistics(measures: [], group: [])
    try cursor.skipBlanks()
    while let scalar = cursor.next, scalar != "|" {
      let start = cursor.place
      let word = cursor.run { $0.isWord }
      if word.isEmpty || result.measures.isEmpty && word.isSameWord(as: "by") {
        cursor.rewind(to: start)
        throw cursor.unexpected("a function such as `count` or `dc(…)`")
      }
      if cursor.next == "=" {
        throw .splunkOption(word, of: "stats", cursor.source, cursor.span(from: start))
      }
      if word.isSameWord(as: "by"), !result.measures.isEmpty {
        result.group = try fieldNames()
        break
      }
      guard SplunkStatistics.isFunction(word, takesArgument: cursor.next == "(") else {
        throw .splunkStatistic(word, cursor.source, cursor.span(from: start))
      }
      result.measures.append(try measure(word))
      _ = try cursor.takeComma()
      try cursor.skipBlanks()
    }
    if result.measures.isEmpty { throw cursor.unexpected("a function such as `count` or `dc(…)`") }
    return result
  }

  /// What follows the name of a function.
  mutating func measure(_ function: String) throws(Diagnostic) -> SplunkStatistics.Measure {
    var measure = SplunkStatistics.Measure(function: function)
    if cursor.next == "(" { measure.argument = try argument() }
    measure.alias = try alias()
    return measure
  }

  /// What a function is of, in parentheses; `nil` where they hold nothing.
  private mutating func argument() throws(Diagnostic) -> SplunkStatistics.Measure.Argument? {
    try cursor.expect("(")
    try cursor.skipBlanks()
    if cursor.take(")") { return nil }
    let start = cursor.place
    let argument: SplunkStatistics.Measure.Argument
    let word = cursor.run { $0.isWord }
    try cursor.skipBlanks()
    if word.isSameWord(as: "eval"), cursor.next == "(" {
      cursor.advance()
      argument = .expression(try evalExpression())
      try cursor.expect(")")
    } else {
      cursor.rewind(to: start)
      argument = .field(try fieldName())
    }
    try cursor.expect(")")
    return argument
  }

  /// The name after `AS`, if that comes next.
  private mutating func alias() throws(Diagnostic) -> String? {
    try cursor.skipBlanks()
    let start = cursor.place
    if cursor.run(while: { $0.isWord }).isSameWord(as: "as") { return try fieldName() }
    cursor.rewind(to: start)
    return nil
  }

  private mutating func bin() throws(Diagnostic) -> SplunkBin {
    var bin = SplunkBin(field: "")
    try cursor.skipBlanks()
    repeat {
      let start = cursor.place
      let word = try fieldName()
      try cursor.skipBlanks()
      if bin.field.isEmpty, cursor.next != "=" {
        bin.field = word
      } else {
        try cursor.expect("=")
        bin.span = try span(word, of: "bin", from: start)
      }
      if !bin.field.isEmpty, bin.alias == nil { bin.alias = try alias() }
      try cursor.skipBlanks()
    } while bin.field.isEmpty || cursor.next != nil && cursor.next != "|"
    return bin
  }

  /// The value of the option `span`, of which the `=` was passed. Throws where the option is another.
  mutating func span(
    _ word: String, of command: String, from start: TextCursor.Place
  ) throws(Diagnostic) -> String {
    guard word.isSameWord(as: "span") else {
      throw .splunkOption(word, of: command, cursor.source, cursor.span(from: start))
    }
    return try fieldName()
  }

  /// The text of a command that changes what is shown, up to the next command, and the fields that it may change.
  private mutating func display(_ name: String) throws(Diagnostic) -> SplunkDisplay {
    var (text, words) = ("", [String]())
    while let scalar = cursor.next, scalar != "|" {
      if scalar == "[" { throw .splunkSubsearch(cursor.source, cursor.span(from: cursor.place)) }
      if scalar == "\"" {
        let word = try cursor.quoted(escapes: [:])
        text += SplunkLiteral.quoted(word)
        words.append(word)
      } else if SplunkCursor.isBlank(scalar) || "`,=()".unicodeScalars.contains(scalar) {
        if cursor.isAt("```") {
          _ = try cursor.comment()
          continue
        }
        cursor.advance()
        text.unicodeScalars.append(scalar)
      } else {
        let word = cursor.run { !SplunkCursor.isBlank($0) && !"|,=()\"`[".unicodeScalars.contains($0) }
        text += word
        words.append(word)
      }
    }
    // Blanks before the next command are no part of this one.
    while let last = text.unicodeScalars.last, SplunkCursor.isBlank(last) { text.unicodeScalars.removeLast() }
    return SplunkDisplay(name: name, text: text, changes: SplunkDisplay.changes(of: name, words))
  }

  private mutating func assignments() throws(Diagnostic) -> [SplunkCommand.Assignment] {
    var result: [SplunkCommand.Assignment] = []
    repeat {
      let name = try fieldName()
      try cursor.expect("=")
      result.append(SplunkCommand.Assignment(name: name, value: try evalExpression()))
    } while try cursor.takeComma()
    return result
  }

  private mutating func regexCommand() throws(Diagnostic) -> SplunkCommand.Kind {
    try cursor.skipBlanks()
    if cursor.next == "\"" {
      // A text alone, or a field in quotes.
      let place = cursor.place
      let text = try cursor.quoted(escapes: [:])
      try cursor.skipBlanks()
      if cursor.next != "=", !cursor.isAt("!=") {
        return .regex(field: "_raw", negated: false, pattern: text)
      }
      cursor.rewind(to: place)
    }
    let field = try fieldName()
    try cursor.skipBlanks()
    let negated = cursor.take("!=")
    if !negated { try cursor.expect("=") }
    try cursor.skipBlanks()
    if cursor.next != "\"" { throw cursor.unexpected("a text in double quotes") }
    return .regex(field: field, negated: negated, pattern: try cursor.quoted(escapes: [:]))
  }

  private mutating func rexCommand() throws(Diagnostic) -> SplunkCommand.Kind {
    var (field, changes) = ("_raw", false)
    try cursor.skipBlanks()
    while cursor.next != "\"" {
      let start = cursor.place
      let word = try fieldName()
      try cursor.expect("=")
      let value = try fieldName()
      switch word {
      case "field": field = value
      case "mode": changes = value == "sed"
      case "max_match": break  // How many values the fields get.
      default: throw .splunkOption(word, of: "rex", cursor.source, cursor.span(from: start))
      }
      try cursor.skipBlanks()
    }
    return .extract(field: field, changes: changes, pattern: try cursor.quoted(escapes: [:]))
  }

  private mutating func fieldsCommand() throws(Diagnostic) -> SplunkCommand.Kind {
    try cursor.skipBlanks()
    let drops = cursor.take("-")
    if !drops { _ = cursor.take("+") }
    return .fields(keep: !drops, try fieldNames())
  }

  /// Names with commas or blanks between them, up to the next `|`.
  private mutating func fieldNames() throws(Diagnostic) -> [String] {
    var names: [String] = []
    try cursor.skipBlanks()
    while let scalar = cursor.next, scalar != "|" {
      if scalar == "," {
        cursor.advance()
      } else {
        names.append(try fieldName())
      }
      try cursor.skipBlanks()
    }
    if names.isEmpty { throw cursor.unexpected("a field") }
    return names
  }

  private mutating func renamings() throws(Diagnostic) -> [SplunkCommand.Renaming] {
    var result: [SplunkCommand.Renaming] = []
    repeat {
      let from = try fieldName()
      try cursor.skipBlanks()
      guard cursor.run(while: { $0.isWord }).isSameWord(as: "as") else { throw cursor.unexpected("`AS`") }
      result.append(SplunkCommand.Renaming(from: from, to: try fieldName()))
      // Commas between the pairs may be left out.
      _ = try cursor.takeComma()
    } while cursor.next != nil && cursor.next != "|"
    return result
  }

  private mutating func spathCommand() throws(Diagnostic) -> SplunkCommand.Kind {
    var options: [String: String] = [:]
    try cursor.skipBlanks()
    while cursor.next != nil, cursor.next != "|" {
      let start = cursor.place
      let word = try fieldName()
      try cursor.skipBlanks()
      if cursor.take("=") {
        guard ["input", "output", "path"].contains(word) else {
          throw .splunkOption(word, of: "spath", cursor.source, cursor.span(from: start))
        }
        options[word] = try fieldName()
      } else {
        options["path"] = word
      }
      try cursor.skipBlanks()
    }
    return .spath(input: options["input"], output: options["output"], path: options["path"])
  }

  private mutating func makeresults() throws(Diagnostic) -> String {
    var data: String?
    var isJSON = false
    try cursor.skipBlanks()
    while cursor.next != nil, cursor.next != "|", cursor.next != "]" {
      let start = cursor.place
      let word = cursor.run(while: { $0.isWord })
      try cursor.expect("=")
      switch word {
      case "format": isJSON = try fieldName() == "json"
      case "data" where cursor.next == "\"": data = try cursor.quoted(escapes: [:])
      default: throw .splunkOption(word, of: "makeresults", cursor.source, cursor.span(from: start))
      }
      try cursor.skipBlanks()
    }
    guard let data, isJSON else { throw cursor.unexpected("`format=json` and `data=\"…\"`") }
    return data
  }

  /// A field's name outside expressions: bare, or in double quotes, or in single ones left of `=` in `eval`.
  mutating func fieldName() throws(Diagnostic) -> String {
    try cursor.skipBlanks()
    let name: String
    if cursor.next == "\"" {
      name = try cursor.quoted(escapes: [:])
    } else if cursor.next == "'" {
      name = try cursor.singleQuoted()
    } else {
      name = cursor.run { !SplunkCursor.isBlank($0) && !"|,=()[]\"'`!<>".unicodeScalars.contains($0) }
    }
    if name.isEmpty { throw cursor.unexpected("a field") }
    return name
  }
}

extension SplunkEval {
  /// The search that a text in quotes is, as `searchmatch` takes it. Throws where it is another expression, or more than
  /// one search.
  func searched() throws(Diagnostic) -> SplunkSearch {
    guard case .string(let text) = kind,
      case .search(let expression)? = try SplunkParser.parse(Source(name: "searchmatch", text: text)).commands
        .first?.kind
    else { throw .splunkUnread("`searchmatch` of this", span) }
    return expression
  }
}
