import Concord
import Foundation
import Testing

/// `concord lsp` as an editor meets it: whole conversations over pipes.
@Suite("concord lsp")
struct LanguageServerTests {
  private static let rule = """
    AnalysisType: rule
    RuleID: A
    DisplayName: Root
    LogTypes: [AWS.CloudTrail]
    Severity: Low
    Reports:
      MITRE ATT&CK:
        - TA0001:T1078.004
    Condition: |
      eventName eq "😀" or eventName contans "b"
    Tests:
      - Name: matches
        ExpectedResult: true
        Log: { eventName: b }

    """
  private static let mended = rule.replacing("contans", with: "contains")
  private static let uri = "file:///nowhere/a%20b.yml"

  // What an editor sends.

  private static func frame(_ text: String) -> String { "Content-Length: \(text.utf8.count)\r\n\r\n\(text)" }

  private static func request(_ id: Int, _ method: String, _ parameters: String = "{}") -> String {
    frame(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(parameters)}"#)
  }

  private static func notification(_ method: String, _ parameters: String = "{}") -> String {
    frame(#"{"jsonrpc":"2.0","method":"\#(method)","params":\#(parameters)}"#)
  }

  private static func opened(_ text: String, uri: String = uri) -> String {
    let text = Value.string(text).compactJSON
    return notification(
      "textDocument/didOpen", #"{"textDocument":{"uri":"\#(uri)","version":1,"text":\#(text)}}"#)
  }

  private static func changed(_ text: String, _ version: Int) -> String {
    let text = Value.string(text).compactJSON
    return notification(
      "textDocument/didChange",
      #"{"textDocument":{"uri":"\#(uri)","version":\#(version)},"contentChanges":[{"text":\#(text)}]}"#)
  }

  private static func asked(_ id: Int, _ method: String, _ more: String = "") -> String {
    request(id, "textDocument/\(method)", #"{"textDocument":{"uri":"\#(uri)"}\#(more)}"#)
  }

  private static func place(_ line: Int, _ character: Int) -> String {
    #"{"line":\#(line),"character":\#(character)}"#
  }

  private static let initialized = request(0, "initialize") + notification("initialized")
  private static let ended = request(99, "shutdown") + notification("exit")

  // What it gets.

  private func converse(
    _ sent: String, code: Int32 = 0, _ options: [String] = [], in folder: URL? = nil
  ) throws -> [Value] {
    let result = try Tool.run(["lsp"] + options, input: sent, in: folder)
    #expect(result.code == code, "\(result.errors)")
    var rest = Array(result.output.utf8)[...]
    var messages: [Value] = []
    while !rest.isEmpty {
      let head = String(decoding: rest.prefix(40), as: UTF8.self)
      let length = try #require(head.firstMatch(of: /^Content-Length: (\d+)\r\n\r\n/))
      rest = rest.dropFirst(length.0.utf8.count)
      let count = try #require(Int(length.1))
      messages.append(try JSON.parse(String(decoding: rest.prefix(count), as: UTF8.self)))
      rest = rest.dropFirst(count)
    }
    return messages
  }

  private func answer(_ id: Int, in messages: [Value]) -> Value? {
    messages.first { member($0, "id")?.compactJSON == "\(id)" }
  }

  private func published(_ messages: [Value]) -> [Value] {
    messages.filter { member($0, "method") == .string("textDocument/publishDiagnostics") }
  }

  private func text(_ value: Value?) -> String {
    if case .string(let text)? = value { text } else { "" }
  }

  @Test(
    "what is wrong has its place, in the units that the editor counts by",
    arguments: [
      (#"{"capabilities":{}}"#, 33),
      (#"{"capabilities":{"general":{"positionEncodings":["utf-32","utf-16"]}}}"#, 32),
    ])
  func diagnostics(_ capabilities: String, _ character: Int) throws {
    let messages = try converse(
      Self.request(0, "initialize", capabilities) + Self.opened(Self.rule) + Self.changed(Self.mended, 2)
        + Self.ended)
    // The change came at once: both were looked at, since only changes make one another old.
    let published = published(messages)
    #expect(published.count == 2)
    let found = member(published.first, "params", "diagnostics", "0")
    #expect(member(found, "code") == .string("E205"))
    #expect(member(found, "range", "start")?.compactJSON == Self.place(9, character))
    #expect(member(found, "range", "end")?.compactJSON == Self.place(9, character + 7))
    #expect(
      text(member(found, "message")).hasPrefix("unknown operator `contans`\nhelp: did you mean `contains`?"))
    #expect(member(published.last, "params")?.compactJSON.contains(#""diagnostics":[],"version":2"#) ?? false)
  }

  @Test("of changes that wait, the last is looked at; a closed file has no findings")
  func changes() throws {
    let messages = try converse(
      Self.initialized + Self.opened(Self.mended) + (2..<50).map { Self.changed(Self.rule, $0) }.joined()
        + Self.changed(Self.mended, 50)
        + Self.notification("textDocument/didClose", #"{"textDocument":{"uri":"\#(Self.uri)"}}"#) + Self.ended
    )
    let versions = published(messages).map { member($0, "params", "version")?.compactJSON }
    #expect(versions.first == "1" && versions.suffix(2) == ["50", nil], "\(versions)")
    #expect(versions.count < 10, "\(versions)")
  }

  @Test("a quick fix writes the word that was meant")
  func quickFix() throws {
    let range = #","range":{"start":\#(Self.place(9, 35)),"end":\#(Self.place(9, 35))}"#
    let elsewhere = #","range":{"start":\#(Self.place(1, 0)),"end":\#(Self.place(2, 0))}"#
    let messages = try converse(
      Self.initialized + Self.opened(Self.rule) + Self.asked(1, "codeAction", range)
        + Self.asked(2, "codeAction", elsewhere) + Self.ended)
    let fix = member(answer(1, in: messages), "result", "0")
    #expect(member(fix, "title") == .string("Write `contains`"))
    let edit = member(fix, "edit", "changes", Self.uri, "0")
    #expect(
      edit?.compactJSON
        == #"{"range":{"start":\#(Self.place(9, 33)),"end":\#(Self.place(9, 40))},"newText":"contains"}"#)
    #expect(member(answer(2, in: messages), "result") == .array([]))
  }

  @Test("hovering shows what the part asks, what the rule covers, and its queries")
  func hover() throws {
    let hostile = Self.mended.replacing("Root", with: "'``` </details>'")
    let messages = try converse(
      Self.initialized + Self.opened(hostile)
        + Self.asked(1, "hover", #","position":\#(Self.place(9, 40))"#)
        + Self.asked(2, "hover", #","position":\#(Self.place(900, 4))"#)
        + Self.request(
          3, "textDocument/hover",
          #"{"textDocument":{"uri":"file:///other"},"position":\#(Self.place(0, 0))}"#)
        + Self.ended)
    let shown = text(member(answer(1, in: messages), "result", "contents", "value"))
    #expect(shown.hasPrefix("```text\neventName contains \"b\"\n```\n"), "\(shown)")
    #expect(
      shown.contains("ATT&CK: `TA0001 Initial Access, T1078.004 Valid Accounts: Cloud Accounts`")
        && shown.contains(#"WHERE "eventname" = '😀'"#),
      "\(shown)")
    #expect(shown.contains("Splunk SPL\n\n````text\n``` A:") && shown.contains("Sigma\n\n"), "\(shown)")
    #expect(member(answer(1, in: messages), "result", "range", "start")?.compactJSON == Self.place(9, 23))
    #expect(!text(member(answer(2, in: messages), "result", "contents", "value")).isEmpty)
    #expect(member(answer(3, in: messages), "result") == .null)
  }

  @Test("a lens says what is proved, and a symbol names the rule")
  func lens() throws {
    let refused = Self.mended.replacing(
      "contains \"b\"", with: "contains \"b\" or requestParameters eq \"{}\"")
    let messages = try converse(
      Self.initialized + Self.opened(Self.mended) + Self.asked(1, "codeLens")
        + Self.asked(2, "documentSymbol") + Self.resolving(4, "proofs", version: 1)
        + Self.resolving(5, "mutants", version: 1)
        + Self.changed(refused, 2) + Self.asked(3, "codeLens") + Self.resolving(6, "proofs", version: 2)
        + Self.resolving(7, "proofs", version: 1) + Self.resolving(8, "proofs", version: 2, rule: 1)
        + Self.ended)
    // A place is found as one types; its words when it is shown.
    let lenses = member(answer(1, in: messages), "result")
    #expect(member(lenses, "0", "data")?.compactJSON == Self.lensData("proofs", version: 1))
    #expect(member(lenses, "1", "data")?.compactJSON == Self.lensData("mutants", version: 1))
    #expect(member(lenses, "0", "command") == nil && member(lenses, "2") == nil)
    #expect(member(lenses, "0", "range", "start")?.compactJSON == Self.place(9, 2))
    let proofs = text(member(answer(4, in: messages), "result", "command", "title"))
    #expect(proofs == "Athena SQL: proved · Splunk SPL: proved · Sigma: proved · 1 of 1 fixture hold")
    let mutants = text(member(answer(5, in: messages), "result", "command", "title"))
    let told = try Tool.run(["verify", "-", "--to", "sigma"], input: Self.mended).output
    #expect(mutants.hasPrefix("the fixtures notice ") && told.contains("\n  \(mutants)\n"), "\(mutants)")
    #expect(member(answer(2, in: messages), "result", "0", "name") == .string("Root"))
    let other = text(member(answer(6, in: messages), "result", "command", "title"))
    #expect(other.contains("Athena SQL: refused (E"), "\(other)")
    // A lens of an older text, or of a rule that is not there, is not made up.
    for id in [7, 8] {
      #expect(member(answer(id, in: messages), "error", "code") == .number(Number(-32_801)))
    }
  }

  private static func lensData(_ lens: String, version: Int, rule: Int = 0) -> String {
    #"{"uri":"\#(uri)","version":\#(version),"rule":\#(rule),"lens":"\#(lens)"}"#
  }

  private static func resolving(_ id: Int, _ lens: String, version: Int, rule: Int = 0) -> String {
    let data = lensData(lens, version: version, rule: rule)
    return request(
      id, "codeLens/resolve", #"{"range":{"start":\#(place(9, 2)),"end":\#(place(9, 2))},"data":\#(data)}"#)
  }

  @Test("a filter in a file beside the rule is applied to it")
  func collection() throws {
    let rule = "title: A\nlogsource: {product: windows}\ndetection: {s: {x: y}, condition: s}\n"
    let folder = try Tool.folder([
      "f.yml":
        "title: Not ours\nlogsource: {product: windows}\nfilter: {rules: any, selection: {User: me}, condition: not selection}\n",
      "a.yml": rule,
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let uri = folder.appendingPathComponent("a.yml").absoluteString
    let messages = try converse(
      Self.initialized + Self.opened(rule, uri: uri)
        + Self.request(
          1, "textDocument/hover", #"{"textDocument":{"uri":"\#(uri)"},"position":\#(Self.place(2, 0))}"#)
        + Self.ended)
    #expect(
      text(member(answer(1, in: messages), "result", "contents", "value")).contains("User"), "\(messages)")
  }

  private func labels(_ answer: Value?) -> [String] {
    guard case .array(let items)? = member(answer, "result") else { return [] }
    return items.map { text(member($0, "label")) }
  }

  @Test("completion offers keys, a key's values, and in a condition fields and operators")
  func completion() throws {
    let typed = Self.mended.replacing("Severity: Low", with: "Severity: ").replacing("Reports", with: "Rep")
    let sigma = """
      title: A
      logsource: {product: windows}
      detection:
        s:
          Image|ends
      level: h

      """
    let messages = try converse(
      Self.initialized + Self.opened(typed)
        + Self.asked(1, "completion", #","position":\#(Self.place(5, 3))"#)
        + Self.asked(2, "completion", #","position":\#(Self.place(4, 10))"#)
        + Self.asked(3, "completion", #","position":\#(Self.place(9, 2))"#)
        + Self.asked(4, "completion", #","position":\#(Self.place(9, 13))"#)
        + Self.opened(sigma) + Self.asked(5, "completion", #","position":\#(Self.place(4, 14))"#)
        + Self.asked(6, "completion", #","position":\#(Self.place(5, 8))"#)
        + Self.asked(7, "completion", #","position":\#(Self.place(900, 8))"#) + Self.ended)
    func offered(_ id: Int) -> [String] { labels(answer(id, in: messages)) }
    #expect(offered(1).contains("Reports") && !offered(1).contains("detection"), "\(offered(1))")
    #expect(offered(2) == ["Info", "Low", "Medium", "High", "Critical"])
    #expect(offered(3).contains("eventName") && !offered(3).contains("contains"), "\(offered(3))")
    #expect(offered(4).contains("contains") && offered(4).contains("is_null"), "\(offered(4))")
    #expect(offered(5).contains("endswith") && !offered(5).contains("title"), "\(offered(5))")
    #expect(offered(6).contains("high") && !offered(6).contains("stable"), "\(offered(6))")
    #expect(answer(7, in: messages) != nil)
  }

  @Test("completion offers the columns of the table, and the fields that pipelines map")
  func fieldsOfOptions() throws {
    let folder = try Tool.folder([
      "t.sql": """
      CREATE EXTERNAL TABLE lake.logs (eventName string, who struct<name: string, groups: array<struct<id: int>>>)
      PARTITIONED BY (day string)
      """,
      "p.yml": """
      name: p
      priority: 10
      transformations:
        - {type: field_name_mapping, mapping: {CommandLine: cmd, User: account}}

      """,
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let sigma = "title: A\nlogsource: {product: windows}\ndetection:\n  s:\n    Ima\n"
    func offered(_ options: [String], _ text: String, _ line: Int) throws -> [String] {
      let messages = try converse(
        Self.initialized + Self.opened(text)
          + Self.asked(1, "completion", #","position":\#(Self.place(line, 5))"#)
          + Self.ended, options, in: folder)
      return labels(answer(1, in: messages))
    }
    let columns = try offered(["--schema", "t.sql"], Self.mended, 9)
    #expect(Set(["eventName", "who.name", "who.groups[].id"]).isSubset(of: columns), "\(columns)")
    #expect(!columns.contains("day"))
    let documented = try offered([], Self.mended, 9)
    #expect(documented.contains { $0.lowercased() == "useragent" }, "\(documented)")
    let mapped = try offered(["--pipeline", "p.yml"], sigma, 4)
    #expect(Set(["CommandLine", "User"]).isSubset(of: mapped) && !mapped.contains("cmd"), "\(mapped)")
  }

  @Test("formatting is one change of the whole text, and none where the text stays as it is")
  func formatting() throws {
    let untidy = Self.mended.replacing("RuleID: A", with: "RuleID:   A") + "\n\n"
    let messages = try converse(
      Self.initialized + Self.opened(untidy) + Self.asked(1, "formatting", #","options":{"tabSize":8}"#)
        + Self.changed(Self.mended, 2) + Self.asked(2, "formatting") + Self.ended)
    let edit = member(answer(1, in: messages), "result", "0")
    #expect(member(edit, "newText") == .string(Self.mended))
    #expect(member(edit, "range", "start")?.compactJSON == Self.place(0, 0))
    #expect(member(edit, "range", "end")?.compactJSON == Self.place(16, 0), "\(String(describing: edit))")
    #expect(member(answer(2, in: messages), "result") == .array([]))
    let broken = try converse(
      Self.initialized + Self.opened("title:   [") + Self.asked(3, "formatting") + Self.ended)
    #expect(member(answer(3, in: broken), "result") == .array([]))
  }

  @Test("a correlation leads to the rule that it names, in its file or beside it")
  func definition() throws {
    let correlation = """
      title: Many
      correlation:
        type: event_count
        rules: [one, "two"]
        group-by: [user]
        timespan: 5m
        condition: {gte: 3}
      ---
      title: Two
      name: two
      logsource: {product: windows}
      detection: {s: {x: y}, condition: s}

      """
    let folder = try Tool.folder([
      "one.yml":
        "title: One\nname: one\nlogsource: {product: windows}\ndetection: {s: {x: y}, condition: s}\n",
      "c.yml": correlation,
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let uri = folder.appendingPathComponent("c.yml").absoluteString
    func asked(_ id: Int, _ line: Int, _ character: Int) -> String {
      Self.request(
        id, "textDocument/definition",
        #"{"textDocument":{"uri":"\#(uri)"},"position":\#(Self.place(line, character))}"#)
    }
    let messages = try converse(
      Self.initialized + Self.opened(correlation, uri: uri) + asked(1, 3, 11) + asked(2, 3, 17)
        + asked(3, 0, 9) + Self.ended)
    let one = member(answer(1, in: messages), "result")
    #expect(text(member(one, "uri")).hasSuffix("/one.yml"), "\(messages)")
    #expect(member(one, "range", "start")?.compactJSON == Self.place(1, 0))
    let two = member(answer(2, in: messages), "result")
    #expect(member(two, "uri") == .string(uri))
    #expect(member(two, "range", "start")?.compactJSON == Self.place(9, 0))
    #expect(member(answer(3, in: messages), "result") == .null)
  }

  @Test("the words of a condition have their places, in the editor's units")
  func tokens() throws {
    let messages = try converse(
      Self.initialized + Self.opened(Self.mended) + Self.asked(1, "semanticTokens/full") + Self.ended)
    // eventName eq "😀" or eventName contains "b": property 2, operator 1, string 3, keyword 0.
    #expect(
      member(answer(1, in: messages), "result", "data")?.compactJSON
        == "[9,2,9,2,0,0,10,2,1,0,0,3,4,3,0,0,5,2,0,0,0,3,9,2,0,0,10,8,1,0,0,9,3,3,0]")
  }

  /// What a client should not send, and the code of the answer to it; `nil` for no answer.
  static let faults: [(sent: String, id: String, code: Int)] = [
    (frame("{"), "null", -32700), (frame("[1]"), "null", -32700), (frame(""), "null", -32700),
    (request(7, "textDocument/rename"), "7", -32601), (frame(#"{"jsonrpc":"2.0","id":8}"#), "8", -32600),
    (request(9, "textDocument/hover") + notification("$/cancelRequest", #"{"id":9}"#), "9", -32800),
    (frame(#"{"jsonrpc":"2.0","id":"x","method":"y"}"#), "\"x\"", -32601),
  ]

  @Test(
    "a broken, unknown or cancelled message is answered, and the next is taken", arguments: faults.indices)
  func answered(_ index: Int) throws {
    let (sent, id, code) = Self.faults[index]
    let messages = try converse(Self.initialized + sent + Self.opened(Self.rule) + Self.ended)
    let failure = messages.first { member($0, "error") != nil }
    #expect(
      member(failure, "id")?.compactJSON == id && member(failure, "error", "code")?.compactJSON == "\(code)",
      "\(messages)")
    #expect(published(messages).count == 1 && answer(99, in: messages) != nil)
  }

  @Test("a request before the first is refused; an end without a word, or a broken header, is exit code 1")
  func ends() throws {
    let early = try converse(Self.asked(1, "hover") + Self.initialized + Self.ended)
    #expect(member(answer(1, in: early), "error", "code")?.compactJSON == "-32002")
    _ = try converse(Self.initialized + Self.notification("exit"), code: 1)
    _ = try converse(Self.initialized, code: 1)
    for header in [
      "Content-Length: x\r\n\r\n", "Content-Length: 99999999999\r\n\r\n", "\r\n\r\n",
      String(repeating: "x", count: 1 << 13), "Content-Length: 10\r\n\r\n{",
    ] {
      let result = try Tool.run(["lsp"], input: Self.initialized + header)
      #expect(
        result.code == 1 && result.errors.contains("cannot read the editor's messages"),
        "\(header.prefix(40))")
    }
  }

  @Test("values that are no text, no position, no file are never obeyed")
  func hostile() throws {
    let sent = [
      Self.notification("textDocument/didOpen", "[]"),
      Self.notification("textDocument/didOpen", #"{"textDocument":{"uri":3}}"#),
      Self.asked(1, "hover", #","position":{"line":-1,"character":1e99}"#),
      Self.asked(2, "hover", #","position":{"line":99999999999999999999,"character":5}"#),
      Self.asked(3, "codeAction", #","range":7"#), Self.opened("\u{0}\r\u{2028}: [", uri: "untitled:x"),
      Self.opened("Condition: |\n  a eq \"\u{1B}[31m\"", uri: "not a uri \u{1B}"),
    ]
    let messages = try converse(Self.initialized + Self.opened(Self.mended) + sent.joined() + Self.ended)
    #expect(
      answer(1, in: messages) != nil && answer(2, in: messages) != nil && answer(99, in: messages) != nil)
    #expect(!messages.contains { $0.compactJSON.contains("\u{1B}") })
  }
}
