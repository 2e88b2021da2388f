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
    var keys: Set<Substring> = []
    for line in source.text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      keys.insert(Substring(line[..<colon]))
    }
    if !keys.isDisjoint(with: ["AnalysisType", "RuleID", "DisplayName", "Condition"]) { return "panther" }
    if !keys.isDisjoint(with: ["detection", "logsource", "title", "correlation", "action"]) {
      return "sigma"
    }
    if hasCondition || name.hasSuffix(".yml") || name.hasSuffix(".yaml") { return "panther" }
    throw .unrecognisedSource(source)
  }
}
