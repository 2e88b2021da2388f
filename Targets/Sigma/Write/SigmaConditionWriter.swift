import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Arranges a condition in named selections as rule authors do: what must hold in `selection`, what must not in
/// `filter_main_…`. Where one selection cannot say an operand, its parts are numbered groups of selections,
/// `all of selection_1_*`, joined by the words of the condition.
struct SigmaConditionWriter {
  private(set) var selections: [SigmaSelection] = []
  private var items: SigmaAtoms
  private var names: Set<String> = []
  private var groups = 0
  /// Each pattern that stands for selections, and how many it must stand for.
  private var patterns: [String: Int] = [:]

  /// What the user should know.
  var notes: [Diagnostic] { items.notes }

  init(events: [Event]) { items = SigmaAtoms(events: events) }

  /// The expression for the condition; the selections that it speaks of are in `selections`.
  mutating func write(_ condition: Condition) throws(Diagnostic) -> SigmaExpression {
    let parts = try parts(SigmaConditionWriter.conjuncts(condition))
    let isAlone = parts.others.isEmpty
    var operands: [SigmaExpression] = []
    if parts.positive.count == 1 {
      operands.append(SigmaExpression(.selection(add("selection", parts.positive[0]))))
    } else if !parts.positive.isEmpty {
      let prefix = isAlone ? "selection_" : "selection_main_"
      for (index, body) in parts.positive.enumerated() {
        _ = add(prefix + (isAlone && index == 0 && body.isMap ? "main" : body.hint), body)
      }
      operands.append(every(prefix, parts.positive.count))
    }
    for other in parts.others { operands.append(try expression(other, negated: false)) }
    if let filter = none("filter_main_", parts.negative) { operands.append(filter) }
    return checked(operands.count == 1 ? operands[0] : SigmaExpression(.and(operands)))
  }

  /// The conjuncts, with a negated disjunction taken apart: each of its operands is a filter of its own.
  private static func conjuncts(_ condition: Condition) -> [Condition] {
    condition.conjuncts.flatMap { conjunct -> [Condition] in
      guard case .not(let operand) = conjunct.kind, case .any(let operands) = operand.kind else {
        return [conjunct]
      }
      return operands.map { .not($0, origin: $0.origin) }
    }
  }

  /// Conjuncts sorted by how they can be said: by selections that must hold, by selections that must not, by more.
  private mutating func parts(
    _ conjuncts: [Condition]
  ) throws(Diagnostic) -> (
    positive: [SigmaSelectionBody], negative: [SigmaSelectionBody], others: [Condition]
  ) {
    var fields: [SigmaItem] = []
    var positive: [SigmaSelectionBody] = []
    var negative: [SigmaSelectionBody] = []
    var others: [Condition] = []
    for conjunct in conjuncts {
      if let body = try items.body(conjunct) {
        if let more = body.items { fields += more } else { positive.append(body) }
      } else if let body = try items.body(conjunct, negated: true) {
        negative.append(body)
      } else {
        others.append(conjunct)
      }
    }
    return (SigmaSelectionBody.maps(fields) + positive, SigmaSelectionBody.joinedByField(negative), others)
  }

  /// The expression for a condition that is a part of another; `negated` tells on which side of a `not` it stands,
  /// and so how its selections are called.
  private mutating func expression(
    _ condition: Condition, negated: Bool
  ) throws(Diagnostic) -> SigmaExpression {
    if let body = try items.body(condition) { return selection(body, negated) }
    if let body = try items.body(condition, negated: true) {
      return SigmaExpression(.not(selection(body, !negated)))
    }
    switch condition.kind {
    case .always(let value): throw .sigmaConstant(value, at: condition.origin)
    case .all(let operands): return try conjunction(operands, negated: negated)
    case .any(let operands): return try disjunction(operands, negated: negated)
    case .not, .test, .some, .anywhere, .place:
      // An atom or its negation is a selection, so this ends.
      return SigmaExpression(.not(try expression(.not(condition), negated: !negated)))
    }
  }

  /// A conjunction as a numbered group: `all of selection_1_* and not filter_1_…`.
  private mutating func conjunction(
    _ conjuncts: [Condition], negated: Bool
  ) throws(Diagnostic) -> SigmaExpression {
    let parts = try parts(conjuncts)
    groups += 1
    let (own, opposite) = SigmaConditionWriter.prefixes(negated)
    let (prefix, filter) = ("\(own)\(groups)_", "\(opposite)\(groups)_")
    for body in parts.positive { _ = add(prefix + body.hint, body) }
    var operands: [SigmaExpression] = []
    if parts.positive.count == 1, let only = selections.last {
      operands.append(SigmaExpression(.selection(only.name)))
    } else if !parts.positive.isEmpty {
      operands.append(every(prefix, parts.positive.count))
    }
    for other in parts.others { operands.append(try expression(other, negated: negated)) }
    if let filter = none(filter, parts.negative) { operands.append(filter) }
    return operands.count == 1 ? operands[0] : SigmaExpression(.and(operands))
  }

  /// A disjunction: what fits one list is one selection, what does not is said by itself.
  private mutating func disjunction(
    _ operands: [Condition], negated: Bool
  ) throws(Diagnostic) -> SigmaExpression {
    var maps: [SigmaSelectionBody] = []
    var keywords: [SigmaSelectionBody] = []
    var others: [Condition] = []
    for operand in operands {
      guard let body = try items.body(operand) else {
        others.append(operand)
        continue
      }
      if body.isKeyword { keywords.append(body) } else { maps.append(body) }
    }
    var result: [SigmaExpression] = []
    for bodies in [maps, keywords] where !bodies.isEmpty {
      if let body = SigmaSelectionBody.any(bodies) {
        result.append(selection(body, negated))
      } else {
        for body in bodies { result.append(selection(body, negated)) }
      }
    }
    for other in others { result.append(try expression(other, negated: negated)) }
    return result.count == 1 ? result[0] : SigmaExpression(.or(result))
  }

  private static func prefixes(_ negated: Bool) -> (own: String, opposite: String) {
    negated ? ("filter_", "selection_") : ("selection_", "filter_")
  }

  private mutating func selection(_ body: SigmaSelectionBody, _ negated: Bool) -> SigmaExpression {
    SigmaExpression(.selection(add(SigmaConditionWriter.prefixes(negated).own + body.hint, body)))
  }

  private mutating func every(_ prefix: String, _ count: Int) -> SigmaExpression {
    patterns[prefix + "*"] = count
    return SigmaExpression(.allOf(.names(prefix + "*")))
  }

  /// That none of the bodies holds; `nil` of none.
  private mutating func none(_ prefix: String, _ bodies: [SigmaSelectionBody]) -> SigmaExpression? {
    let added = bodies.map { add(prefix + $0.hint, $0) }
    guard added.count > 1 else {
      return added.first.map { SigmaExpression(.not(SigmaExpression(.selection($0)))) }
    }
    patterns[prefix + "*"] = added.count
    return SigmaExpression(.not(SigmaExpression(.oneOf(.names(prefix + "*")))))
  }

  /// Adds a selection under that name, or the name with the first number that makes it unique.
  private mutating func add(_ wanted: String, _ body: SigmaSelectionBody) -> String {
    var name = wanted
    var number = 2
    while !names.insert(name).inserted {
      name = "\(wanted)_\(number)"
      number += 1
    }
    selections.append(SigmaSelection(name, body))
    return name
  }
}

// A pattern must stand for its own selections only. A field may be called so that a name falls under the pattern of
// others (`main.x` under `selection_main_*`): the other names give way.

extension SigmaConditionWriter {
  private mutating func checked(_ expression: SigmaExpression) -> SigmaExpression {
    var renamed: [String: String] = [:]
    for (pattern, count) in patterns.sorted(by: { $0.key < $1.key }) {
      let covered = selections.indices.filter {
        SigmaExpression.Pattern.names(pattern).covers(selections[$0].name)
      }
      if covered.count == count { continue }
      for index in covered where expression.names(selections[index].name) {
        let name = "part_\(index + 1)"
        renamed[selections[index].name] = name
        selections[index].name = name
      }
    }
    return renamed.isEmpty ? expression : expression.renaming(renamed)
  }
}

extension SigmaExpression {
  /// Whether the expression speaks of that selection by its own name.
  fileprivate func names(_ selection: String) -> Bool {
    switch kind {
    case .selection(let name): name == selection
    case .oneOf, .allOf: false
    case .not(let operand): operand.names(selection)
    case .and(let operands), .or(let operands): operands.contains { $0.names(selection) }
    }
  }

  fileprivate func renaming(_ names: [String: String]) -> SigmaExpression {
    switch kind {
    case .selection(let name): SigmaExpression(.selection(names[name] ?? name))
    case .oneOf, .allOf: self
    case .not(let operand): SigmaExpression(.not(operand.renaming(names)))
    case .and(let operands): SigmaExpression(.and(operands.map { $0.renaming(names) }))
    case .or(let operands): SigmaExpression(.or(operands.map { $0.renaming(names) }))
    }
  }
}
