import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// The theory of one case: which answers to questions can go together in one event.
///
/// A case says of some questions whether the answer is yes. Literal `2 * variable` says yes, `2 * variable + 1`
/// says no. Where a path may pass arrays, each yes needs a value of its own that no other question forbids;
/// otherwise one value must do for all.
struct Theory {
  enum Result {
    /// An event that should answer so.
    case event(Event)
    /// Lists of literals, each of which cannot hold together.
    case conflicts([[Int]])
    case unknown(Bound)
  }

  let leaves: [Leaf]
  let paths: Paths
  var solver: TextSolver
  /// Where values may be arrays, and what a question about a single value may cost.
  let prover: Prover
  /// Answers to questions about single values.
  var elementAnswers: [Condition: Answer] = [:]

  init(leaves: [Leaf], paths: Paths, _ prover: Prover) {
    self.leaves = leaves
    self.paths = paths
    self.prover = prover
    solver = TextSolver(spare: Theory.spare(leaves), stateLimit: prover.limits.states)
  }

  /// A readable scalar that stands in no literal.
  private static func spare(_ leaves: [Leaf]) -> Unicode.Scalar {
    var used: Set<Unicode.Scalar> = []
    for leaf in leaves {
      for text in leaf.question.test?.literals ?? [] { used.formUnion(LetterCase.lower(text).unicodeScalars) }
    }
    let readable: [Unicode.Scalar] = ["x", "z", "q", "w", "y", "j", "k", "v", "~", "^", "|", "_", "#", "+"]
    let others = (UInt32(0x3B1)...0x3C9).lazy.compactMap(Unicode.Scalar.init)
    let rare = (UInt32(0x1F300)...0x1F5FF).lazy.compactMap(Unicode.Scalar.init)
    return readable.first { !used.contains($0) } ?? others.first { !used.contains($0) }
      ?? rare.first { !used.contains($0) } ?? "\u{10FFFD}"
  }

  /// What a case says of one path.
  struct Demand {
    /// Questions that must be answered yes.
    var yes: [(literal: Int, question: Question)] = []
    /// Questions that must be answered no.
    var no: [(literal: Int, question: Question)] = []

    func literal(no question: Question) -> Int? { no.first { $0.question == question }?.literal }
  }

  /// The state of one call of `check`.
  struct Work {
    var demands: [Int: Demand] = [:]
    var conflicts: [[Int]] = []
    var unknown: Bound?
    var event = EventBuilder()
    /// The texts that were chosen, by path.
    var texts: [Int: [String]] = [:]
    /// The objects that were chosen, by path.
    var objects: [Int: [Value]] = [:]
    /// The values that were chosen to answer several questions each, by path.
    var elements: [Int: [Value]] = [:]
    /// Literals that these have answered.
    var answered: Set<Int> = []
  }

  /// Whether an event can answer so.
  mutating func check(_ literals: [Int]) -> Result {
    var work = Work()
    for literal in literals {
      let leaf = leaves[literal / 2]
      if literal % 2 == 0 {
        work.demands[leaf.path, default: Demand()].yes.append((literal, leaf.question))
        if case .sameAs(let other, _) = leaf.question {
          work.demands[other, default: Demand()].yes.append((literal, .present))
        }
      } else {
        work.demands[leaf.path, default: Demand()].no.append((literal, leaf.question))
      }
    }
    takeArrays(&work)
    for path in work.demands.keys.sorted() where !(work.demands[path]?.yes.isEmpty ?? true) {
      checkPresence(path, &work)
    }
    if work.conflicts.isEmpty { chooseElements(&work) }
    if work.conflicts.isEmpty { checkSames(&work) }
    if work.conflicts.isEmpty {
      for path in work.demands.keys.sorted() { solve(path, &work) }
    }
    if !work.conflicts.isEmpty { return .conflicts(work.conflicts) }
    if let bound = work.unknown { return .unknown(bound) }
    return .event(assemble(work))
  }

  /// What must be an array is made one, whether it has elements or not, and asks for an object above it.
  private func takeArrays(_ work: inout Work) {
    for path in work.demands.keys.sorted() {
      guard let demand = work.demands[path] else { continue }
      let asked = demand.yes.filter { $0.question == .array }
      guard let first = asked.first else { continue }
      work.demands[path]?.yes.removeAll { $0.question == .array }
      work.event.asArray.insert(path)
      // Where one value may be at most, there is no array.
      if !paths.isMany[path] { work.conflicts.append([first.literal]) }
      for relation in paths.ancestors[path] {
        guard let above = work.demands[relation.other] else { continue }
        for denial in [above.literal(no: .present), above.literal(no: .truthy)].compactMap({ $0 }) {
          work.conflicts.append([first.literal, denial].sorted())
        }
      }
    }
  }

  /// A path with a value has one at every path that covers it, and an object at every path above it.
  private func checkPresence(_ path: Int, _ work: inout Work) {
    guard path != Leaf.anywhere, let demand = work.demands[path] else { return }
    var denials = [demand.literal(no: .present)]
    for relation in paths.covers[path] {
      denials.append(work.demands[relation.other]?.literal(no: .present))
      if relation.asElements { denials.append(work.demands[relation.other]?.literal(no: .truthy)) }
    }
    for relation in paths.ancestors[path] {
      denials.append(work.demands[relation.other]?.literal(no: .present))
      denials.append(work.demands[relation.other]?.literal(no: .truthy))
    }
    for denial in denials.compactMap({ $0 }) {
      work.conflicts += demand.yes.map { [$0.literal, denial].sorted() }
    }
  }

  /// The tests that no value of the path may pass, those of the paths that cover it included.
  func forbidden(_ path: Int, _ work: Work) -> [Claim] {
    var claims: [Claim] = []
    func add(_ demand: Demand?, truthy: Bool) {
      for entry in demand?.no ?? [] {
        switch entry.question {
        case .text(let test): claims.append(Claim(literal: entry.literal, test: test))
        case .truthy: if truthy { claims.append(Claim(literal: entry.literal, test: .notFalsy)) }
        case .present, .sameAs, .array, .some: break
        }
      }
    }
    add(work.demands[path], truthy: true)
    guard path != Leaf.anywhere else { return claims }
    for (other, letterCase, literal) in differing(path, work) {
      for entry in only(other, work) {
        claims.append(
          Claim(literals: [entry.literal, literal], test: Theory.equals([entry.text], letterCase)))
      }
    }
    for relation in paths.covers[path] { add(work.demands[relation.other], truthy: !relation.asElements) }
    return claims
  }

  /// The tests that no leaf of the event may pass.
  func forbiddenAnywhere(_ work: Work) -> [Claim] {
    (work.demands[Leaf.anywhere]?.no ?? []).compactMap { entry in
      entry.question.test.map { Claim(literal: entry.literal, test: $0) }
    }
  }

  /// Whether one value of the path must do for all questions.
  func isSingle(_ path: Int, _ demand: Demand) -> Bool {
    guard path != Leaf.anywhere else { return false }
    // An element of an array is truthy, so a path of one name that is not truthy leads to one scalar.
    return !paths.isMany[path] || (demand.literal(no: .truthy) != nil && paths.leadsToOneScalar(path))
  }

  private mutating func solve(_ path: Int, _ work: inout Work) {
    guard var demand = work.demands[path] else { return }
    demand.yes.removeAll { work.answered.contains($0.literal) }
    guard !demand.yes.isEmpty else { return }
    let forbidden = forbidden(path, work)
    let anywhere = path == Leaf.anywhere || paths.isFact(path) ? [] : forbiddenAnywhere(work)
    let chosen = chosenElsewhere(path, work)
    let above = objectsAbove(path, work)
    for conflict in above { work.conflicts += demand.yes.prefix(1).map { _ in conflict } }
    if isSingle(path, demand) {
      let base = paths.isMany[path] ? demand.literal(no: .truthy).map { [$0] } ?? [] : []
      var claims: [Claim] = []
      for entry in demand.yes {
        switch entry.question {
        case .text(let test): claims.append(Claim(literal: entry.literal, test: test))
        case .truthy: claims.append(Claim(literal: entry.literal, test: .notFalsy))
        case .present, .sameAs, .array, .some: break
        }
      }
      let any = demand.yes.first?.literal
      take(solve(claims, forbidden, anywhere, any, apartFrom: chosen), path, base: base, &work)
      return
    }
    if let text = textForAll(demand, forbidden + anywhere + chosen) {
      work.texts[path, default: []].append(text)
      return
    }
    for entry in demand.yes {
      switch entry.question {
      case .text(let test):
        let claim = Claim(literal: entry.literal, test: test)
        if work.texts[path]?.contains(where: { test.accepts($0) }) ?? false { continue }
        take(solve([claim], forbidden, anywhere, entry.literal, apartFrom: chosen), path, base: [], &work)
      case .present:
        if !(work.texts[path]?.isEmpty ?? true) { continue }
        take(solve([], forbidden, anywhere, entry.literal, apartFrom: chosen), path, base: [], &work)
      case .truthy: solveTruthy(path, entry.literal, forbidden, anywhere, &work)
      case .sameAs, .array, .some: continue
      }
    }
  }

  /// One text that does for all questions, where a candidate is found without search: a witness without arrays is
  /// the better one.
  private func textForAll(_ demand: Demand, _ forbidden: [Claim]) -> String? {
    guard demand.yes.count > 1 else { return nil }
    var claims: [Claim] = []
    for entry in demand.yes {
      switch entry.question {
      case .text(let test): claims.append(Claim(literal: entry.literal, test: test))
      case .truthy: claims.append(Claim(literal: entry.literal, test: .notFalsy))
      case .present: continue
      case .sameAs, .array, .some: return nil
      }
    }
    return solver.candidate(claims, forbidden)
  }

  private mutating func solveTruthy(
    _ path: Int, _ literal: Int, _ forbidden: [Claim], _ anywhere: [Claim], _ work: inout Work
  ) {
    if work.texts[path]?.contains(where: { TextTest.notFalsy.accepts($0) }) ?? false { return }
    let truthy = Claim(literal: literal, test: .notFalsy)
    if case .text(let text) = solve([truthy], forbidden, anywhere, literal) {
      work.texts[path, default: []].append(text)
      return
    }
    // An element of an array is truthy, whatever it is.
    work.event.asArray.insert(path)
    if work.texts[path]?.isEmpty ?? true {
      take(solve([], forbidden, anywhere, literal), path, base: [], &work)
    }
  }

  private func take(_ result: TextSolver.Result, _ path: Int, base: [Int], _ work: inout Work) {
    switch result {
    case .text(let text): work.texts[path, default: []].append(text)
    case .object(let object): work.objects[path, default: []].append(object)
    case .conflicts(let conflicts): work.conflicts += conflicts.map { Array(Set($0 + base)).sorted() }
    case .unknown(let bound): work.unknown = work.unknown ?? bound
    }
  }

  /// The same, if possible with a text that passes none of `chosen`.
  private mutating func solve(
    _ positive: [Claim], _ forbidden: [Claim], _ anywhere: [Claim], _ why: Int?, apartFrom chosen: [Claim]
  ) -> TextSolver.Result {
    if !chosen.isEmpty, case .text(let text) = solve(positive, forbidden + chosen, anywhere, why) {
      return .text(text)
    }
    return solve(positive, forbidden, anywhere, why)
  }

  /// A text for a value: a leaf, which `anywhere` sees, or an object, which it does not. `why` is the literal that
  /// asks for a value.
  private mutating func solve(
    _ positive: [Claim], _ forbidden: [Claim], _ anywhere: [Claim], _ why: Int?
  ) -> TextSolver.Result {
    let leaf = reasoned(solver.solve(positive, forbidden + anywhere), positive, why)
    guard case .conflicts(let conflicts) = leaf, !anywhere.isEmpty else { return leaf }
    let ofAnywhere = Set(anywhere.flatMap(\.literals))
    let free = conflicts.filter { ofAnywhere.isDisjoint(with: $0) }
    if !free.isEmpty { return .conflicts(free) }
    if let object = Theory.objectWithoutLeaves(positive, forbidden) { return .object(object) }
    let object = solver.solve(positive + Theory.objectText(nil), forbidden)
    switch reasoned(object, positive, why) {
    case .conflicts(let others): return .conflicts([Array(Set(conflicts[0] + others[0])).sorted()])
    case .text, .object, .unknown: return .unknown(.interplay)
    }
  }

  /// An object that no keyword sees, since it has no leaves, and whose text passes.
  private static func objectWithoutLeaves(_ positive: [Claim], _ forbidden: [Claim]) -> Value? {
    var objects = [Value.object(Value.Object())]
    let literals = positive.flatMap(\.test.literals)
    for key in literals.prefix(8) + [literals.joined()] {
      objects.append(.object(Value.Object([Value.Object.Member(key, .object(Value.Object()))])))
    }
    return objects.first { object in
      let text = object.compactJSON
      return positive.allSatisfy { $0.test.accepts(text) } && !forbidden.contains { $0.test.accepts(text) }
    }
  }

  /// Conflicts with the reason for there being a value at all, where no test that must pass is one.
  private func reasoned(_ result: TextSolver.Result, _ positive: [Claim], _ why: Int?) -> TextSolver.Result {
    guard case .conflicts(let conflicts) = result, let why else { return result }
    let reasons = Set(positive.flatMap(\.literals))
    return .conflicts(
      conflicts.map { conflict in
        conflict.contains(where: reasons.contains) ? conflict : Array(Set(conflict + [why])).sorted()
      })
  }

  /// What is known of the text of an object, maybe with a member of that name.
  private static func objectText(_ name: String?) -> [Claim] {
    var patterns: [Pattern] = [.prefix("{"), .suffix("}")]
    if let name { patterns.append(.contains(Value.string(name).compactJSON + ":")) }
    return patterns.map { Claim(literal: nil, test: .pattern($0, .exact)) }
  }

  /// Conflicts between a value at the path and what objects above it must not be.
  private mutating func objectsAbove(_ path: Int, _ work: Work) -> [[Int]] {
    guard path != Leaf.anywhere, let why = work.demands[path]?.yes.first?.literal else { return [] }
    var conflicts: [[Int]] = []
    for relation in paths.ancestors[path] {
      guard let demand = work.demands[relation.other] else { continue }
      let forbidden = forbidden(relation.other, work).filter { $0.test != .notFalsy }
      var positive = Theory.objectText(relation.below)
      if !paths.isMany[relation.other] {
        positive += demand.yes.compactMap { entry in
          entry.question.test.map { Claim(literal: entry.literal, test: $0) }
        }
      }
      if positive.count == 3, forbidden.isEmpty { continue }
      if case .conflicts(let found) = solver.solve(positive, forbidden) {
        conflicts += found.map { Array(Set($0 + [why])).sorted() }
      }
    }
    return conflicts
  }

  private func assemble(_ work: Work) -> Event {
    var builder = work.event
    for (index, subject) in paths.all.enumerated() { builder.reserve(subject, number: index) }
    for (path, texts) in work.texts.sorted(by: { $0.key < $1.key }) where path != Leaf.anywhere {
      let isNumeric = leaves.contains { $0.path == path && $0.question.test?.isNumeric ?? false }
      builder.add(texts.map { EventBuilder.value($0, isNumeric: isNumeric) }, number: path)
    }
    for (path, elements) in work.elements.sorted(by: { $0.key < $1.key }) {
      builder.add(elements, number: path)
    }
    for (path, objects) in work.objects.sorted(by: { $0.key < $1.key }) { builder.add(objects, number: path) }
    builder.extra = (work.texts[Leaf.anywhere] ?? []).map(Value.string)
    return builder.event
  }
}
