/// Puts a stretch of a log to the rules. One for each thread.
struct ChunkEvaluator {
  private let matcher: Matcher
  /// The rules that hold of the event at hand; its memory is used again.
  private var hits: [Int] = []
  /// Whether the matcher passes over events that can match no rule.
  private let passesOver: Bool
  /// How many rules there are; what follows them among the hits are marks.
  private let ruleCount: Int
  private let times: EventTimeReader
  private let limits: EventLimits
  private let since: EventTime?
  private let until: EventTime?

  init(_ rules: RuleSet, _ options: LogScan.Options) {
    matcher = rules.makeMatcher()
    passesOver = rules.checking == .candidates
    ruleCount = rules.count
    times = EventTimeReader(path: options.timeField)
    limits = options.limits
    since = options.since
    until = options.until
  }

  /// What the stretch shows; lines and events are counted from its beginning.
  mutating func evaluate(_ chunk: borrowing LogChunk, name: String) -> ScanBatch {
    var batch = ScanBatch()
    batch.source = chunk.source
    batch.sequence = chunk.sequence
    batch.name = name
    batch.isLast = chunk.isLast
    batch.bytesRead = chunk.bytesRead
    if chunk.isLines {
      lines(chunk, &batch)
      batch.lines += chunk.skippedLines
    } else {
      var end: Int?
      for range in chunk.events {
        if let end, isBlank(chunk.buffer.base, end, range.lowerBound) {
          batch.noteSharedLine(.event(batch.events + 1))
        }
        event(chunk.buffer.base, range, .event(batch.events + 1), &batch)
        end = range.upperBound
      }
    }
    batch.problems.append(chunk.problems)
    return batch
  }

  private mutating func lines(_ chunk: borrowing LogChunk, _ batch: inout ScanBatch) {
    let bytes = UnsafePointer(chunk.buffer.base)
    let count = chunk.buffer.count
    var start = 0
    while start < count {
      let end = nextIndex(of: 0x0A, in: bytes, from: start, to: count)
      batch.lines += 1
      line(bytes, start, end, isCut: end == count && chunk.isLast, &batch)
      start = end + 1
    }
  }

  @inline(__always)
  private mutating func line(
    _ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, isCut: Bool, _ batch: inout ScanBatch
  ) {
    let range = trimmed(bytes, from, to)
    if range.isEmpty { return }
    // What looks like one object is put to the rules at once; all else is taken apart first.
    guard bytes[range.lowerBound] == UInt8(ascii: "{"), bytes[range.upperBound - 1] == UInt8(ascii: "}"),
      !beginsRecords(bytes, range)
    else { return unusual(bytes, range, isCut: isCut, &batch) }
    do throws(EventFault) {
      let filtered = matcher.statistics.filtered
      try matcher.matches(
        UnsafeRawBufferPointer(start: bytes + range.lowerBound, count: range.count), into: &hits)
      // What the matcher passed over unread is checked here, so that a line that was cut off is told.
      if passesOver, matcher.statistics.filtered > filtered,
        !looksBalanced(bytes, from: range.lowerBound, to: range.upperBound)
      {
        return unusual(bytes, range, isCut: isCut, &batch)
      }
      batch.events += 1
      if !hits.isEmpty { add(bytes, range, .line(batch.lines), &batch) }
    } catch {
      if error.kind == .malformed { return unusual(bytes, range, isCut: isCut, &batch) }
      problem(error, at: .line(batch.lines, column: 1 + error.offset), &batch)
    }
  }

  @inline(__always)
  private func beginsRecords(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
    var index = range.lowerBound + 1
    while index < range.upperBound, isSpace(bytes[index]) { index += 1 }
    guard index + 9 <= range.upperBound, bytes[index] == UInt8(ascii: "\"") else { return false }
    let word = UnsafeRawPointer(bytes + index + 1).loadUnaligned(as: UInt64.self)
    return UInt64(littleEndian: word) == 0x2273_6472_6F63_6552  // Records"
  }

  /// A line that may hold several objects, an array, a wrapper, or no event.
  private mutating func unusual(
    _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, isCut: Bool, _ batch: inout ScanBatch
  ) {
    var splitter = EventSplitter(maxBytes: limits.maxBytes)
    let start = bytes + range.lowerBound
    splitter.finish(start, to: range.count)
    var isReported = false
    var end: Int?
    for item in splitter.take() {
      switch item {
      case .event(let found):
        if let end, isBlank(start, end, found.lowerBound) {
          batch.noteSharedLine(.line(batch.lines, column: found.lowerBound + 1))
        }
        event(start, found, .line(batch.lines), &batch)
        end = found.upperBound
      case .fault(let fault):
        // One error a line: what follows is often a consequence.
        if isReported { continue }
        isReported = true
        let problem = LogProblem.line(
          fault, limits, in: batch.name, line: batch.lines, isCut: isCut)
        batch.problems.append(problem)
      }
    }
  }

  /// Whether nothing but blanks stands there: not even the end of a line.
  private func isBlank(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    (start..<max(start, end)).allSatisfy { bytes[$0] == UInt8(ascii: " ") || bytes[$0] == UInt8(ascii: "\t") }
  }

  private mutating func event(
    _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ place: ScanBatch.Place, _ batch: inout ScanBatch
  ) {
    do throws(EventFault) {
      try matcher.matches(
        UnsafeRawBufferPointer(start: bytes + range.lowerBound, count: range.count), into: &hits)
      batch.events += 1
      if !hits.isEmpty { add(bytes, range, place, &batch) }
    } catch {
      switch place {
      case .line(let line):
        problem(error, at: .line(line, column: range.lowerBound + error.offset + 1), &batch)
      case .event(let number):
        // It has its number, so that those after it keep theirs.
        batch.events += 1
        batch.failed += 1
        problem(error, at: .event(number), &batch)
      }
    }
  }

  private func problem(_ fault: EventFault, at place: LogProblem.Place, _ batch: inout ScanBatch) {
    switch fault.kind {
    case .empty, .malformed, .invalidUTF8, .notAnObject:
      batch.problems.append(LogProblem(.malformed, in: batch.name, at: place, fault.message))
    case .tooLarge:
      batch.problems.append(.tooLarge(limits.maxBytes, in: batch.name, at: place))
    case .tooDeep:
      batch.problems.append(
        LogProblem(
          .limit, in: batch.name, at: place, "objects and arrays are nested deeper than \(limits.maxDepth)",
          help: "`--max-depth` sets the limit"))
    case .tooManyFields:
      batch.problems.append(
        LogProblem(
          .limit, in: batch.name, at: place, "the event has more than \(limits.maxFields) fields",
          help: "`--max-fields` sets the limit"))
    }
  }

  private mutating func add(
    _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ place: ScanBatch.Place,
    _ batch: inout ScanBatch
  ) {
    while let mark = hits.last, mark >= ruleCount {
      batch.markedEvents[mark - ruleCount, default: 0] += 1
      hits.removeLast()
    }
    if hits.isEmpty { return }
    let event = UnsafeRawBufferPointer(start: bytes + range.lowerBound, count: range.count)
    let time = times.time(of: event)
    // An event that does not say when it happened is shown: a match must not get lost.
    if let time {
      if let since, time < since { return }
      if let until, time >= until { return }
    }
    let start = batch.bytes.count
    appendOnOneLine(event, to: &batch.bytes)
    batch.matches.append(
      ScanBatch.Match(rules: hits, place: place, time: time, range: start..<batch.bytes.count))
  }
}
