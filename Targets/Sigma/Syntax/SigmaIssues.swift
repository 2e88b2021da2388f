import ConcordDiagnostics

/// What is wrong with a document and what is odd about it: all that is found, not the first thing only.
struct SigmaIssues {
  /// What is wrong.
  var errors: [Diagnostic] = []
  /// What is odd.
  var warnings: [Diagnostic] = []

  /// What the step gives; `nil` where it throws, and what it throws is kept.
  @discardableResult
  mutating func attempt<Value>(_ step: (inout SigmaIssues) throws(Diagnostic) -> Value) -> Value? {
    do throws(Diagnostic) {
      return try step(&self)
    } catch {
      errors.append(error)
      return nil
    }
  }

  /// Adds what another look has found.
  mutating func add(_ other: SigmaIssues) {
    errors += other.errors
    warnings += other.warnings
  }

  /// The same, pointing into the source.
  func located(in source: Source) -> SigmaIssues {
    var copy = self
    copy.errors = errors.map { $0.located(in: source) }
    copy.warnings = warnings.map { $0.located(in: source) }
    return copy
  }
}
