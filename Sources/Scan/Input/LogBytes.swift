import Foundation

/// The bytes of one log in order, decompressed where they are gzip's.
final class LogBytes {
  /// The size on disk; `nil` for a pipe.
  let size: Int?
  /// Whether the bytes come from gzip.
  private(set) var isCompressed = false

  private let file: Int32
  private let ownsFile: Bool
  private var gzip: GzipProcess?
  /// What was read from a pipe to see what it holds.
  private var head: [UInt8] = []

  /// Opens a file, or standard input for `-`. Throws what the system says.
  init(_ path: String) throws(SystemError) {
    ownsFile = path != "-"
    file = ownsFile ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    guard file >= 0 else { throw SystemError.last }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw SystemError.last }
    if status.st_mode & S_IFMT == S_IFDIR {
      if ownsFile { close(file) }
      throw SystemError(code: EISDIR)
    }
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    size = isRegular ? Int(status.st_size) : nil
    do {
      try lookForGzip(isRegular: isRegular)
    } catch {
      if ownsFile { close(file) }
      throw error
    }
  }

  private func lookForGzip(isRegular: Bool) throws(SystemError) {
    var magic = [UInt8](repeating: 0, count: 2)
    if isRegular {
      let start = lseek(file, 0, SEEK_CUR)
      guard pread(file, &magic, 2, max(0, start)) == 2, magic == [0x1F, 0x8B] else { return }
      gzip = try GzipProcess(input: file)
    } else {
      while head.count < 2 {
        let count = try LogBytes.read(file, &magic, 2 - head.count)
        if count == 0 { return }
        head += magic[..<count]
      }
      guard head == [0x1F, 0x8B] else { return }
      let input = try feed(head)
      defer { close(input) }
      gzip = try GzipProcess(input: input)
      head = []
    }
    isCompressed = true
  }

  /// A pipe into which a thread puts what was read already and then the rest.
  private func feed(_ head: [UInt8]) throws(SystemError) -> Int32 {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SystemError.last }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (input, file) = (ends[1], file)
    let thread = Thread {
      var buffer = head
      buffer.reserveCapacity(1 << 16)
      var count = head.count
      while count > 0, LogBytes.writeAll(input, buffer, count) {
        if buffer.count < 1 << 16 { buffer = [UInt8](repeating: 0, count: 1 << 16) }
        count = (try? LogBytes.read(file, &buffer, buffer.count)) ?? 0
      }
      close(input)
    }
    thread.start()
    return ends[0]
  }

  private static func writeAll(_ file: Int32, _ bytes: [UInt8], _ count: Int) -> Bool {
    var done = 0
    while done < count {
      let written = bytes[done..<count].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written <= 0 { return false }
      done += written
    }
    return true
  }

  private static func read(
    _ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int
  ) throws(SystemError) -> Int {
    while true {
      let got = Foundation.read(file, buffer, count)
      if got >= 0 { return got }
      if errno != EINTR { throw SystemError.last }
    }
  }

  /// Reads some bytes; 0 at the end.
  func read(into room: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    guard let base = room.baseAddress, !room.isEmpty else { return 0 }
    if !head.isEmpty {
      let count = min(head.count, room.count)
      room.copyBytes(from: head[..<count])
      head.removeFirst(count)
      return count
    }
    return try LogBytes.read(gzip?.output ?? file, base, room.count)
  }

  /// How much of the file was read, in bytes on disk.
  var progress: Int { size == nil ? 0 : max(0, Int(lseek(file, 0, SEEK_CUR))) }

  /// To be called at the end: what gzip complained about, if it did.
  func finish() -> String? { gzip?.finish() }

  deinit {
    gzip = nil
    if ownsFile { close(file) }
  }
}
