import Concord

/// Findings as SARIF 2.1.0, for code scanning.
enum SARIF {
  /// The log of these findings, each with the file that the user named.
  static func render(_ findings: [(path: String, diagnostic: Diagnostic)]) -> String {
    var codes: [String] = []
    for (_, diagnostic) in findings where !codes.contains(diagnostic.code.rawValue) {
      codes.append(diagnostic.code.rawValue)
    }
    let driver = object([
      ("name", .string("concord")), ("version", .string(Compiler.version)),
      ("rules", .array(codes.map { object([("id", .string($0))]) })),
    ])
    let run = object([
      ("tool", object([("driver", driver)])), ("columnKind", .string("unicodeCodePoints")),
      ("results", .array(findings.map { finding($0, $1) })),
    ])
    let log = object([
      ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
      ("version", .string("2.1.0")), ("runs", .array([run])),
    ])
    return log.prettyJSON + "\n"
  }

  private static func finding(_ path: String, _ diagnostic: Diagnostic) -> Value {
    let start = diagnostic.labels.first?.span.start ?? .start
    let end = diagnostic.labels.first?.span.end ?? start
    let region = object([
      ("startLine", .number(Number(start.line))), ("startColumn", .number(Number(start.column))),
      ("endLine", .number(Number(end.line))), ("endColumn", .number(Number(end.column))),
    ])
    let location = object([
      (
        "physicalLocation",
        object([("artifactLocation", object([("uri", .string(uri(path)))])), ("region", region)])
      )
    ])
    let text = ([diagnostic.message] + diagnostic.help).joined(separator: "\n")
    return object([
      ("ruleId", .string(diagnostic.code.rawValue)), ("level", .string(diagnostic.severity.rawValue)),
      ("message", object([("text", .string(text))])), ("locations", .array([location])),
      // Without it, a finding that moved by a line is counted as a new one.
      (
        "partialFingerprints",
        object([("concord/v1", .string("\(diagnostic.code.rawValue):\(path):\(diagnostic.message)"))])
      ),
    ])
  }

  private static func uri(_ path: String) -> String {
    path.utf8.reduce(into: "") { result, byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789-._~/".unicodeScalars.contains(scalar))
      if isPlain {
        result.unicodeScalars.append(scalar)
      } else {
        result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }

  private static func object(_ members: [(String, Value)]) -> Value {
    .object(Value.Object(members.map { Value.Object.Member($0.0, $0.1) }))
  }
}
