import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof

extension ValueQuestion {
  /// A text among those that the question compares with that a JSON number can have and a double cannot: `json_extract`
  /// reads numbers as doubles, whose text is another one.
  var numberBeyondDoubles: String? {
    switch self {
    case .text(let pattern, _):
      if case .equals(let text) = pattern.shape, Number.isBeyondDoubles(text) { text } else { nil }
    case .oneOf(let texts, _): texts.first(where: Number.isBeyondDoubles)
    case .present, .truthy, .regex, .number, .network: nil
    }
  }
}

extension ValueQuestion {
  /// Whether numbers of more digits than a double keeps, and the texts that such doubles may have, are not all answered
  /// alike: then the answer may be another one for what Splunk makes of a number than for the number in the log.
  var tellsDigits: Bool {
    switch self {
    case .present, .truthy, .number, .network: return false
    case .oneOf(let texts, _): return texts.contains(where: Number.hasExponent)
    case .text(let pattern, _):
      if case .equals(let text) = pattern.shape { return Number.hasExponent(text) }
      // What has other letters is no part of a number, whatever else is asked.
      let letters = "0123456789-+.eE".utf8
      guard !pattern.literals.isEmpty, pattern.literals.allSatisfy({ $0.utf8.allSatisfy(letters.contains) })
      else { return false }
    case .regex: break
    }
    let path = FieldPath("value")
    let asked = Condition.test(path, atom)
    let prover = Prover(arrays: .nowhereAt([path]))
    return !prover.event(where: asked, and: .longNumber(at: path)).isNever
      && !prover.event(where: .longNumber(at: path), butNot: asked).isNever
  }
}

extension Condition {
  /// That a text is that of a whole number of more than 15 digits, or of a double with an exponent.
  fileprivate static func longNumber(at path: FieldPath) -> Condition {
    longNumbers.map { .test(path, .regex($0)) } ?? .always(false)
  }

  private static let longNumbers = try? PortableRegex(
    "\\A-?(?:[1-9][0-9]{15,}|[1-9](?:\\.[0-9]+)?e[-+]?[0-9]+)\\z")
}

extension Number {
  /// Whether a text is a number that is spelled with an exponent, as doubles may be.
  fileprivate static func hasExponent(_ text: String) -> Bool {
    text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") } && Number(text) != nil
  }

  /// Whether a number has this text and is not a double that prints so: whole beyond 2^53, or of more digits than the
  /// 15 that every double keeps.
  fileprivate static func isBeyondDoubles(_ text: String) -> Bool {
    guard let number = Number(text), number.shortest.sameScalars(as: text) else { return false }
    if let whole = Int(text) { return abs(whole) > 1 << 53 }
    return text.utf8.count { $0.isDigit } > 15 || text.utf8.contains(UInt8(ascii: "e"))
  }
}

extension Rule {
  /// Whether a fixture has a text at the path that is no number.
  func showsWords(at path: FieldPath) -> Bool {
    fixtures.contains { fixture in
      fixture.event.values(at: path).contains {
        if case .string(let text) = $0.value { Number(text) == nil } else { false }
      }
    }
  }

  /// Whether the fixtures have values at the path, and all of them are texts.
  func showsText(at path: FieldPath) -> Bool {
    let values = fixtures.flatMap { $0.event.values(at: path).map(\.value) }
    return !values.isEmpty && values.allSatisfy { if case .string = $0 { true } else { false } }
  }
}
