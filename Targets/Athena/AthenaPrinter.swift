import ConcordDiagnostics
import ConcordLanguages

/// Makes text of a tree. `AthenaParser` reads it back to the same tree.
///
/// Parentheses come from how tightly operators bind, loosest first: `OR`, `AND`, `NOT`, predicates, values
/// [trino SqlBase.g4]. What fits on a line stands on one; what does not is broken at its operators.
public struct AthenaPrinter {
  /// How many columns a line should take at most.
  static let width = 100

  private enum Strength {
    static let or = 1
    static let and = 2
    static let not = 3
    static let predicate = 4
    static let value = 5
  }

  /// The expression on one line.
  public static func flat(_ expression: AthenaExpression) -> String { spelled(expression).text }

  private static func value(_ expression: AthenaExpression) -> String {
    spelled(expression).wrapped(for: Strength.value)
  }

  private static func list(_ expressions: [AthenaExpression]) -> String {
    expressions.map(flat).joined(separator: ", ")
  }

  private static func joined(
    _ operands: [AthenaExpression], _ word: String, _ strength: Int, operand: Int
  ) -> Spelled {
    Spelled(operands.map { spelled($0).wrapped(for: operand) }.joined(separator: " \(word) "), strength)
  }

  private static func spelled(_ expression: AthenaExpression) -> Spelled {
    func not(_ negated: Bool) -> String { negated ? "NOT " : "" }
    switch expression.kind {
    case .null: return Spelled("NULL")
    case .boolean(let value): return Spelled(value ? "TRUE" : "FALSE")
    case .number(let text): return Spelled(text, text.hasPrefix("-") ? Strength.value : .max)
    case .string(let text): return Spelled(AthenaLiteral.string(text))
    case .name(let name): return Spelled(AthenaLiteral.identifier(name))
    case .field(let base, let name):
      return Spelled(spelled(base).wrapped(for: .max) + "." + AthenaLiteral.identifier(name))
    case .call(let function, let arguments): return Spelled("\(word(function))(\(list(arguments)))")
    case .lambda(let variable, let body):
      return Spelled("\(AthenaLiteral.identifier(variable)) -> \(flat(body))", 0)
    case .cast(let operand, let type, let orNull):
      return Spelled("\(orNull ? "TRY_CAST" : "CAST")(\(flat(operand)) AS \(spelled(type)))")
    case .array(let items): return Spelled("ARRAY[\(list(items))]")
    case .row(let items): return Spelled("ROW(\(list(items)))")
    case .not(let operand): return Spelled("NOT " + spelled(operand).wrapped(for: Strength.not), Strength.not)
    case .and(let operands): return joined(operands, "AND", Strength.and, operand: Strength.not)
    // `AND` within `OR` needs no parentheses, but people read them faster than they recall the precedence.
    case .or(let operands): return joined(operands, "OR", Strength.or, operand: Strength.not)
    case .compare(let comparison, let left, let right):
      return Spelled("\(value(left)) \(comparison.rawValue) \(value(right))", Strength.predicate)
    case .distinct(let left, let right, let negated):
      return Spelled("\(value(left)) IS \(not(negated))DISTINCT FROM \(value(right))", Strength.predicate)
    case .isNull(let operand, let negated):
      return Spelled("\(value(operand)) IS \(not(negated))NULL", Strength.predicate)
    case .like(let operand, let pattern, let escape, let negated):
      let tail = escape.map { " ESCAPE " + value($0) } ?? ""
      return Spelled("\(value(operand)) \(not(negated))LIKE \(value(pattern))\(tail)", Strength.predicate)
    case .inList(let operand, let items, let negated):
      return Spelled("\(value(operand)) \(not(negated))IN (\(list(items)))", Strength.predicate)
    case .between(let operand, let low, let high, let negated):
      return Spelled(
        "\(value(operand)) \(not(negated))BETWEEN \(value(low)) AND \(value(high))", Strength.predicate)
    case .choice(let branches, let otherwise):
      let whens = branches.map { "WHEN \(flat($0.condition)) THEN \(flat($0.result)) " }.joined()
      return Spelled("CASE \(whens)\(otherwise.map { "ELSE \(flat($0)) " } ?? "")END")
    }
  }

  /// The word for a function: those that are part of the language stand in capitals.
  private static func word(_ function: String) -> String {
    ["coalesce", "try", "if", "nullif"].contains(function) ? function.uppercased() : function
  }

  /// The type as it stands in a cast.
  public static func spelled(_ type: AthenaType) -> String {
    switch type {
    case .named(let name): return name
    case .array(let element): return "ARRAY(\(spelled(element)))"
    case .map(let key, let value): return "MAP(\(spelled(key)), \(spelled(value)))"
    case .row(let fields):
      let spelledFields = fields.map { "\(AthenaLiteral.identifier($0.name)) \(spelled($0.type))" }
      return "ROW(\(spelledFields.joined(separator: ", ")))"
    }
  }
}

extension AthenaPrinter {
  /// The expression over as many lines as it needs, in parentheses where it binds looser than `strength`.
  static func lines(_ expression: AthenaExpression, for strength: Int = 0, width: Int = width) -> [String] {
    let spelled = spelled(expression)
    let flat = spelled.wrapped(for: strength)
    if flat.scalarCount <= width { return [flat] }
    if spelled.strength < strength {
      return ["("] + indented(lines(expression, width: width - 2)) + [")"]
    }
    switch expression.kind {
    case .and(let operands): return broken(operands, "AND", Strength.not, width)
    case .or(let operands): return broken(operands, "OR", Strength.not, width)
    case .not(let operand): return prefixed("NOT ", lines(operand, for: Strength.not, width: width - 4))
    case .call(let function, let arguments):
      return enclosed("\(word(function))(", arguments.map { lines($0, width: width - 2) }, ")")
    case .lambda(let variable, let body):
      return prefixed("\(AthenaLiteral.identifier(variable)) -> ", lines(body, width: width - 2))
    case .inList(let operand, let items, let negated):
      let head = "\(value(operand)) \(negated ? "NOT " : "")IN ("
      return [head] + indented(filled(items.map { AthenaPrinter.flat($0) }, width - 2)) + [")"]
    case .compare(let comparison, let left, let right):
      var result = lines(left, for: Strength.value, width: width - 10)
      result[result.count - 1] += " \(comparison.rawValue) \(value(right))"
      return result
    case .array(let items): return enclosed("ARRAY[", items.map { lines($0, width: width - 2) }, "]")
    case .row(let items): return enclosed("ROW(", items.map { lines($0, width: width - 2) }, ")")
    case .null, .boolean, .number, .string, .name, .field, .cast, .distinct, .isNull, .like, .between,
      .choice:
      return [flat]
    }
  }

  private static func broken(
    _ operands: [AthenaExpression], _ word: String, _ strength: Int, _ width: Int
  ) -> [String] {
    operands.enumerated().flatMap { index, operand in
      let own = lines(operand, for: strength, width: width - word.utf8.count - 1)
      return index == 0 ? own : prefixed(word + " ", own)
    }
  }

  private static func prefixed(_ prefix: String, _ lines: [String]) -> [String] {
    lines.enumerated().map { $0.offset == 0 ? prefix + $0.element : $0.element }
  }

  static func indented(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }

  private static func enclosed(_ open: String, _ parts: [[String]], _ close: String) -> [String] {
    var result = [open]
    for (index, part) in parts.enumerated() {
      var own = indented(part)
      if index + 1 < parts.count { own[own.count - 1] += "," }
      result += own
    }
    return result + [close]
  }

  /// As many items a line as fit.
  private static func filled(_ items: [String], _ width: Int) -> [String] {
    var result: [String] = []
    var line = ""
    var length = 0
    for (index, item) in items.enumerated() {
      let text = index + 1 < items.count ? item + "," : item
      let count = text.scalarCount
      if length > 0, length + 1 + count > width {
        result.append(line)
        (line, length) = ("", 0)
      }
      line += length == 0 ? text : " " + text
      length += count + (length == 0 ? 0 : 1)
    }
    return line.isEmpty ? result : result + [line]
  }

  /// The statement, one conjunct a line, ending in a line break.
  public static func text(_ query: AthenaQuery) -> String {
    var result = query.comments.map { $0.isEmpty ? "--" : "-- " + AthenaLiteral.comment($0) }
    for (index, table) in query.with.enumerated() {
      let columns = table.columns.map(AthenaLiteral.identifier).joined(separator: ", ")
      result.append("\(index == 0 ? "WITH " : "")\(AthenaLiteral.identifier(table.name)) AS (")
      result.append("  SELECT * FROM (VALUES")
      for (row, expression) in table.rows.enumerated() {
        var own = valuesRow(expression)
        if row + 1 < table.rows.count { own[own.count - 1] += "," }
        result += indented(indented(own))
      }
      result.append("  ) AS \(AthenaLiteral.identifier("t"))(\(columns))")
      result.append(index + 1 < query.with.count ? ")," : ")")
    }
    result.append("SELECT")
    for (index, column) in query.columns.enumerated() {
      var own = column.expression.map { lines($0, width: width - 2) } ?? ["*"]
      if let alias = column.alias { own[own.count - 1] += " AS " + AthenaLiteral.identifier(alias) }
      if index + 1 < query.columns.count { own[own.count - 1] += "," }
      result += indented(own)
    }
    let alias = query.tableAlias.map { " AS " + AthenaLiteral.identifier($0) } ?? ""
    result.append("FROM " + query.table.map(AthenaLiteral.identifier).joined(separator: ".") + alias)
    if let predicate = query.predicate { result += whereClause(predicate) }
    if !query.order.isEmpty { result.append("ORDER BY " + list(query.order)) }
    if let limit = query.limit { result.append("LIMIT \(limit)") }
    return result.joined(separator: "\n") + "\n"
  }

  /// One line of `VALUES`; there a row stands without the word.
  private static func valuesRow(_ expression: AthenaExpression) -> [String] {
    guard case .row(let items) = expression.kind else { return lines(expression, width: width - 4) }
    let flat = "(\(list(items)))"
    return flat.scalarCount <= width - 4
      ? [flat] : enclosed("(", items.map { lines($0, width: width - 6) }, ")")
  }

  private static func whereClause(_ predicate: AthenaExpression) -> [String] {
    guard case .and(let operands) = predicate.kind else {
      return prefixed("WHERE ", lines(predicate)).enumerated().map {
        $0.offset == 0 ? $0.element : "  " + $0.element
      }
    }
    return operands.enumerated().flatMap { index, operand in
      let own = lines(operand, for: Strength.and + 1, width: width - 6)
      return index == 0
        ? prefixed("WHERE ", own).enumerated().map { $0.offset == 0 ? $0.element : "  " + $0.element }
        : indented(prefixed("AND ", own))
    }
  }
}
