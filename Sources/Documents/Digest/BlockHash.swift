/// What SHA-1 and SHA-256 have in common (FIPS 180-4, 5 and 6). Foundation has neither on Linux.
enum BlockHash {
  /// Mixes the message, padded to blocks of sixteen words, into the state block by block; the bytes of the state.
  static func digest(
    _ message: [UInt8], initial: [UInt32], _ mix: (_ block: [UInt32], _ state: inout [UInt32]) -> Void
  ) -> [UInt8] {
    var state = initial
    var padded = message + [0x80]
    padded += Array(repeating: 0, count: (120 - padded.count % 64) % 64)
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    for start in stride(from: 0, to: padded.count, by: 64) {
      let block = (0..<16).map { word in
        padded[(start + word * 4)..<(start + word * 4 + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      mix(block, &state)
    }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
  }
}

extension UInt32 {
  func rotatedRight(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}
