import Concord

/// The folder that `compile --format --out` writes into, with `manifest.json`, which names the files and the rules in
/// them. What an earlier run of it wrote and this one does not is removed; nothing else ever is.
struct DeployFolder {
  /// What is listed of a rule.
  struct ListedRule {
    /// What the platform calls its query.
    let name: String
    let id: String
    let file: String
    /// The digest of its condition.
    let digest: String

    fileprivate var value: Value {
      .members([
        ("name", .string(name)), ("rule", .string(id)), ("source", .string(ReportPath(file).text)),
        ("digest", .string(digest)),
      ])
    }
  }

  private let path: String
  private let format: String
  private let earlier: [String]

  /// The folder at that path; it need not be there yet. Throws where it holds a manifest of something else.
  init(_ path: String, _ format: String) throws(Diagnostic) {
    (self.path, self.format) = (path, format)
    let manifest = Folder.path(path, OutputFolder.manifestName)
    guard Files.exists(manifest) else {
      earlier = []
      return
    }
    let source = try Files.source(manifest)
    guard let value = try? JSON.parse(source), case .object(let object) = value,
      case .string(let writer)? = object["writtenBy"], writer.hasPrefix("concord "),
      object["format"] == .string(format), case .array(let files)? = object["files"]
    else {
      throw Diagnostic(
        .cannotRead, "`\(source.name)` is no list of files of the format `\(format)` that Concord wrote",
        help: ["write into another folder, or rename the file"])
    }
    earlier = files.compactMap { value in
      guard case .string(let file) = value, OutputManifest.isBelow(file) else { return nil }
      return file
    }
  }

  /// Writes the files and the list of them. Returns the files that were removed.
  func write(_ files: [DeployFile], _ rules: [ListedRule]) throws(Diagnostic) -> [String] {
    var removed: [String] = []
    for file in files { try Files.write(file.text, to: Folder.path(path, file.path)) }
    let written = Set(files.map(\.path))
    for file in earlier where !written.contains(file) {
      if try OutputFolder.remove(file, below: path) { removed.append(Folder.path(path, file)) }
    }
    let manifest = Value.members([
      ("writtenBy", .string("concord \(Compiler.version)")), ("format", .string(format)),
      ("files", .array(files.map { .string($0.path) })), ("rules", .array(rules.map(\.value))),
    ])
    try Files.write(manifest.prettyJSON + "\n", to: Folder.path(path, OutputFolder.manifestName))
    return removed
  }
}
