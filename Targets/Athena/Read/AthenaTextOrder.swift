import ConcordDetection
import ConcordDiagnostics

/// The order of texts as a question that every platform has: those after a text are what an expression matches.
///
/// Trino compares the bytes of UTF-8, which are in the order of the code points. [executed: Trino 414]
enum AthenaTextOrder {
  /// The longest text whose order is asked; its expression grows with the square of it.
  static let limit = 64

  /// How a field's text compares with a text; `nil` where the expression would be too large.
  static func truth(_ path: FieldPath, _ order: Comparison, _ bound: String) -> AthenaTruth? {
    switch order {
    case .greater: matches(path, bound, orSame: false)
    case .greaterOrEqual: matches(path, bound, orSame: true)
    case .less: matches(path, bound, orSame: true)?.negated
    case .lessOrEqual: matches(path, bound, orSame: false)?.negated
    }
  }

  private static func matches(_ path: FieldPath, _ bound: String, orSame: Bool) -> AthenaTruth? {
    let scalars = Array(bound.unicodeScalars)
    guard scalars.count <= limit else { return nil }
    // A text that begins with the bound, or has a later character where it first differs.
    var texts = [scalars.map(RegexDialect.portable.literal).joined() + (orSame ? "" : "(?s:.)")]
    for (place, scalar) in scalars.enumerated().reversed() where scalar.value < 0x10FFFF {
      let last =
        scalar.isASCII && scalar.isLetterOrDigit ? "\(scalar)" : "\\x{\(String(scalar.value, radix: 16))}"
      texts.append(scalars[..<place].map(RegexDialect.portable.literal).joined() + "[^\\x00-\(last)]")
    }
    guard let regex = try? PortableRegex("\\A(?:\(texts.joined(separator: "|")))") else { return nil }
    return .test(path, .regex(regex))
  }
}
