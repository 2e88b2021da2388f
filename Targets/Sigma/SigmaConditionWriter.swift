import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Arranges a condition in named selections as rule authors do: what must hold in `selection`, what must not in
/// `filter_main_…`, and what a selection cannot say in `part_…`, joined by the condition expression.
struct SigmaConditionWriter {
  private(set) var selections: [SigmaSelection] = []
  private var items: SigmaItemWriter
  private var names: Set<String> = []

  /// What the user should know.
  var notes: [Diagnostic] { items.notes }

  init(events: [Event]) { items = SigmaItemWriter(events: events) }

  /// The expression for the condition; the selections that it speaks of are in `selections`.
  mutating func write(_ condition: Condition) throws(Diagnostic) -> SigmaExpression {
    var fields: [SigmaItem] = []
    var positive: [SigmaSelectionBody] = []
    var negative: [SigmaSelectionBody] = []
    var others: [Condition] = []
    for conjunct in SigmaConditionWriter.conjuncts(condition) {
      if let body = try items.body(conjunct) {
        if case .map(let more) = body, !more.contains(where: { $0.field.isEmpty }),
          case .map(let joined)? = SigmaSelectionBody.all([.map(fields), body])
        {
          fields = joined
        } else {
          positive.append(body)
        }
      } else if let body = try items.body(conjunct, negated: true) {
        negative.append(body)
      } else {
        others.append(conjunct)
      }
    }
    if !fields.isEmpty { positive.insert(.map(fields), at: 0) }
    var operands: [SigmaExpression] = []
    if let expression = select(positive, mapped: !fields.isEmpty) { operands.append(expression) }
    for other in others { operands.append(try expression(other)) }
    if let expression = filter(negative) { operands.append(expression) }
    return operands.count == 1 ? operands[0] : SigmaExpression(.and(operands))
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

  private mutating func select(_ bodies: [SigmaSelectionBody], mapped: Bool) -> SigmaExpression? {
    guard bodies.count > 1 else {
      return bodies.first.map { SigmaExpression(.selection(add("selection", $0))) }
    }
    for (index, body) in bodies.enumerated() {
      _ = add("selection_" + (mapped && index == 0 ? "main" : body.hint), body)
    }
    return SigmaExpression(.allOf(.names("selection_*")))
  }

  private mutating func filter(_ bodies: [SigmaSelectionBody]) -> SigmaExpression? {
    let added = SigmaSelectionBody.joinedByField(bodies).map { add("filter_main_\($0.hint)", $0) }
    guard added.count > 1 else {
      return added.first.map { SigmaExpression(.not(SigmaExpression(.selection($0)))) }
    }
    return SigmaExpression(.not(SigmaExpression(.oneOf(.names("filter_main_*")))))
  }

  /// The expression for a condition that one selection cannot say.
  private mutating func expression(_ condition: Condition) throws(Diagnostic) -> SigmaExpression {
    if let body = try items.body(condition) { return part(body) }
    if let body = try items.body(condition, negated: true) { return SigmaExpression(.not(part(body))) }
    switch condition.kind {
    case .always(let value):
      throw .sigmaConstant(value, at: condition.origin)
    case .all(let operands):
      return SigmaExpression(.and(try expressions(operands)))
    case .any(let operands):
      return SigmaExpression(.or(try expressions(operands)))
    case .not, .test, .anywhere:
      // An atom or its negation is a selection, so this ends.
      return SigmaExpression(.not(try expression(.not(condition))))
    }
  }

  private mutating func expressions(_ operands: [Condition]) throws(Diagnostic) -> [SigmaExpression] {
    var result: [SigmaExpression] = []
    for operand in operands { result.append(try expression(operand)) }
    return result
  }

  private mutating func part(_ body: SigmaSelectionBody) -> SigmaExpression {
    SigmaExpression(.selection(add("part_\(body.hint)", body)))
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

extension SigmaSelectionBody {
  /// A word for what the selection is about: its first field in snake case, ASCII letters and digits only.
  fileprivate var hint: String {
    let scalars = Array((firstField ?? "").unicodeScalars.prefix(60))
    func isUpper(_ index: Int) -> Bool { ("A"..."Z").contains(scalars[index]) }
    func isLower(_ index: Int) -> Bool {
      ("a"..."z").contains(scalars[index]) || ("0"..."9").contains(scalars[index])
    }
    var words = ""
    for index in scalars.indices {
      guard isUpper(index) || isLower(index) else {
        words += "_"
        continue
      }
      let afterLower = index > 0 && isLower(index - 1)
      let beforeLower = index > 0 && isUpper(index - 1) && index + 1 < scalars.count && isLower(index + 1)
      if isUpper(index), afterLower || beforeLower { words += "_" }
      words.unicodeScalars.append(LetterCase.lower(scalars[index]))
    }
    let parts = words.split(separator: "_")
    return parts.isEmpty ? "keywords" : parts.joined(separator: "_")
  }

  /// The bodies, with those side by side that begin with the same field joined to one: none of them may hold, so
  /// it is the same, and one filter about a field reads better than two.
  fileprivate static func joinedByField(_ bodies: [SigmaSelectionBody]) -> [SigmaSelectionBody] {
    var result: [SigmaSelectionBody] = []
    for body in bodies {
      if let last = result.last, last.firstField == body.firstField, let joined = any([last, body]) {
        result[result.count - 1] = joined
      } else {
        result.append(body)
      }
    }
    return result
  }

  private var firstField: String? {
    switch self {
    case .map(let items): items.first?.field
    case .list(let bodies), .every(let bodies): bodies.first?.firstField
    case .keyword: nil
    }
  }
}
