import Concord
import Foundation

/// Reads and writes files, with errors that name them.
enum Files {
  /// Whether there is a file, not a folder, at that path.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  /// Whether there is a folder at that path.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The text of a file, or of standard input for `-`. Throws where it cannot be read or is not UTF-8.
  static func source(_ path: String) throws(Diagnostic) -> Source {
    let bytes = try bytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8(bytes, path) }
    return Source(name: path == "-" ? "<stdin>" : path, text: text)
  }

  private static func bytes(_ path: String) throws(Diagnostic) -> [UInt8] {
    // A named pipe would be waited for; what a shell substitutes for a process is a link to one.
    var link = stat()
    if path != "-", lstat(path, &link) == 0, link.st_mode & S_IFMT == S_IFIFO {
      throw Diagnostic(.cannotRead, "cannot read `\(path)`: not a regular file")
    }
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY)
    guard descriptor >= 0 else { throw .cannotRead(path, .last) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var status = stat()
    let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    var bytes: [UInt8] = []
    // One byte more than there is, so that most files are read in one piece.
    var piece = [UInt8](repeating: 0, count: min(max(4_096, size + 1), 1 << 20))
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .cannotRead(path, .last) }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }

  /// Writes a file whole or not at all, making its folder where needed. Throws where it cannot.
  ///
  /// The text goes into a new file beside it, which then takes its name. Foundation's own atomic write also waits
  /// until the disk has the text, which over a folder of rules takes longer than compiling them.
  /// `mode`: the permissions it gets; those of a new file where not given.
  static func write(_ text: String, to path: String, mode: mode_t? = nil) throws(Diagnostic) {
    let folder = Folder.parent(of: path)
    let number = UInt32.random(in: 0...UInt32.max)
    let temporary = Folder.path(folder, ".concord-\(String(number, radix: 16))")
    var descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    if descriptor < 0, errno == ENOENT {
      try makeFolder(folder, for: path)
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    }
    guard descriptor >= 0 else { throw .cannotWrite(path, .last) }
    var failure = Terminal.write(text, to: descriptor) ? nil : SystemError.last
    if failure == nil, let mode, fchmod(descriptor, mode) != 0 { failure = .last }
    if close(descriptor) != 0, failure == nil { failure = .last }
    if failure == nil, rename(temporary, path) != 0 { failure = .last }
    if let failure {
      unlink(temporary)
      throw .cannotWrite(path, failure)
    }
  }

  /// Puts another text into a file that is there, whole or not at all: with the permissions that it has, and through
  /// links to it. Throws where it cannot.
  static func replace(_ path: String, with text: String) throws(Diagnostic) {
    guard let resolved = realpath(path, nil) else { throw .cannotWrite(path, .last) }
    defer { free(resolved) }
    let file = String(cString: resolved)
    var status = stat()
    guard stat(file, &status) == 0, access(file, W_OK) == 0 else { throw .cannotWrite(path, .last) }
    try write(text, to: file, mode: status.st_mode & 0o7777)
  }

  private static func makeFolder(_ folder: String, for path: String) throws(Diagnostic) {
    var made = folder.hasPrefix("/") ? "/" : ""
    for part in (folder as NSString).pathComponents where part != "/" {
      made = made.isEmpty ? part : Folder.path(made, part)
      if mkdir(made, 0o777) != 0, errno != EEXIST, !isFolder(made) { throw .cannotWrite(path, .last) }
    }
  }
}

extension SourceFiles {
  /// The files of this machine.
  static let onDisk = SourceFiles(
    read: { path in
      guard Files.exists(path) else { return nil }
      do throws(Diagnostic) { return try Files.source(path) } catch { return nil }
    },
    list: { folder in below(folder, "", depth: 0) })

  /// How deep a folder is searched: what rules share stands near its top.
  private static let depthLimit = 4

  private static func below(_ folder: String, _ path: String, depth: Int) -> [String] {
    let entries: [Folder.Entry]
    do throws(SystemError) {
      entries = try Folder.entries(of: path.isEmpty ? folder : Folder.path(folder, path))
    } catch {
      return []
    }
    return entries.filter(\.isText).flatMap { entry in
      let own = path.isEmpty ? entry.name : Folder.path(path, entry.name)
      if !entry.isFolder { return [own] }
      return depth < depthLimit ? below(folder, own, depth: depth + 1) : []
    }
  }
}

extension Diagnostic {
  /// `missing`: what to say of a path where there is nothing.
  static func cannotRead(_ path: String, _ reason: SystemError, missing: String? = nil) -> Diagnostic {
    // What the system takes for a name is bytes; what the shell handed over was not text.
    let isText = !path.unicodeScalars.contains("\u{FFFD}")
    let words = reason.code == ENOENT ? missing ?? "no such file" : reason.words
    return Diagnostic(.cannotRead, "cannot read `\(path)`: \(isText ? words : "its name is not UTF-8 text")")
  }

  fileprivate static func cannotWrite(_ path: String, _ reason: SystemError) -> Diagnostic {
    Diagnostic(.cannotWrite, "cannot write `\(path)`: \(reason.words)")
  }

  /// Names the encoding that the bytes look like, and the way out of it.
  fileprivate static func notUTF8(_ bytes: [UInt8], _ path: String) -> Diagnostic {
    let name = path == "-" ? "standard input" : "`\(path)`"
    let file = path == "-" ? "FILE" : "'\(path)'"
    let marks: [([UInt8], String)] = [([0xFF, 0xFE], "UTF-16"), ([0xFE, 0xFF], "UTF-16")]
    if let mark = marks.first(where: { bytes.starts(with: $0.0) }) {
      return Diagnostic(
        .notUTF8, "\(name) is \(mark.1) text, not UTF-8",
        help: ["`iconv -f \(mark.1) -t UTF-8 \(file)` converts it"])
    }
    let valid = validPrefix(bytes)
    let line = valid.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    let column = String(decoding: valid.suffix(while: { $0 != 0x0A }), as: UTF8.self).scalarCount + 1
    let byte = String(bytes[valid.count], radix: 16, uppercase: true)
    return Diagnostic(
      .notUTF8, "\(name) is not UTF-8 text: line \(line), column \(column) has the byte 0x\(byte)",
      help: ["save it as UTF-8; where it is Latin-1: `iconv -f ISO-8859-1 -t UTF-8 \(file)`"])
  }

  /// The bytes before the first that is not UTF-8.
  private static func validPrefix(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    var (decoder, iterator) = (UTF8(), bytes.makeIterator())
    var end = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { end += UTF8.width(scalar) }
    return bytes[..<min(end, bytes.count - 1)]
  }
}

extension ArraySlice<UInt8> {
  /// The longest end of it of which every byte passes.
  fileprivate func suffix(while passes: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    self[(lastIndex { !passes($0) }.map { $0 + 1 } ?? startIndex)...]
  }
}
