import Foundation

/// A file as code hosts find it: the same whether the user named `./rules/x`, `rules//x` or the whole path.
struct ReportPath {
  /// The path below the folder in which the command runs; in full where the file is elsewhere.
  let text: String
  /// Whether it is below the folder in which the command runs.
  let isBelow: Bool
  private let parts: [String]

  /// The path that a user named; `<stdin>` is standard input.
  init(_ path: String) {
    if path == RuleFile.standardInput.path {
      (text, isBelow, parts) = ("stdin", true, [])
      return
    }
    let folder = ReportPath.folder
    parts = path.hasPrefix("/") ? ReportPath.parts(path) : ReportPath.parts(path, from: folder)
    isBelow = parts.count > folder.count && parts.starts(with: folder)
    text = isBelow ? parts.dropFirst(folder.count).joined(separator: "/") : "/" + parts.joined(separator: "/")
  }

  /// The names of the folder in which the command runs; it runs in no other.
  private static let folder = parts(FileManager.default.currentDirectoryPath)

  /// Whether the file is below that folder.
  func isBelow(_ folder: ReportPath) -> Bool {
    parts.count > folder.parts.count && parts.starts(with: folder.parts)
  }

  /// The path as seen from another folder, the same wherever the command runs.
  func seen(from folder: ReportPath) -> String {
    if text == "stdin" { return text }
    let shared = zip(parts, folder.parts).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: folder.parts.count - shared)
    return (up + parts.dropFirst(shared)).joined(separator: "/")
  }

  /// The names of a path, without `.` and `..`.
  private static func parts(_ path: String, from folder: [String] = []) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).reduce(into: folder) { parts, part in
      switch String(Substring(part)) {
      case ".": break
      case "..": _ = parts.popLast()
      case let name: parts.append(name)
      }
    }
  }

  /// The URI: relative below the folder in which the command runs, otherwise of a file.
  var uri: String {
    let path = text.utf8.reduce(into: "") { result, byte in
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
    return isBelow ? path : "file://" + path
  }
}
