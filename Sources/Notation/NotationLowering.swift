import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Tree to condition, under a reading.
struct NotationLowering {
  let reading: Reading
  let origin: Origin

  /// All lines hold.
  func condition(_ lines: [NotationSyntax]) throws(Diagnostic) -> Condition {
    let span = lines.dropFirst().reduce(lines.first?.span) { $0?.union($1.span) }
    return .all(try conditions(lines), origin: span)
  }

  private func conditions(_ nodes: [NotationSyntax]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for node in nodes { result.append(try condition(node)) }
    return result
  }

  /// The parser bounds how deep this goes.
  private func condition(_ node: NotationSyntax) throws(Diagnostic) -> Condition {
    switch node.kind {
    case .constant(let value): return .always(value, origin: node.span)
    case .some(let path, let operand): return .some(path, try condition(operand), origin: node.span)
    case .not(let operand): return .not(try condition(operand), origin: node.span)
    case .all(let operands): return .all(try conditions(operands), origin: node.span)
    case .any(let operands): return .any(try conditions(operands), origin: node.span)
    case .test(let test):
      let positive: Condition
      switch test.subject {
      case .field(let path): positive = try condition(test, of: path, node.span)
      case .anywhere: positive = anywhere(test, node.span)
      }
      let isNegated = test.isNegated != test.operator.isNegative
      return isNegated ? .not(positive, origin: node.span) : positive
    }
  }

  /// What the operator asks, or for a negative operator what its opposite asks.
  private func condition(
    _ test: NotationTest, of path: FieldPath, _ span: Span
  ) throws(Diagnostic) -> Condition {
    let letterCase = test.letterCase ?? reading.letterCase
    let values: [NotationValue] = if case .values(let values) = test.operand { values } else { [] }
    func ask(_ atom: Atom) -> Condition { .test(path, atom, origin: span) }
    switch test.operator {
    case .exists: return ask(.present)
    case .isArray: return ask(.array)
    case .isTruthy, .isFalsy: return ask(.truthy)
    case .isNull, .isNotNull: return ask(reading.isNull == .falsy ? .truthy : .present)
    case .eq, .ne, .in: return equality(path, values, letterCase, span)
    case .startsWith, .endsWith, .contains, .wildcard:
      return patterns(test.operator, values, letterCase, span, ask)
    case .match, .regexMatch: return .any(try expressions(test, values, letterCase, ask), origin: span)
    case .gt: return ask(.number(.greater, try number(values, .gt, span)))
    case .ge: return ask(.number(.greaterOrEqual, try number(values, .ge, span)))
    case .lt: return ask(.number(.less, try number(values, .lt, span)))
    case .le: return ask(.number(.lessOrEqual, try number(values, .le, span)))
    case .cidrMatch: return .any(try networks(values).map { ask(.network($0)) }, origin: span)
    case .eqField, .neField, .crossFieldCompare:
      guard case .field(let other) = test.operand else {
        throw .missingValue(of: test.operator, at: test.operatorSpan, in: origin.source)
      }
      let same = ask(.sameAs(other, letterCase))
      guard test.operator == .crossFieldCompare else { return same }
      switch reading.crossFieldCompare {
      case .refused: throw .lostDirection(at: test.operatorSpan, in: origin.source)
      case .same: return same
      case .differs: return .not(same, origin: span)
      }
    }
  }

  /// `""` may also stand for an absent field, `"True"` and `"False"` for the booleans.
  private func equality(
    _ path: FieldPath, _ values: [NotationValue], _ letterCase: LetterCase, _ span: Span
  ) -> Condition {
    var texts: [String] = []
    for value in values {
      texts.append(value.text)
      if value.isSpelledBoolean, reading.booleanText == .alsoBoolean { texts.append(value.text.lowercased()) }
    }
    let test = Condition.test(path, .oneOf(texts, letterCase), origin: span)
    guard reading.emptyText == .alsoAbsent, texts.contains(where: \.isEmpty) else { return test }
    return .any([.not(.test(path, .present, origin: span), origin: span), test], origin: span)
  }

  private func anywhere(_ test: NotationTest, _ span: Span) -> Condition {
    guard case .values(let values) = test.operand else { return .always(false, origin: span) }
    let letterCase = test.letterCase ?? reading.letterCase
    let tests = values.map { value in
      Condition.anywhere(pattern(test.operator, value.text), letterCase, origin: span)
    }
    return .any(tests, origin: span)
  }

  /// Texts without wildcards are one question, `oneOf`.
  private func patterns(
    _ word: NotationOperator, _ values: [NotationValue], _ letterCase: LetterCase, _ span: Span,
    _ ask: (Atom) -> Condition
  ) -> Condition {
    let patterns = values.map { pattern(word, $0.text) }
    var texts: [String] = []
    for pattern in patterns { if case .equals(let text) = pattern.shape { texts.append(text) } }
    if texts.count == patterns.count { return ask(.oneOf(texts, letterCase)) }
    return .any(patterns.map { ask(.text($0, letterCase)) }, origin: span)
  }

  private func pattern(_ word: NotationOperator, _ text: String) -> Pattern {
    switch word {
    case .startsWith: .prefix(text)
    case .endsWith: .suffix(text)
    case .contains: .contains(text)
    case .wildcard: Pattern(wildcards: text)
    case .eq, .ne, .in, .isNull, .isNotNull, .exists, .isTruthy, .isFalsy, .isArray, .match, .regexMatch, .gt,
      .ge,
      .lt, .le, .cidrMatch, .eqField, .neField, .crossFieldCompare:
      .equals(text)
    }
  }
}

// Values that are more than text.
extension NotationLowering {
  private func number(
    _ values: [NotationValue], _ word: NotationOperator, _ span: Span
  ) throws(Diagnostic) -> Number {
    guard let value = values.first else { throw .missingValue(of: word, at: span, in: origin.source) }
    guard value.form != .boolean, let number = Number(value.text) else {
      throw .notANumber(value, of: word, in: origin.source)
    }
    return number
  }

  private func networks(_ values: [NotationValue]) throws(Diagnostic) -> [CIDR] {
    var networks: [CIDR] = []
    for value in values {
      guard let network = CIDR(value.text) else { throw .notANetwork(value, in: origin.source) }
      networks.append(network)
    }
    return networks
  }

  private func expressions(
    _ test: NotationTest, _ values: [NotationValue], _ letterCase: LetterCase, _ ask: (Atom) -> Condition
  ) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for value in values {
      var expression = value.text
      if test.operator == .match {
        if expression.isEmpty { throw .emptyTerm(at: value.span, in: origin.source) }
        expression = NotationLowering.term(expression)
      }
      result.append(ask(.regex(try regex(expression, value, letterCase))))
    }
    return result
  }

  /// Places inside an expression can be told if it is written without escapes.
  private func regex(
    _ expression: String, _ value: NotationValue, _ letterCase: LetterCase
  ) throws(Diagnostic) -> PortableRegex {
    let flags: PortableRegex.Flags = letterCase == .ignored ? .ignoreCase : []
    let first = Position(line: value.span.start.line, column: value.span.start.column + 1)
    do throws(Diagnostic) {
      return try PortableRegex(expression, flags: flags, origin: Origin(origin.source, start: first))
    } catch {
      var located = error
      located.source = origin.source
      if value.form != .quoted(isVerbatim: true) { located.labels = [.init(value.span)] }
      throw located
    }
  }

  /// A term stands at the text's ends or beside what is neither an ASCII letter nor a digit.
  static func term(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if "\\^$.|?*+()[]{}".unicodeScalars.contains(scalar) { escaped.append("\\") }
      escaped.append(scalar)
    }
    return "(?:^|[^0-9A-Za-z])\(String(escaped))(?:$|[^0-9A-Za-z])"
  }
}

extension NotationOperator {
  /// Whether it is the negation of another operator.
  var isNegative: Bool {
    switch self {
    case .ne, .isNull, .isFalsy, .neField: true
    case .eq, .in, .isNotNull, .exists, .isTruthy, .isArray, .startsWith, .endsWith, .contains, .wildcard,
      .match,
      .regexMatch, .gt, .ge, .lt, .le, .cidrMatch, .eqField, .crossFieldCompare:
      false
    }
  }
}

extension Pattern {
  /// The pattern of a `wildcard` text: `*` is any run, `?` any one scalar; a backslash before `*`, `?` or a
  /// backslash takes its meaning away, before anything else it is a backslash.
  init(wildcards text: String) {
    var pieces: [Piece] = []
    var literal = String.UnicodeScalarView()
    var isEscaped = false
    func flush() {
      pieces.append(.literal(String(literal)))
      literal = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      if isEscaped {
        isEscaped = false
        if scalar != "*", scalar != "?", scalar != "\\" { literal.append("\\") }
        literal.append(scalar)
        continue
      }
      switch scalar {
      case "\\": isEscaped = true
      case "*", "?":
        flush()
        pieces.append(scalar == "*" ? .anyRun : .anyOne)
      default: literal.append(scalar)
      }
    }
    if isEscaped { literal.append("\\") }
    flush()
    self.init(pieces)
  }

  /// The `wildcard` text of these pieces.
  static func wildcards(_ pieces: [Piece]) -> String {
    var text = String.UnicodeScalarView()
    for piece in pieces {
      switch piece {
      case .anyRun: text.append("*")
      case .anyOne: text.append("?")
      case .literal(let literal):
        for scalar in literal.unicodeScalars {
          if scalar == "*" || scalar == "?" || scalar == "\\" { text.append("\\") }
          text.append(scalar)
        }
      }
    }
    return String(text)
  }
}
