import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What an expression amounts to, as far as it is known before there is an event.
indirect enum PythonValue: Sendable {
  case none
  case boolean(Bool)
  case number(Number)
  case text(String)
  /// The value of a field, which is there and not null.
  case field(PythonField)
  /// A display: its members.
  case sequence(Form, [PythonCases])
  case dictionary([Entry])
  /// What is made of the elements of an array of the event.
  case elements(PythonElements)
  /// The parts of a field's text at a separator.
  case parts(PythonField, separator: String, limit: Int?)
  /// How long a field's text is, or how many elements or keys it has.
  case length(PythonField)
  /// How many elements there are.
  case count(PythonElements)
  /// A field's text as an address.
  case address(PythonField)
  case regex(PythonRegex)
  case network(CIDR)
  /// What a match gives; it is true.
  case match
  /// The event.
  case event
  case function(PythonFunction, PythonScope, [String: PythonBinding])
  case lambda([PythonExpression.Parameter], PythonExpression, PythonFrame)
  /// A function that is known by its name.
  case known(String)
  /// What an attribute of a value is, to be called.
  case method(PythonCases, String)
  /// A function that is called with the value first.
  case bound(PythonCases, PythonFunction, PythonScope)
  case module(PythonScope)
  /// A class by its name, or an object of it.
  case type(PythonClass, PythonScope)
  case object(PythonClass, PythonScope)
  /// Texts and fields in order, put together.
  case made([PythonCases])
  /// What is not read, and why.
  case opaque(Diagnostic)

  /// What a display makes.
  enum Form: Sendable {
    case list
    case tuple
    case set
    /// A generator: what is behind the member that decides is not looked at.
    case lazy
  }

  /// An entry of a dictionary.
  struct Entry: Sendable {
    let key: PythonValue
    let value: PythonCases
  }
}

/// The field that an expression reads, and what was made of its text since, in order.
struct PythonField: Hashable, Sendable {
  var path: FieldPath
  var changes: [Change] = []
  /// Whether null counts as absent where it was read, as for `deep_get`.
  var isNullAbsent = false
  /// Whether arrays on the way were passed (`deep_walk`), so that there may be several values.
  var isWalk = false
  /// Whether elements of those arrays that lack the value have a default of their own.
  var isFilled = false
  /// Whether events in which an array is on the way to it are told apart where it is read.
  var isPastArrays = false

  /// What can be made of a text.
  enum Change: Hashable, Sendable {
    case lower
    case upper
    case strip(String?, start: Bool, end: Bool)
    /// `str(x)`.
    case text
    /// The first so many characters.
    case first(Int)
    /// The part of that number at a separator; `limit` as for `split`, below 0 as for `rsplit`.
    case part(String, Int, limit: Int?)
    /// The parts at a separator, of which it is asked how many there are; `limit` as for a part.
    case parts(String, limit: Int?)
    /// `int(x)` or `float(x)`.
    case number
    /// The whole part of a number, towards zero.
    case whole
    /// A network of the one address that the text is.
    case network
    /// The text by which a condition compares the value, whatever its kind: what `PythonRuntime.texts` finds.
    case compared
    /// That text in lower case, letter by letter.
    case folded
  }
}

/// Elements of an array of the event, those of a condition, and what is made of each.
struct PythonElements: Sendable {
  /// The arrays' elements, the outermost first: questions about them have one of these paths or go on from it.
  let scopes: [FieldPath]
  /// Which elements.
  let guarded: Condition
  /// What is made of each.
  let item: PythonCases

  /// The elements of the innermost array.
  var scope: FieldPath { scopes.last ?? FieldPath("") }

  /// Members of which it is known alone that there are some where the condition holds, and else none.
  static func some(where condition: Condition, _ why: Diagnostic) -> PythonElements {
    PythonElements(scopes: [], guarded: condition, item: PythonCases(.opaque(why)))
  }
}

/// An expression to match, as `re.compile` has it.
struct PythonRegex: Hashable, Sendable {
  let pattern: String
  let flags: PortableRegex.Flags
  /// Whether its classes know ASCII alone, by `re.ASCII`.
  var isASCII = false
  /// Whether no rule wrote it: it stands for a question that is asked by no expression.
  var isOurs = false
  let span: Span
}

/// The values that an expression can have, each under a condition. No two hold at once; where none holds, the expression
/// raises an exception.
struct PythonCases: Sendable {
  /// It is `True`.
  var yes: Condition = .always(false)
  /// It is `False`.
  var no: Condition = .always(false)
  /// It is another value.
  var others: [Case] = []
  /// Whether one of them always holds.
  var isTotal = true

  /// A value under a condition.
  struct Case: Sendable {
    var guarded: Condition
    var value: PythonValue
  }

  /// What raises.
  static let raising = PythonCases(isTotal: false)

  init(yes: Condition = .always(false), no: Condition = .always(false), isTotal: Bool) {
    (self.yes, self.no, self.isTotal) = (yes, no, isTotal)
  }

  /// One value always.
  init(_ value: PythonValue) {
    if case .boolean(let value) = value {
      yes = .always(value)
      no = .always(!value)
    } else {
      others = [Case(guarded: .always(true), value: value)]
    }
  }

  /// Whether a condition holds.
  init(_ truth: PythonTruth) {
    (yes, no, isTotal) = (truth.yes, truth.no, truth.isTotal)
  }

  /// The same, of which it is known whether some case always holds. A boolean that always is one is false where it is
  /// not true.
  func covering(_ isTotal: Bool) -> PythonCases {
    var copy = self
    copy.isTotal = isTotal
    if isTotal, others.isEmpty { copy.no = yes.opposite }
    return copy
  }

  /// The value, if there is but one.
  var single: PythonValue? {
    guard isTotal else { return nil }
    if others.isEmpty {
      if yes.isTrue { return .boolean(true) }
      if no.isTrue { return .boolean(false) }
      return nil
    }
    return others.count == 1 && yes.isFalse && no.isFalse ? others[0].value : nil
  }

  /// All cases, booleans among them.
  var all: [Case] {
    var all = others
    if !yes.isFalse { all.append(Case(guarded: yes, value: .boolean(true))) }
    if !no.isFalse { all.append(Case(guarded: no, value: .boolean(false))) }
    return all
  }
}

/// When an expression is true and when it is false; where neither holds, it raises an exception.
struct PythonTruth: Sendable {
  var yes: Condition
  var no: Condition
  /// Whether one of them always holds.
  var isTotal: Bool

  /// True where the condition holds, else false.
  init(_ condition: Condition) {
    (yes, no, isTotal) = (condition, condition.opposite, true)
  }

  init(yes: Condition, no: Condition, isTotal: Bool) {
    (self.yes, self.no, self.isTotal) = (yes, isTotal ? yes.opposite : no, isTotal)
  }

  /// What raises.
  static let raising = PythonTruth(yes: .always(false), no: .always(false), isTotal: false)

  /// The opposite.
  var negated: PythonTruth {
    var copy = self
    (copy.yes, copy.no) = (no, yes)
    return copy
  }
}

/// A name's value; `version` tells whether it was assigned since.
struct PythonBinding: Sendable {
  let version: Int
  let value: PythonCases
}

/// The names that a function's lines see.
struct PythonFrame: Sendable {
  /// Its own.
  var names: [String: PythonBinding] = [:]
  /// Those of the module.
  let scope: PythonScope
}

/// The names of a module. One task alone reads a rule.
final class PythonScope: @unchecked Sendable {
  let source: Source
  /// The module's name as it is imported.
  let name: String
  var names: [String: PythonBinding] = [:]
  /// Names that its functions assign, so that they may have another value with each event.
  var changing: Set<String> = []
  /// Whether a line of it may change any name.
  var isSpoiled = false
  /// Names that its lines assign more than once, or change.
  var reassigned: Set<String> = []

  init(source: Source, name: String) {
    (self.source, self.name) = (source, name)
  }
}
