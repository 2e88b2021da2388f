import ConcordDiagnostics

/// Finds the events in JSON that is not a line an event: arrays, objects one after another, and the `Records` of
/// CloudTrail's files.
///
/// It reads structure alone (strings with their escapes, brackets, commas, colons) and stops at the first byte that
/// cannot stand where it is. It can be stopped after any byte and go on with more bytes: it keeps no pointer, and
/// its places are moved with `rebase`. What it found is in `events` and `faults`, in order.
///
/// Where an event is broken, it goes on at the next text that begins as the events before it did
/// (`{"eventVersion":`), and says how many bytes were passed over.
struct EventSplitter {
  /// What was found.
  enum Found: Hashable {
    /// The bytes of an object, as places in the memory that was scanned.
    case event(Range<Int>)
    /// Something that is not an event.
    case fault(Fault)
  }

  /// What is not an event, and where, as places in the log.
  struct Fault: Hashable {
    /// What is wrong.
    let problem: Problem
    /// Where it shows.
    let offset: Int
    /// What was passed over.
    let range: Range<Int>
    /// Whether that reaches to the end of the log.
    var isRest = false
  }

  /// Why bytes are not an event.
  enum Problem: Hashable {
    /// Something else should stand there: this.
    case unexpected(String)
    /// A value, but not an object.
    case notAnObject
    /// The event has more bytes than the limit.
    case tooLarge
    /// The log ends within an event.
    case cutOff
    /// The log ends before the array of events does.
    case arrayNotClosed
  }

  private enum Expectation: UInt8 {
    case top, value, valueOrEnd, keyOrEnd, key, colon, commaOrEnd
  }

  /// What was found since the last `take`.
  private(set) var found: [Found] = []
  /// Where the bytes begin that must stay in memory.
  private(set) var keepFrom = 0
  private(set) var position = 0

  private let maxBytes: Int
  /// The place in the log of the memory's first byte.
  private var base = 0
  private var expectation = Expectation.top
  /// Whether the open levels are objects, a bit a level.
  private var levels: [UInt64] = []
  private var depth = 0
  /// The depth at which an object is an event; -1 in a wrapper outside its array.
  private var eventDepth = 0
  /// Where the value at that depth begins; -1 outside of one.
  private var eventStart = -1
  private var isJunk = false
  /// Whether the event is too large to be kept and only its end is looked for.
  private var isDropping = false
  private var inString = false
  private var inWord = false
  /// Where the string or word begins; -1 where that is out of memory.
  private var tokenStart = -1
  private var keyIsRecords = false
  /// How the first event began, up to its first colon.
  private var signature: [UInt8] = []
  /// How many bytes of the event those are; -1 where its first colon was not met yet.
  private var signatureEnd = -1
  /// What is wrong, while the next event is looked for.
  private var broken: (problem: Problem, offset: Int, from: Int)?

  /// How far before the place where a fault shows the next event may have begun.
  private static let lookBack = 1024

  init(maxBytes: Int) {
    self.maxBytes = maxBytes
  }

  /// Whether it stands within the array of a `Records` wrapper.
  var isInRecords: Bool { eventDepth == 2 }

  /// Takes what was found since the last time.
  mutating func take() -> [Found] {
    let taken = found
    found.removeAll()
    return taken
  }

  /// Moves all places: the first `count` bytes of the memory are gone.
  mutating func rebase(_ count: Int) {
    base += count
    position -= count
    keepFrom -= count
    if eventStart >= 0 { eventStart -= count }
    tokenStart = max(-1, tokenStart - count)
  }

  /// Reads on, up to `end`.
  mutating func scan(_ bytes: UnsafePointer<UInt8>, to end: Int) {
    while position < end {
      if broken != nil {
        guard recover(bytes, end) else { break }
      } else if inString {
        guard string(bytes, end) else { break }
      } else if inWord {
        guard word(bytes, end) else { break }
      } else {
        token(bytes)
      }
    }
    if eventStart >= 0, position - eventStart > maxBytes {
      // Only its end is of interest now, so that memory does not grow with the event.
      if !isJunk { fault(.tooLarge, eventStart, eventStart..<position) }
      eventStart = -1
      isDropping = true
    }
    keepFrom = eventStart >= 0 ? eventStart : min(position, end)
  }

  /// Says that there are no more bytes than those up to `end`.
  mutating func finish(_ bytes: UnsafePointer<UInt8>, to end: Int) {
    scan(bytes, to: end)
    if inWord { endWord(bytes) }
    if let broken {
      let range = broken.from..<(base + end)
      found.append(.fault(Fault(problem: broken.problem, offset: broken.offset, range: range, isRest: true)))
    } else if eventStart >= 0 || isDropping {
      fault(.cutOff, end, (eventStart >= 0 ? eventStart : end)..<end)
    } else if depth > 0 {
      fault(.arrayNotClosed, end, end..<end)
    }
    self = EventSplitter(maxBytes: maxBytes, found: found)
  }

  private init(maxBytes: Int, found: [Found]) {
    self.maxBytes = maxBytes
    self.found = found
  }

  private mutating func fault(_ problem: Problem, _ place: Int, _ range: Range<Int>) {
    found.append(
      .fault(
        Fault(
          problem: problem, offset: base + place,
          range: (base + range.lowerBound)..<(base + range.upperBound))))
  }
}

// Tokens.
extension EventSplitter {
  private var isObject: Bool { levels[(depth - 1) >> 6] & (1 << UInt64((depth - 1) & 63)) != 0 }

  private mutating func open(object: Bool) {
    if depth >> 6 == levels.count { levels.append(0) }
    let bit: UInt64 = 1 << UInt64(depth & 63)
    if object { levels[depth >> 6] |= bit } else { levels[depth >> 6] &= ~bit }
    depth += 1
  }

  @inline(__always)
  private mutating func token(_ bytes: UnsafePointer<UInt8>) {
    let byte = bytes[position]
    switch byte {
    case 0x20, 0x0A, 0x0D, 0x09: position += 1
    case UInt8(ascii: "\""): quote()
    case UInt8(ascii: ":"):
      guard expectation == .colon else { return fail() }
      if signatureEnd < 0, depth == eventDepth + 1 { signatureEnd = position + 1 - eventStart }
      expectation = .value
      position += 1
    case UInt8(ascii: ","):
      // Between objects at the top a comma does no harm: some exports have it.
      if expectation == .top {
        position += 1
        return
      }
      guard expectation == .commaOrEnd else { return fail() }
      expectation = isObject ? .key : .value
      position += 1
    case UInt8(ascii: "{"), UInt8(ascii: "["): opening(object: byte == UInt8(ascii: "{"))
    case UInt8(ascii: "}"), UInt8(ascii: "]"): closing(bytes, object: byte == UInt8(ascii: "}"))
    default:
      guard isWord(byte), expectation == .value || expectation == .valueOrEnd || expectation == .top else {
        return fail()
      }
      beginValue()
      tokenStart = position
      inWord = true
    }
  }

  private mutating func quote() {
    switch expectation {
    case .key, .keyOrEnd: keyIsRecords = false
    case .value, .valueOrEnd, .top: beginValue()
    case .colon, .commaOrEnd: return fail()
    }
    tokenStart = position
    inString = true
    position += 1
  }

  /// A value that is not an object begins: where an event could stand, it is a problem.
  private mutating func beginValue() {
    if depth == eventDepth, eventStart < 0 {
      eventStart = position
      isJunk = true
    }
  }

  private mutating func opening(object: Bool) {
    guard expectation == .value || expectation == .valueOrEnd || expectation == .top else {
      return fail()
    }
    if depth == eventDepth, eventStart < 0, !isDropping {
      if object {
        eventStart = position
        signatureEnd = -1
        isJunk = false
      } else if depth == 0 {
        eventDepth = 1
      } else {
        beginValue()
      }
    } else if !object, keyIsRecords, depth == 1, eventDepth <= 0 {
      // The object turns out to be the wrapper of CloudTrail's files: its records are the events.
      eventStart = -1
      isDropping = false
      eventDepth = 2
      signatureEnd = -1
    }
    keyIsRecords = false
    open(object: object)
    expectation = object ? .keyOrEnd : .valueOrEnd
    position += 1
  }

  private mutating func closing(_ bytes: UnsafePointer<UInt8>, object: Bool) {
    guard depth > 0, isObject == object,
      expectation == .commaOrEnd || expectation == (object ? .keyOrEnd : .valueOrEnd)
    else { return fail() }
    depth -= 1
    position += 1
    ended(bytes)
  }

  /// A value has ended just before `position`.
  private mutating func ended(_ bytes: UnsafePointer<UInt8>) {
    expectation = depth == 0 ? .top : .commaOrEnd
    if depth == eventDepth, eventStart >= 0 || isDropping {
      if isDropping {
        isDropping = false
      } else if isJunk {
        fault(.notAnObject, eventStart, eventStart..<position)
      } else if position - eventStart > maxBytes {
        fault(.tooLarge, eventStart, eventStart..<position)
      } else {
        found.append(.event(eventStart..<position))
        if signature.isEmpty, 1...256 ~= signatureEnd {
          signature = Array(UnsafeBufferPointer(start: bytes + eventStart, count: signatureEnd))
        }
      }
      eventStart = -1
      isJunk = false
    } else if depth < eventDepth {
      // The array of events has ended, and maybe not the object around it.
      eventDepth = -1
    }
    if depth == 0 { eventDepth = 0 }
  }

  /// Goes on within a string. Returns false where more bytes are needed.
  private mutating func string(_ bytes: UnsafePointer<UInt8>, _ end: Int) -> Bool {
    while true {
      position = plainTextEnd(in: bytes, from: position, to: end)
      if position == end { return false }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        inString = false
        if expectation == .key || expectation == .keyOrEnd {
          keyIsRecords = depth == 1 && eventDepth <= 0 && isRecordsKey(bytes)
          expectation = .colon
        } else {
          ended(bytes)
        }
        tokenStart = -1
        return true
      case UInt8(ascii: "\\"):
        if position + 1 == end { return false }
        position += 2
      default:
        fail("the text's closing quote before a control character")
        return true
      }
    }
  }

  private func isRecordsKey(_ bytes: UnsafePointer<UInt8>) -> Bool {
    guard tokenStart >= 0, position - tokenStart == 9 else { return false }
    return zip("Records".utf8, 0..<7).allSatisfy { bytes[tokenStart + 1 + $1] == $0 }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      || byte == UInt8(ascii: ".")
  }

  private mutating func word(_ bytes: UnsafePointer<UInt8>, _ end: Int) -> Bool {
    while position < end, isWord(bytes[position]) { position += 1 }
    if position == end { return false }
    endWord(bytes)
    return true
  }

  private mutating func endWord(_ bytes: UnsafePointer<UInt8>) {
    inWord = false
    let start = tokenStart
    tokenStart = -1
    guard start < 0 || isScalar(bytes, start..<position) else {
      position = start
      return fail(depth == 0 ? "`{` or `[`" : "a value")
    }
    ended(bytes)
  }

  /// Whether a word is `true`, `false`, `null` or begins as a number; the number itself is the reader's business.
  private func isScalar(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
    let text = UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count)
    switch text.first {
    case UInt8(ascii: "t"): return text.elementsEqual("true".utf8)
    case UInt8(ascii: "f"): return text.elementsEqual("false".utf8)
    case UInt8(ascii: "n"): return text.elementsEqual("null".utf8)
    case UInt8(ascii: "-"): return text.count > 1
    case .some(0x30...0x39): return true
    case .some, nil: return false
    }
  }
}

// What is wrong, and how to go on.
extension EventSplitter {
  private var expected: String {
    switch expectation {
    case .top: "`{` or `[`"
    case .value: "a value"
    case .valueOrEnd: "a value or `]`"
    case .keyOrEnd: "a key or `}`"
    case .key: "a key"
    case .colon: "`:`"
    case .commaOrEnd: isObject ? "`,` or `}`" : "`,` or `]`"
    }
  }

  private mutating func fail(_ wanted: String? = nil) {
    let from = eventStart >= 0 ? eventStart : position
    broken = (.unexpected(wanted ?? expected), base + position, base + from)
    // The fault may show only in the event that comes next, as when a quote is missing, so the search for that
    // begins before the fault.
    if eventStart >= 0 { position = max(eventStart + 1, position - EventSplitter.lookBack) }
    eventStart = -1
    isDropping = false
    isJunk = false
    tokenStart = -1
    inString = false
    inWord = false
    keyIsRecords = false
  }

  /// Looks for the next event. Returns false where more bytes are needed.
  private mutating func recover(_ bytes: UnsafePointer<UInt8>, _ end: Int) -> Bool {
    guard let broken else { return true }
    let wanted = signature.isEmpty ? Array("\n{".utf8) : signature
    guard let start = firstIndex(of: wanted, in: bytes, from: position, to: end) else {
      // The last bytes may be the beginning of what is looked for.
      position = max(position, end - wanted.count + 1)
      return false
    }
    position = signature.isEmpty ? start + 1 : start
    found.append(
      .fault(
        Fault(
          problem: broken.problem, offset: broken.offset,
          range: broken.from..<max(broken.from, base + position))))
    self.broken = nil
    eventDepth = max(0, eventDepth)
    depth = eventDepth
    expectation = depth == 0 ? .top : .value
    return true
  }
}
