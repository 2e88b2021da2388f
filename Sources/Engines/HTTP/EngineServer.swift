import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Foundation

/// The server of an engine: where it is, and what goes with each request.
package struct EngineServer: Sendable {
  /// Where it is.
  package let address: ServerAddress
  /// What goes with each request; secrets among it.
  package let headers: [HTTPRequest.Header]
  /// How requests are sent.
  package let transport: HTTPTransport
  /// How it is spoken of.
  package let voice: EngineVoice

  /// A server there.
  package init(
    _ address: ServerAddress, headers: [HTTPRequest.Header], _ transport: HTTPTransport, _ voice: EngineVoice
  ) {
    (self.address, self.headers, self.transport, self.voice) = (address, headers, transport, voice)
  }

  /// A request for a path below the address. Throws where the address cannot be extended.
  package func request(
    _ method: String, _ path: String, _ more: [HTTPRequest.Header] = [], body: Data? = nil
  ) throws(Diagnostic) -> HTTPRequest {
    guard let url = address.appending(path) else {
      throw voice.unreachable("its address cannot be extended")
    }
    return HTTPRequest(method: method, url: url, headers: headers + more, body: body)
  }

  /// Sends until the answer is neither a gateway's trouble (502, 503, 504) nor `429 Too Many Requests`, which pass. An
  /// answer that `isPage` of a longer one has as many bytes as a page may have.
  ///
  /// Throws `E704` to `E709`, and `E715` where the control asks to stop.
  package func send(
    _ request: HTTPRequest, _ control: QueryControl, limit: Int, isPage: Bool
  ) throws(Diagnostic) -> HTTPResponse {
    var backOff = BackOff(first: 0.1, limit: 5)
    while true {
      let response: HTTPResponse
      do {
        response = try transport.send(
          request, by: control.deadline, isStopped: control.isStopped,
          limit: isPage ? EngineLimits.pageBytes : limit)
      } catch {
        if control.isStopped() { try control.check(voice) }
        if isPage, case .tooLarge = error { throw voice.pageTooLarge() }
        throw voice.diagnostic(error, control.deadline)
      }
      guard [429, 502, 503, 504].contains(response.status) else { return response }
      let asked = response.headers["retry-after"].flatMap(Double.init)
      let wait = asked.map { max($0, 0) } ?? backOff.step()
      guard wait.isFinite, wait < control.deadline.remaining else {
        throw voice.refused("still answers HTTP \(response.status) after all retries")
      }
      try control.pause(max(wait, 0.01), voice)
    }
  }

  /// The JSON object that an answer is. Throws `E707` where it is none, `E709` where it is a page of more values than one
  /// may have.
  package func object(_ response: HTTPResponse, isPage: Bool) throws(Diagnostic) -> Value.Object {
    guard !isPage || JSONWeight.values(in: response.body) <= EngineLimits.pageValues else {
      throw voice.pageTooLarge()
    }
    guard let text = String(data: response.body, encoding: .utf8) else {
      throw voice.notUnderstood("it is not UTF-8")
    }
    let value: Value
    do {
      value = try JSON.parse(Source(name: "<answer>", text: text))
    } catch {
      throw voice.notUnderstood("it is not JSON (\(error.message))")
    }
    guard case .object(let object) = value else { throw voice.notUnderstood("it is not a JSON object") }
    return object
  }

  /// What a server says with a status that is none of success: `variables` are those to look at where it does not let the
  /// user in, `url` the one that has its address.
  package func refusal(_ response: HTTPResponse, check help: String, url: String) -> Diagnostic {
    let what = "answered HTTP \(response.status)"
    switch response.status {
    case 401, 403: return voice.refused(what, help: [help])
    case 300..<400: return voice.refused(what, help: response.redirectHelp(url))
    default:
      return voice.refused(what, String(decoding: response.body.prefix(2_000), as: UTF8.self))
    }
  }

  /// Sends a request whose answer changes nothing, as the one that ends a query.
  package func tell(_ request: HTTPRequest) {
    _ = try? transport.send(request, by: Deadline(seconds: 2), limit: 1 << 20)
  }
}
