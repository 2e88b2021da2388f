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
      ["| regex \(SplunkText.listedField(field))\(negated ? "!=" : "=")\(SplunkText.quoted(pattern))"]
    case .table(let names): list("| table ", names.map(SplunkText.listedField))
    case .fields(let keep, let names):
      list(keep ? "| fields " : "| fields - ", names.map(SplunkText.listedField))
    case .rename(let renamings):
      list(
        "| rename ",
        renamings.map { "\(SplunkText.listedField($0.from)) AS \(SplunkText.listedField($0.to))" })
    case .spath(let input, let output, let path):
      [
        "| spath" + (input.map { " input=\(SplunkText.listedField($0))" } ?? "")
          + (output.map { " output=\(SplunkText.listedField($0))" } ?? "")
          + (path.map { " path=\(SplunkText.quoted($0))" } ?? "")
      ]
    case .makeresults(let data): ["| makeresults format=json data=\(SplunkText.quoted(data))"]
    case .append(let data): ["| append [| makeresults format=json data=\(SplunkText.quoted(data))]"]
    }
  }

  private static func searchCommand(_ expression: SearchExpression, isFirst: Bool) -> [String] {
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

  private static func filter(_ expression: EvalExpression) -> [String] {
    guard case .all(let operands) = expression.kind else {
      return headed("| where", block(expression, strength: EvalStrength.exclusive))
    }
    return headed("| where", joined(operands, "AND"))
  }

  private static func assignment(_ assignment: SplunkCommand.Assignment) -> [String] {
    attached(
      SplunkText.listedField(assignment.name) + "=",
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
  static func inline(_ expression: SearchExpression, strength: Int = SearchStrength.conjunct) -> String {
    spelled(expression).wrapped(for: strength)
  }

  private static func spelled(_ expression: SearchExpression) -> Spelled {
    switch expression.kind {
    case .keyword(let value): Spelled(spelled(value))
    case .term(let text): Spelled("TERM(\(text))")
    case .comparison(let field, let operation, let value):
      Spelled("\(SplunkText.listedField(field))\(operation.rawValue)\(spelled(value))")
    case .membership(let field, let values):
      Spelled("\(SplunkText.listedField(field)) IN (\(values.map(spelled).joined(separator: ", ")))")
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

  private static func spelled(_ value: SearchValue) -> String {
    let text = value.isQuoted ? SplunkText.quoted(value.text) : value.text
    return value.isCased ? "CASE(\(text))" : text
  }

  /// The expression over as many lines as it needs.
  private static func block(_ expression: SearchExpression, strength: Int) -> [String] {
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
  static func inline(_ expression: EvalExpression, strength: Int = EvalStrength.exclusive) -> String {
    spelled(expression).wrapped(for: strength)
  }

  private static func spelled(_ expression: EvalExpression) -> Spelled {
    switch expression.kind {
    case .string(let text): Spelled(SplunkText.quoted(text))
    case .number(let text): Spelled(text)
    case .field(let name): Spelled(SplunkText.evalField(name))
    case .call(let name, let arguments):
      Spelled("\(name)(\(arguments.map { inline($0) }.joined(separator: ", ")))")
    case .not(let operand):
      Spelled("NOT " + inline(operand, strength: EvalStrength.not), EvalStrength.not)
    case .all(let operands): chain(operands, " AND ", EvalStrength.all)
    // AND within OR stands in parentheses although it binds tighter: in `search` it is the other way round.
    case .any(let operands): chain(operands, " OR ", EvalStrength.any)
    case .exclusive(let left, let right):
      Spelled(
        inline(left, strength: EvalStrength.exclusive) + " XOR " + inline(right, strength: EvalStrength.any),
        EvalStrength.exclusive)
    case .comparison(let operation, let left, let right):
      Spelled(
        inline(left, strength: EvalStrength.sum) + operation.rawValue
          + inline(right, strength: EvalStrength.sum), EvalStrength.comparison)
    case .membership(let value, let list):
      Spelled(
        inline(value, strength: EvalStrength.sum)
          + " IN (\(list.map { inline($0) }.joined(separator: ", ")))", EvalStrength.comparison)
    case .like(let value, let pattern):
      Spelled(
        inline(value, strength: EvalStrength.sum) + " LIKE " + inline(pattern, strength: EvalStrength.sum),
        EvalStrength.comparison)
    case .arithmetic(let operation, let left, let right): arithmetic(operation, left, right)
    }
  }

  private static func chain(_ operands: [EvalExpression], _ separator: String, _ strength: Int) -> Spelled {
    Spelled(
      operands.map { inline($0, strength: EvalStrength.not) }.joined(separator: separator), strength)
  }

  private static func arithmetic(
    _ operation: EvalExpression.Arithmetic, _ left: EvalExpression, _ right: EvalExpression
  ) -> Spelled {
    let strength: Int
    switch operation {
    case .add, .subtract, .concatenate: strength = EvalStrength.sum
    case .multiply, .divide, .remainder: strength = EvalStrength.product
    }
    return Spelled(
      inline(left, strength: strength) + " \(operation.rawValue) " + inline(right, strength: strength + 1),
      strength)
  }

  /// The expression over as many lines as it needs.
  static func block(_ expression: EvalExpression, strength: Int) -> [String] {
    let own = spelled(expression)
    let line = own.wrapped(for: strength)
    if line.scalarCount <= width { return [line] }
    switch expression.kind {
    case .string, .number, .field, .not, .exclusive, .membership, .like, .arithmetic: return [line]
    case .all(let operands), .any(let operands):
      let isAll = if case .all = expression.kind { true } else { false }
      let parts = joined(operands, isAll ? "AND" : "OR")
      return own.strength < strength ? enclosed(parts) : parts
    case .comparison(let operation, let left, let right):
      var lines = block(left, strength: EvalStrength.sum)
      lines[lines.count - 1] += operation.rawValue + inline(right, strength: EvalStrength.sum)
      return lines
    case .call(let name, let arguments):
      let atoms = arguments.allSatisfy { spelled($0).strength == .max }
      let parts =
        atoms
        ? fill(arguments.map { inline($0) }, separator: ",", width: width)
        : separated(grouped(arguments))
      return attached(name, enclosed(parts))
    }
  }

  /// The arguments as blocks, simple ones that follow one another on one line.
  private static func grouped(_ arguments: [EvalExpression]) -> [[String]] {
    var blocks: [[String]] = []
    var wasSimple = false
    for argument in arguments {
      let part = block(argument, strength: EvalStrength.exclusive)
      let isSimple = part.count == 1 && spelled(argument).strength == .max
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

  private static func joined(_ operands: [EvalExpression], _ word: String) -> [String] {
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
    block.enumerated().map { $0.offset == 0 ? head + $0.element : $0.element }
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
