import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A condition with one small mistake in it, as an author makes them.
package struct Mutant: Sendable {
  /// The mistake.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An operand of `all` or `any` is left out.
    case dropped
    /// `and` is written for `or`, or the other way round.
    case swapped
    /// A `not` is left out.
    case negationDropped
    /// Another operator is used: `contains` for `=`, `>=` for `>`.
    case operatorChanged
    /// Letter case is ignored where it matters, or the other way round.
    case caseChanged
    /// The value is slightly different.
    case valueNudged
  }

  /// The mistake.
  package let kind: Kind
  /// The mistake in words: `userIdentity.type: letter case ignored`.
  package let words: String
  /// The condition with the mistake, made when it is asked for: mutants of a list of thousands would fill memory.
  package var condition: Condition { original.replacing(path[...], by: mistake) }
  /// Where the original has what was changed.
  package let origin: Span?
  /// The number of the first question that the mistake touches, as in `AtomSite`.
  package let site: Int
  /// The number of the part that is changed, as in `PartVerdicts`.
  let part: Int
  /// What the part becomes.
  let mistake: Mistake
  private let original: Condition
  /// The numbers of the operands that lead to the part.
  private let path: [Int]

  /// What a part of a condition becomes by a mistake.
  enum Mistake: Hashable, Sendable {
    /// Another question.
    case asks(Condition)
    /// `any` of its operands where it is `all`, or the other way round.
    case swaps
    /// The same without the operand of that number.
    case drops(Int)
    /// What it is the opposite of.
    case affirms
  }
}

extension Mutant {
  /// Of more mistakes than this, an even sample is taken.
  package static let limit = 600

  /// The mutants of a condition, in source order. None is equal to the condition or a constant; some may still
  /// mean the same.
  package static func all(of condition: Condition) -> [Mutant] {
    var (site, part) = (0, 0)
    var changes: [Change] = []
    collect(condition, at: [], &site, &part, &changes)
    let stride = max(1, (changes.count + limit - 1) / limit)
    return changes.enumerated().filter { $0.offset % stride == 0 }.compactMap { _, change in
      let mutant = Mutant(
        kind: change.kind, words: change.words, origin: change.origin, site: change.site, part: change.part,
        mistake: change.mistake, original: condition, path: change.path)
      let mutated = mutant.condition
      if mutated == condition { return nil }
      if case .always = mutated.kind { return nil }
      return mutant
    }
  }

  /// A part of a condition and what to put there.
  private struct Change {
    /// The numbers of the operands that lead to the part.
    let path: [Int]
    let kind: Kind
    let words: String
    let origin: Span?
    let site: Int
    let part: Int
    let mistake: Mistake
  }

  private static func collect(
    _ condition: Condition, at path: [Int], _ site: inout Int, _ part: inout Int, _ changes: inout [Change]
  ) {
    let own = part
    part += 1
    func change(_ kind: Kind, _ words: String, _ mistake: Mistake) {
      changes.append(
        Change(
          path: path, kind: kind, words: words, origin: condition.origin, site: site, part: own,
          mistake: mistake))
    }
    switch condition.kind {
    case .always: break
    case .test(let field, let atom):
      for (kind, words, other) in atom.mistakes {
        change(kind, "\(field): \(words)", .asks(.test(field, other)))
      }
      site += 1
    case .some(let field, let operand):
      for mutant in all(of: operand) {
        change(mutant.kind, "\(field): \(mutant.words)", .asks(.some(field, mutant.condition)))
      }
      change(.operatorChanged, "\(field): each question asked of any value", .asks(operand))
      site += 1
    case .anywhere(let pattern, let letterCase):
      let other: LetterCase = letterCase == .exact ? .ignored : .exact
      change(.caseChanged, "keyword: letter case \(other)", .asks(.anywhere(pattern, other)))
      for (words, other) in pattern.nudged {
        change(.valueNudged, "keyword: \(words)", .asks(.anywhere(other, letterCase)))
      }
      site += 1
    // A changed place is not a mistake in the condition.
    case .place: site += 1
    case .not(let operand):
      change(.negationDropped, "a `not` left out", .affirms)
      collect(operand, at: path + [0], &site, &part, &changes)
    case .all(let operands), .any(let operands):
      let isAll = if case .all = condition.kind { true } else { false }
      change(.swapped, isAll ? "`or` for `and`" : "`and` for `or`", .swaps)
      for (index, operand) in operands.enumerated() {
        let name = operand.paths.first?.description ?? "keyword"
        change(.dropped, "\(name): left out", .drops(index))
        collect(operand, at: path + [index], &site, &part, &changes)
      }
    }
  }
}

extension Condition {
  /// The condition with a mistake in the part that `path` leads to.
  fileprivate func replacing(_ path: ArraySlice<Int>, by mistake: Mutant.Mistake) -> Condition {
    guard let index = path.first else { return with(mistake) }
    func replaced(_ operands: [Condition]) -> [Condition] {
      var copy = operands
      copy[index] = operands[index].replacing(path.dropFirst(), by: mistake)
      return copy
    }
    switch kind {
    case .always, .test, .some, .anywhere, .place: return self
    case .not(let operand): return .not(operand.replacing(path.dropFirst(), by: mistake), origin: origin)
    case .all(let operands): return .all(replaced(operands), origin: origin)
    case .any(let operands): return .any(replaced(operands), origin: origin)
    }
  }

  private func with(_ mistake: Mutant.Mistake) -> Condition {
    switch (mistake, kind) {
    case (.asks(let other), _): return other
    case (.affirms, .not(let operand)): return operand
    case (.swaps, .all(let operands)): return .any(operands)
    case (.swaps, .any(let operands)): return .all(operands)
    case (.drops(let index), .all(var operands)):
      operands.remove(at: index)
      return .all(operands)
    case (.drops(let index), .any(var operands)):
      operands.remove(at: index)
      return .any(operands)
    case (.affirms, _), (.swaps, _), (.drops, _): return self
    }
  }
}

extension Atom {
  fileprivate var mistakes: [(Mutant.Kind, String, Atom)] {
    switch self {
    case .present: return [(.operatorChanged, "truthy for present", .truthy)]
    case .truthy: return [(.operatorChanged, "present for truthy", .present)]
    case .array: return [(.operatorChanged, "present for an array", .present)]
    case .text(let pattern, let letterCase):
      return pattern.otherOperators.map { (.operatorChanged, $0, .text($1, letterCase)) }
        + pattern.nudged.map { (.valueNudged, $0, .text($1, letterCase)) }
        + [(.caseChanged, letterCase.turnedWords, .text(pattern, letterCase.turned))]
    case .oneOf(let texts, let letterCase):
      let dropped = Set([0, texts.count / 2, texts.count - 1]).sorted().map { index in
        var rest = texts
        rest.remove(at: index)
        return (Mutant.Kind.valueNudged, "`\(texts[index])` left out", Atom.oneOf(rest, letterCase))
      }
      return dropped + [(.caseChanged, letterCase.turnedWords, .oneOf(texts, letterCase.turned))]
    case .regex(let regex):
      var flags = regex.flags
      flags.formSymmetricDifference(.ignoreCase)
      guard let other = try? PortableRegex(regex.pattern, flags: flags) else { return [] }
      return [(.caseChanged, "letter case the other way", .regex(other))]
    case .number(let comparison, let bound):
      return comparison.others.map {
        (.operatorChanged, "`\($0.rawValue)` for `\(comparison.rawValue)`", .number($0, bound))
      }
        + AtomExamples.near(bound).dropFirst().prefix(2).map {
          (.valueNudged, "\($0.shortest) for \(bound.shortest)", .number(comparison, $0))
        }
    case .network(let network):
      return [network.prefixLength - 1, network.prefixLength + 1].compactMap { length in
        CIDR("\(network.address)/\(length)").map {
          (.valueNudged, "/\(length) for /\(network.prefixLength)", .network($0))
        }
      }
    case .sameAs(let other, let letterCase):
      return [(.caseChanged, letterCase.turnedWords, .sameAs(other, letterCase.turned))]
    }
  }
}

extension LetterCase {
  fileprivate var turned: LetterCase {
    switch self {
    case .exact: .ignored
    case .ignored: .exact
    }
  }

  fileprivate var turnedWords: String {
    switch self {
    case .exact: "letter case ignored"
    case .ignored: "letter case not ignored"
    }
  }
}

extension Comparison {
  /// The one that differs at the bound alone, and the opposite.
  fileprivate var others: [Comparison] {
    switch self {
    case .greater: [.greaterOrEqual, .lessOrEqual]
    case .greaterOrEqual: [.greater, .less]
    case .less: [.lessOrEqual, .greaterOrEqual]
    case .lessOrEqual: [.less, .greater]
    }
  }
}

extension Pattern {
  fileprivate var otherOperators: [(String, Pattern)] {
    switch shape {
    case .anything: []
    case .equals(let text):
      text.isEmpty
        ? [] : [("prefix for equality", .prefix(text)), ("contains for equality", .contains(text))]
    case .prefix(let text):
      [("contains for prefix", .contains(text)), ("equality for prefix", .equals(text))]
    case .suffix(let text):
      [("contains for suffix", .contains(text)), ("equality for suffix", .equals(text))]
    case .contains(let text):
      [("prefix for contains", .prefix(text)), ("suffix for contains", .suffix(text))]
    case .wildcard(let pieces): [("unanchored", Pattern([.anyRun] + pieces + [.anyRun]))]
    }
  }

  /// The pattern with the last character of its last text changed, and with it left out.
  fileprivate var nudged: [(String, Pattern)] {
    guard let index = pieces.lastIndex(where: { if case .literal = $0 { true } else { false } }),
      case .literal(let text) = pieces[index]
    else { return [] }
    let misses = AtomExamples.nearMisses(text)
    return [
      (misses[0], "one character different"), (misses.count > 3 ? misses[3] : "", "one character shorter"),
    ]
    .map { text, words in
      var copy = pieces
      copy[index] = .literal(text)
      return (words, Pattern(copy))
    }
  }
}
