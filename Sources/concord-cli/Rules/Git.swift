import Concord
import Foundation

/// Asks the `git` program about the repository that holds some files.
struct Git {
  /// The folder of the working tree.
  let root: String
  /// What is asked about: files and folders of the repository.
  private let paths: [String]

  /// The repository that these files and folders are in, and the current folder where there are none. Throws where
  /// there is none, or no `git`.
  init(of paths: [String]) throws(Diagnostic) {
    // A path is git's to take from the root of the working tree, whichever folder the command runs in.
    self.paths = paths.isEmpty ? [Git.absolute(".")] : paths.map(Git.absolute)
    var folder = self.paths[0]
    // What was removed since has no folder of its own.
    while !Files.isFolder(folder), folder.count > 1 {
      folder = Folder.parent(of: folder)
    }
    let answer = try Git.run(["rev-parse", "--show-toplevel"], in: folder)
    guard answer.code == 0, let line = answer.text?.split(separator: "\n").first else {
      throw Diagnostic(.git, "`--base` needs a git repository: \(answer.reason)")
    }
    root = String(line)
  }

  /// A path that is the same from any folder.
  static func absolute(_ path: String) -> String {
    let current = FileManager.default.currentDirectoryPath
    return URL(fileURLWithPath: path.hasPrefix("/") ? path : Folder.path(current, path)).standardized.path
  }

  /// The commit that a name stands for. Throws where there is none.
  func commit(_ name: String) throws(Diagnostic) -> String {
    let answer = try Git.run(["rev-parse", "--verify", "--quiet", "\(name)^{commit}"], in: root)
    // A name that begins with a dash would be an option.
    guard !name.hasPrefix("-"), answer.code == 0, let line = answer.text?.split(separator: "\n").first else {
      throw Diagnostic(
        .git, "`\(name)` is not a commit in this repository",
        help: ["in CI, fetch it first: `git fetch origin main`"])
    }
    return String(line)
  }

  /// A file that is not the same in the commit and the working tree.
  struct Change {
    /// Its place below the root.
    let path: String
    /// Whether the commit has it.
    let isInCommit: Bool
    /// Whether the working tree has it.
    let isInTree: Bool
  }

  /// The files that differ from the commit, new ones too; `everywhere`: of the whole repository. Throws where git fails.
  func changes(since commit: String, everywhere: Bool = false) throws(Diagnostic) -> [Change] {
    let paths = everywhere ? [] : paths
    let listed = try success(
      ["diff", "--name-status", "-z", "--no-renames", "--no-ext-diff", commit, "--"] + paths)
    var changes: [Change] = []
    var words = listed.split(separator: "\0")[...]
    while let status = words.popFirst(), let path = words.popFirst() {
      changes.append(Change(path: String(path), isInCommit: status != "A", isInTree: status != "D"))
    }
    let new = try success(
      ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--"] + paths)
    for path in new.split(separator: "\0") {
      changes.append(Change(path: String(path), isInCommit: false, isInTree: true))
    }
    return changes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The files of the working tree that git knows, in order. Throws where git fails.
  func files() throws(Diagnostic) -> [String] {
    let listed = try success(["ls-files", "--full-name", "-z", "--"] + paths)
    return Set(listed.split(separator: "\0").map(String.init))
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The text of a file in a commit. Throws where git fails, and where it is not UTF-8.
  func text(of path: String, in commit: String) throws(Diagnostic) -> String {
    try success(["show", "--no-textconv", "\(commit):\(path)"])
  }

  private func success(_ arguments: [String]) throws(Diagnostic) -> String {
    let answer = try Git.run(arguments, in: root)
    guard answer.code == 0 else {
      throw Diagnostic(.git, "`git \(arguments[0])` failed: \(answer.reason)")
    }
    guard let text = answer.text else {
      throw Diagnostic(.notUTF8, "what `git \(arguments[0])` gave is not UTF-8 text")
    }
    return text
  }

  private struct Output {
    let code: Int32
    /// What it printed; `nil` where that is not UTF-8.
    let text: String?
    let errors: String

    /// The first line of what went wrong.
    var reason: String {
      errors.split(separator: "\n").first.map(String.init) ?? "it ended with \(code)"
    }
  }

  private static func run(_ arguments: [String], in folder: String) throws(Diagnostic) -> Output {
    let process = Process()
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw Diagnostic(.git, "cannot run `git`: \(error.localizedDescription)")
    }
    // Git says little on standard error: less than a pipe holds.
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 127 { throw Diagnostic(.git, "cannot run `git`: no such program") }
    return Output(
      code: process.terminationStatus, text: String(validating: data, as: UTF8.self),
      errors: String(decoding: complaint, as: UTF8.self))
  }
}
