import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// The ids, names and titles of a collection's rules, by which it is noticed that one stands twice: whoever refers to
/// such a rule, an alert or a correlation, cannot tell which is meant.
///
/// Rules are given one after the other, so that none need be kept.
package struct RuleNames {
  /// The source in which each was first met.
  private var sourcesByName: [ScalarText: String] = [:]
  private var sourcesByTitle: [ScalarText: String] = [:]

  /// What a rule has in common with an earlier one.
  package struct Clash: Sendable {
    /// What to say of it (`W225`).
    package let diagnostic: Diagnostic
    /// What the source of the earlier rule is called.
    package let source: String
  }

  /// No rule yet.
  package init() {}

  /// Takes a rule, and says what an earlier one of another source, or of this one, has too (`W225`): its id or name,
  /// or, where these are its own, its title. `source`: what its source is called for people.
  package mutating func clash(of document: RuleDocument, in source: String) -> Clash? {
    let rule = document.rule
    var names = [("id", rule.id)]
    // What Sigma calls the name, by which its correlations refer to a rule, when it also has an id.
    if case .string(let name)? = rule.unknown["name"] { names.append(("name", name)) }
    var clash: Clash?
    func said(_ kind: String, _ name: String, _ first: String) -> Clash {
      Clash(
        diagnostic: .sameName(kind, name, first == source ? nil : first, document.source), source: first)
    }
    for (kind, name) in names where !name.isEmpty {
      let first = sourcesByName[ScalarText(name)]
      if let first, clash == nil { clash = said(kind, name, first) }
      if first == nil { sourcesByName[ScalarText(name)] = source }
    }
    let title = ScalarText(rule.title)
    if let first = sourcesByTitle[title], clash == nil, !rule.title.isEmpty {
      clash = said("title", rule.title, first)
    }
    if sourcesByTitle[title] == nil { sourcesByTitle[title] = source }
    return clash
  }
}

extension Diagnostic {
  fileprivate static func sameName(
    _ kind: String, _ name: String, _ other: String?, _ source: Source
  ) -> Diagnostic {
    Diagnostic(
      .sameName,
      "another rule has the \(kind) `\(name)` too, in \(other?.visible() ?? "this file")",
      in: source,
      help: ["what refers to it cannot tell them apart"])
  }
}
