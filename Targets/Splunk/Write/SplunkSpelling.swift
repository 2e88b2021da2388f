import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// How a condition is spelled in `where`, over fields that are read from the event's own text.
struct SplunkSpelling: AtomSpelling {
  static let limits = ConditionLimits(levels: 500)

  private let rule: Rule
  /// The fields that the condition reads.
  private(set) var fields: SplunkFields
  /// Whether a pattern takes a step a character, of which Splunk does not make many.
  private(set) var needsManySteps = false
  /// The paths of which a number of many digits would answer otherwise than it stands in the log, for each question.
  private(set) var pathsOfDigits: [FieldPath] = []

  init(_ rule: Rule, isExtracted: Bool) {
    self.rule = rule
    fields = SplunkFields(rule, isExtracted: isExtracted)
  }

  /// The field of the search that holds the one text by which the events are grouped or counted. Throws where the path
  /// passes an array.
  mutating func countedField(_ path: FieldPath) throws(Diagnostic) -> String {
    if try fields.isMultivalue(path) {
      throw .groupNotSaid(path, in: "Splunk SPL", "it passes an array, of which JSON null is a text there")
    }
    guard case .field(let name) = try fields.field(path, .single, readsBooleans: true).kind else {
      throw .groupNotSaid(path, in: "Splunk SPL", "it is no field")
    }
    noteDigits(at: path)
    return name
  }

  func refusal(beyond limit: ConditionLimits.Exceeded) -> Diagnostic {
    switch limit {
    case .levels(let count), .operands(let count): .splunkTooDeep(limit: count)
    }
  }

  /// What is asked of the place beside fields, as a search of its own: `searchmatch("host=a")`.
  /// [Search Reference, "searchmatch"]
  func askPlace(_ fact: PlaceFact, _ atom: Atom) throws(Diagnostic) -> Answer<SplunkEval> {
    let term = try SplunkPlaceSpelling.term(fact, atom)
    return .total(.call("searchmatch", .string(SplunkPrinter.inline(term))))
  }

  func askAnywhere(_: Pattern, _: LetterCase) throws(Diagnostic) -> Answer<SplunkEval> {
    throw .splunkAnywhere
  }

  mutating func enterValue(at path: FieldPath) throws(Diagnostic) {
    throw .severalQuestions(of: path, in: "Splunk")
  }

  func askArray(at path: FieldPath) throws(Diagnostic) -> Answer<SplunkEval> {
    throw .arrayNotTold(at: path, in: "Splunk")
  }

  func always(_ value: Bool) -> SplunkEval { .compare(.number("1"), .equal, .number(value ? "1" : "0")) }
  func all(_ operands: [SplunkEval]) -> SplunkEval { .all(operands) }
  func any(_ operands: [SplunkEval]) -> SplunkEval { .any(operands) }

  func not(_ total: SplunkEval) -> SplunkEval {
    if case .call("isnotnull", let operands) = total.kind { return SplunkEval(.call("isnull", operands)) }
    return isNotTrue(total)
  }

  func isNotTrue(_ operand: SplunkEval) -> SplunkEval {
    SplunkIdioms.truth.make(.init(condition: operand, isAsked: false))
  }
}

// Questions about the values at a path.
extension SplunkSpelling {
  mutating func ask(
    _ question: ValueQuestion, at path: FieldPath
  ) throws(Diagnostic) -> Answer<SplunkEval> {
    if case .text(let pattern, _) = question, pattern.hasInnerRun { needsManySteps = true }
    if try fields.isMultivalue(path) { return .mayBeUnknown(try someElement(path, question)) }
    if let number = question.numberBeyondDoubles, !fields.isExtracted, !rule.showsText(at: path) {
      throw .splunkLongNumber(number, path)
    }
    noteDigits(of: question, at: path)
    return try SplunkAtoms.ask(
      question, try fields.field(path, .single, readsBooleans: question.readsBooleans))
  }

  mutating func askSame(
    _ path: FieldPath, as other: FieldPath, _ letterCase: LetterCase
  ) throws(Diagnostic) -> Answer<SplunkEval> {
    let isMultivalue = try (fields.isMultivalue(path), fields.isMultivalue(other))
    if isMultivalue.0 || isMultivalue.1 { throw .splunkSameAsArray(path, other) }
    let left = try fields.field(path, .single, readsBooleans: true)
    let right = try fields.field(other, .single, readsBooleans: true)
    for path in [path, other] { noteDigits(at: path) }
    return .total(SplunkIdioms.sameText.make(.init(left: left, right: right, letterCase: letterCase)))
  }

  /// Notes that a number of many digits is another one in Splunk, where a question may tell the two apart; without a
  /// question, something does. Fixtures that show other texts than numbers, and CloudTrail's own texts, tell that no number
  /// stands there, unless one is asked for.
  private mutating func noteDigits(of question: ValueQuestion? = nil, at path: FieldPath) {
    if fields.isExtracted || pathsOfDigits.last == path { return }
    if question?.numberBeyondDoubles == nil {
      if SplunkCloudTrail.isSingle(path, in: rule) || rule.showsWords(at: path) { return }
      if let question, !question.tellsDigits { return }
    }
    pathsOfDigits.append(path)
  }

  /// Whether some element of an array answers yes.
  ///
  /// Where the answer for the text `null` is yes, JSON null must be told from it: elements that spell `null` are
  /// left out, and the quoted ones are looked for by themselves.
  private mutating func someElement(
    _ path: FieldPath, _ question: ValueQuestion
  ) throws(Diagnostic) -> SplunkEval {
    if question.takesEveryElement(endsInArray: fields.shape(path).endsInArray) {
      return SplunkIdioms.presentElement.make(try fields.field(path, .quotedElements))
    }
    guard question.atom.holds(ofText: "null") else {
      let elements = try fields.field(path, .elements)
      return SplunkIdioms.someElement.make(expression(try SplunkAtoms.ask(question, ofElement: elements)))
    }
    // The field that is asked for first is the first that the search reads.
    let quoted = try fields.field(path, .quotedElements)
    if case .text(let pattern, .exact) = question, pattern == .equals("null") {
      return SplunkIdioms.nullText.make(quoted)
    }
    let elements = try fields.field(path, .elements)
    let asked = expression(try SplunkAtoms.ask(question, ofElement: elements))
    return SplunkIdioms.nullQuestion.make(.init(elements: elements, quoted: quoted, question: asked))
  }
}

extension ValueQuestion {
  /// Whether the verdict depends on how a JSON boolean is spelled.
  fileprivate var readsBooleans: Bool {
    switch self {
    case .present: false
    // In ignored case one spelling stands for all.
    case .text(_, .ignored), .oneOf(_, .ignored):
      atom.holds(ofText: "true") || atom.holds(ofText: "false")
    case .truthy, .text, .oneOf, .regex, .number, .network:
      ["true", "false", "True", "False", "TRUE", "FALSE"].contains(where: atom.holds(ofText:))
    }
  }

  /// Whether every element of an array answers yes that is not null.
  fileprivate func takesEveryElement(endsInArray: Bool) -> Bool {
    switch self {
    case .present: true
    case .truthy: endsInArray
    case .text, .oneOf, .regex, .number, .network: false
    }
  }
}

extension Pattern {
  /// Whether a run stands between two other pieces, so that matching takes a step a character.
  fileprivate var hasInnerRun: Bool {
    pieces.dropFirst().dropLast().contains { if case .anyRun = $0 { true } else { false } }
  }
}
