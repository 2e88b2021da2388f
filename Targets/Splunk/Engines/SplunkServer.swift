import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import Foundation

/// What one Splunk is asked with, whichever endpoint.
///
/// Variables: `CONCORD_SPLUNK_URL` (the management port, `https://host:8089`), `CONCORD_SPLUNK_TOKEN`; optional
/// `…_CA_FILE`, `…_TLS_VERIFY`.
struct SplunkServer {
  let server: EngineServer
  var voice: EngineVoice { server.voice }

  /// The server that these settings describe; nothing is contacted yet.
  init(_ settings: EngineSettings) throws(Diagnostic) {
    try settings.require(
      ["CONCORD_SPLUNK_URL", "CONCORD_SPLUNK_TOKEN"], for: SplunkEngine.kind.name,
      help: [
        "set `CONCORD_SPLUNK_URL` to the management port, such as `https://splunk.example.org:8089`",
        "set `CONCORD_SPLUNK_TOKEN` to an authentication token (Settings > Tokens)",
      ])
    let address = try settings.address("CONCORD_SPLUNK_URL")
    let token = try settings.header("CONCORD_SPLUNK_TOKEN") ?? ""
    guard address.isEncrypted || address.isLoopback else {
      throw .badSetting(
        "CONCORD_SPLUNK_URL", "is plain HTTP, which would send the token readable over the network",
        help: ["write `https://`; `CONCORD_SPLUNK_CA_FILE` names the authority of a private certificate"])
    }
    server = EngineServer(
      address, headers: [.init(name: "Authorization", value: "Bearer \(token)")],
      HTTPTransport(try settings.trust("CONCORD_SPLUNK"), environment: settings.environment),
      EngineVoice(name: "splunk at \(address.name)", secrets: [token]))
  }

  /// A request that posts a form.
  func form(_ path: String, _ fields: [(String, String)]) throws(Diagnostic) -> HTTPRequest {
    try server.request(
      "POST", path, [.init(name: "Content-Type", value: "application/x-www-form-urlencoded")],
      body: Data(SplunkServer.encoded(fields).utf8))
  }

  /// The text as the API wants it: it must begin with `|` or with the command `search`. Comments in front, which
  /// say nothing to Splunk, are left out, so that what follows can be seen.
  static func search(_ query: String) -> String {
    var rest = Substring(query).drop { $0.isWhitespace }
    while rest.hasPrefix("```"), let end = rest.dropFirst(3).range(of: "```") {
      rest = rest[end.upperBound...].drop { $0.isWhitespace }
    }
    let afterSearch = rest.hasPrefix("search") ? rest.dropFirst(6).first : nil
    return rest.hasPrefix("|") || afterSearch?.isWhitespace == true ? String(rest) : "search \(rest)"
  }

  /// The fields as `application/x-www-form-urlencoded`.
  static func encoded(_ fields: [(String, String)]) -> String {
    fields.map { "\($0)=\(formEncoded($1))" }.joined(separator: "&")
  }

  /// The text as a value of such a form: all but letters, digits and `-._~` is `%XX`.
  static func formEncoded(_ text: String) -> String {
    var result: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.append(byte)
      default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The texts of an answer's messages of these types, in upper case. They come with HTTP 200 too.
  static func messages(_ answer: Value.Object, _ types: Set<String>) -> [String] {
    guard case .array(let messages)? = answer["messages"] else { return [] }
    return messages.compactMap { message in
      guard case .object(let message) = message, case .string(let type)? = message["type"],
        types.contains(type.uppercased())
      else { return nil }
      return message["text"]?.comparedText ?? "a message of type \(type) without text"
    }
  }

  /// The texts of the messages that say that a search failed.
  static func errors(_ answer: Value.Object) -> [String] { messages(answer, ["ERROR", "FATAL"]) }

  /// What an answer of another status than success says of a query.
  func refusal(_ response: HTTPResponse, _ query: String) -> Diagnostic {
    let text = String(decoding: response.body.prefix(64 << 10), as: UTF8.self)
    if ![401, 403].contains(response.status), case .object(let answer)? = try? JSON.parse(text),
      let message = SplunkServer.errors(answer).first
    {
      return voice.failed(message, in: query)
    }
    return server.refusal(
      response, check: "check that `CONCORD_SPLUNK_TOKEN` is valid and that its user may run searches",
      url: "CONCORD_SPLUNK_URL")
  }
}
