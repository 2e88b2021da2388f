import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a field holds that a table gives: the texts that it may be, each with the events that get it.
struct SplunkLookedUp: Hashable {
  /// How many rows a table may have: each is a question.
  static let limit = 5_000

  /// A text that rows of the table give, and the events that one of these rows is found for.
  struct Given: Hashable {
    var text: String
    var condition: Condition
  }

  /// The texts of the table.
  var given: [Given]
  /// Whether no event gets two of them.
  var isExclusive: Bool
  /// The text of the events for which no row is found; `nil` where they get none.
  var otherwise: String?

  /// The events whose text answers a question. `nil` where an event may get two texts, and these answer differently.
  func asked(_ answers: (String) -> Bool) -> Condition? {
    let found = given.filter { answers($0.text) }
    guard isExclusive || found.isEmpty || found.count == given.count else { return nil }
    let others = otherwise.map(answers) ?? false
    let none = Condition.not(.any(given.map(\.condition)))
    return .any(found.map(\.condition) + (others ? [none] : []))
  }

  /// The events that get a text.
  var present: Condition { otherwise == nil ? .any(given.map(\.condition)) : .always(true) }
}

extension SplunkReader {
  /// Notes what fields a table gives, where that is known of every event.
  mutating func readLookup(_ text: String, counted: SplunkCounting?) -> [String] {
    guard let use = SplunkLookupUse(text), let table = lookups.table(use.name),
      table.rows.count <= SplunkLookedUp.limit
    else { return [] }
    var inputs: [(column: Int, name: String, path: FieldPath)] = []
    for input in use.inputs {
      guard let column = table.column(input.column), counted?.keys.contains(input.field) ?? true,
        case .extracted(let path) = bindings[ScalarText(input.field)] ?? own(input.field),
        // Whether a row is looked for where the field is absent is not documented.
        guarded.contains(path), !path.steps.contains(.each)
      else { return [] }
      inputs.append((column, input.column, path))
    }
    var names: [String] = []
    for output in use.outputs {
      // What the field held before may stay.
      let isNew = counted.map { !$0.has(output.field) } ?? false
      guard let column = table.column(output.column), isNew || !use.keepsValues && table.otherwise != nil,
        let looked = SplunkReader.looked(up: column, in: table, by: inputs)
      else { continue }
      set(output.field, .looked(looked))
      names.append(output.field)
    }
    return names
  }

  /// What a column gives; `nil` where a cell is empty, of which it is not documented what it gives or finds, and where the
  /// letter case of one is.
  private static func looked(
    up column: Int, in table: SplunkLookups.Table, by inputs: [(column: Int, name: String, path: FieldPath)]
  ) -> SplunkLookedUp? {
    let letterCase: LetterCase = table.isCased ? .exact : .ignored
    var (order, rows): ([String], [String: [Condition]]) = ([], [:])
    var texts: [String: [String]] = [:]
    var (keys, patterns): (Set<String>, [(pattern: Pattern, text: String)]) = ([], [])
    var isExclusive = inputs.count == 1 || table.limit == 1 && table.rows.count == 1
    for row in table.rows {
      let text = row[column]
      if text.isEmpty { return nil }
      if rows[text] == nil {
        order.append(text)
        rows[text] = []
      }
      var tests: [Condition] = []
      for input in inputs {
        let key = row[input.column]
        if key.isEmpty || letterCase == .ignored && !SplunkLiteral.foldsCertainly(key) { return nil }
        let isPattern = table.wildcards.contains(input.name) && key.contains("*")
        let pattern = isPattern ? SplunkWildcards.pattern(key) : .equals(key)
        // JSON null is that text, too.
        if pattern.matches("null", letterCase) { return nil }
        if isPattern { patterns.append((pattern, text)) }
        if !keys.insert(letterCase == .ignored ? LetterCase.lower(key) : key).inserted { isExclusive = false }
        if !isPattern, inputs.count == 1 {
          texts[text, default: []].append(key)
        } else {
          tests.append(.test(input.path, .text(pattern, letterCase)))
        }
      }
      if !tests.isEmpty { rows[text]?.append(.all(tests)) }
    }
    // A text of one pattern may be one of another, unless both give the same; a key is one where it matches.
    for (pattern, text) in patterns {
      let others = texts.filter { $0.key != text }.flatMap(\.value)
      if patterns.contains(where: { $0.text != text })
        || others.contains(where: { pattern.matches($0, letterCase) })
      {
        isExclusive = false
      }
    }
    let given = order.map { text in
      let own = texts[text].map { [Condition.test(inputs[0].path, .oneOf($0, letterCase))] } ?? []
      return SplunkLookedUp.Given(text: text, condition: .any(own + (rows[text] ?? [])))
    }
    return SplunkLookedUp(given: given, isExclusive: isExclusive, otherwise: table.otherwise)
  }

  /// What a question about a text asks of a field that a table gives; throws where an event may get several texts that
  /// answer differently.
  func asked(
    _ looked: SplunkLookedUp, _ span: Span?, _ answers: (String) -> Bool
  ) throws(Diagnostic) -> Condition {
    guard let condition = looked.asked(answers) else {
      throw .splunkUnread("a lookup that may give several values here", span)
    }
    return condition
  }

  /// `field=value` in `search`, letter case ignored, `*` a wildcard.
  func searched(
    _ looked: SplunkLookedUp, _ operation: ComparisonOperator, _ value: SplunkSearchValue, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    let letterCase: LetterCase = value.isCased ? .exact : .ignored
    let isKnown = letterCase == .exact || SplunkLiteral.foldsCertainly(value.text)
    guard isKnown, looked.texts.allSatisfy({ letterCase == .exact || SplunkLiteral.foldsCertainly($0) })
    else {
      throw .splunkIgnoredCase(value.text, span)
    }
    let pattern = SplunkWildcards.pattern(value.text)
    switch operation {
    case .equal: return try asked(looked, span) { pattern.matches($0, letterCase) }
    case .unequal: return try asked(looked, span) { !pattern.matches($0, letterCase) }
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      throw .splunkUnread("the order of a lookup's values", span)
    }
  }

  /// `field = "text"` in `where`; `nil` of a comparison with anything else.
  func compared(
    _ looked: SplunkLookedUp, _ operation: ComparisonOperator, _ other: SplunkEval, _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered? {
    guard case .string(let text) = other.kind, operation.ordered == nil, !SplunkLiteral.mayBeNumber(text)
    else {
      return nil
    }
    let condition = try asked(looked, span) { $0.sameScalars(as: text) == (operation == .equal) }
    return SplunkLowered(condition: condition, isTotal: looked.otherwise != nil)
  }
}

extension SplunkLookedUp {
  /// All texts that it may be.
  fileprivate var texts: [String] { given.map(\.text) + (otherwise.map { [$0] } ?? []) }
}
