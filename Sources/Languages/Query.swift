import ConcordDiagnostics

/// A rule in a target language.
public struct Query: Hashable, Sendable {
  /// The text, ready to run, ending in a line break.
  public var text: String
  /// What the user should know: shapes that were assumed, names that were resolved.
  public var notes: [Diagnostic]

  /// A query of that text.
  package init(text: String, notes: [Diagnostic] = []) {
    self.text = text
    self.notes = notes
  }
}
