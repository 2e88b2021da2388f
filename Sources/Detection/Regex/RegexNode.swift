/// The tree of a regular expression. `PortableRegex` says what each part means.
package indirect enum RegexNode: Hashable, Sendable {
  /// The empty text.
  case empty
  /// This scalar; with `ignored`, every scalar of the same `LetterCase.lower`.
  case scalar(Unicode.Scalar, LetterCase)
  /// One scalar of a class; with `ignored`, its ranges are widened before it is negated.
  case scalars(ScalarClass, LetterCase)
  /// Any scalar, U+000A only if `includingBreaks`.
  case any(includingBreaks: Bool)
  /// One after the other; two or more, none of them a sequence or empty.
  case sequence([RegexNode])
  /// One of these; two or more, none of them an alternation.
  case alternation([RegexNode])
  /// The operand `min` to `max` times, without limit where `max` is `nil`.
  case repeated(RegexNode, min: Int, max: Int?, isLazy: Bool)
  /// A place in the text.
  case anchor(RegexAnchor)
}

/// A place in the text at which an expression can be tied down.
package enum RegexAnchor: Hashable, Sendable, CaseIterable {
  /// The start of the text: `\A`, and `^` without `m`.
  case textStart
  /// The end of the text: `\z`.
  case textEnd
  /// The end of the text or the place before a U+000A that ends it: `$` without `m`.
  case textEndOrFinalBreak
  /// The start of the text or the place after a U+000A that does not end it: `^` under `m`.
  case lineStart
  /// The end of the text or the place before a U+000A: `$` under `m`.
  case lineEnd
  /// Between an ASCII word character and something else: `\b`.
  case wordBoundary
  /// Anywhere but at a `wordBoundary`: `\B`.
  case notWordBoundary
}

extension RegexNode {
  /// These nodes one after the other, in the form that `sequence` promises.
  static func joined(_ nodes: [RegexNode]) -> RegexNode {
    var flat: [RegexNode] = []
    for node in nodes {
      switch node {
      case .empty: continue
      case .sequence(let inner): flat += inner
      case .scalar, .scalars, .any, .alternation, .repeated, .anchor: flat.append(node)
      }
    }
    return flat.count > 1 ? .sequence(flat) : flat.first ?? .empty
  }

  /// One of these nodes, in the form that `alternation` promises.
  static func either(_ nodes: [RegexNode]) -> RegexNode {
    var flat: [RegexNode] = []
    for node in nodes {
      switch node {
      case .alternation(let inner): flat += inner
      case .empty, .scalar, .scalars, .any, .sequence, .repeated, .anchor: flat.append(node)
      }
    }
    return flat.count > 1 ? .alternation(flat) : flat.first ?? .empty
  }

  /// The node `min` to `max` times.
  static func times(_ node: RegexNode, min: Int, max: Int?, isLazy: Bool) -> RegexNode {
    if node == .empty || max == 0 { return .empty }
    if min == 1, max == 1 { return node }
    return .repeated(node, min: min, max: max, isLazy: isLazy)
  }

  /// A scalar, its case ignored only where it has other cases.
  static func letter(_ scalar: Unicode.Scalar, _ letterCase: LetterCase) -> RegexNode {
    .scalar(scalar, CaseOrbits.shared.hasVariants(scalar) ? letterCase : .exact)
  }

  /// A class in its simplest form: a class of one scalar is that scalar, and case is ignored only where that
  /// makes a difference.
  static func oneOf(_ scalars: ScalarClass, _ letterCase: LetterCase) -> RegexNode {
    let letterCase = scalars.caseFolded == scalars ? LetterCase.exact : letterCase
    if let only = scalars.onlyScalar { return letter(only, letterCase) }
    return .scalars(scalars, letterCase)
  }

  /// The tree with ignored case written out as classes, and with every repeat greedy.
  var caseFolded: RegexNode {
    switch self {
    case .empty, .any, .anchor, .scalar(_, .exact), .scalars(_, .exact): self
    case .scalar(let scalar, .ignored):
      RegexNode.oneOf(ScalarClass(ranges: [scalar...scalar]).caseFolded, .exact)
    case .scalars(let scalars, .ignored): RegexNode.oneOf(scalars.caseFolded, .exact)
    case .sequence(let nodes): .sequence(nodes.map(\.caseFolded))
    case .alternation(let nodes): .alternation(nodes.map(\.caseFolded))
    case .repeated(let node, let min, let max, _):
      .repeated(node.caseFolded, min: min, max: max, isLazy: false)
    }
  }
}
