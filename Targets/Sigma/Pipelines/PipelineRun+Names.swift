import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// A field that has several names.

extension PipelineRun {
  /// What an item becomes whose field, or a field that its values are, gets other names.
  mutating func mapped(
    _ item: PipelineItem, _ step: PipelineStep, _ targets: (String) -> FieldTargets?
  ) throws(Diagnostic) -> PipelineNode {
    var copy = item
    var isChanged = false
    // For each value that is a field the names that it gets.
    var references: [[SigmaScalar]] = []
    if !item.references.isEmpty {
      for value in item.item.values {
        guard let name = value.value.text, let names = try mapped(name, step, targets) else {
          references.append([value])
          continue
        }
        isChanged = true
        copy.unmappedReferences.removeAll { $0.sameScalars(as: name) }
        references.append(names.map { SigmaScalar(.string($0), span: value.span) })
      }
      copy.take(references.flatMap { $0 })
    }
    let field = item.item.field
    var found: FieldTargets?
    if let targets = targets(field), try concerns(field: field, step) { found = targets }
    let isSplit = (found?.names.count ?? 1) > 1 || references.contains { $0.count > 1 }
    guard let found else {
      if isChanged, let id = step.id { copy.applied.insert(id) }
      return isSplit && needsPlaces(item) ? try byPlace(copy, [field], references, step) : .item(copy)
    }
    track.mapped.formUnion(([field] + found.names).map(ScalarText.init))
    copy.isMapped = true
    if field.isEmpty { copy.changed = item.values.map(\.foundWithin) }
    if !found.isList, let name = found.names.first {
      if let id = step.id { copy.applied.insert(id) }
      copy.item.field = name
      return isSplit && needsPlaces(item) ? try byPlace(copy, [name], references, step) : .item(copy)
    }
    // As pySigma has it, an item that became several is a new one: no step but this one was applied to it.
    copy.applied = step.id.map { [$0] } ?? []
    if isSplit, needsPlaces(item) { return try byPlace(copy, found.names, references, step) }
    return copy.asked(of: found.names)
  }

  /// Whether it matters in which place an event stands, where the item's field has other names in each: an event has
  /// one of the names, and the item holds of a field that it does not have, or its opposite is asked. Keywords are
  /// looked for in all.
  private func needsPlaces(_ item: PipelineItem) -> Bool {
    if item.item.field.isEmpty { return false }
    if item.isNegated || item.values(ofAbsent: true) != nil { return true }
    let detection = detections[current]
    return documents[detection.owner].conditions.contains { $0.asksOpposite(of: detection.name) }
  }

  /// The item in each place, of the names that the field has there. Throws `E343` where nothing says where a name stands.
  private func byPlace(
    _ item: PipelineItem, _ names: [String], _ references: [[SigmaScalar]], _ step: PipelineStep
  ) throws(Diagnostic) -> PipelineNode {
    var sorted: [(place: PipelinePlaces.Name, names: [String])] = []
    let all =
      (names.count > 1 ? names : [])
      + references.filter { $0.count > 1 }.flatMap { $0.compactMap(\.value.text) }
    for name in all {
      guard let place = places.place(of: name) else {
        throw .pipelineNameWithoutPlace(
          item.ruleField ?? item.item.field, all, step: step, at: item.item.span)
      }
      if let index = sorted.firstIndex(where: { $0.place.sameScalars(as: place) }) {
        sorted[index].names.append(name)
      } else {
        sorted.append((place, [name]))
      }
    }
    // Names of one place are spellings: an event has the one or the other.
    if sorted.count == 1 { return item.asked(of: names) }
    var nodes: [PipelineNode] = []
    for (place, own) in sorted {
      func stands(_ name: String) -> Bool { own.contains(where: name.sameScalars) }
      guard let condition = places.condition(of: place) else {
        throw .pipelinePlaceWithoutCondition(place, own[0], step: step, at: item.item.span)
      }
      var one = item
      let values = references.map { $0.count > 1 ? $0.filter { stands($0.value.text ?? "") } : $0 }
      if !references.isEmpty { one.take(values.flatMap { $0 }) }
      let fields = names.count > 1 ? names.filter(stands) : names
      if fields.isEmpty || values.contains(where: \.isEmpty) { continue }
      nodes.append(.group([.place(condition), one.asked(of: fields)], isAll: true))
    }
    return .group(nodes, isAll: false)
  }
}

extension PipelineItem {
  /// Takes other values in the place of its own.
  fileprivate mutating func take(_ values: [SigmaScalar]) {
    item.values = values
    item.isList = values.count != 1
  }

  /// The item asked of a field that has one of these names: the field is absent where all of them are.
  fileprivate func asked(of names: [String]) -> PipelineNode {
    func renamed(_ item: PipelineItem) -> [PipelineNode] {
      names.map { name in
        var one = item
        one.item.field = name
        return .item(one)
      }
    }
    // A negated item stays negated as a whole: no field matches.
    guard names.count > 1, let absent = values(ofAbsent: true) else {
      return .group(renamed(self), isAll: isNegated)
    }
    let absence = PipelineNode.group(renamed(absent), isAll: !isNegated)
    guard let others = values(ofAbsent: false) else { return absence }
    return .group([.group(renamed(others), isAll: isNegated), absence], isAll: isAll != isNegated)
  }

  /// The item with those of its values that hold of a field which is absent, or with the others; `nil` for none.
  fileprivate func values(ofAbsent isAbsent: Bool) -> PipelineItem? {
    var copy = self
    if let changed {
      let kept = changed.filter { if case .null = $0 { isAbsent } else { !isAbsent } }
      copy.changed = kept
      return kept.isEmpty ? nil : copy
    }
    let asksPresence = item.modifiers.contains(.exists)
    copy.take(
      item.values.filter { scalar in
        switch scalar.value {
        case .null: isAbsent
        case .bool(false): asksPresence == isAbsent
        case .bool, .number, .string, .malformedString, .array, .object: !isAbsent
        }
      })
    return copy.item.values.isEmpty ? nil : copy
  }
}

extension SigmaExpression {
  /// Whether the opposite of a selection is asked somewhere. `isNegated`: whether that of the expression is.
  fileprivate func asksOpposite(of name: String, isNegated: Bool = false) -> Bool {
    switch kind {
    case .selection(let own): isNegated && own.sameScalars(as: name)
    case .oneOf(let pattern), .allOf(let pattern): isNegated && pattern.covers(name)
    case .not(let operand): operand.asksOpposite(of: name, isNegated: !isNegated)
    case .and(let operands), .or(let operands):
      operands.contains { $0.asksOpposite(of: name, isNegated: isNegated) }
    }
  }
}
