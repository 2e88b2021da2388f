import Foundation
import TestSupport
import Testing

@testable import ConcordEngines

@Suite("Certificates of engines")
struct EnginesTLSTests {
  /// Answers every request with a whole Splunk answer, over TLS with the certificate of its arguments, until its
  /// standard input ends.
  private static let program = #"""
    import http.server, json, os, ssl, sys, threading

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            result = {"sent": self.headers["Authorization"]}
            body = json.dumps({"preview": False, "lastrow": True, "result": result}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda request, address: None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)
    """#

  @Test("A private certificate is trusted only where the user says so")
  func privateCertificate() throws {
    let what = "4 cases of certificates"
    let environment = ProcessInfo.processInfo.environment
    let tools = ["python3", "openssl", "curl"].map { EngineProcess.find($0, environment: environment) }
    guard let python = tools[0], let openssl = tools[1], tools[2] != nil else {
      if Engine.isRequired { throw Engine.Failure.missing(skipped: what) }
      Engine.note("skipped \(what): python3, openssl and curl are needed")
      return
    }
    let scratch = try Scratch()
    defer { scratch.remove() }
    let certificate = try makeCertificate("server", openssl, scratch, environment)
    let other = try makeCertificate("other", openssl, scratch, environment)
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [
      "-c", Self.program, certificate, scratch.url.appendingPathComponent("server.key").path,
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    defer { try? input.fileHandleForWriting.close() }
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))

    func result(_ settings: [String: String]) throws -> String {
      let own = [
        "CONCORD_SPLUNK_URL": "https://localhost:\(port)", "CONCORD_SPLUNK_TOKEN": "to\"k\\en",
        "CONCORD_ENGINE_TIMEOUT": "120",
      ]
      let all = environment.merging(own) { $1 }.merging(settings) { $1 }
      return "\(EngineResult(try EngineConfiguration(environment: all).engine("splunk"), "| makeresults"))"
    }
    let unreachable = "E704 splunk at localhost:\(port) cannot be reached: "
    // The quote and the backslash come through curl's configuration whole.
    let rows = #"[{"sent":"Bearer to\"k\\en"}]"#
    #expect(try result([:]).hasPrefix(unreachable))
    #expect(try result(["CONCORD_SPLUNK_CA_FILE": other]).hasPrefix(unreachable))
    for settings in [["CONCORD_SPLUNK_CA_FILE": certificate], ["CONCORD_SPLUNK_TLS_VERIFY": "false"]] {
      #expect(try result(settings) == rows)
    }
  }

  private func makeCertificate(
    _ name: String, _ openssl: String, _ scratch: Scratch, _ environment: [String: String]
  ) throws -> String {
    let file = scratch.url.appendingPathComponent("\(name).pem").path
    let key = scratch.url.appendingPathComponent("\(name).key").path
    let result = try EngineProcess.run(
      openssl,
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=DNS:localhost", "-keyout", key, "-out", file,
      ], environment: environment, by: Deadline(seconds: 20), limit: 1 << 20)
    try #require(result.status == 0)
    return file
  }
}
