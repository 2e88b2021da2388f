import Concord
import Foundation

/// `concord diff`: what a change of rules gains and loses.
struct DiffCommand {
  static let spec = CommandSpec(
    name: "diff",
    summary: "Compare two versions of rules, or a rule and a query: which events are lost, which gained.",
    positional: "OLD NEW",
    options: [
      OptionSpec(
        name: "base", value: "COMMIT",
        help: "compare the rule files of the working tree, or those under the given paths, with this commit's"
      ),
      OptionSpec(
        name: "fail-on", value: "CHANGE", choices: FailOn.allCases.map(\.rawValue),
        help: "end with exit code 1 on a loss, a gain, or any of both"),
      OptionSpec(
        name: "format", short: "f", value: "FORMAT", choices: DiffFormat.allCases.map(\.rawValue),
        help: "text (the default) or json"),
      OptionSpec(name: "verbose", short: "v", value: nil, help: "show rules that did not change too"),
    ] + RuleInput.options,
    examples: [
      ("concord diff old.yml new.yml", "what does the change gain and lose?"),
      ("concord diff rule.yml deployed.spl", "does the deployed search still say what the rule says?"),
      ("concord diff --base origin/main --fail-on loss rules/", "stop a pull request that loses events"),
      ("git difftool -x 'concord diff' -- rules/", "the same for each changed file, asking before each"),
      ("GIT_EXTERNAL_DIFF='concord diff' git diff -- rules/", "as git's own diff"),
    ],
    notes: [
      "OLD and NEW are files or folders, in any language that is read. Rules are matched by their ids; files with",
      "one rule each are compared whatever these are called. That nothing is lost or gained is proved for all events;",
      "a loss or a gain comes with an event on which the two differ. A field is taken to hold one value in that event",
      "unless `[]` or a fixture says otherwise; a difference that needs several values is shown as such.",
      "",
      "`--base` takes the commit as it is; of a branch that moved on: `--base $(git merge-base origin/main HEAD)`.",
      "Without `--fail-on`, differences end with exit code 0. A comparison without an answer ends with 4, but git's",
      "seven arguments with 0, since git stops at any other.",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    var command = try DiffCommand(arguments, terminal)
    return try command.run()
  }

  private let input: RuleInput
  private let arguments: ParsedArguments
  private let terminal: Terminal
  private var code = ExitCode.clean
  private var old: [RuleVersion] = []
  private var new: [RuleVersion] = []
  /// The languages of the files, by the names of their sources.
  private var languages: [String: String] = [:]

  private init(_ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    self.arguments = arguments
    self.terminal = terminal
    input = try RuleInput(arguments, paths: [])
  }

  private mutating func run() throws(Diagnostic) -> ExitCode {
    let paths = arguments.positionals
    let isCalledByGit = arguments["base"] == nil && (paths.count == 7 || paths.count == 9)
    if let base = arguments["base"] {
      try read(since: base, under: paths.isEmpty ? ["."] : paths)
    } else if isCalledByGit {
      // path old-file old-hex old-mode new-file new-hex new-mode [new-path what-else]
      try read(paths[1], paths[4], name: paths[0])
    } else if paths.count == 2 {
      old = try read(paths[0])
      new = try read(paths[1])
    } else {
      throw Diagnostic(
        .usage, "name two files or folders, or a commit with `--base`",
        help: ["`concord diff old.yml new.yml`", "see `concord diff --help`"])
    }
    let changes = compare()
    for change in changes { code = code.and(FailOn(arguments["fail-on"]).code(of: change)) }
    let format = arguments["format"].flatMap(DiffFormat.init) ?? .text
    try terminal.print(
      format.render(changes, showsEqual: arguments.has("verbose") || changes.count == 1))
    return isCalledByGit ? .clean : code
  }

  private func compare() -> [RuleChange] {
    let languages = languages
    return Parallel.map(RuleMatching.pairs(from: old, to: new)) { pair in
      let (old, new) = (pair.old?.document, pair.new?.document)
      let sides = [old, new].compactMap { $0.flatMap { languages[$0.source.name] } }
      return RuleChange(
        from: old, to: DiffCommand.aligned(new, with: old, sides), comparesDetails: Set(sides).count == 1)
    }
  }

  /// The new version with its names spelled as the old one's, where a language of the two ignores their letter case.
  private static func aligned(
    _ new: RuleDocument?, with old: RuleDocument?, _ languages: [String]
  ) -> RuleDocument? {
    let ignoring = Registry.languages.filter { $0 is any NameCaseIgnoringLanguage }.map(\.identifier)
    guard var new, let old, languages.contains(where: ignoring.contains) else { return new }
    new.rule.condition = new.rule.condition.spelled(as: old.rule.condition)
    return new
  }

  /// The rules of a file or folder; none of `/dev/null`, which git gives for a file that is not there.
  private mutating func read(_ path: String) throws(Diagnostic) -> [RuleVersion] {
    if path == "/dev/null" { return [] }
    var versions: [RuleVersion] = []
    for file in try Files.inputs([path]) {
      versions += take(try Files.source(file.path), place: file.isNamed ? "" : file.relative)
    }
    return versions
  }

  /// Both versions of a file that git asks about, where it is a rule file.
  private mutating func read(_ before: String, _ after: String, name: String) throws(Diagnostic) {
    func source(_ path: String) throws(Diagnostic) -> Source? {
      if path == "/dev/null" { return nil }
      guard let source = try? Files.source(path) else { return nil }
      return Source(name: name, text: source.text)
    }
    let (before, after) = (try source(before), try source(after))
    guard [before, after].contains(where: { $0.map(Compiler.isRule) ?? false }) else {
      terminal.remark("\(name): not a rule")
      return
    }
    if let before, Compiler.isRule(before) { old = take(before, place: "") }
    if let after, Compiler.isRule(after) { new = take(after, place: "") }
  }

  /// The rules of the files that differ from the commit's.
  private mutating func read(since base: String, under paths: [String]) throws(Diagnostic) {
    let git = try Git()
    let commit = try git.commit(base)
    for change in try git.changes(since: commit, under: paths) where Files.isRuleName(change.path) {
      if change.isInCommit {
        let source = Source(name: "\(base):\(change.path)", text: try git.text(of: change.path, in: commit))
        if Compiler.isRule(source) { old += take(source, place: change.path, isOld: true) }
      }
      let path = (git.root as NSString).appendingPathComponent(change.path)
      if change.isInTree, Files.exists(path) {
        let source = Source(name: change.path, text: try Files.source(path).text)
        if Compiler.isRule(source) { new += take(source, place: change.path) }
      }
    }
  }

  /// The rules of a text. What cannot be read is reported; an old version that cannot leaves the answer open.
  private mutating func take(_ source: Source, place: String, isOld: Bool = false) -> [RuleVersion] {
    switch input.load(source) {
    case .failure(let failure):
      terminal.report(failure.diagnostic)
      code = code.and(isOld ? .unknown : failure.code)
      return []
    case .success(let collection):
      languages[source.name] = arguments["from"] ?? (try? Compiler.language(of: source))
      for document in collection.refused {
        document.refusals.forEach(terminal.report)
        // A correlation, say, is right, but nothing can be said of its events.
        code = code.and(isOld || document.isCorrect ? .unknown : .badRule)
      }
      for warning in collection.documents.flatMap(\.warnings) where warning.severity != .note {
        terminal.report(warning)
      }
      return collection.documents.map { RuleVersion(file: place, document: $0) }
    }
  }
}

/// What `--fail-on` asks for.
enum FailOn: String, CaseIterable {
  case loss, gain, any

  /// `nil` where it is not given.
  fileprivate init?(_ name: String?) {
    guard let name else { return nil }
    self.init(rawValue: name)
  }
}

extension FailOn? {
  /// What the change means for the exit code.
  fileprivate func code(of change: RuleChange) -> ExitCode {
    var code = ExitCode.clean
    for effect in [change.loss, change.gain] { if case .unknown = effect { code = .unknown } }
    let fails =
      switch self {
      case nil: false
      case .loss?: change.loss.event != nil
      case .gain?: change.gain.event != nil
      case .any?: change.loss.event != nil || change.gain.event != nil
      }
    return fails ? code.and(.findings) : code
  }
}

/// How `diff` prints.
enum DiffFormat: String, CaseIterable {
  case text, json

  func render(_ changes: [RuleChange], showsEqual: Bool) -> String {
    switch self {
    case .text: DiffText(showsEqual: showsEqual).render(changes)
    case .json: DiffJSON.render(changes)
    }
  }
}
