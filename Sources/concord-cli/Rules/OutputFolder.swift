import Concord
import Foundation

/// The folder that `compile --out` writes into, as a mirror of the rules: no file stays there for a rule that this run
/// refused or no longer found.
///
/// What Concord wrote is known from the folder's `manifest.json`, and nothing else is ever removed.
struct OutputFolder {
  /// A file that was written.
  struct Entry {
    /// Its path below the folder.
    let file: String
    /// The language that it is in.
    let language: String
    /// The rule that it says. The files of one rule share it: there are many.
    let rule: ListedRule
  }

  /// What is listed of a rule.
  final class ListedRule {
    /// Its file, as the user named it.
    let source: String
    /// Its id.
    let id: String
    /// The digest of its condition.
    let digest: String
    /// Whether its files are proved to hold of the same events.
    let isProved: Bool
    /// Its level.
    let level: String?
    /// Its labels.
    let tags: [String]

    init(source: String, id: String, digest: String, isProved: Bool, level: String?, tags: [String]) {
      (self.source, self.id, self.digest, self.isProved) = (source, id, digest, isProved)
      (self.level, self.tags) = (level, tags)
    }
  }

  private let path: String
  private let earlier: [Entry]
  private var written: [String: Entry] = [:]

  /// The name of the list of what was written.
  static let manifestName = "manifest.json"

  /// The folder at that path; it need not be there yet. Throws where it holds a manifest that is not Concord's.
  init(_ path: String) throws(Diagnostic) {
    self.path = path
    let manifest = Folder.path(path, OutputFolder.manifestName)
    earlier = Files.exists(manifest) ? try OutputManifest.read(try Files.source(manifest)) : []
  }

  /// What is wrong with writing a file where another rule of this run has written; `nil` where none has.
  func clash(with entry: Entry) -> Diagnostic? {
    written[entry.file].map { other in
      Diagnostic(
        .outputCollision,
        "`\(entry.rule.source)` and `\(other.rule.source)` would both be written to `\(Folder.path(path, entry.file))`",
        help: ["compile them into different folders"])
    }
  }

  /// Writes a query, whole or not at all. Throws where it cannot.
  mutating func write(_ text: String, as entry: Entry) throws(Diagnostic) {
    written[entry.file] = entry
    try Files.write(text, to: Folder.path(path, entry.file))
  }

  /// Removes what no longer stands for a rule and writes the manifest. Returns the files that were removed.
  ///
  /// An earlier file of these languages is stale where its rule's file was read now, or is gone from a folder that was
  /// walked; every other one stays, and stays listed.
  func end(
    languages: [String], read files: [RuleFile], folders: [String]
  ) throws(Diagnostic) -> [String] {
    let sources = Set(files.map { ReportPath($0.path).text })
    let roots = folders.map { ReportPath($0) }
    var (kept, removed): ([Entry], [String]) = ([], [])
    for entry in earlier where written[entry.file] == nil {
      let source = ReportPath(entry.rule.source)
      let isStale =
        languages.contains(entry.language)
        && (sources.contains(source.text) || roots.contains { source.isBelow($0) })
      guard isStale else {
        kept.append(entry)
        continue
      }
      if try OutputFolder.remove(entry.file, below: path) { removed.append(Folder.path(path, entry.file)) }
    }
    let entries = (kept + written.values).sorted { one, other in
      one.file.withBytes { one in other.file.withBytes { one.lexicographicallyPrecedes($0) } }
    }
    if !entries.isEmpty || !earlier.isEmpty {
      try Files.write(
        OutputManifest.text(entries), to: Folder.path(path, OutputFolder.manifestName))
    }
    return removed
  }

  /// Removes a file below a folder; no link is followed on the way. Returns whether there was one.
  static func remove(_ file: String, below path: String) throws(Diagnostic) -> Bool {
    var folder = path
    var status = stat()
    for part in file.split(separator: "/").dropLast() {
      folder = Folder.path(folder, String(part))
      guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
    }
    let file = Folder.path(path, file)
    guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    guard unlink(file) == 0 else {
      throw Diagnostic(.cannotWrite, "cannot remove `\(file)`: \(SystemError.last.words)")
    }
    return true
  }
}

/// The list of what `compile --out` wrote, as JSON.
enum OutputManifest {
  /// The text of a manifest.
  static func text(_ entries: [OutputFolder.Entry]) -> String {
    // One entry at a time: as one value, the list of a large rule base takes many times the room of its text.
    var text = ""
    text.reserveCapacity(512 * entries.count)
    text +=
      Value.members([("writtenBy", .string("concord \(Compiler.version)")), ("files", .array([]))])
      .prettyJSON
    let end = "]\n}\n"
    text.removeLast(end.utf8.count - 1)
    for (index, entry) in entries.enumerated() {
      text += index == 0 ? "\n    " : ",\n    "
      text += value(entry).prettyJSON(level: 2)
    }
    if !entries.isEmpty { text += "\n  " }
    text += end
    return text
  }

  private static func value(_ entry: OutputFolder.Entry) -> Value {
    let rule = entry.rule
    return Value.members(
      [
        ("file", .string(entry.file)), ("source", .string(rule.source)), ("rule", .string(rule.id)),
        ("language", .string(entry.language)), ("digest", .string(rule.digest)),
        ("proved", .bool(rule.isProved)),
      ] + (rule.level.map { [("level", .string($0))] } ?? [])
        + [("tags", .array(rule.tags.map(Value.string)))])
  }

  /// The entries of a manifest. Throws where it is not one that Concord wrote.
  static func read(_ source: Source) throws(Diagnostic) -> [OutputFolder.Entry] {
    guard let value = try? JSON.parse(source), case .object(let manifest) = value,
      case .string(let writer)? = manifest["writtenBy"], writer.hasPrefix("concord "),
      case .array(let files)? = manifest["files"]
    else {
      throw Diagnostic(
        .cannotRead, "`\(source.name)` is not a manifest that Concord wrote",
        help: ["write into another folder, or rename the file"])
    }
    return files.compactMap(entry)
  }

  /// One entry; `nil` for one that names no file below the folder.
  private static func entry(_ value: Value) -> OutputFolder.Entry? {
    guard case .object(let object) = value, case .string(let file)? = object["file"],
      case .string(let source)? = object["source"], case .string(let rule)? = object["rule"],
      case .string(let language)? = object["language"], isBelow(file)
    else { return nil }
    func text(_ value: Value?) -> String? { if case .string(let text)? = value { text } else { nil } }
    var tags: [String] = []
    if case .array(let values)? = object["tags"] { tags = values.compactMap(text) }
    let isProved = if case .bool(true)? = object["proved"] { true } else { false }
    return OutputFolder.Entry(
      file: file, language: language,
      rule: OutputFolder.ListedRule(
        source: source, id: rule, digest: text(object["digest"]) ?? "", isProved: isProved,
        level: text(object["level"]), tags: tags))
  }

  /// Whether a path leads to a file below a folder.
  static func isBelow(_ file: String) -> Bool {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    return !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." } && file != OutputFolder.manifestName
  }
}
