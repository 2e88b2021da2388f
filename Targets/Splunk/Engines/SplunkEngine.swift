import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import Foundation

/// Runs searches on Splunk through `search/v2/jobs/export`, which streams a search's results as it finds them.
///
/// The answer is a JSON document a line. An answer without the final row's mark was cut, and is an error: a
/// missing row would otherwise look like an event that did not match.
///
/// Variables: `CONCORD_SPLUNK_URL` (the management port, `https://host:8089`), `CONCORD_SPLUNK_TOKEN`; optional
/// `…_CA_FILE`, `…_TLS_VERIFY`.
struct SplunkEngine: QueryEngine {
  static let kind = EngineKind("splunk") { (settings) throws(Diagnostic) in try SplunkEngine(settings) }
  let identifier = kind.name
  private let address: ServerAddress
  private let token: String
  private let seconds: Double
  private let transport: HTTPTransport
  private let voice: EngineVoice

  init(_ settings: EngineSettings) throws(Diagnostic) {
    try settings.require(
      ["CONCORD_SPLUNK_URL", "CONCORD_SPLUNK_TOKEN"], for: identifier,
      help: [
        "set `CONCORD_SPLUNK_URL` to the management port, such as `https://splunk.example.org:8089`",
        "set `CONCORD_SPLUNK_TOKEN` to an authentication token (Settings > Tokens)",
      ])
    address = try settings.address("CONCORD_SPLUNK_URL")
    token = try settings.header("CONCORD_SPLUNK_TOKEN") ?? ""
    guard address.isEncrypted || address.isLoopback else {
      throw .badSetting(
        "CONCORD_SPLUNK_URL", "is plain HTTP, which would send the token readable over the network",
        help: ["write `https://`; `CONCORD_SPLUNK_CA_FILE` names the authority of a private certificate"])
    }
    seconds = try settings.seconds()
    transport = HTTPTransport(try settings.trust("CONCORD_SPLUNK"), environment: settings.environment)
    voice = EngineVoice(name: "splunk at \(address.name)", secrets: [token])
  }

  func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
    let deadline = Deadline(seconds: seconds)
    guard let url = address.appending("/services/search/v2/jobs/export") else {
      throw voice.unreachable("its address cannot be extended")
    }
    let fields = [
      ("search", Self.search(query)), ("output_mode", "json"), ("preview", "false"),
      ("adhoc_search_level", "verbose"),
    ]
    let request = HTTPRequest(
      method: "POST", url: url,
      headers: [
        .init(name: "Authorization", value: "Bearer \(token)"),
        .init(name: "Content-Type", value: "application/x-www-form-urlencoded"),
      ],
      body: Data(fields.map { "\($0)=\(Self.formEncoded($1))" }.joined(separator: "&").utf8))
    let response: HTTPResponse
    do {
      response = try transport.send(request, by: deadline, limit: EngineLimits.answerBytes)
    } catch {
      throw voice.diagnostic(error, deadline)
    }
    guard response.status == 200 else { throw refusal(response, query) }
    return try rows(in: response.body, query)
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

  /// The text as a value of `application/x-www-form-urlencoded`: all but letters, digits and `-._~` is `%XX`.
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

  private func rows(in body: Data, _ query: String) throws(Diagnostic) -> [Value.Object] {
    guard let text = String(data: body, encoding: .utf8) else { throw voice.notUnderstood("it is not UTF-8") }
    let documents: [JSON.Document]
    do {
      documents = try JSON.lines(Source(name: "<answer>", text: text))
    } catch {
      throw voice.notUnderstood("it is not one JSON document a line (\(error.message))")
    }
    var rows: [Value.Object] = []
    var isWhole = false
    for document in documents {
      guard case .object(let line) = document.value else {
        throw voice.notUnderstood("line \(document.line) is not an object")
      }
      if let message = Self.errors(line).first { throw voice.failed(message, in: query) }
      if line["preview"] == .bool(true) { continue }
      if line["lastrow"] == .bool(true) { isWhole = true }
      switch line["result"] {
      case .object(let row)?: if !row.members.isEmpty { rows.append(row) }
      case nil: continue
      default: throw voice.notUnderstood("`result` on line \(document.line) is not an object")
      }
    }
    guard isWhole else { throw voice.notUnderstood("it ends before the last row") }
    return rows
  }

  /// The texts of the line's messages that say that the search failed. They come with HTTP 200 too.
  private static func errors(_ line: Value.Object) -> [String] {
    guard case .array(let messages)? = line["messages"] else { return [] }
    return messages.compactMap { message in
      guard case .object(let message) = message, case .string(let type)? = message["type"],
        ["ERROR", "FATAL"].contains(type.uppercased())
      else { return nil }
      return message["text"]?.comparedText ?? "a message of type \(type) without text"
    }
  }

  private func refusal(_ response: HTTPResponse, _ query: String) -> Diagnostic {
    let status = response.status
    if status == 401 || status == 403 {
      return voice.refused(
        "answered HTTP \(status)",
        help: ["check that `CONCORD_SPLUNK_TOKEN` is valid and that its user may run searches"])
    }
    let text = String(decoding: response.body.prefix(64 << 10), as: UTF8.self)
    if case .object(let answer)? = try? JSON.parse(text), let message = Self.errors(answer).first {
      return voice.failed(message, in: query)
    }
    return voice.refused("answered HTTP \(status)", help: response.redirectHelp("CONCORD_SPLUNK_URL"))
  }
}
