import ConcordDiagnostics

extension Diagnostic {
  static let swiftCompilerMissing = Diagnostic(
    .compilerMissing, "there is no `swiftc` on the search path, so Swift source cannot be run",
    help: ["install a Swift toolchain, 6.1 or newer, and put its `swiftc` on `PATH`"])

  static func swiftDoesNotCompile(_ messages: String) -> Diagnostic {
    let errors = messages.split(separator: "\n").filter { $0.contains("error:") }.prefix(3)
    return Diagnostic(.sourceNotCompiled, "the Swift source does not compile", help: errors.map(String.init))
  }

  static func swiftProgramFailed(_ what: String) -> Diagnostic {
    Diagnostic(.programFailed, "the compiled Swift program did not give a verdict on each event: \(what)")
  }

  static func swiftTypeMissing(in source: Source) -> Diagnostic {
    Diagnostic(
      .noRule, "expected a `public enum` with the rule, found none", in: source,
      help: ["the first line that begins with `public enum` names the rule's type"])
  }

  static func swiftToolFailed(_ error: any Error) -> Diagnostic {
    Diagnostic(.toolFailed, "cannot compile and run Swift source here: \(error)")
  }
}
