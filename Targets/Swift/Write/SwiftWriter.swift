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

  /// How deep `&&` and `||` nest in one expression, and how many operands they have.
  private static let depthLimit = 4
  private static let operandLimit = 30
  private static let lineLimit = 96
  /// The longest literal or list that stands in the middle of a condition.
  static let inlineLimit = 48

  init(rule: Rule, typeName: String, nestsEvent: Bool) {
    self.rule = rule
    self.typeName = typeName
    self.nestsEvent = nestsEvent
  }

  /// The whole declaration, ending in a line break.
  mutating func declaration() -> String {
    let body = expression(rule.condition, depth: 0).lines
    let about = [rule.title, rule.description ?? ""].filter { !$0.isEmpty }
    var text = about.map { SwiftLiteral.comment($0, "/// ") }.joined(separator: "///\n")
    text += "public enum \(typeName) {\n"
    text += property("The rule's stable name.", "id", rule.id) + "\n"
    text += property("The rule's title.", "title", rule.title) + "\n"
    if nestsEvent { text += SwiftRuntime.nestedEvent + "\n" }
    text += "  /// Whether the rule fires on the event.\n"
    text += "  public static func matches(_ event: Event) -> Bool {\n"
    SwiftWriter.add(body, to: &text)
    text += "  }\n"
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

  /// An expression: its lines, and how tightly its operator binds (`!` 3, `&&` 2, `||` 1).
  private struct Lines {
    var lines: [String]
    var strength: Int = .max

    /// In parentheses where it binds looser than `strength`.
    func wrapped(for strength: Int) -> [String] {
      guard self.strength < strength, let last = lines.indices.last else { return lines }
      var lines = lines
      lines[0] = "(" + lines[0]
      lines[last] += ")"
      return lines
    }
  }

  private mutating func expression(_ condition: Condition, depth: Int) -> Lines {
    switch condition.kind {
    case .always(let value): return Lines(lines: ["\(value)"])
    case .test(let path, let atom): return Lines(lines: [test(path, atom)])
    case .anywhere(let pattern, let letterCase):
      needs.insert(.leaves)
      return Lines(lines: ["event.leaves" + text(pattern, letterCase, at: nil)])
    // `SwiftLanguage.write` refuses a condition that asks of the place.
    case .place: return Lines(lines: ["false"])
    case .not(let operand):
      var lines = expression(operand, depth: depth).wrapped(for: 3)
      lines[0] = "!" + lines[0]
      return Lines(lines: lines, strength: 3)
    case .all(let operands): return joined(operands, "&&", 2, depth)
    case .any(let operands): return joined(operands, "||", 1, depth)
    }
  }

  private mutating func joined(_ operands: [Condition], _ mark: String, _ strength: Int, _ depth: Int)
    -> Lines
  {
    if operands.count > SwiftWriter.operandLimit { return joinedParts(operands, mark, strength) }
    if depth >= SwiftWriter.depthLimit {
      return Lines(lines: [part { $0.joined(operands, mark, strength, 0) }])
    }
    var parts: [[String]] = []
    for operand in operands {
      parts.append(expression(operand, depth: depth + 1).wrapped(for: strength + 1))
    }
    let isSmall = depth > 0 && operands.count <= 3 && parts.allSatisfy { $0.count == 1 }
    if isSmall {
      let oneLine = parts.compactMap(\.first).joined(separator: " \(mark) ")
      if oneLine.scalarCount < 70 { return Lines(lines: [oneLine], strength: strength) }
    }
    var lines = parts[0]
    let head = "  \(mark) "
    for part in parts.dropFirst() {
      lines.append(head + part[0])
      for line in part.dropFirst() { lines.append("  " + line) }
    }
    return Lines(lines: lines, strength: strength)
  }

  /// Many operands, as functions of a few each.
  private mutating func joinedParts(_ operands: [Condition], _ mark: String, _ strength: Int) -> Lines {
    let size = SwiftWriter.operandLimit
    var calls: [String] = []
    for start in stride(from: 0, to: operands.count, by: size) {
      let some = Array(operands[start..<min(start + size, operands.count)])
      calls.append(
        some.count == 1
          ? part { $0.expression(some[0], depth: 0) } : part { $0.joined(some, mark, strength, 0) })
    }
    while calls.count > size {
      let level = calls
      calls = []
      for start in stride(from: 0, to: level.count, by: size) {
        let some = level[start..<min(start + size, level.count)]
        calls.append(part { _ in Lines(lines: SwiftWriter.chain(Array(some), mark), strength: strength) })
      }
    }
    return Lines(lines: SwiftWriter.chain(calls, mark), strength: strength)
  }

  private static func chain(_ calls: [String], _ mark: String) -> [String] {
    calls.enumerated().map { $0 == 0 ? $1 : "  \(mark) \($1)" }
  }

  /// A function for a part of the condition, and the call of it.
  private mutating func part(_ body: (inout SwiftWriter) -> Lines) -> String {
    let name = names.part()
    let lines = body(&self).lines
    var member = "  private static func \(name)(_ event: Event) -> Bool {\n"
    SwiftWriter.add(lines, to: &member)
    members.append(member + "  }\n")
    return "\(name)(event)"
  }

  /// Adds the lines of a function's body.
  private static func add(_ lines: [String], to text: inout String) {
    for line in lines {
      text += "    "
      text += line
      text += "\n"
    }
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
