import ConcordDiagnostics

/// A rule in a target language.
public struct Query: Hashable, Sendable {
  /// The text, ready to run, ending in a line break.
  public var text: String
  /// What the user should know: shapes that were assumed, names that were resolved.
  public var notes: [Diagnostic]
  /// The name that the text declares for the rule, of which one program has one; `nil` where it declares none.
  package var declares: String?

  /// A query of that text.
  package init(text: String, notes: [Diagnostic] = []) {
    self.text = text
    self.notes = notes
  }
}
