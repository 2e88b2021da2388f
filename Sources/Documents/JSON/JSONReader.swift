import ConcordDiagnostics

/// Reads JSON from UTF-8 bytes.
///
/// Nesting is kept on a stack of its own, never on the call stack, so that hostile depth cannot overflow it.
struct JSONReader<Builder: JSONBuilder> {
  /// An array or object that is still open.
  private struct Open {
    let isObject: Bool
    let start: Builder.Mark
    var items: [Builder.Node] = []
    var members: [Builder.Member] = []
    var key = JSONText.string("")
    var keyStart: Builder.Mark
    var keyEnd: Builder.Mark
  }

  let source: Source
  /// The text, and a NUL behind its end that stops every scan.
  let bytes: [UInt8]
  var offset = 0
  var builder: Builder
  let depthLimit: Int
  private var open: [Open] = []

  init(_ source: Source, _ builder: Builder, depthLimit: Int) {
    self.source = source
    self.builder = builder
    self.depthLimit = depthLimit
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.text.utf8.count + 1)
    bytes.append(contentsOf: source.text.utf8)
    bytes.append(0)
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset >= bytes.count - 1 }

  /// document = white-space value white-space end
  mutating func onlyDocument() throws(Diagnostic) -> Builder.Node {
    skipSpace()
    if isAtEnd { throw failure(.emptyText) }
    let node = try value()
    skipSpace()
    guard isAtEnd else { throw failure(.textAfterDocument) }
    return node
  }

  /// value = object | array | string | number | "true" | "false" | "null"
  mutating func value() throws(Diagnostic) -> Builder.Node {
    open.removeAll(keepingCapacity: true)
    while true {
      guard var node = try leafOrOpening() else { continue }
      while let isObject = open.last?.isObject {
        skipSpace()
        let byte = bytes[offset]
        let top = open.count - 1
        if isObject {
          let member = builder.member(open[top].key, open[top].keyStart, open[top].keyEnd, node)
          open[top].members.append(member)
        } else {
          open[top].items.append(node)
        }
        if byte == UInt8(ascii: ",") {
          offset += 1
          if isObject { try key() }
          break
        }
        guard byte == UInt8(ascii: isObject ? "}" : "]") else { throw failure(.unclosed(isObject)) }
        offset += 1
        node = close()
      }
      if open.isEmpty { return node }
    }
  }

  /// Reads a scalar or an empty collection, or opens a collection and stands before its first value (`nil`).
  private mutating func leafOrOpening() throws(Diagnostic) -> Builder.Node? {
    skipSpace()
    let start = builder.mark(offset)
    let byte = bytes[offset]
    guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else {
      let value = try scalar(byte)
      return builder.scalar(value, start, builder.mark(offset))
    }
    guard open.count < depthLimit else { throw failure(.tooDeep) }
    let isObject = byte == UInt8(ascii: "{")
    open.append(Open(isObject: isObject, start: start, keyStart: start, keyEnd: start))
    offset += 1
    skipSpace()
    if bytes[offset] == UInt8(ascii: isObject ? "}" : "]") {
      offset += 1
      return close()
    }
    if isObject { try key() }
    return nil
  }

  private mutating func close() -> Builder.Node {
    let done = open.removeLast()
    let end = builder.mark(offset)
    return done.isObject
      ? builder.object(done.members, done.start, end) : builder.array(done.items, done.start, end)
  }

  /// key = white-space string white-space ":"
  private mutating func key() throws(Diagnostic) {
    skipSpace()
    guard bytes[offset] == UInt8(ascii: "\"") else { throw failure(.key) }
    let top = open.count - 1
    open[top].keyStart = builder.mark(offset)
    open[top].key = try string()
    open[top].keyEnd = builder.mark(offset)
    skipSpace()
    guard bytes[offset] == UInt8(ascii: ":") else { throw failure(.colon) }
    offset += 1
  }

  private mutating func scalar(_ byte: UInt8) throws(Diagnostic) -> Value {
    switch byte {
    case UInt8(ascii: "\""): return try string().value
    case UInt8(ascii: "-"), 0x30...0x39: return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw failure(.value)
    }
  }

  private mutating func word(_ word: StaticString, _ value: Value) throws(Diagnostic) -> Value {
    let length = word.utf8CodeUnitCount
    let matches = (0..<length).allSatisfy {
      offset + $0 < bytes.count && bytes[offset + $0] == word.utf8Start[$0]
    }
    guard matches, !isWordByte(bytes[offset + length]) else { throw failure(.value) }
    offset += length
    return value
  }

  mutating func skipSpace() {
    while true {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }
}

extension JSONReader where Builder == ValueBuilder {
  /// Several documents, each on a line of its own.
  mutating func lines() throws(Diagnostic) -> [JSON.Document] {
    var documents: [JSON.Document] = []
    var line = 1
    var counted = 0
    func breaks(upTo end: Int) -> Int {
      bytes[counted..<end].reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    }
    while true {
      skipSpace()
      if isAtEnd { return documents }
      line += breaks(upTo: offset)
      counted = offset
      let value = try value()
      guard breaks(upTo: offset) == 0 else { throw lineBreakInside(from: counted) }
      while [0x20, 0x09, 0x0D].contains(bytes[offset]) { offset += 1 }
      guard isAtEnd || bytes[offset] == UInt8(ascii: "\n") else { throw failure(.textAfterLine) }
      documents.append(JSON.Document(line: line, value: value))
    }
  }
}
