import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Condition to text, such that the text means the condition under the reading.
struct NotationPrinter {
  let reading: Reading

  /// One top-level conjunct a line.
  func text(of condition: Condition) -> String {
    condition.conjuncts.map { spelled($0).text }.joined(separator: "\n")
  }

  private func spelled(_ condition: Condition) -> Spelled {
    switch condition.kind {
    case .always(let value): return Spelled(value ? "true" : "false")
    case .test(let path, let atom): return Spelled(spelled(Field(path), atom, isNegated: false))
    case .some(let path, let operand): return Spelled("some \(Field(path).text) (\(spelled(operand).text))")
    case .anywhere(let pattern, let letterCase):
      return Spelled("anywhere \(spelled(pattern, letterCase, isNegated: false, folds: false))")
    case .place(let fact, let atom): return Spelled(spelled(Field(fact), atom, isNegated: false))
    case .not(let operand): return negated(operand)
    case .all(let operands): return joined(operands, NotationSyntax.logic.and)
    case .any(let operands):
      if let equality = emptyEquality(operands, isNegated: false) { return Spelled(equality) }
      return joined(operands, NotationSyntax.logic.or)
    }
  }

  /// As an operand of `and`, `or` or `not`, what is joined is in parentheses, although `and` binds tighter than `or`.
  private func operand(_ condition: Condition) -> String {
    spelled(condition).wrapped(for: NotationSyntax.logic.not.strength)
  }

  private func joined(_ operands: [Condition], _ operation: LogicTable.Operator) -> Spelled {
    Spelled(operands.map(operand).joined(separator: " \(operation.word) "), operation.strength)
  }

  private func negated(_ condition: Condition) -> Spelled {
    switch condition.kind {
    case .test(let path, let atom): return Spelled(spelled(Field(path), atom, isNegated: true))
    case .anywhere(let pattern, let letterCase):
      return Spelled("anywhere \(spelled(pattern, letterCase, isNegated: true, folds: false))")
    case .place(let fact, let atom): return Spelled(spelled(Field(fact), atom, isNegated: true))
    case .any(let operands):
      if let equality = emptyEquality(operands, isNegated: true) { return Spelled(equality) }
    case .always, .some, .not, .all: break
    }
    let not = NotationSyntax.logic.not
    return Spelled("\(not.word) \(operand(condition))", not.strength)
  }

  /// `x not exists or x eq ""`, which is what `x eq ""` means where the empty text also stands for absent.
  private func emptyEquality(_ operands: [Condition], isNegated: Bool) -> String? {
    guard reading.emptyText == .alsoAbsent, operands.count == 2,
      case .not(let first) = operands[0].kind, case .test(let absent, .present) = first.kind,
      case .test(let path, let atom) = operands[1].kind, absent == path
    else { return nil }
    switch atom {
    case .text(let pattern, let letterCase):
      guard case .equals("") = pattern.shape else { return nil }
      return "\(Field(path).text) \(isNegated ? "ne" : "eq") \"\"" + modifier(letterCase)
    case .oneOf(let texts, let letterCase):
      guard texts.contains(where: \.isEmpty), !texts.contains(where: foldsBoolean) else { return nil }
      let list = "[\(texts.map(quoted).joined(separator: ", "))]"
      return "\(Field(path).text) \(isNegated ? "not in" : "in") \(list)" + modifier(letterCase)
    case .present, .truthy, .regex, .number, .network, .sameAs, .array: return nil
    }
  }
}

// Atoms.
extension NotationPrinter {
  /// As `FieldPath.description`, but a first name that is a word of the notation is quoted.
  static func spelled(_ path: FieldPath) -> String {
    var text = ""
    for (index, step) in path.steps.enumerated() {
      switch step {
      case .name(let name):
        let isWord = ["and", "or", "not", "true", "false", "anywhere", "some"].contains(name)
        let isPlain = FieldPath.isPlain(name) && !(index == 0 && isWord)
        text += (index == 0 ? "" : ".") + (isPlain ? name : quoted(name))
      case .index(let index): text += "[\(index)]"
      case .each: text += "[]"
      }
    }
    return text
  }

  private struct Field {
    let text: String

    init(_ path: FieldPath) { text = NotationPrinter.spelled(path) }

    /// A fact of the place, of which the notation has no word: for people alone.
    init(_ fact: PlaceFact) { text = "place[\(fact)]" }

    /// As the operand of `eq_field`, where a lone text is the text of a path.
    var operand: String {
      let isLoneText = text.unicodeScalars.first == "\"" && text.unicodeScalars.last == "\""
      return isLoneText ? quoted(text) : text
    }
  }

  private func spelled(_ field: Field, _ atom: Atom, isNegated: Bool) -> String {
    let not = isNegated ? "not " : ""
    let question: String
    switch atom {
    case .present:
      question = reading.isNull == .absent ? (isNegated ? "is_null" : "is_not_null") : "\(not)exists"
    case .truthy:
      question =
        reading.isNull == .falsy
        ? (isNegated ? "is_null" : "is_not_null") : (isNegated ? "is_falsy" : "is_truthy")
    case .array: question = "\(not)is_array"
    case .text(let pattern, let letterCase): question = spelled(pattern, letterCase, isNegated: isNegated)
    case .oneOf(let texts, let letterCase): question = spelled(texts, letterCase, isNegated: isNegated)
    case .regex(let regex): question = not + spelled(regex)
    case .number(let comparison, let number):
      question = "\(not)\(word(comparison)) \(quoted(number.shortest))"
    case .network(let network): question = "\(not)cidr_match \(quoted(network.description))"
    case .sameAs(let other, let letterCase):
      question = "\(isNegated ? "ne_field" : "eq_field") \(Field(other).operand)" + modifier(letterCase)
    }
    return "\(field.text) \(question)"
  }

  private func word(_ comparison: Comparison) -> String {
    switch comparison {
    case .greater: "gt"
    case .greaterOrEqual: "ge"
    case .less: "lt"
    case .lessOrEqual: "le"
    }
  }

  /// A pattern; `folds` says whether `eq` would take more than the text under the reading.
  private func spelled(
    _ pattern: Pattern, _ letterCase: LetterCase, isNegated: Bool, folds: Bool = true
  ) -> String {
    let not = isNegated ? "not " : ""
    let words: String
    switch pattern.shape {
    case .equals(let text):
      let isPlain = !folds || !(foldsBoolean(text) || text.isEmpty && reading.emptyText == .alsoAbsent)
      let wildcard = "\(not)wildcard \(quoted(Pattern.wildcards([.literal(text)])))"
      words = isPlain ? "\(isNegated ? "ne" : "eq") \(quoted(text))" : wildcard
    case .prefix(let text): words = "\(not)starts_with \(quoted(text))"
    case .suffix(let text): words = "\(not)ends_with \(quoted(text))"
    case .contains(let text): words = "\(not)contains \(quoted(text))"
    case .anything: words = "\(not)wildcard \"*\""
    case .wildcard(let pieces): words = "\(not)wildcard \(quoted(Pattern.wildcards(pieces)))"
    }
    return words + modifier(letterCase)
  }

  private func spelled(_ texts: [String], _ letterCase: LetterCase, isNegated: Bool) -> String {
    if let boolean = boolean(texts, letterCase) {
      return "\(isNegated ? "ne" : "eq") \(quoted(boolean))" + modifier(letterCase)
    }
    let not = isNegated ? "not " : ""
    let folds = texts.contains { foldsBoolean($0) || $0.isEmpty && reading.emptyText == .alsoAbsent }
    let values = texts.map { quoted(folds ? Pattern.wildcards([.literal($0)]) : $0) }
    return "\(not)\(folds ? "wildcard" : "in") [\(values.joined(separator: ", "))]" + modifier(letterCase)
  }

  /// `"True"` where the texts are what it stands for.
  private func boolean(_ texts: [String], _ letterCase: LetterCase) -> String? {
    guard texts.count == 2, letterCase == .exact, foldsBoolean(texts[0]),
      texts[1].sameScalars(as: texts[0].lowercased())
    else { return nil }
    return texts[0]
  }

  /// Flags but `i` go into the expression.
  private func spelled(_ regex: PortableRegex) -> String {
    var flags = ""
    if regex.flags.contains(.multiline) { flags += "m" }
    if regex.flags.contains(.dotAll) { flags += "s" }
    let expression = flags.isEmpty ? regex.pattern : "(?\(flags))\(regex.pattern)"
    return "regex_match \(quoted(expression))"
      + modifier(regex.flags.contains(.ignoreCase) ? .ignored : .exact)
  }

  private func modifier(_ letterCase: LetterCase) -> String {
    if letterCase == reading.letterCase { return "" }
    return letterCase == .exact ? " cased" : " nocase"
  }

  private func foldsBoolean(_ text: String) -> Bool {
    reading.booleanText == .alsoBoolean && (text.sameScalars(as: "True") || text.sameScalars(as: "False"))
  }
}

/// A text in double quotes. What is not visible or could reorder the line is escaped.
private func quoted(_ text: String) -> String {
  var result = String.UnicodeScalarView("\"".unicodeScalars)
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x22, 0x5C:
      result.append("\\")
      result.append(scalar)
    case 0x08: result.append(contentsOf: "\\b".unicodeScalars)
    case 0x09: result.append(contentsOf: "\\t".unicodeScalars)
    case 0x0A: result.append(contentsOf: "\\n".unicodeScalars)
    case 0x0C: result.append(contentsOf: "\\f".unicodeScalars)
    case 0x0D: result.append(contentsOf: "\\r".unicodeScalars)
    case 0..<0x20, 0x7F..<0xA1, 0xAD, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
      0xFFF0...0xFFFF:
      let digits = String(scalar.value, radix: 16)
      result.append(
        contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
    default: result.append(scalar)
    }
  }
  result.append("\"")
  return String(result)
}
