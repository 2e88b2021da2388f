import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// How a condition is spelled in Python: questions about the texts that `PythonRuntime` finds in an event.
struct PantherPythonSpelling: AtomSpelling {
  /// An expression that is true or false.
  indirect enum Expression {
    /// As it stands.
    case text(String)
    /// Whether a value is in what a call gives.
    case membership(String, call: String, isNegated: Bool)
    /// Whether something that a call gives is, as the subject says it, one of these texts.
    case oneOf(subject: String, [String], call: String)
    /// Whether one of the values that a call gives, by that name, is so.
    case some(Expression, variable: String, call: String)
    case not(Expression)
    case and([Expression])
    case or([Expression])
  }

  /// CPython refuses expressions in more than 200 brackets.
  static let limits = ConditionLimits(levels: 64, operands: 20_000)

  /// The functions that the rule calls, and what it imports.
  private(set) var needs: Set<PythonRuntime> = []
  private(set) var imports: Set<PythonImport> = []
  /// The paths at which one value is asked about, the innermost last.
  private var singles: [FieldPath] = []

  func refusal(beyond limit: ConditionLimits.Exceeded) -> Diagnostic {
    switch limit {
    case .levels(let levels):
      Diagnostic(.tooDeep, "Python is not written with conditions nested more than \(levels) deep")
    case .operands(let count):
      Diagnostic(.tooLarge, "Python is not written with more than \(count) operands")
    }
  }

  mutating func ask(
    _ question: ValueQuestion, at path: FieldPath
  ) throws(Diagnostic) -> Answer<Expression> {
    let arguments = arguments(path)
    switch question {
    case .present: return .total(.text(call(.present, arguments)))
    case .truthy: return .total(.text(call(.truthy, arguments)))
    case .text(let pattern, let letterCase):
      if case .anything = pattern.shape { return .total(.text(call(.present, arguments))) }
      return .total(asked(pattern, letterCase, of: call(.texts, arguments)))
    case .oneOf(let texts, let letterCase):
      let members = texts.map { PythonLiteral.text(letterCase.folded($0)) }
      let subject = subject(letterCase)
      return .total(.oneOf(subject: subject, members, call: call(.texts, arguments)))
    case .regex(let regex):
      imports.insert(.re)
      let pattern = PythonLiteral.pattern(PythonRegexText.dialect.print(regex))
      return .total(some("re.search(\(pattern), text, re.ASCII)", "text", of: call(.texts, arguments)))
    case .number(let comparison, let bound):
      let bound = PantherPythonSpelling.double(bound)
      return .total(
        some("number \(comparison.rawValue) \(bound)", "number", of: call(.numbers, arguments)))
    case .network(let network):
      imports.insert(.ipNetwork)
      let inside = "address in ip_network(\(PythonLiteral.text("\(network)")))"
      return .total(some(inside, "address", of: call(.addresses, arguments)))
    }
  }

  mutating func askSame(
    _ path: FieldPath, as other: FieldPath, _ letterCase: LetterCase
  ) throws(Diagnostic) -> Answer<Expression> {
    let (own, its) = (place(of: path), place(of: other))
    guard own.base == its.base else {
      throw .severalQuestions(
        of: singles.last ?? path, in: "The Python of a rule",
        help: "the text of one value is compared with that of another part of the event")
    }
    func tuple(_ steps: ArraySlice<FieldPath.Step>) -> String {
      "(\(steps.map(PantherPythonSpelling.step).joined(separator: ", "))\(steps.count == 1 ? "," : ""))"
    }
    let change = letterCase == .ignored ? ", fold" : ""
    if letterCase == .ignored { needs.insert(.fold) }
    return .total(.text(call(.sameText, "\(own.base), \(tuple(own.steps)), \(tuple(its.steps))\(change)")))
  }

  mutating func askAnywhere(
    _ pattern: Pattern, _ letterCase: LetterCase
  ) throws(Diagnostic) -> Answer<Expression> {
    let leaves = call(.leaves, "event")
    return .total(asked(pattern, letterCase, of: leaves))
  }

  func askPlace(_ fact: PlaceFact, _: Atom) throws(Diagnostic) -> Answer<Expression> {
    throw .placeNotMapped(fact, in: "Panther", help: PantherPythonWriter.placeHelp)
  }

  mutating func askArray(at path: FieldPath) -> Answer<Expression> {
    // What `[]` says at the end is asked already.
    let end = path.steps.lastIndex { $0 != .each } ?? 0
    let whole = FieldPath(steps: Array(path.steps[...end])) ?? path
    return .total(.text(call(.holdsArray, arguments(whole))))
  }

  mutating func enterValue(at path: FieldPath) { singles.append(path) }

  mutating func leaveValue(
    at path: FieldPath, _ answer: Answer<Expression>, needsValue: Bool
  ) -> Answer<Expression> {
    let variable = "value\(singles.count)"
    singles.removeLast()
    return .total(.some(expression(answer), variable: variable, call: call(.each, arguments(path))))
  }

  func always(_ value: Bool) -> Expression { .text(value ? "True" : "False") }
  func all(_ operands: [Expression]) -> Expression { .and(operands) }
  func any(_ operands: [Expression]) -> Expression { .or(operands) }
  func isNotTrue(_ operand: Expression) -> Expression { not(operand) }

  func not(_ total: Expression) -> Expression {
    switch total {
    case .membership(let value, let call, let isNegated):
      .membership(value, call: call, isNegated: !isNegated)
    case .text("True"): .text("False")
    case .text("False"): .text("True")
    case .text, .oneOf, .some, .not, .and, .or: .not(total)
    }
  }
}

extension PantherPythonSpelling {
  /// What a path leads on from, the event or one value that is asked about, and the steps from there.
  private func place(of path: FieldPath) -> (base: String, steps: ArraySlice<FieldPath.Step>) {
    for (index, single) in singles.enumerated().reversed() {
      if let rest = path.writtenSteps(beyond: single) { return ("value\(index + 1)", rest) }
    }
    return ("event", path.steps[...])
  }

  private func arguments(_ path: FieldPath) -> String {
    let (base, steps) = place(of: path)
    return base + steps.map { ", " + PantherPythonSpelling.step($0) }.joined()
  }

  private mutating func call(_ function: PythonRuntime, _ arguments: String) -> String {
    needs.insert(function)
    return "\(function.rawValue)(\(arguments))"
  }

  /// Some of what a call gives answers yes to the question, in which it has that name.
  private func some(_ question: String, _ name: String, of call: String) -> Expression {
    .text("any(\(question) for \(name) in \(call))")
  }

  /// The text that is asked about: itself, or in lower case.
  private mutating func subject(_ letterCase: LetterCase) -> String {
    if letterCase == .exact { return "text" }
    needs.insert(.fold)
    return "fold(text)"
  }

  private mutating func asked(
    _ pattern: Pattern, _ letterCase: LetterCase, of call: String
  ) -> Expression {
    let text = subject(letterCase)
    func literal(_ own: String) -> String { PythonLiteral.text(letterCase.folded(own)) }
    switch pattern.shape {
    case .anything: return some("True", "_", of: call)
    case .equals(let own) where letterCase == .exact:
      return .membership(literal(own), call: call, isNegated: false)
    case .equals(let own): return some("\(text) == \(literal(own))", "text", of: call)
    case .prefix(let own): return some("\(text).startswith(\(literal(own)))", "text", of: call)
    case .suffix(let own): return some("\(text).endswith(\(literal(own)))", "text", of: call)
    case .contains(let own): return some("\(literal(own)) in \(text)", "text", of: call)
    case .wildcard(let pieces):
      imports.insert(.fnmatchcase)
      return some("fnmatchcase(\(text), \(glob(pieces, letterCase)))", "text", of: call)
    }
  }

  private func glob(_ pieces: [Pattern.Piece], _ letterCase: LetterCase) -> String {
    var glob = ""
    for piece in pieces {
      switch piece {
      case .anyRun: glob += "*"
      case .anyOne: glob += "?"
      case .literal(let text):
        for scalar in letterCase.folded(text).unicodeScalars {
          glob += "*?[".unicodeScalars.contains(scalar) ? "[\(scalar)]" : String(scalar)
        }
      }
    }
    return PythonLiteral.text(glob)
  }

  private static func step(_ step: FieldPath.Step) -> String {
    switch step {
    case .name(let name): PythonLiteral.text(name)
    case .index(let index): "\(index)"
    case .each: "..."
    }
  }

  /// The number as a literal of a double, with which Python compares as doubles do.
  private static func double(_ number: Number) -> String {
    let text = number.shortest
    return text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") } ? text : text + ".0"
  }
}
