import ConcordDetection

/// Rules events out by their raw bytes: texts of which every event that a condition holds of has some.
///
/// The texts are chosen so that JSON can spell them otherwise only with `\u`: they are runs of ASCII without
/// quotes, backslashes, `/`, control characters and JSON's punctuation, and are not made of a number's characters
/// alone. An event with `\u` in it is never ruled out, nor, where letter case is ignored and a text has `k` or `i`,
/// one that may have the two scalars outside ASCII whose lower case is one of these.
final class RawFilter: Sendable {
  /// A text, or several with a part in common.
  struct Needle: Hashable, Sendable {
    /// What is searched.
    let text: [UInt8]
    let isFolded: Bool
    /// Texts that have `text` in them, of which one must stand around it; none where `text` is enough.
    var around: [[UInt8]] = []
  }

  private struct Around: BitwiseCopyable, Sendable {
    let text: Frozen<UInt8>
    /// Where the common part stands in it.
    let offset: Int
  }

  private struct Ready: BitwiseCopyable, Sendable {
    let text: Frozen<UInt8>
    let rare: Int
    let isFolded: Bool
    let around: Frozen<Around>

    init(_ needle: Needle) {
      text = Frozen(needle.text)
      rare = ByteRarity.rarest(in: needle.text)
      isFolded = needle.isFolded
      around = Frozen(
        needle.around.map { Around(text: Frozen($0), offset: RawFilter.offset(of: needle.text, in: $0) ?? 0) }
      )
    }

    func free() {
      for index in 0..<around.count { around[index].text.free() }
      around.free()
      text.free()
    }
  }

  /// Of each of these one must be there.
  private let clauses: Frozen<Frozen<Ready>>
  private let mayFoldIntoASCII: Bool

  /// How many texts one clause may have, and all together.
  static let clauseLimit = 6
  static let limit = 10

  /// The filter for a rule set; `nil` where nothing can be ruled out so.
  init?(_ conditions: [Condition]) {
    guard let clauses = RawFilter.clauses(.any(conditions)), !clauses.isEmpty else { return nil }
    var chosen: [[Needle]] = []
    var count = 0
    for clause in clauses.sorted(by: { RawFilter.weight($0) < RawFilter.weight($1) })
    where count + clause.count <= RawFilter.limit && !chosen.contains(clause) && chosen.count < 3 {
      chosen.append(clause)
      count += clause.count
    }
    if chosen.isEmpty { return nil }
    self.clauses = Frozen(chosen.map { Frozen($0.map(Ready.init)) })
    mayFoldIntoASCII = chosen.joined().contains { needle in
      needle.isFolded
        && ([needle.text] + needle.around).contains {
          $0.contains(UInt8(ascii: "k")) || $0.contains(UInt8(ascii: "i"))
        }
    }
  }

  deinit {
    for clause in 0..<clauses.count {
      for needle in 0..<clauses[clause].count { clauses[clause][needle].free() }
      clauses[clause].free()
    }
    clauses.free()
  }

  /// Whether no condition can hold of the event with these bytes.
  func rulesOut(_ bytes: Bytes) -> Bool {
    for index in 0..<clauses.count where !isMet(clauses[index], bytes) { return isPlain(bytes) }
    return false
  }

  @inline(__always)
  private func isMet(_ clause: Frozen<Ready>, _ bytes: Bytes) -> Bool {
    for index in 0..<clause.count where RawFilter.isThere(clause[index], bytes) { return true }
    return false
  }

  private static func isThere(_ needle: Ready, _ bytes: Bytes) -> Bool {
    let text = needle.text.bytes(0, needle.text.count)
    var start = 0
    while let place = needle.isFolded
      ? bytes.indexIgnoringCase(of: text, rare: needle.rare, from: start)
      : bytes.index(of: text, rare: needle.rare, from: start)
    {
      if needle.around.count == 0 { return true }
      for index in 0..<needle.around.count {
        let around = needle.around[index]
        let whole = around.text.bytes(0, around.text.count)
        let from = place - around.offset
        if needle.isFolded ? bytes.hasIgnoringCase(whole, at: from) : bytes.has(whole, at: from) {
          return true
        }
      }
      start = place + 1
    }
    return false
  }

  /// Whether the event spells every text of the filter's kind as it is.
  private func isPlain(_ bytes: Bytes) -> Bool {
    var at = 0
    while let slash = bytes.index(of: UInt8(ascii: "\\"), from: at) {
      guard slash + 1 < bytes.count else { return true }
      if bytes[slash + 1] == UInt8(ascii: "u") { return false }
      at = slash + 2
    }
    // U+212A is E2 84 AA, U+0130 is C4 B0.
    return !mayFoldIntoASCII || (bytes.index(of: 0xE2) == nil && bytes.index(of: 0xC4) == nil)
  }

  private static func weight(_ clause: [Needle]) -> Double {
    // Few long texts rule out most, at the least cost; ignored case is slower to search.
    clause.reduce(0) { $0 + ($1.isFolded ? 2 : 1) + 8 / Double($1.text.count) }
  }

  /// Clauses of which each must be met where the condition holds; `nil` where it never holds.
  static func clauses(_ condition: Condition) -> [[Needle]]? {
    switch condition.kind {
    case .always(let value): return value ? [] : nil
    case .test(_, let atom): return clause(atom).map { [$0] } ?? []
    case .anywhere(let pattern, let letterCase): return needle(pattern, letterCase).map { [[$0]] } ?? []
    case .place: return nil
    case .some(_, let operand): return clauses(operand)
    case .not: return []
    case .all(let operands):
      var all: [[Needle]] = []
      for operand in operands {
        guard let clauses = clauses(operand) else { return nil }
        all += clauses
      }
      return all
    case .any(let operands):
      var union: [Needle] = []
      for operand in operands {
        guard let clauses = clauses(operand) else { continue }
        guard let best = clauses.min(by: { weight($0) < weight($1) }) else { return [] }
        union += best.filter { !union.contains($0) }
        if union.count > clauseLimit { return [] }
      }
      return [union]
    }
  }

  private static func clause(_ atom: Atom) -> [Needle]? {
    switch atom {
    case .present, .truthy, .number, .network, .sameAs, .array: return nil
    case .text(let pattern, let letterCase): return needle(pattern, letterCase).map { [$0] }
    case .oneOf(let texts, let letterCase):
      return all(texts.map { run($0, letterCase) })
    case .regex(let regex):
      guard let texts = regex.tree.requiredTexts else { return nil }
      return all(texts.map { run($0, .ignored) })
    }
  }

  /// The clause of texts of which one must be there; `nil` where some text is unfit, or there are too many.
  private static func all(_ needles: [Needle?]) -> [Needle]? {
    let found = needles.compactMap { $0 }
    guard found.count == needles.count else { return nil }
    if let together = together(found) { return [together] }
    return found.count <= clauseLimit ? found : nil
  }

  /// How many texts may be searched by the part that they have in common, and how long the shortest may be.
  static let togetherLimit = 64

  /// The texts as one, where they have a part in common that is worth a search: thirty names of `RunInstances`'
  /// kind are one search for `Instance`, and a look around where that stands.
  private static func together(_ needles: [Needle]) -> Needle? {
    guard 2...togetherLimit ~= needles.count, let first = needles.first,
      needles.allSatisfy({ $0.isFolded == first.isFolded }),
      let shortest = needles.map(\.text).min(by: { $0.count < $1.count }), shortest.count <= togetherLimit
    else { return nil }
    for length in stride(from: shortest.count, through: 4, by: -1) {
      for start in 0...(shortest.count - length) {
        let part = Array(shortest[start..<start + length])
        if needles.allSatisfy({ offset(of: part, in: $0.text) != nil }) {
          return Needle(text: part, isFolded: first.isFolded, around: needles.map(\.text))
        }
      }
    }
    return nil
  }

  private static func offset(of part: [UInt8], in text: [UInt8]) -> Int? {
    guard part.count <= text.count else { return nil }
    return (0...(text.count - part.count)).first { text[$0..<$0 + part.count].elementsEqual(part) }
  }

  private static func needle(_ pattern: Pattern, _ letterCase: LetterCase) -> Needle? {
    pattern.pieces.compactMap { if case .literal(let text) = $0 { run(text, letterCase) } else { nil } }
      .max { $0.text.count < $1.text.count }
  }

  /// The longest part of a text that JSON spells as it is.
  private static func run(_ text: String, _ letterCase: LetterCase) -> Needle? {
    let bytes = comparedBytes(text, letterCase)
    let runs = bytes.split { byte in
      byte < 0x20 || byte >= 0x7F || Array("\"\\/:,{}[]".utf8).contains(byte)
    }
    let telling = runs.filter { run in run.contains { !Array("0123456789.eE+-".utf8).contains($0) } }
    guard let longest = telling.max(by: { $0.count < $1.count }), longest.count >= 3 else { return nil }
    return Needle(text: Array(longest), isFolded: letterCase == .ignored)
  }
}
