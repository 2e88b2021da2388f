import ConcordDiagnostics
import Foundation
import TestSupport
import Testing

@testable import ConcordEngines

@Suite("Engines of the environment")
struct EnginesConfigurationTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let engine: String
    let environment: [String: String]
    /// The beginning of `<code> <message>`, or `ok`.
    let expected: String
    var testDescription: String { "\(engine) \(environment)" }
  }

  private static func trino(_ url: String, _ more: [String: String] = [:]) -> [String: String] {
    ["CONCORD_TRINO_URL": url, "CONCORD_TRINO_USER": "u"].merging(more) { $1 }
  }

  private static func splunk(_ url: String, _ more: [String: String] = [:]) -> [String: String] {
    ["CONCORD_SPLUNK_URL": url, "CONCORD_SPLUNK_TOKEN": "t"].merging(more) { $1 }
  }

  static let names: [Case] = [
    Case(engine: "trinoo", environment: [:], expected: "E701 unknown engine `trinoo`"),
    Case(engine: "", environment: [:], expected: "E701 unknown engine ``"),
    Case(engine: "Trino", environment: [:], expected: "E701 unknown engine `Trino`"),
    Case(
      engine: "duckdb", environment: [:],
      expected: "E702 the engine `duckdb` is not configured: `CONCORD_ENGINES_PYTHON` is not set"),
    Case(
      engine: "trino", environment: [:],
      expected:
        "E702 the engine `trino` is not configured: `CONCORD_TRINO_URL`, `CONCORD_TRINO_USER` are not set"),
    Case(
      engine: "trino", environment: ["CONCORD_TRINO_URL": "https://h", "CONCORD_TRINO_USER": ""],
      expected: "E702 the engine `trino` is not configured: `CONCORD_TRINO_USER` is not set"),
    Case(
      engine: "athena", environment: ["CONCORD_ATHENA_DATABASE": "d"],
      expected:
        "E702 the engine `athena` is not configured: `CONCORD_ATHENA_WORKGROUP`, `CONCORD_ATHENA_OUTPUT`"),
    Case(
      engine: "splunk", environment: ["CONCORD_SPLUNK_URL": "https://h:8089"],
      expected: "E702 the engine `splunk` is not configured: `CONCORD_SPLUNK_TOKEN` is not set"),
  ]

  static let values: [Case] = [
    Case(engine: "trino", environment: trino("http://h:8080"), expected: "ok"),
    Case(engine: "trino", environment: trino("https://h/base/path/"), expected: "ok"),
    Case(
      engine: "trino", environment: trino("h:8080"), expected: "E703 `CONCORD_TRINO_URL` is not the address"),
    Case(engine: "trino", environment: trino("ftp://h"), expected: "E703 `CONCORD_TRINO_URL` is not"),
    Case(engine: "trino", environment: trino("https://"), expected: "E703 `CONCORD_TRINO_URL` is not"),
    Case(engine: "trino", environment: trino("https://u:p@h"), expected: "E703 `CONCORD_TRINO_URL` is not"),
    Case(engine: "trino", environment: trino("https://h?a=b"), expected: "E703 `CONCORD_TRINO_URL` is not"),
    Case(engine: "trino", environment: trino("https://h#f"), expected: "E703 `CONCORD_TRINO_URL` is not"),
    Case(
      engine: "trino", environment: trino("http://h", ["CONCORD_TRINO_PASSWORD": "p"]),
      expected: "E703 `CONCORD_TRINO_URL` is plain HTTP"),
    Case(
      engine: "trino", environment: trino("http://127.0.0.1", ["CONCORD_TRINO_TOKEN": "p"]),
      expected: "E703 `CONCORD_TRINO_URL` is plain HTTP"),
    Case(
      engine: "trino",
      environment: trino("https://h", ["CONCORD_TRINO_TOKEN": "a", "CONCORD_TRINO_PASSWORD": "b"]),
      expected: "E703 `CONCORD_TRINO_TOKEN` is set, and so is"),
    Case(
      engine: "trino",
      environment: trino("https://h", ["CONCORD_TRINO_USER": "a:b", "CONCORD_TRINO_PASSWORD": "b"]),
      expected: "E703 `CONCORD_TRINO_USER` has a colon"),
    Case(
      engine: "trino", environment: trino("https://h", ["CONCORD_TRINO_TOKEN": "a\r\nX-Evil: 1"]),
      expected: "E703 `CONCORD_TRINO_TOKEN` has characters that a header cannot carry"),
    Case(
      engine: "trino", environment: trino("https://h", ["CONCORD_TRINO_CATALOG": "é"]),
      expected: "E703 `CONCORD_TRINO_CATALOG` has characters"),
    Case(
      engine: "trino", environment: trino("https://h", ["CONCORD_TRINO_TLS_VERIFY": "maybe"]),
      expected: "E703 `CONCORD_TRINO_TLS_VERIFY` is neither `true` nor `false`"),
    Case(
      engine: "trino", environment: trino("https://h", ["CONCORD_TRINO_CA_FILE": "/nonexistent/ca.pem"]),
      expected: "E703 `CONCORD_TRINO_CA_FILE` names no readable file"),
    Case(engine: "splunk", environment: splunk("https://h:8089"), expected: "ok"),
    Case(engine: "splunk", environment: splunk("http://localhost:8089"), expected: "ok"),
    Case(
      engine: "splunk", environment: splunk("https://h", ["CONCORD_SPLUNK_TLS_VERIFY": "false"]),
      expected: "ok"),
    Case(
      engine: "splunk", environment: splunk("http://h:8089"),
      expected: "E703 `CONCORD_SPLUNK_URL` is plain HTTP"),
    Case(
      engine: "splunk", environment: splunk("http://localhost.example.org"),
      expected: "E703 `CONCORD_SPLUNK_URL` is plain HTTP"),
    Case(
      engine: "athena", environment: ["CONCORD_ATHENA_OUTPUT": "bucket"],
      expected: "E703 `CONCORD_ATHENA_OUTPUT` does not begin with `s3://`"),
    Case(
      engine: "athena", environment: ["CONCORD_ATHENA_WORKGROUP": "w", "PATH": "/nonexistent"],
      expected: "E703 `CONCORD_AWS` names no command: `aws` is not there"),
    Case(
      engine: "duckdb", environment: ["CONCORD_ENGINES_PYTHON": "/nonexistent/python"],
      expected: "E703 `CONCORD_ENGINES_PYTHON` names no command"),
  ]

  static let timeouts: [Case] =
    ["0", "-1", "nan", "inf", "ten", "3601", " 5"].map {
      Case(
        engine: "trino", environment: trino("https://h", ["CONCORD_ENGINE_TIMEOUT": $0]),
        expected: "E703 `CONCORD_ENGINE_TIMEOUT` is not a number of seconds above 0 and up to 3600")
    }
    + ["", "1", "0.5", "3600"].map {
      Case(engine: "trino", environment: trino("https://h", ["CONCORD_ENGINE_TIMEOUT": $0]), expected: "ok")
    }

  @Test("Environments", arguments: names + values + timeouts)
  func environments(_ item: Case) {
    do {
      let engine = try EngineConfiguration(environment: item.environment).engine(item.engine)
      #expect(item.expected == "ok")
      #expect(engine.identifier == item.engine)
    } catch {
      let text = "\(error.code.rawValue) \(error.message)"
      #expect(text.hasPrefix(item.expected), "\(text)")
      #expect(error.code == .engineSetting || !error.help.isEmpty)
    }
  }

  @Test("What is not configured says what to set")
  func help() {
    for name in EngineConfiguration.kinds.map(\.name) {
      do {
        _ = try EngineConfiguration(environment: [:]).engine(name)
        Issue.record("\(name) is configured by nothing")
      } catch {
        #expect(error.code == .engineNotConfigured)
        #expect(error.help.contains { $0.contains("CONCORD_") })
      }
    }
  }

  @Test("A list of engines leaves none out")
  func lists() throws {
    let configuration = EngineConfiguration(
      environment: Self.trino("https://h").merging(Self.splunk("https://h")) { $1 })
    #expect(try configuration.engines("trino, splunk,trino").map(\.identifier) == ["trino", "splunk"])
    #expect(try configuration.engines("splunk").map(\.identifier) == ["splunk"])
    for list in ["trino,duckdb", "trino,", "", "trino,,splunk"] {
      #expect(throws: Diagnostic.self) { try configuration.engines(list) }
    }
  }

  @Test("No secret stands in a message")
  func secrets() {
    let secret = "hunter2-secret"
    let environments = [
      Self.trino("https://u:\(secret)@h"), Self.trino("http://h", ["CONCORD_TRINO_PASSWORD": secret]),
      Self.trino("https://h", ["CONCORD_TRINO_TOKEN": secret + "\n"]),
      Self.trino("https://h?token=\(secret)"),
    ]
    for environment in environments {
      do {
        _ = try EngineConfiguration(environment: environment).engine("trino")
        Issue.record("taken")
      } catch {
        #expect(!(error.message + error.help.joined()).contains(secret))
      }
    }
  }

  @Test(
    "Text from outside is one line, its control characters spelled out",
    arguments: [
      (" a\r\n\u{1B}[2Jb\u{200B}\u{2028}c ", #"a\r\n\u{1B}[2Jb\u{200B}\u{2028}c"#),
      ("\u{1B}]0;title\u{7}", #"\u{1B}]0;title\u{7}"#), ("one\ttwo\n", #"one\ttwo"#),
      ("a\u{202E}b\u{A0}\u{E000}\u{9B}c", #"a\u{202E}b\u{A0}\u{E000}\u{9B}c"#), ("é 日本 😀", "é 日本 😀"),
    ])
  func foreignText(_ text: String, _ shown: String) {
    #expect(EngineText.clean(text, hiding: []) == shown)
  }

  @Test("Text from outside is of bounded length, and hides secrets")
  func foreignLength() {
    #expect(EngineText.clean("k=abc; abc", hiding: ["abc", ""]) == "k=[hidden]; [hidden]")
    let long = EngineText.clean(String(repeating: "x", count: 10_000), hiding: [])
    #expect(long.unicodeScalars.count == EngineText.limit + 1)
    let controls = EngineText.clean("a" + String(repeating: "\u{1B}", count: 10_000), hiding: [])
    #expect(controls.unicodeScalars.count < EngineText.limit + 12 && controls.hasSuffix(#"\u{1B}…"#))
  }

  @Test(
    "An answer is bounded in size", arguments: [ServerTrust.system, .unchecked])
  func size(_ trust: ServerTrust) throws {
    let environment = ProcessInfo.processInfo.environment
    let body = String(repeating: "x", count: 5_000)
    guard let server = try StubServer([.init(body: body)], skipping: "1 case of an answer's size") else {
      return
    }
    let transport = HTTPTransport(trust, environment: environment)
    let request = HTTPRequest(method: "GET", url: try #require(URL(string: server.base + "/")))
    let whole = try transport.send(request, by: Deadline(seconds: 10), limit: 5_000)
    #expect(whole.body == Data(body.utf8))
    do {
      _ = try transport.send(request, by: Deadline(seconds: 10), limit: 4_999)
      Issue.record("4,999 bytes hold 5,000")
    } catch {
      guard case .tooLarge = error else {
        Issue.record("\(error)")
        return
      }
    }
  }
}
