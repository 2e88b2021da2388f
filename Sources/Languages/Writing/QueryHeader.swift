import ConcordDetection

/// The first comment of a query, the same in every language: what it was made of, and by what.
package enum QueryHeader {
  /// The comment's lines for one rule, as plain text: each language spells them as comments of its own, in which no
  /// text can be anything but a comment.
  ///
  ///     AWS.S3.Delete: An S3 bucket was deleted
  ///     Concord 0.1.0, exact
  ///
  /// Where `isPlaceAside` says that the rule's place is left out, `exact but for its place`; and a third line where `options.provenance` says what is proved of the query.
  package static func lines(
    for rule: Rule, _ options: LanguageOptions, isPlaceAside: Bool = false
  ) -> [String] {
    lines(about: "\(rule.id): \(rule.title)", options, isPlaceAside: isPlaceAside)
  }

  /// The comment's lines for what `subject` names: `12 rules`.
  package static func lines(
    about subject: String, _ options: LanguageOptions, isPlaceAside: Bool = false
  ) -> [String] {
    let exact = isPlaceAside ? "exact but for its place" : "exact"
    let lines = [subject, "Concord \(options.compilerVersion), \(exact)"]
    guard let provenance = options.provenance else { return lines }
    return lines + [provenance]
  }
}
