import Concord

/// `concord explain`: what a diagnostic's code means and what to do about it.
enum ExplainCommand {
  static let spec = CommandSpec(
    name: "explain", summary: "Say what a diagnostic's code means, or list all codes.",
    positional: "[CODE|NAME]", options: [],
    examples: [
      ("concord explain E401", "what the code means and what to do about it"),
      ("concord explain", "all codes, by the stage in which they arise"),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    if arguments.positionals.count > 1 {
      throw Diagnostic(.usage, "name one code", help: ["`concord explain CODE`"])
    }
    try terminal.print(try arguments.positionals.first.map(entry) ?? list())
    return .clean
  }

  private static func entry(_ text: String) throws(Diagnostic) -> String {
    guard let code = Diagnostic.Code(named: text) else {
      var unknown = Diagnostic.unknown("code", text, among: Diagnostic.Code.allCases.map(\.name), .usage)
      if unknown.help.isEmpty { unknown.help = ["`concord explain` lists them"] }
      throw unknown
    }
    return """
      \(code.severity.rawValue)[\(code.rawValue)]: \(code.name)

      \(code.meaning)
      help: \(code.help)

      """
  }

  private static func list() -> String {
    let width = Diagnostic.Code.allCases.map(\.name.count).max() ?? 0
    return Diagnostic.Code.Phase.allCases.map { phase in
      let codes = Diagnostic.Code.allCases.filter { $0.phase == phase }
      return "\(phase.title)\n"
        + codes.map { code in
          let padding = String(repeating: " ", count: width - code.name.count)
          return "  \(code.rawValue)  \(code.name)\(padding)  \(code.meaning)\n"
        }.joined()
    }.joined(separator: "\n")
  }
}
