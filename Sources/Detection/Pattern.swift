import ConcordDiagnostics

/// A text to match from end to end. Wildcards are pieces, so a literal never needs escaping here: escaping
/// exists only inside a language.
@usableFromInline package struct Pattern: Hashable, Sendable {
  /// A part of a pattern.
  package enum Piece: Sendable {
    /// This text.
    case literal(String)
    /// Any text, the empty one too.
    case anyRun
    /// Any one Unicode scalar.
    case anyOne
  }

  /// The pieces in normal form: no empty literal, no two literals side by side, and of neighbouring wildcards
  /// the `anyOne`s first, then at most one `anyRun`.
  package let pieces: [Piece]
  /// How many bytes the literals have.
  private let literalBytes: Int

  /// The texts that stand in it as they are.
  package var literals: [String] {
    pieces.compactMap { if case .literal(let text) = $0 { text } else { nil } }
  }

  /// The pattern of these pieces, brought to normal form.
  package init(_ pieces: [Piece]) {
    self.pieces = Pattern.isNormal(pieces) ? pieces : Pattern.normal(pieces)
    literalBytes = pieces.reduce(0) { length, piece in
      if case .literal(let text) = piece { length + text.utf8.count } else { length }
    }
  }

  /// Exactly this text.
  package static func equals(_ text: String) -> Pattern { Pattern([.literal(text)]) }
  /// A text that begins with this.
  package static func prefix(_ text: String) -> Pattern { Pattern([.literal(text), .anyRun]) }
  /// A text that ends with this.
  package static func suffix(_ text: String) -> Pattern { Pattern([.anyRun, .literal(text)]) }
  /// A text that contains this.
  package static func contains(_ text: String) -> Pattern { Pattern([.anyRun, .literal(text), .anyRun]) }
  /// Any text.
  package static let anything = Pattern([.anyRun])

  /// Whether it matches any text.
  package var isAnything: Bool {
    if pieces.count == 1, case .anyRun = pieces[0] { true } else { false }
  }

  /// What kind of question the pattern asks: most platforms have special words for the simple ones.
  package enum Shape: Sendable {
    /// Any text at all.
    case anything
    /// Exactly this text (maybe empty).
    case equals(String)
    /// Begins with this text.
    case prefix(String)
    /// Ends with this text.
    case suffix(String)
    /// Contains this text.
    case contains(String)
    /// Anything else.
    case wildcard([Piece])
  }

  /// The kind of question that the pattern asks.
  package var shape: Shape {
    switch pieces.count {
    case 0: return .equals("")
    case 1:
      if case .literal(let text) = pieces[0] { return .equals(text) }
      if case .anyRun = pieces[0] { return .anything }
    case 2:
      if case .literal(let text) = pieces[0], case .anyRun = pieces[1] { return .prefix(text) }
      if case .anyRun = pieces[0], case .literal(let text) = pieces[1] { return .suffix(text) }
    case 3:
      if case .literal(let text) = pieces[1], case .anyRun = pieces[0], case .anyRun = pieces[2] {
        return .contains(text)
      }
    default: break
    }
    return .wildcard(pieces)
  }

  private static func isNormal(_ pieces: [Piece]) -> Bool {
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .literal(let text):
        if text.isEmpty { return false }
        if index > 0, case .literal = pieces[index - 1] { return false }
      case .anyRun, .anyOne:
        if index > 0, case .anyRun = pieces[index - 1] { return false }
      }
    }
    return true
  }

  private static func normal(_ pieces: [Piece]) -> [Piece] {
    var result: [Piece] = []
    var ones = 0
    var run = false
    func flush() {
      result += Array(repeating: .anyOne, count: ones)
      if run { result.append(.anyRun) }
      ones = 0
      run = false
    }
    for piece in pieces {
      switch piece {
      case .anyOne: ones += 1
      case .anyRun: run = true
      case .literal(let text):
        if text.isEmpty { continue }
        flush()
        if case .literal(let before)? = result.last {
          result[result.count - 1] = .literal(before + text)
        } else {
          result.append(piece)
        }
      }
    }
    flush()
    return result
  }
}

extension Pattern.Piece: Hashable {
  /// Literals are compared scalar by scalar.
  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.literal(let a), .literal(let b)): a.sameScalars(as: b)
    case (.anyRun, .anyRun), (.anyOne, .anyOne): true
    case (.literal, _), (.anyRun, _), (.anyOne, _): false
    }
  }

  /// Hashes what `==` compares.
  package func hash(into hasher: inout Hasher) {
    switch self {
    case .literal(let text): hasher.combine(ScalarText(text))
    case .anyRun: hasher.combine(1)
    case .anyOne: hasher.combine(2)
    }
  }
}

extension Pattern {
  /// Whether `text` matches from end to end. Time is bounded by the product of both lengths; no backtracking
  /// over more than the last `anyRun`.
  package func matches(_ text: String, _ letterCase: LetterCase) -> Bool {
    // Each scalar of a literal, of up to four bytes, takes one of the text, of one at least.
    if literalBytes > 4 * text.utf8.count { return false }
    // The simple questions, which are most, are answered without a copy of either text.
    return switch shape {
    case .anything: true
    case .equals(let literal): letterCase.equates(literal, text)
    case .prefix(let literal):
      Pattern.sameBytes(text, literal, letterCase) { $0.prefix($1) }
        ?? text.unicodeScalars.starts(with: literal.unicodeScalars) {
          letterCase.folded($0) == letterCase.folded($1)
        }
    case .suffix(let literal):
      Pattern.sameBytes(text, literal, letterCase) { $0.suffix($1) }
        ?? text.unicodeScalars.reversed().starts(with: literal.unicodeScalars.reversed()) {
          letterCase.folded($0) == letterCase.folded($1)
        }
    case .contains(let literal) where letterCase == .exact: Pattern.contains(text, literal) { $0 }
    case .contains(let literal) where text.allBytes({ $0 < 0x80 }) && literal.allBytes({ $0 < 0x80 }):
      Pattern.contains(text, literal) { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    case .contains, .wildcard:
      text.scalarCount >= leastLength && Pattern.matches(text, units(letterCase), letterCase)
    }
  }

  /// How many scalars a text has at least that matches.
  private var leastLength: Int {
    pieces.reduce(0) { length, piece in
      switch piece {
      case .literal(let text): length + text.scalarCount
      case .anyOne: length + 1
      case .anyRun: length
      }
    }
  }

  /// Whether the literal is the part of the text that `part` takes, as many bytes as it has; `nil` where bytes do not
  /// tell, since letter case is ignored and not all of them are ASCII.
  private static func sameBytes(
    _ text: String, _ literal: String, _ letterCase: LetterCase,
    _ part: (UnsafeBufferPointer<UInt8>, Int) -> Slice<UnsafeBufferPointer<UInt8>>
  ) -> Bool? {
    text.withBytes { text in
      literal.withBytes { literal in
        let part = part(text, literal.count)
        // The end of a text may begin within a scalar, but no scalar's bytes are a part of another's.
        if letterCase == .exact { return UnsafeBufferPointer(rebasing: part).isSame(as: literal) }
        guard literal.allSatisfy({ $0 < 0x80 }), part.allSatisfy({ $0 < 0x80 }) else { return nil }
        return part.elementsEqual(literal) { $0.lowercased == $1.lowercased }
      }
    }
  }

  /// Whether the text contains the literal once `fold` is applied to the bytes of both. UTF-8 may be searched byte
  /// by byte: no scalar's bytes begin inside another's.
  private static func contains(_ text: String, _ literal: String, fold: (UInt8) -> UInt8) -> Bool {
    text.withBytes { text in
      literal.withBytes { literal in
        guard let first = literal.first.map(fold) else { return true }
        guard literal.count <= text.count else { return false }
        return (0...(text.count - literal.count)).contains { at in
          fold(text[at]) == first
            && text[at..<(at + literal.count)].elementsEqual(literal) { fold($0) == fold($1) }
        }
      }
    }
  }

  private static func matches(_ text: String, _ units: [Unit], _ letterCase: LetterCase) -> Bool {
    let text = text.unicodeScalars.map(letterCase.folded)
    var (at, unit) = (0, 0)
    var retry: (at: Int, unit: Int)?
    while at < text.count {
      if unit < units.count, case .run = units[unit] {
        unit += 1
        if unit == units.count { return true }
        retry = (at, unit)
      } else if unit < units.count, units[unit].accepts(text[at]) {
        (at, unit) = (at + 1, unit + 1)
      } else if let last = retry {
        (at, unit) = (last.at + 1, last.unit)
        retry = (at, unit)
      } else {
        return false
      }
    }
    return units[unit...].allSatisfy { if case .run = $0 { true } else { false } }
  }

  private enum Unit {
    case scalar(Unicode.Scalar)
    case one
    case run

    func accepts(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .scalar(let own): own == scalar
      case .one: true
      case .run: false
      }
    }
  }

  private func units(_ letterCase: LetterCase) -> [Unit] {
    pieces.flatMap { (piece) -> [Unit] in
      switch piece {
      case .literal(let text): text.unicodeScalars.map { .scalar(letterCase.folded($0)) }
      case .anyRun: [.run]
      case .anyOne: [.one]
      }
    }
  }
}
