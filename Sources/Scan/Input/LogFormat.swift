/// How a log's bytes are divided into events; told by its first bytes, whatever its name.
enum LogFormat: Hashable {
  /// A line an event.
  case lines
  /// Arrays, objects one after another, or CloudTrail's `{"Records": […]}`.
  case structure
  /// Nothing but white space.
  case empty
  /// No JSON; the name of what it is instead, where that is known, and what to do.
  case unreadable(String, help: String?)

  /// How many bytes are enough to decide.
  static let headSize = 1 << 20

  /// The format of a log that begins with these bytes; `nil` where more of them are needed.
  init?(_ head: UnsafeBufferPointer<UInt8>, atEnd: Bool) {
    if let other = LogFormat.foreign(head) {
      self = other
      return
    }
    guard let bytes = head.baseAddress, let format = LogFormat.decide(bytes, head.count, atEnd) else {
      guard atEnd else { return nil }
      self = .empty
      return
    }
    self = format
  }

  /// The length of a byte order mark of UTF-8.
  static func markLength(_ head: UnsafeBufferPointer<UInt8>) -> Int {
    head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static let foreignFormats: [(magic: [UInt8], name: String, help: String?)] = [
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard", "`zstd -dc FILE | concord scan RULE -`"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz", "`xz -dc FILE | concord scan RULE -`"),
    ([0x42, 0x5A, 0x68], "compressed with bzip2", "`bzip2 -dc FILE | concord scan RULE -`"),
    ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive", "`unzip -p FILE | concord scan RULE -`"),
    ([0x1F, 0x8B], "compressed with gzip twice", "`gzip -dc FILE | concord scan RULE -`"),
    ([0x50, 0x41, 0x52, 0x31], "Parquet", nil),
    ([0x45, 0x6C, 0x66, 0x46, 0x69, 0x6C, 0x65, 0x00], "a Windows event log (EVTX)", "export it as JSON"),
    ([0xFF, 0xFE], "UTF-16 text", "`iconv -f UTF-16 -t UTF-8 FILE | concord scan RULE -`"),
    ([0xFE, 0xFF], "UTF-16 text", "`iconv -f UTF-16 -t UTF-8 FILE | concord scan RULE -`"),
  ]

  private static func foreign(_ head: UnsafeBufferPointer<UInt8>) -> LogFormat? {
    foreignFormats.first { head.starts(with: $0.magic) }.map { .unreadable($0.name, help: $0.help) }
  }

  private static func decide(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ atEnd: Bool) -> LogFormat? {
    var start = markLength(UnsafeBufferPointer(start: bytes, count: count))
    while start < count, isSpace(bytes[start]) { start += 1 }
    guard start < count else { return nil }
    let isEnough = atEnd || count >= headSize
    if bytes[start] == UInt8(ascii: "["), let format = beginsArray(bytes, start + 1, count, isEnough) {
      return format
    }
    if bytes[start] == UInt8(ascii: "["), !isEnough, count - start < 16 { return nil }
    if bytes[start] == UInt8(ascii: "{") {
      switch beginsObject(bytes, start, count) {
      case .event: return .lines
      case .structure: return .structure
      case .unfinished where !isEnough: return nil
      case .unfinished where !atEnd: return .structure
      case .unfinished, .other: break
      }
    }
    if holdsEventLine(bytes, start, count) { return .lines }
    guard isEnough else { return nil }
    switch bytes[start] {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return .structure
    default: return .unreadable("not JSON: it begins with \(shown(bytes, start..<count))", help: nil)
    }
  }

  private enum Beginning { case event, structure, unfinished, other }

  /// Whether the first object fills its line, or reaches over several, shares one, or wraps records.
  private static func beginsObject(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) -> Beginning {
    var splitter = EventSplitter(maxBytes: headSize)
    let lineEnd = nextIndex(of: 0x0A, in: bytes, from: start, to: count)
    var end = lineEnd
    while true {
      splitter.scan(bytes + start, to: end - start)
      if splitter.isInRecords { return .structure }
      switch splitter.take().first {
      case .event(let range):
        // What is not a line of its own may have others like it behind it.
        let isOnLine = start + range.upperBound <= lineEnd
        return isOnLine && trimmed(bytes, start + range.upperBound, lineEnd).isEmpty ? .event : .structure
      case .fault: return .other
      case nil:
        if end == count { return .unfinished }
        end = min(count, end + 4096)
      }
    }
  }

  /// Whether some line is a whole object.
  private static func holdsEventLine(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ count: Int) -> Bool {
    var start = from
    while start < count {
      let end = nextIndex(of: 0x0A, in: bytes, from: start, to: count)
      let range = trimmed(bytes, start, end)
      if range.count > 2, range.lowerBound == start, bytes[start] == UInt8(ascii: "{"),
        bytes[range.upperBound - 1] == UInt8(ascii: "}")
      {
        var splitter = EventSplitter(maxBytes: range.count)
        splitter.finish(bytes + start, to: range.count)
        if splitter.take() == [.event(0..<range.count)] { return true }
      }
      start = end + 1
    }
    return false
  }

  /// What may follow `[` in an array of events; a plain-text log can begin with a bracket too.
  private static func beginsArray(
    _ bytes: UnsafePointer<UInt8>, _ from: Int, _ count: Int, _ isEnough: Bool
  ) -> LogFormat? {
    var next = from
    while next < count, isSpace(bytes[next]) { next += 1 }
    guard next < count else { return isEnough ? .structure : nil }
    return [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "]")].contains(bytes[next]) ? .structure : nil
  }

  private static func shown(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> String {
    let head = UnsafeBufferPointer(start: bytes + range.lowerBound, count: min(24, range.count))
    return head.allSatisfy({ 0x20...0x7E ~= $0 || isSpace($0) })
      ? "`\(String(decoding: head.prefix { $0 >= 0x20 }, as: UTF8.self))`"
      : "the bytes \(head.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " "))"
  }
}
