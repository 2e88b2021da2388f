import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// How SQLite spells a condition's questions.
struct SQLiteSpelling: AtomSpelling {
  typealias Asked = Answer<SQLiteExpression>

  /// Well below what the statement's parser takes: a stack of 100 symbols, and expressions 1,000 deep. [limits.html]
  static let limits = ConditionLimits(levels: 16, operands: 400)

  /// The values of an event that are asked about, each the column of that name.
  private(set) var columns: [(name: String, text: String)] = []

  func refusal(beyond limit: ConditionLimits.Exceeded) -> Diagnostic {
    switch limit {
    case .levels(let count): Diagnostic(.tooDeep, "the condition is nested deeper than \(count) levels")
    case .operands(let count): Diagnostic(.tooLarge, "the condition has more than \(count) operands")
    }
  }

  mutating func ask(_ question: ValueQuestion, at path: FieldPath) throws(Diagnostic) -> Asked {
    let route = try SQLiteRoute(path)
    if route.arrays.isEmpty { return try answer(question, of: column(path, route)) }
    var asked = expression(try answer(question, of: "value")).text(inOneLine: true)
    if case .truthy = question, !route.isElement.isEmpty {
      asked = "value IS NOT NULL AND (isElement OR \(asked))"
    }
    return .total(.question("EXISTS (SELECT 1 FROM (\(route.values)) WHERE \(asked))"))
  }

  func askSame(_ path: FieldPath, as other: FieldPath, _ letterCase: LetterCase) throws(Diagnostic) -> Asked {
    guard letterCase == .exact else {
      throw Diagnostic(.letterCase, "SQLite ignores the case of ASCII letters only")
    }
    let rows = "(\(try SQLiteRoute(path).values)) AS l, (\(try SQLiteRoute(other).values)) AS r"
    return .total(.question("EXISTS (SELECT 1 FROM \(rows) WHERE l.value = r.value)"))
  }

  func askAnywhere(_ pattern: Pattern, _ letterCase: LetterCase) throws(Diagnostic) -> Asked {
    let matches = try SQLiteSpelling.matches("value", pattern, letterCase)
    let value = SQLiteRoute.text(at: "fullkey")
    let leaves = "SELECT \(value) AS value FROM json_tree(raw) WHERE atom IS NOT NULL"
    return .total(.question("EXISTS (SELECT 1 FROM (\(leaves)) WHERE \(matches))"))
  }

  func askPlace(_ fact: PlaceFact, _: Atom) throws(Diagnostic) -> Asked {
    throw .placeNotMapped(fact, in: "SQLite", help: "name the table where the events are")
  }

  func always(_ value: Bool) -> SQLiteExpression { .question(value ? "TRUE" : "FALSE") }
  func all(_ operands: [SQLiteExpression]) -> SQLiteExpression { .all(operands) }
  func any(_ operands: [SQLiteExpression]) -> SQLiteExpression { .any(operands) }
  func not(_ total: SQLiteExpression) -> SQLiteExpression { .not(total) }
  func isNotTrue(_ operand: SQLiteExpression) -> SQLiteExpression { .isNotTrue(operand) }
}

// Questions about one value, which is NULL where there is none.
extension SQLiteSpelling {
  private func answer(_ question: ValueQuestion, of value: String) throws(Diagnostic) -> Asked {
    switch question {
    case .present: return .total(.question("\(value) IS NOT NULL"))
    case .truthy: return .mayBeUnknown(.question("\(value) NOT IN ('', 'false', '0')"))
    case .text(let pattern, let letterCase):
      return .mayBeUnknown(.question(try SQLiteSpelling.matches(value, pattern, letterCase)))
    case .oneOf(let texts, let letterCase):
      let isExact = letterCase.effective(in: texts) == .exact
      var rows: [String] = []
      for text in texts {
        let pattern = isExact ? try SQLiteText.literal(text) : try SQLiteText.glob(.equals(text), .ignored)
        rows.append("(\(pattern))")
      }
      let list = "(VALUES \(rows.joined(separator: ", ")))"
      if isExact { return .mayBeUnknown(.question("\(value) IN \(list)")) }
      return .total(.question("EXISTS (SELECT 1 FROM \(list) WHERE \(value) GLOB column1)"))
    case .number(let comparison, let bound):
      guard SQLiteText.isReadExactly(bound) else {
        throw Diagnostic(.numberRange, "SQLite does not say which double `\(bound.written)` is")
      }
      let number = SQLiteSpelling.number(value)
      return .mayBeUnknown(.question("\(number) \(comparison.rawValue) \(bound.shortest)"))
    case .regex: throw Diagnostic(.regexDiffers, "SQLite has no regular expressions of its own")
    case .network: throw Diagnostic(.valueType, "SQLite has no IP addresses")
    }
  }

  private static func matches(
    _ value: String, _ pattern: Pattern, _ letterCase: LetterCase
  ) throws(Diagnostic) -> String {
    guard letterCase.effective(in: pattern.literals) == .exact else {
      return "\(value) GLOB \(try SQLiteText.glob(pattern, .ignored))"
    }
    switch pattern.shape {
    case .anything: return "\(value) IS NOT NULL"
    case .equals(let text): return "\(value) = \(try SQLiteText.literal(text))"
    case .prefix(let text):
      return "substr(\(value), 1, \(text.unicodeScalars.count)) = \(try SQLiteText.literal(text))"
    case .suffix(let text):
      return "substr(\(value), -\(text.unicodeScalars.count)) = \(try SQLiteText.literal(text))"
    case .contains(let text): return "instr(\(value), \(try SQLiteText.literal(text))) > 0"
    case .wildcard: return "\(value) GLOB \(try SQLiteText.glob(pattern, .exact))"
    }
  }

  /// The number that a text spells, NULL for any other text. Sign and leading zeros aside, numbers are JSON's: a 1 in
  /// their place keeps one what it is.
  private static func number(_ value: String) -> String {
    let isNumber =
      "(\(value) GLOB '[0-9]*' OR \(value) GLOB '[+-][0-9]*') AND \(value) GLOB '*[0-9]'"
      + " AND json_valid('1' || ltrim(ltrim(\(value), '+-'), '0'))"
    return "CASE WHEN \(isNumber) THEN CAST(\(value) AS REAL) END"
  }

  /// The name of the column that has the value. Names ignore the case of ASCII letters, and SQLite takes one that is
  /// `true` or `false` for that, quoted or not.
  private mutating func column(_ path: FieldPath, _ route: SQLiteRoute) -> String {
    let text = SQLiteRoute.text(at: route.path)
    if let known = columns.first(where: { $0.text.sameScalars(as: text) }) { return known.name }
    var name = SQLiteText.quoted("$.\(path)")
    while columns.contains(where: { $0.name.lowercased() == name.lowercased() }) {
      name = SQLiteText.quoted(name)
    }
    columns.append((name, text))
    return name
  }
}

/// Where a path leads in the JSON of `raw`.
struct SQLiteRoute {
  /// The arrays that it passes, as tables of their elements.
  private(set) var arrays: [String] = []
  /// An expression of the JSON path to the value, the last array's element before it.
  private(set) var path = "'$'"
  /// A column of whether the value is an element, and not a value in the array's place; where the path ends with one.
  private(set) var isElement = ""

  /// Throws where a name cannot be spelled.
  init(_ fieldPath: FieldPath) throws(Diagnostic) {
    var (element, rest) = ("", "$")
    for step in fieldPath.steps {
      isElement = ""
      switch step {
      case .name(let name):
        guard SQLiteText.isName(name) else {
          let quoted = Value.string(name).compactJSON
          throw Diagnostic(.fieldName, "the field name \(quoted) cannot be said in a JSON path")
        }
        rest += ".\"\(name)\""
      case .index(let index): rest += "[\(index)]"
      case .each:
        let alias = "e\(arrays.count + 1)"
        arrays.append("json_each(raw, \(try SQLiteRoute.joined(element, rest))) AS \(alias)")
        (element, rest) = (alias + ".fullkey", "")
        isElement = ", \(alias).key IS NOT NULL AS isElement"
      }
    }
    path = try SQLiteRoute.joined(element, rest)
  }

  /// A query of the values: one row each, in the column `value`.
  var values: String {
    let tables = arrays.isEmpty ? "" : " FROM " + arrays.joined(separator: ", ")
    return "SELECT \(SQLiteRoute.text(at: path)) AS value\(isElement)\(tables)"
  }

  /// The text by which the value at a path is compared, NULL where there is none. `->` gives a number as it is
  /// written, `->>` the text of a string.
  static func text(at path: String) -> String {
    "CASE json_type(raw, \(path)) WHEN 'text' THEN raw ->> \(path) WHEN 'null' THEN NULL"
      + " WHEN 'real' THEN rtrim(rtrim(raw -> \(path), '0'), '.') ELSE raw -> \(path) END"
  }

  private static func joined(_ element: String, _ rest: String) throws(Diagnostic) -> String {
    let literal = try SQLiteText.literal(rest)
    return element.isEmpty ? literal : rest.isEmpty ? element : "(\(element) || \(literal))"
  }
}
