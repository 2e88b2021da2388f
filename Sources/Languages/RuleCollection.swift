import ConcordDiagnostics

/// A front end whose sources hold several documents, of which some may be wrong, or be nothing that a query can be
/// written of, while the others are rules.
public protocol CollectionReader: RuleReader {
  /// Everything that a source holds. What is wrong with a document does not hide the others, nor the other things
  /// that are wrong with it.
  /// Law: `read` gives the same rules where nothing is refused, and otherwise throws what is refused first.
  func readAll(_ source: Source, options: LanguageOptions) -> RuleCollection
}

/// What a source holds: rules, and documents that no rule was made of.
public struct RuleCollection: Sendable {
  /// The rules, in order.
  public var documents: [RuleDocument]
  /// The other documents, in order.
  public var refused: [RefusedDocument]

  /// A collection of these.
  public init(documents: [RuleDocument], refused: [RefusedDocument] = []) {
    self.documents = documents
    self.refused = refused
  }
}

/// A document that no rule was made of: it is wrong, or right and no rule.
public struct RefusedDocument: Sendable {
  /// What is wrong with it, all that was found.
  public var errors: [Diagnostic]
  /// Where nothing is wrong: why no query is written of it.
  public var reason: Diagnostic?
  /// What the front end wants to be known besides.
  public var warnings: [Diagnostic]

  /// A document with these things wrong; one error or more.
  public init(errors: [Diagnostic], warnings: [Diagnostic] = []) {
    self.errors = errors
    self.warnings = warnings
  }

  /// A document that is right, of which no query is written for that reason.
  public init(reason: Diagnostic, warnings: [Diagnostic] = []) {
    errors = []
    self.reason = reason
    self.warnings = warnings
  }

  /// Whether the document is right in its own language.
  public var isCorrect: Bool { errors.isEmpty }
  /// What is to be said where a query was asked for: the errors, or the reason.
  public var refusals: [Diagnostic] { errors + (reason.map { [$0] } ?? []) }
}
