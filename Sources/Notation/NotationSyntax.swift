import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A text of the notation as it is written: its lines, all of which must hold.
package struct NotationTree: Hashable, Sendable {
  /// Where the text stands.
  package let origin: Origin
  /// The lines, one or more.
  package let lines: [NotationSyntax]

  /// What the text means under `reading`. Throws a value of the wrong kind, an expression that is not portable,
  /// and a `cross_field_compare` whose direction the reading does not state.
  package func condition(reading: Reading) throws(Diagnostic) -> Condition {
    try NotationLowering(reading: reading, origin: origin).condition(lines)
  }
}

/// An expression and where it stands.
package struct NotationSyntax: Hashable, Sendable {
  /// The logical operators.
  static let logic = LogicTable(or: ("or", 1), and: ("and", 2), not: ("not", 3))

  /// What it is.
  package let kind: Kind
  /// Where it stands in the source.
  package let span: Span

  /// The kinds of expression.
  package indirect enum Kind: Hashable, Sendable {
    /// `true` or `false`.
    case constant(Bool)
    /// A question about a field, or about every leaf of the event.
    case test(NotationTest)
    /// `some` before a path and an expression in parentheses, about one value there.
    case some(FieldPath, NotationSyntax)
    /// `not` before an expression.
    case not(NotationSyntax)
    /// Two or more joined by `and`.
    case all([NotationSyntax])
    /// Two or more joined by `or`.
    case any([NotationSyntax])
  }
}

/// One question: `userIdentity.type not in ["Root", "AWSService"] nocase`.
package struct NotationTest: Hashable, Sendable {
  /// What is asked about.
  package enum Subject: Hashable, Sendable {
    case field(FieldPath)
    /// Every leaf of the event: the word `anywhere`.
    case anywhere
  }

  /// What a field is compared with.
  package enum Operand: Hashable, Sendable {
    /// Nothing: `is_null`.
    case none
    /// One value, or the values of a list in brackets.
    case values([NotationValue])
    /// Another field.
    case field(FieldPath)
  }

  /// What is asked about.
  package let subject: Subject
  /// Whether `not` stands before the operator.
  package let isNegated: Bool
  package let `operator`: NotationOperator
  /// Where the operator stands.
  package let operatorSpan: Span
  /// What the subject is compared with.
  package let operand: Operand
  /// The case that a trailing `cased` or `nocase` states; `nil` leaves it to the reading.
  package let letterCase: LetterCase?
}

/// A value as it is written.
package struct NotationValue: Hashable, Sendable {
  /// The forms of a value.
  package enum Form: Hashable, Sendable {
    /// In double quotes. `isVerbatim` says that it has no escapes, so that places inside it can be told.
    case quoted(isVerbatim: Bool)
    /// A bare number.
    case number
    /// A bare `true` or `false`.
    case boolean
  }

  /// The text that it is compared as: of a number its shortest decimal, of a boolean `true` or `false`.
  package let text: String
  /// How it is written.
  package let form: Form
  /// Where it stands.
  package let span: Span
}

/// The words between a field and its value.
package enum NotationOperator: String, Hashable, Sendable, CaseIterable {
  /// The same text.
  case eq
  /// Not the same text; true of an absent field.
  case ne
  /// One of a list of texts.
  case `in`
  /// Null, in the sense of the reading.
  case isNull = "is_null"
  /// Not null, in the sense of the reading.
  case isNotNull = "is_not_null"
  /// There is a value, under every reading.
  case exists
  /// The value is truthy, under every reading.
  case isTruthy = "is_truthy"
  /// Absent or not truthy, under every reading.
  case isFalsy = "is_falsy"
  /// An array, one without elements too.
  case isArray = "is_array"
  /// Begins with the text.
  case startsWith = "starts_with"
  /// Ends with the text.
  case endsWith = "ends_with"
  /// Contains the text.
  case contains
  /// Matches from end to end; `*` is any run, `?` any one scalar.
  case wildcard
  /// Contains the text as a whole term: no ASCII letter or digit touches it (Kusto's `has`).
  case match
  /// The regular expression matches somewhere.
  case regexMatch = "regex_match"
  /// Greater than the number.
  case gt
  /// Greater than or equal to the number.
  case ge
  /// Less than the number.
  case lt
  /// Less than or equal to the number.
  case le
  /// An address of the network.
  case cidrMatch = "cidr_match"
  /// The same text as another field has.
  case eqField = "eq_field"
  /// Not the same text as another field has; true where either is absent.
  case neField = "ne_field"
  /// The same as `eq_field` or `ne_field`: the catalogue lost which.
  case crossFieldCompare = "cross_field_compare"

  /// What may follow an operator.
  enum Arity {
    case nothing
    case oneValue
    case values
    case field
  }

  /// What must follow the operator.
  var arity: Arity {
    switch self {
    case .isNull, .isNotNull, .exists, .isTruthy, .isFalsy, .isArray: .nothing
    case .eq, .ne, .gt, .ge, .lt, .le: .oneValue
    case .in, .startsWith, .endsWith, .contains, .wildcard, .match, .regexMatch, .cidrMatch: .values
    case .eqField, .neField, .crossFieldCompare: .field
    }
  }

  /// Whether letter case makes a difference to it.
  var looksAtLetters: Bool {
    switch self {
    case .isNull, .isNotNull, .exists, .isTruthy, .isFalsy, .isArray, .gt, .ge, .lt, .le, .cidrMatch: false
    case .eq, .ne, .in, .startsWith, .endsWith, .contains, .wildcard, .match, .regexMatch, .eqField,
      .neField, .crossFieldCompare:
      true
    }
  }

  /// Whether it asks for patterns of text only, so that it can be asked of every leaf of an event.
  var isPattern: Bool {
    switch self {
    case .eq, .ne, .in, .startsWith, .endsWith, .contains, .wildcard: true
    case .isNull, .isNotNull, .exists, .isTruthy, .isFalsy, .isArray, .match, .regexMatch, .gt, .ge, .lt, .le,
      .cidrMatch, .eqField, .neField, .crossFieldCompare:
      false
    }
  }

  /// What other languages call it, for suggestions.
  static let synonyms: [String: String] = [
    "=": "eq", "==": "eq", "===": "eq", "is": "eq", "equals": "eq", ":": "eq", "=~": "eq … nocase",
    "!=": "ne", "<>": "ne", "!==": "ne", "!~": "not regex_match", "!": "not", "~": "regex_match",
    ">": "gt", ">=": "ge", "<": "lt", "<=": "le", "gte": "ge", "lte": "le",
    "like": "wildcard", "glob": "wildcard", "matches": "regex_match", "regex": "regex_match",
    "re": "regex_match", "has": "match", "cidr": "cidr_match", "isnull": "is_null", "null": "is_null",
    "present": "exists", "is_empty": "eq \"\"", "isempty": "eq \"\"", "any": "in", "one_of": "in",
    "notin": "not in", "not_in": "not in", "!in": "not in", "not_contains": "not contains",
    "is_present": "exists", "not_exists": "not exists", "truthy": "is_truthy", "falsy": "is_falsy",
  ]
}
