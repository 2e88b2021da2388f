import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordProof

/// Something odd about a rule, or about two.
package struct LintFinding: Sendable {
  /// The kinds of findings, with the code of each.
  package enum Kind: String, Sendable, CaseIterable {
    /// It holds of no event.
    case neverFires = "never-fires"
    /// It holds of every event.
    case alwaysFires = "always-fires"
    /// An exclusion leaves nothing of it.
    case emptyExclusion = "exclusion-of-all"
    /// A part of it could be left out.
    case uselessPart = "part-cannot-matter"
    /// A regular expression says no more than a text with wildcards.
    case plainRegex = "regex-is-text"
    /// A fixture of its own contradicts it.
    case wrongFixture = "contradicts-fixture"
    /// It holds of the same events as another rule on the same log.
    case duplicate = "duplicate"
    /// Another rule on the same log holds of all its events.
    case subsumed = "subsumed"
    /// An event of it is also one of another rule on the same log.
    case overlap = "overlap"

    /// The diagnostic's code.
    package var code: Diagnostic.Code {
      switch self {
      case .neverFires: .neverFires
      case .alwaysFires: .alwaysFires
      case .emptyExclusion: .exclusionOfAll
      case .uselessPart: .partCannotMatter
      case .plainRegex: .regexIsText
      case .wrongFixture: .contradictsFixture
      case .duplicate: .duplicate
      case .subsumed: .subsumed
      case .overlap: .overlap
      }
    }

    /// Warnings are about rules that do not do what they are there for; notes about what could be simpler.
    package var severity: Diagnostic.Severity {
      switch self {
      case .neverFires, .alwaysFires, .emptyExclusion, .wrongFixture, .duplicate: .warning
      case .uselessPart, .plainRegex, .subsumed, .overlap: .note
      }
    }
  }

  /// What it is.
  package let kind: Kind
  /// What is odd, at its place in the rule's file.
  package let diagnostic: Diagnostic

  init(
    _ kind: Kind, _ message: String, in document: RuleDocument, at origin: Span? = nil, help: [String] = []
  ) {
    self.kind = kind
    diagnostic = Diagnostic(
      kind.code, severity: kind.severity, message,
      in: origin == nil ? document.source : document.conditionSource,
      at: origin, help: help)
  }
}

extension Prover.Limits {
  /// What a question about one rule of many may cost.
  package static var lint: Prover.Limits {
    var limits = Prover.Limits()
    limits.nodes = 200_000
    limits.cases = 2_000
    limits.states = 10_000
    limits.undecided = 10
    return limits
  }
}
