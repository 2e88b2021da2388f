import Concord
import Foundation

/// The folder that `compile --out` writes into, as a mirror of the rules: no file stays there for a rule that this run
/// refused or no longer found.
///
/// What Concord wrote is known from the folder's `manifest.json`, and nothing else is ever removed.
struct OutputFolder {
  /// A file that was written.
  struct Entry: Equatable {
    /// Its path below the folder.
    let file: String
    /// The file of its rule, as the user named it.
    let source: String
    /// The rule's id.
    let rule: String
    /// The language that it is in.
    let language: String
    /// The digest of the rule's condition.
    var digest = ""
    /// Whether it is proved to hold of the same events as the rule.
    var isProved = false
    /// The rule's level.
    var level: String?
    /// The rule's labels.
    var tags: [String] = []
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
        "`\(entry.source)` and `\(other.source)` would both be written to `\(Folder.path(path, entry.file))`",
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
      let source = ReportPath(entry.source)
      let isStale =
        languages.contains(entry.language)
        && (sources.contains(source.text) || roots.contains { source.isBelow($0) })
      guard isStale else {
        kept.append(entry)
        continue
      }
      if try remove(entry.file) { removed.append(Folder.path(path, entry.file)) }
    }
    let entries = (kept + written.values).sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
    if !entries.isEmpty || !earlier.isEmpty {
      try Files.write(
        OutputManifest.text(entries), to: Folder.path(path, OutputFolder.manifestName))
    }
    return removed
  }

  /// Removes a file below the folder; no link is followed on the way. Returns whether there was one.
  private func remove(_ file: String) throws(Diagnostic) -> Bool {
    var folder = path
    var status = stat()
    for part in file.split(separator: "/").dropLast() {
      folder = Folder.path(folder, String(part))
      guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
    }
    let file = Folder.path(path, file)
    guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    guard unlink(file) == 0 else {
      throw Diagnostic(.cannotRead, "cannot remove `\(file)`: \(SystemError.last.words)")
    }
    return true
  }
}

/// The list of what `compile --out` wrote, as JSON.
enum OutputManifest {
  /// The text of a manifest.
  static func text(_ entries: [OutputFolder.Entry]) -> String {
    let files = entries.map { entry in
      Value.members(
        [
          ("file", .string(entry.file)), ("source", .string(entry.source)), ("rule", .string(entry.rule)),
          ("language", .string(entry.language)), ("digest", .string(entry.digest)),
          ("proved", .bool(entry.isProved)),
        ] + (entry.level.map { [("level", .string($0))] } ?? [])
          + [("tags", .array(entry.tags.map(Value.string)))])
    }
    return Value.members([
      ("writtenBy", .string("concord \(Compiler.version)")), ("files", .array(files)),
    ]).prettyJSON + "\n"
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
    var entry = OutputFolder.Entry(file: file, source: source, rule: rule, language: language)
    if case .string(let digest)? = object["digest"] { entry.digest = digest }
    if case .bool(let isProved)? = object["proved"] { entry.isProved = isProved }
    if case .string(let level)? = object["level"] { entry.level = level }
    if case .array(let tags)? = object["tags"] {
      entry.tags = tags.compactMap { if case .string(let tag) = $0 { tag } else { nil } }
    }
    return entry
  }

  private static func isBelow(_ file: String) -> Bool {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    return !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." } && file != OutputFolder.manifestName
  }
}
