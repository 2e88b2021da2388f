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
  let server: EngineServer
  private let seconds: Double

  init(_ settings: EngineSettings) throws(Diagnostic) {
    try settings.require(
      ["CONCORD_TRINO_URL", "CONCORD_TRINO_USER"], for: identifier,
      help: [
        "set `CONCORD_TRINO_URL` to the coordinator, such as `https://trino.example.org`",
        "set `CONCORD_TRINO_USER` to the user that queries run as",
      ])
    let address = try settings.address("CONCORD_TRINO_URL")
    seconds = try settings.seconds()
    let transport = HTTPTransport(try settings.trust("CONCORD_TRINO"), environment: settings.environment)
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
    server = EngineServer(
      address, headers: headers, transport,
      EngineVoice(name: "trino at \(address.name)", secrets: secret?.texts ?? []))
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
    var rows: [Value.Object] = []
    try run(TrinoExchange(engine: self, query: query, .init(deadline: Deadline(seconds: seconds)))) {
      rows += $0.objects
    }
    return rows
  }

  private func run(
    _ start: TrinoExchange, _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var exchange = start
    do {
      try exchange.run(take)
    } catch {
      exchange.cancel()
      throw error
    }
  }
}

extension TrinoEngine: TableEngine {
  var tellsBytes: Bool { true }

  func validate(_ statement: String, _ control: QueryControl) throws(Diagnostic) {
    try stream("EXPLAIN (TYPE VALIDATE)\n" + statement, control) { _ in }
  }

  func stream(
    _ statement: String, _ control: QueryControl, _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try run(TrinoExchange(engine: self, query: statement, control, isStreaming: true), take)
  }
}
