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
  private var extractions: [FieldPath: SplunkExtraction] = [:]
  private var order: [FieldPath] = []
  private var assumed: [FieldPath] = []
  private var nullElements: [FieldPath] = []
  private var needsManySteps = false

  private init(_ rule: Rule, _ options: LanguageOptions) {
    self.rule = rule
    self.options = options
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
      " \(SplunkText.comment(rule.id)): \(SplunkText.comment(rule.title)) ",
      " Concord \(SplunkText.comment(options.compilerVersion)), exact ",
    ]
  }

  private var notes: [Diagnostic] {
    (assumed.isEmpty ? [] : [.splunkShapes(assumed)])
      + (nullElements.isEmpty ? [] : [.splunkNullText(nullElements)])
      + (needsManySteps ? [.splunkLimits] : [])
  }

  private func baseSearch(_ source: [SearchExpression]) -> SearchExpression {
    var terms = source
    if let implied = SplunkBaseSearch.implied(by: rule.condition) {
      if case .all(let inner) = implied.kind { terms += inner } else { terms.append(implied) }
    }
    return terms.count == 1 ? terms[0] : SearchExpression(.all(terms))
  }

  /// The commands that read the condition's fields and ask it. None for a condition that always holds.
  mutating func filter() throws(Diagnostic) -> [SplunkCommand] {
    if case .always(let value) = rule.condition.kind {
      return value
        ? [] : [SplunkCommand(.filter(.compare(.number("1"), .equal, .number("0"))))]
    }
    try collect(rule.condition, depth: 0)
    let predicate = try expression(rule.condition)
    let assignments = order.compactMap { path in
      extractions[path].map { SplunkCommand.Assignment(name: $0.name, value: $0.value) }
    }
    return [SplunkCommand(.eval(assignments)), SplunkCommand(.filter(predicate))]
  }
}

// Fields.
extension SplunkWriter {
  /// Reads every field of the condition once.
  private mutating func collect(_ condition: Condition, depth: Int) throws(Diagnostic) {
    if depth > SplunkWriter.depthLimit { throw .splunkTooDeep(limit: SplunkWriter.depthLimit) }
    switch condition.kind {
    case .always: break
    case .anywhere: throw .splunkAnywhere(condition.origin)
    case .test(let path, let atom):
      try collect(path, readsBooleans: SplunkWriter.readsBooleans(atom))
      if case .sameAs(let other, _) = atom { try collect(other, readsBooleans: true) }
    case .not(let operand): try collect(operand, depth: depth + 1)
    case .all(let operands), .any(let operands):
      for operand in operands { try collect(operand, depth: depth + 1) }
    }
  }

  private mutating func collect(_ path: FieldPath, readsBooleans: Bool) throws(Diagnostic) {
    let shape = path.shape(in: rule.fixtures.map(\.event))
    let (value, isMultivalue) = try SplunkPath.expression(path, shape)
    let known = extractions[path]
    if known == nil {
      order.append(path)
      // Where the author wrote `[]`, the other names of the path are single values.
      if !shape.isKnown, path == path.withoutEach, !SplunkCloudTrail.isSingle(path, in: rule) {
        assumed.append(path)
      }
    }
    var reading = known?.value ?? value
    if readsBooleans, !isMultivalue { reading = SplunkWriter.booleanAsText(value) }
    extractions[path] = SplunkExtraction(
      name: known?.name ?? freshName(path), value: reading, isMultivalue: isMultivalue)
  }

  private func freshName(_ path: FieldPath) -> String {
    let wanted = SplunkPath.shortName(path)
    let taken = Set(extractions.values.map(\.name))
    var name = wanted
    var count = 2
    while taken.contains(name) {
      name = "\(wanted)_\(count)"
      count += 1
    }
    return name
  }

  /// Whether the verdict depends on how a JSON boolean is spelled.
  private static func readsBooleans(_ atom: Atom) -> Bool {
    if case .sameAs = atom { return true }
    if case .present = atom { return false }
    let path = FieldPath("value")
    return ["true", "false", "True", "False", "TRUE", "FALSE"].contains { text in
      atom.holds(at: path, of: Event(Value.Object([Value.Object.Member("value", .string(text))])))
    }
  }

  /// The value, a boolean as the text that JSON has for it. `json_extract` makes a boolean of one, and `tostring`
  /// writes booleans as `True` and `False`.
  private static func booleanAsText(_ value: EvalExpression) -> EvalExpression {
    .call("if", .call("isbool", value), .call("lower", .call("tostring", value)), value)
  }
}

// The condition.
extension SplunkWriter {
  private mutating func expression(_ condition: Condition) throws(Diagnostic) -> EvalExpression {
    switch condition.kind {
    case .always(let value): return .compare(.number("1"), .equal, .number(value ? "1" : "0"))
    case .anywhere: throw .splunkAnywhere(condition.origin)
    case .test(let path, let atom): return try test(path, atom, condition.origin)
    case .not(let operand): return try negation(operand)
    case .all(let operands):
      return .all(try operands.map { operand throws(Diagnostic) in try expression(operand) })
    case .any(let operands):
      return .any(try operands.map { operand throws(Diagnostic) in try expression(operand) })
    }
  }

  private mutating func negation(_ operand: Condition) throws(Diagnostic) -> EvalExpression {
    if case .test(let path, let atom) = operand.kind, let field = extractions[path], !field.isMultivalue {
      if case .present = atom { return .call("isnull", .field(field.name)) }
      if case .truthy = atom { return SplunkAtomWriter.falsy(.field(field.name)) }
    }
    return .negation(try expression(operand))
  }

  private mutating func test(
    _ path: FieldPath, _ atom: Atom, _ origin: Span?
  ) throws(Diagnostic) -> EvalExpression {
    guard let field = extractions[path] else { throw .splunkTooDeep(limit: SplunkWriter.depthLimit) }
    if case .text(let pattern, _) = atom, pattern.hasInnerRun { needsManySteps = true }
    let value = EvalExpression.field(field.name)
    if case .sameAs(let other, let letterCase) = atom {
      guard let second = extractions[other], !field.isMultivalue, !second.isMultivalue else {
        throw .splunkSameAsArray(path, other, origin)
      }
      return SplunkWriter.same(value, .field(second.name), letterCase)
    }
    guard field.isMultivalue else { return try SplunkAtomWriter(origin: origin).expression(atom, value) }
    return try someElement(path, atom, value, origin)
  }

  private static func same(
    _ left: EvalExpression, _ right: EvalExpression, _ letterCase: LetterCase
  ) -> EvalExpression {
    // Both sides as text: two fields that look like numbers would be compared by value.
    func side(_ value: EvalExpression) -> EvalExpression {
      switch letterCase {
      case .exact: .call("tostring", value)
      case .ignored: .call("lower", .call("tostring", value))
      }
    }
    return .all([
      .call("isnotnull", left), .call("isnotnull", right), .compare(side(left), .equal, side(right)),
    ])
  }

  /// Whether some element of the multivalue answers yes. Its elements are texts, a JSON null the text `null`.
  private mutating func someElement(
    _ path: FieldPath, _ atom: Atom, _ value: EvalExpression, _ origin: Span?
  ) throws(Diagnostic) -> EvalExpression {
    let notNull = EvalExpression.compare(value, .notEqual, .string("null"))
    let shape = path.shape(in: rule.fixtures.map(\.event))
    var asked: EvalExpression
    switch atom {
    case .present: asked = notNull
    case .truthy:
      asked =
        shape.endsInArray
        ? notNull
        : .negation(.match(value, SplunkPatternText.regex(oneOf: ["", "0", "false", "null"])))
    case .text, .oneOf, .regex, .number, .network, .sameAs:
      asked = try SplunkAtomWriter(origin: origin).expression(atom, value)
    }
    let null = Event(Value.Object([Value.Object.Member("value", .string("null"))]))
    if atom.holds(at: FieldPath("value"), of: null) {
      if atom.namesNull { throw .splunkNullElement(path, origin) }
      if !nullElements.contains(path) { nullElements.append(path) }
      if asked != notNull, atom != .truthy { asked = .all([notNull, asked]) }
    }
    return .compare(.call("mvcount", .call("mvfilter", asked)), .greater, .number("0"))
  }
}

// What a match shows.
extension SplunkWriter {
  private func output() throws(Diagnostic) -> [SplunkCommand] {
    let temporary = order.compactMap { extractions[$0]?.name }
    if rule.outputFields.isEmpty {
      return temporary.isEmpty ? [] : [SplunkCommand(.fields(keep: false, temporary))]
    }
    var names = ["_time"]
    var assignments: [SplunkCommand.Assignment] = []
    for field in rule.outputFields {
      let (value, isMultivalue) = try SplunkPath.expression(
        field.path, field.path.shape(in: rule.fixtures.map(\.event)))
      let isExtracted = !isMultivalue && field.name.sameScalars(as: field.path.description)
      if !isExtracted || SplunkText.listedField(field.name).utf8.first == 0x22 {
        try SplunkPath.check(field.name)
        assignments.append(SplunkCommand.Assignment(name: field.name, value: value))
      }
      if !names.contains(where: { $0.sameScalars(as: field.name) }) { names.append(field.name) }
    }
    return (assignments.isEmpty ? [] : [SplunkCommand(.eval(assignments))]) + [SplunkCommand(.table(names))]
  }
}

extension Atom {
  /// Whether the atom names the text `null` itself.
  fileprivate var namesNull: Bool {
    switch self {
    case .present, .truthy, .regex, .number, .network, .sameAs: false
    case .text(let pattern, _): if case .equals = pattern.shape { true } else { false }
    case .oneOf: true
    }
  }
}

extension Pattern {
  /// Whether a run stands between two other pieces, so that matching takes a step a character.
  fileprivate var hasInnerRun: Bool {
    pieces.dropFirst().dropLast().contains { if case .anyRun = $0 { true } else { false } }
  }
}
