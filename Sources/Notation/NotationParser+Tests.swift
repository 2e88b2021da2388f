import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension NotationParser {
  /// test = ( path | "anywhere" ), [ "not" ], operator, [ operand ], [ "cased" | "nocase" ]
  mutating func test() throws(Diagnostic) -> NotationSyntax {
    let start = scanner.position
    let subject = try subject()
    skipBlanks()
    let isNegated = scanner.peekKeyword() == "not"
    if isNegated {
      _ = scanner.take("not")
      skipBlanks()
    }
    let (word, wordSpan) = try operatorWord(after: subject)
    let operand = try operand(of: word, wordSpan)
    let end = scanner.position
    let letterCase = try modifier(of: word)
    let test = NotationTest(
      subject: subject, isNegated: isNegated, operator: word, operatorSpan: wordSpan, operand: operand,
      letterCase: letterCase)
    return NotationSyntax(
      kind: .test(test), span: Span(start, letterCase == nil ? end : scanner.position))
  }

  private mutating func subject() throws(Diagnostic) -> NotationTest.Subject {
    if scanner.peekKeyword() == "anywhere" {
      _ = scanner.take("anywhere")
      return .anywhere
    }
    return .field(try path())
  }

  /// path = name, { ( "." | ":" ), name | "[", [ digits ], "]" };  name = word | text
  mutating func path() throws(Diagnostic) -> FieldPath {
    let start = scanner.span()
    guard var steps = try name().map({ [FieldPath.Step.name($0)] }) else {
      throw .expectedCondition(found: scanner.peekOperator(), at: scanner.span(), in: source)
    }
    while let scalar = scanner.peek() {
      switch scalar {
      case ".", ":":
        scanner.advance()
        guard let name = try name() else {
          throw .expectedName(after: String(scalar), at: scanner.span(), in: source)
        }
        steps.append(.name(name))
      case "[": steps.append(try index())
      default:
        guard let path = FieldPath(steps: steps) else {
          throw .expectedName(after: "", at: start, in: source)
        }
        return path
      }
    }
    guard let path = FieldPath(steps: steps) else { throw .expectedName(after: "", at: start, in: source) }
    return path
  }

  private mutating func name() throws(Diagnostic) -> String? {
    if scanner.peek() == "\"" { return try scanner.quotedText().text }
    let word = scanner.peekWord()
    if word.isEmpty { return nil }
    _ = scanner.take(word)
    return word
  }

  private mutating func index() throws(Diagnostic) -> FieldPath.Step {
    let opening = scanner.span()
    scanner.advance()
    let digits = scanner.peekWord()
    let span = scanner.take(digits)
    guard scanner.peek() == "]" else {
      throw .badIndex(digits + scanner.peekRun(), at: scanner.isAtLineEnd ? opening : span, in: source)
    }
    scanner.advance()
    if digits.isEmpty { return .each }
    guard digits.utf8.allSatisfy(\.isDigit), let index = Int(digits) else {
      throw .badIndex(digits, at: span, in: source)
    }
    return .index(index)
  }

  private mutating func operatorWord(
    after subject: NotationTest.Subject
  ) throws(Diagnostic) -> (NotationOperator, Span) {
    if scanner.isAtLineEnd || scanner.peek() == ")" || scanner.peek() == "\"" {
      throw .missingOperator(found: scanner.peekRun(), at: scanner.span(), in: source)
    }
    let found = scanner.peekOperator()
    guard let word = NotationOperator(rawValue: found) else {
      throw .unknownOperator(found, at: scanner.span(length: found.unicodeScalars.count), in: source)
    }
    let span = scanner.take(found)
    if case .anywhere = subject, !word.isPattern {
      throw .notAnywhere(word, at: span, in: source)
    }
    return (word, span)
  }

  /// modifier = "cased" | "nocase"
  private mutating func modifier(of word: NotationOperator) throws(Diagnostic) -> LetterCase? {
    skipBlanks()
    let modifier = scanner.peekKeyword()
    guard modifier == "cased" || modifier == "nocase" else { return nil }
    let span = scanner.take(modifier)
    guard word.looksAtLetters else { throw .uselessModifier(modifier, of: word, at: span, in: source) }
    return modifier == "cased" ? .exact : .ignored
  }
}

extension NotationParser {
  /// operand = value | "[", value, { ",", value }, [ "," ], "]" | path | a text that holds a path
  private mutating func operand(
    of word: NotationOperator, _ wordSpan: Span
  ) throws(Diagnostic) -> NotationTest.Operand {
    if case .nothing = word.arity { return .none }
    skipBlanks()
    if scanner.isAtLineEnd || scanner.peek() == ")" {
      throw .missingValue(of: word, at: wordSpan, in: source)
    }
    switch word.arity {
    case .nothing: return .none
    case .field: return .field(try otherField())
    case .oneValue:
      if scanner.peek() == "[" { throw .listNotTaken(by: word, at: scanner.span(), in: source) }
      return .values([try value(of: word)])
    case .values: return .values(scanner.peek() == "[" ? try list(of: word) : [try value(of: word)])
    }
  }

  /// A path as elsewhere, except that a lone text is the text of a path, as the catalogue prints it.
  private mutating func otherField() throws(Diagnostic) -> FieldPath {
    guard scanner.peek() == "\"" else { return try path() }
    let before = scanner
    let (text, isVerbatim, span) = try scanner.quotedText()
    if scanner.peek() == "." || scanner.peek() == ":" || scanner.peek() == "[" {
      scanner = before
      return try path()
    }
    let inside = Position(line: span.start.line, column: span.start.column + 1)
    var inner = NotationParser(text, origin: Origin(source, start: inside))
    do throws(Diagnostic) {
      let path = try inner.path()
      guard inner.scanner.isAtEnd else { throw .notAPath(text, at: span, in: source) }
      return path
    } catch {
      throw isVerbatim && !text.isEmpty ? error : .notAPath(text, at: span, in: source)
    }
  }

  private mutating func list(of word: NotationOperator) throws(Diagnostic) -> [NotationValue] {
    let opening = scanner.span()
    scanner.advance()
    var values: [NotationValue] = []
    while true {
      scanner.skipBlanks(acrossLines: true)
      if scanner.peek() == "]" { break }
      if scanner.isAtEnd {
        throw .unclosed("list", by: "]", in: source, opening: opening, at: scanner.span())
      }
      values.append(try value(of: word))
      scanner.skipBlanks(acrossLines: true)
      if scanner.peek() == "," {
        scanner.advance()
      } else if scanner.isAtEnd {
        throw .unclosed("list", by: "]", in: source, opening: opening, at: scanner.span())
      } else if scanner.peek() != "]" {
        throw .expectedComma(found: scanner.peekRun(), opening: opening, at: scanner.span(), in: source)
      }
    }
    scanner.advance()
    if values.isEmpty {
      throw .emptyList(of: word, at: Span(opening.start, scanner.position), in: source)
    }
    return values
  }

  /// value = text | number | "true" | "false" | "True" | "False"
  private mutating func value(of word: NotationOperator) throws(Diagnostic) -> NotationValue {
    guard let first = scanner.peek() else { throw .missingValue(of: word, at: scanner.span(), in: source) }
    if first == "\"" {
      let (text, isVerbatim, span) = try scanner.quotedText()
      return NotationValue(text: text, form: .quoted(isVerbatim: isVerbatim), span: span)
    }
    let run = scanner.peekRun()
    switch run {
    case "true", "True", "false", "False":
      return NotationValue(text: run.lowercased(), form: .boolean, span: scanner.take(run))
    default: break
    }
    if let number = Number(run) {
      return NotationValue(text: number.shortest, form: .number, span: scanner.take(run))
    }
    throw .expectedValue(
      found: run, of: word, at: scanner.span(length: run.unicodeScalars.count), in: source)
  }
}
