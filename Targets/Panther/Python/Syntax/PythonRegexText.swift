import ConcordDetection

/// Regular expressions as Python's `re` takes them with `re.ASCII`.
enum PythonRegexText {
  /// The dialect: ignored case is written out, since Python's folds `ı` to `i` and `ſ` to `s`, and a line that begins
  /// behind the last line feed is none.
  static let dialect: RegexDialect = {
    var dialect = RegexDialect()
    dialect.beyondASCII = .itself
    dialect.textStart = "\\A"
    dialect.textEnd = "\\Z"
    dialect.lineStart = RegexDialect.lineStart
    return dialect
  }()

  /// The expression in the words of `PortableRegex`: Python's `\Z` is the end of the text.
  static func portable(_ pattern: String) -> String {
    var (text, rest, isInClass) = ("", Array(pattern.unicodeScalars)[...], false)
    let lineStart = Array(dialect.lineStart.unicodeScalars)
    while let scalar = rest.first {
      if !isInClass, rest.starts(with: lineStart) {
        text += "(?m:^)"
        rest = rest.dropFirst(lineStart.count)
        continue
      }
      if scalar == "\\", let next = rest.dropFirst().first {
        text += next == "Z" && !isInClass ? "\\z" : "\\" + String(next)
        rest = rest.dropFirst(2)
        continue
      }
      if scalar == "[", !isInClass {
        isInClass = true
        text += "["
        rest = rest.dropFirst()
        // A bracket that closes at once is a member.
        for member in ["^", "]"] as [Unicode.Scalar] where rest.first == member {
          text += String(member)
          rest = rest.dropFirst()
        }
        continue
      }
      if scalar == "]" { isInClass = false }
      text += String(scalar)
      rest = rest.dropFirst()
    }
    return text
  }
}
