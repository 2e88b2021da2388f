extension SwiftRuntime {
  /// How texts are folded; the simple mapping of `LetterCase.lower`.
  static let lowercased = #"""
    extension Values {
      /// The same values, their texts in lower case.
      var lowercased: Values {
        var copy = self
        copy.isLowercased = true
        return copy
      }

      private func compared(_ text: String) -> String {
        isLowercased ? String(String.UnicodeScalarView(text.unicodeScalars.map(Values.lower))) : text
      }

      /// The simple lower-case mapping of Unicode: one scalar to one.
      private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.isASCII {
          return ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
        }
        if scalar.value == 0x130 { return "i" }
        let mapped = scalar.properties.lowercaseMapping.unicodeScalars
        return mapped.count == 1 ? mapped.first ?? scalar : scalar
      }
    }
    """#

  /// Where no text is folded.
  static let asWritten = #"""
    extension Values {
      private func compared(_ text: String) -> String { text }
    }
    """#

  static let wildcard = #"""
    /// A text with gaps, to be matched from end to end.
    private struct Wildcard: ExpressibleByArrayLiteral {
      enum Piece {
        case text(String)
        case anyRun
        case anyOne
      }

      /// What one scalar must be; `nil` for any. A run goes over any number.
      private enum Unit {
        case scalar(Unicode.Scalar?)
        case run
      }

      private let units: [Unit]

      init(arrayLiteral pieces: Piece...) { self.init(pieces) }

      init(_ pieces: [Piece]) {
        units = pieces.flatMap { (piece) -> [Unit] in
          switch piece {
          case .text(let text): text.unicodeScalars.map { Unit.scalar($0) }
          case .anyRun: [.run]
          case .anyOne: [.scalar(nil)]
          }
        }
      }

      func matches(_ whole: String) -> Bool {
        let text = Array(whole.unicodeScalars)
        var (at, unit) = (0, 0)
        // Where to go on if it fails: behind the last run, which then covers one scalar more.
        var retry: (at: Int, unit: Int)?
        while at < text.count {
          if unit < units.count, case .run = units[unit] {
            unit += 1
            retry = (at, unit)
          } else if unit < units.count, case .scalar(let own) = units[unit], own == nil || own == text[at] {
            (at, unit) = (at + 1, unit + 1)
          } else if let last = retry {
            (at, unit) = (last.at + 1, last.unit)
            retry = (at, unit)
          } else {
            return false
          }
        }
        return units[unit...].allSatisfy { if case .run = $0 { true } else { false } }
      }
    }

    extension Values {
      func isLike(_ wildcard: Wildcard) -> Bool { some { wildcard.matches($0) } }
    }
    """#

  static let network = #"""
    extension Values {
      /// Whether a text is an IP address whose first bits are those of the network.
      func isAddress(in network: [UInt8], prefix: Int) -> Bool {
        some { text in
          guard let bytes = Address.bytes(text), bytes.count == network.count else { return false }
          return bytes.indices.allSatisfy { index in
            let kept = min(8, max(0, prefix - index * 8))
            return kept == 0 || (bytes[index] ^ network[index]) >> (8 - UInt8(kept)) == 0
          }
        }
      }
    }

    /// IP addresses: 4 bytes, or 16. An IPv4 address that is mapped into IPv6 is IPv4.
    private enum Address {
      static func bytes(_ text: String) -> [UInt8]? {
        let spelled = Array(text.utf8)
        guard let bytes = spelled.contains(0x3A) ? v6(spelled[...]) : v4(spelled[...]) else { return nil }
        return bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) ? Array(bytes[12...]) : bytes
      }

      private static func v4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
          guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
            part.count == 1 || part.first != 0x30, let byte = UInt8(String(decoding: part, as: UTF8.self))
          else { return nil }
          bytes.append(byte)
        }
        return bytes
      }

      private static func v6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let gaps = text.indices.dropLast().filter { text[$0] == 0x3A && text[$0 + 1] == 0x3A }
        guard let gap = gaps.first else {
          return groups(text, mayEndInV4: true).flatMap { $0.count == 16 ? $0 : nil }
        }
        guard gaps.count == 1, let head = groups(text[..<gap], mayEndInV4: false),
          let tail = groups(text[(gap + 2)...], mayEndInV4: true), head.count + tail.count <= 14
        else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
      }

      private static func groups(_ text: ArraySlice<UInt8>, mayEndInV4: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: 0x3A, omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
          if mayEndInV4, index == parts.count - 1, part.contains(0x2E) { return v4(part).map { bytes + $0 } }
          guard (1...4).contains(part.count), part.first != 0x2B,
            let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
          else { return nil }
          bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes
      }
    }
    """#
}
