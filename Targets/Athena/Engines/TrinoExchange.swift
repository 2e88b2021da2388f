import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import Foundation

/// One statement's way through the protocol.
struct TrinoExchange {
  let engine: TrinoEngine
  let query: String
  let control: QueryControl
  /// Whether the answer may be of any size, as long as its pages are not.
  let isStreaming: Bool
  private var next: URL?
  private var columns: [String]?
  private var bytes = 0

  init(engine: TrinoEngine, query: String, _ control: QueryControl, isStreaming: Bool = false) {
    self.engine = engine
    self.query = query
    self.control = control
    self.isStreaming = isStreaming
  }

  private var deadline: Deadline { control.deadline }

  private var voice: EngineVoice { engine.server.voice }

  /// Runs the statement and hands over its rows page by page.
  mutating func run(_ hand: (RowPage) throws(Diagnostic) -> Void) throws(Diagnostic) {
    // A statement does not end in a semicolon here: Trino's grammar has none.
    var text = Substring(query)
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    let request = try engine.server.request(
      "POST", "/v1/statement", [.init(name: "Content-Type", value: "text/plain; charset=utf-8")],
      body: Data(text.utf8))
    let first = try take(send(request))
    if !first.isEmpty { try hand(page(first)) }
    var backOff = BackOff(first: 0.01, limit: 0.25)
    while let url = next {
      // A statement whose time is over is told by the request that does not end; only a stop is looked for here.
      if control.isStopped() { try control.check(voice) }
      let rows = try take(send(HTTPRequest(method: "GET", url: url, headers: engine.server.headers)))
      if !rows.isEmpty {
        // Its rows would be given again and again.
        if next == url { throw voice.notUnderstood("a page names itself as the next") }
        try hand(page(rows))
      } else if next != nil {
        deadline.pause(backOff.step())
      }
    }
    guard let columns else { throw voice.notUnderstood("it has no columns") }
    try hand(RowPage(columns: columns, rows: []))
  }

  private func page(_ rows: [[Value]]) -> RowPage { RowPage(columns: columns ?? [], rows: rows) }

  /// Tells the server to forget the query, where it still runs. Whether that succeeds changes nothing here.
  func cancel() {
    guard let next else { return }
    engine.server.tell(HTTPRequest(method: "DELETE", url: next, headers: engine.server.headers))
  }

  private func send(_ request: HTTPRequest) throws(Diagnostic) -> HTTPResponse {
    try engine.server.send(request, control, limit: EngineLimits.answerBytes - bytes, isPage: isStreaming)
  }

  /// Takes an answer apart: its rows, and where the next ones are.
  private mutating func take(_ response: HTTPResponse) throws(Diagnostic) -> [[Value]] {
    guard response.status == 200 else { throw refusal(response) }
    let page = try engine.server.object(response, isPage: isStreaming)
    // Where the page is an error there is nothing left to cancel.
    if case .object(let error)? = page["error"] {
      next = nil
      throw failure(error)
    }
    try takeColumns(page)
    let rows = try self.rows(page)
    // A page that says how far the query is leaves nothing behind: a slow one has hundreds of them.
    if !rows.isEmpty { bytes += response.body.count }
    next = try following(page)
    if isStreaming { control.progress(QueryProgress(bytes: TrinoExchange.bytesRead(page))) }
    return rows
  }

  /// The bytes that the query has read; those that its operators took where the connector does not tell.
  private static func bytesRead(_ page: Value.Object) -> Int? {
    guard case .object(let stats)? = page["stats"] else { return nil }
    func number(_ name: String) -> Int { stats[name]?.comparedText.flatMap { Int($0) } ?? 0 }
    let physical = number("physicalInputBytes")
    return physical > 0 ? physical : number("processedBytes")
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

  private func rows(_ page: Value.Object) throws(Diagnostic) -> [[Value]] {
    guard let value = page["data"], value != .null else { return [] }
    guard case .array(let items) = value, let columns else {
      throw voice.notUnderstood("`data` is not a list of rows after `columns`")
    }
    var rows: [[Value]] = []
    for item in items {
      guard case .array(let cells) = item, cells.count == columns.count else {
        throw voice.notUnderstood("a row has not the \(columns.count) values of its columns")
      }
      rows.append(cells)
    }
    return rows
  }

  /// The address of the next page. It must be on the configured server: the answer must not choose where the
  /// user's credentials go.
  private func following(_ page: Value.Object) throws(Diagnostic) -> URL? {
    guard let value = page["nextUri"], value != .null else { return nil }
    guard case .string(let text) = value, let url = URL(string: text) else {
      throw voice.notUnderstood("`nextUri` is not an address")
    }
    guard engine.server.address.isServer(of: url) else {
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
    if isStreaming, let name, TrinoExchange.losses.contains(name) {
      return voice.lost("gave the query up", "\(name): \(message)")
    }
    var position: Position?
    if case .object(let place)? = error["errorLocation"],
      let line = place["lineNumber"]?.comparedText.flatMap({ Int($0) }), line > 0,
      let column = place["columnNumber"]?.comparedText.flatMap({ Int($0) }), column > 0
    {
      position = Position(line: line, column: column)
    }
    return voice.failed(name.map { "\($0): \(message)" } ?? message, in: query, at: position)
  }

  /// The errors that say nothing of the statement: the same one may well be answered another time.
  /// [io.trino.spi.StandardErrorCode, Trino 414]
  private static let losses: Set<String> = [
    "ABANDONED_QUERY", "ABANDONED_TASK", "ADMINISTRATIVELY_PREEMPTED", "CLUSTER_OUT_OF_MEMORY",
    "NO_NODES_AVAILABLE", "PAGE_TRANSPORT_ERROR", "PAGE_TRANSPORT_TIMEOUT", "QUERY_QUEUE_FULL",
    "REMOTE_HOST_GONE", "REMOTE_TASK_ERROR", "REMOTE_TASK_FAILED", "REMOTE_TASK_MISMATCH",
    "SERVER_SHUTTING_DOWN", "SERVER_STARTING_UP", "TOO_MANY_REQUESTS_FAILED",
  ]

  private func refusal(_ response: HTTPResponse) -> Diagnostic {
    // A server that was started anew knows nothing of the query.
    if isStreaming, next != nil, [404, 410].contains(response.status) {
      return voice.lost("knows nothing of the query any more (HTTP \(response.status))")
    }
    return engine.server.refusal(
      response, check: "check `CONCORD_TRINO_USER` and `CONCORD_TRINO_PASSWORD` or `CONCORD_TRINO_TOKEN`",
      url: "CONCORD_TRINO_URL")
  }
}
