import ConcordDetection
import ConcordDiagnostics
import Foundation

/// A regular expression of `match`, `regex` and `replace`: PCRE, searched for anywhere in a text.
///
/// What the portable subset reads means the same in PCRE and is matched by its own engine. The rest (atomic
/// groups, look-around) is matched by ICU, its classes spelled out so that they are ASCII as in PCRE.
final class SplunkRegexMatcher {
  /// Whether the expression is found in a text.
  let matches: (String) -> Bool

  /// Throws `E120` for an expression that is not read.
  init(_ pattern: String) throws(Diagnostic) {
    if let regex = try? PortableRegex(pattern) {
      matches = regex.matches
      return
    }
    guard let text = SplunkRegexMatcher.spelledOut(pattern),
      let regex = try? NSRegularExpression(pattern: text, options: [.useUnixLineSeparators])
    else { throw .splunkRegex(pattern) }
    matches = { regex.firstMatch(in: $0, range: NSRange(location: 0, length: $0.utf16.count)) != nil }
  }

  /// The text with every match replaced by a text that stands for itself.
  static func replacing(_ pattern: String, in text: String, with replacement: String) throws(Diagnostic)
    -> String
  {
    guard !replacement.utf8.contains(0x5C), let spelled = spelledOut(pattern),
      let regex = try? NSRegularExpression(pattern: spelled, options: [.useUnixLineSeparators])
    else { throw .splunkRegex(pattern) }
    return regex.stringByReplacingMatches(
      in: text, range: NSRange(location: 0, length: text.utf16.count),
      withTemplate: NSRegularExpression.escapedTemplate(for: replacement))
  }

  /// The expression for ICU: its classes and word boundaries are Unicode's, PCRE's are ASCII's. `nil` where a
  /// class cannot be spelled out.
  private static func spelledOut(_ pattern: String) -> String? {
    var result = ""
    var isEscaped = false
    var inClass = false
    for scalar in pattern.unicodeScalars {
      if isEscaped {
        isEscaped = false
        guard let spelled = spelledOut(escape: scalar, inClass: inClass) else { return nil }
        result += spelled
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        if inClass, scalar == "[" || scalar == "&" { result += "\\" }
        if scalar == "[" { inClass = true }
        if scalar == "]" { inClass = false }
        result.unicodeScalars.append(scalar)
      }
    }
    return isEscaped ? nil : result
  }

  private static func spelledOut(escape: Unicode.Scalar, inClass: Bool) -> String? {
    switch escape {
    case "d": "[0-9]"
    case "D": "[^0-9]"
    case "w": "[0-9A-Za-z_]"
    case "W": "[^0-9A-Za-z_]"
    case "s": "[\\x09-\\x0D\\x20]"
    case "S": "[^\\x09-\\x0D\\x20]"
    case "b" where !inClass: "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))"
    case "B", "h", "v", "R", "K", "G", "X", "C", "N", "p", "P", "u", "U", "Q", "E", "Z": nil
    default: "\\\(escape)"
    }
  }
}
