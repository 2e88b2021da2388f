import ConcordDiagnostics

/// Parses the portable subset by recursive descent:
///
///     alternation = sequence { "|" sequence }
///     sequence    = { atom [ repeat ] | "\Q" text "\E" | "(?#" text ")" }
///     repeat      = ( "*" | "+" | "?" | "{" n [ "," [ m ] ] "}" ) [ "?" ]
///     atom        = scalar | "." | "^" | "$" | escape | class | "(" [ "?" kind ] alternation ")"
///     kind        = ":" | flags ":" | "<" name ">" | "P<" name ">"
///
/// Flags without a group may stand at the very start only: further on, engines do not agree how far they reach.
struct RegexParser {
  let scalars: [Unicode.Scalar]
  var at = 0
  private let pattern: String
  private let origin: Origin?

  init(_ pattern: String, origin: Origin?) {
    self.pattern = pattern
    self.origin = origin
    scalars = Array(pattern.unicodeScalars)
  }

  mutating func parse(_ flags: PortableRegex.Flags) throws(Diagnostic) -> RegexNode {
    var flags = flags
    while let leading = try leadingFlags() { flags.formUnion(leading) }
    let tree = try alternation(flags, depth: 0)
    if at < scalars.count {
      throw fail(RegexDiagnostics.unexpected(")", help: "write `\\)` for the character"), from: at)
    }
    return tree
  }

  /// `(?i)` and the like.
  private mutating func leadingFlags() throws(Diagnostic) -> PortableRegex.Flags? {
    guard looksAt("(?") else { return nil }
    let letters = scalars[(at + 2)...].prefix { ("a"..."z").contains($0) }
    guard !letters.isEmpty, scalars.indices.contains(letters.endIndex), scalars[letters.endIndex] == ")"
    else { return nil }
    var flags: PortableRegex.Flags = []
    for index in letters.indices { flags.formUnion(try flag(at: index)) }
    at = letters.endIndex + 1
    return flags
  }

  private mutating func alternation(
    _ flags: PortableRegex.Flags, depth: Int
  ) throws(Diagnostic) -> RegexNode {
    guard depth <= PortableRegex.depthLimit else {
      throw fail(RegexDiagnostics.tooDeep(PortableRegex.depthLimit), from: max(0, at - 1))
    }
    var branches = [try sequence(flags, depth: depth)]
    while take("|") { branches.append(try sequence(flags, depth: depth)) }
    return .either(branches)
  }

  private mutating func sequence(_ flags: PortableRegex.Flags, depth: Int) throws(Diagnostic) -> RegexNode {
    var nodes: [RegexNode] = []
    while let next = peek, next != "|", next != ")" {
      if looksAt("\\Q") {
        nodes += quoted(flags)
      } else if looksAt("(?#") {
        try skipComment()
      } else {
        nodes.append(try repeats(try atom(flags, depth: depth)))
      }
    }
    return .joined(nodes)
  }

  /// `\Q…\E`, or to the end. A repeat after it would be of its last scalar in some engines: it is refused, since
  /// nothing stands before it.
  private mutating func quoted(_ flags: PortableRegex.Flags) -> [RegexNode] {
    at += 2
    var nodes: [RegexNode] = []
    while let next = peek {
      if looksAt("\\E") {
        at += 2
        break
      }
      nodes.append(.letter(next, flags.letterCase))
      at += 1
    }
    return nodes
  }

  private mutating func skipComment() throws(Diagnostic) {
    let start = at
    while let next = peek, next != ")" {
      if next == "\\" {
        throw fail(RegexDiagnostics.notPortable("this comment holds a backslash"), from: start)
      }
      at += 1
    }
    if !take(")") { throw fail(RegexDiagnostics.unexpectedEnd("`)`"), from: start) }
  }

  private mutating func atom(_ flags: PortableRegex.Flags, depth: Int) throws(Diagnostic) -> RegexNode {
    let start = at
    let scalar = scalars[at]
    at += 1
    switch scalar {
    case ".": return .any(includingBreaks: flags.contains(.dotAll))
    case "^": return .anchor(flags.contains(.multiline) ? .lineStart : .textStart)
    case "$": return .anchor(flags.contains(.multiline) ? .lineEnd : .textEndOrFinalBreak)
    case "[": return try characterClass(flags, from: start)
    case "(": return try group(flags, depth: depth, from: start)
    case "\\": return try escape(flags, from: start)
    case "*", "+", "?":
      throw fail(
        RegexDiagnostics.badRepeat(
          "`\(scalar)` has nothing to repeat", help: "write `\\\(scalar)` for the character"), from: start)
    case "{":
      throw fail(
        RegexDiagnostics.notPortable(
          "`{` that does not begin a repeat", help: "write `\\{` for the character"),
        from: start)
    default: return .letter(scalar, flags.letterCase)
    }
  }

  private mutating func group(
    _ flags: PortableRegex.Flags, depth: Int, from start: Int
  ) throws(Diagnostic) -> RegexNode {
    var inner = flags
    if take("?") { inner = try groupKind(flags, from: start) }
    let node = try alternation(inner, depth: depth + 1)
    if !take(")") {
      throw fail(RegexDiagnostics.unexpectedEnd("`)`"), from: start, to: start + 1)
    }
    return node
  }
}

// MARK: - Repeats

extension RegexParser {
  private mutating func repeats(_ node: RegexNode) throws(Diagnostic) -> RegexNode {
    let mark = at
    guard let (low, high) = try bounds() else { return node }
    if case .anchor = node {
      throw fail(RegexDiagnostics.badRepeat("a place in the text cannot be repeated"), from: mark)
    }
    let isLazy = take("?")
    if let next = peek, next == "+" || next == "*" || next == "?" {
      at += 1
      let problem =
        next == "+" && !isLazy
        ? RegexDiagnostics.notPortable(
          "possessive repeats", help: "drop the last `+` if the verdict stays the same")
        : RegexDiagnostics.badRepeat(
          "a repeat of a repeat", help: "put the first repeat into a group, `(?:…)`")
      throw fail(problem, from: mark)
    }
    if try bounds() != nil {
      throw fail(
        RegexDiagnostics.badRepeat(
          "a repeat of a repeat", help: "put the first repeat into a group, `(?:…)`"), from: mark)
    }
    return .times(node, min: low, max: high, isLazy: isLazy)
  }

  /// The counts of `*`, `+`, `?` or `{n,m}`; `nil` where none follows.
  private mutating func bounds() throws(Diagnostic) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard looksAt("{") else { return nil }
    let start = at
    at += 1
    let low = try count(from: start)
    var high = low
    if take(",") { high = peek == "}" ? nil : try count(from: start) }
    guard let low, take("}") else {
      throw fail(
        RegexDiagnostics.badRepeat(
          "a count is `{n}`, `{n,}` or `{n,m}`", help: "write `\\{` for the character, and `{0,m}` for `{,m}`"
        ),
        from: start)
    }
    if let high, high < low {
      throw fail(RegexDiagnostics.badRepeat("the counts are in the wrong order"), from: start)
    }
    return (low, high)
  }

  private mutating func count(from start: Int) throws(Diagnostic) -> Int? {
    var value: Int?
    while let digit = peek, digit.isDigit {
      value = (value ?? 0) * 10 + Int(digit.value - 0x30)
      at += 1
      if let value, value > PortableRegex.repeatLimit {
        throw fail(
          RegexDiagnostics.badRepeat(
            "a count is at most \(PortableRegex.repeatLimit), as some engines have it",
            help: "repeat one after the other: `x{1500,}` is `x{1000}x{500,}`"), from: start)
      }
    }
    return value
  }
}

// MARK: - Text and places

extension RegexParser {
  var peek: Unicode.Scalar? { scalars.indices.contains(at) ? scalars[at] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    at += 1
    return true
  }

  func looksAt(_ text: String) -> Bool { scalars[at...].starts(with: text.unicodeScalars) }

  /// The problem at the scalars from `start` up to `end`, or to where the parser stands.
  func fail(_ problem: RegexProblem, from start: Int, to end: Int? = nil) -> Diagnostic {
    let from = position(of: start)
    let to = position(of: max(end ?? at, start + 1))
    return diagnostic(problem, at: Span(from, to))
  }

  /// The problem, about the whole expression where it has no place.
  func diagnostic(_ problem: RegexProblem, at inner: Span? = nil) -> Diagnostic {
    let inner = inner ?? Span(.start, position(of: scalars.count))
    return Diagnostic(
      problem.code, problem.message,
      in: origin?.source ?? Source(name: "<expression>", text: pattern),
      at: origin?.span(inner) ?? inner, help: problem.help)
  }

  private func position(of index: Int) -> Position {
    var cursor = TextCursor(pattern)
    cursor.advance(min(index, scalars.count))
    var place = cursor.position
    place.column += max(0, index - scalars.count)
    return place
  }
}

extension PortableRegex.Flags {
  var letterCase: LetterCase { contains(.ignoreCase) ? .ignored : .exact }
}
