/// What SHA-1 and SHA-256 have in common (FIPS 180-4, 5 and 6). Foundation has neither on Linux.
enum BlockHash {
  /// Mixes the message, padded to blocks of sixteen words, into the state block by block; the bytes of the state.
  ///
  /// `mix` is given the room for its schedule of `rounds` words, whose first sixteen are the block.
  @inline(__always)
  static func digest(
    _ message: [UInt8], initial: [UInt32], rounds: Int,
    _ mix: (_ schedule: inout [UInt32], _ state: inout [UInt32]) -> Void
  ) -> [UInt8] {
    var state = initial
    var schedule = [UInt32](repeating: 0, count: rounds)
    let padded = padded(message)
    for start in stride(from: 0, to: padded.count, by: 64) {
      for word in 0..<16 { schedule[word] = bigEndian(padded, at: start + word * 4) }
      mix(&schedule, &state)
    }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
  }

  private static func padded(_ message: [UInt8]) -> [UInt8] {
    var padded = message
    padded.reserveCapacity(message.count + 72)
    padded.append(0x80)
    padded.append(contentsOf: repeatElement(0, count: (120 - padded.count % 64) % 64))
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    return padded
  }

  private static func bigEndian(_ bytes: [UInt8], at place: Int) -> UInt32 {
    UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16 | UInt32(bytes[place + 2]) << 8
      | UInt32(bytes[place + 3])
  }
}

extension UInt32 {
  func rotatedRight(_ count: UInt32) -> UInt32 { self &>> count | self &<< (32 &- count) }
}
