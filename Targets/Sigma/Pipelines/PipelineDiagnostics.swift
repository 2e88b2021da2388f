import ConcordDetection
import ConcordDiagnostics

// E304 to E342, N383: what is wrong with a processing pipeline, and rules that cannot go through one.

extension Diagnostic {
  private static func pipeline(
    _ code: Code, _ message: String, at span: Span?, _ help: String...
  ) -> Diagnostic {
    Diagnostic(code, message, labels: span.map { [Label($0)] } ?? [], help: help.filter { !$0.isEmpty })
  }

  // E304: the file's shape.

  static func pipelineNotADocument(at span: Span?) -> Diagnostic {
    pipeline(.wrongKind, "a processing pipeline is one map with a list of `transformations`", at: span)
  }

  static func pipelineExpected(_ what: String, of key: String, at span: Span?) -> Diagnostic {
    pipeline(.wrongKind, "`\(key)` must be \(what)", at: span)
  }

  static func pipelineMissing(_ key: String, of owner: String, at span: Span?) -> Diagnostic {
    pipeline(.missingKey, "\(owner) has no `\(key)`", at: span)
  }

  // E206: names.

  static func pipelineUnknown(
    _ what: String, _ name: String, among known: [String], at span: Span?
  ) -> Diagnostic {
    pipeline(
      .unknownWord, "unknown \(what) `\(name)`", at: span,
      Suggestion.nearest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "known: \(known.joined(separator: ", "))")
  }

  static func pipelineUnusedCondition(_ name: String, at span: Span?) -> Diagnostic {
    pipeline(.unusedCondition, "the expression does not use the condition `\(name)`", at: span)
  }

  // E330: what is not taken, by name.

  static func pipelineUnsupported(_ name: String, _ reason: String, at span: Span?) -> Diagnostic {
    pipeline(.unsupported, "`\(name)` is not supported", at: span, reason)
  }

  // E315: values of parameters.

  static func pipelineBadValue(_ message: String, at span: Span?, _ help: String = "") -> Diagnostic {
    pipeline(.badValue, message, at: span, help)
  }

  static func pipelineAmbiguous(_ text: String, at span: Span?) -> Diagnostic {
    pipeline(
      .badValue, "other tools take `\(text)` for something else", at: span,
      "put it in quotes, or write `true` or `false`")
  }

  static func pipelineRegex(_ reason: Diagnostic, at span: Span?) -> Diagnostic {
    Diagnostic(reason.code, reason.message, labels: span.map { [Label($0)] } ?? [], help: reason.help)
  }

  // E340: several pipelines together.

  static func pipelineBackends(_ pipeline: SigmaPipeline, among known: [String], at span: Span?) -> Diagnostic
  {
    Diagnostic(
      .pipelineLanguage,
      "the pipeline is for \(pipeline.allowedBackends.map { "`\($0)`" }.joined(separator: ", ")) alone",
      labels: span.map { [Label($0)] } ?? [],
      help: ["the languages that can be written are \(known.joined(separator: ", "))"])
  }

  static func pipelineNoSuchStep(_ id: String, among known: [String], at span: Span?) -> Diagnostic {
    pipeline(
      .unknownStep, "no transformation has the id `\(id)`", at: span,
      Suggestion.nearest(to: id, among: known).map { "did you mean `\($0)`?" } ?? "")
  }

  // E341: rules that cannot go through.

  static func pipelineRefuses(_ message: String, step: PipelineStep, at span: Span?) -> Diagnostic {
    let place = "\(step.source.name):\(step.span.start.line)"
    return pipeline(.pipelineRefuses, message, at: span, "the processing pipeline says so, \(place)")
  }

  static func pipelineCannot(
    _ message: String, step: PipelineStep, at span: Span?, _ help: String = ""
  ) -> Diagnostic {
    let place = "in the processing pipeline, \(step.source.name):\(step.span.start.line)"
    return Diagnostic(
      .pipelineRefuses, message, labels: span.map { [Label($0)] } ?? [],
      help: (help.isEmpty ? [] : [help]) + [place])
  }

  static func pipelineLeavesNothing(at span: Span?) -> Diagnostic {
    pipeline(.pipelineRefuses, "the processing pipeline drops everything that the rule asks", at: span)
  }

  // E342: strict fields.

  static func pipelineUnmapped(_ field: String, near: String?, at span: Span?) -> Diagnostic {
    pipeline(
      .unmappedField, "no processing pipeline maps the field `\(field)`", at: span,
      near.map { "did you mean `\($0)`?" } ?? "map it, to itself if need be, or leave out `--strict-fields`")
  }

  // N383: what a rule lost on its way.

  static func pipelineDropped(_ what: String, step: PipelineStep, at span: Span?) -> Diagnostic {
    Diagnostic(
      .pipelineDropped, "the processing pipeline drops \(what)",
      labels: span.map { [Label($0)] } ?? [],
      help: ["\(step.source.name):\(step.span.start.line)"])
  }

  static func pipelineNoCondition(_ source: SigmaLogSource, at span: Span?) -> Diagnostic {
    let parts = [("category", source.category), ("product", source.product), ("service", source.service)]
    let named = parts.compactMap { key, value in value.map { "\(key) `\($0)`" } }
    return Diagnostic(
      .pipelineIdle,
      "the processing pipelines add no condition for the log source \(named.joined(separator: ", "))",
      labels: span.map { [Label($0)] } ?? [],
      help: ["the rule is asked of every event; add one with `add_condition` in a pipeline of your own"])
  }

  static func pipelineForOthers(_ pipeline: SigmaPipeline, at span: Span?) -> Diagnostic {
    let names = pipeline.allowedBackends.joined(separator: ", ")
    return Diagnostic(
      .pipelineForOthers, "the pipeline `\(pipeline.name)` is meant for \(names) alone",
      in: pipeline.source,
      labels: span.map { [Label($0)] } ?? [])
  }
}
