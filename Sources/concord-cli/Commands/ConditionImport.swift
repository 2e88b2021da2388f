import Concord

/// `concord import` of a folder: the condition that each rule's program amounts to, stated in a copy of its rule file.
enum ConditionImport {
  /// What a folder of rules can become.
  static let forms = Registry.readers.filter { $0.programs != nil }.map { "\($0.identifier)-conditions" }

  /// Writes the rule files, and says of the rules that are not read why, and how many there are of each reason.
  static func run(_ path: String, out: String?, _ terminal: Terminal) throws(Diagnostic) -> ExitCode {
    guard let out else {
      throw Diagnostic(
        .usage, "say where the rule files are to be written",
        help: ["`--out DIR`; with the folder itself, each rule file gets its condition"])
    }
    var options = LanguageOptions()
    options.files = .onDisk
    let input = try RuleInput(paths: [path], options: options)
    let compiler = input.compiler
    let run = RuleRun(input, for: .inspection) { (rule) -> Result<String, Diagnostic>? in
      // A rule that states its condition stays as it is.
      guard isProgram(rule) else { return nil }
      return Result { () throws(Diagnostic) in try compiler.stating(rule.document) }
    }
    var (written, stated, code) = (0, 0, ExitCode.clean)
    var reasons: [String: Int] = [:]
    func refuse(_ diagnostic: Diagnostic) {
      terminal.report(diagnostic)
      if diagnostic.severity == .error { reasons[diagnostic.code.rawValue, default: 0] += 1 }
    }
    for found in run {
      switch found {
      case .rule(_, nil): stated += 1
      case .rule(let rule, .success(let text)?):
        let isRuleFile = rule.document.conditionSource.name != rule.document.source.name
        let name = isRuleFile ? rule.file.relative : Folder.withoutEnding(rule.file.relative) + ".yml"
        try Files.write(text, to: Folder.path(out, name))
        // What was taken for granted in reading the program, its condition does not tell.
        rule.document.warnings.forEach(terminal.report)
        written += 1
      case .rule(let rule, .failure(let why)?):
        refuse(why.located(in: rule.document))
        code = code.and(.badRule)
      case .refused(let refusal): refusal.diagnostics.forEach(refuse)
      }
    }
    let refused = reasons.values.reduce(0, +)
    let told = reasons.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    terminal.remark(
      "\(counted(written, "condition")) written, \(stated) stated already, \(refused) refused"
        + (told.isEmpty ? "" : ": \(told)"))
    return code.and(run.code)
  }

  /// Whether the rule's condition is what a program amounts to.
  private static func isProgram(_ rule: FoundRule) -> Bool {
    let document = rule.document
    if document.conditionSource.name != document.source.name { return true }
    return document.source.endsIn(document.language?.programs?.endings ?? [])
  }
}
