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
    try checkModifiers(&warnings)
    if values.count > 1, values.contains(where: { if case .null = $0.value { true } else { false } }) {
      warnings.append(.sigmaNullInList(key, at: span))
    }
    var test = SigmaTest(field: field, values: [], isAll: false, isNegated: false, span: span)
    test.isAll = modifiers.contains(.all)
    test.isNegated = modifiers.contains(.neq)
    test.values.reserveCapacity(values.count)
    for scalar in values {
      let atoms = try atoms(scalar, &warnings)
      warn(of: scalar, atoms, &warnings)
      test.values.append(atoms)
    }
    return test
  }

  /// What a value stands for once the modifiers are applied.
  private func atoms(_ scalar: SigmaScalar, _ warnings: inout [Diagnostic]) throws(Diagnostic) -> [SigmaAtom]
  {
    let place = scalar.span ?? span
    var operand = try SigmaOperand(scalar, of: self)
    var index = 0
    // Most modifiers make one operand of one.
    while index < modifiers.count, let next = try alone(operand, index, at: place, &warnings) {
      operand = next
      index += 1
    }
    if index == modifiers.count { return try operand.probes(isKeyword: field.isEmpty, at: place) }
    var operands = [operand]
    for index in index..<modifiers.count {
      do throws(Diagnostic) {
        var next: [SigmaOperand] = []
        for operand in operands {
          next += try operand.applying(modifiers[index], at: place, warnings: &warnings)
        }
        operands = next
      } catch {
        throw placed(error, index, isWritten: operands.allSatisfy(\.isWritten))
      }
    }
    var atoms: [SigmaAtom] = []
    for operand in operands { atoms += try operand.probes(isKeyword: field.isEmpty, at: place) }
    return atoms
  }

  /// What a modifier that makes one operand of one makes of it; `nil` for those that may make several.
  private func alone(
    _ operand: SigmaOperand, _ index: Int, at place: Span?, _ warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> SigmaOperand? {
    do throws(Diagnostic) {
      return try operand.alone(modifiers[index], at: place, warnings: &warnings)
    } catch {
      throw placed(error, index, isWritten: operand.isWritten)
    }
  }

  /// What a modifier has against a value, at the one or the other: what modifiers have made of it is not in the value.
  private func placed(_ error: Diagnostic, _ index: Int, isWritten: Bool) -> Diagnostic {
    isWritten && modifiers[index].asksOfValue ? error : error.moved(to: place(of: index))
  }
}
