import ConcordDiagnostics

/// How an engine spells a regular expression: the few things that engines of the PCRE family spell or mean
/// differently. One printer serves them all.
///
/// The text that comes out never depends on flags set outside, other than that none are set.
package struct RegexDialect: Sendable {
  /// How a character that is syntax is made literal.
  package enum Quoting: Hashable, Sendable {
    /// By a backslash: `\.`.
    case backslash
    /// By a class of one where that needs no backslash: `[.]`. For texts in which backslashes are doubled again.
    case bracket
  }

  /// How a scalar beyond ASCII is spelled.
  package enum BeyondASCII: Hashable, Sendable {
    case itself
    /// `\x{E9}`: PCRE, Joni, RE2.
    case braced
    /// `\u00E9`, `\U0001F600`: Python.
    case fixedWidth
  }

  /// How ignored letter case is spelled.
  package enum IgnoredCase: Hashable, Sendable {
    /// As classes, `[Kk\x{212A}]`: exact in every engine.
    case classes
    /// As `(?i)` or `(?i:…)`: short, and exact only where the engine folds as `LetterCase.lower` does.
    case flag
  }

  /// How a character that is syntax is made literal.
  package var quoting: Quoting = .backslash
  /// How a scalar beyond ASCII is spelled.
  package var beyondASCII: BeyondASCII = .braced
  /// How ignored letter case is spelled.
  package var ignoredCase: IgnoredCase = .classes
  /// Whether `\d \w \s` and their opposites are ASCII there; otherwise they are spelled as ranges.
  package var hasASCIIClasses = true
  package var textStart = "^"
  /// The end of the text; Python before 3.14 calls it `\Z`.
  package var textEnd = "\\z"
  /// The end of the text or the place before a final line feed.
  package var textEndOrFinalBreak = "$"
  /// The start of the text or after a line feed that does not end the text; `RegexDialect.lineStart` says it by
  /// look-around.
  package var lineStart = "(?m:^)"
  /// The end of the text or before a line feed; `RegexDialect.lineEnd` says it by look-around.
  package var lineEnd = "(?m:$)"
  /// Where `\w` begins or ends, in ASCII; `RegexDialect.wordBoundary` says it by look-around, for engines whose
  /// `\b` knows other letters.
  package var wordBoundary = "\\b"
  /// Anywhere but at a word boundary.
  package var notWordBoundary = "\\B"
  /// Any scalar but a line feed.
  package var anyButBreak = "."
  /// Any scalar.
  package var any = "(?s:.)"

  /// The dialect that `PortableRegex` itself reads; change what differs.
  package init() {}

  /// What `PortableRegex` reads back to the same tree, flags and all.
  package static let portable: RegexDialect = {
    var dialect = RegexDialect()
    dialect.ignoredCase = .flag
    return dialect
  }()

  /// Line start by look-around, for engines that count one after a final line feed.
  package static let lineStart = "(?:\\A|(?<=\\n)(?=[\\s\\S]))"
  /// Line end by look-around.
  package static let lineEnd = "(?![^\\n])"
  /// ASCII word boundary by look-around.
  package static let wordBoundary =
    "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))"
  /// Its opposite.
  package static let notWordBoundary =
    "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))"

  /// The expression in this dialect.
  package func print(_ regex: PortableRegex) -> String {
    switch ignoredCase {
    case .classes: spelled(regex.caseFoldedTree, ignoring: false).text
    case .flag: printFlagged(regex.tree)
    }
  }

  private func printFlagged(_ tree: RegexNode) -> String {
    tree.caseUse == .ignored
      ? "(?i)" + spelled(tree, ignoring: true).text : spelled(tree, ignoring: false).text
  }
}

extension RegexDialect {
  /// How tightly a part binds: alternatives stand alone, a sequence can be one of several parts, and an atom can
  /// be repeated.
  private enum Strength {
    static let alternation = 1
    static let sequence = 2
    static let atom = 3
  }

  /// The node's text; `ignoring` says whether a flag around it ignores case already.
  private func spelled(_ node: RegexNode, ignoring: Bool) -> Spelled {
    if !ignoring, node.caseUse == .ignored, ignoredCase == .flag {
      return Spelled("(?i:\(spelled(node, ignoring: true).text))")
    }
    switch node {
    case .empty: return Spelled("", Strength.sequence)
    case .scalar(let scalar, _): return Spelled(literal(scalar))
    case .scalars(let scalars, _): return Spelled(characterClass(scalars))
    case .any(let includingBreaks): return Spelled(includingBreaks ? any : anyButBreak)
    // Not an atom: a repeated place is refused by some engines unless it is in a group.
    case .anchor(let anchor): return Spelled(text(of: anchor), Strength.sequence)
    case .sequence(let nodes):
      let parts = nodes.map { wrapped($0, for: Strength.sequence, ignoring: ignoring) }
      return Spelled(parts.joined(), Strength.sequence)
    case .alternation(let nodes):
      let parts = nodes.map { wrapped($0, for: Strength.sequence, ignoring: ignoring) }
      return Spelled(parts.joined(separator: "|"), Strength.alternation)
    case .repeated(let operand, let min, let max, let isLazy):
      let inner = wrapped(operand, for: Strength.atom, ignoring: ignoring)
      return Spelled(inner + counts(min, max) + (isLazy ? "?" : ""), Strength.sequence)
    }
  }

  private func wrapped(_ node: RegexNode, for strength: Int, ignoring: Bool) -> String {
    spelled(node, ignoring: ignoring).wrapped(for: strength, open: "(?:")
  }

  private func text(of anchor: RegexAnchor) -> String {
    switch anchor {
    case .textStart: textStart
    case .textEnd: textEnd
    case .textEndOrFinalBreak: textEndOrFinalBreak
    case .lineStart: lineStart
    case .lineEnd: lineEnd
    case .wordBoundary: wordBoundary
    case .notWordBoundary: notWordBoundary
    }
  }

  private func counts(_ min: Int, _ max: Int?) -> String {
    switch (min, max) {
    case (0, nil): "*"
    case (1, nil): "+"
    case (0, 1): "?"
    case (_, nil): "{\(min),}"
    case (_, let max?): min == max ? "{\(min)}" : "{\(min),\(max)}"
    }
  }
}

extension RegexDialect {
  /// One scalar as literal text of the dialect, outside a class.
  package func literal(_ scalar: Unicode.Scalar) -> String {
    guard "\\^$.|?*+()[]{}".unicodeScalars.contains(scalar) else { return plain(scalar) }
    let needsBackslash = scalar == "\\" || scalar == "^" || scalar == "[" || scalar == "]"
    return quoting == .backslash || needsBackslash ? "\\\(scalar)" : "[\(scalar)]"
  }

  private func characterClass(_ scalars: ScalarClass) -> String {
    if hasASCIIClasses, scalars.ranges.isEmpty, scalars.named.count == 1, let only = scalars.named.first,
      !scalars.isNegated
    {
      return escape(of: only)
    }
    let named = hasASCIIClasses ? scalars.named : []
    let ranges =
      hasASCIIClasses
      ? scalars.ranges
      : ScalarClass(ranges: scalars.ranges + scalars.named.flatMap(\.ranges)).ranges
    // A class of nothing, or of all but nothing, cannot be written empty.
    if named.isEmpty, ranges.isEmpty { return scalars.isNegated ? any : "[^\\x00-\(plain("\u{10FFFF}"))]" }
    let parts = named.map(escape) + ranges.map(text)
    return "[" + (scalars.isNegated ? "^" : "") + parts.joined() + "]"
  }

  private func text(of range: ClosedRange<Unicode.Scalar>) -> String {
    let (low, high) = (range.lowerBound, range.upperBound)
    if low == high { return member(low) }
    return member(low) + (high.value == low.value + 1 ? "" : "-") + member(high)
  }

  private func member(_ scalar: Unicode.Scalar) -> String {
    // `&` and `~` are set operators of some engines where they are doubled.
    "\\^[]-&~".unicodeScalars.contains(scalar) ? "\\\(scalar)" : plain(scalar)
  }

  private func escape(of named: ScalarClass.Named) -> String {
    switch named {
    case .digit: "\\d"
    case .word: "\\w"
    case .space: "\\s"
    case .notDigit: "\\D"
    case .notWord: "\\W"
    case .notSpace: "\\S"
    }
  }

  /// A scalar that is not syntax: controls and whatever cannot be seen are spelled as escapes.
  private func plain(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x09: return "\\t"
    case 0x0A: return "\\n"
    case 0x0D: return "\\r"
    case 0..<0x20, 0x7F: return "\\x" + hexadecimal(scalar.value, 2)
    case 0x20..<0x7F: return String(scalar)
    default: break
    }
    switch beyondASCII {
    case .itself: return String(scalar)
    case .braced: return "\\x{\(String(scalar.value, radix: 16, uppercase: true))}"
    case .fixedWidth:
      return scalar.value <= 0xFFFF
        ? "\\u" + hexadecimal(scalar.value, 4) : "\\U" + hexadecimal(scalar.value, 8)
    }
  }

  private func hexadecimal(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension RegexNode {
  /// What a node does with letter case.
  enum CaseUse {
    /// It has no letters.
    case none
    /// Case matters in all of it.
    case exact
    /// Case matters in none of it.
    case ignored
    /// Case matters in parts.
    case mixed

    func joined(_ other: CaseUse) -> CaseUse {
      if self == .none { return other }
      return other == .none || self == other ? self : .mixed
    }
  }

  /// What the node does with letter case.
  var caseUse: CaseUse {
    switch self {
    case .empty, .any, .anchor: .none
    case .scalar(let scalar, .exact): CaseOrbits.shared.hasVariants(scalar) ? .exact : .none
    case .scalars(let scalars, .exact): scalars.caseFolded == scalars ? .none : .exact
    case .scalar(_, .ignored), .scalars(_, .ignored): .ignored
    case .sequence(let nodes), .alternation(let nodes):
      nodes.reduce(.none) { $0.joined($1.caseUse) }
    case .repeated(let node, _, _, _): node.caseUse
    }
  }
}
