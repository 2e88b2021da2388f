import Concord

/// From which severity on a finding of `lint` fails the run.
enum LintLevel: String, CaseIterable, Sendable {
  case warning, note, never

  /// Whether a finding of that severity fails the run.
  func fails(on severity: Diagnostic.Severity) -> Bool {
    switch self {
    case .warning: severity != .note
    case .note: true
    case .never: false
    }
  }
}
