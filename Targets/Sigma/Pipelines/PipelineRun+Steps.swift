import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension PipelineRun {
  /// Applies one step.
  mutating func apply(_ step: PipelineStep) throws(Diagnostic) {
    switch step.transformation {
    case .mapFields(let named, let keyword):
      try mapFields(step) { field in field.isEmpty ? keyword : named[ScalarText(field)] }
    case .mapPrefixes(let prefixes): try mapFields(step) { field in Self.targets(of: field, by: prefixes) }
    case .affix(let prefix, let suffix):
      try mapFields(step) { field in
        field.isEmpty ? nil : FieldTargets(names: [prefix + field + suffix], isList: false)
      }
    case .dropItem: try dropItems(step)
    case .addCondition(let body, let name, let isTemplate, let isNegated):
      try add(body, named: name, isTemplate: isTemplate, isNegated: isNegated, step)
    case .changeLogSource(let source): documents[0].logSource = source
    case .placeholders(let asWildcards, let include, let exclude):
      try replacePlaceholders(step, asWildcards: asWildcards) { name in
        include?.contains(where: name.sameScalars) ?? true
          && !(exclude?.contains(where: name.sameScalars) ?? false)
      }
    case .replaceText(let replacement):
      try changeValues(step) { value, span throws(Diagnostic) in
        try replacement.applied(to: value, step: step, at: span)
      }
    case .mapTexts(let mapping):
      try changeValues(step) { value, _ in
        guard let text = value.plain, let targets = mapping[ScalarText(text)] else { return nil }
        return targets.map { .text(SigmaLiteral.pattern($0), .ignored) }
      }
    case .letterCase(let method): try changeValues(step) { value, _ in value.spelled(method).map { [$0] } }
    case .setValue(let value): try changeValues(step) { _, _ in [PipelineValue(SigmaScalar(value), [])] }
    case .convert(let toText): try convert(step, toText: toText)
    case .toRegex(let method): try changeValues(step) { value, _ in value.regex(method).map { [$0] } }
    case .setState(let key, let value): track.state[ScalarText(key)] = value
    case .setAttribute(let name, let value): documents[0].other[name] = value
    case .failRule(let message): throw .pipelineRefuses(message, step: step, at: documents[0].titleSpan)
    case .failItem(let message):
      try changeItems(step) { _, item throws(Diagnostic) in
        throw .pipelineRefuses(message, step: step, at: item.item.span)
      }
    case .failUnmapped: try failUnmapped(step)
    case .nest(let steps): try nest(steps)
    case .splitHashes(let hashes): try splitHashes(hashes, step)
    case .addFields(let names): documents[0].fields += names
    case .removeFields(let names): removeFields(names)
    case .setFields(let names): documents[0].fields = names
    }
  }

  private static func targets(
    of field: String, by prefixes: [(prefix: String, targets: FieldTargets)]
  ) -> FieldTargets? {
    guard !field.isEmpty, let found = prefixes.first(where: { field.startsWithScalars($0.prefix) }) else {
      return nil
    }
    let rest = String(field.unicodeScalars.dropFirst(found.prefix.unicodeScalars.count))
    return FieldTargets(names: found.targets.names.map { $0 + rest }, isList: found.targets.isList)
  }

  /// Removes one field of each of these names from those worth showing.
  private mutating func removeFields(_ names: [String]) {
    for name in names {
      guard let place = documents[0].fields.firstIndex(where: name.sameScalars) else { continue }
      documents[0].fields.remove(at: place)
    }
  }

  /// Changes every detection item that the step is for; `nil` drops it.
  mutating func changeItems(
    _ step: PipelineStep,
    _ change: (inout PipelineRun, PipelineItem) throws(Diagnostic) -> PipelineNode?
  ) throws(Diagnostic) {
    for index in detections.indices {
      guard let root = detections[index].root else { continue }
      current = index
      detections[index].root = try root.mapped { item throws(Diagnostic) in
        guard try concerns(item, step) else { return .item(item) }
        let node = try change(&self, item)
        try count(node, step)
        return node
      }
    }
  }

  /// Changes the values of the detection items that the step is for; `nil` leaves a value as it is.
  private mutating func changeValues(
    _ step: PipelineStep,
    _ change: (PipelineValue, Span?) throws(Diagnostic) -> [PipelineValue]?
  ) throws(Diagnostic) {
    try changeItems(step) { _, item throws(Diagnostic) in
      var values: [PipelineValue] = []
      var isChanged = false
      for value in item.values {
        if let others = try change(value, item.item.span) {
          values += others
          isChanged = true
        } else {
          values.append(value)
        }
      }
      guard isChanged else { return .item(item) }
      var copy = item
      copy.changed = values
      if let id = step.id { copy.applied.insert(id) }
      return .item(copy)
    }
  }

  private mutating func dropItems(_ step: PipelineStep) throws(Diagnostic) {
    try changeItems(step) { run, item in
      if item.ruleField != nil {
        run.notes.append(.pipelineDropped("`\(item.item.key)`", step: step, at: item.item.span))
      }
      return nil
    }
  }

  private mutating func convert(_ step: PipelineStep, toText: Bool) throws(Diagnostic) {
    try changeValues(step) { value, span throws(Diagnostic) in
      switch value {
      case .number(let number) where toText: return [.text(.equals(number.shortest), .ignored)]
      case .text where !toText:
        let text = value.plain ?? ""
        guard let number = Number(text) else {
          throw .pipelineCannot("`\(text)` is not a number", step: step, at: span)
        }
        // What is a number now is compared as one, and no longer as the text that it was.
        return [.number(Number(number.shortest) ?? number)]
      case .text, .regex, .number, .bool, .null, .other: return nil
      }
    }
  }

  private mutating func nest(_ steps: [PipelineStep]) throws(Diagnostic) {
    let outer = track
    track = Track()
    track.ruleSteps = outer.ruleSteps
    try apply(steps)
    let inner = track
    track = outer
    track.ruleSteps.formUnion(inner.ruleSteps)
    track.fieldSteps.merge(inner.fieldSteps) { _, inner in inner }
    track.mapped.formUnion(inner.mapped)
    track.state.merge(inner.state) { _, inner in inner }
  }

  private func failUnmapped(_ step: PipelineStep) throws(Diagnostic) {
    for detection in detections {
      for item in detection.root?.items ?? [] {
        let field = item.item.field
        guard !field.isEmpty, !track.mapped.contains(ScalarText(field)) else { continue }
        throw .pipelineRefuses("the field `\(field)` is not mapped", step: step, at: item.item.span)
      }
    }
  }
}

// Fields.
extension PipelineRun {
  /// Maps the names of fields: of detection items, of values that refer to fields, and of the rule's `fields`.
  private mutating func mapFields(
    _ step: PipelineStep, _ targets: (String) -> FieldTargets?
  ) throws(Diagnostic) {
    var names: [String] = []
    for name in documents[0].fields { names += try mapped(name, step, targets) ?? [name] }
    if names.count > 10_000 {
      throw .pipelineCannot("the rule's `fields` become too many", step: step, at: nil)
    }
    documents[0].fields = names
    try changeItems(step) { run, item throws(Diagnostic) in
      try run.mapped(item, step, targets)
    }
  }

  /// The names that a name becomes, kept track of; `nil` where the step is not for it.
  mutating func mapped(
    _ name: String, _ step: PipelineStep, _ targets: (String) -> FieldTargets?
  ) throws(Diagnostic) -> [String]? {
    guard let found = targets(name), try concerns(field: name, step) else { return nil }
    if found.names.count == 1, found.names[0].sameScalars(as: name) { return found.names }
    var steps = track.fieldSteps[ScalarText(name)] ?? []
    if let id = step.id { steps.insert(id) }
    track.fieldSteps[ScalarText(name)] = nil
    for target in found.names { track.fieldSteps[ScalarText(target)] = steps }
    return found.names
  }
}

// Conditions and hashes.
extension PipelineRun {
  private mutating func add(
    _ body: SigmaSelectionBody, named wanted: String?, isTemplate: Bool, isNegated: Bool, _ step: PipelineStep
  ) throws(Diagnostic) {
    let source = documents[0].logSource
    let root = try PipelineNode(body, isOfRule: false).mapped { item throws(Diagnostic) in
      var copy = item
      if let id = step.id { copy.applied.insert(id) }
      guard isTemplate else { return .item(copy) }
      for place in copy.item.values.indices {
        guard case .string(let text) = copy.item.values[place].value else { continue }
        copy.item.values[place].value = .string(try PipelineTemplate.filled(text, source, step))
      }
      return .item(copy)
    }
    let own = detections.filter { $0.owner == 0 }.map(\.name)
    var name = wanted ?? "_cond"
    if wanted != nil, own.contains(where: name.sameScalars) {
      throw .pipelineCannot("the rule has a selection `\(name)` already", step: step, at: nil)
    }
    var count = 1
    while own.contains(where: name.sameScalars) {
      count += 1
      name = "\(wanted ?? "_cond")_\(count)"
    }
    addsConditions = true
    detections.append(Detection(owner: 0, name: name, root: root, span: nil, isOfRule: false))
    documents[0].conditions = documents[0].conditions.map { condition in
      let selection = SigmaExpression(.selection(name))
      return SigmaExpression(
        .and([isNegated ? SigmaExpression(.not(selection)) : selection, condition]), span: condition.span)
    }
  }

  private mutating func splitHashes(
    _ hashes: PipelineHashes, _ step: PipelineStep
  ) throws(Diagnostic) {
    try changeItems(step) { run, item throws(Diagnostic) in
      guard hashes.fields.contains(where: item.item.field.sameScalars) else { return .item(item) }
      let texts = item.values.compactMap(\.plain)
      guard texts.count == item.values.count else { return .item(item) }
      var found: [(field: String, values: [SigmaScalar])] = []
      for text in texts {
        guard let (field, hash) = hashes.split(text) else {
          run.notes.append(.pipelineDropped("the hash `\(text)`", step: step, at: item.item.span))
          continue
        }
        let value = SigmaScalar(
          .string(SigmaLiteral.written(SigmaLiteral.pattern(hash).pieces)), span: item.item.span)
        if let place = found.firstIndex(where: { $0.field == field }) {
          found[place].values.append(value)
        } else {
          found.append((field, [value]))
        }
      }
      if found.isEmpty {
        throw .pipelineCannot(
          "`\(item.item.key)` has no hash of \(hashes.algorithms.joined(separator: ", "))", step: step,
          at: item.item.span)
      }
      let nodes = found.map { field, values -> PipelineNode in
        var one = item
        one.changed = nil
        one.item = SigmaItem(field, [], values, span: item.item.span)
        one.isMapped = true
        one.applied = step.id.map { [$0] } ?? []
        return .item(one)
      }
      return .group(nodes, isAll: false)
    }
  }
}

extension PipelineHashes {
  /// The field and the hash that a text such as `MD5=0123…` or `*SHA1=0123…*` means; `nil` where its algorithm
  /// is not asked for.
  fileprivate func split(_ text: String) -> (field: String, hash: String)? {
    let mark: Character = text.contains("|") ? "|" : "="
    let parts = text.split(separator: mark, omittingEmptySubsequences: false)
    let hash: String
    let algorithm: String
    if parts.count == 2 {
      algorithm = parts[0].drop { $0 == "*" }.uppercased()
      hash = PipelineHashes.stripped(parts[1])
    } else {
      hash = PipelineHashes.stripped(parts[0])
      let lengths = [32: "MD5", 40: "SHA1", 64: "SHA256", 128: "SHA512"]
      algorithm = lengths[hash.unicodeScalars.count] ?? ""
    }
    guard algorithms.contains(algorithm) else { return nil }
    let field = prefix + (dropsAlgorithm ? "" : algorithm)
    return (field == "keyword" ? "" : field, hash)
  }

  private static func stripped(_ text: Substring) -> String {
    let isWild = { (character: Character) in character == "*" || character == "?" }
    return String(String(text.drop(while: isWild)).reversed().drop(while: isWild).reversed())
  }
}

extension SigmaDocument {
  /// Where the rule begins, as far as its tree knows.
  fileprivate var titleSpan: Span? { selections.first?.span }
}

extension String {
  fileprivate func startsWithScalars(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}
