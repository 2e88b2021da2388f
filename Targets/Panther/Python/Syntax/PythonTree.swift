import ConcordDiagnostics

/// An expression of Python and where it stands.
struct PythonExpression: Sendable {
  /// What it is.
  let kind: Kind
  /// Where it stands.
  let span: Span

  /// What an expression can be.
  indirect enum Kind: Sendable {
    case none
    case boolean(Bool)
    /// A number as it is written, without `_`.
    case number(String)
    case string(String)
    case ellipsis
    case bytes
    case name(String)
    /// An f-string: its parts; a field that is shown in a way of its own has none.
    case formatted([FormattedPart])
    case list([Item])
    case tuple([Item])
    case set([Item])
    /// A dictionary; an entry without key is `**value`.
    case dictionary([Entry])
    case attribute(PythonExpression, String)
    case element(PythonExpression, PythonExpression)
    case slice(PythonExpression, PythonExpression?, PythonExpression?, step: PythonExpression?)
    case call(PythonExpression, [Argument])
    case not(PythonExpression)
    /// `-x`, `+x`, `~x`.
    case sign(String, PythonExpression)
    case and([PythonExpression])
    case or([PythonExpression])
    /// A chain: the first operand, and what each of the others is compared by.
    case comparison(PythonExpression, [Comparison])
    case operation(PythonExpression, String, PythonExpression)
    /// `then if condition else other`.
    case choice(condition: PythonExpression, then: PythonExpression, other: PythonExpression)
    /// `name := value`.
    case assigned(String, PythonExpression)
    case lambda([Parameter], PythonExpression)
    case comprehension(Comprehension)
    /// `await`, `yield` and what else is read and has no meaning here.
    case other(String)
  }

  /// A part of an f-string.
  enum FormattedPart: Sendable {
    case text(String)
    case field(PythonExpression, isPlain: Bool)
  }

  /// A member of a display.
  struct Item: Sendable {
    /// Whether it is `*value`.
    let isSpread: Bool
    let value: PythonExpression
  }

  /// An entry of a dictionary.
  struct Entry: Sendable {
    let key: PythonExpression?
    let value: PythonExpression
  }

  /// An argument of a call.
  struct Argument: Sendable {
    /// `nil` for one by position.
    let name: String?
    /// `*` or `**` before it, or nothing.
    let stars: String
    let value: PythonExpression
  }

  /// A step of a chain of comparisons.
  struct Comparison: Sendable {
    /// `==`, `in`, `not in`, `is not` and so on.
    let sign: String
    let operand: PythonExpression
  }

  /// What is made of each element: `[x for x in y if z]` and its like.
  struct Comprehension: Sendable {
    /// What is made.
    enum Form: Sendable {
      case list
      case set
      case generator
      case dictionary(value: PythonExpression)
    }
    let form: Form
    let item: PythonExpression
    let loops: [Loop]
  }

  /// One `for … in … if …` of a comprehension.
  struct Loop: Sendable {
    let target: PythonExpression
    let iterated: PythonExpression
    let conditions: [PythonExpression]
  }

  /// A parameter of a function.
  struct Parameter: Sendable {
    let name: String
    /// `*`, `**` or nothing.
    let stars: String
    let value: PythonExpression?
    /// Whether it is given by its name alone, behind `*`, or by its place alone, before `/`.
    var isNamedOnly = false
    var isPlaceOnly = false
  }
}

/// A statement of Python and where it stands.
struct PythonStatement: Sendable {
  /// What it is.
  let kind: Kind
  /// Where it stands; of a compound one its first line.
  let span: Span

  /// What a statement can be.
  indirect enum Kind: Sendable {
    case expression(PythonExpression)
    case assignment([PythonExpression], PythonExpression)
    /// `target += value`, the sign without `=`.
    case augmented(PythonExpression, String, PythonExpression)
    case returned(PythonExpression?)
    case branch(PythonExpression, [PythonStatement], [PythonStatement])
    case loop(PythonExpression, PythonExpression, [PythonStatement], otherwise: [PythonStatement])
    case attempt(
      [PythonStatement], handlers: [Handler], otherwise: [PythonStatement], finally: [PythonStatement])
    case function(PythonFunction)
    case type(PythonClass)
    case imported(module: String, name: String?)
    /// `from module import a as b`; dots before a module stand in its name.
    case importedNames(module: String, [(name: String, local: String)])
    case passed
    case broken
    case continued
    case raised
    /// `global x`: the names are the module's.
    case global([String])
    /// `while`, `with`, `match`, `del`, `assert` and what else no rule uses: its first word.
    case other(String)
    /// Text that is not Python.
    case unreadable(Diagnostic)
  }

  /// `except E as name:`.
  struct Handler: Sendable {
    /// What it handles, if that is one name; `nil` for everything.
    let type: String?
    let name: String?
    let body: [PythonStatement]
  }
}

/// A function's definition.
final class PythonFunction: Sendable {
  /// The names of a rule's functions that make its alerts. [Panther docs, Python rules]
  static let alertNames: Set<String> = [
    "title", "dedup", "alert_context", "description", "runbook", "reference", "severity", "destinations",
    "unique",
  ]

  let name: String
  let parameters: [PythonExpression.Parameter]
  let body: [PythonStatement]
  let decorators: [String]
  /// Its name.
  let span: Span
  /// The digest of its tokens, which layout and comments do not change.
  let digest: String

  init(
    name: String, parameters: [PythonExpression.Parameter], body: [PythonStatement],
    decorators: [String] = [],
    span: Span, digest: String = ""
  ) {
    (self.name, self.parameters, self.body) = (name, parameters, body)
    (self.decorators, self.span, self.digest) = (decorators, span, digest)
  }
}

/// A class's definition.
final class PythonClass: Sendable {
  let name: String
  let bases: [PythonExpression]
  let body: [PythonStatement]
  let decorators: [String]
  /// Its name.
  let span: Span

  init(
    name: String, bases: [PythonExpression], body: [PythonStatement], decorators: [String], span: Span
  ) {
    (self.name, self.bases, self.body) = (name, bases, body)
    (self.decorators, self.span) = (decorators, span)
  }
}
