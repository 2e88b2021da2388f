import Foundation

/// Sends requests with the system's `curl` command, which can be told whom to trust on every system and needs no library
/// in this program.
///
/// Redirects are not followed: the address is configured, and a secret that is meant for one host must not reach another.
/// Headers go through its standard input, never its arguments, which other users of the machine can read.
package struct HTTPTransport: Sendable {
  /// Whom it trusts.
  let trust: ServerTrust
  /// Where `curl` is looked for, and its proxies.
  let environment: [String: String]

  /// Sends requests to servers that are trusted so.
  package init(_ trust: ServerTrust = .system, environment: [String: String]) {
    (self.trust, self.environment) = (trust, environment)
  }

  /// The whole answer, of any status, of at most `limit` bytes. Throws `HTTPFailure`, `timedOut` also where `isStopped`.
  package func send(
    _ request: HTTPRequest, by deadline: Deadline, isStopped: @Sendable () -> Bool = { false }, limit: Int
  ) throws(HTTPFailure) -> HTTPResponse {
    guard !deadline.isOver else { throw .timedOut }
    guard let curl = EngineProcess.find("curl", environment: environment) else {
      throw .broken("the `curl` command, which sends all requests, is not in `PATH`")
    }
    var result: EngineProcess.Result
    do {
      result = try EngineProcess.run(
        curl, arguments(request, deadline, limit), environment: environment,
        files: request.body.map { ["body": $0] } ?? [:], input: Data(configuration(request).utf8),
        by: deadline, isStopped: isStopped, limit: limit + 64 << 10)
    } catch {
      switch error {
      case .notStarted(let reason): throw .broken(reason)
      case .timedOut: throw .timedOut
      case .tooLarge: throw .tooLarge
      }
    }
    switch result.status {
    case 0: return try response(result.output)
    case 28: throw .timedOut
    case 63: throw .tooLarge
    default:
      let reason = String(decoding: result.errors, as: UTF8.self)
      throw .broken(reason.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  private func arguments(_ request: HTTPRequest, _ deadline: Deadline, _ limit: Int) -> [String] {
    // `--disable` comes first: no `.curlrc` may add a proxy's trace file or `--location`.
    var arguments = [
      "--disable", "--silent", "--show-error", "--include", "--http1.1", "--proto", "=https,http",
    ]
    arguments += ["--suppress-connect-headers", "--max-filesize", "\(limit)"]
    arguments += ["--max-time", "\(max(deadline.remaining, 0.01))", "--config", "-"]
    arguments += ["--request", request.method]
    if request.body != nil { arguments += ["--data-binary", "@body"] }
    switch trust {
    case .system: break
    case .file(let path): arguments += ["--cacert", path]
    case .unchecked: arguments.append("--insecure")
    }
    return arguments
  }

  /// The configuration file that curl reads: in quotes, `\` escapes `\`, `"` and line breaks.
  private func configuration(_ request: HTTPRequest) -> String {
    // Without `Expect`, curl would wait a second for servers that do not know `100 Continue`.
    let headers = request.headers.map { "\($0.name): \($0.value)" } + ["Expect:"]
    let lines = headers.map { "header = \(quoted($0))" } + ["url = \(quoted(request.url.absoluteString))"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"": result += "\\\(scalar)"
      case "\n", "\r", "\0": continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Takes apart what `--include` wrote: the head, an empty line, the body.
  private func response(_ output: Data) throws(HTTPFailure) -> HTTPResponse {
    var rest = output
    while let end = rest.firstRange(of: Data("\r\n\r\n".utf8)) {
      let lines = String(decoding: rest[rest.startIndex..<end.lowerBound], as: UTF8.self)
        .components(separatedBy: "\r\n")
      rest = rest[end.upperBound...]
      let words = (lines.first ?? "").split(separator: " ")
      guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else { break }
      // `100 Continue` stands before the answer's own head.
      if status < 200 { continue }
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { continue }
        headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
      }
      return HTTPResponse(status: status, headers: headers, body: Data(rest))
    }
    throw .broken("the answer is not HTTP")
  }
}
