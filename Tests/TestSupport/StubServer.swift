import ConcordDetection
import ConcordDocuments
import ConcordEngines
import Foundation

/// A small HTTP server on this machine that answers by a script: the n-th request below a path gets the n-th
/// answer, the last one again and again.
package struct StubServer {
  /// One answer. `{base}` in the body and the headers is the address of the script, `{id}` in the body the field `id` of the
  /// last form that was posted.
  package struct Answer: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: String
    /// The seconds before the first byte.
    package var delay: Double
    /// How many bytes of the body are sent before the connection is closed; all where `nil`.
    package var cut: Int?
    /// The seconds after each byte of the body.
    package var drip: Double

    /// An answer of these parts.
    package init(
      status: Int = 200, headers: [String: String] = [:], body: String = "", delay: Double = 0,
      cut: Int? = nil, drip: Double = 0
    ) {
      (self.status, self.headers, self.body) = (status, headers, body)
      (self.delay, self.cut, self.drip) = (delay, cut, drip)
    }

    var value: Value {
      .object(
        .init([
          .init("status", .number(Number(status))),
          .init("headers", .object(.init(headers.map { .init($0.key, .string($0.value)) }))),
          .init("body", .string(body)), .init("delay", .string("\(delay)")),
          .init("cut", cut.map { .number(Number($0)) } ?? .null), .init("drip", .string("\(drip)")),
        ]))
    }
  }

  /// One request that the server got.
  package struct Request {
    package let method: String
    package let path: String
    /// Names in lower case.
    package let headers: Value.Object
    package let body: String
  }

  /// The address of this script.
  package let base: String
  private let name: String
  private let root: String

  /// The server with this script, or `nil` where there is no `python3`, which is then reported.
  package init?(_ answers: [Answer], skipping what: String) throws {
    guard let root = try Self.root(skipping: what) else { return nil }
    self.root = root
    name = UUID().uuidString
    base = "\(root)/\(name)"
    let script = Value.array(answers.map(\.value)).compactJSON
    _ = try Self.send("POST", "\(root)/script/\(name)", Data(script.utf8))
  }

  /// The requests that came to this script, in order.
  package func requests() throws -> [Request] {
    let answer = try Self.send("GET", "\(root)/log/\(name)", nil)
    guard case .array(let items) = try JSON.parse(String(decoding: answer, as: UTF8.self)) else { return [] }
    return items.compactMap { item in
      guard case .object(let object) = item, case .object(let headers)? = object["headers"] else {
        return nil
      }
      return Request(
        method: object["method"]?.comparedText ?? "", path: object["path"]?.comparedText ?? "",
        headers: headers, body: object["body"]?.comparedText ?? "")
    }
  }

  private static func send(_ method: String, _ url: String, _ body: Data?) throws -> Data {
    guard let address = URL(string: url) else { throw CocoaError(.fileReadInvalidFileName) }
    let request = HTTPRequest(method: method, url: address, body: body)
    let response = try HTTPTransport(environment: ProcessInfo.processInfo.environment).send(
      request, by: Deadline(seconds: 20), limit: 1 << 24)
    guard response.status == 200 else { throw CocoaError(.fileReadUnknown) }
    return response.body
  }

  private static func root(skipping what: String) throws -> String? {
    if let root = shared?.root { return root }
    if Engine.isRequired { throw Engine.Failure.missing(skipped: what) }
    Engine.note("skipped \(what): python3 and curl are needed")
    return nil
  }

  private static let shared = StubProcess()
}

/// The server's process: one for the whole run, ended when this process ends.
private final class StubProcess: Sendable {
  let root: String
  /// Kept open: the server ends when its standard input does.
  private let input: Pipe

  init?() {
    let environment = ProcessInfo.processInfo.environment
    guard let python = EngineProcess.find("python3", environment: environment),
      EngineProcess.find("curl", environment: environment) != nil
    else { return nil }
    let process = Process()
    let output = Pipe()
    input = Pipe()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", Self.program]
    process.standardInput = input
    process.standardOutput = output
    guard (try? process.run()) != nil else { return nil }
    var line = Data()
    while !line.contains(0x0A) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      line += more
    }
    let port = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    root = "http://127.0.0.1:\(port)"
  }

  private static let program = #"""
    import http.server, json, os, sys, threading, time

    scripts, logs, ids, lock = {}, {}, {}, threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def reply(self, status, headers, body, cut=None, drip=0):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if drip:
                for index in range(len(body)):
                    self.wfile.write(body[index:index + 1])
                    self.wfile.flush()
                    time.sleep(drip)
            elif cut is not None:
                self.wfile.write(body[:cut])
                self.wfile.flush()
                self.close_connection = True
            else:
                self.wfile.write(body)

        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            first, _, rest = self.path[1:].partition("/")
            if first == "script":
                scripts[rest], logs[rest] = json.loads(body), []
                return self.reply(200, {}, b"")
            if first == "log":
                return self.reply(200, {}, json.dumps(logs[rest]).encode())
            with lock:
                number = sum(1 for entry in logs[first] if entry["method"] != "DELETE" and not entry["path"].endswith("/control"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                logs[first].append({"method": self.command, "path": "/" + rest, "headers": headers,
                                    "body": body.decode("utf-8", "replace")})
                form = dict(part.partition("=")[::2] for part in body.decode("utf-8", "replace").split("&"))
                if "id" in form:
                    ids[first] = form["id"]
            if self.command == "DELETE" or self.path.endswith("/control"):
                return self.reply(204, {}, b"")
            answer = scripts[first][min(number, len(scripts[first]) - 1)]
            time.sleep(float(answer["delay"]))
            if answer["status"] == 0:
                self.close_connection = True
                return
            base = f"http://127.0.0.1:{self.server.server_port}/{first}"
            headers = {name: value.replace("{base}", base) for name, value in answer["headers"].items()}
            body = answer["body"].replace("{base}", base).replace("{id}", ids.get(first, ""))
            text = body.encode("latin-1" if "{latin}" in answer["body"] else "utf-8")
            self.reply(answer["status"], headers, text, answer["cut"], float(answer["drip"]))

        do_GET = do_POST = do_DELETE = handle_any

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)
    """#
}
