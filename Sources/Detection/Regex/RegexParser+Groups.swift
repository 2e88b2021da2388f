import ConcordDiagnostics

/// What stands after `(?`, and flags.
extension RegexParser {
  /// The flags inside the group whose `(?` was just read, up to its first branch. Refuses all but plain, named
  /// and flag groups.
  mutating func groupKind(
    _ flags: PortableRegex.Flags, from start: Int
  ) throws(Diagnostic) -> PortableRegex.Flags {
    if take(":") { return flags }
    for (opening, problem) in RegexParser.refusedGroups where looksAt(opening) {
      at += opening.unicodeScalars.count
      throw fail(problem, from: start)
    }
    if looksAt("P<") || looksAt("<") {
      at += looksAt("P<") ? 2 : 1
      try groupName(from: start)
      return flags
    }
    return try groupFlags(flags, from: start)
  }

  private static var refusedGroups: [(String, RegexProblem)] {
    let both = "ask for both by expressions of their own that must both match"
    let neither = "ask for one by an expression that must match, and for the other by one that must not"
    let ahead = "look-ahead"
    let behind = "look-behind"
    let reference = RegexDiagnostics.notPortable("references to a group")
    return [
      ("=", RegexDiagnostics.notPortable(ahead, help: both)),
      ("!", RegexDiagnostics.notPortable(ahead, help: neither)),
      ("<=", RegexDiagnostics.notPortable(behind, help: both)),
      ("<!", RegexDiagnostics.notPortable(behind, help: neither)),
      (">", RegexDiagnostics.notPortable("atomic groups", help: "write `(?:…)` if the verdict stays")),
      ("(", RegexDiagnostics.notPortable("conditional groups")),
      ("|", RegexDiagnostics.notPortable("branch-reset groups", help: "write `(?:…)`")),
      ("P=", reference), ("P>", reference), ("R", reference), ("&", reference),
      ("'", RegexDiagnostics.notPortable("this spelling of a named group", help: "write `(?<name>…)`")),
    ]
  }

  private mutating func groupName(from start: Int) throws(Diagnostic) {
    let nameStart = at
    while let next = peek,
      next.isWord, at > nameStart || !next.isDigit
    {
      at += 1
    }
    guard at > nameStart, take(">") else {
      throw fail(
        RegexDiagnostics.unexpected("(?<", help: "a group's name is letters, digits and `_`"), from: start
      )
    }
  }

  /// `i-s:` and the like.
  private mutating func groupFlags(
    _ outer: PortableRegex.Flags, from start: Int
  ) throws(Diagnostic) -> PortableRegex.Flags {
    var flags = outer
    var removes = false
    while let next = peek, next != ":" {
      if next == ")" {
        at += 1
        throw fail(
          RegexDiagnostics.notPortable(
            "flags that begin in the middle",
            help: "put them at the very start, or around a part: `(?i:…)`"), from: start)
      }
      if next == "-", !removes {
        removes = true
      } else if removes {
        flags.subtract(try flag(at: at))
      } else {
        flags.formUnion(try flag(at: at))
      }
      at += 1
    }
    guard take(":") else { throw fail(RegexDiagnostics.unexpectedEnd("`)`"), from: start) }
    return flags
  }

  func flag(at index: Int) throws(Diagnostic) -> PortableRegex.Flags {
    switch scalars[index] {
    case "i": return .ignoreCase
    case "m": return .multiline
    case "s": return .dotAll
    default:
      throw fail(
        RegexDiagnostics.notPortable("the flag `\(scalars[index])`", help: "the flags are `i`, `m`, `s`"),
        from: index, to: index + 1)
    }
  }
}
