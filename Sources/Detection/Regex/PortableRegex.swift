import ConcordDiagnostics

/// A regular expression of the portable subset: what means the same in PCRE, Joni (Java's syntax), RE2 and
/// Python, or is refused by name.
///
/// The meaning, which every writer must keep:
/// - The expression is searched for anywhere in the text; the text is a sequence of Unicode scalars.
/// - `.` is any scalar but U+000A, under `s` any scalar.
/// - `^` and `\A` are the start of the text, `\z` is its end, `$` is its end or the place before a U+000A that
///   ends it (so in PCRE, Joni and Python; RE2's `$` is `\z`). Under `m`, `^` is also after every U+000A but one
///   that ends the text (PCRE, Joni; Python counts that one too), and `$` is also before every U+000A.
/// - `\d` is `[0-9]`, `\w` is `[0-9A-Za-z_]`, `\s` is U+0009 to U+000D and U+0020; `\D`, `\W`, `\S` are all other
///   scalars.
/// - `\b` is between a `\w` and something else, so it knows ASCII letters only. Joni's `\b` is Unicode-aware:
///   there a writer spells it with look-around (`RegexDialect.wordBoundary`).
/// - Under `i` a scalar matches the scalars that have the same `LetterCase.lower` (`k` matches U+212A); a class
///   holds the scalars that share it with one of its scalars or ranges, and is negated after that. `\d \w \s`
///   and their opposites are the same under `i`.
/// - Groups, named or not, only group. Whether a repeat is lazy changes no verdict.
///
/// `\Z` is refused since it is the very end in Python, and the end or before a final U+000A elsewhere.
@usableFromInline package struct PortableRegex: Sendable {
  /// The expression as it was written.
  package let pattern: String
  /// How it is to be read.
  package let flags: Flags
  /// The expression as a tree: flags are resolved into it, groups that only group are gone.
  package let tree: RegexNode
  /// The tree with ignored letter case written out, each letter the class of all scalars that match it, and
  /// with every repeat greedy. Two expressions are equal if these trees are.
  package let caseFoldedTree: RegexNode
  /// The pattern that asks the same as this expression, where it is just a text, maybe anchored, with wildcards
  /// at most: `abc` is "contains `abc`", `\Aabc\z` is "equals `abc`"; `nil` where there is none.
  ///
  /// `abc$` has none, since `$` also matches before a final line feed.
  package let literal: (pattern: Pattern, letterCase: LetterCase)?
  private let program: RegexProgram

  /// The flags `i`, `m` and `s`.
  package struct Flags: OptionSet, Hashable, Sendable {
    /// The bits.
    package let rawValue: Int
    /// The flags of these bits.
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// `i`: letter case is ignored.
    package static let ignoreCase = Flags(rawValue: 1)
    /// `m`: `^` and `$` match at line breaks.
    package static let multiline = Flags(rawValue: 2)
    /// `s`: `.` matches line feeds too.
    package static let dotAll = Flags(rawValue: 4)
  }

  /// How deep groups may be nested.
  package static let depthLimit = 100
  /// The greatest count of a repeat; RE2's own.
  package static let repeatLimit = 1000
  /// How many steps an expression may have with its counted repeats unfolded.
  package static let sizeLimit = 20_000

  /// Parses `pattern`; a leading `(?i)`, `(?m)` or `(?s)` sets the flag.
  ///
  /// Throws `E120` to `E122` with the place within the pattern.
  package init(_ pattern: String) throws(Diagnostic) {
    try self.init(pattern, flags: [], origin: nil)
  }

  /// Parses `pattern`; a leading `(?i)`, `(?m)` or `(?s)` adds to `flags`.
  ///
  /// Throws `E120` to `E122` with the place within the pattern, or within `origin` if that is given.
  package init(_ pattern: String, flags: Flags = [], origin: Origin? = nil) throws(Diagnostic) {
    var parser = RegexParser(pattern, origin: origin)
    let tree = try parser.parse(flags)
    guard let program = RegexProgram(tree) else {
      throw parser.diagnostic(RegexDiagnostics.tooLarge(PortableRegex.sizeLimit))
    }
    self.pattern = pattern
    self.flags = flags
    self.tree = tree
    self.program = program
    caseFoldedTree = tree.caseFolded
    literal = PortableRegex.literal(of: tree)
  }

  /// Whether the expression matches somewhere in `text`. Time is bounded by the product of the text's length
  /// and the expression's size.
  package func matches(_ text: String) -> Bool {
    // A text is found sooner by its bytes than by the steps of a machine.
    literal.map { $0.pattern.matches(text, $0.letterCase) } ?? program.matches(text)
  }
}

extension PortableRegex: Hashable {
  /// Whether both have the same `caseFoldedTree`, however they are spelled: `(?i)a` equals `[aA]`. Expressions
  /// that are not equal may still match the same texts.
  @usableFromInline package static func == (left: PortableRegex, right: PortableRegex) -> Bool {
    left.caseFoldedTree == right.caseFoldedTree
  }

  /// Hashes what `==` compares.
  @usableFromInline package func hash(into hasher: inout Hasher) { hasher.combine(caseFoldedTree) }
}

extension PortableRegex {
  private static func literal(of tree: RegexNode) -> (pattern: Pattern, letterCase: LetterCase)? {
    var nodes = if case .sequence(let nodes) = tree { nodes } else { tree == .empty ? [] : [tree] }
    var pieces: [Pattern.Piece] = []
    if nodes.first == .anchor(.textStart) { nodes.removeFirst() } else { pieces.append(.anyRun) }
    let isOpen = nodes.last != .anchor(.textEnd)
    if !isOpen { nodes.removeLast() }
    var cases: Set<LetterCase> = []
    for node in nodes {
      switch node {
      case .scalar(let scalar, let letterCase):
        pieces.append(.literal(String(scalar)))
        if letterCase == .ignored || CaseOrbits.shared.hasVariants(scalar) { cases.insert(letterCase) }
      case .any(includingBreaks: true): pieces.append(.anyOne)
      case .repeated(.any(includingBreaks: true), min: 0, max: nil, isLazy: _): pieces.append(.anyRun)
      case .empty, .scalars, .any, .sequence, .alternation, .repeated, .anchor: return nil
      }
    }
    guard cases.count <= 1 else { return nil }
    return (Pattern(pieces + (isOpen ? [.anyRun] : [])), cases.first ?? .exact)
  }
}
