import ConcordDetection
import ConcordDiagnostics

/// A shorter way to ask one field for many texts, for queries that would exceed Athena's size: instead of a `LIKE`
/// for each, `any_match(split('…|…', '|'), t -> strpos("field", t) > 0)`. It is true, false and NULL where the
/// disjunction is.
struct AthenaCompaction {
  /// From how many texts on it is shorter and worth it.
  static let threshold = 16
  /// What may stand between the texts of a list.
  private static let separators = ["|", ",", ";", "~", "^", "\t"]

  /// Operands of a disjunction that ask the same field to contain a text.
  struct Group {
    var path: FieldPath
    var letterCase: LetterCase
    var texts: [String]
  }

  /// The groups that are large enough, and the operands besides, in order.
  static func groups(_ operands: [Condition]) -> (groups: [Group], others: [Condition]) {
    var groups: [Group] = []
    var members: [[Condition]] = []
    var others: [Condition] = []
    for operand in operands {
      guard case .test(let path, .text(let pattern, let letterCase)) = operand.kind,
        case .contains(let text) = pattern.shape,
        letterCase == .exact || text.unicodeScalars.allSatisfy(\.isASCII)
      else {
        others.append(operand)
        continue
      }
      if let place = groups.firstIndex(where: { $0.path == path && $0.letterCase == letterCase }) {
        groups[place].texts.append(text)
        members[place].append(operand)
      } else {
        groups.append(Group(path: path, letterCase: letterCase, texts: [text]))
        members.append([operand])
      }
    }
    for (group, operands) in zip(groups, members) where group.texts.count < threshold { others += operands }
    return (groups.filter { $0.texts.count >= threshold }, others)
  }

  /// The question whether the text contains one of these; `nil` where no separator is left. ASCII texts are folded
  /// here: `lower` maps them alike on every platform.
  static func containsAny(
    _ text: AthenaExpression, _ group: Group, variable: String
  ) -> AthenaExpression? {
    let folded = group.texts.map { group.letterCase.folded($0) }
    let separator = separators.first { separator in
      !folded.contains { $0.unicodeScalars.contains { separator.unicodeScalars.contains($0) } }
    }
    guard let separator else { return nil }
    return .anyMatch(
      .call("split", .string(folded.joined(separator: separator)), .string(separator)), variable,
      .call("strpos", AthenaAtoms.folded(text, group.letterCase), .name(variable))
        .compared(.greater, .number("0")))
  }
}
