import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension PipelineRun {
  /// How many texts one value with placeholders may become.
  static let expansionLimit = 200

  /// Puts the values of variables, or wildcards, in the place of placeholders whose name `handles` takes.
  mutating func replacePlaceholders(
    _ step: PipelineStep, asWildcards: Bool, _ handles: (String) -> Bool
  ) throws(Diagnostic) {
    try changeItems(step) { run, item throws(Diagnostic) in
      guard item.changed == nil, item.item.modifiers.contains(.expand) else { return .item(item) }
      let isRegex = item.item.modifiers.contains(.re)
      // A value without text has no parts and stays as it is.
      var values: [(scalar: SigmaScalar, parts: [SigmaPlaceholders.Part]?)] = []
      var isChanged = false
      for scalar in item.item.values {
        let parts = scalar.value.text.map { SigmaPlaceholders.parts($0, isRegex: isRegex) }
        guard let parts, PipelineRun.names(parts).contains(where: handles) else {
          values.append((scalar, parts))
          continue
        }
        try run.checkOrder(item, step)
        isChanged = true
        for parts in try run.expanded(parts, item, step, asWildcards, isRegex, handles) {
          values.append((scalar, parts))
        }
      }
      guard isChanged else { return .item(item) }
      let isOpen = values.contains { $0.parts.map { !PipelineRun.names($0).isEmpty } ?? false }
      var copy = item
      copy.item.values = values.map { scalar, parts in
        guard let parts else { return scalar }
        let text = SigmaPlaceholders.written(parts, isRegex: isRegex, isExpanded: isOpen)
        return SigmaScalar(.string(text), span: scalar.span)
      }
      copy.item.isList = values.count != 1
      if !isOpen { copy.item.modifiers.removeAll { $0 == .expand } }
      if let id = step.id { copy.applied.insert(id) }
      return .item(copy)
    }
  }

  private static func names(_ parts: [SigmaPlaceholders.Part]) -> [String] {
    parts.compactMap { if case .placeholder(let name) = $0 { name } else { nil } }
  }

  /// Modifiers that change a value before its placeholders are known cannot be applied afterwards.
  private func checkOrder(_ item: PipelineItem, _ step: PipelineStep) throws(Diagnostic) {
    let early: [SigmaModifier] = [.windash, .base64, .base64offset, .wide, .utf16le, .utf16be, .utf16]
    guard let modifier = item.item.modifiers.first(where: early.contains) else { return }
    throw .pipelineCannot(
      "`\(modifier.rawValue)` does not go with placeholders", step: step, at: item.item.span,
      help: ["put the values in the rule in their place"])
  }

  /// Every text that the parts stand for, the first placeholder varying slowest.
  private func expanded(
    _ parts: [SigmaPlaceholders.Part], _ item: PipelineItem, _ step: PipelineStep, _ asWildcards: Bool,
    _ isRegex: Bool, _ handles: (String) -> Bool
  ) throws(Diagnostic) -> [[SigmaPlaceholders.Part]] {
    var results: [[SigmaPlaceholders.Part]] = [[]]
    for part in parts {
      guard case .placeholder(let name) = part, handles(name) else {
        for index in results.indices { results[index].append(part) }
        continue
      }
      var choices: [[SigmaPlaceholders.Part]] = []
      if asWildcards {
        choices = [[isRegex ? .piece(.literal(".*")) : .piece(.anyRun)]]
      } else {
        guard let values = variables[ScalarText(name)] else {
          throw .pipelineCannot(
            "`vars` has no values for the placeholder `%\(name)%`", step: step, at: item.item.span,
            help: Suggestion.question(for: name, among: variables.keys.map(\.string).sorted()))
        }
        choices = values.map { value in
          isRegex ? [.piece(.literal(value))] : SigmaLiteral.pattern(value).pieces.map { .piece($0) }
        }
      }
      results = results.flatMap { result in choices.map { result + $0 } }
      if results.count > PipelineRun.expansionLimit {
        throw .pipelineCannot(
          "the placeholders stand for more than \(PipelineRun.expansionLimit) texts", step: step,
          at: item.item.span)
      }
    }
    return results
  }
}
