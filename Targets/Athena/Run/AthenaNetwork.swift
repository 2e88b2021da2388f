import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// The versions of Trino whose answers differ in what is modelled.
enum AthenaRelease {
  /// Nearest to Athena's engine v3: addresses of two versions fail the query; `LIKE` misses letters beyond U+FFFF in
  /// lambdas and constants.
  case trino414
  /// From 427 on.
  case trino482
}

/// Addresses and networks as the engine reads them. [Trino IpAddressFunctions, Guava InetAddresses; executed: Trino
/// 414, 482]
struct AthenaNetwork {
  private let address: IPAddress
  private let prefixLength: Int

  /// The address of a text: digits of any script count, and of IPv6 the zone after `%` is passed over.
  static func address(_ text: String) -> IPAddress? {
    var scalars = String.UnicodeScalarView()
    var (hasColon, hasDot) = (false, false)
    for scalar in text.unicodeScalars {
      if scalar == "%" {
        guard hasColon, !hasDot else { return nil }
        break
      }
      hasColon = hasColon || scalar == ":"
      hasDot = hasDot || scalar == "."
      guard let digit = digit(scalar) else { return nil }
      scalars.append(digit)
    }
    return IPAddress(String(scalars))
  }

  /// The character in ASCII; `nil` where an address has no such character.
  private static func digit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    if scalar == ":" || scalar == "." { return scalar }
    if let value = AthenaInteger.digit(scalar) { return Unicode.Scalar(UInt8(0x30 + value)) }
    switch scalar.value {
    case 0x41...0x46, 0x61...0x66: return scalar
    // Full-width letters.
    case 0xFF21...0xFF26: return Unicode.Scalar(UInt8(scalar.value - 0xFF21 + 0x41))
    case 0xFF41...0xFF46: return Unicode.Scalar(UInt8(scalar.value - 0xFF41 + 0x61))
    default: return nil
    }
  }

  /// The network of a text, `address/length`, without bits beyond the length; `nil` where the engine says that it is
  /// none. Throws where what it does is not modelled.
  init?(_ text: String) throws(AthenaFailure) {
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")),
      let address = AthenaNetwork.address(String(text[..<slash]))
    else { return nil }
    guard let length = AthenaInteger.int32(String(text[text.utf8.index(after: slash)...])) else {
      throw AthenaFailure(message: "the network `\(text)`, at which `TRY` fails too,")
    }
    // Versions count the bits of a mapped address differently, and pass over those beyond a length of 0.
    let isMapped = address.bytes.count == 4 && text[..<slash].utf8.contains(UInt8(ascii: ":"))
    let hasAnyBits = length == 0 && address.bytes.count == 16 && address.bytes.contains { $0 != 0 }
    if isMapped || hasAnyBits { throw AthenaFailure(message: "the network `\(text)`") }
    guard length >= 0, let network = CIDR("\(address)/\(length)"), network.address == address else {
      return nil
    }
    self.address = address
    prefixLength = Int(length)
  }

  /// Whether the address is of this network; `nil` where the engine fails.
  func contains(_ other: IPAddress, _ release: AthenaRelease) -> Bool? {
    let isSameVersion = other.bytes.count == address.bytes.count
    guard let network = CIDR("\(address)/\(prefixLength)") else { return nil }
    if isSameVersion { return network.contains(other) }
    switch release {
    case .trino414: return nil
    case .trino482:
      // An IPv6 network that covers `::ffff:0:0/96` has every IPv4 address.
      return network.hasMappedAddresses
    }
  }
}

/// Letter case as the engine's Java knows it: that of Unicode 13. [java.lang.Character; executed: Trino 414]
enum AthenaLetters {
  /// `lower`: the simple mapping, code point by code point.
  static func lower(_ text: String) -> String {
    // Every letter of ASCII is known, and texts of it are mapped by their bytes.
    text.allBytes { $0 < 0x80 } ? LetterCase.lower(text) : mapped(text) { LetterCase.lower($0) }
  }

  /// `upper`: the simple mapping, code point by code point.
  static func upper(_ text: String) -> String {
    mapped(text) { scalar in
      let upper = scalar.properties.uppercaseMapping.unicodeScalars
      if upper.count == 1, let only = upper.first { return only }
      // Letters with a iota below have a capital that is one code point in titles alone.
      let title = scalar.properties.titlecaseMapping.unicodeScalars
      return title.count == 1 ? title.first ?? scalar : scalar
    }
  }

  private static func mapped(_ text: String, _ map: (Unicode.Scalar) -> Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let other = map(scalar)
      result.append(isKnown(scalar) && isKnown(other) ? other : scalar)
    }
    return String(result)
  }

  /// Whether Unicode 13 has the code point.
  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII || scalar.properties.age.map { $0.major <= 13 } ?? true
  }
}
