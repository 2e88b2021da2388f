import ConcordDetection
import ConcordDiagnostics

/// The portable regular expressions as PCRE.
enum SplunkRegexText {
  /// The expression as PCRE reads it.
  static func text(_ regex: PortableRegex) throws(Diagnostic) -> String {
    (regex.flags.contains(.ignoreCase) ? "(?i)" : "") + regex.pattern
  }
}
