import ConcordDiagnostics
import ConcordLanguages

/// The text of a search, laid out for people: a command a line, then a conjunct a line.
///
/// Parentheses come from the binding strengths alone, of which the two expression languages have each their own.
struct SplunkPrinter {
  /// How many columns a line may take before it is broken, its indentation left out.
  static let width = 100

  /// The text of the whole search, ending in a line break.
  static func print(_ query: SplunkQuery) -> String {
    var layout = Layout(narrows: false)
    layout.group(isBroken: true) { layout in
      for comment in query.comments {
        layout.append("```\(comment)```")
        layout.softLine()
      }
      for (index, command) in query.commands.enumerated() {
        spell(command, isFirst: index == 0, to: &layout)
        layout.softLine()
      }
    }
    return layout.text(width: width)
  }

  private static func spell(_ command: SplunkCommand, isFirst: Bool, to layout: inout Layout) {
    switch command.kind {
    case .search(let expression): spell(search: expression, isFirst: isFirst, to: &layout)
    case .eval(let assignments):
      spell("| eval", isBroken: assignments.count > 1, to: &layout) { layout in
        layout.separated(assignments) { layout, assignment in
          layout.append(SplunkLiteral.listedField(assignment.name) + "=")
          spell(assignment.value, to: &layout)
        }
      }
    case .filter(let expression):
      guard case .all(let operands) = expression.kind else {
        return spell("| where", to: &layout) { spell(expression, to: &$0) }
      }
      spell("| where", isBroken: true, to: &layout) { spell(operands, SplunkEval.logic.and, to: &$0) }
    case .regex(let field, let negated, let pattern):
      layout.append(
        "| regex \(SplunkLiteral.listedField(field))\(negated ? "!=" : "=")\(SplunkLiteral.quoted(pattern))")
    case .extract(let field, let changes, let pattern):
      layout.append(
        "| rex field=\(SplunkLiteral.listedField(field))\(changes ? " mode=sed" : "") \(SplunkLiteral.quoted(pattern))"
      )
    case .table(let names): spell("| table ", names.map(SplunkLiteral.listedField), to: &layout)
    case .fields(let keep, let names):
      spell(keep ? "| fields " : "| fields - ", names.map(SplunkLiteral.listedField), to: &layout)
    case .rename(let renamings):
      let texts = renamings.map {
        "\(SplunkLiteral.listedField($0.from)) AS \($0.to == "*" ? "*" : SplunkLiteral.listedField($0.to))"
      }
      spell("| rename ", texts, to: &layout)
    case .spath(let input, let output, let path):
      layout.append(
        "| spath" + (input.map { " input=\(SplunkLiteral.listedField($0))" } ?? "")
          + (output.map { " output=\(SplunkLiteral.listedField($0))" } ?? "")
          + (path.map { " path=\(SplunkLiteral.quoted($0))" } ?? ""))
    case .stats(let statistics): spell("stats", statistics, to: &layout)
    case .stream(let stream):
      let rows = stream.window.map { " global=f window=\($0)" } ?? ""
      let time = stream.seconds.map { " time_window=\($0)s" } ?? ""
      spell("streamstats" + rows + time, stream.statistics, to: &layout)
    case .model(let search): spell(search, to: &layout)
    case .bin(let bin):
      layout.append(
        "| bin \(SplunkLiteral.listedField(bin.field))\(bin.span.map { " span=\($0)" } ?? "")"
          + (bin.alias.map { " AS \(SplunkLiteral.listedField($0))" } ?? ""))
    case .display(let display): layout.append("| \(display.name)\(display.text)")
    case .makeresults(let data):
      layout.append("| makeresults format=json data=\(SplunkLiteral.quoted(data))")
    case .append(let data):
      layout.append("| append [| makeresults format=json data=\(SplunkLiteral.quoted(data))]")
    }
  }

  private static func spell(_ command: String, _ statistics: SplunkStatistics, to layout: inout Layout) {
    spell("| \(command) ", statistics.measures.map(text), to: &layout)
    if statistics.group.isEmpty { return }
    layout.nest { layout in
      layout.softLine()
      spell("BY ", statistics.group.map(SplunkLiteral.listedField), to: &layout)
    }
  }

  private static func text(_ measure: SplunkStatistics.Measure) -> String {
    let argument =
      switch measure.argument {
      case nil: ""
      case .field(let field): "(\(SplunkLiteral.listedField(field)))"
      case .expression(let expression): "(eval(\(inline(expression))))"
      }
    let alias = measure.alias.map { " AS \(SplunkLiteral.listedField($0))" } ?? ""
    return measure.function + argument + alias
  }

  private static func spell(_ search: SplunkModelSearch, to layout: inout Layout) {
    func listed(_ name: String) -> String {
      let isTime = name == "_time"
      return SplunkLiteral.listedField(name) + (isTime ? search.span.map { " span=\($0)" } ?? "" : "")
    }
    layout.append("| tstats" + search.options.map { " \($0.name)=\($0.value)" }.joined())
    layout.append(" " + search.statistics.measures.map(text).joined(separator: " "))
    layout.append(" FROM datamodel=\(search.model)")
    layout.nest { layout in
      if let condition = search.condition {
        layout.softLine()
        layout.append("WHERE ")
        layout.nest { layout in spell(search: condition, isFirst: true, to: &layout) }
      }
      if !search.statistics.group.isEmpty {
        layout.softLine()
        spell("BY ", search.statistics.group.map(listed), to: &layout)
      }
    }
  }

  private static func spell(search expression: SplunkSearch, isFirst: Bool, to layout: inout Layout) {
    var operands = [expression]
    if case .all(let parts) = expression.kind { operands = parts }
    layout.group { layout in
      if !isFirst { layout.append("| search") }
      layout.nest { layout in
        for (index, operand) in operands.enumerated() {
          if index > 0 || !isFirst { layout.line() }
          spell(operand, for: SplunkSearch.logic.or.strength, to: &layout)
        }
      }
    }
  }

  /// `head` and the body on one line where both fit on one, else the body under the head.
  private static func spell(
    _ head: String, isBroken: Bool = false, to layout: inout Layout, _ body: (inout Layout) -> Void
  ) {
    layout.group(isBroken: isBroken) { layout in
      layout.append(head)
      layout.nest { layout in
        layout.line()
        body(&layout)
      }
    }
  }

  /// `head` and the items on as few lines as they need.
  private static func spell(_ head: String, _ items: [String], to layout: inout Layout) {
    layout.append(head)
    layout.nest { layout in
      layout.nest { layout in
        layout.filled(items, narrowing: head.utf8.count) { $0.append($1) }
      }
    }
  }
}

// The `search` language.
extension SplunkPrinter {
  /// The expression on one line, in parentheses where it binds looser than `strength`.
  static func inline(_ expression: SplunkSearch, strength: Int = SplunkSearch.logic.loosest) -> String {
    var layout = Layout()
    layout.solid { spellBare(expression, for: strength, to: &$0) }
    return layout.flat
  }

  /// Adds an operand of a search, broken where it is wide. Groups of OR always stand in parentheses: that OR binds
  /// tighter here is not what people expect.
  private static func spell(_ expression: SplunkSearch, for strength: Int, to layout: inout Layout) {
    layout.group { layout in
      guard case .any(let operands) = expression.kind else {
        return layout.solid { spellBare(expression, for: strength, to: &$0) }
      }
      layout.enclosed("(", ")") { layout in
        layout.filled(operands, by: " " + SplunkSearch.logic.or.word) {
          spellBare($1, for: SplunkSearch.logic.not.strength, to: &$0)
        }
      }
    }
  }

  private static func strength(_ expression: SplunkSearch) -> Int {
    switch expression.kind {
    case .keyword, .term, .comparison, .membership, .macro: .max
    case .not: SplunkSearch.logic.not.strength
    case .all: SplunkSearch.logic.and.strength
    case .any: SplunkSearch.logic.or.strength
    }
  }

  private static func spellBare(_ expression: SplunkSearch, for needed: Int, to layout: inout Layout) {
    layout.operand(strength(expression), for: needed) { layout in
      switch expression.kind {
      case .keyword(let value): layout.append(spelled(value))
      case .term(let text): layout.append("TERM(\(text))")
      case .comparison(let field, let operation, let value):
        layout.append("\(SplunkLiteral.listedField(field))\(operation.text)\(spelled(value))")
      case .membership(let field, let values):
        let list = values.map(spelled).joined(separator: ", ")
        layout.append("\(SplunkLiteral.listedField(field)) IN (\(list))")
      case .macro(let text): layout.append("`\(text)`")
      case .not(let operand):
        layout.append(SplunkSearch.logic.not.word + " ")
        spellBare(operand, for: SplunkSearch.logic.not.strength, to: &layout)
      case .all(let operands): spellBare(operands, " ", for: SplunkSearch.logic.or, to: &layout)
      case .any(let operands):
        spellBare(operands, " \(SplunkSearch.logic.or.word) ", for: SplunkSearch.logic.not, to: &layout)
      }
    }
  }

  private static func spellBare(
    _ operands: [SplunkSearch], _ separator: String, for above: LogicTable.Operator, to layout: inout Layout
  ) {
    for (index, operand) in operands.enumerated() {
      if index > 0 { layout.append(separator) }
      spellBare(operand, for: above.strength, to: &layout)
    }
  }

  private static func spelled(_ value: SplunkSearchValue) -> String {
    let text =
      value.isQuoted
      ? SplunkLiteral.quoted(value.text)
      : value.text.marked(with: UInt8(ascii: "\\"), quote: nil) { $0 == UInt8(ascii: "\\") }
    return value.isCased ? "CASE(\(text))" : text
  }
}

// The `eval` language.
extension SplunkPrinter {
  private static let logic = SplunkEval.logic

  /// How tightly what logical operators join binds.
  private enum Strength {
    static let comparison = logic.operand
    static let sum = comparison + 1
    static let product = sum + 1
  }

  /// The expression on one line.
  static func inline(_ expression: SplunkEval) -> String {
    var layout = Layout()
    layout.solid { spell(expression, to: &$0) }
    return layout.flat
  }

  /// How tightly the expression's outermost operator binds.
  private static func strength(_ expression: SplunkEval) -> Int {
    switch expression.kind {
    case .string, .number, .field, .call: .max
    case .not: logic.not.strength
    case .all: logic.and.strength
    case .any: logic.or.strength
    case .exclusive: SplunkEval.xor.strength
    case .comparison, .membership, .like: Strength.comparison
    case .arithmetic(let operation, _, _): strength(operation)
    }
  }

  private static func strength(_ operation: SplunkEval.Arithmetic) -> Int {
    switch operation {
    case .add, .subtract, .concatenate: Strength.sum
    case .multiply, .divide, .remainder: Strength.product
    }
  }

  /// Adds the expression, in parentheses where it binds looser than `needed`, and broken by itself where it is wide.
  private static func spell(_ expression: SplunkEval, for needed: Int = 0, to layout: inout Layout) {
    layout.group { layout in
      layout.operand(strength(expression), for: needed) { spellBare(expression, to: &$0) }
    }
  }

  private static func spellBare(_ expression: SplunkEval, to layout: inout Layout) {
    /// Adds an operand that is never broken.
    func operand(_ operand: SplunkEval, after words: String = "", for needed: Int = Strength.sum) {
      layout.append(words)
      layout.solid { spell(operand, for: needed, to: &$0) }
    }
    switch expression.kind {
    case .string(let string): layout.append(SplunkLiteral.quoted(string))
    case .number(let number): layout.append(number)
    case .field(let name): layout.append(SplunkLiteral.evalField(name))
    case .call(let name, let arguments):
      layout.append(name)
      layout.enclosed("(", ")") { spell(arguments: arguments, to: &$0) }
    case .not(let inner): operand(inner, after: logic.not.word + " ", for: logic.not.strength)
    case .all(let operands): spell(operands, logic.and, to: &layout)
    case .any(let operands): spell(operands, logic.or, to: &layout)
    case .exclusive(let left, let right):
      operand(left, for: SplunkEval.xor.strength)
      operand(right, after: " \(SplunkEval.xor.word) ", for: logic.or.strength)
    case .comparison(let operation, let left, let right):
      spell(left, for: Strength.sum, to: &layout)
      operand(right, after: operation.text)
    case .membership(let value, let list):
      operand(value)
      layout.append(" IN (")
      layout.solid { layout in layout.separated(list) { spell($1, to: &$0) } }
      layout.append(")")
    case .like(let value, let pattern):
      operand(value)
      operand(pattern, after: " LIKE ")
    case .arithmetic(let operation, let left, let right):
      operand(left, for: strength(operation))
      operand(right, after: " \(operation.rawValue) ", for: strength(operation) + 1)
    }
  }

  /// Simple arguments share lines; any other has lines of its own.
  private static func spell(arguments: [SplunkEval], to layout: inout Layout) {
    func isSimple(_ argument: SplunkEval) -> Bool { strength(argument) == .max }
    if arguments.allSatisfy(isSimple) { return layout.filled(arguments) { spell($1, to: &$0) } }
    var rest = arguments[...]
    while let first = rest.first {
      let simple = rest.prefix(while: isSimple)
      if simple.isEmpty {
        spell(first, to: &layout)
        rest.removeFirst()
      } else {
        layout.solid { layout in layout.separated(simple) { spell($1, to: &$0) } }
        rest.removeFirst(simple.count)
      }
      if !rest.isEmpty {
        layout.append(",")
        layout.line()
      }
    }
  }

  /// AND within OR stands in parentheses although it binds tighter: in `search` it is the other way round.
  private static func spell(
    _ operands: [SplunkEval], _ operation: LogicTable.Operator, to layout: inout Layout
  ) {
    layout.joined(operands, by: operation.word) { spell($1, for: logic.not.strength, to: &$0) }
  }
}
