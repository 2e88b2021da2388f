import Concord
import Foundation

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
      ("rules", .array(codes.map(rule))),
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

  /// What is known of all findings of a code: the phase that its number stands for, and how bad it is.
  private static func rule(_ code: String) -> Value {
    let phases = [
      "1": "Text that is not of its language, or not as the language would have it",
      "2": "A name that does not resolve", "3": "A value of the wrong kind",
      "4": "Something that a target language cannot say",
      "5": "A rule that contradicts its fixtures, or a translation that differs", "9": "Usage and files",
    ]
    return object([
      ("id", .string(code)),
      (
        "shortDescription",
        object([("text", .string(phases[String(code.dropFirst().prefix(1))] ?? "A finding"))])
      ),
      (
        "defaultConfiguration",
        object([("level", .string(code.hasPrefix("E") ? "error" : "warning"))])
      ),
    ])
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
        object([("artifactLocation", object([("uri", .string(location(path)))])), ("region", region)])
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

  /// The file as code scanning finds it: relative to where the command runs where it is below, otherwise in full.
  private static func location(_ path: String) -> String {
    if path == "-" { return "stdin" }
    let folder = FileManager.default.currentDirectoryPath + "/"
    if path.hasPrefix(folder) { return uri(String(path.dropFirst(folder.count))) }
    if path.hasPrefix("/") { return "file://" + uri(path) }
    var relative = path
    while relative.hasPrefix("./") { relative = String(relative.dropFirst(2)) }
    return uri(relative)
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
