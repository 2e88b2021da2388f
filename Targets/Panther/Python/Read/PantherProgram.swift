import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// The program of a rule file: the Python that its `Filename` names.
struct PantherProgram: Sendable {
  /// When the rule matches.
  let condition: Condition
  /// The file that it was read from.
  let source: Source
  /// What is assumed, and what cannot be meant.
  let warnings: [Diagnostic]

  /// The program of a rule file with these events. Throws where it is not there, and what is not read of it.
  static func read(
    _ file: String, at span: Span, of rule: Source, logTypes: [String], events: [Event], files: SourceFiles
  ) throws(Diagnostic) -> PantherProgram {
    let result = DeepStack.run { () -> Result<PantherProgram, Diagnostic> in
      do throws(Diagnostic) {
        return .success(
          try PantherProgram(file, at: span, of: rule, logTypes: logTypes, events: events, files: files))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private init(
    _ file: String, at span: Span, of rule: Source, logTypes: [String], events: [Event], files: SourceFiles
  ) throws(Diagnostic) {
    guard let source = files.read(PythonModules.folder(of: rule.name) + file) else {
      throw .programNotFound(file, span, in: rule)
    }
    let module = PythonModule(source)
    let modules = PythonModules(files: files, beside: source)
    let kinds = PythonKinds(events: events)
    let read = try PythonRule.ofLogs(logTypes, kinds, span, in: rule) { (logType) throws(Diagnostic) in
      var evaluator = PythonEvaluator(kinds: kinds, modules: modules, source: source)
      evaluator.logType = logType
      let scope: PythonScope
      if let known = modules.scopes[source.name] {
        scope = known
      } else {
        scope = try evaluator.load(module, name: source.stem)
      }
      guard let rule = scope.names["rule"]?.value else {
        if let failure = module.failures.first { throw failure }
        throw .noRuleFunction(in: source)
      }
      guard case .function(let function, let own, _)? = rule.single else {
        if case .opaque(let why)? = rule.single { throw why }
        throw .noRuleFunction(in: source)
      }
      return try PythonRule(function, own, evaluator: &evaluator)
    }
    (condition, self.source, warnings) = (read.condition, source, read.notes + module.metadataNotes)
  }
}

extension PythonModule {
  /// What the module computes for alerts, which is not read.
  fileprivate var metadataNotes: [Diagnostic] {
    let names = body.compactMap { (statement) -> (String, Span)? in
      guard case .function(let function) = statement.kind, PythonModule.metadata.contains(function.name)
      else { return nil }
      return (function.name, function.span)
    }
    guard let first = names.first else { return [] }
    return [.metadataNotRead(names.map(\.0), first.1, in: source)]
  }

  /// The functions whose values change what a match is worth, rather than whether there is one.
  static let metadata: Set<String> = ["severity", "destinations"]
}

extension Diagnostic {
  static func noRuleFunction(in source: Source) -> Diagnostic {
    Diagnostic(
      .noRule, "the file has no function `rule`", in: source, at: Span(at: .start),
      help: ["a rule's program has `def rule(event):`"])
  }

  static func noRuleClass(in source: Source) -> Diagnostic {
    Diagnostic(
      .noRule, "the file holds no rule", in: source, at: Span(at: .start),
      help: [
        "a rule is a class with `Rule` among its bases, or the program of a rule file whose `Filename` names it"
      ])
  }
}
