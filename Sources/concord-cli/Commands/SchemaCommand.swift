import Concord

/// `concord schema`: the table that a rule needs, for users whose logs have none yet.
enum SchemaCommand {
  static let spec = CommandSpec(
    name: "schema", summary: "Print the table that rules read, as --untyped assumes it.",
    positional: "FILE…",
    options: RuleInput.options,
    examples: [
      ("concord schema rule.yml > logs.sql", "the table of one rule"),
      ("concord schema rules/ --table logs", "one table for all rules of a folder"),
      (
        "concord compile rule.yml --to athena --schema logs.sql",
        "compile with the table once its types are corrected"
      ),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let input = try RuleInput(arguments, command: "schema")
    let run = RuleRun(input, for: .translation(allowed: [])) { $0.document.rule }
    var rules: [Rule] = []
    for found in run {
      switch found {
      case .rule(_, let rule): rules.append(rule)
      case .refused(let refusal): refusal.diagnostics.forEach(terminal.report)
      }
    }
    terminal.remark(run.skipped)
    if rules.isEmpty { return run.code }
    let statement: Query
    do throws(Diagnostic) {
      statement = try input.compiler.schema(for: rules)
    } catch {
      terminal.report(error)
      return run.code.and(.badRule)
    }
    statement.notes.forEach(terminal.report)
    try terminal.print(statement.text)
    return run.code
  }
}
