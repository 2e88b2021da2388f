/// The part of a statement that keeps or drops single rows: its `WHERE`, where it reads one table.
public struct StatementFilter: Sendable {
  /// How the statement is made.
  public let shape: String
  /// The table's name as it stands in the statement, without placeholders; empty where it reads none or several.
  public let table: String
  /// The parts that `AND` joins; the whole where it is something else. Empty where the statement has no such part.
  public let conjuncts: [String]

  /// `SELECT * FROM table WHERE …`; `nil` where the statement has no such part.
  public var text: String? { conjuncts.isEmpty ? nil : text(of: conjuncts) }

  /// The same with these conjuncts alone.
  public func text(of conjuncts: [String]) -> String {
    "SELECT * FROM \(table)" + (conjuncts.isEmpty ? "" : " WHERE \(conjuncts.joined(separator: " AND "))")
  }

  private static let ends: Set<String> = [
    "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "SELECT", "CREATE", "INSERT", "OFFSET", ";",
  ]

  /// The filter parts of a text: one for each statement in it.
  public static func all(in text: String) -> [StatementFilter] {
    let words = StatementFilter.words(of: text)
    let starts = words.indices.filter { index in
      words[index].depth == 0 && words[index].name == "SELECT"
        && !(index > 0 && ["UNION", "ALL"].contains(words[index - 1].name))
    }
    guard let first = starts.first else { return [StatementFilter("no SELECT")] }
    let isWith = words.first { !$0.isBlank }?.name == "WITH"
    let ends = starts.dropFirst() + [words.count]
    return zip([first] + starts.dropFirst(), ends).map {
      isWith ? StatementFilter("WITH") : StatementFilter(words[$0..<$1])
    }
  }

  private init(_ shape: String, _ table: String = "", _ conjuncts: [String] = []) {
    (self.shape, self.table, self.conjuncts) = (shape, table, conjuncts)
  }

  private init(_ words: ArraySlice<Word>) {
    func index(of names: Set<String>, after start: Int) -> Int? {
      words[start...].firstIndex { $0.depth == 0 && names.contains($0.name) }
    }
    guard let from = index(of: ["FROM"], after: words.startIndex) else {
      self.init("no FROM")
      return
    }
    let tableEnd = index(of: Self.ends, after: from + 1) ?? words.endIndex
    let named = words[(from + 1)..<tableEnd]
    let names = Set(named.map(\.name))
    if names.contains("UNNEST") {
      self.init("UNNEST")
    } else if named.contains(where: { $0.text == "(" }) {
      self.init("a subquery")
    } else if names.contains("JOIN") || named.contains(where: { $0.text == "," }) {
      self.init("a join")
    } else {
      let table = trimmed(named.map(\.text).joined())
      let isCounted = words.contains { ["GROUP", "HAVING"].contains($0.name) && $0.depth == 0 }
      guard tableEnd < words.endIndex, words[tableEnd].name == "WHERE" else {
        self.init(isCounted ? "no WHERE, then GROUP BY" : "no WHERE", table)
        return
      }
      let end = index(of: Self.ends, after: tableEnd + 1) ?? words.endIndex
      let hasQuery = words[tableEnd..<end].contains { $0.name == "SELECT" }
      self.init(
        hasQuery ? "WHERE with a subquery" : isCounted ? "WHERE, then GROUP BY" : "WHERE", table,
        StatementFilter.conjuncts(words[(tableEnd + 1)..<end]))
    }
  }

  private static func conjuncts(_ words: ArraySlice<Word>) -> [String] {
    let whole = trimmed(words.map(\.text).joined())
    if words.contains(where: { $0.depth == 0 && ["OR", "CASE"].contains($0.name) }) { return [whole] }
    var parts = [""]
    var isBetween = false
    for word in words {
      if word.depth == 0, word.name == "BETWEEN" { isBetween = true }
      if word.depth == 0, word.name == "AND", !isBetween {
        parts.append("")
        continue
      }
      if word.depth == 0, word.name == "AND" { isBetween = false }
      parts[parts.count - 1] += word.text
    }
    return parts.map { trimmed($0) }
  }

  /// The queries of a text as they stand in it, without comments, a placeholder as a name.
  public static func statements(in text: String) -> [String] {
    let words = StatementFilter.words(of: text)
    var statements: [[Word]] = [[]]
    var previous = ""
    for word in words {
      let hasQuery = statements.last?.contains { $0.depth == 0 && $0.name == "SELECT" } ?? false
      let isJoined = ["UNION", "ALL", "DISTINCT", "INTERSECT", "EXCEPT"].contains(previous)
      if word.depth == 0, word.text == ";" {
        statements.append([])
      } else if word.depth == 0, ["CREATE", "INSERT"].contains(word.name) {
        statements.append([word])
      } else if word.depth == 0, hasQuery, !isJoined, ["SELECT", "WITH"].contains(word.name) {
        statements.append([word])
      } else {
        statements[statements.count - 1].append(word)
      }
      if !word.isBlank { previous = word.name }
    }
    let queries = statements.filter { ["SELECT", "WITH"].contains($0.first { !$0.isBlank }?.name) }
    return queries.map { trimmed($0.map(\.text).joined()) }
  }

  /// The names behind each `FROM` of a text, as they stand there.
  static func tables(in text: String) -> [String] {
    let words = StatementFilter.words(of: text).filter { !$0.isBlank }
    var names: [String] = []
    for (index, word) in words.enumerated() where word.name == "FROM" {
      let parts = words[(index + 1)...].prefix { $0.text == "." || $0.isNamePart }
      var name = ""
      for part in parts {
        if part.text != ".", !name.isEmpty, !name.hasSuffix(".") { break }
        name += part.text
      }
      if !name.isEmpty { names.append(name) }
    }
    return names
  }

  /// A word, a sign, or a text in quotes.
  private struct Word {
    var text: String
    var depth: Int
    /// The word in capitals; empty for anything in quotes.
    var name: String { text.first?.isLetter == true || text == ";" ? text.uppercased() : "" }
    var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
    /// Whether it may stand in a table's name.
    var isNamePart: Bool { text.first.map { $0.isLetter || $0.isNumber || "_\"".contains($0) } ?? false }
  }

  /// The words of a text without its comments. A placeholder in angle brackets or behind a dollar is a name.
  private static func words(of text: String) -> [Word] {
    let all = Array(text)
    var words: [Word] = []
    var (index, depth) = (0, 0)
    func starts(_ mark: String) -> Bool { all[index...].starts(with: mark) }
    while index < all.count {
      let start = index
      let character = all[index]
      if starts("--") {
        while index < all.count, !all[index].isNewline { index += 1 }
        words.append(Word(text: " ", depth: depth))
        continue
      }
      if starts("/*") {
        index += 2
        while index < all.count, !starts("*/") { index += 1 }
        index = min(index + 2, all.count)
        words.append(Word(text: " ", depth: depth))
        continue
      }
      if character == "'" || character == "\"" {
        index += 1
        while index < all.count, all[index] != character { index += 1 }
        index = min(index + 1, all.count)
      } else if character.isLetter || character == "_" {
        while index < all.count, all[index].isLetter || all[index].isNumber || all[index] == "_" {
          index += 1
        }
      } else if let end = placeholder(all, index) {
        let name = all[index..<end].filter { $0.isLetter || $0.isNumber || $0 == "_" }
        words.append(Word(text: String(name), depth: depth))
        index = end
        continue
      } else {
        index += 1
      }
      if character == ")" { depth -= 1 }
      words.append(Word(text: String(all[start..<index]), depth: depth))
      if character == "(" { depth += 1 }
    }
    return words
  }

  /// Where a placeholder ends that begins here: `<event_data_store_id>`, `$EDS_ID`.
  private static func placeholder(_ all: [Character], _ start: Int) -> Int? {
    var end = start + 1
    switch all[start] {
    case "<":
      while end < all.count, all[end].isLetter || all[end].isNumber || " _-:/".contains(all[end]) { end += 1 }
      return end < all.count && all[end] == ">" && end > start + 1 && all[start + 1].isLetter ? end + 1 : nil
    case "$":
      while end < all.count, all[end].isLetter || all[end].isNumber || all[end] == "_" { end += 1 }
      return end > start + 1 ? end : nil
    default: return nil
    }
  }
}
