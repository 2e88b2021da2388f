import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

extension RuleDocument {
  /// The document with every field name that differs from the fixtures' only in letter case spelled as they
  /// spell it, and a note for each (Semantics row 12).
  func resolvingFieldNames() -> RuleDocument {
    let events = rule.fixtures.map(\.event)
    guard !events.isEmpty else { return self }
    var copy = self
    var notes: [Diagnostic] = []
    func resolve(_ path: FieldPath) -> FieldPath {
      guard let spelled = path.spelled(as: events), spelled != path else { return path }
      notes.append(
        Diagnostic(
          .spellingOfFixtures,
          "field `\(path)` is read as `\(spelled)`, as the fixtures spell it", in: source))
      return spelled
    }
    var resolved: [FieldPath: FieldPath] = [:]
    for path in rule.condition.paths + rule.countedPaths + rule.outputFields.map(\.path)
    where resolved[path] == nil {
      resolved[path] = resolve(path)
    }
    if notes.isEmpty { return self }
    copy.rule.condition = rule.condition.mapPaths { resolved[$0] ?? $0 }
    copy.rule.aggregate = rule.aggregate?.mapPaths { resolved[$0] ?? $0 }
    copy.rule.outputFields = rule.outputFields.map {
      OutputField(name: $0.name, path: resolved[$0.path] ?? $0.path)
    }
    copy.alternatives = alternatives.map {
      Alternative(reading: $0.reading, condition: $0.condition.mapPaths { resolved[$0] ?? $0 })
    }
    copy.warnings += notes
    return copy
  }
}

extension FieldPath {
  /// The path in the spelling of these events; `nil` where some event has it as it is, or none has it at all.
  func spelled(as events: [Event]) -> FieldPath? {
    if events.contains(where: { !$0.values(at: self).isEmpty }) { return nil }
    for event in events {
      if let steps = FieldPath.respell(steps[...], in: .object(event.object)),
        let path = FieldPath(steps: steps)
      {
        return path
      }
    }
    return nil
  }

  private static func respell(_ steps: ArraySlice<Step>, in value: Value) -> [Step]? {
    guard let step = steps.first else { return [] }
    switch (step, value) {
    case (.name(let name), .object(let object)):
      let wanted = LetterCase.lower(name)
      for member in object.members where LetterCase.lower(member.key).sameScalars(as: wanted) {
        if let rest = respell(steps.dropFirst(), in: member.value) { return [.name(member.key)] + rest }
      }
      return nil
    case (.index(let index), .array(let items)):
      guard items.indices.contains(index) else { return nil }
      return respell(steps.dropFirst(), in: items[index]).map { [step] + $0 }
    case (.each, _): return respell(steps.dropFirst(), in: value).map { [step] + $0 }
    case (.name, .array(let items)):
      for item in items { if let rest = respell(steps, in: item) { return rest } }
      return nil
    case (.name, _), (.index, _): return nil
    }
  }
}
