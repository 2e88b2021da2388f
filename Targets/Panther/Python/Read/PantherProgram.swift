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
  /// What is assumed, what cannot be meant, and what is left out.
  let warnings: [Diagnostic]
  /// The fields that a match shows.
  let outputFields: [OutputField]
  /// What it makes for alerts.
  let metadata: PythonMetadata
  /// The logs for whose events it is not read.
  let leftOut: [PythonLogLeftOut]

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
    try self.init(
      PythonModule(source), named: (span, rule), logTypes: logTypes, events: events, files: files)
  }

  /// The program of a file, with these events to show what kinds its fields have; `named` is where a rule file names it.
  init(
    _ module: PythonModule, named: (span: Span, rule: Source)? = nil, logTypes: [String] = [],
    events: [Event],
    files: SourceFiles?
  ) throws(Diagnostic) {
    let source = module.source
    let (span, rule) = named ?? (Span(at: .start), source)
    let modules = PythonModules(files: files, beside: source)
    let kinds = PythonKinds(events: events)
    let read = try PythonRule.ofLogs(logTypes, kinds, span, in: rule) {
      (logType, tellsArrays) throws(Diagnostic) in
      var evaluator = PythonEvaluator(kinds: kinds, modules: modules, source: source)
      evaluator.tellsArrays = tellsArrays
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
    metadata = PythonMetadata { name throws(Diagnostic) in
      guard case .function(let function, let own, _)? = modules.scopes[source.name]?.names[name]?.value.single
      else { return nil }
      return PythonMetadata.Function(function: function, scope: own)
    } evaluator: {
      var evaluator = PythonEvaluator(kinds: kinds, modules: modules, source: source)
      evaluator.tellsArrays = true
      evaluator.logType = logTypes.first { logType in !read.leftOut.contains { $0.logType == logType } }
      return evaluator
    }
    (condition, self.source, warnings) = (read.condition, source, read.notes + metadata.notes)
    (outputFields, leftOut) = (metadata.outputFields, read.leftOut)
  }
}

extension PantherProgram {
  /// The rule that the program is by itself: its name is what the comment says that Concord writes, else the file's.
  var document: RuleDocument {
    let (id, title) = PantherProgram.header(source) ?? (source.stem, source.stem)
    var rule = Rule(id: id, title: title, condition: condition)
    rule.outputFields = outputFields
    metadata.put(into: &rule)
    return RuleDocument(rule: rule, source: source, warnings: warnings)
  }

  private static func header(_ source: Source) -> (id: String, title: String)? {
    let lines = source.text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count > 2, lines[0].hasPrefix("# "), lines[1].hasPrefix("# Concord ") else { return nil }
    let words = lines[0].dropFirst(2).split(separator: " ", maxSplits: 1)
    guard let first = words.first, first.last == ":", words.count == 2 else { return nil }
    return (String(first.dropLast()), String(words[1]))
  }
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
