import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

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
  /// Whether it may be answered otherwise for the digits of a large number than for those that a double keeps.
  var tellsDigits: Bool {
    switch self {
    case .present, .truthy, .number, .network, .oneOf: return false
    case .text(let pattern, _):
      if case .equals = pattern.shape { return false }
      return !pattern.literals.isEmpty
        && pattern.literals.allSatisfy { $0.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") } }
    case .regex:
      // A number, and how its double may be spelled.
      let verdicts = ["1234567890123456789", "1234567890123456800", "1.2345678901234568e+18"].map(
        atom.holds(ofText:))
      return Set(verdicts).count > 1
    }
  }
}

extension Number {
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
