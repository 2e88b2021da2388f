import Concord

/// `concord compile --pack`: rules in, as few statements out as hold them.
struct PackCommand {
  private let input: RuleInput
  private let languages: [Language]
  private let folder: PackFolder?
  private let allowed: Set<String>
  private let skips: RunSkips
  private let terminal: Terminal
  private var code = ExitCode.clean
  private var rules: [FoundRule] = []
  private var listed: [PackFolder.ListedRule] = []
  /// What was written, by language.
  private var counts: [String: Count] = [:]

  /// What became of the rules in one language.
  private struct Count {
    var statements = 0
    var packed = 0
    var alone = 0
    var refused = 0
    var bytes = 0
  }

  init(_ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    for (isGiven, flag) in [
      (arguments[.selfTest], "--self-test"), (arguments[.approximate] != nil, "--approximate"),
    ]
    where isGiven {
      throw Diagnostic(.usage, "give either `--pack` or `\(flag)`, not both")
    }
    languages = try PackCommand.languages(named: arguments[.to])
    input = try RuleInput(arguments, command: "compile")
    folder = try arguments[.out].map { (path) throws(Diagnostic) in try PackFolder(path) }
    allowed = Set(arguments[.allow] + arguments[.allow].compactMap { Diagnostic.Code(named: $0)?.rawValue })
    skips = RunSkips(disabled: !arguments[.includeDisabled])
    self.terminal = terminal
  }

  /// The languages that are named and have statements for several rules; all that have, where none is named.
  private static func languages(named names: [String]) throws(Diagnostic) -> [Language] {
    let known = Registry.writers.filter { $0.packs != nil }
    let identifiers = known.map(\.identifier)
    for name in names where name != "all" && !identifiers.contains(name) {
      throw Diagnostic(
        .unknownLanguage, "`\(name)` has no statements for several rules",
        help: ["`--pack` is for \(identifiers.map { "`\($0)`" }.joined(separator: ", "))"])
    }
    return known.filter { names.isEmpty || names.contains("all") || names.contains($0.identifier) }
  }

  mutating func run() throws(Diagnostic) -> ExitCode {
    let run = RuleRun(input, for: .translation(allowed: allowed), skips: skips) { $0.document.rule.digest }
    for found in run {
      switch found {
      case .rule(let rule, let digest):
        rule.document.warnings.forEach(terminal.report)
        rules.append(rule)
        listed.append(PackFolder.ListedRule(rule, digest: digest))
      case .refused(let refusal): refusal.diagnostics.forEach(terminal.report)
      }
    }
    for language in languages { try write(language) }
    if let removed = try folder?.end(languages: languages.map(\.identifier)) {
      for file in removed { terminal.remark("removed \(file.visible()): this run did not write it") }
    }
    for language in languages { terminal.remark(summary(of: language)) }
    terminal.remark(run.skipped)
    return code.and(run.code)
  }

  /// Writes the statements in one language, and a query for each rule that stands in none.
  private mutating func write(_ language: Language) throws(Diagnostic) {
    let all = rules.map(\.document.rule)
    let packs = try input.compiler.packs(of: all, in: language) { Parallel.map($0, $1) }
    for (place, note) in packs.notes.sorted(by: { $0.key < $1.key }) {
      terminal.report(note.located(in: rules[place].document))
    }
    var count = Count()
    var notes: Set<String> = []
    for (number, statement) in packs.statements.enumerated() {
      for note in statement.query.notes where notes.insert(note.message).inserted { terminal.report(note) }
      count.statements += 1
      count.packed += statement.members.count
      count.bytes += statement.query.text.utf8.count
      if let folder {
        let members = statement.members.map { (listed[$0.place], $0.label, $0.assumption) }
        try folder.write(
          statement.query.text, as: "\(language.identifier)-\(number + 1).\(language.fileEnding)", language,
          members)
      } else {
        try show(statement.query.text, "\(counted(statement.members.count, "rule")): \(language.name)")
      }
    }
    for (place, reason) in packs.alone.sorted(by: { $0.key < $1.key }) {
      try writeAlone(place, reason, language, &count)
    }
    counts[language.identifier] = count
  }

  /// Writes the query of a rule that stands in no statement.
  private mutating func writeAlone(
    _ place: Int, _ reason: Diagnostic, _ language: Language, _ count: inout Count
  ) throws(Diagnostic) {
    let rule = rules[place]
    let query: Query
    do throws(Diagnostic) {
      query = try input.compiler.write(rule.document.rule, in: language)
    } catch {
      var refusal = error.located(in: rule.document)
      count.refused += 1
      if allowed.contains(error.code.rawValue) || allowed.contains(rule.document.rule.id) {
        refusal.severity = .note
      } else {
        code = code.and(.badRule)
      }
      return terminal.report(refusal)
    }
    count.alone += 1
    terminal.report(reason.located(in: rule.document))
    guard let folder else {
      return try show(query.text, "\(flat(rule.document.rule.title)): \(language.name)")
    }
    let stem = Folder.withoutEnding(rule.file.relative) + (rule.number.map { "-\($0)" } ?? "")
    try folder.writeAlone(
      query.text, as: "alone/\(stem).\(language.identifier).\(language.fileEnding)", language, listed[place],
      reason.message)
  }

  private func show(_ text: String, _ title: String) throws(Diagnostic) {
    try terminal.print(["==> \(title) <=="])
    try terminal.print(text)
  }

  private func summary(of language: Language) -> String {
    let count = counts[language.identifier] ?? Count()
    return
      "\(language.name): \(counted(count.packed, "rule")) in \(counted(count.statements, "statement")), each proved; "
      + "\(count.alone) alone, \(count.refused) refused"
  }
}
