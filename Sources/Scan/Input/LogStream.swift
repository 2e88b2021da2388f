import Foundation

/// A stretch of a log: whole events, and what was wrong before, between or after them.
struct LogChunk: ~Copyable {
  /// Which log, by its place among the inputs.
  var source = 0
  /// Which stretch of it, from 0.
  var sequence = 0
  /// Whether it is the last.
  var isLast = false
  var buffer: ByteBuffer
  /// Whether `buffer` holds lines; otherwise the events are in `events`.
  var isLines = true
  /// Where the events are, where they are not lines.
  var events: [Range<Int>] = []
  /// What was wrong with the log, or with the text between the events.
  var problems = LogProblems()
  /// How many lines were passed over: those that are too long to be kept.
  var skippedLines = 0
  /// How many bytes were read for it.
  var bytesRead = 0

  init(capacity: Int) { buffer = ByteBuffer(capacity: capacity) }

  mutating func clear() {
    buffer.removeAll()
    isLast = false
    isLines = true
    events.removeAll(keepingCapacity: true)
    problems = LogProblems()
    skippedLines = 0
    bytesRead = 0
  }
}

/// Reads one log stretch by stretch, in memory that does not grow with it.
final class LogStream {
  /// The log's name.
  let name: String
  private let bytes: LogBytes
  private let limits: EventLimits
  private let chunkSize: Int
  private var format: LogFormat?
  private var splitter: EventSplitter
  /// What was read and belongs to the next stretch.
  private var carry: ByteBuffer
  /// Whether the rest of the line is passed over.
  private var isSkipping = false
  private var isAtEnd = false

  /// Opens a log. Throws what the system says.
  init(_ name: String, limits: EventLimits, chunkSize: Int) throws(SystemError) {
    self.name = name == "-" ? "<stdin>" : name
    self.limits = limits
    self.chunkSize = chunkSize
    bytes = try LogBytes(name)
    splitter = EventSplitter(maxBytes: limits.maxBytes)
    carry = ByteBuffer(capacity: 1 << 12)
  }

  /// How much of the file was read, in bytes on disk.
  var progress: Int { bytes.progress }

  /// Fills the chunk with the next stretch.
  func fill(_ chunk: inout LogChunk) {
    chunk.clear()
    chunk.buffer.shrink(to: chunkSize)
    if !carry.bytes.isEmpty {
      chunk.buffer.append(UnsafeRawBufferPointer(carry.bytes))
      carry.removeAll()
      carry.shrink(to: 1 << 12)
    }
    do throws(SystemError) {
      if format == nil { try detect(&chunk) }
      switch format {
      case .lines: try fillLines(&chunk)
      case .structure: try fillEvents(&chunk)
      case .empty, nil:
        chunk.buffer.removeAll()
        isAtEnd = true
      case .unreadable(let what, let help):
        chunk.buffer.removeAll()
        chunk.problems.append(
          LogProblem(.foreign, in: name, "cannot read the log: it is \(what)", help: help))
        isAtEnd = true
      }
    } catch {
      chunk.problems.append(
        LogProblem(.unreadable, in: name, "the log cannot be read to its end: \(error.words)"))
      endOfBytes(&chunk)
    }
    chunk.isLast = isAtEnd
    if isAtEnd, let complaint = bytes.finish() {
      chunk.problems.append(.gzip(complaint, in: name))
    }
  }

  private func read(_ chunk: inout LogChunk, upTo size: Int) throws(SystemError) -> Int {
    let count = try chunk.buffer.append(upTo: size) { [bytes] (room) throws(SystemError) in
      try bytes.read(into: room)
    }
    chunk.bytesRead += count
    return count
  }

  private func detect(_ chunk: inout LogChunk) throws(SystemError) {
    while true {
      let count = try read(&chunk, upTo: max(chunkSize - chunk.buffer.count, chunkSize / 2, 16))
      format = LogFormat(chunk.buffer.bytes, atEnd: count == 0)
      if format != nil { break }
    }
    chunk.buffer.dropFirst(LogFormat.markLength(chunk.buffer.bytes))
  }

  // Lines.

  private func fillLines(_ chunk: inout LogChunk) throws(SystemError) {
    var looked = 0
    while true {
      if isSkipping, !skip(&chunk) {
        if try read(&chunk, upTo: chunkSize) == 0 { return endOfBytes(&chunk) }
        continue
      }
      if let last = lastLineBreak(in: chunk.buffer.base, from: looked, to: chunk.buffer.count) {
        keepAfter(last + 1, &chunk)
        return
      }
      looked = chunk.buffer.count
      if looked > limits.maxBytes {
        chunk.problems.append(.tooLarge(limits.maxBytes, in: name, at: .line(1, column: 1)))
        chunk.skippedLines = 1
        chunk.buffer.removeAll()
        isSkipping = true
        return
      }
      if try read(&chunk, upTo: max(chunkSize - looked, chunkSize / 2, 16)) == 0 { return endOfBytes(&chunk) }
    }
  }

  /// Drops the rest of a line. Returns whether its end was found.
  private func skip(_ chunk: inout LogChunk) -> Bool {
    let end = nextIndex(of: 0x0A, in: chunk.buffer.base, from: 0, to: chunk.buffer.count)
    let isFound = end < chunk.buffer.count
    chunk.buffer.dropFirst(isFound ? end + 1 : end)
    isSkipping = !isFound
    return isFound
  }

  private func keepAfter(_ end: Int, _ chunk: inout LogChunk) {
    carry.append(chunk.buffer.slice(end..<chunk.buffer.count))
    chunk.buffer.truncate(to: end)
  }

  // Structure.

  private func fillEvents(_ chunk: inout LogChunk) throws(SystemError) {
    chunk.isLines = false
    while true {
      splitter.scan(chunk.buffer.base, to: chunk.buffer.count)
      take(&chunk)
      if !chunk.events.isEmpty || chunk.problems.count > 0 {
        let keep = splitter.keepFrom
        splitter.rebase(keep)
        keepAfter(keep, &chunk)
        return
      }
      let keep = splitter.keepFrom
      splitter.rebase(keep)
      chunk.buffer.dropFirst(keep)
      if try read(&chunk, upTo: max(chunkSize - chunk.buffer.count, chunkSize / 2, 16)) == 0 {
        return endOfBytes(&chunk)
      }
    }
  }

  private func endOfBytes(_ chunk: inout LogChunk) {
    isAtEnd = true
    guard format == .structure else { return }
    chunk.isLines = false
    splitter.finish(chunk.buffer.base, to: chunk.buffer.count)
    take(&chunk)
  }

  private func take(_ chunk: inout LogChunk) {
    for item in splitter.take() {
      switch item {
      case .event(let range): chunk.events.append(range)
      case .fault(let fault): chunk.problems.append(.structure(fault, limits, in: name))
      }
    }
  }
}

extension LogProblem {
  static func gzip(_ complaint: String, in source: String) -> LogProblem {
    switch complaint {
    case "unexpected end of file":
      LogProblem(
        .damaged, in: source, "the gzip data is truncated: its end is missing",
        help: "what could be decompressed was scanned")
    default:
      LogProblem(
        .damaged, in: source, "the gzip data is damaged: \(complaint)",
        help: "what could be decompressed was scanned")
    }
  }

  static func tooLarge(_ limit: Int, in source: String, at place: Place) -> LogProblem {
    LogProblem(
      .limit, in: source, at: place, "the event is larger than \(limit) bytes and was passed over",
      help: "`--max-event-bytes` sets the limit")
  }

  /// What the splitter met, in words.
  static func structure(
    _ fault: EventSplitter.Fault, _ limits: EventLimits, in source: String
  ) -> LogProblem {
    let size = "\(fault.range.count) bytes"
    let place = Place.byte(fault.offset)
    switch fault.problem {
    case .unexpected(let expected) where fault.isRest:
      return LogProblem(
        .malformed, in: source, at: place,
        "expected \(expected); no event was found after that: the rest of the log is lost, \(size)")
    case .unexpected(let expected):
      return LogProblem(
        .malformed, in: source, at: place, "expected \(expected); passed over \(size) up to the next event")
    case .notAnObject:
      return LogProblem(
        .malformed, in: source, at: place, "expected an event, found a value that is not an object")
    case .tooLarge: return .tooLarge(limits.maxBytes, in: source, at: place)
    case .cutOff: return LogProblem(.cutOff, in: source, at: place, "the log ends within an event")
    case .arrayNotClosed:
      return LogProblem(.cutOff, in: source, at: place, "the log ends before its array of events does")
    }
  }

  /// The same for a line of a log that has an event a line.
  static func line(
    _ fault: EventSplitter.Fault, _ limits: EventLimits, in source: String, line: Int, isCut: Bool
  ) -> LogProblem {
    let place = Place.line(line, column: fault.offset + 1)
    switch fault.problem {
    case .unexpected(let expected):
      return LogProblem(.malformed, in: source, at: place, "expected \(expected); the line is passed over")
    case .notAnObject:
      return LogProblem(
        .malformed, in: source, at: place, "expected an event, found a value that is not an object")
    case .tooLarge: return .tooLarge(limits.maxBytes, in: source, at: place)
    case .cutOff, .arrayNotClosed:
      return isCut
        ? LogProblem(.cutOff, in: source, at: place, "the log ends within an event")
        : LogProblem(.malformed, in: source, at: place, "the line ends within an event")
    }
  }
}
