import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Foundation

/// Generated Swift source, compiled with `swiftc` to a program that gives the verdicts of its rules.
///
/// The program reads an event a line and writes a line with a `0` or `1` for each rule. It lies in a folder of its
/// own among the system's temporary files until `remove` is called.
package struct SwiftProgram: Sendable {
  /// What the compiler said, which for what Concord writes is nothing.
  package let compilerMessages: String
  private let folder: URL
  private let ruleCount: Int

  /// Compiles a source that has these rule types and one event type. `searchPath`: the folders that may hold
  /// `swiftc`, as in `PATH`, which is taken where it is not given.
  ///
  /// Throws `E710` where there is no compiler, `E711` where it refuses the source, `E713` where files or processes
  /// cannot be made.
  package init(
    source: String, types: [String], eventType: String, searchPath: String? = nil
  ) throws(Diagnostic) {
    let path = searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
    guard let compiler = SwiftProgram.compiler(in: path) else { throw .swiftCompilerMissing }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("concord-\(UUID().uuidString)")
    self.folder = folder
    ruleCount = types.count
    let result: (status: Int32, output: Data, errors: Data)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(source.utf8).write(to: folder.appendingPathComponent("rule.swift"))
      let main = SwiftProgram.main(types, eventType)
      try Data(main.utf8).write(to: folder.appendingPathComponent("main.swift"))
      result = try SwiftProgram.execute(
        compiler, ["-swift-version", "6", "-o", "program", "rule.swift", "main.swift"], Data(), in: folder)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw .swiftToolFailed(error)
    }
    compilerMessages = String(decoding: result.output + result.errors, as: UTF8.self)
    guard result.status == 0 else {
      try? FileManager.default.removeItem(at: folder)
      throw .swiftDoesNotCompile(compilerMessages)
    }
  }

  /// The verdicts of each rule on these events: `verdicts[rule][event]`. Throws `E712` where the program fails.
  package func run(on events: [Event]) throws(Diagnostic) -> [[Bool]] {
    var input = ""
    for event in events { input += Value.object(event.object).compactJSON + "\n" }
    let result: (status: Int32, output: Data, errors: Data)
    do {
      result = try SwiftProgram.execute(
        folder.appendingPathComponent("program"), [], Data(input.utf8), in: folder)
    } catch {
      throw .swiftToolFailed(error)
    }
    guard result.status == 0 else { throw .swiftProgramFailed("it ended with status \(result.status)") }
    let lines = result.output.split(separator: 0x0A)
    guard lines.count == events.count, lines.allSatisfy({ $0.count == ruleCount }) else {
      throw .swiftProgramFailed("\(lines.count) answers to \(events.count) events")
    }
    return (0..<ruleCount).map { rule in lines.map { $0[$0.startIndex + rule] == UInt8(ascii: "1") } }
  }

  /// Removes the program and its source.
  package func remove() { try? FileManager.default.removeItem(at: folder) }

  /// A call for each rule. The list is made a rule a statement: the compiler is slow with long list literals.
  private static func main(_ types: [String], _ eventType: String) -> String {
    """
    var rules: [(\(eventType)) -> Bool] = []
    \(types.map { "rules.append(\($0).matches)" }.joined(separator: "\n"))
    while let line = readLine() {
      guard let event = \(eventType)(json: line) else {
        print("not an event")
        continue
      }
      print(rules.map { $0(event) ? "1" : "0" }.joined())
    }

    """
  }

  /// The first `swiftc` of a search path.
  private static func compiler(in searchPath: String) -> URL? {
    searchPath.split(separator: ":").lazy
      .map { URL(fileURLWithPath: String($0)).appendingPathComponent("swiftc") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// Runs a program to its end. Streams go through files, so that no amount of text can block.
  private static func execute(
    _ program: URL, _ arguments: [String], _ input: Data, in folder: URL
  ) throws -> (status: Int32, output: Data, errors: Data) {
    let files = ["input", "output", "errors"].map { folder.appendingPathComponent($0) }
    try input.write(to: files[0])
    for file in files.dropFirst() { try Data().write(to: file) }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try Data(contentsOf: files[1]), try Data(contentsOf: files[2]))
  }
}
