import Concord
import Foundation

/// A language server: what is wrong as one types, what a part asks, what becomes of a rule in every language.
///
/// Source: Language Server Protocol 3.17. One message is answered after the other; a request that was cancelled before
/// its turn is not, and of several changes that wait the last is looked at.
struct LanguageServer {
  private let input: RuleInput
  private let terminal: Terminal
  private var stream = MessageStream()
  private var documents: [String: EditorDocument] = [:]
  private(set) var folders: [String: EditorFolder] = [:]
  private(set) var unit = EditorText.Unit.codeUnits
  private var isShutDown = false
  private var isStarted = false

  /// By how many columns formatting indents a level; `nil` for what the language has.
  let indent: Int?

  init(_ input: RuleInput, indent: Int?, _ terminal: Terminal) {
    (self.input, self.indent, self.terminal) = (input, indent, terminal)
  }

  /// Serves until the client ends it. Throws where nothing can be written.
  mutating func run() throws(Diagnostic) -> ExitCode {
    while true {
      var messages = [stream.next()] + stream.waiting()
      while !messages.isEmpty {
        switch messages.removeFirst() {
        case .broken(let reason): try answer(nil, error: .parseError, reason)
        case .end(let reason):
          if let reason {
            terminal.report(Diagnostic(.cannotRead, "cannot read the editor's messages: \(reason)"))
          }
          return isShutDown ? .clean : .findings
        case .message(let message):
          if message["method"]?.text == "exit" { return isShutDown ? .clean : .findings }
          try take(message, before: messages)
        }
      }
    }
  }

  enum Failure: Int {
    case parseError = -32_700
    case invalidRequest = -32_600
    case methodNotFound = -32_601
    case notInitialized = -32_002
    case cancelled = -32_800
    case contentModified = -32_801
  }

  private mutating func take(_ message: Value.Object, before later: [MessageStream.Next]) throws(Diagnostic) {
    guard let method = message["method"]?.text else {
      // An answer: nothing is ever asked of the client.
      if message["result"] == nil, message["error"] == nil {
        try answer(message["id"], error: .invalidRequest, "the message has no method")
      }
      return
    }
    let parameters = message["params"] ?? .null
    guard let id = message["id"] else { return try notify(method, parameters, before: later) }
    let isCancelled = LanguageServer.contains(later) {
      $0["method"]?.text == "$/cancelRequest" && $0["params"]?["id"] == id
    }
    if isCancelled { return try answer(id, error: .cancelled, "cancelled") }
    if isShutDown { return try answer(id, error: .invalidRequest, "the server is shut down") }
    if method != "initialize", !isStarted {
      return try answer(id, error: .notInitialized, "`initialize` comes first")
    }
    switch method {
    case "initialize": try answer(id, initialize(parameters))
    case "shutdown":
      isShutDown = true
      try answer(id, .null)
    case "textDocument/hover": try answer(id, hover(parameters))
    case "textDocument/codeAction": try answer(id, .array(quickFixes(parameters)))
    case "textDocument/codeLens": try answer(id, .array(lenses(parameters)))
    case "codeLens/resolve":
      if let lens = resolved(parameters) { return try answer(id, lens) }
      try answer(id, error: .contentModified, "the text of the lens is another one by now")
    case "textDocument/documentSymbol": try answer(id, .array(symbols(parameters)))
    case "textDocument/completion": try answer(id, completions(parameters))
    case "textDocument/definition": try answer(id, definition(parameters))
    case "textDocument/semanticTokens/full": try answer(id, semanticTokens(parameters))
    case "textDocument/formatting": try answer(id, .array(formatting(parameters)))
    default: try answer(id, error: .methodNotFound, "there is no `\(method)` here")
    }
  }

  private mutating func notify(
    _ method: String, _ parameters: Value, before later: [MessageStream.Next]
  ) throws(Diagnostic) {
    guard isStarted, let document = parameters["textDocument"], let uri = document["uri"]?.text else {
      return
    }
    switch method {
    case "textDocument/didOpen":
      folders[uri] = EditorFolder(beside: LanguageServer.path(uri), input.compiler)
      if let text = document["text"]?.text { try look(at: text, document, uri) }
    case "textDocument/didChange":
      let isOld = LanguageServer.contains(later) {
        $0["method"]?.text == method && $0["params"]?["textDocument"]?["uri"]?.text == uri
      }
      // The whole text comes with each change.
      if !isOld, let text = parameters["contentChanges"]?.items.last?["text"]?.text {
        try look(at: text, document, uri)
      }
    case "textDocument/didSave":
      // What was saved may be a filter of the other files.
      for (uri, open) in documents {
        folders[uri] = EditorFolder(beside: LanguageServer.path(uri), input.compiler)
        try look(at: open.text.text, .members([("version", open.version ?? .null)]), uri)
      }
    case "textDocument/didClose":
      documents[uri] = nil
      folders[uri] = nil
      try publish([], uri, nil)
    default: break
    }
  }

  private static func contains(_ messages: [MessageStream.Next], _ isWanted: (Value.Object) -> Bool) -> Bool {
    messages.contains { if case .message(let message) = $0 { isWanted(message) } else { false } }
  }

  private mutating func look(at text: String, _ document: Value, _ uri: String) throws(Diagnostic) {
    let path = LanguageServer.path(uri)
    let folder = folders[uri] ?? EditorFolder(beside: path, input.compiler)
    let read = EditorDocument(uri: uri, name: path, version: document["version"], text: text, input, folder)
    documents[uri] = read
    try publish(read.diagnostics.map { diagnostic($0, in: read) }, uri, read.version)
  }

  /// The path of an address; the address itself where it is no file's.
  private static func path(_ uri: String) -> String {
    guard let url = URL(string: uri), url.isFileURL else { return uri }
    return url.path
  }

  /// The address of a file.
  static func address(_ path: String) -> String { URL(fileURLWithPath: path).absoluteString }
}

// What is answered.

extension LanguageServer {
  private mutating func initialize(_ parameters: Value) -> Value {
    isStarted = true
    let known = parameters["capabilities"]?["general"]?["positionEncodings"]?.items.compactMap(\.text) ?? []
    if known.contains(EditorText.Unit.scalars.rawValue) { unit = .scalars }
    let sync = Value.members([
      ("openClose", .bool(true)), ("change", .number(Number(1))), ("save", .bool(true)),
    ])
    return .members([
      (
        "capabilities",
        .members(
          [
            ("positionEncoding", .string(unit.rawValue)), ("textDocumentSync", sync),
            ("hoverProvider", .bool(true)),
            ("codeActionProvider", .members([("codeActionKinds", .array([.string("quickfix")]))])),
            ("codeLensProvider", .members([("resolveProvider", .bool(true))])),
            ("documentSymbolProvider", .bool(true)),
          ] + Self.wordCapabilities)
      ),
      ("serverInfo", .members([("name", .string("concord")), ("version", .string(Compiler.version))])),
    ])
  }

  /// A diagnostic as editors have it. One that speaks of another file says so, at the beginning of this one.
  private func diagnostic(_ diagnostic: Diagnostic, in document: EditorDocument) -> Value {
    let isHere = document.holds(diagnostic)
    let severity =
      switch diagnostic.severity {
      case .error: 1
      case .warning: 2
      case .note: 3
      }
    var lines = [diagnostic.message] + diagnostic.help.map { "help: \($0)" }
    if !isHere, let source = diagnostic.source {
      let place = diagnostic.labels.first.map { ":\($0.span.start.line):\($0.span.start.column)" } ?? ""
      lines.append("in \(source.name)\(place)")
    }
    return .members([
      ("range", document.text.range(span(of: diagnostic, in: document), in: unit)),
      ("severity", .number(Number(severity))), ("code", .string(diagnostic.code.rawValue)),
      ("source", .string("concord")),
      ("message", .string(lines.joined(separator: "\n").visible(keepingBreaks: true))),
    ])
  }

  private func span(of diagnostic: Diagnostic, in document: EditorDocument) -> Span {
    let place = document.holds(diagnostic) ? diagnostic.labels.first?.span : nil
    return place ?? Span(at: Position(line: 1, column: 1), length: 0)
  }

  /// What the part under the cursor asks, what the rule covers, and its text in each language.
  private func hover(_ parameters: Value) -> Value {
    guard let (document, position) = place(parameters), let report = document.rule(at: position) else {
      return .null
    }
    let rule = report.document.rule
    var blocks: [String] = []
    if let part = report.part(at: position) { blocks.append(Markdown.block(Notation.print(part) + "\n")) }
    if !rule.attack.isEmpty {
      blocks.append(
        "ATT&CK: " + rule.attack.map { "`\($0.described.visible())`" }.joined(separator: ", ") + "\n")
    }
    for language in Self.shownLanguages {
      do throws(Diagnostic) {
        let query = try document.compiler.write(rule, in: language)
        blocks.append("\(language.name)\n\n" + Markdown.block(query.text.visible(keepingBreaks: true)))
      } catch {
        blocks.append(
          "\(language.name): refused\n\n" + Markdown.block("\(error.code.rawValue): \(error.message)\n"))
      }
    }
    var members: [(String, Value)] = [
      (
        "contents",
        .members([("kind", .string("markdown")), ("value", .string(blocks.joined(separator: "\n")))])
      )
    ]
    if let span = report.part(at: position)?.origin {
      members.append(("range", document.text.range(span, in: unit)))
    }
    return .members(members)
  }

  /// The replacements that diagnostics around a range propose.
  private func quickFixes(_ parameters: Value) -> [Value] {
    guard let document = document(parameters),
      let start = document.text.position(parameters["range"]?["start"], in: unit),
      let end = document.text.position(parameters["range"]?["end"], in: unit)
    else { return [] }
    return document.diagnostics.flatMap { diagnostic -> [Value] in
      let span = span(of: diagnostic, in: document)
      guard document.holds(diagnostic), !diagnostic.labels.isEmpty, span.start <= end, start <= span.end
      else {
        return []
      }
      return diagnostic.help.compactMap { help -> Value? in
        guard let name = help.wholeMatch(of: /did you mean `(.+)`\?/)?.1 else { return nil }
        let edit = Value.members([
          ("range", document.text.range(span, in: unit)), ("newText", .string(String(name))),
        ])
        return .members([
          ("title", .string("Write `\(name)`")), ("kind", .string("quickfix")),
          ("diagnostics", .array([self.diagnostic(diagnostic, in: document)])),
          ("edit", .members([("changes", .members([(document.uri, .array([edit]))]))])),
        ])
      }
    }
  }

  /// The rules of a file.
  private func symbols(_ parameters: Value) -> [Value] {
    guard let document = document(parameters) else { return [] }
    return document.rules.map { report in
      let start = report.start ?? Position(line: 1, column: 1)
      let range = document.text.range(Span(at: start, length: 0), in: unit)
      return .members([
        ("name", .string(report.document.rule.title)),
        ("detail", .string(report.document.rule.id)),
        // A class, of all kinds that there are.
        ("kind", .number(Number(5))), ("range", range), ("selectionRange", range),
      ])
    }
  }

  func document(_ parameters: Value) -> EditorDocument? {
    parameters["textDocument"]?["uri"]?.text.flatMap(document(at:))
  }

  /// The open file of that address.
  func document(at uri: String) -> EditorDocument? { documents[uri] }

  func place(_ parameters: Value) -> (EditorDocument, Position)? {
    guard let document = document(parameters),
      let position = document.text.position(parameters["position"], in: unit)
    else { return nil }
    return (document, position)
  }
}

// How it is sent.

extension LanguageServer {
  private func publish(_ diagnostics: [Value], _ uri: String, _ version: Value?) throws(Diagnostic) {
    var parameters: [(String, Value)] = [("uri", .string(uri)), ("diagnostics", .array(diagnostics))]
    if let version, version != .null { parameters.append(("version", version)) }
    try send([("method", .string("textDocument/publishDiagnostics")), ("params", .members(parameters))])
  }

  private func answer(_ id: Value, _ result: Value) throws(Diagnostic) {
    try send([("id", id), ("result", result)])
  }

  private func answer(_ id: Value?, error: Failure, _ message: String) throws(Diagnostic) {
    let error = Value.members([("code", .number(Number(error.rawValue))), ("message", .string(message))])
    try send([("id", id ?? .null), ("error", error)])
  }

  private func send(_ members: [(String, Value)]) throws(Diagnostic) {
    let text = Value.members([("jsonrpc", .string("2.0"))] + members).compactJSON
    try terminal.print("Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
  }
}

extension LanguageServer {
  /// `concord lsp`.
  static let spec = CommandSpec(
    name: "lsp", summary: "Serve an editor over standard input and output (Language Server Protocol).",
    positional: nil, options: OptionKey.specs(.indentation) + RuleInput.options,
    examples: [
      ("concord lsp", "started by an editor: diagnostics, hover, quick fixes, lenses for rule files"),
      ("concord lsp --schema table.sql", "the same, for rules over that table"),
    ],
    notes: [
      "The options are those of `concord check`; a project file of the working folder or above is found as there.",
      "A text comes whole with each change. Completion offers keys, modifiers, values, and in conditions operators",
      "and fields: those of the file's rules and fixtures, of the table, and those that pipelines map. Formatting is",
      "what `concord format` does.",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    guard arguments.positionals.isEmpty else {
      throw Diagnostic(.usage, "`concord lsp` takes no files: the editor opens them")
    }
    let indent = arguments[.indentation]
    var server = LanguageServer(try RuleInput(arguments, paths: []), indent: indent, terminal)
    return try server.run()
  }
}
