import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Writes a condition as an expression that is true of exactly the rows of the events that it holds of.
///
/// Elsewhere the expression is false or NULL. Where that matters, below `NOT`, `AthenaExpression.isNotTrue` makes
/// NULL false.
struct AthenaWriter {
  /// How deep conditions may be nested, and how many operands `AND` and `OR` may have in all: an order of
  /// magnitude below the sizes at which Trino's analysis is reported to overflow its stack.
  static let depthLimit = 64
  static let operandLimit = 5000

  private let resolver: AthenaResolver
  /// What the user should know.
  private(set) var notes: [Diagnostic] = []
  private var operands = 0
  private let isCompact: Bool

  /// A writer for one table; the fixtures show the events' shape. `isCompact`: many texts of one field are written
  /// shorter, if less plainly.
  init(_ table: AthenaTable, fixtures: [Event], isCompact: Bool = false) {
    resolver = AthenaResolver(table: table, fixtures: fixtures)
    self.isCompact = isCompact
  }

  /// The expression for a condition. Throws what Athena SQL or the table cannot say.
  mutating func expression(_ condition: Condition, depth: Int = 0) throws(Diagnostic) -> AthenaExpression {
    guard depth < AthenaWriter.depthLimit else { throw .queryTooWide("conditions nested \(depth) deep") }
    do throws(Diagnostic) {
      switch condition.kind {
      case .always(let value): return .boolean(value)
      case .test(let path, let atom): return try test(path, atom)
      case .anywhere:
        throw .cannotSay(
          .keywords, "a keyword search over all fields: the table has no column of the whole event",
          "name the fields to search",
          "or give keywords a field with a processing pipeline, as `Examples/pipelines/keywords.yml` does")
      case .place(let fact, _): throw .placeNotMapped(fact, in: "Athena SQL")
      case .not(let operand): return negated(try expression(operand, depth: depth + 1))
      case .all(let conditions): return .and(try expressions(conditions, depth))
      case .any(let conditions):
        return .or(try isCompact ? compact(conditions, depth) : expressions(conditions, depth))
      }
    } catch {
      throw error.located(in: nil, at: condition.origin)
    }
  }

  private mutating func expressions(_ conditions: [Condition], _ depth: Int) throws(Diagnostic)
    -> [AthenaExpression]
  {
    operands += conditions.count
    guard operands <= AthenaWriter.operandLimit else {
      throw .queryTooWide("more than \(AthenaWriter.operandLimit) operands of `AND` and `OR`")
    }
    var result: [AthenaExpression] = []
    for condition in conditions { result.append(try expression(condition, depth: depth + 1)) }
    return result
  }

  /// The operands of a disjunction, those that ask one field for many texts as few.
  private mutating func compact(_ conditions: [Condition], _ depth: Int) throws(Diagnostic)
    -> [AthenaExpression]
  {
    var (groups, others) = AthenaCompaction.groups(conditions)
    var result: [AthenaExpression] = []
    for group in groups {
      let variable = resolver.freshVariable("t")
      guard case .leaf(.text(let text)) = try resolver.route(to: group.path),
        let any = AthenaCompaction.containsAny(text, group, variable: variable)
      else {
        others += group.texts.map { .test(group.path, .text(.contains($0), group.letterCase)) }
        continue
      }
      noteSpelling(of: group.path)
      result.append(any)
    }
    return result + (try expressions(others, depth))
  }

  /// True where the expression is not. An equality with a column keeps a form that the engine can push down.
  private func negated(_ expression: AthenaExpression) -> AthenaExpression {
    switch expression.kind {
    case .isNull(let operand, let negated): return AthenaExpression(.isNull(operand, negated: !negated))
    case .compare(.equal, let left, let right):
      guard let column = left.comparedColumn, right.isLiteral else { break }
      return AthenaExpression(.or([column.isNull, left.unequal(right)]))
    case .inList(let left, let items, let negated):
      guard let column = left.comparedColumn else { break }
      return AthenaExpression(.or([column.isNull, left.isIn(items, negated: !negated)]))
    default: break
    }
    return expression.isNotTrue
  }

  private mutating func test(_ path: FieldPath, _ atom: Atom) throws(Diagnostic) -> AthenaExpression {
    let route = try resolver.route(to: path)
    noteSpelling(of: path)
    if case .sameAs(let other, let letterCase) = atom {
      let otherRoute = try resolver.route(to: other, firstVariable: route.depth + 1)
      noteSpelling(of: other)
      return try AthenaWriter.any(route) { (leaf, _) throws(Diagnostic) in
        try AthenaWriter.any(otherRoute) { (otherLeaf, _) throws(Diagnostic) in
          guard let left = leaf.comparableText, let right = otherLeaf.comparableText else {
            throw .cannotSay(
              .fieldComparison, "whether `\(path)` and `\(other)` have the same text: one of them is no text")
          }
          return AthenaAtoms.folded(left, letterCase).equal(AthenaAtoms.folded(right, letterCase))
        }
      }
    }
    let questions = AthenaAtoms(path: path, fixtures: resolver.fixtures)
    if case .json = route.end, questions.mayHoldOfObjects(atom), !resolver.hasValue(at: path) {
      note(.assumedShape, "`\(path)` is taken to lead to a text, number or boolean, not to an object")
    }
    if case .truthy = atom {
      return try AthenaWriter.any(route) { (leaf, isElement) throws(Diagnostic) in
        try questions.ask(.truthy, of: leaf, isElement: isElement)
      } ofLone: { (json) throws(Diagnostic) in
        try questions.ask(.truthy, of: .json(json), isElement: false)
      }
    }
    return try AthenaWriter.any(route) { (leaf, isElement) throws(Diagnostic) in
      try questions.ask(atom, of: leaf, isElement: isElement)
    }
  }

  /// True where the question is true of some value that the way leads to. `ofLone` is asked where a value may be
  /// an array, and is none, of questions that differ between an element and a lone value.
  private static func any(
    _ route: AthenaRoute, isElement: Bool = false,
    _ question: (AthenaLeaf, Bool) throws(Diagnostic) -> AthenaExpression,
    ofLone: ((AthenaJSON) throws(Diagnostic) -> AthenaExpression)? = nil
  ) throws(Diagnostic) -> AthenaExpression {
    switch route {
    case .leaf(let leaf): return try question(leaf, isElement && leaf.isWholeElement)
    case .each(.json(let json, certain: false), let variable, .leaf(let leaf)) where ofLone != nil:
      guard let ofLone else { return .boolean(false) }
      let ofElement = try question(leaf, true)
      return .or([
        .anyMatch(json.array, variable, ofElement), .and([json.array.isNull, try ofLone(json)]),
      ])
    case .each(let array, let variable, let rest):
      return .anyMatch(
        array.expression, variable, try any(rest, isElement: true, question, ofLone: ofLone))
    }
  }

  private mutating func note(_ code: Diagnostic.Code, _ message: String) {
    let note = Diagnostic(code, severity: .note, message)
    if !notes.contains(note) { notes.append(note) }
  }

  private mutating func noteSpelling(of path: FieldPath) {
    guard resolver.table.isCloudTrail else { return }
    let names = path.names.joined(separator: ".")
    guard let spelled = CloudTrailTable.spelling(of: LetterCase.lower(names)), !spelled.sameScalars(as: names)
    else { return }
    note(.spellingOfSource, "field `\(path)` is read as `\(spelled)`, as CloudTrail spells it")
  }
}

extension AthenaExpression {
  /// Whether a comparison's side is a literal, itself or folded, so never NULL.
  fileprivate var isLiteral: Bool {
    switch kind {
    case .string, .number, .boolean: true
    case .call("lower", let arguments): arguments.allSatisfy(\.isLiteral)
    default: false
    }
  }

  /// The column that a comparison's side is: itself, or folded.
  fileprivate var comparedColumn: AthenaExpression? {
    switch kind {
    case .name: self
    case .field(let base, _): base.comparedColumn == nil ? nil : self
    case .call("lower", let arguments): arguments.count == 1 ? arguments[0].comparedColumn : nil
    default: nil
    }
  }
}

extension AthenaLeaf {
  /// Whether, below `each`, the leaf is the element itself and not a field of it.
  fileprivate var isWholeElement: Bool {
    switch self {
    case .json(let json): json.steps.isEmpty && json.baseIsJSON
    case .text(let value), .typed(let value, _):
      if case .name = value.kind { true } else { false }
    case .jsonColumn, .structure, .map: false
    }
  }
}

extension AthenaRoute {
  /// What stands at the end.
  fileprivate var end: AthenaLeaf {
    switch self {
    case .leaf(let leaf): leaf
    case .each(_, _, let rest): rest.end
    }
  }
}

extension AthenaResolver {
  fileprivate func hasValue(at path: FieldPath) -> Bool {
    fixtures.contains { !$0.values(at: path).isEmpty }
  }
}
