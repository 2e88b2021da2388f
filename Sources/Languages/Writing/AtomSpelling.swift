import ConcordDetection
import ConcordDiagnostics

/// How a query language spells a condition's questions and what joins them: all that `ConditionWriter` has to know
/// of the language.
///
/// A conforming type is the writer of one rule. It keeps what it gathers on the way (columns that are read, notes for
/// the user), and is found in `ConditionWriter.spelling` afterwards. It never walks a condition itself.
@usableFromInline package protocol AtomSpelling {
  /// An expression of the language that is true, false or perhaps unknown: a tree, or text with its strength.
  associatedtype Expression

  /// How large a condition the platform takes.
  static var limits: ConditionLimits { get }

  /// Why a condition beyond a limit is refused.
  func refusal(beyond limit: ConditionLimits.Exceeded) -> Diagnostic

  /// Whether some value at the path answers yes; where the path passes an array, some value of some element.
  /// Throws what the language cannot say. Errors without a place are placed where the question was written.
  mutating func ask(_ question: ValueQuestion, at path: FieldPath) throws(Diagnostic) -> Answer<Expression>

  /// Whether some value at the path has the text of some value at the other. Throws what the language cannot say.
  mutating func askSame(
    _ path: FieldPath, as other: FieldPath, _ letterCase: LetterCase
  ) throws(Diagnostic) -> Answer<Expression>

  /// Whether the path leads to an array. Throws where the language cannot tell, which it does unless it says otherwise.
  mutating func askArray(at path: FieldPath) throws(Diagnostic) -> Answer<Expression>

  /// Whether the text of some leaf of the event matches. Throws where the language cannot look everywhere.
  mutating func askAnywhere(_ pattern: Pattern, _ letterCase: LetterCase) throws(Diagnostic) -> Answer<
    Expression
  >

  /// Whether the place of the event answers yes. Throws where the platform has no counterpart of the fact.
  mutating func askPlace(_ fact: PlaceFact, _ atom: Atom) throws(Diagnostic) -> Answer<Expression>

  /// From here on until `leaveValue` questions are asked of one value at the path: the paths that begin with it lead on
  /// from that value. Throws where the language cannot ask several questions of one value, which it does unless it says
  /// otherwise.
  mutating func enterValue(at path: FieldPath) throws(Diagnostic)

  /// Whether some value at the path answers yes to what was asked since `enterValue`. `needsValue`: the answer may be
  /// yes of a value that is not there, which is none.
  mutating func leaveValue(
    at path: FieldPath, _ answer: Answer<Expression>, needsValue: Bool
  ) throws(Diagnostic) -> Answer<Expression>

  /// Operands of one `any` that the language asks at once, as few answers, and the operands that are left, which are
  /// written one by one. The answers come first in the text.
  mutating func gather(
    _ operands: [Condition]
  ) throws(Diagnostic) -> (answers: [Answer<Expression>], others: [Condition])

  /// True or false of every event.
  func always(_ value: Bool) -> Expression

  /// True where all of them are, unknown only where one of them is.
  func all(_ operands: [Expression]) -> Expression

  /// True where one of them is, unknown only where one of them is.
  func any(_ operands: [Expression]) -> Expression

  /// True where the operand is false, for an operand that is never unknown.
  func not(_ total: Expression) -> Expression

  /// True where the operand is false or unknown, and false where it is true: never unknown itself.
  func isNotTrue(_ operand: Expression) -> Expression
}

extension AtomSpelling {
  /// No array is told from a value.
  package mutating func askArray(at path: FieldPath) throws(Diagnostic) -> Answer<Expression> {
    throw .arrayNotTold(at: path, in: "The language")
  }

  /// No value is asked several questions.
  package mutating func enterValue(at path: FieldPath) throws(Diagnostic) {
    throw .severalQuestions(of: path, in: "The language")
  }

  /// What was asked.
  package mutating func leaveValue(
    at path: FieldPath, _ answer: Answer<Expression>, needsValue: Bool
  ) throws(Diagnostic) -> Answer<Expression> { answer }

  /// No operands are asked at once.
  @inlinable package mutating func gather(
    _ operands: [Condition]
  ) throws(Diagnostic) -> (answers: [Answer<Expression>], others: [Condition]) {
    ([], operands)
  }

  /// The expression that is true exactly where the answer is yes: as an operand, or as the question about an element of
  /// an array.
  @inlinable package func expression(_ answer: Answer<Expression>) -> Expression {
    switch answer {
    case .total(let expression), .mayBeUnknown(let expression): expression
    case .opposite(let expression): not(expression)
    }
  }
}

/// How large a condition a platform takes.
@usableFromInline package struct ConditionLimits: Hashable, Sendable {
  /// How many levels of `not`, `all` and `any` there may be, the innermost question being one.
  @usableFromInline package var levels: Int
  /// How many operands `all` and `any` may have, all of them together.
  @usableFromInline package var operands: Int

  /// Limits of so many levels and operands.
  package init(levels: Int, operands: Int = .max) {
    self.levels = levels
    self.operands = operands
  }

  /// A limit that a condition goes beyond.
  @usableFromInline package enum Exceeded: Hashable, Sendable {
    /// More levels than these.
    case levels(Int)
    /// More operands than these.
    case operands(Int)
  }
}

extension [Diagnostic] {
  /// Appends a note that is not among them.
  package mutating func appendOnce(_ note: Diagnostic) {
    if !contains(note) { append(note) }
  }
}

extension Diagnostic {
  /// A condition asks whether something is an array, and the language cannot tell: `E436`.
  package static func arrayNotTold(
    at path: FieldPath, in language: String, _ origin: Span? = nil, help: String...
  ) -> Diagnostic {
    Diagnostic(
      .arrayNotTold, "\(language) cannot tell whether `\(path)` is an array or one value", at: origin,
      help: help)
  }

  /// Fields are asked for one value each, though nothing says that they hold no arrays: `N441`. `names` as the language's
  /// text may show them.
  package static func readAsSingle(_ names: [String]) -> Diagnostic {
    let isOne = names.count == 1
    return Diagnostic(
      .assumedShape,
      names.map { "`\($0)`" }.joined(separator: ", ") + (isOne ? " is" : " are")
        + " read as single values: whether "
        + (isOne ? "it is an array is" : "they are arrays is") + " not known",
      help: ["write `[]` after the name of an array, or add a fixture that has it"])
  }

  /// An array is known to stand right within another, and the language goes through one of them: `E438`.
  package static func arrayInArray(
    at part: FieldPath, of path: FieldPath, in language: String
  ) -> Diagnostic {
    let way = part == path.withoutEach ? "" : ", on the way to `\(path)`,"
    return Diagnostic(
      .arrayInArray,
      "\(language) goes through one array at `\(part)`\(way) where `[]` or a fixture has an array within an array"
    )
  }

  /// A condition asks several questions of one value of many: `E435`.
  package static func severalQuestions(
    of path: FieldPath, in language: String, at origin: Span? = nil, help: String...
  ) -> Diagnostic {
    Diagnostic(
      .severalQuestions, "\(language) cannot ask several questions of one value at `\(path)`", at: origin,
      help: help + ["each question by itself may be answered by another value, which is a wider rule"])
  }
}
