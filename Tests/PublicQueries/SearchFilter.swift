/// The part of a search that keeps or drops single events: all before the first command that does something else.
public struct SearchFilter: Sendable {
  /// How the search is made: where its events are from, and what comes after the filter part.
  public let shape: String
  /// The filter part; `nil` where the search has none.
  public let text: String?

  /// The commands that keep or drop single events.
  private static let filters: Set<String> = ["search", "where", "regex"]
  /// The commands that change single events, which a filter behind them may ask about.
  private static let changes: Set<String> = ["eval", "rename", "spath"]

  /// The filter part of a search. `definition`: the text of a macro.
  public init(of search: String, definition: (String) -> String?) {
    var parts = SearchFilter.parts(of: search)[...]
    guard let first = parts.popFirst() else { (shape, text) = ("empty", nil); return }
    if first.isEmpty {
      let words = parts.first?.split(whereSeparator: \.isWhitespace) ?? []
      let command = words.first.map(String.init) ?? ""
      guard command == "tstats", let asked = SearchFilter.clause(of: parts.first ?? "") else {
        (shape, text) = (command == "tstats" ? "tstats without `where`" : "| \(command)", nil)
        return
      }
      (shape, text) = ("the `where` of tstats", asked)
      return
    }
    var kept = [first]
    var more: [String] = []
    var end = "nothing"
    for part in parts {
      let command = SearchFilter.command(part, definition)
      if SearchFilter.filters.contains(command) {
        kept += more + [part]
        more = []
      } else if SearchFilter.changes.contains(command) {
        more.append(part)
      } else {
        end = command
        break
      }
    }
    shape =
      kept.count == 1 ? "search, then \(end == "nothing" ? end : "more")" : "search with further filters"
    text = kept.joined(separator: " | ")
  }

  /// The name of a command; of a macro that of its text.
  private static func command(_ part: String, _ definition: (String) -> String?) -> String {
    guard part.hasPrefix("`") else {
      return String(part.prefix { $0.isLetter || $0 == "_" }).lowercased()
    }
    let name = part.dropFirst().prefix { $0 != "`" && $0 != "(" }
    let count = part.contains("(") ? part.prefix { $0 != ")" }.count { $0 == "," } + 1 : 0
    let key = count == 0 ? String(name) : "\(name)(\(count))"
    guard let text = definition(key) else { return String(name) }
    return String(text.drop(while: \.isWhitespace).prefix { $0.isLetter || $0 == "_" }).lowercased()
  }

  /// The commands of a search, as they stand between its pipes: not those in quotes, in macros, in comments and in
  /// searches within it.
  private static func parts(of search: String) -> [String] {
    var parts = [""]
    scan(search) { text, isOpen in
      if isOpen, text == "|" { parts.append("") } else { parts[parts.count - 1] += text }
    }
    return parts.map { trimmed($0) }
  }

  /// What follows `where` in `tstats`, up to `by`.
  private static func clause(of command: String) -> String? {
    var words = [""]
    scan(command) { text, isOpen in
      if isOpen, text.allSatisfy(\.isWhitespace) { words.append("") } else { words[words.count - 1] += text }
    }
    guard let start = words.firstIndex(where: { $0.lowercased() == "where" }) else { return nil }
    let rest = words[(start + 1)...].prefix { !["by", "groupby"].contains($0.lowercased()) }
    return rest.isEmpty ? nil : trimmed(rest.joined(separator: " "))
  }

  /// Gives the characters of a search one after another, what stands in quotes as a whole, and whether each is outside
  /// of all brackets.
  private static func scan(_ text: String, _ take: (String, Bool) -> Void) {
    let all = Array(text)
    var (index, depth) = (0, 0)
    while index < all.count {
      let character = all[index]
      if character == "\"" || character == "`" {
        var end = index + 1
        while end < all.count, all[end] != character {
          end += character == "\"" && all[end] == "\\" ? 2 : 1
        }
        take(String(all[index...min(end, all.count - 1)]), false)
        index = end + 1
        continue
      }
      if character == "[" { depth += 1 }
      take(String(character), depth == 0)
      if character == "]" { depth -= 1 }
      index += 1
    }
  }
}

/// The text without white space at its ends.
func trimmed(_ text: String) -> String {
  var text = text[...].drop(while: \.isWhitespace)
  while text.last?.isWhitespace == true { text.removeLast() }
  return String(text)
}
