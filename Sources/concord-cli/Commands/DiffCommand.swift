import Concord
import Foundation

/// `concord diff`: what a change of rules gains and loses.
struct DiffCommand {
  static let spec = CommandSpec(
    name: "diff",
    summary: "Compare two versions of rules, or a rule and a query: which events are lost, which gained.",
    positional: "OLD NEW",
    options: OptionKey.specs(
      .base, .diffFailOn, .format, .verbose, .schedule, .setting, .baseline, .writeBaseline)
      + RuleInput.options,
    examples: [
      ("concord diff old.yml new.yml", "what does the change gain and lose?"),
      ("concord diff rule.yml deployed.spl", "does the deployed search still say what the rule says?"),
      (
        "concord diff rules/ deployed/ --since -20m --schedule '*/15 * * * *'",
        "is what is deployed what these rules and settings make?"
      ),
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
  private let base: String?
  private var code = ExitCode.clean
  private var printer: ReportPrinter

  private init(_ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    self.arguments = arguments
    self.terminal = terminal
    base = arguments[.base]
    input = try RuleInput(arguments, paths: [])
    printer = try ReportPrinter("diff", arguments, layout: .spaced, terminal)
  }

  private mutating func run() throws(Diagnostic) -> ExitCode {
    let paths = arguments.positionals
    let isCalledByGit = base == nil && (paths.count == 7 || paths.count == 9)
    let sides: VersionSides
    if let base {
      sides = try VersionSides(since: base, arguments, terminal)
    } else if isCalledByGit {
      // path old-file old-hex old-mode new-file new-hex new-mode [new-path what-else]
      sides = sidesByGit(paths[1], paths[4], name: paths[0])
    } else if paths.count == 2 {
      sides = VersionSides(
        old: try DiffCommand.files(paths[0]), new: try DiffCommand.files(paths[1]),
        ignoring: try IgnoreList(arguments))
    } else {
      throw Diagnostic(
        .usage, "name two files or folders, or a commit with `--base`",
        help: ["`concord diff old.yml new.yml`", "see `concord diff --help`"])
    }
    let old = try versions(.old, of: sides)
    let new = try versions(.new, of: sides)
    let others = sides.concerned(input)
    let deployment = try DeployOptions(arguments)
    try report(
      DiffCommand.changes(
        from: old.named(by: new) + others.old, to: new.named(by: old) + others.new, input.compiler, deployment
      ))
    if sides.ignored > 0 { terminal.remark("skipped: \(counted(sides.ignored, "ignored file"))") }
    return isCalledByGit ? .clean : code
  }

  private mutating func report(_ changes: [RuleChange]) throws(Diagnostic) {
    let failing = arguments[.diffFailOn]
    let showsEqual = arguments[.verbose] || changes.count == 1
    for change in changes {
      let entry = DiffEntry(change, failing: failing, showsEqual: showsEqual, base: base)
      code = code.and(try printer.add(entry.entry).code)
    }
    let counts = RuleChange.Kind.allCases.compactMap { kind -> (name: String, count: Int)? in
      let count = changes.count { $0.kind == kind }
      return count == 0 ? nil : (kind.rawValue, count)
    }
    let told = counts.isEmpty ? "" : ": " + counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    let closing: TextLine =
      changes.isEmpty
      ? "no rule changed\(base.map { " since \($0)" } ?? "")" : "\(counted(changes.count, "rule"))\(told)"
    code = code.and(
      try printer.end(changes.count == 1 ? [] : [closing], counts: [("rules", changes.count)] + counts))
  }

  /// The rules of the files that changed. What cannot be read is reported; an old version that cannot leaves the answer
  /// open.
  private mutating func versions(
    _ side: VersionSides.Side, of sides: VersionSides
  ) throws(Diagnostic) -> [RuleVersion] {
    let run = RuleRun(sides.changed(side, input), for: .comparison(isOld: side == .old)) { _ in }
    var versions: [RuleVersion] = []
    for found in run {
      switch found {
      case .refused(let refusal): code = code.and(try printer.add(Report.Entry(refusal)).code)
      case .rule(let rule, _):
        for warning in rule.document.warnings where warning.severity != .note { terminal.report(warning) }
        let place = rule.file.isNamed ? "" : rule.file.relative
        versions.append(RuleVersion(file: place, document: rule.document))
      }
    }
    return versions
  }

  private static func changes(
    from old: [RuleVersion], to new: [RuleVersion], _ compiler: Compiler, _ deployment: DeployOptions
  ) -> [RuleChange] {
    Parallel.map(RuleMatching.pairs(from: old, to: new)) { pair in
      let (old, new) = (pair.old?.document, pair.new?.document)
      let languages = [old, new].compactMap { $0?.language?.identifier }
      return RuleChange(
        from: old, to: aligned(new, with: old), comparesDetails: Set(languages).count == 1,
        settings: compiler.drift(from: old, to: new, deployment))
    }
  }

  /// The new version with its names spelled as the old one's, where a language of the two ignores their letter case.
  private static func aligned(_ new: RuleDocument?, with old: RuleDocument?) -> RuleDocument? {
    guard var new, let old else { return new }
    let traits = [new, old].compactMap { $0.language?.traits }
    guard traits.contains(where: { $0.contains(.ignoresNameCase) }) else { return new }
    new.rule.spell(as: old.rule)
    return new
  }

  /// A file, or those of a folder; none for `/dev/null`, which git gives for a file that is not there.
  private static func files(_ path: String) throws(Diagnostic) -> [RuleFile] {
    path == "/dev/null" ? [] : try RuleFile.files([path])
  }

  /// Both versions of a file that git asks about, where it is a rule file.
  private func sidesByGit(_ before: String, _ after: String, name: String) -> VersionSides {
    func files(_ path: String) -> [RuleFile] {
      guard path != "/dev/null", let text = try? Files.source(path).text else { return [] }
      let source = Source(name: name, text: text)
      guard Compiler.isRule(source) else { return [] }
      return [RuleFile(path: name, relative: "", isNamed: true, content: .text(source))]
    }
    let (old, new) = (files(before), files(after))
    if old.isEmpty, new.isEmpty { terminal.remark("\(name): not a rule") }
    return VersionSides(old: old, new: new)
  }
}

extension [RuleVersion] {
  /// The same, where deployed queries that name no rule of the other side take the id of the rule of their title.
  fileprivate func named(by others: [RuleVersion]) -> [RuleVersion] {
    guard contains(where: { $0.document.deployed != nil }) else { return self }
    let ids = Set(others.map { ScalarText($0.document.rule.id) })
    let titles = Dictionary(others.map { (ScalarText($0.document.rule.title), $0.document.rule.id) }) {
      first, _ in
      first
    }
    return map { version in
      var document = version.document
      guard let deployed = document.deployed, !ids.contains(ScalarText(document.rule.id)),
        let id = titles[ScalarText(deployed.name)]
      else { return version }
      document.rule.id = id
      return RuleVersion(file: version.file, document: document)
    }
  }
}

extension OptionKey where Value == FailOn? {
  fileprivate static var diffFailOn: Self {
    .choice("fail-on", "CHANGE", help: "end with exit code 1 on a loss, a gain, or any of both")
  }
}

extension OptionKey where Value == String? {
  fileprivate static var base: Self {
    .text(
      "base", OptionSpec.Value("COMMIT"),
      help: "compare the rule files of the working tree, or those under the given paths, with this commit's")
  }
}

extension OptionKey where Value == Bool {
  fileprivate static var verbose: Self {
    .flag("verbose", short: "v", help: "show rules that did not change too")
  }
}
