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
  public static func flat(_ expression: AthenaExpression) -> String { flat(expression, for: 0) }

  /// The expression on one line, in parentheses where it binds looser than `strength`.
  private static func flat(_ expression: AthenaExpression, for strength: Int) -> String {
    var text = ""
    spell(expression, for: strength, to: &text)
    return text
  }

  /// How tightly the expression's outermost operator binds.
  private static func strength(_ expression: AthenaExpression) -> Int {
    switch expression.kind {
    case .null, .boolean, .string, .name, .field, .call, .cast, .array, .row, .choice: .max
    case .number(let text): text.hasPrefix("-") ? Strength.value : .max
    case .compare, .distinct, .isNull, .like, .inList, .between: Strength.predicate
    case .not: Strength.not
    case .and: Strength.and
    case .or: Strength.or
    case .lambda: 0
    }
  }

  /// Adds the expression to a line, in parentheses where it binds looser than `strength`.
  private static func spell(_ expression: AthenaExpression, for strength: Int, to text: inout String) {
    guard self.strength(expression) >= strength else {
      text += "("
      spell(expression, to: &text)
      text += ")"
      return
    }
    spell(expression, to: &text)
  }

  private static func spell(_ expression: AthenaExpression, to text: inout String) {
    switch expression.kind {
    case .null: text += "NULL"
    case .boolean(let value): text += value ? "TRUE" : "FALSE"
    case .number(let number): text += number
    case .string(let string): text += AthenaLiteral.string(string)
    case .name(let name): text += AthenaLiteral.identifier(name)
    case .field(let base, let name):
      spell(base, for: .max, to: &text)
      text += "."
      text += AthenaLiteral.identifier(name)
    case .call(let function, let arguments):
      text += word(function)
      spellList(arguments, "(", ")", to: &text)
    case .lambda(let variable, let body):
      text += "\(AthenaLiteral.identifier(variable)) -> "
      spell(body, to: &text)
    case .cast(let operand, let type, let orNull):
      text += orNull ? "TRY_CAST(" : "CAST("
      spell(operand, to: &text)
      text += " AS \(spelled(type)))"
    case .array(let items): spellList(items, "ARRAY[", "]", to: &text)
    case .row(let items): spellList(items, "ROW(", ")", to: &text)
    case .not(let operand):
      text += "NOT "
      spell(operand, for: Strength.not, to: &text)
    case .and(let operands): spellJoined(operands, " AND ", to: &text)
    // `AND` within `OR` needs no parentheses, but people read them faster than they recall the precedence.
    case .or(let operands): spellJoined(operands, " OR ", to: &text)
    case .compare(let comparison, let left, let right):
      spellPair(left, " \(comparison.rawValue) ", right, to: &text)
    case .distinct(let left, let right, let negated):
      spellPair(left, negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ", right, to: &text)
    case .isNull(let operand, let negated):
      spell(operand, for: Strength.value, to: &text)
      text += negated ? " IS NOT NULL" : " IS NULL"
    case .like(let operand, let pattern, let escape, let negated):
      spellPair(operand, negated ? " NOT LIKE " : " LIKE ", pattern, to: &text)
      if let escape { text += " ESCAPE " + flat(escape, for: Strength.value) }
    case .inList(let operand, let items, let negated):
      spell(operand, for: Strength.value, to: &text)
      spellList(items, negated ? " NOT IN (" : " IN (", ")", to: &text)
    case .between(let operand, let low, let high, let negated):
      spellPair(operand, negated ? " NOT BETWEEN " : " BETWEEN ", low, to: &text)
      text += " AND " + flat(high, for: Strength.value)
    case .choice(let branches, let otherwise):
      text += "CASE "
      for branch in branches {
        text += "WHEN \(flat(branch.condition)) THEN \(flat(branch.result)) "
      }
      if let otherwise { text += "ELSE \(flat(otherwise)) " }
      text += "END"
    }
  }

  private static func spellPair(
    _ left: AthenaExpression, _ words: String, _ right: AthenaExpression, to text: inout String
  ) {
    spell(left, for: Strength.value, to: &text)
    text += words
    spell(right, for: Strength.value, to: &text)
  }

  private static func spellList(
    _ items: [AthenaExpression], _ open: String, _ close: String, to text: inout String
  ) {
    text += open
    for (index, item) in items.enumerated() {
      if index > 0 { text += ", " }
      spell(item, to: &text)
    }
    text += close
  }

  private static func spellJoined(_ operands: [AthenaExpression], _ word: String, to text: inout String) {
    for (index, operand) in operands.enumerated() {
      if index > 0 { text += word }
      spell(operand, for: Strength.not, to: &text)
    }
  }

  private static func list(_ expressions: [AthenaExpression]) -> String {
    var text = ""
    spellList(expressions, "", "", to: &text)
    return text
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
    var flat: String?
    if leastColumns(expression, upTo: width) <= width {
      let line = self.flat(expression, for: strength)
      if line.scalarCount <= width { return [line] }
      flat = line
    }
    if self.strength(expression) < strength {
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
      let head = self.flat(operand, for: Strength.value) + (negated ? " NOT IN (" : " IN (")
      return [head] + indented(filled(items.map { self.flat($0) }, width - 2)) + [")"]
    case .compare(let comparison, let left, let right):
      var result = lines(left, for: Strength.value, width: width - 10)
      result[result.count - 1] += " \(comparison.rawValue) \(self.flat(right, for: Strength.value))"
      return result
    case .array(let items): return enclosed("ARRAY[", items.map { lines($0, width: width - 2) }, "]")
    case .row(let items): return enclosed("ROW(", items.map { lines($0, width: width - 2) }, ")")
    case .null, .boolean, .number, .string, .name, .field, .cast, .distinct, .isNull, .like, .between,
      .choice:
      return [flat ?? self.flat(expression, for: strength)]
    }
  }

  /// How many columns the expression takes on a line, without parentheses and most words: where that is more than
  /// `limit`, it need not be spelled to know that it does not fit. Counts no further than that.
  private static func leastColumns(_ expression: AthenaExpression, upTo limit: Int) -> Int {
    func sum(_ operands: [AthenaExpression]) -> Int {
      var columns = 0
      for operand in operands where columns <= limit { columns += leastColumns(operand, upTo: limit) + 2 }
      return columns - 2
    }
    return switch expression.kind {
    case .string(let text), .name(let text): text.scalarCount + 2
    case .number(let text): text.scalarCount
    case .call(_, let arguments): sum(arguments) + 2
    case .and(let operands), .or(let operands), .array(let operands), .row(let operands): sum(operands)
    case .inList(let operand, let items, _): sum([operand]) + sum(items)
    case .like(let left, let right, _, _), .compare(_, let left, let right),
      .distinct(let left, let right, _):
      sum([left, right])
    case .not(let operand), .lambda(_, let operand), .cast(let operand, _, _), .isNull(let operand, _),
      .field(let operand, _), .between(let operand, _, _, _):
      sum([operand])
    case .null, .boolean, .choice: 0
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
    guard let first = lines.first else { return lines }
    var lines = lines
    lines[0] = prefix + first
    return lines
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
      return indentedAfterFirst(prefixed("WHERE ", lines(predicate)))
    }
    var result: [String] = []
    for (index, operand) in operands.enumerated() {
      let own = lines(operand, for: Strength.and + 1, width: width - 6)
      result +=
        index == 0
        ? indentedAfterFirst(prefixed("WHERE ", own)) : indented(prefixed("AND ", own))
    }
    return result
  }

  private static func indentedAfterFirst(_ lines: [String]) -> [String] {
    var lines = lines
    for index in lines.indices.dropFirst() { lines[index] = "  " + lines[index] }
    return lines
  }
}
