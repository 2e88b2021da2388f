import ConcordDetection
import ConcordDiagnostics

/// Regular expressions as `regexp_like` takes them: Trino's default engine Joni, with Java's syntax, searching
/// anywhere in the text.
enum AthenaRegex {
  /// Where Joni reads a spelling differently, or may, the dialect says the same by look-around: its `\b` knows
  /// letters beyond ASCII, and its `$` does not match after a line feed that the expression itself took.
  /// Ignored case is written out: Joni's `(?i)` folds `ß` to `ss`.
  static let dialect: RegexDialect = {
    var dialect = RegexDialect()
    dialect.textStart = "\\A"
    dialect.textEndOrFinalBreak = "(?=\\n?\\z)"
    dialect.lineStart = "(?:\\A|(?<=\\n)(?!\\z))"
    dialect.lineEnd = "(?=\\n|\\z)"
    dialect.wordBoundary = RegexDialect.wordBoundary
    dialect.notWordBoundary = RegexDialect.notWordBoundary
    return dialect
  }()

  /// The end of the text where `missesAtEnd` holds.
  private static let endByLook = "(?=\\z)"

  /// The look-arounds above and what they mean to `PortableRegex`. Longer ones first.
  private static let places: [(spelled: [Unicode.Scalar], portable: String)] = [
    (dialect.wordBoundary, "\\b"), (dialect.notWordBoundary, "\\B"), (dialect.lineStart, "(?m:^)"),
    (dialect.lineEnd, "(?m:$)"), (dialect.textEndOrFinalBreak, "$"),
    (endByLook, "\\z"),
  ].map { (Array($0.0.unicodeScalars), $0.1) }

  /// The grammars that guard casts, which many queries repeat.
  private static let guards: [ScalarText: PortableRegex] = Dictionary(
    [AthenaIdioms.numberGrammar, AthenaIdioms.addressGrammar].compactMap { grammar in
      (try? PortableRegex(grammar)).map { (ScalarText(grammar), $0) }
    }, uniquingKeysWith: { first, _ in first })

  /// Whether the expression matches somewhere in the text.
  static func matches(_ text: AthenaExpression, _ regex: PortableRegex) -> AthenaExpression {
    .call("regexp_like", text, .string(spelled(regex)))
  }

  /// The expression as Joni's. `$` stands as itself where nothing before it can take a line feed.
  static func spelled(_ regex: PortableRegex) -> String {
    var plain = dialect
    if regex.tree.missesAtEnd {
      plain.textEnd = endByLook
      return plain.print(regex)
    }
    guard !regex.tree.canTakeLineFeed else { return dialect.print(regex) }
    plain.textEndOrFinalBreak = "$"
    return plain.print(regex)
  }

  /// The expression that a Joni pattern spells. Throws where the pattern is outside the portable subset, or means
  /// something else there.
  static func read(_ pattern: String, origin: Origin?) throws(Diagnostic) -> PortableRegex {
    if let guarding = guards[ScalarText(pattern)] { return guarding }
    var text = String.UnicodeScalarView()
    var rest = Array(pattern.unicodeScalars)[...]
    var inClass = false
    var names: Set<ScalarText> = []
    var foldsCase = false
    var hasPlainEnd = false
    while let scalar = rest.first {
      if !inClass, let place = places.first(where: { rest.starts(with: $0.spelled) }) {
        text.append(contentsOf: place.portable.unicodeScalars)
        rest = rest.dropFirst(place.spelled.count)
        continue
      }
      if !inClass, rest.starts(with: "(?".unicodeScalars) {
        foldsCase = try check(groupAt: rest.dropFirst(2), &names, origin) || foldsCase
      }
      let count = scalar == "\\" ? 2 : 1
      if count == 2, !inClass, let letter = rest.dropFirst().first, letter == "b" || letter == "B" {
        throw .regexDiffers("\\\(letter)", "its word boundaries know letters beyond ASCII", origin)
      }
      if !inClass, scalar == "$" || (count == 2 && rest.dropFirst().first == "z") { hasPlainEnd = true }
      if count == 1 { inClass = scalar == "[" || (inClass && scalar != "]") }
      text.append(contentsOf: rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    let regex = try PortableRegex(String(text), origin: origin)
    if regex.tree.ignoresCase || (foldsCase && regex.tree.hasLetters) {
      throw .regexDiffers("(?i)", "it folds case over more than one letter, `ß` to `ss`", origin)
    }
    if hasPlainEnd, regex.tree.missesAtEnd {
      throw .regexDiffers(
        "$", "before it nothing may stand, and texts that end beyond ASCII are missed then", origin)
    }
    return regex
  }
}

extension AthenaRegex {
  /// Whether the group whose flags, or name, stand here folds case. Throws where Joni refuses the group: it has no
  /// `(?P<…>`, and names may stand once. [executed: Trino 414, 482]
  private static func check(
    groupAt rest: ArraySlice<Unicode.Scalar>, _ names: inout Set<ScalarText>, _ origin: Origin?
  ) throws(Diagnostic) -> Bool {
    if rest.first == "P" {
      throw .regexDiffers("(?P", "it has no such groups, named ones are `(?<name>…)`", origin)
    }
    if rest.first == "<", let second = rest.dropFirst().first, second != "=", second != "!" {
      let name = String(String.UnicodeScalarView(rest.dropFirst().prefix { $0 != ">" }))
      guard names.insert(ScalarText(name)).inserted else {
        throw .regexDiffers("(?<\(name)>", "a name may stand once only", origin)
      }
    }
    let flags = rest.prefix { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
    return flags.contains("i")
  }
}

extension RegexNode {
  /// Whether a letter is looked for, which may have another case.
  fileprivate var hasLetters: Bool {
    switch self {
    case .empty, .anchor, .any: false
    case .scalar(let scalar, _): !scalar.isASCII || scalar.properties.isAlphabetic
    case .scalars: true
    case .sequence(let nodes), .alternation(let nodes): nodes.contains(where: \.hasLetters)
    case .repeated(let node, _, _, _): node.hasLetters
    }
  }

  /// Whether Joni may miss the end of a text: it begins so many bytes before the end as the longest match has, and where
  /// that is inside the last character it forgets the empty match behind it, so that `b?$` does not match `é`.
  /// [executed: Trino 414]
  fileprivate var missesAtEnd: Bool { hasTextEnd && isBounded && canBeEmptyAtEnd }

  private var hasTextEnd: Bool {
    switch self {
    case .anchor(let anchor): anchor == .textEnd || anchor == .textEndOrFinalBreak
    case .empty, .any, .scalar, .scalars: false
    case .sequence(let nodes), .alternation(let nodes): nodes.contains(where: \.hasTextEnd)
    case .repeated(let node, _, _, _): node.hasTextEnd
    }
  }

  private var isBounded: Bool {
    switch self {
    case .empty, .anchor, .any, .scalar, .scalars: true
    case .sequence(let nodes), .alternation(let nodes): nodes.allSatisfy(\.isBounded)
    case .repeated(let node, _, let max, _): max != nil && node.isBounded
    }
  }

  /// Whether it may match nothing behind the last of several characters.
  private var canBeEmptyAtEnd: Bool {
    switch self {
    case .empty: true
    case .anchor(let anchor): anchor != .textStart
    case .any, .scalar, .scalars: false
    case .sequence(let nodes): nodes.allSatisfy(\.canBeEmptyAtEnd)
    case .alternation(let nodes): nodes.contains(where: \.canBeEmptyAtEnd)
    case .repeated(let node, let min, _, _): min == 0 || node.canBeEmptyAtEnd
    }
  }

  /// Whether some part of the expression takes a line feed.
  fileprivate var canTakeLineFeed: Bool {
    switch self {
    case .empty, .anchor: false
    case .any(let includingBreaks): includingBreaks
    case .scalar(let scalar, _): scalar == "\n"
    case .scalars(let scalars, _): scalars.effectiveRanges.contains { $0.contains("\n") }
    case .sequence(let nodes), .alternation(let nodes): nodes.contains(where: \.canTakeLineFeed)
    case .repeated(let node, _, _, _): node.canTakeLineFeed
    }
  }

  /// Whether letter case is ignored somewhere.
  fileprivate var ignoresCase: Bool {
    switch self {
    case .empty, .anchor, .any: false
    case .scalar(_, let letterCase), .scalars(_, let letterCase): letterCase == .ignored
    case .sequence(let nodes), .alternation(let nodes): nodes.contains(where: \.ignoresCase)
    case .repeated(let node, _, _, _): node.ignoresCase
    }
  }
}
