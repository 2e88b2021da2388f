import ConcordDetection
import ConcordDiagnostics

/// The first comment of a query, the same in every language: what it was made of, and by what.
package enum QueryHeader {
  /// The comment's lines for one rule, as plain text: each language spells them as comments of its own, in which no
  /// text can be anything but a comment.
  ///
  ///     AWS.S3.Delete: An S3 bucket was deleted
  ///     Concord 0.1.0, exact
  ///
  /// Where fixed spans stand for windows, `approximate` and what for. Where notes in `aside` say that the rule's place or time window is left out, `exact but for its place`, and where
  /// the rule was read from a query with a limit, `exact but for its limit`; and a third
  /// line where `options.provenance` says what is proved of the query.
  package static func lines(
    for rule: Rule, _ options: LanguageOptions, aside: [Diagnostic] = []
  ) -> [String] {
    lines(about: "\(rule.id): \(rule.title)", options, aside: aside + rule.limitAside)
  }

  /// The comment's lines for what `subject` names: `12 rules`.
  package static func lines(
    about subject: String, _ options: LanguageOptions, aside: [Diagnostic] = []
  ) -> [String] {
    let parts = aside.partsAside
    let exact = parts.isEmpty ? "exact" : "exact but for its \(parts.joined(separator: " and "))"
    let exactness = options.approximated.map { "approximate: fixed spans stand for counts\($0)" } ?? exact
    let lines = [subject, "Concord \(options.compilerVersion), \(exactness)"]
    guard let provenance = options.provenance else { return lines }
    return lines + [provenance]
  }
}
