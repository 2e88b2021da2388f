import ConcordDiagnostics
import ConcordDocuments

/// UUIDs, as Sigma wants them for a rule's `id`.
enum SigmaIdentifier {
  /// Whether the text is a UUID, `8-4-4-4-12` hexadecimal digits.
  static func isUUID(_ text: String) -> Bool {
    text.withBytes { bytes in
      bytes.count == 36
        && bytes.indices.allSatisfy { place in
          switch place {
          case 8, 13, 18, 23: bytes[place] == UInt8(ascii: "-")
          default: bytes[place].isHexDigit
          }
        }
    }
  }

  /// The namespace of rule names: a random UUID, fixed for ever, since every derived id rests on it.
  static let namespace: [UInt8] = [
    0x9B, 0x1F, 0x3C, 0x52, 0x6E, 0x0D, 0x4A, 0x7B, 0x8F, 0x24, 0x5D, 0xA1, 0xC7, 0x90, 0x3E, 0x68,
  ]

  /// The UUID of a rule's name: version 5 of RFC 9562 (SHA-1 of namespace and name), so the same name has the same
  /// UUID always and everywhere.
  static func uuid(named name: String) -> String {
    var bytes = Array(SHA1.digest(namespace + Array(name.utf8)).prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x50
    bytes[8] = bytes[8] & 0x3F | 0x80
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return text
  }
}
