import ConcordDiagnostics

/// Turns byte offsets of a UTF-8 text into lines and columns. Offsets must be asked in ascending order, so that
/// all of them together cost one pass over the text.
struct PositionCursor {
  private let bytes: [UInt8]
  private var offset = 0
  private var here = Position.start

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The place of the byte at `target`; an offset before an earlier answer gets the place of that answer.
  mutating func position(at target: Int) -> Position {
    let end = min(target, bytes.count)
    while offset < end {
      let byte = bytes[offset]
      offset += 1
      if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isLineFeed(offset)) {
        here = Position(line: here.line + 1, column: 1)
      } else if byte & 0xC0 != 0x80 {
        here.column += 1
      }
    }
    return here
  }

  private func isLineFeed(_ index: Int) -> Bool {
    index < bytes.count && bytes[index] == UInt8(ascii: "\n")
  }
}
