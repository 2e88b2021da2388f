import Concord

/// The folder that `compile --pack --out` writes into, with `manifest.json`, which names the statements and their rules.
/// What an earlier run of it wrote and this one does not is removed; nothing else ever is.
final class PackFolder {
  /// What is listed of a rule.
  struct ListedRule {
    private let members: [(String, Value)]

    /// The rule, and the digest of its condition.
    init(_ found: FoundRule, digest: String) {
      let rule = found.document.rule
      let tags = rule.attack.compactMap { $0.technique ?? $0.tactic } + rule.tags
      members =
        [("rule", .string(rule.id)), ("source", .string(ReportPath(found.file.path).text))]
        + (rule.severity.map { [("level", .string($0.rawValue))] } ?? [])
        + [("digest", .string(digest)), ("tags", .array(tags.map(Value.string)))]
    }

    /// It, with more said.
    fileprivate func value(_ more: [(String, Value)]) -> Value { Value.members(members + more) }
  }

  private let path: String
  /// What an earlier run wrote, by language.
  private var earlier: [(file: String, entry: Value, key: String, language: String)] = []
  private var packs: [Value] = []
  private var alone: [Value] = []
  private var written: Set<String> = []

  /// The folder at that path; it need not be there yet. Throws where it holds a manifest of something else.
  init(_ path: String) throws(Diagnostic) {
    self.path = path
    let manifest = Folder.path(path, OutputFolder.manifestName)
    guard Files.exists(manifest) else { return }
    let source = try Files.source(manifest)
    guard let value = try? JSON.parse(source), case .object(let object) = value,
      case .string(let writer)? = object["writtenBy"], writer.hasPrefix("concord "), object["packs"] != nil
    else {
      throw Diagnostic(
        .cannotRead, "`\(source.name)` is no list of statements that Concord wrote",
        help: ["write into another folder, or rename the file"])
    }
    for key in ["packs", "alone"] {
      guard case .array(let entries)? = object[key] else { continue }
      for case .object(let entry) in entries {
        guard case .string(let file)? = entry["file"], case .string(let language)? = entry["language"],
          OutputManifest.isBelow(file)
        else { continue }
        earlier.append((file, .object(entry), key, language))
      }
    }
  }

  /// Writes a statement: its rules, what it calls each, and what the proof of each takes for granted.
  func write(
    _ text: String, as file: String, _ language: Language,
    _ rules: [(rule: ListedRule, label: String, assumption: String)]
  ) throws(Diagnostic) {
    try write(text, file)
    packs.append(
      Value.members([
        ("file", .string(file)), ("language", .string(language.identifier)),
        ("bytes", .number(Number(text.utf8.count))),
        (
          "rules",
          .array(
            rules.map { entry in
              entry.rule.value(
                [("label", .string(entry.label)), ("proved", .bool(true))]
                  + (entry.assumption.isEmpty ? [] : [("assumes", .string(entry.assumption.trimmed))]))
            })
        ),
      ]))
  }

  /// Writes the query of a rule that stands in no statement.
  func writeAlone(
    _ text: String, as file: String, _ language: Language, _ rule: ListedRule, _ reason: String
  ) throws(Diagnostic) {
    try write(text, file)
    alone.append(
      Value.members([
        ("file", .string(file)), ("language", .string(language.identifier)),
        ("rule", rule.value([])), ("reason", .string(reason)),
      ]))
  }

  private func write(_ text: String, _ file: String) throws(Diagnostic) {
    guard written.insert(file).inserted else {
      throw Diagnostic(.outputCollision, "two rules would be written to `\(Folder.path(path, file))`")
    }
    try Files.write(text, to: Folder.path(path, file))
  }

  /// Removes what an earlier run wrote in these languages and this one did not, and writes the list. Returns the files
  /// that were removed.
  func end(languages: [String]) throws(Diagnostic) -> [String] {
    var removed: [String] = []
    var kept: [String: [Value]] = [:]
    for entry in earlier where !written.contains(entry.file) {
      if !languages.contains(entry.language) {
        kept[entry.key, default: []].append(entry.entry)
      } else if try OutputFolder.remove(entry.file, below: path) {
        removed.append(Folder.path(path, entry.file))
      }
    }
    let manifest = Value.members([
      ("writtenBy", .string("concord \(Compiler.version)")),
      ("packs", .array((kept["packs"] ?? []) + packs)), ("alone", .array((kept["alone"] ?? []) + alone)),
    ])
    try Files.write(manifest.prettyJSON + "\n", to: Folder.path(path, OutputFolder.manifestName))
    return removed
  }
}

extension String {
  /// Without the comma or space in front.
  fileprivate var trimmed: String { String(drop { $0 == "," || $0 == " " }) }
}
