import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Executes Swift source files on events.
enum SwiftRunner {
  /// Compiles the source with `swiftc` and runs it on the events.
  ///
  /// Throws `E305` where the source declares no rule, `E710` to `E713` where it cannot be compiled or run.
  static func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    guard let type = typeName(in: query) else {
      throw .swiftTypeMissing(in: Source(name: "<swift>", text: query))
    }
    let program = try SwiftProgram(source: query, types: [type], eventType: "\(type).Event")
    defer { program.remove() }
    return try program.run(on: events)[0]
  }

  /// The name of the first `public enum` at the start of a line.
  private static func typeName(in source: String) -> String? {
    let mark = Array("public enum ".utf8)
    for line in source.utf8.split(separator: 0x0A) where line.starts(with: mark) {
      let name = line.dropFirst(mark.count).prefix { $0 != 0x20 && $0 != 0x7B }
      return String(decoding: name, as: UTF8.self)
    }
    return nil
  }
}
