import Concord

/// The files that a run does not look at: those of the project's `ignore`, and of `--exclude`.
struct IgnoreList: Sendable {
  private var patterns: [(pattern: FilePattern, folder: ReportPath)] = []

  /// What the arguments exclude, as seen from the working folder, and what their project ignores, as seen from its own.
  init(_ arguments: ParsedArguments) throws(Diagnostic) {
    for text in arguments[.exclude] { patterns.append((try FilePattern(text), ReportPath("."))) }
    guard let project = arguments.project else { return }
    let folder = ReportPath(Folder.parent(of: project.source.name))
    patterns += project.ignored.map { ($0, folder) }
  }

  /// Whether a file is not looked at. Standard input always is.
  func contains(_ file: RuleFile) -> Bool {
    if case .standardInput = file.content { false } else { contains(path: file.path) }
  }

  /// Whether what is at a path is not looked at.
  func contains(path: String) -> Bool {
    let path = ReportPath(path)
    return patterns.contains { $0.pattern.matches(path.seen(from: $0.folder)) }
  }

  /// Takes the files that are not looked at out of some, and returns how many these are.
  func remove(from files: inout [RuleFile]) -> Int {
    if patterns.isEmpty { return 0 }
    let count = files.count
    files.removeAll(where: contains)
    return count - files.count
  }
}

extension OptionKey where Value == [String] {
  /// Files that are not looked at.
  static var exclude: Self {
    .texts(
      "exclude",
      OptionSpec.Value("GLOB") { text in
        do throws(Diagnostic) {
          _ = try FilePattern(text)
          return nil
        } catch {
          return OptionSpec.Fault("is no pattern of files: \(error.message)", help: error.help)
        }
      }, help: "leave out these files and folders too, as drafts/ or '*.draft.yml'; they are counted")
  }
}

extension OptionKey where Value == Bool {
  /// Whether named files are taken as those of a folder are.
  static var onlyRules: Self {
    .flag(
      "only-rules",
      help: "of named files too, pass over those that are no rule, and rules that are switched off")
  }
}
