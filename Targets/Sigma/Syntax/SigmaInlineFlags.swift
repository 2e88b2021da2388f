/// Flags at the beginning of an expression, `(?i)`, for which Sigma has modifiers.
enum SigmaInlineFlags {
  /// The letters of the flags and the rest of the expression; `nil` where it begins otherwise.
  static func split(_ pattern: String) -> (letters: String, rest: String)? {
    guard pattern.hasPrefix("(?") else { return nil }
    let letters = pattern.dropFirst(2).prefix { "ims".contains($0) }
    let rest = pattern.dropFirst(2 + letters.count)
    return letters.isEmpty || rest.first != ")" ? nil : (String(letters), String(rest.dropFirst()))
  }
}
