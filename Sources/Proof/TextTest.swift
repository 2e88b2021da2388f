import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A question about one text, in the form in which equal questions are equal values.
enum TextTest: Hashable, Sendable {
  /// Does it match? With ignored case, literals are in lower case, and some scalar of them has other cases.
  case pattern(Pattern, LetterCase)
  /// Is it one of these?
  case member(TextSet)
  /// Does the expression match somewhere?
  case regex(PortableRegex)
  /// Is it a number of at least that?
  case atLeast(Double)
  /// Is it a number of at most that?
  case atMost(Double)
  /// Is it an address of that network?
  case network(CIDR)
  /// Is it none of `TextTest.falsyTexts`?
  case notFalsy

  /// The texts of scalars that are not truthy.
  static let falsyTexts = ["", "0", "false"]

  /// Whether the text passes, by the same functions as `Condition.holds(of:)` asks.
  func accepts(_ text: String) -> Bool {
    switch self {
    case .pattern(let pattern, let letterCase): pattern.matches(text, letterCase)
    case .member(let set): set.contains(text)
    case .regex(let regex): regex.matches(text)
    case .atLeast(let bound): Number(text).map { $0.double >= bound } ?? false
    case .atMost(let bound): Number(text).map { $0.double <= bound } ?? false
    case .network(let network): IPAddress(text).map(network.contains) ?? false
    case .notFalsy: !TextTest.falsyTexts.contains { $0.sameScalars(as: text) }
    }
  }

  /// The set, if the test is for members of one.
  var set: TextSet? { if case .member(let set) = self { set } else { nil } }

  /// The literal texts in the test, from which texts that pass can be made.
  var literals: [String] {
    switch self {
    case .pattern(let pattern, _):
      pattern.pieces.compactMap { if case .literal(let text) = $0 { text } else { nil } }
    case .member(let set): set.texts.map(\.string)
    case .notFalsy: TextTest.falsyTexts
    case .regex, .atLeast, .atMost, .network: []
    }
  }
}

/// A set of texts, compared under one letter case.
struct TextSet: Hashable, Sendable {
  /// The texts, sorted; in lower case where case is ignored.
  let texts: [ScalarText]
  /// How a text is compared with them.
  let letterCase: LetterCase
  private let members: Set<ScalarText>

  /// A set of texts that are in the form of the letter case already.
  init(_ members: Set<ScalarText>, _ letterCase: LetterCase) {
    texts = members.sorted { $0.string.utf8.lexicographicallyPrecedes($1.string.utf8) }
    self.letterCase = letterCase
    self.members = members
  }

  func contains(_ text: String) -> Bool { members.contains(ScalarText(letterCase.folded(text))) }

  func union(_ other: TextSet) -> TextSet { TextSet(members.union(other.members), letterCase) }

  static func == (left: TextSet, right: TextSet) -> Bool {
    left.letterCase == right.letterCase && left.texts == right.texts
  }

  func hash(into hasher: inout Hasher) {
    // The outer texts tell sets apart well enough; a set may have thousands.
    hasher.combine(texts.count)
    hasher.combine(texts.first)
    hasher.combine(texts.last)
    hasher.combine(letterCase)
  }
}

extension LetterCase {
  /// Whether the text has a scalar that ignored case takes for another one too.
  static func isCased(_ text: String) -> Bool {
    text.unicodeScalars.contains { scalar in
      scalar.isASCII
        ? scalar.isLetter
        : LetterCase.ignored.variants(of: scalar).count > 1
    }
  }
}

extension Pattern {
  /// The same question in one form: ignored case only where it makes a difference, its literals in lower case.
  func canonical(_ letterCase: LetterCase) -> (Pattern, LetterCase) {
    guard letterCase == .ignored else { return (self, .exact) }
    var isCased = false
    let folded = pieces.map { (piece) -> Piece in
      guard case .literal(let text) = piece else { return piece }
      if LetterCase.isCased(text) { isCased = true }
      return .literal(LetterCase.lower(text))
    }
    return isCased ? (Pattern(folded), .ignored) : (self, .exact)
  }
}
