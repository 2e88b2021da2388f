import Concord

/// Two versions of rules: the files of both sides.
struct VersionSides {
  var old: [RuleFile] = []
  var new: [RuleFile] = []
  /// The files of both collections that did not change themselves: a filter in another may change their rules.
  var unchanged: [RuleFile] = []

  /// These files.
  init(old: [RuleFile] = [], new: [RuleFile] = []) { (self.old, self.new) = (old, new) }

  /// The files under these paths that differ from the commit's; all of the repository's where there is no path.
  init(since base: String, under paths: [String]) throws(Diagnostic) {
    let git = try Git(of: paths)
    let commit = try git.commit(base)
    let changes = try git.changes(since: commit).filter { RuleFile.isRuleName($0.path) }
    if changes.isEmpty { return }
    unchanged = try git.unchanged(but: changes).filter(RuleFile.isRuleName).map { path in
      RuleFile(path: Folder.path(git.root, path), relative: path, isNamed: false)
    }
    for change in changes {
      func side(_ name: String, _ text: String) -> [RuleFile] {
        let source = Source(name: name, text: text)
        guard Compiler.isRule(source) else { return [] }
        return [RuleFile(path: change.path, relative: change.path, isNamed: false, content: .text(source))]
      }
      if change.isInCommit {
        old += side("\(base):\(change.path)", try git.text(of: change.path, in: commit))
      }
      let path = Folder.path(git.root, change.path)
      if change.isInTree, Files.exists(path) { new += side(change.path, try Files.source(path).text) }
    }
  }
}
