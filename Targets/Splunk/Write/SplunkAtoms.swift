import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Asks an atom's question of one value.
enum SplunkAtoms {
  /// The question about the one value of `value`: a field of text, or of a number or NULL.
  static func ask(_ atom: Atom, _ value: SplunkEval) throws(Diagnostic) -> Answer<SplunkEval> {
    switch atom {
    case .present: return .total(.call("isnotnull", value))
    case .truthy: return .opposite(falsy(value))
    case .text(let pattern, let letterCase):
      return .mayBeUnknown(text(pattern, letterCase.effective(in: pattern.literals), value))
    case .oneOf(let texts, let letterCase):
      return .mayBeUnknown(oneOf(texts, letterCase.effective(in: texts), value))
    case .regex(let regex): return .mayBeUnknown(.match(value, SplunkRegexText.text(regex)))
    case .number(let comparison, let bound): return .mayBeUnknown(try number(comparison, bound, value))
    case .network(let network): return .mayBeUnknown(try self.network(network, value))
    case .sameAs(let other, _): throw .splunkSameAsHere(other)
    }
  }

  /// The question about an element of a multivalue field, which is never NULL.
  static func ask(_ atom: Atom, ofElement value: SplunkEval) throws(Diagnostic) -> Answer<SplunkEval> {
    if case .truthy = atom { return .opposite(.match(value, falsyRegex)) }
    return try ask(atom, value)
  }

  /// Whether the value is absent or one of `""`, `0` and `false`.
  static func falsy(_ value: SplunkEval) -> SplunkEval {
    .any([.call("isnull", value), .match(value, falsyRegex)])
  }

  /// The texts that are not truthy.
  static let falsyRegex = SplunkPatternText.regex(oneOf: ["", "0", "false"])

  private static func text(
    _ pattern: Pattern, _ letterCase: LetterCase, _ value: SplunkEval
  ) -> SplunkEval {
    if letterCase == .ignored, !pattern.literals.allSatisfy(SplunkAtoms.foldsCertainly) {
      return .match(value, SplunkPatternText.regex(pattern, .ignored))
    }
    let (pattern, value) = SplunkAtoms.folded(pattern, letterCase, value)
    if case .equals(let text) = pattern.shape, SplunkAtoms.isPlain(text) {
      return .compare(value, .equal, .string(text))
    }
    return .match(value, SplunkPatternText.regex(pattern))
  }

  private static func oneOf(
    _ texts: [String], _ letterCase: LetterCase, _ value: SplunkEval
  ) -> SplunkEval {
    let spelled = texts.filter { letterCase == .ignored && !SplunkAtoms.foldsCertainly($0) }
    let side = letterCase == .ignored ? SplunkEval.call("lower", value) : value
    let folded = texts.filter { letterCase == .exact || SplunkAtoms.foldsCertainly($0) }
      .map { letterCase.folded($0) }
    let plain = folded.filter(SplunkAtoms.isPlain)
    let others = folded.filter { !SplunkAtoms.isPlain($0) }
    var parts: [SplunkEval] = []
    if plain.count == 1 { parts.append(.compare(side, .equal, .string(plain[0]))) }
    if plain.count > 1 { parts.append(SplunkEval(.call("in", [side] + plain.map { .string($0) }))) }
    if !others.isEmpty { parts.append(.match(side, SplunkPatternText.regex(oneOf: others))) }
    if !spelled.isEmpty { parts.append(.match(value, SplunkPatternText.regex(oneOf: spelled, .ignored))) }
    return .any(parts)
  }

  /// Both sides as they are compared: themselves, or in lower case.
  private static func folded(
    _ pattern: Pattern, _ letterCase: LetterCase, _ value: SplunkEval
  ) -> (Pattern, SplunkEval) {
    switch letterCase {
    case .exact: return (pattern, value)
    case .ignored:
      let pieces = pattern.pieces.map { (piece) -> Pattern.Piece in
        switch piece {
        case .literal(let text): .literal(LetterCase.lower(text))
        case .anyRun, .anyOne: piece
        }
      }
      return (Pattern(pieces), pattern.literals.isEmpty ? value : .call("lower", value))
    }
  }

  /// Whether `lower()` maps the text as the meaning does on every platform: its letters are ASCII.
  static func foldsCertainly(_ text: String) -> Bool {
    text.allBytes { $0 < 0x80 }
      || text.unicodeScalars.allSatisfy { $0.isASCII || LetterCase.variants(of: $0).count == 1 }
  }

  /// Whether `=` and `in()` compare the text as text, and it can stand in a string as it is. Texts that look like
  /// numbers might be compared by value; `$` and backticks mean something to dashboards and macros; control
  /// characters have no certain escape.
  static func isPlain(_ text: String) -> Bool {
    !SplunkLiteral.mayBeNumber(text)
      && text.allBytes { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: "`") }
  }

  private static func number(
    _ comparison: Comparison, _ bound: Number, _ value: SplunkEval
  ) throws(Diagnostic) -> SplunkEval {
    if bound.shortest.utf8.contains(0x65) { throw .splunkNumber(bound) }
    let operation: SplunkEval.Operator
    switch comparison {
    case .greater: operation = .greater
    case .greaterOrEqual: operation = .greaterOrEqual
    case .less: operation = .less
    case .lessOrEqual: operation = .lessOrEqual
    }
    return .all([
      .match(value, SplunkAtoms.numberRegex),
      .compare(.call("tonumber", value), operation, .number(bound.shortest)),
    ])
  }

  /// The grammar of `Number`.
  static let numberRegex = #"^[-+]?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?\z"#
  /// Dotted IPv4 without leading zeros, maybe as IPv4-mapped IPv6.
  static let v4Regex = "(?i)^(?:(?:(?:0{1,4}:){5}|::)ffff:)?(?:\(octet)[.]){3}\(octet)\\z"
  private static let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  /// The part of a mapped address before its IPv4 address.
  static let mappedRegex = #"(?i)^(?:(?:0{1,4}:){5}|::)ffff:"#
  /// The characters of IPv6 addresses.
  static let v6Regex = #"(?i)^[0-9a-f:.]*:[0-9a-f:.]*\z"#

  private static func network(_ network: CIDR, _ value: SplunkEval) throws(Diagnostic) -> SplunkEval {
    let net = SplunkEval.string(network.description)
    if network.address.bytes.count == 4 {
      let address = SplunkEval.call(
        "replace", value, .string(SplunkAtoms.mappedRegex), .string(""))
      return .all([.match(value, SplunkAtoms.v4Regex), .call("cidrmatch", net, address)])
    }
    // Is the range of mapped addresses, `::ffff:0:0/96`, inside?
    let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
    let isShared = zip(network.address.bytes, mapped).enumerated().allSatisfy { index, bytes in
      let bits = min(8, max(0, network.prefixLength - index * 8))
      return bits == 0 || (bytes.0 ^ bytes.1) >> (8 - UInt8(bits)) == 0
    }
    if network.prefixLength < 96, isShared { throw .splunkMappedNetwork(network) }
    return .all([.match(value, SplunkAtoms.v6Regex), .call("cidrmatch", net, value)])
  }
}

extension SplunkEval {
  /// `match(value, "regex")`.
  static func match(_ value: SplunkEval, _ regex: String) -> SplunkEval {
    .call("match", value, .string(regex))
  }

  /// Whether the operand is not true: false or NULL. `NOT` of NULL is read in two ways; `if` in one, and is total
  /// (Search Reference, "if").
  static func negation(_ operand: SplunkEval) -> SplunkEval {
    .compare(.call("if", operand, .number("1"), .number("0")), .equal, .number("0"))
  }
}
