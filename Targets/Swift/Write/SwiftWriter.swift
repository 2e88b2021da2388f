import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Writes a rule as a Swift `enum` with `matches(_:)`. Text is built inside out; what would make a line long or an
/// expression hard on the type checker becomes a constant or a function of its own.
struct SwiftWriter {
  let rule: Rule
  let typeName: String
  let nestsEvent: Bool
  /// The parts of the runtime that the text calls.
  private(set) var needs: Set<SwiftRuntime.Part> = []
  /// Constants and functions beside `matches`, in the order in which they were needed.
  private var members: [String] = []
  var names = SwiftNames()
  /// The values that were asked last, as they are written: most questions are about the field of the one before.
  var lastValues: (path: FieldPath, text: String)?

  /// The paths at which one value is asked about, the innermost last, and that value's name.
  private(set) var singles: [(path: FieldPath, name: String)] = []

  /// How deep `&&` and `||` nest in one expression, and how many operands they have.
  private static let logic = LogicTable(or: ("||", 1), and: ("&&", 2), not: ("!", 3))
  private static let depthLimit = 4
  private static let operandLimit = 30
  private static let lineLimit = 96
  /// How many columns operands take that stand on one line.
  private static let operandsLimit = 69
  /// The longest literal or list that stands in the middle of a condition.
  static let inlineLimit = 48

  init(rule: Rule, typeName: String, nestsEvent: Bool) {
    self.rule = rule
    self.typeName = typeName
    self.nestsEvent = nestsEvent
  }

  /// The whole declaration, ending in a line break.
  mutating func declaration() -> String {
    let head = "public static func matches(_ event: Event) -> Bool"
    let matches = SwiftWriter.function(head) { spell(rule.condition, depth: 0, to: &$0) }
    let about = [rule.title, rule.description ?? ""].filter { !$0.isEmpty }
    var text = about.map { SwiftLiteral.comment($0, "/// ") }.joined(separator: "///\n")
    text += "public enum \(typeName) {\n"
    text += property("The rule's stable name.", "id", rule.id) + "\n"
    text += property("The rule's title.", "title", rule.title) + "\n"
    if nestsEvent { text += SwiftRuntime.nestedEvent + "\n" }
    text += "  /// Whether the rule fires on the event.\n"
    text += matches
    for member in members {
      text += "\n"
      text += member
    }
    return text + "}\n"
  }

  private func property(_ doc: String, _ name: String, _ value: String) -> String {
    let start = "  public static let \(name) = "
    return "  /// \(doc)\n" + start + SwiftWriter.value(value, after: start, indent: "    ") + "\n"
  }

  /// A literal behind `start`, on one line where that is short enough.
  private static func value(_ text: String, after start: String, indent: String) -> String {
    let literal = SwiftLiteral.literal(text)
    let isShort = start.scalarCount + literal.scalarCount <= lineLimit
    return isShort ? literal : SwiftLiteral.longLiteral(text, indent: indent)
  }

  // MARK: Conditions

  /// Adds the condition's expression, in parentheses where its operator binds looser than `needed`.
  private mutating func spell(
    _ condition: Condition, depth: Int, for needed: Int = 0, to layout: inout Layout
  ) {
    let logic = SwiftWriter.logic
    switch condition.kind {
    case .always(let value): layout.append("\(value)")
    case .test(let path, let atom): layout.append(test(path, atom))
    case .some(let path, let operand):
      needs.insert(.some)
      let values = values(path)
      let call = part(of: path) { writer, layout in writer.spell(operand, depth: 0, to: &layout) }
      layout.append("\(values).hasValue { \(call) }")
    case .anywhere(let pattern, let letterCase):
      needs.insert(.leaves)
      layout.append("event.leaves" + text(pattern, letterCase, at: nil))
    // `SwiftSource.write` refuses a condition that asks of the place.
    case .place: layout.append("false")
    case .not(let operand):
      layout.append(logic.not.word)
      spell(operand, depth: depth, for: logic.not.strength, to: &layout)
    case .all(let operands): spell(operands, logic.and, depth: depth, for: needed, to: &layout)
    case .any(let operands): spell(operands, logic.or, depth: depth, for: needed, to: &layout)
    }
  }

  /// Adds operands and what joins them. Many operands, or operands nested deep, become calls of functions.
  private mutating func spell(
    _ operands: [Condition], _ operation: LogicTable.Operator, depth: Int, for needed: Int = 0,
    to layout: inout Layout
  ) {
    if operands.count > SwiftWriter.operandLimit {
      let calls = calls(of: parts(operands, operation), operation)
      SwiftWriter.join(calls, operation, for: needed, to: &layout) { $0.append($1) }
    } else if depth >= SwiftWriter.depthLimit {
      layout.append(part { writer, layout in writer.spell(operands, operation, depth: 0, to: &layout) })
    } else {
      let isBroken = depth == 0 || operands.count > 3
      SwiftWriter.join(operands, operation, isBroken: isBroken, for: needed, to: &layout) {
        spell($1, depth: depth + 1, for: operation.strength + 1, to: &$0)
      }
    }
  }

  /// Adds operands, those after the first indented behind what joins them.
  private static func join<Operand>(
    _ operands: [Operand], _ operation: LogicTable.Operator, isBroken: Bool = true, for needed: Int,
    to layout: inout Layout, _ spell: (inout Layout, Operand) -> Void
  ) {
    let needsParentheses = operation.strength < needed
    if needsParentheses { layout.append("(") }
    layout.group(isBroken: isBroken) { layout in
      for operand in operands.prefix(1) { spell(&layout, operand) }
      layout.nest { layout in
        for operand in operands.dropFirst() {
          layout.line()
          layout.append(operation.word + " ")
          spell(&layout, operand)
        }
      }
    }
    if needsParentheses { layout.append(")") }
  }

  /// Calls of functions of some operands each.
  private mutating func parts(_ operands: [Condition], _ operation: LogicTable.Operator) -> [String] {
    SwiftWriter.runs(operands).map { some in
      part { writer, layout in
        if some.count == 1 {
          writer.spell(some[0], depth: 0, to: &layout)
        } else {
          writer.spell(some, operation, depth: 0, to: &layout)
        }
      }
    }
  }

  /// As few calls as an expression may have, of functions that call some each.
  private mutating func calls(of calls: [String], _ operation: LogicTable.Operator) -> [String] {
    var calls = calls
    while calls.count > SwiftWriter.operandLimit {
      calls = SwiftWriter.runs(calls).map { some in
        part { _, layout in SwiftWriter.join(some, operation, for: 0, to: &layout) { $0.append($1) } }
      }
    }
    return calls
  }

  private static func runs<Element>(_ elements: [Element]) -> [[Element]] {
    stride(from: 0, to: elements.count, by: operandLimit).map { start in
      Array(elements[start..<min(start + operandLimit, elements.count)])
    }
  }

  /// A function for a part of the condition, and the call of it.
  private mutating func part(_ body: (inout SwiftWriter, inout Layout) -> Void) -> String {
    let name = names.part()
    let values = singles.map { ", _ \($0.name): Single" }.joined()
    let head = "private static func \(name)(_ event: Event\(values)) -> Bool"
    members.append(SwiftWriter.function(head) { body(&self, &$0) })
    return "\(name)(event\(singles.map { ", " + $0.name }.joined()))"
  }

  /// A function for what is asked of one value at the path, and the call of it with `$0` as that value.
  private mutating func part(
    of path: FieldPath, _ body: (inout SwiftWriter, inout Layout) -> Void
  ) -> String {
    let outer = singles.map { $0.name + ", " }.joined()
    singles.append((path, names.constant(path, "Value")))
    lastValues = nil
    let call = part(body)
    singles.removeLast()
    lastValues = nil
    return "\(call.prefix { $0 != "(" })(event, \(outer)$0)"
  }

  /// The lines of a function that returns an expression.
  private static func function(_ head: String, _ body: (inout Layout) -> Void) -> String {
    var layout = Layout(narrows: false)
    layout.group(isBroken: true) { layout in
      layout.append("  \(head) {")
      layout.nest { layout in
        layout.nest { layout in
          layout.softLine()
          body(&layout)
        }
        layout.softLine()
        layout.append("}")
      }
    }
    return layout.text(width: operandsLimit) + "\n"
  }

  // MARK: Members

  /// A constant with that value, and its name.
  mutating func constant(_ path: FieldPath?, _ suffix: String, doc: String? = nil, _ value: String) -> String
  {
    let name = names.constant(path, suffix)
    let comment = doc.map { SwiftLiteral.comment($0, "  /// ") } ?? ""
    members.append("\(comment)  private static let \(name) = \(value)\n")
    return name
  }

  /// A literal, or the name of a constant where it would be long.
  mutating func literal(_ text: String, at path: FieldPath?) -> String {
    let literal = SwiftLiteral.literal(text)
    if literal.scalarCount <= SwiftWriter.inlineLimit { return literal }
    let name = names.constant(path, "Text")
    let start = "  private static let \(name) = "
    members.append(start + SwiftWriter.value(text, after: start, indent: "    ") + "\n")
    return name
  }

  /// Says that the text calls a part of the runtime.
  mutating func need(_ part: SwiftRuntime.Part) { needs.insert(part) }
}
