import ConcordDetection
import ConcordDiagnostics

/// The catalogue's condition notation: one conjunct a line, words for operators, texts in double quotes.
///
/// ```
/// eventSource eq "ec2.amazonaws.com"
/// readOnly is_null
/// not (userIdentity.type eq "AWSService" or sourceIPAddress ends_with ".amazonaws.com")
/// eventName in ["RunInstances", "TerminateInstances"]
/// ```
///
/// The notation is lossy: `is_null` stands for three different questions, and letter case, the empty text,
/// booleans and the direction of `cross_field_compare` are not written down. What a text means is therefore a
/// matter of a `Reading`.
package enum Notation {
  /// How deep parentheses and `not` may nest.
  package static let depthLimit = 100

  /// The tree of a text. Throws the first thing that is wrong, at its place in the source.
  package static func parse(_ source: Source) throws(Diagnostic) -> NotationTree {
    try parse(source.text, origin: Origin(source))
  }

  /// The tree of a text that stands inside a larger one; spans are places in the larger one. Throws the first
  /// thing that is wrong.
  package static func parse(_ text: String, origin: Origin) throws(Diagnostic) -> NotationTree {
    var parser = NotationParser(text, origin: origin)
    return try parser.tree()
  }

  /// The path of a text that is nothing else, `userIdentity."a.b"[0]`. Throws the first thing that is wrong.
  package static func path(_ text: String, origin: Origin) throws(Diagnostic) -> FieldPath {
    var parser = NotationParser(text, origin: origin)
    let path = try parser.path()
    guard parser.scanner.isAtEnd else {
      throw .notAPath(text, at: parser.scanner.span(), in: origin.source)
    }
    return path
  }

  /// The path as the notation writes it, so that `path(_:origin:)` reads it back.
  package static func print(_ path: FieldPath) -> String { NotationPrinter.spelled(path) }

  /// The text of a condition, one top-level conjunct a line, without a line break at its end.
  ///
  /// Law: `parse(print(condition, reading: r)).condition(reading: r) == condition`, for every reading.
  package static func print(_ condition: Condition, reading: Reading = .literal) -> String {
    NotationPrinter(reading: reading).text(of: condition)
  }
}

extension Condition {
  /// The condition in the notation of the catalogue's pages, one top-level conjunct a line: for messages and logs.
  public var notation: String { Notation.print(self) }
}
