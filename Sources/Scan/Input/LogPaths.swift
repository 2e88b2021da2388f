import Foundation

/// The logs that a user means: files, folders, patterns and standard input.
package struct LogPaths: Sendable {
  /// The logs, in order, each once; `-` is standard input.
  package private(set) var paths: [String] = []
  /// How many bytes the files have together on disk; `nil` where one is not a file, so that nobody knows.
  package private(set) var size: Int? = 0
  /// What was named and is not there, and folders that cannot be read.
  package private(set) var problems = LogProblems()
  private var seen: Set<Identity> = []

  /// What tells a file from others, whatever the path to it.
  private struct Identity: Hashable, Sendable {
    var device: UInt64 = 0
    var number: UInt64 = 0
    var path = ""
  }

  /// Finds the logs. A folder stands for the files in it and below, in order of name; what begins with a dot is
  /// left out, and links to folders are not followed. A name with `*`, `?` or `[` that is not a file is a pattern,
  /// in which `**` stands for any folders.
  package init(_ arguments: [String]) {
    for argument in arguments {
      if argument == "-" {
        add("-")
      } else if !FileManager.default.fileExists(atPath: argument), LogPaths.isPattern(argument) {
        pattern(argument)
      } else {
        visit(argument, isNamed: true)
      }
    }
  }

  private static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

  private mutating func add(_ path: String) {
    var status = stat()
    let isFile = path != "-" && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let identity =
      isFile
      ? Identity(device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(status.st_ino))
      : Identity(path: path)
    guard seen.insert(identity).inserted else { return }
    paths.append(path)
    size = isFile ? size.map { $0 + Int(status.st_size) } : nil
  }

  private mutating func visit(_ path: String, isNamed: Bool) {
    var status = stat()
    guard (isNamed ? stat(path, &status) : lstat(path, &status)) == 0 else {
      return problems.append(
        LogProblem(.unreadable, in: path, "cannot read the log: \(SystemError.last.words)"))
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      guard let names = entries(path) else { return }
      for name in names { visit(Folder.path(path, name), isNamed: false) }
    case S_IFLNK:
      // A link to a folder may lead back up; a link to a file is that file.
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { add(path) }
    case S_IFREG: add(path)
    default: if isNamed { add(path) }
    }
  }

  /// The names in a folder, in order; `nil`, and a problem, where it cannot be read.
  private mutating func entries(_ path: String) -> [String]? {
    do throws(SystemError) {
      return try Folder.entries(of: path).map(\.name)
    } catch {
      problems.append(LogProblem(.unreadable, in: path, "cannot read the folder: \(error.words)"))
      return nil
    }
  }

  // Patterns.

  private mutating func pattern(_ text: String) {
    let before = paths.count
    let isAbsolute = text.hasPrefix("/")
    let parts = text.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    expand(isAbsolute ? "/" : "", parts[...])
    if paths.count == before {
      problems.append(LogProblem(.unreadable, in: text, "cannot read the log: no file matches the pattern"))
    }
  }

  private mutating func expand(_ folder: String, _ parts: ArraySlice<String>) {
    guard let part = parts.first else { return visit(folder.isEmpty ? "." : folder, isNamed: true) }
    let rest = parts.dropFirst()
    if part == "**" {
      expand(folder, rest)
      for name in entries(folder.isEmpty ? "." : folder) ?? [] {
        let path = folder.isEmpty ? name : Folder.path(folder, name)
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { expand(path, parts) }
      }
    } else if LogPaths.isPattern(part) {
      for name in entries(folder.isEmpty ? "." : folder) ?? [] where fnmatch(part, name, 0) == 0 {
        enter(folder, name, rest)
      }
    } else {
      enter(folder, part, rest)
    }
  }

  private mutating func enter(_ folder: String, _ name: String, _ rest: ArraySlice<String>) {
    let path = folder.isEmpty ? name : Folder.path(folder, name)
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    if rest.isEmpty || status.st_mode & S_IFMT == S_IFDIR { expand(path, rest) }
  }
}
