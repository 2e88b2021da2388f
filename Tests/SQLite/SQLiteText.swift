import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

private let logic = LogicTable(or: ("OR", 1), and: ("AND", 2), not: ("NOT", 3))

/// What a condition becomes: questions as text, and what joins them.
indirect enum SQLiteExpression {
  /// A question without a logical operator at its top.
  case question(String)
  case not(SQLiteExpression)
  case isNotTrue(SQLiteExpression)
  case all([SQLiteExpression])
  case any([SQLiteExpression])

  private var strength: Int {
    switch self {
    case .question, .isNotTrue: logic.operand
    case .not: logic.not.strength
    case .all: logic.and.strength
    case .any: logic.or.strength
    }
  }

  /// The expression in lines of 100 columns, or in one line.
  func text(inOneLine: Bool = false) -> String {
    var layout = Layout()
    spell(for: 0, to: &layout)
    return inOneLine ? layout.flat : layout.text(width: 100)
  }

  /// Adds the expression, in parentheses where it binds looser than `needed`.
  private func spell(for needed: Int, to layout: inout Layout) {
    layout.group { layout in
      layout.operand(strength, for: needed) { layout in
        switch self {
        case .question(let text): layout.append(text)
        case .not(let operand):
          layout.append(logic.not.word + " ")
          operand.spell(for: logic.operand, to: &layout)
        case .isNotTrue(let operand):
          operand.spell(for: .max, to: &layout)
          layout.append(" IS NOT TRUE")
        case .all(let operands):
          layout.joined(operands, by: logic.and.word) { $1.spell(for: logic.and.strength + 1, to: &$0) }
        case .any(let operands):
          layout.joined(operands, by: logic.or.word) { $1.spell(for: logic.or.strength + 1, to: &$0) }
        }
      }
    }
  }
}

/// How SQLite spells texts, names and patterns.
enum SQLiteText {
  /// A string literal. Nothing but the quote is special in one, and a statement ends at a NUL.
  static func literal(_ text: String) throws(Diagnostic) -> String {
    if text.unicodeScalars.contains("\0") {
      throw Diagnostic(.unspellableValue, "SQLite cannot express the control character NUL")
    }
    return quoted(text, "'")
  }

  /// A text between quotes, each quote in it doubled, one that a combining character follows too.
  static func quoted(_ text: String, _ quote: Unicode.Scalar = "\"") -> String {
    let scalars = text.unicodeScalars.flatMap { $0 == quote ? [quote, quote] : [$0] }
    return String(String.UnicodeScalarView([quote] + scalars + [quote]))
  }

  /// A text that ends no comment.
  static func comment(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }

  /// Whether a JSON path can name the member: paths know no escapes.
  static func isName(_ name: String) -> Bool {
    name.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }

  /// Whether SQLite orders the number as its nearest double is. Its own conversion may be one unit off in the last
  /// place, which tells no two decimals of fifteen digits apart.
  static func isReadExactly(_ number: Number) -> Bool {
    let digits = number.shortest.utf8.filter(\.isDigit)
    let significant = digits.drop { $0 == UInt8(ascii: "0") }.reversed().drop { $0 == UInt8(ascii: "0") }
    return significant.count <= 15 && !number.shortest.contains("e")
  }

  /// The pattern as GLOB has it, a class of letters for each whose case is ignored.
  ///
  /// GLOB takes U+FFFD, U+FFFE and U+FFFF for one another, and no pattern above 50,000 bytes. [src/func.c]
  static func glob(_ pattern: Pattern, _ letterCase: LetterCase) throws(Diagnostic) -> String {
    var text = ""
    for piece in pattern.pieces {
      switch piece {
      case .anyRun: text += "*"
      case .anyOne: text += "?"
      case .literal(let literal):
        for scalar in literal.unicodeScalars {
          if (0xFFFD...0xFFFF).contains(scalar.value) {
            throw Diagnostic(.unspellableValue, "SQLite's GLOB takes U+FFFD, U+FFFE and U+FFFF for one")
          }
          let variants = letterCase.variants(of: scalar)
          let isClass = variants.count > 1 || "*?[".unicodeScalars.contains(scalar)
          let letters = String(String.UnicodeScalarView(variants))
          text += isClass ? "[\(letters)]" : letters
        }
      }
    }
    guard text.utf8.count <= 50_000 else {
      throw Diagnostic(.tooLarge, "a pattern of SQLite's GLOB has 50,000 bytes at most")
    }
    return try literal(text)
  }
}
