import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// How a condition over one table is spelled in Athena SQL.
struct AthenaSpelling: AtomSpelling {
  /// An order of magnitude below the sizes at which Trino's analysis is reported to overflow its stack.
  static let limits = ConditionLimits(levels: 64, operands: 5000)

  /// How many calls a query may have before what one field may contain is written as a list. Trino makes one method of
  /// a filter, which may grow too large to be compiled; lists are the faster form far below that.
  static let plainCalls = 400

  /// How many calls a query may have. Trino 414 passes 1,200 (400 of `lower(json_extract_scalar(…)) LIKE …`, 600 of
  /// `NOT COALESCE(… LIKE …, FALSE)`) and fails from 1,500 (of plain `LIKE`s) to 1,950 (of `strpos(lower(…), …) > 0`);
  /// 482 passes 5,000. [executed: Trino 414, 482]
  static let callLimit = 1200

  /// What the lambdas of a query may cost in analysis (`AthenaExpression.lambdaWeight`): one chain of eight, which Trino
  /// 414 looks at for some seconds; nine take three times as long, and twelve some minutes.
  static let lambdaLimit = 7_500

  private let resolver: AthenaResolver
  /// The way that was asked for last: most questions are about the field of the one before.
  private var lastRoute: (path: FieldPath, route: AthenaRoute)?
  /// The paths at which one value is asked about, the innermost last, and the way to all values there.
  private var singles: [AthenaSingle] = []
  private let isCompact: Bool
  /// The paths that are told to be compared by the texts of numbers.
  private var pathsOfNumbers: Set<FieldPath> = []
  /// What the user should know, but for what fixtures tell.
  private var ownNotes: [Diagnostic] = []
  /// The paths of which fixtures tell that they hold one value within JSON.
  private var singlesTold: [FieldPath] = []
  /// What the user should know.
  var notes: [Diagnostic] { ownNotes + (singlesTold.isEmpty ? [] : [.singlesTold(singlesTold.distinct)]) }

  /// For one table; the fixtures show the events' shape. `isCompact`: many texts of one field are written shorter, if
  /// less plainly.
  init(_ table: AthenaTable, fixtures: [Event], isCompact: Bool = false) {
    resolver = AthenaResolver(table: table, fixtures: fixtures)
    self.isCompact = isCompact
  }

  func refusal(beyond limit: ConditionLimits.Exceeded) -> Diagnostic {
    switch limit {
    case .levels(let levels): .queryTooWide("conditions nested \(levels) deep")
    case .operands(let count): .queryTooWide("more than \(count) operands of `AND` and `OR`")
    }
  }

  func askPlace(_ fact: PlaceFact, _: Atom) throws(Diagnostic) -> Answer<AthenaExpression> {
    throw .placeNotMapped(fact, in: "Athena SQL", help: AthenaPlaces.help)
  }

  func askAnywhere(_: Pattern, _: LetterCase) throws(Diagnostic) -> Answer<AthenaExpression> {
    throw .cannotSay(
      .keywords, "a keyword search over all fields: the table has no column of the whole event",
      "name the fields to search",
      "or give keywords a field with a processing pipeline, as `Examples/pipelines/keywords.yml` does")
  }

  func always(_ value: Bool) -> AthenaExpression { .boolean(value) }
  func all(_ operands: [AthenaExpression]) -> AthenaExpression { .and(operands) }
  func any(_ operands: [AthenaExpression]) -> AthenaExpression { .or(operands) }

  func not(_ total: AthenaExpression) -> AthenaExpression {
    switch total.kind {
    case .boolean(let value): .boolean(!value)
    case .isNull(let operand, let negated): AthenaExpression(.isNull(operand, negated: !negated))
    default: AthenaExpression(.not(total))
    }
  }

  /// An equality with a column keeps a form that the engine can push down.
  func isNotTrue(_ operand: AthenaExpression) -> AthenaExpression {
    switch operand.kind {
    case .compare(.equal, let left, let right):
      guard let column = left.comparedColumn, right.isLiteral else { break }
      return .or([column.isNull, left.unequal(right)])
    case .inList(let left, let items, let negated):
      guard let column = left.comparedColumn else { break }
      return .or([column.isNull, left.isIn(items, negated: !negated)])
    default: break
    }
    return AthenaExpression(.not(.call("coalesce", operand, .boolean(false))))
  }

  /// Operands that ask one field for many texts, as few.
  mutating func gather(
    _ operands: [Condition]
  ) throws(Diagnostic) -> (answers: [Answer<AthenaExpression>], others: [Condition]) {
    guard isCompact else { return ([], operands) }
    var (groups, others) = AthenaCompaction.groups(operands)
    var answers: [Answer<AthenaExpression>] = []
    for group in groups {
      let variable = resolver.freshVariable("t")
      guard case .leaf(.text(let text)) = try newRoute(to: group.path),
        let any = AthenaCompaction.containsAny(text, group, variable: variable)
      else {
        others += group.texts.map { .test(group.path, .text(.contains($0), group.letterCase)) }
        continue
      }
      noteSpelling(of: group.path)
      answers.append(.mayBeUnknown(any))
    }
    return (answers, others)
  }
}

/// One value that several questions are asked of.
private struct AthenaSingle {
  /// The path as the condition has it there, and with all that tells of its arrays.
  var path: FieldPath
  var written: FieldPath
  /// The way to all values there, from the value around.
  var route: AthenaRoute
  /// The variables that are bound on the whole way.
  var variables: [String]
  /// Whether something is asked that may be answered differently for a number in JSON that is spelled anew.
  var tellsSpellings = false
}

// Several questions of one value.
extension AthenaSpelling {
  mutating func enterValue(at path: FieldPath) throws(Diagnostic) {
    let route = try newRoute(to: path)
    var (written, variables) = (path, route.variables)
    if let outer = singles.last(where: { path.steps(beyond: $0.path) != nil }),
      let rest = path.writtenSteps(beyond: outer.path),
      let whole = FieldPath(steps: outer.written.steps + rest)
    {
      (written, variables) = (whole, outer.variables + variables)
    }
    noteSingles(on: route, to: path)
    singles.append(AthenaSingle(path: path, written: written, route: route, variables: variables))
    lastRoute = nil
  }

  mutating func leaveValue(
    at path: FieldPath, _ answer: Answer<AthenaExpression>, needsValue: Bool
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    lastRoute = nil
    guard let single = singles.popLast() else { return answer }
    // An element is spelled anew as well, which a note tells; a lone value has a spelling of its own in the log.
    let takesArray = single.tellsSpellings && single.route.mayPassLoneText
    if takesArray {
      guard single.route.isKnownArray, single.written.loneBesideArray(in: resolver.fixtures) == nil else {
        throw .cannotSay(
          .severalQuestions,
          "several questions of one value at `\(path)` that tell how a number is spelled: whether it is an array is not known",
          "write `[]` behind its name, or add a fixture that shows it")
      }
      ownNotes.appendOnce(.arrayTold(path))
    }
    let asked = expression(answer)
    let whole = needsValue ? .and([single.route.end.isPresent, asked]) : asked
    return try some(single.route, takesArray: takesArray) { (_, _) throws(Diagnostic) in .mayBeUnknown(whole)
    }
  }
}

// Questions about the values that a path leads to.
extension AthenaSpelling {
  mutating func ask(
    _ question: ValueQuestion, at path: FieldPath
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    let route = try route(to: path)
    noteSpelling(of: path)
    let isInLambda = !route.variables.isEmpty || singles.contains { !$0.variables.isEmpty }
    let atoms = AthenaAtoms(path: path, fixtures: resolver.fixtures, isInLambda: isInLambda)
    if case .json = route.end, atoms.mayHoldOfObjects(question), !resolver.hasValue(at: path) {
      ownNotes.appendOnce(.takenAsScalar(path))
    }
    if case .truthy = question {
      noteNumbers(of: question, at: path, route.end)
      return try some(route, asksTruth: true) { (leaf, isElement) throws(Diagnostic) in
        try atoms.ask(.truthy, of: leaf, isElement: isElement)
      }
    }
    let tellsSpellings = question.atom.tellsNumberSpellings
    if tellsSpellings { for index in singles.indices { singles[index].tellsSpellings = true } }
    let passesJSONArray = route.passesJSONArray || singles.contains { $0.route.passesJSONArray }
    if tellsSpellings, passesJSONArray { ownNotes.appendOnce(.elementsRespelled(path)) }
    noteNumbers(of: question, at: path, route.end)
    return try some(route, tellsSpellings: tellsSpellings) { (leaf, isElement) throws(Diagnostic) in
      try atoms.ask(question, of: leaf, isElement: isElement)
    }
  }

  mutating func askArray(at path: FieldPath) throws(Diagnostic) -> Answer<AthenaExpression> {
    // One value is none.
    if singles.contains(where: { path.steps(beyond: $0.path)?.isEmpty ?? false }) {
      return .total(.boolean(false))
    }
    noteSpelling(of: path)
    // What `[]` says at the end is asked already.
    let end = path.steps.lastIndex { $0 != .each } ?? 0
    return try isArray(try newRoute(to: FieldPath(steps: Array(path.steps[...end])) ?? path), path)
  }

  /// Whether what stands at the end of the way, before the elements of a last array, is an array.
  private func isArray(
    _ route: AthenaRoute, _ path: FieldPath
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    switch route {
    case .leaf(.json(let json)) where !(json.steps.isEmpty && json.baseIsJSON):
      return .total(json.array.isNotNull)
    case .each(.json(let json), _, .leaf(let leaf)) where leaf.isWholeElement:
      return .total(json.array.isNotNull)
    case .leaf, .each(.typed, _, .leaf):
      // One value becomes an array of one in a column of arrays, and an array a text in a column of text.
      throw .arrayNotTold(
        at: path, in: "Athena SQL", help: "a column of its own does not tell: read it within JSON text")
    case .each(let array, let variable, let rest):
      return .mayBeUnknown(.anyMatch(array.expression, variable, expression(try isArray(rest, path))))
    }
  }

  private mutating func route(to path: FieldPath) throws(Diagnostic) -> AthenaRoute {
    if let lastRoute, lastRoute.path == path { return lastRoute.route }
    let route = try newRoute(to: path)
    noteSingles(on: route, to: path)
    lastRoute = (path, route)
    return route
  }

  /// The way from one value that is asked about, or from the row. No variable is bound twice at once.
  private func newRoute(to path: FieldPath, besides taken: [String] = []) throws(Diagnostic) -> AthenaRoute {
    let taken = taken + singles.flatMap(\.variables)
    for single in singles.reversed() {
      guard let rest = path.writtenSteps(beyond: single.path),
        let whole = FieldPath(steps: single.written.steps + rest)
      else { continue }
      let route = try resolver.route(to: whole, by: single.variables, besides: taken)
      return route.dropping(single.variables.count)
    }
    return try resolver.route(to: path, besides: taken)
  }

  mutating func askSame(
    _ path: FieldPath, as other: FieldPath, _ letterCase: LetterCase
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    for index in singles.indices { singles[index].tellsSpellings = true }
    let route = try route(to: path)
    noteSpelling(of: path)
    let otherRoute = try newRoute(to: other, besides: route.variables)
    noteSingles(on: otherRoute, to: other)
    noteSpelling(of: other)
    for (route, path) in [(route, path), (otherRoute, other)] where route.passesJSONArray {
      ownNotes.appendOnce(.elementsRespelled(path))
    }
    return try some(route, tellsSpellings: true) { (leaf, _) throws(Diagnostic) in
      try some(otherRoute, tellsSpellings: true) { (otherLeaf, _) throws(Diagnostic) in
        guard let left = leaf.comparableText, let right = otherLeaf.comparableText else {
          throw .cannotSay(
            .fieldComparison, "whether `\(path)` and `\(other)` have the same text: one of them is not text")
        }
        return .mayBeUnknown(
          AthenaAtoms.folded(left, letterCase).equal(AthenaAtoms.folded(right, letterCase)))
      }
    }
  }

  /// Whether some value that the way leads to answers yes. `asksTruth`: the question is whether it is truthy, which
  /// differs between an element and a lone value. `tellsSpellings`: it may be answered differently for a number in
  /// JSON that is spelled anew. `takesArray`: no lone value within JSON text is asked.
  private func some(
    _ route: AthenaRoute, isElement: Bool = false, asksTruth: Bool = false, tellsSpellings: Bool = false,
    takesArray: Bool = false,
    _ question: (AthenaLeaf, Bool) throws(Diagnostic) -> Answer<AthenaExpression>
  ) throws(Diagnostic) -> Answer<AthenaExpression> {
    switch route {
    case .leaf(let leaf): return try question(leaf, isElement && leaf.isWholeElement)
    case .each(let array, let variable, let rest):
      if asksTruth, case .json(let json) = array, case .leaf(let leaf) = rest,
        leaf.isWholeElement
      {
        return .mayBeUnknown(
          AthenaIdioms.truthyElement.make(.init(value: json.value, variable: variable)))
      }
      let element = try some(
        rest, isElement: true, asksTruth: asksTruth, tellsSpellings: tellsSpellings, takesArray: takesArray,
        question)
      var elements = array.expression
      if takesArray, case .json(let json) = array, !json.baseIsJSON { elements = json.array }
      let any = AthenaExpression.anyMatch(elements, variable, expression(element))
      guard tellsSpellings, case .json(let json) = array, !json.baseIsJSON else {
        return .mayBeUnknown(any)
      }
      return .mayBeUnknown(AthenaIdioms.loneOrElement.make(any))
    }
  }

  private mutating func noteSingles(on route: AthenaRoute, to path: FieldPath) {
    if route.takesSingles { singlesTold.append(path) }
  }

  /// CloudTrail's numbers are whole and have one spelling; of other logs nothing is known.
  private mutating func noteNumbers(of question: ValueQuestion, at path: FieldPath, _ leaf: AthenaLeaf) {
    let format = resolver.table.definition.format
    guard !resolver.table.isCloudTrail, !format.handsOverJSON, !format.readers.isEmpty,
      let number = question.number
    else { return }
    switch leaf {
    case .text, .json:
      if pathsOfNumbers.insert(path).inserted { ownNotes.append(.numbersAsSpelled(path, number)) }
    case .jsonColumn, .typed, .structure, .map: break
    }
  }

  private mutating func noteSpelling(of path: FieldPath) {
    guard resolver.table.isCloudTrail else { return }
    let names = path.names.joined(separator: ".")
    guard let spelled = CloudTrailTable.spelling(of: LetterCase.lower(names)), !spelled.sameScalars(as: names)
    else { return }
    ownNotes.appendOnce(.spelledAsCloudTrail(path, spelled))
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

extension AthenaLeaf {
  /// Whether there is a value that is not null.
  fileprivate var isPresent: AthenaExpression {
    switch self {
    case .json(let json): AthenaIdioms.presentJSON.make(.init(value: json.value))
    case .text(let value), .jsonColumn(let value, _), .typed(let value, _), .structure(let value),
      .map(let value):
      value.isNotNull
    }
  }
}

extension AthenaRoute {
  /// Whether the way leads, or may lead, through an array in JSON.
  fileprivate var passesJSONArray: Bool {
    switch self {
    case .leaf: false
    case .each(.json, _, _): true
    case .each(.typed, _, let rest): rest.passesJSONArray
    }
  }

  /// Whether it leads through JSON text to what may be an array or a lone value, which is then spelled anew.
  fileprivate var mayPassLoneText: Bool {
    switch self {
    case .leaf: false
    case .each(.json(let json), _, let rest): !json.baseIsJSON || rest.mayPassLoneText
    case .each(_, _, let rest): rest.mayPassLoneText
    }
  }

  /// Whether the first array on the way is known to be one.
  fileprivate var isKnownArray: Bool {
    switch self {
    case .each(.json(let json), _, _): json.isKnownArray
    case .each(.typed, _, let rest): rest.isKnownArray
    case .leaf: false
    }
  }

  /// What stands at the end.
  fileprivate var end: AthenaLeaf {
    switch self {
    case .leaf(let leaf): leaf
    case .each(_, _, let rest): rest.end
    }
  }
}

extension ValueQuestion {
  /// A number that it compares by its text.
  fileprivate var number: String? {
    switch self {
    case .truthy: "0"
    case .text(let pattern, _):
      if case .equals(let text) = pattern.shape, Number(text) != nil { text } else { nil }
    case .oneOf(let texts, _): texts.first { Number($0) != nil }
    case .present, .regex, .number, .network: nil
    }
  }
}

extension AthenaResolver {
  fileprivate func hasValue(at path: FieldPath) -> Bool {
    fixtures.contains { !$0.values(at: path).isEmpty }
  }
}
