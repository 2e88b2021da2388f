import ConcordDiagnostics

/// What a source holds: rules, and documents that no rule was made of.
public struct RuleCollection: Sendable {
  /// The rules, in order.
  public var documents: [RuleDocument]
  /// The other documents, in order.
  public var refused: [RefusedDocument]
  /// What is odd about documents that are neither, since they serve rules of other sources alone.
  public var warnings: [Diagnostic] = []

  /// A collection of these.
  package init(documents: [RuleDocument], refused: [RefusedDocument] = []) {
    self.documents = documents
    self.refused = refused
  }

  /// The rules that `read` gives, or one refused document with what it throws: for languages whose sources are right
  /// or wrong as a whole.
  package init(_ read: () throws(Diagnostic) -> [RuleDocument]) {
    do throws(Diagnostic) {
      self.init(documents: try read())
    } catch {
      self.init(documents: [], refused: [RefusedDocument(errors: [error])])
    }
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
  package init(errors: [Diagnostic], warnings: [Diagnostic] = []) {
    self.errors = errors
    self.warnings = warnings
  }

  /// A document that is right, of which no query is written for that reason.
  package init(reason: Diagnostic, warnings: [Diagnostic] = []) {
    errors = []
    self.reason = reason
    self.warnings = warnings
  }

  /// Whether the document is right in its own language.
  package var isCorrect: Bool { errors.isEmpty }
  /// What is to be said where a query was asked for: the errors, or the reason.
  package var refusals: [Diagnostic] { errors + (reason.map { [$0] } ?? []) }
}
