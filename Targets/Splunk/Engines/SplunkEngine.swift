import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import Foundation

/// Runs searches on Splunk: those of tests through `search/v2/jobs/export`, which streams a search's results as it finds
/// them, those over its indexes as jobs (`SplunkJob`).
///
/// The answer of an export is a JSON document a line. An answer without the final row's mark was cut, and is an error: a
/// missing row would otherwise look like an event that did not match.
struct SplunkEngine: QueryEngine {
  static let kind = EngineKind("splunk") { (settings) throws(Diagnostic) in try SplunkEngine(settings) }
  let identifier = kind.name
  private let server: SplunkServer
  private let seconds: Double
  private var voice: EngineVoice { server.voice }

  init(_ settings: EngineSettings) throws(Diagnostic) {
    server = try SplunkServer(settings)
    seconds = try settings.seconds()
  }

  func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
    let request = try server.form(
      "/services/search/v2/jobs/export",
      [
        ("search", SplunkServer.search(query)), ("output_mode", "json"), ("preview", "false"),
        ("adhoc_search_level", "verbose"),
      ])
    let deadline = Deadline(seconds: seconds)
    let response: HTTPResponse
    do {
      response = try server.server.transport.send(request, by: deadline, limit: EngineLimits.answerBytes)
    } catch {
      throw voice.diagnostic(error, deadline)
    }
    guard response.status == 200 else { throw server.refusal(response, query) }
    return try rows(in: response.body, query)
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
      if let message = SplunkServer.errors(line).first { throw voice.failed(message, in: query) }
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
}

extension SplunkEngine: TableEngine {
  /// A job tells how many events it has looked at, not how many bytes.
  var tellsBytes: Bool { false }

  /// Has Splunk parse the search. What it names is not looked up: in Splunk a field that no event has is no fault.
  func validate(_ statement: String, _ control: QueryControl) throws(Diagnostic) {
    let request = try server.form(
      "/services/search/v2/parser",
      [("q", SplunkServer.search(statement)), ("parse_only", "true"), ("output_mode", "json")])
    let response = try server.server.send(request, control, limit: EngineLimits.answerBytes, isPage: true)
    guard response.status == 200 else { throw server.refusal(response, statement) }
    let answer = try server.server.object(response, isPage: true)
    if let message = SplunkServer.errors(answer).first { throw voice.failed(message, in: statement) }
  }

  func stream(
    _ statement: String, _ control: QueryControl, _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let job = SplunkJob(server: server, query: statement, control: control)
    do {
      try job.run(take)
    } catch {
      job.cancel()
      throw error
    }
    job.delete()
  }
}
