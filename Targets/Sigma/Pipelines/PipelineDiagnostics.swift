import ConcordDetection
import ConcordDiagnostics

// What is wrong with a processing pipeline, and rules that cannot go through one.

extension Diagnostic {
  // The file's shape.

  static func pipelineNotADocument(at span: Span?) -> Diagnostic {
    Diagnostic(.wrongKind, "a processing pipeline is one map with a list of `transformations`", at: span)
  }

  static func pipelineExpected(_ what: String, of key: String, at span: Span?) -> Diagnostic {
    Diagnostic(.wrongKind, "`\(key)` must be \(what)", at: span)
  }

  static func pipelineMissing(_ key: String, of owner: String, at span: Span?) -> Diagnostic {
    Diagnostic(.missingKey, "\(owner) has no `\(key)`", at: span)
  }

  // Names.

  static func pipelineUnusedCondition(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(.unusedCondition, "the expression does not use the condition `\(name)`", at: span)
  }

  // What is not taken, by name.

  static func pipelineUnsupported(_ name: String, _ reason: String, at span: Span?) -> Diagnostic {
    Diagnostic(.unsupported, "`\(name)` is not supported", at: span, help: [reason])
  }

  // Values of parameters.

  static func pipelineBadValue(_ message: String, at span: Span?, _ help: String...) -> Diagnostic {
    Diagnostic(.badValue, message, at: span, help: help)
  }

  static func pipelineAmbiguous(_ text: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .badValue, "other tools take `\(text)` for something else", at: span,
      help: ["put it in quotes, or write `true` or `false`"])
  }

  static func pipelineRegex(_ reason: Diagnostic, at span: Span?) -> Diagnostic {
    Diagnostic(reason.code, reason.message, at: span, help: reason.help)
  }

  // Several pipelines together.

  static func pipelineBackends(_ pipeline: SigmaPipeline, among known: [String], at span: Span?) -> Diagnostic
  {
    Diagnostic(
      .pipelineLanguage,
      "the pipeline is for \(pipeline.allowedBackends.map { "`\($0)`" }.joined(separator: ", ")) alone",
      at: span,
      help: ["the languages that can be written are \(known.joined(separator: ", "))"])
  }

  static func pipelineNoSuchStep(_ id: String, among known: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownStep, "no transformation has the id `\(id)`", at: span,
      help: Suggestion.question(for: id, among: known))
  }

  // Rules that cannot go through.

  static func pipelineRefuses(_ message: String, step: PipelineStep, at span: Span?) -> Diagnostic {
    let place = "\(step.source.name):\(step.span.start.line)"
    return Diagnostic(
      .pipelineRefuses, message, at: span, help: ["the processing pipeline says so, \(place)"])
  }

  static func pipelineCannot(
    _ message: String, step: PipelineStep, at span: Span?, help: [String] = []
  ) -> Diagnostic {
    let place = "in the processing pipeline, \(step.source.name):\(step.span.start.line)"
    return Diagnostic(
      .pipelineRefuses, message, at: span,
      help: help + [place])
  }

  static func pipelineLeavesNothing(at span: Span?) -> Diagnostic {
    Diagnostic(.pipelineRefuses, "the processing pipeline drops everything that the rule asks", at: span)
  }

  // Names.

  /// `names`: what the field is called, which no pipeline says where each stands.
  static func pipelineNameWithoutPlace(
    _ field: String, _ names: [String], step: PipelineStep, at span: Span?
  ) -> Diagnostic {
    let known = names.map { "`\($0)`" }.joined(separator: " or ")
    return Diagnostic(
      .nameWithoutPlace,
      "which name? `\(field)` is \(known), and an event has one of them: none of the others is there, "
        + "and this would hold of it",
      at: span,
      help: [
        "give each a log source in the pipeline: `vars: {'place:\(names.first ?? field)': windows/security}`",
        "in the processing pipeline, \(step.source.name):\(step.span.start.line)",
      ])
  }

  static func pipelinePlaceWithoutCondition(
    _ place: String, _ name: String, step: PipelineStep, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .nameWithoutPlace,
      "the name `\(name)` stands in events of `\(place)`, and the pipeline does not say which these are",
      at: span,
      help: [
        "add a condition for that log source with `add_condition`",
        "in the processing pipeline, \(step.source.name):\(step.span.start.line)",
      ])
  }

  // Strict fields.

  static func pipelineUnmapped(_ field: String, among known: [String], at span: Span?) -> Diagnostic {
    let question = Suggestion.question(for: field, among: known)
    return Diagnostic(
      .unmappedField, "no processing pipeline maps the field `\(field)`", at: span,
      help: question.isEmpty ? ["map it, to itself if need be, or leave out `--strict-fields`"] : question)
  }

  // What a rule lost on its way.

  static func pipelineDropped(_ what: String, step: PipelineStep, at span: Span?) -> Diagnostic {
    Diagnostic(
      .pipelineDropped, "the processing pipeline drops \(what)",
      at: span,
      help: ["\(step.source.name):\(step.span.start.line)"])
  }

  static func pipelineNoCondition(_ source: SigmaLogSource, at span: Span?) -> Diagnostic {
    let parts = [("category", source.category), ("product", source.product), ("service", source.service)]
    let named = parts.compactMap { key, value in value.map { "\(key) `\($0)`" } }
    return Diagnostic(
      .pipelineIdle,
      "the processing pipelines add no condition for the log source \(named.joined(separator: ", "))",
      at: span,
      help: ["the rule is asked of every event; add one with `add_condition` in a pipeline of your own"])
  }

  static func pipelineForOthers(_ pipeline: SigmaPipeline, at span: Span?) -> Diagnostic {
    let names = pipeline.allowedBackends.joined(separator: ", ")
    return Diagnostic(
      .pipelineForOthers, "the pipeline `\(pipeline.name)` is meant for \(names) alone",
      in: pipeline.source,
      at: span)
  }
}
