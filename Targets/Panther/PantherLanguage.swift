import ConcordLanguages

extension Language {
  /// Panther: rule files in YAML, classes in Python, and the published catalogue pages of its rules.
  ///
  /// The detection itself is a condition in the catalogue's notation, the rule file's `Condition` or a text of the
  /// user's, or what the Python amounts to that the rule file names.
  public static let panther = Language(
    identifier: "panther", name: "Panther", endings: ["yml", "yaml"],
    keys: ["AnalysisType", "RuleID", "DisplayName", "Condition"],
    traits: [.takesCondition, .writtenByName],
    programs: ProgramFiles(
      endings: ["py"], holdRule: PantherClassReader.recognises, changesRules: PantherOverrides.remark),
    writer: PantherPythonWriter.write, writtenEnding: "py",
    companion: CompanionFile(ending: "yml", write: PantherRuleWriter.companion(of:program:)),
    formats: [PantherPack.format], reader: PantherReader.readAll, runner: PantherRunner.run,
    store: PantherStore.stored,
    pages: CataloguePages(
      read: CataloguePageReader.read, write: PantherRuleWriter.write, adding: PantherFixtureText.adding,
      stating: PantherFixtureText.stating),
    words: PantherKeys.words)
}
