import ConcordDiagnostics

/// Escapes and `[…]`.
extension RegexParser {
  /// The escape whose backslash was just read, outside a class.
  mutating func escape(_ flags: PortableRegex.Flags, from start: Int) throws(Diagnostic) -> RegexNode {
    if let anchor = peek.flatMap(RegexParser.anchor) {
      at += 1
      return .anchor(anchor)
    }
    switch try classEscape(from: start) {
    case .named(let named): return .scalars(ScalarClass(ranges: [], named: [named]), .exact)
    case .scalar(let scalar): return .letter(scalar, flags.letterCase)
    }
  }

  private static func anchor(_ letter: Unicode.Scalar) -> RegexAnchor? {
    switch letter {
    case "A": .textStart
    case "z": .textEnd
    case "b": .wordBoundary
    case "B": .notWordBoundary
    default: nil
    }
  }

  private enum Member {
    case scalar(Unicode.Scalar)
    case named(ScalarClass.Named)
  }

  /// An escape that stands for a scalar or a named class; its backslash was just read.
  private mutating func classEscape(from start: Int) throws(Diagnostic) -> Member {
    guard let letter = peek else { throw fail(RegexDiagnostics.unexpectedEnd("an escape"), from: start) }
    at += 1
    switch letter {
    case "d": return .named(.digit)
    case "w": return .named(.word)
    case "s": return .named(.space)
    case "D": return .named(.notDigit)
    case "W": return .named(.notWord)
    case "S": return .named(.notSpace)
    case "n": return .scalar("\n")
    case "r": return .scalar("\r")
    case "t": return .scalar("\t")
    case "f": return .scalar("\u{C}")
    case "a": return .scalar("\u{7}")
    case "e": return .scalar("\u{1B}")
    case "x": return .scalar(try hexadecimal(from: start))
    case "u":
      let value = try digits(4, from: start)
      return .scalar(try scalar(of: value, from: start))
    case _ where letter.isLetterOrDigit: throw fail(refusal(of: letter), from: start)
    default:
      guard letter.isASCII, letter.value >= 0x20, letter.value < 0x7F else {
        throw fail(RegexDiagnostics.badEscape("\\\(letter)", help: "drop the backslash"), from: start)
      }
      return .scalar(letter)
    }
  }

  private func refusal(of letter: Unicode.Scalar) -> RegexProblem {
    let written = "\\\(letter)"
    switch letter {
    case "0":
      return RegexDiagnostics.badEscape("octal \(written)", help: "write `\\x00` for the NUL character")
    case "1"..."9", "k", "g": return RegexDiagnostics.notPortable("`\(written)`, a reference to a group")
    case "Z":
      return RegexDiagnostics.badEscape(
        written, help: "write `\\z` for the very end, or `$` for the end or a line feed before it")
    case "p", "P":
      return RegexDiagnostics.notPortable(
        "`\(written)`, a Unicode property", help: "spell the characters as a class: `[a-z]`")
    case "h": return RegexDiagnostics.badEscape(written, help: "write `[ \\t]`")
    case "v": return RegexDiagnostics.badEscape(written, help: "write `\\x0B`, or `[\\n\\x0B\\f\\r]`")
    case "R": return RegexDiagnostics.badEscape(written, help: "write `(?:\\r\\n|[\\n\\r])`")
    case "b": return RegexDiagnostics.badEscape("[\(written)]", help: "write `\\x08` for the backspace")
    case "E": return RegexDiagnostics.badEscape(written, help: "it ends `\\Q` only")
    default: return RegexDiagnostics.badEscape(written)
    }
  }

  /// `\x41` or `\x{1F600}`; the `\x` was just read.
  private mutating func hexadecimal(from start: Int) throws(Diagnostic) -> Unicode.Scalar {
    if take("{") {
      var value: UInt32 = 0
      var count = 0
      while let digit = peek?.hexValue {
        value = min(0x200000, value * 16 + digit)
        (at, count) = (at + 1, count + 1)
      }
      guard count > 0, take("}") else {
        throw fail(
          RegexDiagnostics.badEscape("\\x{", help: "write hexadecimal digits: `\\x{E9}`"), from: start)
      }
      return try scalar(of: value, from: start)
    }
    let value = try digits(2, from: start)
    guard value < 0x80 else {
      throw fail(
        RegexDiagnostics.notPortable(
          "`\\x` beyond ASCII, a byte or a character",
          help: "write `\\x{\(String(value, radix: 16, uppercase: true))}`"), from: start)
    }
    return try scalar(of: value, from: start)
  }

  private mutating func digits(_ count: Int, from start: Int) throws(Diagnostic) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = peek?.hexValue else {
        throw fail(
          RegexDiagnostics.badEscape(
            String(String.UnicodeScalarView(scalars[start..<at])),
            help: "it takes \(count) hexadecimal digits"), from: start)
      }
      value = value * 16 + digit
      at += 1
    }
    return value
  }

  private func scalar(of value: UInt32, from start: Int) throws(Diagnostic) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(value) else {
      throw fail(
        RegexDiagnostics.badEscape(
          String(String.UnicodeScalarView(scalars[start..<at])),
          help: "a surrogate or a number beyond 10FFFF is not a character"), from: start)
    }
    return scalar
  }

  /// `[…]`; the bracket was just read.
  mutating func characterClass(_ flags: PortableRegex.Flags, from start: Int) throws(Diagnostic) -> RegexNode
  {
    let isNegated = take("^")
    let first = at
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    var named: [ScalarClass.Named] = []
    while peek != "]" || at == first {
      switch try classMember(from: start) {
      case .named(let name):
        if peek == "-", scalars.indices.contains(at + 1), scalars[at + 1] != "]" {
          throw fail(
            RegexDiagnostics.badClass(
              "a range cannot begin with a class", help: "write `\\-` for the character"), from: at,
            to: at + 1)
        }
        named.append(name)
      case .scalar(let low): ranges.append(low...(try rangeEnd(of: low, from: start)))
      }
    }
    at += 1
    return .oneOf(ScalarClass(ranges: ranges, named: named, isNegated: isNegated), flags.letterCase)
  }

  /// The end of a range that begins with `low`; `low` itself where no range follows.
  private mutating func rangeEnd(
    of low: Unicode.Scalar, from start: Int
  ) throws(Diagnostic) -> Unicode.Scalar {
    guard peek == "-", scalars.indices.contains(at + 1), scalars[at + 1] != "]" else { return low }
    let dash = at
    at += 1
    guard case .scalar(let high) = try classMember(from: start) else {
      throw fail(
        RegexDiagnostics.badClass(
          "a range cannot end with a class", help: "write `\\-` for the character"), from: dash)
    }
    guard low <= high else {
      throw fail(RegexDiagnostics.badClass("the range is in the wrong order"), from: dash - 1)
    }
    if peek == "-", scalars.indices.contains(at + 1), scalars[at + 1] != "]" {
      throw fail(
        RegexDiagnostics.badClass(
          "a range cannot begin with a range", help: "write `\\-` for the character"), from: at, to: at + 1)
    }
    return high
  }

  private mutating func classMember(from start: Int) throws(Diagnostic) -> Member {
    guard let scalar = peek else {
      throw fail(RegexDiagnostics.unexpectedEnd("`]`"), from: start, to: start + 1)
    }
    let place = at
    at += 1
    switch scalar {
    case "\\": return try classEscape(from: place)
    case "]":
      throw fail(
        RegexDiagnostics.badClass("a class begins with `]`", help: "write `\\]` for the character"),
        from: place)
    case "[":
      let posix = peek == ":" || peek == "." || peek == "="
      throw fail(
        RegexDiagnostics.notPortable(
          posix ? "POSIX classes" : "`[` inside a class",
          help: posix ? "spell the characters: `[A-Za-z]`" : "write `\\[` for the character"), from: place)
    case "&" where peek == "&":
      throw fail(
        RegexDiagnostics.notPortable("`&&` inside a class", help: "write `\\&` for the character"),
        from: place)
    default: return .scalar(scalar)
    }
  }
}
