import Foundation

/// Starts the drivers of `Tests/Engines`: other people's programs, which the emitted text is run on.
package enum Engine {
  /// Why an engine did not answer.
  package enum Failure: Error, CustomStringConvertible {
    /// There is no Python with the engines' packages, and this run must have one.
    case missing(skipped: String)
    /// The driver ended with this status.
    case ended(driver: String, status: Int32)
    /// The driver answered with another number of lines than it was asked.
    case answers(driver: String, expected: Int, got: Int)

    /// One line for the test's log.
    package var description: String {
      switch self {
      case .missing(let skipped): "no engines for \(skipped): run Tests/Engines/setup"
      case .ended(let driver, let status): "\(driver) ended with status \(status)"
      case .answers(let driver, let expected, let got):
        "\(driver) gave \(got) answers to \(expected) requests"
      }
    }
  }

  /// Whether a missing engine fails a test instead of skipping it: in continuous integration.
  package static var isRequired: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }

  /// The folder of the drivers.
  package static let folder = Shared.root.appendingPathComponent("Tests/Engines")

  /// The Python interpreter that has the engines' packages; `nil` where there is none.
  package static var python: URL? {
    let named = ProcessInfo.processInfo.environment["CONCORD_ENGINES_PYTHON"].map(URL.init(fileURLWithPath:))
    let python = named ?? folder.appendingPathComponent(".venv/bin/python")
    return FileManager.default.isExecutableFile(atPath: python.path) ? python : nil
  }

  /// Whether the engines are there. Where they are not, says on standard error what is skipped, `what` being the
  /// count and kind of cases, or throws `Failure.missing` where they are required.
  package static func isAvailable(for what: String) throws -> Bool {
    if python != nil { return true }
    if isRequired { throw Failure.missing(skipped: what) }
    note("skipped \(what): no engines, run Tests/Engines/setup")
    return false
  }

  /// Says something on standard error, on a line of its own.
  package static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Gives each request as a line of JSON to one run of a driver and returns its answers, one for each.
  /// Returns `nil` where the engines are missing and may be; `what` is then reported as skipped.
  package static func run<Request: Encodable, Answer: Decodable>(
    _ driver: String, _ requests: [Request], as answer: Answer.Type = Answer.self, skipping what: String
  ) throws -> [Answer]? {
    guard try isAvailable(for: what), let python else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    var input = Data()
    for request in requests {
      input += try encoder.encode(request)
      input.append(0x0A)
    }
    let script = folder.appendingPathComponent(driver).path
    let result = try Command.run(python.path, [script], input: input)
    guard result.status == 0 else { throw Failure.ended(driver: driver, status: result.status) }
    let lines = result.output.split(separator: 0x0A)
    guard lines.count == requests.count else {
      throw Failure.answers(driver: driver, expected: requests.count, got: lines.count)
    }
    let decoder = JSONDecoder()
    return try lines.map { try decoder.decode(Answer.self, from: $0) }
  }
}

/// Runs a program to its end.
package enum Command {
  /// What a program left behind.
  package struct Result: Sendable {
    /// Its exit status.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: Data
    /// What it wrote to standard error, where that was asked for.
    package let errors: Data
  }

  /// Runs the program at `path` with `input` as its standard input. Standard error passes through unless
  /// `capturingErrors`.
  ///
  /// Streams go through files, so that no size of input or output can block.
  package static func run(
    _ path: String, _ arguments: [String], input: Data = Data(), in folder: URL? = nil,
    environment: [String: String]? = nil, capturingErrors: Bool = false
  ) throws -> Result {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    if let environment { process.environment = environment }
    process.standardInput = try FileHandle(forReadingFrom: scratch.file("input", input))
    let output = try scratch.file("output")
    let errors = try scratch.file("errors")
    process.standardOutput = try FileHandle(forWritingTo: output)
    if capturingErrors { process.standardError = try FileHandle(forWritingTo: errors) }
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try Data(contentsOf: output),
      errors: try Data(contentsOf: errors))
  }
}

/// A folder of its own for a test's files.
package struct Scratch: Sendable {
  /// The folder.
  package let url: URL

  /// Makes a new, empty folder in the system's folder for temporary files.
  package init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("concord-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// Writes a file of that name into the folder.
  package func file(_ name: String, _ data: Data = Data()) throws -> URL {
    let file = url.appendingPathComponent(name)
    try data.write(to: file)
    return file
  }

  /// Removes the folder and all that is in it.
  package func remove() { try? FileManager.default.removeItem(at: url) }
}
