import Foundation

/// A folder on disk.
package enum Folder {
  /// What a folder holds.
  package struct Entry {
    /// Its name; with U+FFFD for what is not UTF-8 in it.
    package let name: String
    /// Whether the name is UTF-8. Foundation leaves out what is not.
    package let isText: Bool
    /// Whether it is a folder itself, and not a link to one.
    package let isFolder: Bool
  }

  /// What a folder holds, in order of the names' bytes, without what begins with a dot. Throws the system's error
  /// where it cannot be read.
  package static func entries(of path: String) throws(SystemError) -> [Entry] {
    guard let folder = opendir(path) else { throw .last }
    defer { closedir(folder) }
    var entries: [Entry] = []
    while let entry = readdir(folder) {
      let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if bytes.first == UInt8(ascii: ".") { continue }
      let text = String(validating: bytes, as: UTF8.self)
      entries.append(
        Entry(
          name: text ?? String(decoding: bytes, as: UTF8.self), isText: text != nil, isFolder: isFolder))
    }
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The folder of what is at a path.
  package static func parent(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path without the ending of its name: `a/b` of `a/b.yml`. A name that begins with its only dot has none.
  package static func withoutEnding(_ path: String) -> String {
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:)) ?? path.startIndex
    guard let dot = path.utf8[name...].lastIndex(of: UInt8(ascii: ".")), dot != name else { return path }
    return String(path[..<dot])
  }

  package static func path(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
