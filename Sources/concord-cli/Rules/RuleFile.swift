import Concord
import Foundation

/// A rule file among the inputs.
struct RuleFile: Sendable {
  /// The path as the user would type it; `<stdin>` for standard input.
  let path: String
  /// The path below the folder that was named; the file's own name where the file itself was named.
  let relative: String
  /// Whether the user named the file itself, rather than a folder above it.
  let isNamed: Bool
  /// Where its text is.
  var content = Content.file

  /// Where the text of a rule file is.
  enum Content: Sendable {
    case file
    /// What comes from standard input.
    case standardInput
    /// Here.
    case text(Source)
    /// Nowhere: it cannot be read.
    case unreadable(Diagnostic)
  }

  /// Standard input, which `-` names.
  static let standardInput = RuleFile(
    path: "<stdin>", relative: "stdin", isNamed: true, content: .standardInput)

  /// What rules and queries end in, for people: `.yml, .yaml or .sql`, with that word before the last.
  static func endings(_ word: String) -> String {
    let endings = Registry.endings.map { ".\($0)" }
    guard endings.count > 1, let last = endings.last else { return endings.joined() }
    return "\(endings.dropLast().joined(separator: ", ")) \(word) \(last)"
  }

  /// Whether a file of that name is taken for a rule or a query.
  static func isRuleName(_ name: String) -> Bool {
    Registry.endings.contains((name as NSString).pathExtension.lowercased()) || Registry.isDeployedName(name)
  }

  /// The rule files of these arguments: files as they are, folders walked in order of name. A folder or a file below
  /// that cannot be read is one of them, so that it hides none of the others. Throws where an argument is not there.
  static func files(_ arguments: [String]) throws(Diagnostic) -> [RuleFile] {
    var files: [RuleFile] = []
    for argument in arguments {
      var status = stat()
      if argument == "-" {
        files.append(.standardInput)
      } else if stat(argument, &status) != 0 {
        throw .cannotRead(argument, .last, missing: "no such file or folder")
      } else if status.st_mode & S_IFMT == S_IFDIR {
        walk(argument, below: "", into: &files)
      } else {
        files.append(
          RuleFile(path: argument, relative: (argument as NSString).lastPathComponent, isNamed: true))
      }
    }
    return files
  }

  private static func walk(_ folder: String, below: String, into files: inout [RuleFile]) {
    let entries: [Folder.Entry]
    do throws(SystemError) {
      entries = try Folder.entries(of: folder)
    } catch {
      let failure = Diagnostic(.cannotRead, "cannot read the folder `\(folder)`: \(error.words)")
      return files.append(
        RuleFile(path: folder, relative: below, isNamed: false, content: .unreadable(failure)))
    }
    for entry in entries {
      let path = Folder.path(folder, entry.name)
      let relative = below.isEmpty ? entry.name : Folder.path(below, entry.name)
      if !entry.isText {
        guard entry.isFolder || isRuleName(entry.name) else { continue }
        let failure = Diagnostic(
          .notUTF8, "cannot read `\(path)`: its name is not UTF-8 text", help: ["rename it"])
        files.append(RuleFile(path: path, relative: relative, isNamed: false, content: .unreadable(failure)))
        continue
      }
      visit(path, relative, name: entry.name, into: &files)
    }
  }

  /// Takes what a folder holds. A link to a folder is not followed: it may lead back up.
  private static func visit(_ path: String, _ relative: String, name: String, into files: inout [RuleFile]) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      let failure = Diagnostic.cannotRead(path, .last)
      return files.append(
        RuleFile(path: path, relative: relative, isNamed: false, content: .unreadable(failure)))
    }
    if status.st_mode & S_IFMT == S_IFDIR { return walk(path, below: relative, into: &files) }
    // A link that leads nowhere is passed over.
    guard isRuleName(name), stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { return }
    var file = RuleFile(path: path, relative: relative, isNamed: false)
    if status.st_mode & S_IFMT != S_IFREG {
      file.content = .unreadable(Diagnostic(.cannotRead, "cannot read `\(path)`: not a regular file"))
    }
    files.append(file)
  }

  /// The file as one of a folder, which may be no rule.
  func unnamed() -> RuleFile {
    RuleFile(path: path, relative: relative, isNamed: false, content: content)
  }

  /// The file with its text held where that can be read but once.
  func held() -> RuleFile {
    if case .standardInput = content { return read() }
    return self
  }

  /// The file with its text, or with why it cannot be read.
  func read() -> RuleFile {
    var copy = self
    do throws(Diagnostic) {
      copy.content = .text(try source())
    } catch {
      copy.content = .unreadable(error)
    }
    return copy
  }

  /// The file as another of that path, its text called `name`.
  func called(_ name: String, at path: String) -> RuleFile {
    var content = content
    if case .text(let source) = content { content = .text(Source(name: name, text: source.text)) }
    return RuleFile(path: path, relative: path, isNamed: false, content: content)
  }

  /// Its text. Throws where it cannot be read or is not UTF-8.
  func source() throws(Diagnostic) -> Source {
    switch content {
    case .file: try Files.source(path)
    case .standardInput: try Files.source("-")
    case .text(let source): source
    case .unreadable(let failure): throw failure
    }
  }
}
