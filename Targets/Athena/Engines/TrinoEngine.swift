import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import Foundation

/// Runs statements on Trino by its REST protocol: `POST /v1/statement`, then `nextUri` until there is none.
///
/// Source: trino.io/docs/current/develop/client-protocol.html.
///
/// Variables: `CONCORD_TRINO_URL`, `CONCORD_TRINO_USER`; optional `…_PASSWORD` or `…_TOKEN`, `…_CATALOG`, `…_SCHEMA`,
/// `…_CA_FILE`, `…_TLS_VERIFY`.
struct TrinoEngine: QueryEngine {
  static let kind = EngineKind("trino", statementBytes: 900_000, takesJSONRows: true) {
    (settings) throws(Diagnostic) in try TrinoEngine(settings)
  }
  let identifier = kind.name
  let address: ServerAddress
  let headers: [HTTPRequest.Header]
  let transport: HTTPTransport
  let voice: EngineVoice
  private let seconds: Double

  init(_ settings: EngineSettings) throws(Diagnostic) {
    try settings.require(
      ["CONCORD_TRINO_URL", "CONCORD_TRINO_USER"], for: identifier,
      help: [
        "set `CONCORD_TRINO_URL` to the coordinator, such as `https://trino.example.org`",
        "set `CONCORD_TRINO_USER` to the user that queries run as",
      ])
    address = try settings.address("CONCORD_TRINO_URL")
    seconds = try settings.seconds()
    transport = HTTPTransport(try settings.trust("CONCORD_TRINO"), environment: settings.environment)
    let user = try settings.header("CONCORD_TRINO_USER") ?? ""
    let secret = try Self.secret(settings, user: user)
    guard secret == nil || address.isEncrypted else {
      throw .badSetting(
        "CONCORD_TRINO_URL",
        "is plain HTTP, which would send the password or token readable over the network",
        help: ["write `https://`; Trino itself takes passwords and tokens over HTTPS only"])
    }
    var headers = [
      HTTPRequest.Header(name: "X-Trino-User", value: user),
      HTTPRequest.Header(name: "X-Trino-Source", value: "concord"),
    ]
    if let catalog = try settings.header("CONCORD_TRINO_CATALOG") {
      headers.append(.init(name: "X-Trino-Catalog", value: catalog))
    }
    if let schema = try settings.header("CONCORD_TRINO_SCHEMA") {
      headers.append(.init(name: "X-Trino-Schema", value: schema))
    }
    if let secret { headers.append(.init(name: "Authorization", value: secret.header)) }
    self.headers = headers
    voice = EngineVoice(name: "trino at \(address.name)", secrets: secret?.texts ?? [])
  }

  /// The `Authorization` header and the texts in it that are never shown.
  private static func secret(
    _ settings: EngineSettings, user: String
  ) throws(Diagnostic) -> (header: String, texts: [String])? {
    let token = try settings.header("CONCORD_TRINO_TOKEN")
    guard let password = settings["CONCORD_TRINO_PASSWORD"] else {
      return token.map { ("Bearer \($0)", [$0]) }
    }
    guard token == nil else {
      throw .badSetting("CONCORD_TRINO_TOKEN", "is set, and so is `CONCORD_TRINO_PASSWORD`; set one of them")
    }
    guard !user.utf8.contains(UInt8(ascii: ":")) else {
      throw .badSetting("CONCORD_TRINO_USER", "has a colon, which a user with a password cannot have")
    }
    let encoded = Data("\(user):\(password)".utf8).base64EncodedString()
    return ("Basic \(encoded)", [password, encoded])
  }

  func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
    var exchange = TrinoExchange(engine: self, query: query, deadline: Deadline(seconds: seconds))
    do {
      return try exchange.run()
    } catch {
      exchange.cancel()
      throw error
    }
  }
}

/// One statement's way through the protocol.
struct TrinoExchange {
  let engine: TrinoEngine
  let query: String
  let deadline: Deadline
  private var next: URL?
  private var columns: [String]?
  private var rows: [Value.Object] = []
  private var bytes = 0

  init(engine: TrinoEngine, query: String, deadline: Deadline) {
    self.engine = engine
    self.query = query
    self.deadline = deadline
  }

  private var voice: EngineVoice { engine.voice }

  mutating func run() throws(Diagnostic) -> [Value.Object] {
    guard let start = engine.address.appending("/v1/statement") else {
      throw voice.unreachable("its address cannot be extended")
    }
    // A statement does not end in a semicolon here: Trino's grammar has none.
    var text = Substring(query)
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    try take(
      send(
        HTTPRequest(
          method: "POST", url: start,
          headers: engine.headers + [.init(name: "Content-Type", value: "text/plain; charset=utf-8")],
          body: Data(text.utf8))))
    var backOff = BackOff(first: 0.01, limit: 0.25)
    while let url = next {
      let before = rows.count
      try take(send(HTTPRequest(method: "GET", url: url, headers: engine.headers)))
      if next != nil, rows.count == before { deadline.pause(backOff.step()) }
    }
    guard columns != nil else { throw voice.notUnderstood("it has no columns") }
    return rows
  }

  /// Tells the server to forget the query, where it still runs. Whether that succeeds changes nothing here.
  func cancel() {
    guard let next else { return }
    let request = HTTPRequest(method: "DELETE", url: next, headers: engine.headers)
    _ = try? engine.transport.send(request, by: Deadline(seconds: 2), limit: 1 << 20)
  }

  /// Sends until the answer is neither a gateway's trouble (502, 503, 504) nor `429 Too Many Requests`, both of
  /// which the protocol says to retry.
  private func send(_ request: HTTPRequest) throws(Diagnostic) -> HTTPResponse {
    var backOff = BackOff(first: 0.1, limit: 5)
    while true {
      let response: HTTPResponse
      do {
        response = try engine.transport.send(
          request, by: deadline, limit: EngineLimits.answerBytes - bytes)
      } catch {
        throw voice.diagnostic(error, deadline)
      }
      guard [429, 502, 503, 504].contains(response.status) else { return response }
      let asked = response.headers["retry-after"].flatMap(Double.init)
      let wait = asked.map { max($0, 0) } ?? backOff.step()
      guard wait.isFinite, wait < deadline.remaining else {
        throw voice.refused("still answers HTTP \(response.status) after all retries")
      }
      deadline.pause(max(wait, 0.01))
    }
  }

  private mutating func take(_ response: HTTPResponse) throws(Diagnostic) {
    guard response.status == 200 else { throw refusal(response) }
    guard let text = String(data: response.body, encoding: .utf8) else {
      throw voice.notUnderstood("it is not UTF-8")
    }
    let value: Value
    do {
      value = try JSON.parse(Source(name: "<answer>", text: text))
    } catch {
      throw voice.notUnderstood("it is not JSON (\(error.message))")
    }
    guard case .object(let page) = value else { throw voice.notUnderstood("it is not a JSON object") }
    // Where the page is an error there is nothing left to cancel.
    if case .object(let error)? = page["error"] {
      next = nil
      throw failure(error)
    }
    try takeColumns(page)
    let before = rows.count
    try takeData(page)
    // A page that says how far the query is leaves nothing behind: a slow one has hundreds of them.
    if rows.count > before { bytes += response.body.count }
    next = try following(page)
  }

  private mutating func takeColumns(_ page: Value.Object) throws(Diagnostic) {
    guard columns == nil, let value = page["columns"], value != .null else { return }
    guard case .array(let items) = value else { throw voice.notUnderstood("`columns` is not a list") }
    var names: [String] = []
    for item in items {
      guard case .object(let column) = item, case .string(let name)? = column["name"] else {
        throw voice.notUnderstood("a column has no name")
      }
      names.append(name)
    }
    columns = names
  }

  private mutating func takeData(_ page: Value.Object) throws(Diagnostic) {
    guard let value = page["data"], value != .null else { return }
    guard case .array(let items) = value, let columns else {
      throw voice.notUnderstood("`data` is not a list of rows after `columns`")
    }
    for item in items {
      guard case .array(let cells) = item, cells.count == columns.count else {
        throw voice.notUnderstood("a row has not the \(columns.count) values of its columns")
      }
      rows.append(Value.Object(zip(columns, cells).map { Value.Object.Member($0, $1) }))
    }
  }

  /// The address of the next page. It must be on the configured server: the answer must not choose where the
  /// user's credentials go.
  private func following(_ page: Value.Object) throws(Diagnostic) -> URL? {
    guard let value = page["nextUri"], value != .null else { return nil }
    guard case .string(let text) = value, let url = URL(string: text) else {
      throw voice.notUnderstood("`nextUri` is not an address")
    }
    guard engine.address.isServer(of: url) else {
      throw voice.refused(
        "sends on to another server, which is not followed", ServerAddress(text)?.name ?? "",
        help: [
          "set `CONCORD_TRINO_URL` to the address that the coordinator calls itself by; behind a proxy, "
            + "`http-server.process-forwarded=true` makes it use the proxy's"
        ])
    }
    return url
  }

  private func failure(_ error: Value.Object) -> Diagnostic {
    let message = error["message"]?.comparedText ?? "no message"
    let name = error["errorName"]?.comparedText
    var position: Position?
    if case .object(let place)? = error["errorLocation"],
      let line = place["lineNumber"]?.comparedText.flatMap({ Int($0) }), line > 0,
      let column = place["columnNumber"]?.comparedText.flatMap({ Int($0) }), column > 0
    {
      position = Position(line: line, column: column)
    }
    return voice.failed(name.map { "\($0): \(message)" } ?? message, in: query, at: position)
  }

  private func refusal(_ response: HTTPResponse) -> Diagnostic {
    switch response.status {
    case 401, 403:
      voice.refused(
        "answered HTTP \(response.status)",
        help: [
          "check `CONCORD_TRINO_USER` and `CONCORD_TRINO_PASSWORD` or `CONCORD_TRINO_TOKEN`"
        ])
    case 300..<400:
      voice.refused(
        "answered HTTP \(response.status)", help: response.redirectHelp("CONCORD_TRINO_URL"))
    default:
      voice.refused(
        "answered HTTP \(response.status)",
        String(decoding: response.body.prefix(2_000), as: UTF8.self))
    }
  }
}
