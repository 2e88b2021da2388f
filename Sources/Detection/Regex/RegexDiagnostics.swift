import ConcordDiagnostics

/// What can be wrong with a regular expression.
///
/// `E120` structure, `E121` not portable, `E121` escapes, `E120` character classes, `E120` repeats, `E122` size.
enum RegexDiagnostics {
  static func unexpectedEnd(_ expected: String) -> RegexProblem {
    RegexProblem(.regexSyntax, "the expression ends where \(expected) was expected")
  }

  static func unexpected(_ found: String, help: String? = nil) -> RegexProblem {
    RegexProblem(.regexSyntax, "unexpected `\(found)` in an expression", help)
  }

  static func notPortable(_ what: String, help: String? = nil) -> RegexProblem {
    RegexProblem(.regexNotPortable, "\(what), which engines do not share", help)
  }

  static func badEscape(_ written: String, help: String? = nil) -> RegexProblem {
    RegexProblem(.regexNotPortable, "`\(written)` is not an escape that means the same everywhere", help)
  }

  static func badClass(_ problem: String, help: String? = nil) -> RegexProblem {
    RegexProblem(.regexSyntax, problem, help)
  }

  static func badRepeat(_ problem: String, help: String? = nil) -> RegexProblem {
    RegexProblem(.regexSyntax, problem, help)
  }

  static func tooDeep(_ limit: Int) -> RegexProblem {
    RegexProblem(.textTooDeep, "groups are nested deeper than \(limit) levels")
  }

  static func tooLarge(_ limit: Int) -> RegexProblem {
    RegexProblem(
      .regexTooLarge, "the expression is too large: its counted repeats unfold to more than \(limit) steps",
      "lower the counts")
  }
}

/// A diagnostic that does not know its place yet.
struct RegexProblem {
  let code: Diagnostic.Code
  let message: String
  let help: [String]

  init(_ code: Diagnostic.Code, _ message: String, _ help: String? = nil) {
    self.code = code
    self.message = message
    self.help = help.map { [$0] } ?? []
  }
}
