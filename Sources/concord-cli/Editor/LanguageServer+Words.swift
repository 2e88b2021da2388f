import Concord

// What may be typed, where a word leads, and what the words of a condition are.
extension LanguageServer {
  /// What this part of the server can do, as `initialize` says it.
  static let wordCapabilities: [(String, Value)] = [
    ("completionProvider", .members([("triggerCharacters", .array([.string("|"), .string(".")]))])),
    ("definitionProvider", .bool(true)), ("documentFormattingProvider", .bool(true)),
    (
      "semanticTokensProvider",
      .members([
        (
          "legend",
          .members([
            ("tokenTypes", .array(NotationWord.Kind.allCases.map { .string($0.rawValue) })),
            ("tokenModifiers", .array([])),
          ])
        ), ("full", .bool(true)),
      ])
    ),
  ]

  /// The words that may stand at a position.
  func completions(_ parameters: Value) -> Value {
    guard let (document, position) = place(parameters) else { return .null }
    return .array(
      EditorCompletion(in: document, at: position).items.map { item in
        .members([("label", .string(item.label)), ("kind", .number(Number(item.kind.rawValue)))])
      })
  }

  /// Where the rule stands that the word at a position names.
  func definition(_ parameters: Value) -> Value {
    guard let (document, position) = place(parameters), let uri = parameters["textDocument"]?["uri"]?.text
    else { return .null }
    let own = Source(name: document.name, text: document.text.text)
    let word = document.text.word(at: position)
    guard let found = EditorDefinition.place(of: word, in: [own] + (folders[uri]?.files ?? [])) else {
      return .null
    }
    let isOwn = found.source.name == own.name
    return .members([
      ("uri", .string(isOwn ? uri : LanguageServer.address(found.source.name))),
      ("range", EditorText(found.source.text).range(found.span, in: unit)),
    ])
  }

  /// What `concord format` makes of the text: one change of all of it, or none where it stays as it is. The editor's own
  /// width does not count, since the gate asks for the same as the editor writes.
  func formatting(_ parameters: Value) -> [Value] {
    guard let document = document(parameters) else { return [] }
    let source = Source(name: document.name, text: document.text.text)
    guard let text = try? Compiler.formatted(source, indent: indent),
      !text.sameScalars(as: source.text)
    else { return [] }
    let whole = Span(
      Position(line: 1, column: 1),
      Position(
        line: document.text.lines.count, column: (document.text.lines.last?.count ?? 0) + 1))
    return [.members([("range", document.text.range(whole, in: unit)), ("newText", .string(text))])]
  }

  /// The words of the conditions, each as five numbers: lines and columns from the word before, length, kind.
  func semanticTokens(_ parameters: Value) -> Value {
    guard let document = document(parameters) else { return .null }
    let keys = Registry.readers.compactMap { $0.words?.condition }
    var data: [Int] = []
    var (line, column) = (0, 0)
    for number in document.text.notationLines(below: keys) {
      for word in Notation.words(of: document.text.line(number)) {
        func units(_ position: Position) -> Int {
          document.text.column(of: Position(line: number, column: position.column), in: unit)
        }
        let start = units(word.span.start)
        let length = units(word.span.end) - start
        guard length > 0, let kind = NotationWord.Kind.allCases.firstIndex(of: word.kind) else { continue }
        data += [number - 1 - line, number - 1 == line ? start - column : start, length, kind, 0]
        (line, column) = (number - 1, start)
      }
    }
    return .members([("data", .array(data.map { .number(Number($0)) }))])
  }
}
