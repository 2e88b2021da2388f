import ConcordDetection
import ConcordDiagnostics
import ConcordEngines
import ConcordHunt
import ConcordLanguages
import Foundation
import TestSupport
import Testing

/// Runs over a server whose process is killed, and started anew: each row of each slice once, in order.
@Suite("Runs over a server that is killed")
struct EnginesRestartTests {
  /// A server with the answers of Trino to three statements, two pages of one row each, whose process can be killed.
  final class KilledServer: @unchecked Sendable {
    // All that varies is guarded by `lock`.
    private let lock = NSLock()
    private let python: String
    private let marker: String
    private var process: Process
    private(set) var port: String
    private var starts = 1

    /// The server; where `diesInSlice`, it kills itself at the second page of that slice, once.
    init?(diesInSlice slice: Int?, _ scratch: Scratch) throws {
      let environment = ProcessInfo.processInfo.environment
      guard let python = EngineProcess.find("python3", environment: environment),
        EngineProcess.find("curl", environment: environment) != nil
      else {
        if Engine.isRequired { throw Engine.Failure.missing(skipped: "2 runs over a server that is killed") }
        Engine.note("skipped 2 runs over a server that is killed: python3 and curl are needed")
        return nil
      }
      self.python = python
      marker = scratch.url.appending(path: "killed").path
      if slice == nil { try Data().write(to: URL(fileURLWithPath: marker)) }
      (process, port) = try Self.start(python, ["0", "\(slice ?? -1)", marker])
    }

    deinit { process.terminate() }

    /// How often it was started.
    var startCount: Int { lock.withLock { starts } }

    /// Kills the process, as a power cut does.
    func kill() { lock.withLock { _ = Foundation.kill(process.processIdentifier, SIGKILL) } }

    /// Starts it anew at the same address once it is dead, a while later.
    func startAgain(after seconds: Double) {
      let thread = Thread { [self] in
        lock.withLock { process }.waitUntilExit()
        Thread.sleep(forTimeInterval: seconds)
        guard let (again, _) = try? Self.start(python, [port, "-1", marker]) else { return }
        lock.withLock {
          process = again
          starts += 1
        }
      }
      thread.start()
    }

    private static func start(_ python: String, _ arguments: [String]) throws -> (Process, port: String) {
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: python)
      process.arguments = ["-c", program] + arguments
      process.standardOutput = output
      try process.run()
      let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      return (process, line.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static let program = #"""
      import http.server, json, os, sys

      port, dies, marker = int(sys.argv[1]), sys.argv[2], sys.argv[3]
      known = set()
      columns = [{"name": name} for name in ("rules", "eventtime", "name")]

      class Handler(http.server.BaseHTTPRequestHandler):
          protocol_version = "HTTP/1.1"

          def log_message(self, *arguments):
              pass

          def answer(self):
              body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
              if self.command == "DELETE":
                  return self.reply(204, None)
              if self.command == "POST":
                  number = body.split()[-1]
                  known.add(number)
                  base = f"http://127.0.0.1:{self.server.server_port}"
                  return self.reply(200, {"id": "q", "columns": columns, "data": [self.row(number, 1)],
                                          "nextUri": f"{base}/v1/statement/{number}/2"})
              number = self.path.split("/")[-2]
              if number == dies and not os.path.exists(marker):
                  open(marker, "w").close()
                  os.kill(os.getpid(), 9)
              if number not in known:
                  return self.reply(404, None)
              self.reply(200, {"id": "q", "columns": columns, "data": [self.row(number, 2)]})

          def row(self, number, page):
              return [["a"], f"1970-01-01T0{number}:10:00Z", f"a{number}{page}"]

          def reply(self, status, value):
              body = b"" if value is None else json.dumps(value).encode()
              self.send_response(status)
              self.send_header("Content-Length", str(len(body)))
              self.end_headers()
              self.wfile.write(body)

          do_GET = do_POST = do_DELETE = answer

      server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
      server.daemon_threads = True
      print(server.server_port, flush=True)
      server.serve_forever()
      """#
  }

  @Test("between two slices, and in the middle of one", arguments: [nil, 1])
  func killed(_ inSlice: Int?) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    guard let server = try KilledServer(diesInSlice: inSlice, scratch) else { return }
    let engine = try EngineConfiguration(environment: [
      "CONCORD_TRINO_URL": "http://127.0.0.1:\(server.port)", "CONCORD_TRINO_USER": "auditor",
    ]).engine("trino")
    var options = Hunt.Options()
    options.waits = Array(repeating: 0.3, count: 100)
    options.seconds = 60
    let hunt = Hunt(
      [EnginesHuntFaultTests.rule], on: try #require(engine as? any TableEngine), options,
      statements: { slice in
        [
          Hunt.Statement(
            text: "slice \(slice.since.seconds / 3600)", evidence: EnginesHuntFaultTests.evidence, rules: [0])
        ]
      }, render: EnginesHuntFaultTests.name)
    let control = HuntControl()
    if inSlice != nil { server.startAgain(after: 0.5) }
    var printed: [String] = []
    let slices = TimeSlice.slices(from: Instant(seconds: 0), to: Instant(seconds: 10_800), of: 3600)
    try hunt.run(slices, control) { (slice, result) throws(Diagnostic) in
      try result.forEachPiece { piece in
        printed.append(String(decoding: piece, as: UTF8.self))
        return true
      }
      if inSlice == nil, slice == slices[0] {
        server.kill()
        server.startAgain(after: 0.5)
      }
    }
    #expect(printed.joined() == "a01 a02 a11 a12 a21 a22 ")
    #expect(server.startCount == 2 && control.state.retries > 0)
    server.kill()
  }
}
