import ConcordDetection
import ConcordDiagnostics

/// Regular expressions as `regexp_like` takes them: the Joni engine with Java's syntax.
enum AthenaRegex {
  static func matches(_ text: AthenaExpression, _ regex: PortableRegex) throws(Diagnostic) -> AthenaExpression
  {
    throw .cannotSay("the regular expression `\(regex.pattern)` yet")
  }
}
