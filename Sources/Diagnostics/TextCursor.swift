/// A place in a text, how to move on from it, and its line and column.
///
/// It goes over the UTF-8 bytes and gives scalars. Lines end at LF, CRLF or CR; columns count scalars.
@usableFromInline package struct TextCursor: Sendable {
  /// A place that can be gone back to.
  @usableFromInline package struct Place: Hashable, Sendable {
    /// How many bytes stand before it.
    @usableFromInline package var offset = 0
    @usableFromInline var line = 1
    /// What is to be taken from the offset to have the column: the offset of the line's first byte, less one, and
    /// the bytes of the line that continue a scalar.
    @usableFromInline var margin = -1

    /// Its line and column.
    @inlinable package var position: Position { Position(line: line, column: offset - margin) }
  }

  @usableFromInline let bytes: [UInt8]
  @usableFromInline var here = Place()

  /// A cursor at the start of `text`.
  package init(_ text: String) { bytes = Array(text.utf8) }

  /// A cursor at the start of a text in UTF-8.
  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// Where it stands.
  @inlinable package var place: Place { here }

  /// How many bytes stand before it.
  @inlinable package var offset: Int { here.offset }

  /// Its line and column.
  @inlinable package var position: Position { here.position }

  /// Whether nothing follows.
  @inlinable package var isAtEnd: Bool { here.offset >= bytes.count }

  /// The next scalar; `nil` at the end.
  @inlinable package var next: Unicode.Scalar? { peek(0) }

  /// The scalar that begins `count` bytes on; `nil` past the end.
  @inlinable package func peek(_ count: Int) -> Unicode.Scalar? {
    let index = here.offset + count
    guard index < bytes.count else { return nil }
    let byte = bytes[index]
    if byte < 0x80 { return Unicode.Scalar(byte) }
    var rest = bytes[index...].makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&rest) else { return "\u{FFFD}" }
    return scalar
  }

  /// Passes over the next scalar.
  @inlinable package mutating func advance() {
    guard here.offset < bytes.count else { return }
    step()
    while here.offset < bytes.count, bytes[here.offset] & 0xC0 == 0x80 { step() }
  }

  /// Passes over `count` scalars.
  @inlinable package mutating func advance(_ count: Int) {
    for _ in 0..<count { advance() }
  }

  /// Goes forward to the byte at `offset`, or stays where that lies behind.
  @inlinable package mutating func advance(to offset: Int) {
    let end = min(offset, bytes.count)
    while here.offset < end { step() }
  }

  /// The line and column of the byte at `offset`, to which it goes; all that are asked in ascending order cost one
  /// pass over the text.
  @inlinable package mutating func position(at offset: Int) -> Position {
    advance(to: offset)
    return position
  }

  /// Goes back to a place where it stood.
  @inlinable package mutating func rewind(to place: Place) { here = place }

  @inlinable mutating func step() {
    let byte = bytes[here.offset]
    here.offset += 1
    if byte & 0xC0 == 0x80 {
      here.margin += 1
    } else if byte == 0x0A || (byte == 0x0D && !isAtLineFeed) {
      here.line += 1
      here.margin = here.offset - 1
    }
  }

  @inlinable var isAtLineFeed: Bool { here.offset < bytes.count && bytes[here.offset] == 0x0A }
}

extension TextCursor {
  /// Whether `text` comes next, scalar by scalar.
  @inlinable package func isAt(_ text: String) -> Bool {
    var index = here.offset
    for byte in text.utf8 {
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  /// Passes over `text` if it comes next.
  @inlinable package mutating func take(_ text: String) -> Bool {
    guard isAt(text) else { return false }
    advance(to: here.offset + text.utf8.count)
    return true
  }

  /// Passes over `word`, in whatever case its ASCII letters are, if it comes next and ends there.
  @inlinable package mutating func takeWord(_ word: String) -> Bool {
    var index = here.offset
    for byte in word.utf8 {
      guard index < bytes.count, bytes[index].lowercased == byte.lowercased else { return false }
      index += 1
    }
    if index < bytes.count, bytes[index].isWord { return false }
    advance(to: index)
    return true
  }

  /// Passes over a line break if one comes next.
  @inlinable package mutating func takeLineBreak() -> Bool {
    let line = place.line
    if next == "\r" { advance() }
    if line == place.line, next == "\n" { advance() }
    return line != place.line
  }

  /// Passes over the scalars that satisfy `condition`.
  @inlinable package mutating func skip(while condition: (Unicode.Scalar) -> Bool) {
    while let scalar = next, condition(scalar) { advance() }
  }

  /// The scalars that satisfy `condition`, from here on. Passes over them.
  @inlinable package mutating func run(while condition: (Unicode.Scalar) -> Bool) -> String {
    let start = here.offset
    skip(while: condition)
    return text(from: start)
  }

  /// The text from the byte at `start` to here.
  @inlinable package func text(from start: Int) -> String {
    String(decoding: bytes[min(start, here.offset)..<here.offset], as: UTF8.self)
  }
}
