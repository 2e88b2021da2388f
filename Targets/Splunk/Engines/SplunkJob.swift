import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import Foundation

/// One search as a job of Splunk's: created, watched until it is done, its results read page by page, and removed.
///
/// The search itself says its time (`earliest=`, `latest=`), which counts before the parameters of those names. The sources
/// of what is assumed of the interface stand in this target's README.
struct SplunkJob {
  let server: SplunkServer
  let query: String
  let control: QueryControl
  /// The job's name, which we choose: so it can be ended even where the answer that names it is lost.
  private let id = "concord_\(UUID().uuidString)"
  private var voice: EngineVoice { server.voice }

  /// How many results a job stores at most; what exceeds them is dropped without an error. [REST API Reference, search/jobs,
  /// `max_count`; limits.conf]
  static let resultLimit = 500_000
  /// How many results are asked for at once; fewer where they are large.
  private static let pageRows = 1_000
  /// After how many seconds without a request Splunk ends the job by itself: where this program was killed.
  private static let abandoned = 120

  init(server: SplunkServer, query: String, control: QueryControl) {
    (self.server, self.query, self.control) = (server, query, control)
  }

  private var path: String { "/services/search/v2/jobs/\(id)" }

  /// Runs the search and hands over its results page by page, and at the end an empty page.
  func run(_ hand: (RowPage) throws(Diagnostic) -> Void) throws(Diagnostic) {
    try create()
    let count = try wait()
    var columns: [String] = []
    var (offset, rows) = (0, SplunkJob.pageRows)
    while offset < count {
      try control.check(voice)
      let page: RowPage
      do throws(Diagnostic) {
        page = try results(offset, rows)
      } catch {
        guard error.code == .answerTooLarge, rows > 1 else { throw error }
        rows /= 2
        continue
      }
      guard !page.rows.isEmpty, page.rows.count <= rows else {
        throw voice.notUnderstood("it has \(page.rows.count) results behind \(offset) of \(count)")
      }
      offset += page.rows.count
      columns = page.columns
      try hand(page)
    }
    guard offset == count else { throw voice.notUnderstood("it has \(offset) results of \(count)") }
    try hand(RowPage(columns: columns, rows: []))
  }

  /// Tells the server to end the search, and to forget it. Whether that succeeds changes nothing here.
  func cancel() {
    guard let request = try? server.form("\(path)/control", [("action", "cancel")]) else { return }
    server.server.tell(request)
  }

  /// Tells the server to forget what it found.
  func delete() {
    guard let request = try? server.server.request("DELETE", path) else { return }
    server.server.tell(request)
  }

  private func create() throws(Diagnostic) {
    let request = try server.form(
      "/services/search/v2/jobs",
      [
        ("search", SplunkServer.search(query)), ("id", id), ("exec_mode", "normal"),
        ("adhoc_search_level", "fast"), ("allow_partial_results", "false"),
        ("max_count", "\(SplunkJob.resultLimit)"), ("auto_cancel", "\(SplunkJob.abandoned)"),
        ("output_mode", "json"),
      ])
    let response = try send(request)
    guard (200..<300).contains(response.status) else { throw server.refusal(response, query) }
    let answer = try server.server.object(response, isPage: true)
    if let message = SplunkServer.errors(answer).first { throw voice.failed(message, in: query) }
    guard case .string(let sid)? = answer["sid"], sid.sameScalars(as: id) else {
      throw voice.notUnderstood("it has not the `sid` that the job was given")
    }
  }

  /// Waits until the search is done, and returns how many results it has. Throws where they are not all.
  private func wait() throws(Diagnostic) -> Int {
    var backOff = BackOff(first: 0.05, limit: 2)
    while true {
      let response = try send(try server.server.request("GET", "\(path)?output_mode=json"))
      // Nothing is known of it yet.
      if response.status != 204 {
        guard response.status == 200 else { throw gone(response) }
        let state = try content(server.server.object(response, isPage: true))
        for text in SplunkServer.messages(state, ["WARN"]) {
          control.remark("\(voice.name): \(voice.clean(text))")
        }
        if let count = try SplunkJobState(state).count(self) { return count }
      }
      try control.pause(backOff.step(), voice)
    }
  }

  /// The properties of the job.
  private func content(_ answer: Value.Object) throws(Diagnostic) -> Value.Object {
    guard case .array(let entries)? = answer["entry"], case .object(let entry)? = entries.first,
      case .object(let content)? = entry["content"]
    else { throw voice.notUnderstood("it has no `entry` with `content`") }
    return content
  }

  private func results(_ offset: Int, _ count: Int) throws(Diagnostic) -> RowPage {
    let response = try send(
      try server.server.request("GET", "\(path)/results?output_mode=json&offset=\(offset)&count=\(count)"))
    guard response.status == 200 else { throw gone(response) }
    let answer = try server.server.object(response, isPage: true)
    if let message = SplunkServer.errors(answer).first { throw voice.failed(message, in: query) }
    guard case .array(let items)? = answer["results"] else {
      throw voice.notUnderstood("it has no `results`")
    }
    var objects: [Value.Object] = []
    for item in items {
      guard case .object(let object) = item else { throw voice.notUnderstood("a result is not an object") }
      objects.append(object)
    }
    let columns = names(answer, objects)
    return RowPage(columns: columns, rows: objects.map { row in columns.map { row[$0] ?? .null } })
  }

  /// The names of the fields, as the answer lists them, else as its results have them.
  private func names(_ answer: Value.Object, _ rows: [Value.Object]) -> [String] {
    var names: [String] = []
    if case .array(let fields)? = answer["fields"] {
      for case .object(let field) in fields { field["name"]?.comparedText.map { names.append($0) } }
    }
    var seen = Set(names.map(ScalarText.init))
    for key in rows.lazy.flatMap(\.members).map(\.key) where seen.insert(ScalarText(key)).inserted {
      names.append(key)
    }
    return names
  }

  private func send(_ request: HTTPRequest) throws(Diagnostic) -> HTTPResponse {
    try server.server.send(request, control, limit: EngineLimits.answerBytes, isPage: true)
  }

  /// What is wrong where a job that was created is asked for: a server that was started anew knows nothing of it.
  private func gone(_ response: HTTPResponse) -> Diagnostic {
    [204, 404, 410].contains(response.status)
      ? voice.lost("knows nothing of the search any more (HTTP \(response.status))")
      : server.refusal(response, query)
  }
}

/// How far a job is, by its properties. [REST API Reference, search/jobs/{search_id}]
private struct SplunkJobState {
  private let content: Value.Object

  init(_ content: Value.Object) { self.content = content }

  /// How many results there are, once the search is done; `nil` while it runs. Throws where it failed, and where it does
  /// not give all results.
  func count(_ job: SplunkJob) throws(Diagnostic) -> Int? {
    let voice = job.server.voice
    let state = content["dispatchState"]?.comparedText?.uppercased() ?? ""
    if let message = SplunkServer.errors(content).first { throw voice.failed(message, in: job.query) }
    if isTrue("isZombie") { throw voice.lost("lost the process of the search") }
    if isTrue("isFailed") || state == "FAILED" {
      throw voice.failed("the search has failed, and Splunk does not say why", in: job.query)
    }
    if isTrue("isPaused") { throw voice.refused("paused the search") }
    guard isTrue("isDone") || state == "DONE" else { return nil }
    guard let results = number("resultCount") else { throw voice.notUnderstood("it has no `resultCount`") }
    if job.control.takesPart { return results }
    if isTrue("isFinalized") {
      throw voice.refused("ended the search before it had looked at all events")
    }
    let events = number("eventCount") ?? results
    guard results < SplunkJob.resultLimit, events <= results else {
      throw Diagnostic(
        .answerTooLarge, "\(voice.name) stores \(results) results of \(max(events, results)) or more events",
        help: ["`--slice` makes the slices of time shorter, such as `--slice 1h`"])
    }
    return results
  }

  // Booleans and numbers come as such, and from some versions as texts.
  private func isTrue(_ name: String) -> Bool { ["true", "1"].contains(content[name]?.comparedText ?? "") }
  private func number(_ name: String) -> Int? { content[name]?.comparedText.flatMap { Int($0) } }
}
