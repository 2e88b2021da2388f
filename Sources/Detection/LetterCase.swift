import ConcordDiagnostics

/// Whether the case of letters matters.
@usableFromInline package enum LetterCase: Hashable, Sendable, CaseIterable {
  /// `a` and `A` differ.
  case exact
  /// Both sides are compared under Unicode's simple lower-case mapping, scalar by scalar.
  case ignored

  /// The text as it is compared: itself, or its scalars in lower case.
  package func folded(_ text: String) -> String {
    switch self {
    case .exact: text
    case .ignored: LetterCase.lower(text)
    }
  }

  /// The scalar as it is compared.
  func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch self {
    case .exact: scalar
    case .ignored: LetterCase.lower(scalar)
    }
  }

  /// Whether both texts are the same under this letter case.
  package func equates(_ left: String, _ right: String) -> Bool {
    switch self {
    case .exact: left.sameScalars(as: right)
    case .ignored:
      LetterCase.equatesASCII(left, right)
        ?? left.unicodeScalars.elementsEqual(right.unicodeScalars) { folded($0) == folded($1) }
    }
  }

  /// Whether both texts are the same but for the case of letters; `nil` where their beginnings do not tell and are not
  /// ASCII alone.
  private static func equatesASCII(_ left: String, _ right: String) -> Bool? {
    left.withBytes { left in
      right.withBytes { right in
        for (one, other) in zip(left, right) {
          if (one | other) >= 0x80 { return nil }
          if one.lowercased != other.lowercased { return false }
        }
        return left.count == right.count
      }
    }
  }

  /// All scalars that compare as equal to this one, itself included.
  package func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    switch self {
    case .exact: [scalar]
    case .ignored: CaseOrbits.shared.variants(of: scalar)
    }
  }

  /// Unicode's simple lower-case mapping, scalar by scalar; never longer or shorter than `text` in scalars.
  ///
  /// This is `java.lang.Character.toLowerCase`, so Trino's `lower`, not full case folding: ß stays ß.
  package static func lower(_ text: String) -> String {
    if let ascii = lowerASCII(text) { return ascii }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(lower(scalar)) }
    return String(result)
  }

  /// The mapping of a text that is ASCII, as nearly all are; `nil` for another.
  private static func lowerASCII(_ text: String) -> String? {
    text.withBytes { bytes in
      var highest: UInt8 = 0
      var hasUpper = false
      for byte in bytes {
        highest |= byte
        hasUpper = hasUpper || isUpper(byte)
      }
      if highest >= 0x80 { return nil }
      if !hasUpper { return text }
      return String(unsafeUninitializedCapacity: bytes.count) { result in
        for (index, byte) in bytes.enumerated() { result[index] = isUpper(byte) ? byte | 0x20 : byte }
        return bytes.count
      }
    }
  }

  private static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

  /// The simple lower-case mapping of one scalar.
  package static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII {
      return ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }
    // U+0130 is the one scalar whose full lower-case mapping is longer than the simple one, `i`.
    if scalar.value == 0x130 { return "i" }
    let mapped = scalar.properties.lowercaseMapping.unicodeScalars
    return mapped.count == 1 ? mapped.first ?? scalar : scalar
  }

  /// This letter case, or `exact` where no letter of the texts has another case, so that both ask the same.
  package func effective(in texts: [String]) -> LetterCase {
    switch self {
    case .exact: .exact
    case .ignored:
      texts.contains(where: LetterCase.hasLetter) ? .ignored : .exact
    }
  }

  /// Whether some scalar of the text has another case.
  private static func hasLetter(_ text: String) -> Bool {
    // Every ASCII letter has, and hardly a text is without one.
    !text.allBytes { !$0.isLetter }
      || !text.allBytes { $0 < 0x80 } && text.unicodeScalars.contains { variants(of: $0).count > 1 }
  }

  /// Every scalar whose simple lower-case mapping is that of this one, itself included, in order: of `k` also `K`
  /// and U+212A, of a dash itself alone.
  package static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    // Only cased scalars have others, and the table of them takes a moment to make.
    scalar.properties.isCased ? CaseOrbits.shared.variants(of: scalar) : [scalar]
  }
}
