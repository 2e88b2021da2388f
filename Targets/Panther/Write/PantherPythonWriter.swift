import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// A rule as the Python of a Panther rule: `def rule(event):` and the functions that it calls, with nothing needed but
/// Python's own library.
enum PantherPythonWriter {
  /// How the user says where the events are.
  static let placeHelp = "say where the events are with `--place`, as in `--place sourcetype=…`"

  private static let logic = LogicTable(or: ("or", 1), and: ("and", 2), not: ("not", 3))
  private static let width = 88

  /// The program of a rule. Throws where the condition asks of the place of an event, of which Panther knows the log
  /// type alone, and where it is too large.
  static func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    let (rule, aside) = try placed(rule, options)
    var writer = ConditionWriter(PantherPythonSpelling())
    let expression = try writer.write(rule.condition)
    let needs = writer.spelling.needs.reduce(into: Set<PythonRuntime>()) { $0.formUnion($1.closure) }
    let imports = needs.reduce(writer.spelling.imports) { $0.union($1.imports) }
    var text = QueryHeader.lines(for: rule, options, aside: aside).map(comment).joined()
    let lines = PythonImport.lines(imports)
    if !lines.isEmpty { text += lines + "\n" }
    text += "\ndef rule(event):\n" + body(expression)
    for part in PythonRuntime.allCases where needs.contains(part) { text += "\n\n" + part.text + "\n" }
    return Query(text: text, notes: aside)
  }

  /// The rule for events of the place that the options give, and notes on what is left out. Throws where it asks more
  /// of the place.
  private static func placed(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (rule: Rule, aside: [Diagnostic]) {
    var rule = rule.answered(by: options.place)
    if rule.place == .always(false) { (rule.condition, rule.place) = (.always(false), .always(true)) }
    let aside = try rule.placeAside(
      from: "Panther", rule.place.facts, isPlaceGiven: options.namesPlace, help: placeHelp)
    return (rule, aside + rule.windowAside)
  }

  /// A line of the first comment; no text of the rule ends it.
  private static func comment(_ line: String) -> String {
    let seen = line.unicodeScalars.map { scalar -> Character in
      let isBreak = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
      let isHidden = [.format, .lineSeparator, .paragraphSeparator].contains(
        scalar.properties.generalCategory)
      return isBreak || isHidden ? " " : Character(scalar)
    }
    return "# " + String(seen) + "\n"
  }

  /// The lines of the function. Layouts indent by two columns, Python by four.
  private static func body(_ expression: PantherPythonSpelling.Expression) -> String {
    var layout = Layout()
    layout.group { layout in
      switch expression {
      case .text, .membership, .oneOf, .some, .not:
        layout.append("return ")
        spell(expression, for: 0, to: &layout)
      case .and, .or:
        layout.append("return ")
        layout.enclosed("(", ")") { spell(expression, for: 0, to: &$0) }
      }
    }
    let lines = layout.text(width: width).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { line in
      let indentation = line.prefix { $0 == " " }
      return "    " + indentation + indentation + line.dropFirst(indentation.count) + "\n"
    }.joined()
  }

  private static func spell(
    _ expression: PantherPythonSpelling.Expression, for needed: Int, to layout: inout Layout
  ) {
    switch expression {
    case .text(let text): layout.append(text)
    case .membership(let value, let call, let isNegated):
      layout.append("\(value) \(isNegated ? "not in" : "in") \(call)")
    case .oneOf(let subject, let texts, let call):
      layout.append("any(\(subject) in ")
      layout.group { layout in
        layout.enclosed("{", "}") { $0.filled(texts) { $0.append($1) } }
      }
      layout.append(" for text in \(call))")
    case .some(let operand, let variable, let call):
      layout.append("any")
      layout.group { layout in
        layout.enclosed("(", ")") { layout in
          spell(operand, for: 0, to: &layout)
          layout.append(" for \(variable) in \(call)")
        }
      }
    case .not(let operand):
      layout.append(logic.not.word + " ")
      spell(operand, for: logic.not.strength, to: &layout)
    case .and(let operands): join(operands, logic.and, for: needed, to: &layout)
    case .or(let operands): join(operands, logic.or, for: needed, to: &layout)
    }
  }

  private static func join(
    _ operands: [PantherPythonSpelling.Expression], _ operation: LogicTable.Operator, for needed: Int,
    to layout: inout Layout
  ) {
    layout.group { layout in
      layout.operand(operation.strength, for: needed) { layout in
        layout.joined(operands, by: operation.word) { layout, operand in
          spell(operand, for: operation.strength + 1, to: &layout)
        }
      }
    }
  }
}
