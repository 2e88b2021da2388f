import ConcordDetection
import ConcordDiagnostics

/// Makes Swift names out of titles and field names, each once.
struct SwiftNames {
  /// Names that the standard library or the runtime has, or that Swift keeps for itself.
  private static let reservedTypes: Set<String> = [
    "Any", "Self", "Type", "Protocol", "Swift", "String", "Bool", "Int", "Double", "UInt8", "UInt16", "Set",
    "Array", "Optional", "Unicode", "Character", "Substring", "Sendable", "Hashable", "Never", "Void",
    "UTF16",
    "UTF8", "ArraySlice", "ExpressibleByStringLiteral", "ExpressibleByIntegerLiteral",
    "Event", "JSON", "JSONReader", "Values", "Single", "Step", "Piece", "TextSet", "Expression", "Decimal",
    "Address",
  ]
  private static let lengthLimit = 80

  private var taken: Set<String> = ["id", "title", "matches", "event"]
  /// The last number that was tried behind a name.
  private var counts: [String: Int] = [:]

  /// No names of its own yet, beside those that others have.
  init(taken others: Set<String> = []) { taken.formUnion(others) }

  /// A type name for a rule: the words of its title, or where they leave nothing, of its id.
  mutating func type(_ rule: Rule) -> String {
    let words = SwiftNames.words(rule.title) ?? SwiftNames.words(rule.id) ?? ["Rule"]
    var name = SwiftNames.cut(words.map(SwiftNames.capitalized).joined(), to: SwiftNames.lengthLimit)
    if name.utf8.first?.isDigit == true { name = "Rule" + name }
    if SwiftNames.reservedTypes.contains(name) { name += "Rule" }
    return unique(name)
  }

  /// A name for a constant about the values at a path, ending in `suffix` (so never a keyword).
  mutating func constant(_ path: FieldPath?, _ suffix: String) -> String {
    let words = path?.names.last.flatMap(SwiftNames.words) ?? ["event"]
    let first = words[0]
    let head =
      SwiftNames.isAcronym(first) ? first.lowercased() : first.prefix(1).lowercased() + first.dropFirst()
    var name = head + words.dropFirst().map(SwiftNames.capitalized).joined()
    name = SwiftNames.cut(name, to: SwiftNames.lengthLimit / 2)
    if name.utf8.first?.isDigit == true { name = "field" + name }
    return unique(name + suffix)
  }

  /// A name for a part of the condition.
  mutating func part() -> String { unique("part") }

  private mutating func unique(_ name: String) -> String {
    if taken.insert(name).inserted { return name }
    var count = counts[name] ?? 1
    var candidate: String
    repeat {
      count += 1
      candidate = "\(name)\(count)"
    } while !taken.insert(candidate).inserted
    counts[name] = count
    return candidate
  }

  /// The runs of ASCII letters and digits; `nil` where there are none.
  private static func words(_ text: String) -> [String]? {
    let words = text.utf8.split { !$0.isLetterOrDigit }
    return words.isEmpty ? nil : words.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func capitalized(_ word: String) -> String {
    guard let first = word.utf8.first, (0x61...0x7A).contains(first) else { return word }
    return word.prefix(1).uppercased() + word.dropFirst()
  }

  /// The first letters and digits, all ASCII, of a name.
  private static func cut(_ name: String, to limit: Int) -> String {
    name.utf8.count <= limit ? name : String(name.prefix(limit))
  }

  private static func isAcronym(_ word: String) -> Bool { word.utf8.allSatisfy { $0 < 0x61 } }
}
