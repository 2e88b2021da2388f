import Concord
import Foundation

/// Reads and writes files, with errors that name them.
enum Files {
  /// A rule file among the inputs, and its path below the folder that was named.
  struct Input: Sendable {
    /// The path as the user would type it.
    let path: String
    /// The path below the named folder; the file's own name where the file itself was named.
    let relative: String
    /// Whether the user named the file itself.
    let isNamed: Bool
  }

  /// The rule files of these arguments: files as they are, folders walked in order of name. `-` is standard
  /// input. Throws where one does not exist or a folder cannot be read.
  static func inputs(_ arguments: [String]) throws(Diagnostic) -> [Input] {
    var inputs: [Input] = []
    for argument in arguments {
      var isFolder: ObjCBool = false
      if argument == "-" {
        inputs.append(Input(path: "-", relative: "stdin", isNamed: true))
      } else if !FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) {
        throw Diagnostic(.cannotRead, "cannot read `\(argument)`: no such file or folder")
      } else if isFolder.boolValue {
        try walk(argument, below: "", into: &inputs)
      } else {
        inputs.append(
          Input(path: argument, relative: (argument as NSString).lastPathComponent, isNamed: true))
      }
    }
    return inputs
  }

  /// Whether there is a file, not a folder, at that path.
  static func exists(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// Whether a file of that name is taken for a rule or a query.
  static func isRuleName(_ name: String) -> Bool {
    ["yml", "yaml", "sql", "spl"].contains((name as NSString).pathExtension.lowercased())
  }

  private static func walk(_ folder: String, below: String, into inputs: inout [Input]) throws(Diagnostic) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw Diagnostic(.cannotRead, "cannot read the folder `\(folder)`: \(reason(error))")
    }
    for name in names where !name.hasPrefix(".") {
      let path = (folder as NSString).appendingPathComponent(name)
      let relative = (below as NSString).appendingPathComponent(name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        // A link to a folder is not followed: it may lead back up.
        let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        if kind != .typeSymbolicLink { try walk(path, below: relative, into: &inputs) }
      } else if isRuleName(name) {
        inputs.append(Input(path: path, relative: relative, isNamed: false))
      }
    }
  }

  /// The text of a file, or of standard input for `-`. Throws where it cannot be read or is not UTF-8.
  static func source(_ path: String) throws(Diagnostic) -> Source {
    let data: Data
    do {
      data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw Diagnostic(.cannotRead, "cannot read `\(path)`: \(reason(error))")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Diagnostic(
        .notUTF8, "`\(path)` is not UTF-8 text", help: ["save it as UTF-8 and try again"])
    }
    return Source(name: path == "-" ? "<stdin>" : path, text: text)
  }

  /// Writes a file whole or not at all, making its folder where needed. Throws where it cannot.
  ///
  /// The text goes into a new file beside it, which then takes its name. Foundation's own atomic write also waits
  /// until the disk has the text, which over a folder of rules takes longer than compiling them.
  static func write(_ text: String, to path: String) throws(Diagnostic) {
    let folder = (path as NSString).deletingLastPathComponent
    let number = UInt32.random(in: 0...UInt32.max)
    let temporary = (folder as NSString).appendingPathComponent(".concord-\(String(number, radix: 16))")
    var descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    if descriptor < 0, errno == ENOENT {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw Diagnostic(.cannotWrite, "cannot write `\(path)`: \(reason(error))")
      }
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    }
    guard descriptor >= 0 else { throw cannotWrite(path, errno) }
    var failure = Terminal.write(text, to: descriptor) ? 0 : errno
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, path) != 0 { failure = errno }
    if failure != 0 {
      unlink(temporary)
      throw cannotWrite(path, failure)
    }
  }

  private static func cannotWrite(_ path: String, _ reason: Int32) -> Diagnostic {
    Diagnostic(.cannotWrite, "cannot write `\(path)`: \(String(cString: strerror(reason)).lowercased())")
  }

  /// The system's own words for an error, without Foundation's sentence around them.
  private static func reason(_ error: any Error) -> String {
    let error = error as NSError
    if let posix = error.userInfo[NSUnderlyingErrorKey] as? NSError, posix.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(posix.code))).lowercased()
    }
    if error.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(error.code))).lowercased() }
    return error.localizedDescription
  }
}
