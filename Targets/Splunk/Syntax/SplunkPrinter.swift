import ConcordDiagnostics
import ConcordLanguages

/// The text of a search, laid out for people: a command a line, then a conjunct a line.
///
/// Parentheses come from the binding strengths alone, of which the two expression languages have each their own.
struct SplunkPrinter {
  /// How many columns a line may take before it is broken.
  static let width = 100
  /// By how much a part is indented under the line it belongs to.
  static let step = "  "

  /// The text of the whole search, ending in a line break.
  static func print(_ query: SplunkQuery) -> String {
    var lines = query.comments.map { "```\($0)```" }
    for (index, command) in query.commands.enumerated() {
      lines += self.lines(command, isFirst: index == 0)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ command: SplunkCommand, isFirst: Bool) -> [String] {
    switch command.kind {
    case .search(let expression): searchCommand(expression, isFirst: isFirst)
    case .eval(let assignments): headed("| eval", separated(assignments.map(assignment)))
    case .filter(let expression): filter(expression)
    case .regex(let field, let negated, let pattern):
      ["| regex \(SplunkLiteral.listedField(field))\(negated ? "!=" : "=")\(SplunkLiteral.quoted(pattern))"]
    case .table(let names): list("| table ", names.map(SplunkLiteral.listedField))
    case .fields(let keep, let names):
      list(keep ? "| fields " : "| fields - ", names.map(SplunkLiteral.listedField))
    case .rename(let renamings):
      list(
        "| rename ",
        renamings.map { "\(SplunkLiteral.listedField($0.from)) AS \(SplunkLiteral.listedField($0.to))" })
    case .spath(let input, let output, let path):
      [
        "| spath" + (input.map { " input=\(SplunkLiteral.listedField($0))" } ?? "")
          + (output.map { " output=\(SplunkLiteral.listedField($0))" } ?? "")
          + (path.map { " path=\(SplunkLiteral.quoted($0))" } ?? "")
      ]
    case .makeresults(let data): ["| makeresults format=json data=\(SplunkLiteral.quoted(data))"]
    case .append(let data): ["| append [| makeresults format=json data=\(SplunkLiteral.quoted(data))]"]
    }
  }

  private static func searchCommand(_ expression: SplunkSearch, isFirst: Bool) -> [String] {
    var operands = [expression]
    if case .all(let parts) = expression.kind { operands = parts }
    let strength = operands.count > 1 ? SearchStrength.alternative : SearchStrength.conjunct
    let blocks = operands.map { block($0, strength: strength) }
    let flat = blocks.flatMap { $0 }
    if blocks.allSatisfy({ $0.count == 1 }) {
      let line = (isFirst ? "" : "| search ") + flat.joined(separator: " ")
      if line.scalarCount <= width { return [line] }
    }
    if isFirst { return Array(flat.prefix(1)) + flat.dropFirst().map { step + $0 } }
    return ["| search"] + flat.map { step + $0 }
  }

  private static func filter(_ expression: SplunkEval) -> [String] {
    guard case .all(let operands) = expression.kind else {
      return headed("| where", block(expression, strength: EvalStrength.exclusive))
    }
    return headed("| where", joined(operands, "AND"))
  }

  private static func assignment(_ assignment: SplunkCommand.Assignment) -> [String] {
    attached(
      SplunkLiteral.listedField(assignment.name) + "=",
      block(assignment.value, strength: EvalStrength.exclusive))
  }

  /// `head` and the block on one line where both fit on one, else the block under the head.
  private static func headed(_ head: String, _ block: [String]) -> [String] {
    if block.count == 1, head.count + 1 + block[0].scalarCount <= width {
      return ["\(head) \(block[0])"]
    }
    return [head] + block.map { step + $0 }
  }

  private static func list(_ head: String, _ items: [String]) -> [String] {
    let filled = fill(items, separator: ",", width: width - head.count)
    return filled.enumerated().map { $0.offset == 0 ? head + $0.element : step + step + $0.element }
  }
}

/// How tightly the operators of `search` bind: OR tighter than AND.
enum SearchStrength {
  static let conjunct = 2
  static let alternative = 3
  static let operand = 4
}

/// How tightly the operators of `where` and `eval` bind: AND tighter than OR.
enum EvalStrength {
  static let exclusive = 1
  static let any = 2
  static let all = 3
  static let not = 4
  static let comparison = 5
  static let sum = 6
  static let product = 7
  static let operand = 8
}

// The `search` language.
extension SplunkPrinter {
  /// The expression on one line, in parentheses where it binds looser than `strength`.
  static func inline(_ expression: SplunkSearch, strength: Int = SearchStrength.conjunct) -> String {
    spelled(expression).wrapped(for: strength)
  }

  private static func spelled(_ expression: SplunkSearch) -> Spelled {
    switch expression.kind {
    case .keyword(let value): Spelled(spelled(value))
    case .term(let text): Spelled("TERM(\(text))")
    case .comparison(let field, let operation, let value):
      Spelled("\(SplunkLiteral.listedField(field))\(operation.rawValue)\(spelled(value))")
    case .membership(let field, let values):
      Spelled("\(SplunkLiteral.listedField(field)) IN (\(values.map(spelled).joined(separator: ", ")))")
    case .macro(let text): Spelled("`\(text)`")
    case .not(let operand):
      Spelled("NOT " + inline(operand, strength: SearchStrength.operand), SearchStrength.operand)
    case .all(let operands):
      Spelled(
        operands.map { inline($0, strength: SearchStrength.alternative) }.joined(separator: " "),
        SearchStrength.conjunct)
    case .any(let operands):
      Spelled(
        operands.map { inline($0, strength: SearchStrength.operand) }.joined(separator: " OR "),
        SearchStrength.alternative)
    }
  }

  private static func spelled(_ value: SplunkSearchValue) -> String {
    let text = value.isQuoted ? SplunkLiteral.quoted(value.text) : value.text
    return value.isCased ? "CASE(\(text))" : text
  }

  /// The expression over as many lines as it needs.
  private static func block(_ expression: SplunkSearch, strength: Int) -> [String] {
    // Groups of OR always stand in parentheses: that OR binds tighter here is not what people expect.
    var strength = strength
    if case .any = expression.kind { strength = SearchStrength.operand }
    let line = inline(expression, strength: strength)
    guard line.scalarCount > width, case .any(let operands) = expression.kind else { return [line] }
    let items = operands.map { inline($0, strength: SearchStrength.operand) }
    let filled = fill(items, separator: " OR", width: width)
    return enclosed(filled)
  }
}

// The `eval` language.
extension SplunkPrinter {
  /// The expression on one line, in parentheses where it binds looser than `strength`.
  static func inline(_ expression: SplunkEval, strength: Int = EvalStrength.exclusive) -> String {
    var text = ""
    spell(expression, strength: strength, to: &text)
    return text
  }

  /// How tightly the expression's outermost operator binds.
  private static func strength(_ expression: SplunkEval) -> Int {
    switch expression.kind {
    case .string, .number, .field, .call: .max
    case .not: EvalStrength.not
    case .all: EvalStrength.all
    case .any: EvalStrength.any
    case .exclusive: EvalStrength.exclusive
    case .comparison, .membership, .like: EvalStrength.comparison
    case .arithmetic(let operation, _, _): strength(operation)
    }
  }

  private static func strength(_ operation: SplunkEval.Arithmetic) -> Int {
    switch operation {
    case .add, .subtract, .concatenate: EvalStrength.sum
    case .multiply, .divide, .remainder: EvalStrength.product
    }
  }

  /// Adds the expression to a line, in parentheses where it binds looser than `strength`.
  private static func spell(_ expression: SplunkEval, strength: Int, to text: inout String) {
    guard self.strength(expression) >= strength else {
      text += "("
      spell(expression, to: &text)
      text += ")"
      return
    }
    spell(expression, to: &text)
  }

  private static func spell(_ expression: SplunkEval, to text: inout String) {
    switch expression.kind {
    case .string(let string): text += SplunkLiteral.quoted(string)
    case .number(let number): text += number
    case .field(let name): text += SplunkLiteral.evalField(name)
    case .call(let name, let arguments):
      text += name
      text += "("
      spell(arguments, ", ", EvalStrength.exclusive, to: &text)
      text += ")"
    case .not(let operand):
      text += "NOT "
      spell(operand, strength: EvalStrength.not, to: &text)
    case .all(let operands): spell(operands, " AND ", EvalStrength.not, to: &text)
    // AND within OR stands in parentheses although it binds tighter: in `search` it is the other way round.
    case .any(let operands): spell(operands, " OR ", EvalStrength.not, to: &text)
    case .exclusive(let left, let right):
      spell(left, strength: EvalStrength.exclusive, to: &text)
      text += " XOR "
      spell(right, strength: EvalStrength.any, to: &text)
    case .comparison(let operation, let left, let right):
      spell([left, right], operation.rawValue, EvalStrength.sum, to: &text)
    case .membership(let value, let list):
      spell(value, strength: EvalStrength.sum, to: &text)
      text += " IN ("
      spell(list, ", ", EvalStrength.exclusive, to: &text)
      text += ")"
    case .like(let value, let pattern): spell([value, pattern], " LIKE ", EvalStrength.sum, to: &text)
    case .arithmetic(let operation, let left, let right):
      spell(left, strength: strength(operation), to: &text)
      text += " \(operation.rawValue) "
      spell(right, strength: strength(operation) + 1, to: &text)
    }
  }

  private static func spell(
    _ operands: [SplunkEval], _ separator: String, _ strength: Int, to text: inout String
  ) {
    for (index, operand) in operands.enumerated() {
      if index > 0 { text += separator }
      spell(operand, strength: strength, to: &text)
    }
  }

  /// How many columns the expression takes on a line, without parentheses: where that is more than `width`, it
  /// need not be spelled to know that it does not fit. Counts no further than that.
  private static func leastColumns(_ expression: SplunkEval) -> Int {
    func sum(_ operands: [SplunkEval], separator: Int) -> Int {
      var columns = 0
      for operand in operands where columns <= width { columns += leastColumns(operand) + separator }
      return columns - separator
    }
    return switch expression.kind {
    case .string(let text): text.scalarCount + 2
    case .number(let text), .field(let text): text.scalarCount
    case .call(let name, let arguments): name.scalarCount + 2 + max(0, sum(arguments, separator: 2))
    case .not(let operand): leastColumns(operand) + 4
    case .all(let operands): sum(operands, separator: 5)
    case .any(let operands): sum(operands, separator: 4)
    case .exclusive(let left, let right), .like(let left, let right): sum([left, right], separator: 5)
    case .comparison(_, let left, let right), .arithmetic(_, let left, let right):
      sum([left, right], separator: 1)
    case .membership(let value, let list): leastColumns(value) + max(0, sum(list, separator: 2)) + 6
    }
  }

  /// The expression over as many lines as it needs.
  static func block(_ expression: SplunkEval, strength: Int) -> [String] {
    let isWide = leastColumns(expression) > width
    let line = isWide ? nil : inline(expression, strength: strength)
    if let line, line.scalarCount <= width { return [line] }
    switch expression.kind {
    case .string, .number, .field, .not, .exclusive, .membership, .like, .arithmetic:
      return [line ?? inline(expression, strength: strength)]
    case .all(let operands), .any(let operands):
      let isAll = if case .all = expression.kind { true } else { false }
      let parts = joined(operands, isAll ? "AND" : "OR")
      return self.strength(expression) < strength ? enclosed(parts) : parts
    case .comparison(let operation, let left, let right):
      var lines = block(left, strength: EvalStrength.sum)
      lines[lines.count - 1] += operation.rawValue + inline(right, strength: EvalStrength.sum)
      return lines
    case .call(let name, let arguments):
      let atoms = arguments.allSatisfy { self.strength($0) == .max }
      let parts =
        atoms
        ? fill(arguments.map { inline($0) }, separator: ",", width: width)
        : separated(grouped(arguments))
      return attached(name, enclosed(parts))
    }
  }

  /// The arguments as blocks, simple ones that follow one another on one line.
  private static func grouped(_ arguments: [SplunkEval]) -> [[String]] {
    var blocks: [[String]] = []
    var wasSimple = false
    for argument in arguments {
      let part = block(argument, strength: EvalStrength.exclusive)
      let isSimple = part.count == 1 && strength(argument) == .max
      if isSimple, wasSimple, let last = blocks.last?.last,
        last.scalarCount + part[0].scalarCount < width
      {
        blocks[blocks.count - 1][blocks[blocks.count - 1].count - 1] = last + ", " + part[0]
      } else {
        blocks.append(part)
      }
      wasSimple = isSimple
    }
    return blocks
  }

  private static func joined(_ operands: [SplunkEval], _ word: String) -> [String] {
    var lines: [String] = []
    for (index, operand) in operands.enumerated() {
      let part = block(operand, strength: EvalStrength.not)
      lines += index == 0 ? part : attached(word + " ", part)
    }
    return lines
  }
}

// Layout.
extension SplunkPrinter {
  /// The block with `head` before its first line.
  private static func attached(_ head: String, _ block: [String]) -> [String] {
    guard let first = block.first else { return block }
    var block = block
    block[0] = head + first
    return block
  }

  /// The block between parentheses on lines of their own.
  private static func enclosed(_ block: [String]) -> [String] {
    ["("] + block.map { step + $0 } + [")"]
  }

  /// The blocks one under the other, with a comma after each but the last.
  private static func separated(_ blocks: [[String]]) -> [String] {
    var lines: [String] = []
    for (index, block) in blocks.enumerated() {
      lines += block
      if index + 1 < blocks.count { lines[lines.count - 1] += "," }
    }
    return lines
  }

  /// The items on as few lines of `width` columns as they need.
  private static func fill(_ items: [String], separator: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var columns = 0
    for (index, item) in items.enumerated() {
      let text = item + (index + 1 < items.count ? separator : "")
      let count = text.scalarCount
      if line.isEmpty {
        (line, columns) = (text, count)
      } else if columns + 1 + count > width {
        lines.append(line)
        (line, columns) = (text, count)
      } else {
        line += " " + text
        columns += 1 + count
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
