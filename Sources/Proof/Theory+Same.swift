import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Fields compared with fields.
extension Theory {
  /// Finds texts that both paths share, before other texts are looked for.
  mutating func checkSames(_ work: inout Work) {
    for (path, demand) in work.demands.sorted(by: { $0.key < $1.key }) {
      for entry in demand.yes {
        guard case .sameAs(let other, let letterCase) = entry.question else { continue }
        if letterCase == .exact, let denial = demand.literal(no: .sameAs(other, .ignored)) {
          work.conflicts.append([entry.literal, denial].sorted())
          continue
        }
        share(path, other, letterCase, entry.literal, &work)
      }
      for entry in demand.no {
        guard case .sameAs(let other, let letterCase) = entry.question else { continue }
        work.conflicts += covered(path, other, entry.literal, work)
        work.conflicts += forced(path, other, letterCase, entry.literal, work)
      }
    }
  }

  private mutating func share(
    _ path: Int, _ other: Int, _ letterCase: LetterCase, _ literal: Int, _ work: inout Work
  ) {
    var positive: [Claim] = []
    for place in [path, other] {
      guard let demand = work.demands[place], isSingle(place, demand) else { continue }
      positive += demand.yes.compactMap { entry in
        entry.question.test.map { Claim(literal: entry.literal, test: $0) }
      }
    }
    let negative = forbidden(path, work) + forbidden(other, work) + forbiddenAnywhere(work)
    switch solver.solve(positive, negative) {
    case .text(let text):
      var texts = (text, text)
      if letterCase == .ignored, work.demands[path]?.literal(no: .sameAs(other, .exact)) != nil {
        guard let pair = differingInCase(text, positive, negative) else {
          work.unknown = .interplay
          return
        }
        texts = pair
      }
      work.texts[path, default: []].append(texts.0)
      work.texts[other, default: []].append(texts.1)
    case .object: work.unknown = .interplay
    case .conflicts(let conflicts):
      let truthies = [path, other].compactMap { work.demands[$0]?.literal(no: .truthy) }
      if letterCase == .exact, forbiddenAnywhere(work).isEmpty {
        work.conflicts += conflicts.map { Array(Set($0 + [literal] + truthies)).sorted() }
      } else {
        work.unknown = .interplay
      }
    case .unknown(let bound): work.unknown = bound
    }
  }

  /// Two texts that are the same but for letter case.
  private mutating func differingInCase(
    _ text: String, _ positive: [Claim], _ negative: [Claim]
  ) -> (String, String)? {
    var texts = [text]
    for letter in ["x", "a", "b", "e", "q"] {
      let cased = positive + [Claim(literal: nil, test: .pattern(.contains(letter), .exact))]
      if case .text(let text) = solver.solve(cased, negative) { texts.append(text) }
    }
    for text in texts {
      for step in [1, 2] {
        let other = solver.otherCase(text, every: step)
        let fits =
          !other.sameScalars(as: text) && positive.allSatisfy { $0.test.accepts(other) }
          && !negative.contains { $0.test.accepts(other) }
        if fits { return (text, other) }
      }
    }
    return nil
  }

  /// Conflicts of a "differs" between paths of which one has all values of the other.
  private func covered(_ path: Int, _ other: Int, _ literal: Int, _ work: Work) -> [[Int]] {
    [(path, other), (other, path)].flatMap { part, whole in
      guard paths.covers[part].contains(where: { $0.other == whole }) else { return [[Int]]() }
      return (work.demands[part]?.yes ?? []).map { [$0.literal, literal].sorted() }
    }
  }

  /// Conflicts of a "differs" with values that can only be the same.
  private func forced(
    _ path: Int, _ other: Int, _ letterCase: LetterCase, _ literal: Int, _ work: Work
  ) -> [[Int]] {
    var conflicts: [[Int]] = []
    for one in only(path, work) {
      for two in only(other, work) where letterCase.equates(one.text, two.text) {
        conflicts.append(Array(Set([one.literal, two.literal, literal])).sorted())
      }
    }
    return conflicts
  }

  /// Texts that the path must have, and the literals that say so.
  func only(_ path: Int, _ work: Work) -> [(text: String, literal: Int)] {
    (work.demands[path]?.yes ?? []).compactMap { entry in
      guard let set = entry.question.test?.set, set.texts.count == 1, set.letterCase == .exact else {
        return nil
      }
      return (set.texts[0].string, entry.literal)
    }
  }

  /// The paths whose texts this one must not have, and the literals that say so.
  func differing(_ path: Int, _ work: Work) -> [(other: Int, letterCase: LetterCase, literal: Int)] {
    var result: [(other: Int, letterCase: LetterCase, literal: Int)] = []
    for (owner, demand) in work.demands {
      for entry in demand.no {
        guard case .sameAs(let other, let letterCase) = entry.question, owner == path || other == path else {
          continue
        }
        result.append((owner == path ? other : owner, letterCase, entry.literal))
      }
    }
    return result.sorted { $0.literal < $1.literal }
  }

  static func equals(_ texts: [String], _ letterCase: LetterCase) -> TextTest {
    .member(TextSet(Set(texts.map { ScalarText(letterCase.folded($0)) }), letterCase))
  }

  /// The texts that were chosen for paths from which this one must differ: a choice, so no ground for a conflict.
  func chosenElsewhere(_ path: Int, _ work: Work) -> [Claim] {
    guard path != Leaf.anywhere else { return [] }
    return differing(path, work).compactMap { other, letterCase, _ in
      guard let texts = work.texts[other], !texts.isEmpty else { return nil }
      return Claim(literal: nil, test: Theory.equals(texts, letterCase))
    }
  }
}
