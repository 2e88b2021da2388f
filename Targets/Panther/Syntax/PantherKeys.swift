import ConcordLanguages

/// The keys of a Panther rule file.
///
/// Panther's own are those of `panther_analysis_tool`'s rule schema; ours stand beside them in the same style.
enum PantherKeys {
  /// Keys that the reader gives a place in `Rule`.
  static let read = [
    "AnalysisType", "RuleID", "DisplayName", "Description", "Severity", "Reference", "Reports", "Tags",
    "Runbook", "LogTypes", "Enabled", "Threshold", "DedupPeriodMinutes", "Status", "Tests",
  ]
  /// Keys of our own: the condition and how to read it, what a match shows, and what Panther has no key for.
  static let ours = [
    "Condition", "Reading", "OutputFields", "Author", "Date", "Modified", "FalsePositives",
  ]
  /// Panther's keys that change nothing here; they are kept.
  static let kept = [
    "Filename", "SummaryAttributes", "CreateAlert", "InlineFilters", "Detection", "OutputIds",
    "Suppressions", "AlertTitle", "AlertContext", "DynamicSeverities", "GroupBy", "ScheduledQueries",
    "ResourceTypes",
  ]
  static let all = read + ours + kept

  /// Keys of one of `Tests`.
  static let test = ["Name", "ExpectedResult", "Log", "Mocks", "LogType", "Resource"]
  /// Keys of one of the `Tests` of a correlation rule.
  static let correlationTest = ["Name", "ExpectedResult", "RuleOutputs"]
  /// The key of `Reports` whose entries are ATT&CK references.
  static let attack = "MITRE ATT&CK"

  /// What an editor offers.
  static let words = EditorWords(
    keys: all,
    values: [
      "AnalysisType": ["rule", "correlation_rule"],
      "Severity": ["Info", "Low", "Medium", "High", "Critical"],
      "Status": PantherWords.statuses, "Enabled": ["true", "false"], "ExpectedResult": ["true", "false"],
    ], names: ["RuleID"], condition: "Condition")

  /// Kinds of document that are not rules, and why each is not read.
  static let otherAnalyses: [String: String] = [
    "policy": "a policy alerts where its condition is false, on resources and not on events",
    "scheduled_rule": "a scheduled rule runs on the rows of a query, not on events",
    "scheduled_query": "its detection is SQL text: read that with `--from athena`",
    "saved_query": "its text is SQL: read that with `--from athena`",
    "simple_rule": "write `rule`",
  ]
}
