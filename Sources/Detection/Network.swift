import ConcordDiagnostics

/// An IP address as bytes: 4 for IPv4, 16 for IPv6. IPv4-mapped IPv6 text (`::ffff:10.1.2.3`) is IPv4, as in
/// Trino.
package struct IPAddress: Hashable, Sendable {
  /// The bytes, in network order.
  package let bytes: [UInt8]

  /// The address that `text` spells: dotted IPv4 without leading zeros, or any IPv6 form without a zone;
  /// otherwise `nil`.
  package init?(_ text: String) {
    guard let bytes = text.utf8.contains(UInt8(ascii: ":")) ? IPAddress.v6(text) : IPAddress.v4(text) else {
      return nil
    }
    let mapped =
      bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    self.bytes = mapped ? Array(bytes[12...]) : bytes
  }

  /// The address of these bytes, 4 or 16 of them.
  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// The eight groups of an IPv6 address; an IPv4 address has two.
  package var groups: [Int] {
    stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
  }

  /// The groups in hexadecimal digits, without leading zeros.
  package var spelledGroups: [String] { groups.map { String($0, radix: 16) } }

  private static func v4(_ text: String) -> [UInt8]? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ $0.isDigit }),
        part.count == 1 || part.first != 0x30, let byte = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func v6(_ text: String) -> [UInt8]? {
    var halves: [[UInt8]] = []
    let pieces = splitAtDoubleColon(text)
    guard let pieces, pieces.count <= 2 else { return nil }
    for (index, piece) in pieces.enumerated() {
      guard let bytes = groups(piece, mayEndInV4: index == pieces.count - 1) else { return nil }
      halves.append(bytes)
    }
    if halves.count == 1 { return halves[0].count == 16 ? halves[0] : nil }
    let gap = 16 - halves[0].count - halves[1].count
    return gap >= 2 ? halves[0] + Array(repeating: 0, count: gap) + halves[1] : nil
  }

  /// The texts before and after `::`; the whole where there is none; `nil` where there are two.
  private static func splitAtDoubleColon(_ text: String) -> [String]? {
    let bytes = Array(text.utf8)
    let places = bytes.indices.dropLast().filter { bytes[$0] == 0x3A && bytes[$0 + 1] == 0x3A }
    guard places.count <= 1 else { return nil }
    guard let place = places.first else { return [text] }
    return [
      String(decoding: bytes[..<place], as: UTF8.self),
      String(decoding: bytes[(place + 2)...], as: UTF8.self),
    ]
  }

  private static func groups(_ text: String, mayEndInV4: Bool) -> [UInt8]? {
    if text.isEmpty { return [] }
    let parts = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      let spelled = String(decoding: part, as: UTF8.self)
      if mayEndInV4, index == parts.count - 1, spelled.utf8.contains(UInt8(ascii: ".")) {
        guard let tail = v4(spelled) else { return nil }
        return bytes + tail
      }
      // `UInt16` alone would also take a sign.
      guard (1...4).contains(part.count), spelled.unicodeScalars.allSatisfy({ $0.hexValue != nil }),
        let group = UInt16(spelled, radix: 16)
      else { return nil }
      bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
    }
    return bytes
  }
}

/// A network of IP addresses, as `10.0.0.0/8`: the bits beyond the prefix are zero.
@usableFromInline package struct CIDR: Hashable, Sendable {
  /// The first address of the network.
  package let address: IPAddress
  /// How many leading bits all its addresses share.
  package let prefixLength: Int

  /// The network that `text` spells, `address/length`, or a lone address for the network of just that one;
  /// otherwise `nil`. Bits beyond the prefix are cleared.
  package init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2,
      let address = IPAddress(String(decoding: first, as: UTF8.self))
    else { return nil }
    let width = address.bytes.count * 8
    var length = width
    if parts.count == 2 {
      guard (1...3).contains(parts[1].count), parts[1].allSatisfy({ $0.isDigit }),
        let spelled = Int(String(decoding: parts[1], as: UTF8.self))
      else { return nil }
      // `::ffff:10.0.0.0/104` speaks of the 128 bits of the mapped address.
      let mapped = width == 32 && String(decoding: first, as: UTF8.self).utf8.contains(0x3A)
      length = mapped ? spelled - 96 : spelled
      guard (0...width).contains(length) else { return nil }
    }
    self.address = IPAddress(bytes: CIDR.masked(address.bytes, length))
    prefixLength = length
  }

  /// Whether the address is of this network. IPv4 and IPv6 are apart.
  package func contains(_ other: IPAddress) -> Bool {
    other.bytes.count == address.bytes.count && CIDR.masked(other.bytes, prefixLength) == address.bytes
  }

  private static func masked(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(8, max(0, length - index * 8))
      return byte & (kept == 0 ? 0 : 0xFF << (8 - UInt8(kept)))
    }
  }
}

extension IPAddress: CustomStringConvertible {
  /// The usual spelling: dotted IPv4, or IPv6 as RFC 5952 has it.
  package var description: String {
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
    let (groups, spelled) = (groups, spelledGroups)
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(1, best.count) { best = start..<end }
      start = max(end, start + 1)
    }
    if best.isEmpty { return spelled.joined(separator: ":") }
    return spelled[..<best.lowerBound].joined(separator: ":") + "::"
      + spelled[best.upperBound...].joined(separator: ":")
  }
}

extension CIDR {
  /// Whether it is an IPv6 network that has `::ffff:0:0/96`, as which engines may keep IPv4
  /// addresses.
  package var hasMappedAddresses: Bool {
    let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF, 0, 0, 0, 0]
    guard address.bytes.count == mapped.count, prefixLength <= 96 else { return false }
    return (0..<prefixLength).allSatisfy { bit in
      let mask = UInt8(0x80) >> UInt8(bit % 8)
      return address.bytes[bit / 8] & mask == mapped[bit / 8] & mask
    }
  }
}

extension CIDR: CustomStringConvertible {
  /// `address/length`.
  @usableFromInline package var description: String { "\(address)/\(prefixLength)" }
}
