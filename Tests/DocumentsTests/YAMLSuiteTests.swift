import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

/// The official suite, https://github.com/yaml/yaml-test-suite: a folder a case, some with numbered sub-cases.
@Suite("the official YAML test suite")
struct YAMLSuiteTests {
  struct Case {
    let name: String
    let text: String
    let events: String
    let isError: Bool
  }

  static func cases(in root: URL) throws -> [Case] {
    let files = FileManager.default
    var cases: [Case] = []
    func collect(_ folder: URL, _ name: String) throws {
      let input = folder.appendingPathComponent("in.yaml")
      guard files.fileExists(atPath: input.path) else {
        for sub in try files.contentsOfDirectory(atPath: folder.path).sorted() {
          try collect(folder.appendingPathComponent(sub), "\(name)/\(sub)")
        }
        return
      }
      cases.append(
        Case(
          name: name, text: try String(contentsOf: input, encoding: .utf8),
          events: (try? String(contentsOf: folder.appendingPathComponent("test.event"), encoding: .utf8))
            ?? "",
          isError: files.fileExists(atPath: folder.appendingPathComponent("error").path)))
    }
    // Beside the cases stand indices by name and by tag.
    let folders = try files.contentsOfDirectory(atPath: root.path).sorted()
    for folder in folders where folder.utf8.count == 4 && folder.uppercased() == folder {
      try collect(root.appendingPathComponent(folder), folder)
    }
    return cases
  }

  @Test func everyCasePasses() throws {
    guard let root = Shared.url("corpora/yaml-test-suite") else {
      print("YAML test suite: skipped, not on this machine")
      return
    }
    let cases = try Self.cases(in: root)
    var passed = 0
    for item in cases {
      let events: String?
      var message = ""
      do {
        events = try YAML.events(Source(name: item.name, text: item.text)).map(Self.line).joined()
      } catch {
        events = nil
        message = DiagnosticRenderer().render(error)
      }
      let isRight = item.isError ? events == nil : events?.sameScalars(as: item.events) ?? false
      if isRight { passed += 1 }
      #expect(
        isRight,
        "\(item.name)\(item.isError ? " must be refused" : ""):\n\(item.text)\nexpected:\n\(item.events)\ngot:\n\(events ?? message)"
      )
    }
    print("YAML test suite: \(passed) of \(cases.count) cases pass")
    #expect(cases.count > 400)
  }

  /// One event as the suite writes it.
  static func line(_ event: YAMLEvent) -> String {
    var parts: [String]
    var end = ""
    switch event.kind {
    case .streamStart: parts = ["+STR"]
    case .streamEnd: parts = ["-STR"]
    case .documentStart(let explicit): parts = explicit ? ["+DOC", "---"] : ["+DOC"]
    case .documentEnd(let explicit): parts = explicit ? ["-DOC", "..."] : ["-DOC"]
    case .sequenceStart(let flow): parts = flow ? ["+SEQ", "[]"] : ["+SEQ"]
    case .sequenceEnd: parts = ["-SEQ"]
    case .mappingStart(let flow): parts = flow ? ["+MAP", "{}"] : ["+MAP"]
    case .mappingEnd: parts = ["-MAP"]
    case .alias(let name): parts = ["=ALI", "*\(name)"]
    case .scalar(let text, let style):
      parts = ["=VAL"]
      end = " " + sign(style) + escaped(text)
    }
    if let anchor = event.anchor { parts.append("&\(anchor)") }
    if let tag = event.tag { parts.append("<\(tag)>") }
    return parts.joined(separator: " ") + end + "\n"
  }

  private static func sign(_ style: YAMLScalarStyle) -> String {
    switch style {
    case .plain: ":"
    case .singleQuoted: "'"
    case .doubleQuoted: "\""
    case .literal: "|"
    case .folded: ">"
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\u{8}": result += "\\b"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
