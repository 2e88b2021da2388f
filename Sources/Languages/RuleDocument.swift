import ConcordDetection
import ConcordDiagnostics

/// A rule as a front end read it.
public struct RuleDocument: Sendable {
  /// What the text means: the condition, its fixtures and its metadata.
  public var rule: Rule
  /// The language that it was read in; `nil` for a rule that no text was read for.
  public internal(set) var language: Language?
  /// What the front end wants to be known.
  public var warnings: [Diagnostic]
  /// How an ambiguous text was read, in words; `nil` where the language is not ambiguous.
  public var reading: String?
  /// The other conditions that the same text can mean, nearest to the chosen reading first.
  public var alternatives: [Alternative]
  /// The file that the rule came from.
  public var source: Source
  /// Whether it is a part of another rule of its source, and not meant to be run alone.
  package var isPart = false
  /// The rule's own text, where other documents stand beside it in its source and its own says all of it.
  package var part: String?
  /// The query as its platform has it, where the source is a file of deployed queries.
  package var deployed: DeployedQuery?
  /// The text that the condition's origins are places of: `source`, or what the user gave in its stead.
  package var conditionSource: Source

  /// What the rule's program amounts to, where the rule states its condition besides: asked where both are compared,
  /// since to read a program takes longer. `nil` where there is but one of them.
  package var program: (@Sendable () throws(Diagnostic) -> Condition)?

  /// Another way to read the rule's condition.
  public struct Alternative: Hashable, Sendable {
    /// The reading in the words with which a user asks for it.
    public var reading: String
    /// What the condition means under it.
    public var condition: Condition

    /// The condition that the text has under `reading`.
    package init(reading: String, condition: Condition) {
      self.reading = reading
      self.condition = condition
    }
  }

  /// A rule that was read from `source`.
  package init(
    rule: Rule, source: Source, warnings: [Diagnostic] = [], reading: String? = nil,
    alternatives: [Alternative] = [], conditionSource: Source? = nil
  ) {
    self.rule = rule
    self.source = source
    self.conditionSource = conditionSource ?? source
    self.warnings = warnings
    self.reading = reading
    self.alternatives = alternatives
  }
}
