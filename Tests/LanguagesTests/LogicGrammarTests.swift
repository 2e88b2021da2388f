import ConcordDiagnostics
import ConcordLanguages
import Testing

/// Letters as operands, words in any letter case, parentheses. What is read is spelled with all its parentheses.
private protocol LetterGrammar: LogicGrammar where Expression == String, Start == Int {
  var cursor: TextCursor { get set }
  var depth: Int { get set }
  init(_ text: String)
}

extension LetterGrammar {
  static var depthLimit: Int { 5 }

  static func read(_ text: String) throws -> String {
    var parser = Self(text)
    let result = try parser.logicalExpression()
    return parser.cursor.isAtEnd ? result : "\(result) …"
  }

  mutating func start() -> Int { skipBlanks() }

  private mutating func skipBlanks() -> Int {
    cursor.skip { $0 == " " }
    return cursor.offset
  }

  mutating func take(_ operator: LogicTable.Operator) -> Bool {
    _ = skipBlanks()
    return cursor.takeWord(`operator`.word)
  }

  mutating func operand() throws(Diagnostic) -> String {
    let start = skipBlanks()
    if cursor.take("(") {
      try descend(from: start)
      defer { depth -= 1 }
      let inner = try logicalExpression()
      return cursor.take(")") ? inner : "\(inner)!"
    }
    let letter = cursor.next.map { String($0) } ?? "?"
    cursor.advance()
    return letter
  }

  func made(_ logic: LogicOperation<String>, from start: Int) -> String {
    switch logic {
    case .or(let operands): "(" + operands.joined(separator: "|") + ")"
    case .and(let operands): "(" + operands.joined(separator: "&") + ")"
    case .not(let operand): "-" + operand
    }
  }

  func tooDeep(_ start: Int) -> Diagnostic { Diagnostic(.textTooDeep, "too deep at \(start)") }
}

/// As in SQL.
private struct AndBindsTighter: LetterGrammar {
  static let logic = LogicTable(or: ("or", 1), and: ("and", 2), not: ("not", 3))
  var cursor: TextCursor
  var depth = 0
  init(_ text: String) { cursor = TextCursor(text) }
}

/// The same with two numbers exchanged.
private struct OrBindsTighter: LetterGrammar {
  static let logic = LogicTable(or: ("or", 2), and: ("and", 1), not: ("not", 3))
  var cursor: TextCursor
  var depth = 0
  init(_ text: String) { cursor = TextCursor(text) }
}

@Suite("Logical operators")
struct LogicGrammarTests {
  /// A text, how it is read where AND binds tighter, and how where OR does.
  @Test(arguments: [
    ("a", "a", "a"),
    ("a or b", "(a|b)", "(a|b)"),
    ("a or b or c", "(a|b|c)", "(a|b|c)"),
    ("a or b and c", "(a|(b&c))", "((a|b)&c)"),
    ("a and b or c and d", "((a&b)|(c&d))", "(a&(b|c)&d)"),
    ("not a and b", "(-a&b)", "(-a&b)"),
    ("NOT not a OR b", "(--a|b)", "(--a|b)"),
    ("not (a or b) and c", "(-(a|b)&c)", "(-(a|b)&c)"),
    ("(a and b)", "(a&b)", "(a&b)"),
    ("a b", "a …", "a …"),
    ("a or", "(a|?)", "(a|?)"),
    ("not not not not not a", "-----a", "-----a"),
    ("(((((a)))))", "a", "a"),
  ])
  func read(_ text: String, _ andTighter: String, _ orTighter: String) throws {
    #expect(try AndBindsTighter.read(text) == andTighter)
    #expect(try OrBindsTighter.read(text) == orTighter)
  }

  /// What is nested too deep is refused where it is.
  @Test(arguments: [
    ("not not not not not not a", "too deep at 20"), ("((((((a))))))", "too deep at 5"),
    ("a and not (not (not (not a)))", "too deep at 20"),
    ("(" + String(repeating: "not ", count: 100_000), "too deep at 17"),
  ])
  func depth(_ text: String, _ message: String) {
    #expect {
      _ = try AndBindsTighter.read(text)
    } throws: {
      ($0 as? Diagnostic)?.message == message
    }
  }

  @Test func strengths() {
    #expect(AndBindsTighter.logic.operand == 4 && AndBindsTighter.logic.loosest == 1)
    #expect(
      LogicTable(or: ("or", 2), and: ("and", 3), not: ("not", 4), xor: .init(word: "xor", strength: 1))
        .loosest == 1)
  }
}
