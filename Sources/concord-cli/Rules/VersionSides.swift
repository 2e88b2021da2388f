import Concord

/// Two versions of rules: the files of both sides.
struct VersionSides {
  /// Which version.
  enum Side { case old, new }

  private var old: [RuleFile] = []
  private var new: [RuleFile] = []
  /// The files of both collections that did not change themselves.
  private var unchanged: [RuleFile] = []
  /// How many files are not looked at, since the user ignores them.
  private(set) var ignored = 0
  /// Whether what changed may be a part of their rules.
  private var bears = false
  /// What the commit has otherwise; `nil` where the versions are files that the user named.
  private var commit: CommitFiles?
  /// The input with what options name as the commit has it.
  private var oldInput: RuleInput?

  /// These files, but those that the user ignores.
  init(old: [RuleFile] = [], new: [RuleFile] = [], ignoring list: IgnoreList? = nil) {
    (self.old, self.new) = (old, new)
    ignored = (list?.remove(from: &self.old) ?? 0) + (list?.remove(from: &self.new) ?? 0)
  }

  /// The files under the paths that are named which differ from the commit's; all of the repository's where there is no
  /// path. Programs of rules, and files that options name, are of the version too; where they are not, that is told.
  init(since base: String, _ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    let git = try Git(of: arguments.positionals)
    let commit = try CommitFiles(base, git)
    if commit.changes.isEmpty { return }
    self.commit = commit
    let list = try IgnoreList(arguments)
    let own = Set(try git.changes(since: commit.hash).map(\.path))
    for change in commit.changes.values.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      if RuleFile.isRuleName(change.path), list.contains(path: Folder.path(git.root, change.path)) {
        if own.contains(change.path) { ignored += 1 }
        // No rule file, but perhaps a part of one.
        bears = true
        continue
      }
      guard RuleFile.isRuleName(change.path), own.contains(change.path) else {
        bears = true
        continue
      }
      if change.isInCommit {
        let text = try git.text(of: change.path, in: commit.hash)
        add(Source(name: commit.oldName(change.path), text: text), change, to: \.old)
      }
      let path = Folder.path(git.root, change.path)
      if change.isInTree, Files.exists(path) {
        add(Source(name: change.path, text: try Files.source(path).text), change, to: \.new)
      }
    }
    let changed = Set(commit.changes.keys)
    unchanged = try git.files().filter { RuleFile.isRuleName($0) && !changed.contains($0) }.map { path in
      RuleFile(path: Folder.path(git.root, path), relative: path, isNamed: false)
    }
    _ = list.remove(from: &unchanged)
    oldInput = try RuleInput(arguments, paths: []) { path throws(Diagnostic) in
      if let source = commit.named(path) { return source }
      if commit.isChanged(path) {
        terminal.remark("`\(path)` is not in \(base): the old version is read with it as it is now")
      }
      return try Files.source(path)
    }
    if let project = arguments.project?.source.name, commit.isChanged(project) {
      terminal.remark("`\(project)` changed since \(base): both versions are read with it as it is now")
    }
  }

  private mutating func add(
    _ source: Source, _ change: Git.Change, to side: WritableKeyPath<VersionSides, [RuleFile]>
  ) {
    let isRule = Compiler.isRule(source)
    if !isRule || Compiler.isProgram(source) { bears = true }
    if isRule {
      self[keyPath: side].append(
        RuleFile(path: change.path, relative: change.path, isNamed: false, content: .text(source)))
    }
  }

  /// The input for the files of a side that changed themselves, as the rest of the input has it.
  func changed(_ side: Side, _ input: RuleInput) -> RuleInput {
    self.input(side, input, side == .old ? old : new, besides: unchanged)
  }

  /// The rules of the files that did not change themselves which are other rules nevertheless: by a filter, by a rule
  /// that a correlation names, by a program, or by what options name. What is wrong with these files, the change does not
  /// touch.
  func concerned(_ input: RuleInput) -> (old: [RuleVersion], new: [RuleVersion]) {
    func concerns(_ file: RuleFile) -> Bool {
      (try? file.source()).map { input.compiler.concernsOthers($0) } ?? false
    }
    let unchanged = unchanged.map { $0.read() }
    guard !unchanged.isEmpty, bears || (old + new + unchanged).contains(where: concerns) else {
      return ([], [])
    }
    func versions(_ side: Side) -> [RuleVersion] {
      // As changed files are called, and in the words of their version.
      let files = unchanged.map { file in
        let name = side == .old ? commit?.oldName(file.relative) ?? file.relative : file.relative
        return file.called(name, at: file.relative)
      }
      let own = self.input(side, input, files, besides: side == .old ? old : new)
      return RuleRun(own, for: .inspection) { _ in }.compactMap { found in
        guard case .rule(let rule, _) = found else { return nil }
        return RuleVersion(file: rule.file.relative, document: rule.document)
      }
    }
    let pairs = RuleMatching.pairs(from: versions(.old), to: versions(.new)).filter {
      $0.old?.document.rule != $0.new?.document.rule
    }
    return (pairs.compactMap(\.old), pairs.compactMap(\.new))
  }

  private func input(
    _ side: Side, _ input: RuleInput, _ files: [RuleFile], besides others: [RuleFile]
  ) -> RuleInput {
    var input = side == .old ? oldInput ?? input : input
    input.files = files
    if !others.isEmpty { input.collection = files + others }
    if let commit { input.compiler.options.files = side == .old ? commit.old : commit.new }
    return input
  }
}
