import ConcordLanguages

extension Language {
  /// Panther: rule files in YAML, and the published catalogue pages of its rules.
  ///
  /// The detection itself, Python in Panther, is a condition in the catalogue's notation here: the rule file's
  /// `Condition`, or a text of the user's.
  public static let panther = Language(
    identifier: "panther", name: "Panther", endings: ["yml", "yaml"],
    keys: ["AnalysisType", "RuleID", "DisplayName", "Condition"], traits: .takesCondition,
    reader: PantherReader.readAll,
    pages: CataloguePages(
      read: CataloguePageReader.read, write: PantherRuleWriter.write, adding: PantherFixtureText.adding))
}
