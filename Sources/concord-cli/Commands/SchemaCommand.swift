import Concord

/// `concord schema`: the table that a rule needs, for users whose logs have none yet.
struct SchemaCommand {
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
    var rules: [Rule] = []
    var code = ExitCode.clean
    for file in input.inputs {
      switch input.load(file) {
      case .failure(let failure):
        terminal.report(failure.diagnostic)
        code = code.and(failure.code)
      case .success(let collection):
        rules += collection.documents.map(\.rule)
        for document in collection.refused {
          document.refusals.forEach(terminal.report)
          code = code.and(.badRule)
        }
      }
    }
    if rules.isEmpty { return code }
    let statement: Query
    do throws(Diagnostic) {
      statement = try input.compiler.schema(for: rules, in: "athena")
    } catch {
      terminal.report(error)
      return code.and(.badRule)
    }
    statement.notes.forEach(terminal.report)
    try terminal.print(statement.text)
    return code
  }
}
