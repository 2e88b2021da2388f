import ConcordDiagnostics

/// Recognises the language of a source from its name and its text.
enum SourceLanguage {
  /// The identifier of the language. Throws where nothing tells.
  ///
  /// SQL and SPL are told by the file's ending alone: their texts can look alike. YAML is told by the top-level
  /// keys that only one kind of rule has.
  static func recognise(_ source: Source, hasCondition: Bool) throws(Diagnostic) -> String {
    let name = source.name.lowercased()
    if name.hasSuffix(".sql") { return "athena" }
    if name.hasSuffix(".spl") { return "splunk" }
    let languages = topLevelKeys(of: source.text)
    if languages.contains("panther") { return "panther" }
    if languages.contains("sigma") { return "sigma" }
    if hasCondition { return "panther" }
    throw .unrecognisedSource(source)
  }

  /// Whether a source is a rule or a query by its ending or its top-level keys, and not just some YAML.
  static func isRule(_ source: Source) -> Bool {
    let name = source.name.lowercased()
    return name.hasSuffix(".sql") || name.hasSuffix(".spl") || !topLevelKeys(of: source.text).isEmpty
  }

  /// The keys that only one kind of rule has, at the beginning of a line.
  private static let keys: [(key: [UInt8], language: String)] =
    ["AnalysisType", "RuleID", "DisplayName", "Condition"].map { (Array("\($0):".utf8), "panther") }
    + ["detection", "logsource", "title", "correlation", "action"].map { (Array("\($0):".utf8), "sigma") }

  /// The languages that the text has a key of.
  private static func topLevelKeys(of text: String) -> Set<String> {
    text.withBytes { bytes in
      var languages: Set<String> = []
      var line = 0
      while line < bytes.count {
        for (key, language) in keys where key[0] == bytes[line] && bytes[line...].starts(with: key) {
          languages.insert(language)
        }
        while line < bytes.count, bytes[line] != 0x0A, bytes[line] != 0x0D { line += 1 }
        line += 1
      }
      return languages
    }
  }
}
