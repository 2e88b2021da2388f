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
      var values: [SigmaScalar] = []
      var isChanged = false
      for scalar in item.item.values {
        guard let text = scalar.value.text else {
          values.append(scalar)
          continue
        }
        let isRegex = item.item.modifiers.contains(.re)
        let parts = PlaceholderText.parts(text, isRegex: isRegex)
        let names = parts.compactMap { if case .placeholder(let name) = $0 { name } else { nil } }
        guard names.contains(where: handles) else {
          values.append(scalar)
          continue
        }
        try run.checkOrder(item, step)
        isChanged = true
        for parts in try run.expanded(parts, item, step, asWildcards, isRegex, handles) {
          values.append(
            SigmaScalar(.string(PlaceholderText.written(parts, isRegex: isRegex)), span: scalar.span))
        }
      }
      guard isChanged else { return .item(item) }
      var copy = item
      copy.item.values = values
      copy.item.isList = values.count != 1
      let isOpen = values.contains { value in
        PlaceholderText.parts(value.value.text ?? "", isRegex: item.item.modifiers.contains(.re)).contains {
          if case .placeholder = $0 { true } else { false }
        }
      }
      if !isOpen { copy.item.modifiers.removeAll { $0 == .expand } }
      if let id = step.id { copy.applied.insert(id) }
      return .item(copy)
    }
  }

  /// Modifiers that change a value before its placeholders are known cannot be applied afterwards.
  private func checkOrder(_ item: PipelineItem, _ step: PipelineStep) throws(Diagnostic) {
    let early: [SigmaModifier] = [.windash, .base64, .base64offset, .wide, .utf16le, .utf16be, .utf16]
    guard let modifier = item.item.modifiers.first(where: early.contains) else { return }
    throw .pipelineCannot(
      "`\(modifier.rawValue)` does not go with placeholders", step: step, at: item.item.span,
      "put the values in the rule in their place")
  }

  /// Every text that the parts stand for, the first placeholder varying slowest.
  private func expanded(
    _ parts: [PlaceholderText.Part], _ item: PipelineItem, _ step: PipelineStep, _ asWildcards: Bool,
    _ isRegex: Bool, _ handles: (String) -> Bool
  ) throws(Diagnostic) -> [[PlaceholderText.Part]] {
    var results: [[PlaceholderText.Part]] = [[]]
    for part in parts {
      guard case .placeholder(let name) = part, handles(name) else {
        for index in results.indices { results[index].append(part) }
        continue
      }
      var choices: [[PlaceholderText.Part]] = []
      if asWildcards {
        choices = [[isRegex ? .piece(.literal(".*")) : .piece(.anyRun)]]
      } else {
        guard let values = variables[ScalarText(name)] else {
          let near = Suggestion.nearest(to: name, among: variables.keys.map(\.string).sorted())
          throw .pipelineCannot(
            "`vars` has no values for the placeholder `%\(name)%`", step: step, at: item.item.span,
            near.map { "did you mean `\($0)`?" } ?? "")
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

/// Texts with placeholders, `%name%`.
enum PlaceholderText {
  enum Part {
    case piece(Pattern.Piece)
    case placeholder(String)
  }

  /// The parts of a written value. A name is not empty and has no backslash.
  static func parts(_ written: String, isRegex: Bool) -> [Part] {
    let pieces = isRegex ? [.literal(written)] : SigmaLiteral.pattern(written).pieces
    var parts: [Part] = []
    for piece in pieces {
      guard case .literal(let text) = piece else {
        parts.append(.piece(piece))
        continue
      }
      let scalars = Array(text.unicodeScalars)
      var plain = String.UnicodeScalarView()
      var at = 0
      while at < scalars.count {
        if scalars[at] == "%", let end = scalars[(at + 1)...].firstIndex(of: "%"), end > at + 1,
          !scalars[(at + 1)..<end].contains("\\")
        {
          if !plain.isEmpty { parts.append(.piece(.literal(String(plain)))) }
          plain = String.UnicodeScalarView()
          parts.append(.placeholder(String(String.UnicodeScalarView(scalars[(at + 1)..<end]))))
          at = end + 1
        } else {
          plain.append(scalars[at])
          at += 1
        }
      }
      if !plain.isEmpty { parts.append(.piece(.literal(String(plain)))) }
    }
    return parts
  }

  /// The written value of the parts.
  static func written(_ parts: [Part], isRegex: Bool) -> String {
    let pieces = parts.map { part -> Pattern.Piece in
      switch part {
      case .piece(let piece): piece
      case .placeholder(let name): .literal("%\(name)%")
      }
    }
    if !isRegex { return SigmaLiteral.written(pieces) }
    return pieces.reduce(into: "") { text, piece in
      if case .literal(let literal) = piece { text += literal }
    }
  }
}
