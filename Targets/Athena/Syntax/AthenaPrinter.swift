import ConcordDiagnostics
import ConcordLanguages

/// Makes text of a tree. `AthenaParser` reads it back to the same tree.
///
/// Parentheses come from how tightly operators bind, loosest first: `OR`, `AND`, `NOT`, predicates, values
/// [trino SqlBase.g4]. What fits on a line stands on one; what does not is broken at its operators.
package struct AthenaPrinter {
  /// How many columns a line should take at most.
  static let width = 100

  private static let logic = AthenaExpression.logic

  /// How tightly what logical operators join binds.
  private enum Strength {
    static let predicate = logic.operand
    static let value = predicate + 1
  }

  /// The expression on one line.
  package static func flat(_ expression: AthenaExpression) -> String {
    var layout = Layout()
    layout.solid { spell(expression, to: &$0) }
    return layout.flat
  }

  /// How tightly the expression's outermost operator binds.
  private static func strength(_ expression: AthenaExpression) -> Int {
    switch expression.kind {
    case .null, .boolean, .string, .moment, .name, .field, .call, .aggregate, .windowed, .cast, .array, .row,
      .choice:
      .max
    case .number(let text): text.hasPrefix("-") ? Strength.value : .max
    case .quotient: Strength.value
    case .compare, .distinct, .isNull, .like, .inList, .between: Strength.predicate
    case .not: logic.not.strength
    case .and: logic.and.strength
    case .or: logic.or.strength
    case .lambda: 0
    }
  }

  /// Adds the expression, in parentheses where it binds looser than `strength`, and broken by itself where it takes
  /// more than the room less `narrowing`.
  private static func spell(
    _ expression: AthenaExpression, for strength: Int = 0, narrowing: Int = 0, to layout: inout Layout
  ) {
    layout.group(narrowing: narrowing) { layout in
      layout.operand(self.strength(expression), for: strength) { spellBare(expression, to: &$0) }
    }
  }

  private static func spellBare(_ expression: AthenaExpression, to layout: inout Layout) {
    /// Adds an operand of a predicate, which is never broken.
    func value(_ operand: AthenaExpression, after words: String = "", for strength: Int = Strength.value) {
      layout.append(words)
      layout.solid { spell(operand, for: strength, to: &$0) }
    }
    switch expression.kind {
    case .null: layout.append("NULL")
    case .boolean(let value): layout.append(value ? "TRUE" : "FALSE")
    case .number(let number): layout.append(number)
    case .moment(let moment): layout.append(moment.text)
    case .string(let string): layout.append(AthenaLiteral.string(string))
    case .name(let name): layout.append(AthenaLiteral.identifier(name))
    case .field(let base, let name):
      value(base, for: .max)
      layout.append("." + AthenaLiteral.identifier(name))
    case .call(let function, let arguments):
      layout.append(word(function))
      spellList(arguments, "(", ")", to: &layout)
    case .aggregate(let call):
      layout.append(call.function + (call.isDistinct ? "(DISTINCT " : "("))
      if call.arguments.isEmpty {
        layout.append("*)")
      } else {
        spellList(call.arguments, "", ")", to: &layout)
      }
      if let filter = call.filter {
        value(filter, after: " FILTER (WHERE ", for: 0)
        layout.append(")")
      }
    case .windowed(let window):
      spell(AthenaExpression(.aggregate(window.call)), to: &layout)
      let partition = window.partition.map(flat).joined(separator: ", ")
      let start = window.preceding ?? "UNBOUNDED"
      layout.append(" OVER (" + (partition.isEmpty ? "" : "PARTITION BY \(partition) "))
      layout.append("ORDER BY \(flat(window.order)) RANGE BETWEEN \(start) PRECEDING AND CURRENT ROW)")
    case .array(let items): spellList(items, "ARRAY[", "]", to: &layout)
    case .row(let items): spellList(items, "ROW(", ")", to: &layout)
    case .lambda(let variable, let body):
      layout.append(AthenaLiteral.identifier(variable) + " -> ")
      spell(body, narrowing: 2, to: &layout)
    case .cast(let operand, let type, let orNull):
      value(operand, after: orNull ? "TRY_CAST(" : "CAST(", for: 0)
      layout.append(" AS \(spelled(type)))")
    case .not(let operand):
      layout.append(logic.not.word + " ")
      spell(operand, for: logic.not.strength, narrowing: logic.not.word.utf8.count + 1, to: &layout)
    case .and(let operands): spellJoined(operands, logic.and.word, to: &layout)
    case .or(let operands): spellJoined(operands, logic.or.word, to: &layout)
    case .compare(let comparison, let left, let right):
      spell(left, for: Strength.value, narrowing: 10, to: &layout)
      value(right, after: " \(comparison.sign(unequal: "<>")) ")
    case .distinct(let left, let right, let negated):
      value(left)
      value(right, after: negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ")
    case .quotient(let operand, let divisor):
      value(operand)
      layout.append(" / \(divisor)")
    case .isNull(let operand, let negated):
      value(operand)
      layout.append(negated ? " IS NOT NULL" : " IS NULL")
    case .like(let operand, let pattern, let escape, let negated):
      value(operand)
      value(pattern, after: negated ? " NOT LIKE " : " LIKE ")
      if let escape { value(escape, after: " ESCAPE ") }
    case .inList(let operand, let items, let negated):
      value(operand)
      layout.append(negated ? " NOT IN " : " IN ")
      layout.enclosed("(", ")") { layout in layout.filled(items) { spell($1, to: &$0) } }
    case .between(let operand, let low, let high, let negated):
      value(operand)
      value(low, after: negated ? " NOT BETWEEN " : " BETWEEN ")
      value(high, after: " AND ")
    case .choice(let branches, let otherwise):
      layout.append("CASE")
      for branch in branches {
        value(branch.condition, after: " WHEN ", for: 0)
        value(branch.result, after: " THEN ", for: 0)
      }
      if let otherwise { value(otherwise, after: " ELSE ", for: 0) }
      layout.append(" END")
    }
  }

  private static func spellList(
    _ items: [AthenaExpression], _ open: String, _ close: String, to layout: inout Layout
  ) {
    layout.enclosed(open, close) { layout in layout.separated(items) { spell($1, to: &$0) } }
  }

  /// `AND` within `OR` needs no parentheses, but people read them faster than they recall the precedence.
  private static func spellJoined(
    _ operands: [AthenaExpression], _ word: String, to layout: inout Layout
  ) {
    layout.joined(operands, by: word) { layout, operand in
      spell(operand, for: logic.not.strength, narrowing: word.utf8.count + 1, to: &layout)
    }
  }

  /// The word for a function: those that are part of the language stand in capitals.
  private static func word(_ function: String) -> String {
    switch function {
    case "coalesce", "try", "if", "nullif": function.uppercased()
    default: function
    }
  }

  /// The type as it stands in a cast.
  package static func spelled(_ type: AthenaType) -> String {
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

// Statements.
extension AthenaPrinter {
  /// The statement, one conjunct a line, ending in a line break.
  package static func text(_ query: AthenaQuery) -> String {
    var layout = Layout()
    spell(query, to: &layout)
    return layout.text(width: width)
  }

  private static func spell(_ query: AthenaQuery, to layout: inout Layout) {
    layout.group(isBroken: true) { layout in
      for comment in query.comments {
        layout.append(comment.isEmpty ? "--" : "-- " + AthenaLiteral.comment(comment))
        layout.softLine()
      }
      for (index, table) in query.with.enumerated() {
        layout.append(index == 0 ? "WITH " : "")
        spell(table, to: &layout)
        layout.append(index + 1 < query.with.count ? ")," : ")")
        layout.softLine()
      }
      layout.append(query.isDistinct ? "SELECT DISTINCT" : "SELECT")
      layout.nest { layout in
        layout.softLine()
        layout.separated(query.columns) { spell($1, to: &$0) }
      }
      layout.softLine()
      if let inner = query.from.first {
        layout.append("FROM (")
        layout.nest { layout in
          layout.softLine()
          spell(inner, to: &layout)
        }
        layout.append(")")
      } else {
        layout.append("FROM " + AthenaLiteral.table(query.table))
      }
      if let alias = query.tableAlias { layout.append(" AS " + AthenaLiteral.identifier(alias)) }
      for unnest in query.unnests {
        layout.softLine()
        layout.append("CROSS JOIN UNNEST(")
        layout.solid { spell(unnest.array, to: &$0) }
        let (alias, column) = (
          AthenaLiteral.identifier(unnest.alias), AthenaLiteral.identifier(unnest.column)
        )
        layout.append(") AS \(alias)(\(column))")
      }
      if let predicate = query.predicate { spell(predicate, after: "WHERE ", to: &layout) }
      if !query.group.isEmpty {
        layout.softLine()
        layout.append("GROUP BY")
        layout.nest { layout in
          layout.softLine()
          layout.separated(query.group) { spell($1, to: &$0) }
        }
      }
      if let having = query.having { spell(having, after: "HAVING ", to: &layout) }
      if !query.order.isEmpty {
        layout.softLine()
        layout.append("ORDER BY ")
        layout.solid { layout in layout.separated(query.order) { spell($1, to: &$0) } }
      }
      if let limit = query.limit {
        layout.softLine()
        layout.append("LIMIT \(limit)")
      }
      layout.softLine()
    }
  }

  private static func spell(_ column: AthenaQuery.Column, to layout: inout Layout) {
    if let expression = column.expression { spell(expression, to: &layout) } else { layout.append("*") }
    if let alias = column.alias { layout.append(" AS " + AthenaLiteral.identifier(alias)) }
  }

  private static func spell(_ table: AthenaQuery.CommonTable, to layout: inout Layout) {
    let names = table.columns.map(AthenaLiteral.identifier).joined(separator: ", ")
    if let query = table.query.first {
      let columns = table.columns.isEmpty ? "" : " (\(names))"
      layout.append(AthenaLiteral.identifier(table.name) + columns + " AS (")
      layout.nest { layout in
        layout.softLine()
        spell(query, to: &layout)
      }
      return
    }
    layout.append(AthenaLiteral.identifier(table.name) + " AS (")
    layout.nest { layout in
      layout.softLine()
      layout.append("SELECT * FROM (VALUES")
      layout.nest { layout in
        layout.softLine()
        layout.separated(table.rows) { layout, row in
          // There a row stands without the word.
          guard case .row(let items) = row.kind else { return spell(row, to: &layout) }
          layout.group { spellList(items, "(", ")", to: &$0) }
        }
      }
      layout.softLine()
      layout.append(") AS \(AthenaLiteral.identifier("t"))(\(names))")
    }
    layout.softLine()
  }

  /// The condition as it stands after the `WHERE` of a statement.
  static func whereText(_ predicate: AthenaExpression) -> String {
    var layout = Layout()
    layout.group(isBroken: true) { spell(predicate, after: "WHERE ", to: &$0) }
    let text = layout.text(width: width)
    return text.firstRange(of: "WHERE ").map { String(text[$0.upperBound...]) } ?? text
  }

  private static func spell(_ predicate: AthenaExpression, after word: String, to layout: inout Layout) {
    layout.softLine()
    layout.append(word)
    guard case .and(let operands) = predicate.kind else {
      return layout.nest(narrows: false) { spell(predicate, to: &$0) }
    }
    layout.nest { spellJoined(operands, logic.and.word, to: &$0) }
  }
}
