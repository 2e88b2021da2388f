import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Writes a rule as a search: a base search that the index can answer, the fields read from the event's own
/// text, and one exact `where`.
struct SplunkWriter {
  /// How deep a condition may be nested.
  static let depthLimit = 500

  private let rule: Rule
  private let options: LanguageOptions
  private var fields: SplunkFields
  private var needsManySteps = false

  private init(_ rule: Rule, _ options: LanguageOptions) {
    self.rule = rule
    self.options = options
    fields = SplunkFields(rule, isExtracted: options.extractedFields)
  }

  /// The query for the rule. Throws what SPL cannot say.
  static func write(_ rule: Rule, _ options: LanguageOptions) throws(Diagnostic) -> Query {
    let (tree, notes) = try tree(rule, options)
    return Query(language: "splunk", text: SplunkPrinter.print(tree), notes: notes)
  }

  /// The search for the rule, and what the user should know about it.
  static func tree(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (SplunkQuery, [Diagnostic]) {
    var writer = SplunkWriter(rule, options)
    let (source, sourceNotes) = try SplunkSource.terms(rule, options)
    var commands = [SplunkCommand(.search(writer.baseSearch(source)))]
    commands += try writer.filter()
    commands += try writer.output()
    let query = SplunkQuery(comments: writer.comments, commands: commands)
    return (query, sourceNotes + writer.notes)
  }

  private var comments: [String] {
    [
      " \(SplunkLiteral.comment(rule.id)): \(SplunkLiteral.comment(rule.title)) ",
      " Concord \(SplunkLiteral.comment(options.compilerVersion)), exact ",
    ] + (options.provenance.map { [" \(SplunkLiteral.comment($0)) "] } ?? [])
  }

  private var notes: [Diagnostic] {
    (fields.assumed.isEmpty ? [] : [.splunkShapes(fields.assumed)])
      + (needsManySteps ? [.splunkLimits] : [])
  }

  private func baseSearch(_ source: [SplunkSearch]) -> SplunkSearch {
    var terms = source
    if let implied = SplunkBaseSearch.implied(by: rule.condition, inFields: options.extractedFields) {
      if case .all(let inner) = implied.kind { terms += inner } else { terms.append(implied) }
    }
    return terms.count == 1 ? terms[0] : SplunkSearch(.all(terms))
  }

  /// The commands that read the condition's fields and ask it. None for a condition that always holds.
  mutating func filter() throws(Diagnostic) -> [SplunkCommand] {
    if case .always(let value) = rule.condition.kind {
      return value
        ? [] : [SplunkCommand(.filter(.compare(.number("1"), .equal, .number("0"))))]
    }
    let predicate = try expression(rule.condition, depth: 0)
    let reads = fields.assignments.isEmpty ? [] : [SplunkCommand(.eval(fields.assignments))]
    return reads + [SplunkCommand(.filter(predicate))]
  }
}

// The condition.
extension SplunkWriter {
  private mutating func expression(
    _ condition: Condition, depth: Int
  ) throws(Diagnostic) -> SplunkEval {
    if depth > SplunkWriter.depthLimit { throw .splunkTooDeep(limit: SplunkWriter.depthLimit) }
    switch condition.kind {
    case .always(let value): return .compare(.number("1"), .equal, .number(value ? "1" : "0"))
    case .anywhere: throw .splunkAnywhere(condition.origin)
    case .place(let fact, _): throw .placeNotMapped(fact, in: "Splunk", at: condition.origin)
    case .test(let path, let atom): return try test(path, atom, condition.origin)
    case .not(let operand): return try negation(operand, depth: depth + 1)
    case .all(let operands): return .all(try expressions(operands, depth: depth + 1))
    case .any(let operands): return .any(try expressions(operands, depth: depth + 1))
    }
  }

  private mutating func expressions(
    _ conditions: [Condition], depth: Int
  ) throws(Diagnostic) -> [SplunkEval] {
    var result: [SplunkEval] = []
    for condition in conditions { result.append(try expression(condition, depth: depth)) }
    return result
  }

  private mutating func negation(_ operand: Condition, depth: Int) throws(Diagnostic) -> SplunkEval {
    if case .test(let path, let atom) = operand.kind, try !fields.isMultivalue(path) {
      if case .present = atom { return .call("isnull", try fields.field(path, .single)) }
      if case .truthy = atom {
        return SplunkAtoms.falsy(try fields.field(path, .single, readsBooleans: true))
      }
    }
    return .negation(try expression(operand, depth: depth))
  }

  private mutating func test(
    _ path: FieldPath, _ atom: Atom, _ origin: Span?
  ) throws(Diagnostic) -> SplunkEval {
    if case .text(let pattern, _) = atom, pattern.hasInnerRun { needsManySteps = true }
    if case .sameAs(let other, let letterCase) = atom {
      let isMultivalue = try (fields.isMultivalue(path), fields.isMultivalue(other))
      if isMultivalue.0 || isMultivalue.1 { throw .splunkSameAsArray(path, other, origin) }
      let left = try fields.field(path, .single, readsBooleans: true)
      return SplunkWriter.same(
        left, try fields.field(other, .single, readsBooleans: true), letterCase)
    }
    if try fields.isMultivalue(path) { return try someElement(path, atom, origin) }
    if let number = atom.numberBeyondDoubles, !fields.isExtracted, !rule.showsText(at: path) {
      throw .splunkLongNumber(number, path, origin)
    }
    let value = try fields.field(path, .single, readsBooleans: atom.readsBooleans)
    return try SplunkAtoms(origin: origin).expression(atom, value)
  }

  private static func same(
    _ left: SplunkEval, _ right: SplunkEval, _ letterCase: LetterCase
  ) -> SplunkEval {
    // Both sides as text: two fields that look like numbers would be compared by value.
    func side(_ value: SplunkEval) -> SplunkEval {
      switch letterCase {
      case .exact: .call("tostring", value)
      case .ignored: .call("lower", .call("tostring", value))
      }
    }
    return .all([
      .call("isnotnull", left), .call("isnotnull", right), .compare(side(left), .equal, side(right)),
    ])
  }

  /// Whether some element of an array answers yes.
  ///
  /// Where the answer for the text `null` is yes, JSON null must be told from it: elements that spell `null` are
  /// left out, and the quoted ones are looked for by themselves.
  private mutating func someElement(
    _ path: FieldPath, _ atom: Atom, _ origin: Span?
  ) throws(Diagnostic) -> SplunkEval {
    if atom.takesEveryElement(endsInArray: fields.shape(path).endsInArray) {
      let quoted = try fields.field(path, .quotedElements)
      return .someElement(.compare(quoted, .notEqual, .string("null")))
    }
    let takesNull = atom.holds(ofText: "null")
    let quotedNull: SplunkEval? =
      takesNull
      ? .someElement(.compare(try fields.field(path, .quotedElements), .equal, .string("\"null\""))) : nil
    if let quotedNull, case .text(let pattern, .exact) = atom, pattern == .equals("null") {
      return quotedNull
    }
    let value = try fields.field(path, .elements)
    var asked = try SplunkAtoms(origin: origin).expression(atom, value)
    if case .truthy = atom { asked = .negation(.match(value, SplunkAtoms.falsyRegex)) }
    guard let quotedNull else { return .someElement(asked) }
    return .any([.someElement(.all([.compare(value, .notEqual, .string("null")), asked])), quotedNull])
  }
}

// What a match shows.
extension SplunkWriter {
  private mutating func output() throws(Diagnostic) -> [SplunkCommand] {
    let temporary = fields.assignments.map(\.name)
    if rule.outputFields.isEmpty {
      return temporary.isEmpty ? [] : [SplunkCommand(.fields(keep: false, temporary))]
    }
    var names = ["_time"]
    var assignments: [SplunkCommand.Assignment] = []
    for field in rule.outputFields {
      let (value, isMultivalue) =
        fields.isExtracted
        ? (SplunkEval.field(try SplunkPath.extractedName(field.path)), false)
        : try SplunkPath.expression(field.path, field.path.shape(in: rule.fixtures.map(\.event)))
      let isExtracted = !isMultivalue && field.name.sameScalars(as: field.path.description)
      if !isExtracted || SplunkLiteral.listedField(field.name).utf8.first == 0x22 {
        try SplunkPath.check(field.name)
        assignments.append(SplunkCommand.Assignment(name: field.name, value: value))
      }
      if !names.contains(where: { $0.sameScalars(as: field.name) }) { names.append(field.name) }
    }
    return (assignments.isEmpty ? [] : [SplunkCommand(.eval(assignments))]) + [SplunkCommand(.table(names))]
  }
}

extension Atom {
  /// Whether the verdict depends on how a JSON boolean is spelled.
  fileprivate var readsBooleans: Bool {
    switch self {
    case .present: false
    case .sameAs: true
    case .truthy, .text, .oneOf, .regex, .number, .network:
      ["true", "false", "True", "False", "TRUE", "FALSE"].contains(where: holds(ofText:))
    }
  }

  /// Whether every element of an array answers yes that is not null.
  fileprivate func takesEveryElement(endsInArray: Bool) -> Bool {
    switch self {
    case .present: true
    case .truthy: endsInArray
    case .text, .oneOf, .regex, .number, .network, .sameAs: false
    }
  }
}

extension SplunkEval {
  /// Whether the condition holds of some value of the one multivalue field that it names.
  fileprivate static func someElement(_ condition: SplunkEval) -> SplunkEval {
    .compare(.call("mvcount", .call("mvfilter", condition)), .greater, .number("0"))
  }
}

extension Pattern {
  /// Whether a run stands between two other pieces, so that matching takes a step a character.
  fileprivate var hasInnerRun: Bool {
    pieces.dropFirst().dropLast().contains { if case .anyRun = $0 { true } else { false } }
  }
}
