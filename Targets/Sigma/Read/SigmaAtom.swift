import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What an item asks once its modifiers are applied: the same for the reader, which makes a condition of it, and
/// for the runner, which asks it of events.
struct SigmaTest {
  /// The field's name; empty for keywords.
  var field: String
  /// For each written value the probes that it stands for (`base64offset` makes three of one); some must hold.
  var values: [[SigmaAtom]]
  /// Whether all values must hold rather than some.
  var isAll: Bool
  /// Whether the whole is negated.
  var isNegated: Bool
  /// Where the item stands.
  var span: Span?
}

/// One question about one field, or about the whole event.
enum SigmaAtom {
  /// The text matches from end to end.
  case text(Pattern, LetterCase)
  /// The expression matches somewhere.
  case regex(PortableRegex)
  /// The text is a number that compares so.
  case number(Comparison, Number)
  /// The text is an address of the network.
  case network(CIDR)
  /// The other field has the same text, letter case ignored.
  case reference(String)
  /// The field is absent.
  case null
  /// The field is present, or absent.
  case exists(Bool)
}

extension SigmaItem {
  /// The item with its modifiers applied; what is odd about it goes to `warnings`. Throws `E203` to `E330` for
  /// modifiers that do not go together or do not take the value.
  func test(warnings: inout [Diagnostic]) throws(Diagnostic) -> SigmaTest {
    if values.isEmpty { throw .sigmaNoValues(key, at: span) }
    var test = SigmaTest(field: field, values: [], isAll: false, isNegated: false, span: span)
    for (index, modifier) in modifiers.enumerated() {
      switch modifier {
      case .all:
        test.isAll = true
        if values.count == 1 { warnings.append(.sigmaAllOfOne(key, at: span)) }
      case .neq: test.isNegated = true
      case .re, .cidr, .exists:
        if index > 0 { throw .sigmaNotFirst(modifier, at: span) }
      case .startswith, .endswith:
        if field.isEmpty { throw .sigmaKeywordPlace(modifier, at: span) }
      case _: break
      }
    }
    if values.count > 1, values.contains(where: { if case .null = $0.value { true } else { false } }) {
      warnings.append(.sigmaNullInList(key, at: span))
    }
    let isRegex = modifiers.contains(.re)
    test.values.reserveCapacity(values.count)
    for scalar in values {
      if isRegex, case .string(let text) = scalar.value,
        let (letters, _) = SigmaInlineFlags.split(text)
      {
        warnings.append(.sigmaInlineFlags(letters, at: scalar.span ?? span))
      }
      var operands = [SigmaOperand(scalar.value, isRegex: isRegex)]
      for modifier in modifiers {
        if operands.count == 1,
          let alone = try operands[0].alone(modifier, at: scalar.span ?? span, warnings: &warnings)
        {
          operands[0] = alone
          continue
        }
        var next: [SigmaOperand] = []
        for operand in operands {
          next += try operand.applying(modifier, at: scalar.span ?? span, warnings: &warnings)
        }
        operands = next
      }
      var probes: [SigmaAtom] = []
      for operand in operands { probes.append(try operand.probe(at: scalar.span ?? span)) }
      test.values.append(probes)
    }
    return test
  }
}

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
