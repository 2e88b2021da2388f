import Concord
import Foundation

/// Which files of a run may come to something else than in a commit: those that changed since, or all, where a change
/// may bear on any rule.
struct ChangedFiles {
  /// The commit, as the user named it.
  private let base: String
  /// How many files there are.
  private let total: Int
  /// How many of them changed.
  private let count: Int
  /// How many of the others are taken with them, since they concern rules of other files.
  private let concerning: Int
  /// The changed file for which all are taken.
  private let bearing: String?

  /// Leaves in the input the files that differ from the commit of that name. Throws where git cannot tell.
  ///
  /// All stay where a changed file may be part of any rule: a filter, a project, a pipeline, a program, a table's
  /// statement. Whatever Concord reads and holds no rule counts as such. What names rules of other files stays with them.
  init(since base: String, in input: inout RuleInput, under paths: [String]) throws(Diagnostic) {
    let git = try Git(of: paths)
    let commit = try git.commit(base)
    self.base = base
    total = input.files.count
    var changed: Set<String> = []
    var isTouched = false
    var bearing: String?
    for change in try git.changes(since: commit, everywhere: true) {
      changed.insert(Folder.path(git.root, change.path))
      guard bearing == nil, ChangedFiles.isRead(change.path) else { continue }
      isTouched = true
      if try ChangedFiles.mayBear(change, git, commit, input) { bearing = change.path }
    }
    self.bearing = bearing
    if bearing != nil {
      (count, concerning) = (total, 0)
      return
    }
    if input.collection == nil { input.collection = input.files }
    let own = input.files.map { ChangedFiles.isChanged($0, changed) }
    let compiler = input.compiler
    input.files = zip(input.files, own).compactMap { file, isOwn in
      func concernsOthers() -> Bool { (try? file.source()).map { compiler.concernsOthers($0) } ?? false }
      return isOwn || isTouched && concernsOthers() ? file : nil
    }
    count = own.count { $0 }
    concerning = input.files.count - count
  }

  /// What was looked at, and what was not.
  var words: String {
    if let bearing {
      return "all \(counted(total, "file")) taken: \(ReportPath(bearing).text) changed since \(base)"
    }
    let others = concerning == 0 ? "" : ", \(concerning) concern rules of others"
    return
      "\(count) of \(counted(total, "file")) changed since \(base)\(others); the others were not looked at"
  }

  /// Whether a file is one that a run may read.
  static func isRead(_ path: String) -> Bool {
    let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
    let endings = Registry.endings + ["conf", "csv", "py", "json"]
    return !isHidden && endings.contains((path as NSString).pathExtension.lowercased())
  }

  /// Whether a change may be part of rules in other files.
  private static func mayBear(
    _ change: Git.Change, _ git: Git, _ commit: String, _ input: RuleInput
  ) throws(Diagnostic) -> Bool {
    var texts: [String] = []
    if change.isInCommit { texts.append(try git.text(of: change.path, in: commit)) }
    let path = Folder.path(git.root, change.path)
    if change.isInTree, Files.exists(path) { texts.append(try Files.source(path).text) }
    return texts.contains { text in
      let source = Source(name: change.path, text: text)
      let holdsRules = (try? input.read(source).documents.isEmpty) == false
      return !holdsRules || Compiler.isProgram(source) || input.compiler.concernsOthers(source)
    }
  }

  /// Whether a file changed: where it is, or what it is a link to. What is no file is taken always.
  private static func isChanged(_ file: RuleFile, _ changed: Set<String>) -> Bool {
    guard case .file = file.content else { return true }
    let url = URL(fileURLWithPath: file.path)
    let place = url.deletingLastPathComponent().resolvingSymlinksInPath()
      .appendingPathComponent(url.lastPathComponent)
    return changed.contains(place.path) || changed.contains(url.resolvingSymlinksInPath().path)
  }
}

extension OptionKey where Value == String? {
  /// The commit since which a file must have changed.
  static var changedSince: Self {
    .text("base", OptionSpec.Value("COMMIT"), help: "only files that differ from this commit's")
  }
}
