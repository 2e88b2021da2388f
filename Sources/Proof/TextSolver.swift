import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A test that one text must pass or fail, and the literals of the case that say so; none for a test that holds
/// whatever the case says.
struct Claim {
  let literals: [Int]
  let test: TextTest

  init(literal: Int?, test: TextTest) {
    literals = literal.map { [$0] } ?? []
    self.test = test
  }

  init(literals: [Int], test: TextTest) {
    self.literals = literals
    self.test = test
  }
}

/// Finds a text that passes some tests and fails others, or says which of them cannot go together.
///
/// A candidate is made first, of the literals and a scalar that stands in none of them; it decides most cases.
/// Where no candidate will do, a conflict must be proved: by one literal within another, by numbers' and networks'
/// intervals, by a finite set of texts tried one by one, or by automata.
struct TextSolver {
  enum Result {
    case text(String)
    /// An object whose text does; the theory looks for one where a leaf will not do.
    case object(Value)
    /// Lists of literals, each of which cannot hold together.
    case conflicts([[Int]])
    case unknown(Bound)
  }

  /// A scalar that no literal of the conditions has, in any letter case.
  let spare: String
  let search: TextSearch

  private struct Pair: Hashable {
    let positive: TextTest
    let negative: TextTest
  }
  private var implications: [Pair: Bool] = [:]

  init(spare: Unicode.Scalar, stateLimit: Int) {
    self.spare = String(spare)
    search = TextSearch(stateLimit: stateLimit)
  }

  /// Looks for a text that passes all of `positive` and none of `negative`.
  mutating func solve(_ positive: [Claim], _ negative: [Claim]) -> Result {
    if let result = solveFinite(positive, negative) { return result }
    if let conflict = TextSolver.numberConflict(positive, negative)
      ?? TextSolver.networkConflict(positive, negative)
    {
      return .conflicts([conflict])
    }
    var blockers: [Claim]?
    for candidate in candidates(positive, negative) {
      let violated = negative.filter { $0.test.accepts(candidate) }
      let missed = positive.filter { !$0.test.accepts(candidate) }
      if violated.isEmpty, missed.isEmpty { return .text(candidate) }
      if missed.isEmpty, violated.count < blockers?.count ?? .max { blockers = violated }
    }
    let conflicts = pairConflicts(positive, blockers ?? [])
    if !conflicts.isEmpty { return .conflicts(conflicts) }
    return solveByAutomata(positive + TextSolver.numbersImplied(positive, negative), negative, blockers ?? [])
  }

  /// A candidate that passes all of `positive` and none of `negative`; `nil` where none was found, which does not mean that there is none.
  func candidate(_ positive: [Claim], _ negative: [Claim]) -> String? {
    if positive.contains(where: { ($0.test.set?.texts.count ?? 0) > 64 }) { return nil }
    return candidates(positive, negative).first { text in
      positive.allSatisfy { $0.test.accepts(text) } && !negative.contains { $0.test.accepts(text) }
    }
  }

  static func literals(_ claims: [Claim]) -> [Int] { Array(Set(claims.flatMap(\.literals))).sorted() }

  /// A text of a finite set: all are tried.
  private func solveFinite(_ positive: [Claim], _ negative: [Claim]) -> Result? {
    let finite = positive.filter { $0.test.set?.letterCase == .exact }
    guard
      let smallest = finite.min(by: { ($0.test.set?.texts.count ?? 0) < ($1.test.set?.texts.count ?? 0) }),
      let texts = smallest.test.set?.texts
    else { return nil }
    let others = positive.map { ($0, true) } + negative.map { ($0, false) }
    if texts.count == 1 {
      let blockers = others.filter { $0.0.test.accepts(texts[0].string) != $0.1 }
      if blockers.isEmpty { return .text(texts[0].string) }
      return .conflicts(blockers.map { TextSolver.literals([smallest, $0.0]) })
    }
    var blockers: [(Claim, Bool)] = []
    for text in texts where !blockers.contains(where: { $0.0.test.accepts(text.string) != $0.1 }) {
      guard let blocker = others.first(where: { $0.0.test.accepts(text.string) != $0.1 }) else {
        return .text(text.string)
      }
      blockers.append(blocker)
    }
    return .conflicts([TextSolver.literals([smallest] + blockers.map(\.0))])
  }

  /// Pairs of a test that must pass and one that must not, where the one implies the other.
  private mutating func pairConflicts(_ positive: [Claim], _ blockers: [Claim]) -> [[Int]] {
    var conflicts: [[Int]] = []
    for blocker in blockers {
      if let cause = positive.first(where: { TextSolver.plainlyImplies($0.test, blocker.test) }) {
        conflicts.append(TextSolver.literals([cause, blocker]))
      }
    }
    if !conflicts.isEmpty { return conflicts }
    for blocker in blockers {
      if let cause = positive.first(where: { implies($0.test, blocker.test) }) {
        conflicts.append(TextSolver.literals([cause, blocker]))
      }
    }
    return conflicts
  }

  /// Whether the automata prove that each text that passes one test passes the other.
  private mutating func implies(_ one: TextTest, _ other: TextTest) -> Bool {
    guard other.isRegular else { return false }
    let pair = Pair(positive: one, negative: other)
    if let known = implications[pair] { return known }
    var result = false
    if case .none = search.find(positive: [one], negative: [other]) { result = true }
    implications[pair] = result
    return result
  }

  /// Whether each text that passes one test passes the other, as their literals show.
  static func plainlyImplies(_ one: TextTest, _ other: TextTest) -> Bool {
    if case .notFalsy = other { return !TextTest.falsyTexts.contains { one.accepts($0) } }
    switch one {
    case .member(let set):
      return (set.letterCase == .exact || other.isCaseBlind)
        && set.texts.allSatisfy { other.accepts($0.string) }
    case .pattern(let pattern, let letterCase):
      guard letterCase == .exact || other.isCaseBlind, case .pattern(let wide, _) = other else {
        return false
      }
      switch wide.shape {
      case .contains: return one.literals.contains { other.accepts($0) }
      case .prefix:
        if case .literal(let text)? = pattern.pieces.first {
          return other.accepts(text)
        } else {
          return false
        }
      case .suffix:
        if case .literal(let text)? = pattern.pieces.last { return other.accepts(text) } else { return false }
      case .anything: return true
      case .equals, .wildcard: return false
      }
    case .regex, .atLeast, .atMost, .network, .notFalsy: return false
    }
  }
}

extension TextTest {
  /// Whether the test accepts all casings of a text or none.
  fileprivate var isCaseBlind: Bool {
    switch self {
    case .pattern(_, .ignored): true
    case .pattern(_, .exact): !literals.contains(where: LetterCase.isCased)
    case .member(let set): set.letterCase == .ignored || !set.texts.contains { LetterCase.isCased($0.string) }
    case .regex, .atLeast, .atMost, .network, .notFalsy: false
    }
  }
}

extension TextSolver {
  /// The search by automata: only tests that a text found so far does not respect are added, so that most
  /// products stay small.
  private func solveByAutomata(_ positive: [Claim], _ negative: [Claim], _ blockers: [Claim]) -> Result {
    var active = blockers.filter(\.test.isRegular)
    if active.count > 6 { active = Array(active.prefix(6)) }
    for _ in 0..<60 {
      switch search.find(positive: positive.map(\.test), negative: active.map(\.test)) {
      case .none: return .conflicts([TextSolver.literals(core(positive, active))])
      case .unknown(let bound): return .unknown(bound)
      case .text(let text):
        if positive.contains(where: { !$0.test.accepts(text) }) {
          return solveNarrower(positive, negative, active)
        }
        let violated = negative.filter { $0.test.accepts(text) }
        if violated.isEmpty { return .text(text) }
        let fresh = violated.filter(\.test.isRegular)
        guard let first = fresh.first else { return solveNarrower(positive, negative, active) }
        active.append(first)
      }
    }
    return .unknown(.interplay)
  }

  /// The tests of a refuted search that are needed to refute it.
  private func core(_ positive: [Claim], _ active: [Claim]) -> [Claim] {
    var (positive, active) = (positive, active)
    guard positive.count + active.count <= 12 else { return positive + active }
    for index in active.indices.reversed() {
      var fewer = active
      fewer.remove(at: index)
      if isRefuted(positive, fewer) { active = fewer }
    }
    for index in positive.indices.reversed() {
      var fewer = positive
      fewer.remove(at: index)
      if isRefuted(fewer, active) { positive = fewer }
    }
    return positive + active
  }

  private func isRefuted(_ positive: [Claim], _ negative: [Claim]) -> Bool {
    if case .none = search.find(positive: positive.map(\.test), negative: negative.map(\.test)) {
      return true
    }
    return false
  }

  /// Numbers and addresses are not regular languages: some regular parts of them are searched.
  private func solveNarrower(_ positive: [Claim], _ negative: [Claim], _ active: [Claim]) -> Result {
    for part in TextSolver.regularParts(positive, negative) {
      var active = active
      for _ in 0..<8 {
        let tests = positive.map(\.test) + [.regex(part)]
        guard case .text(let text) = search.find(positive: tests, negative: active.map(\.test)) else { break }
        if positive.contains(where: { !$0.test.accepts(text) }) { break }
        guard let violated = negative.first(where: { $0.test.accepts(text) }) else { return .text(text) }
        if !violated.test.isRegular { break }
        active.append(violated)
      }
    }
    return .unknown(.interplay)
  }
}
