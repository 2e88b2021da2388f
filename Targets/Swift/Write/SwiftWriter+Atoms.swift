import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

extension SwiftWriter {
  /// `event.at("userIdentity", "type").is("Root")`.
  mutating func test(_ path: FieldPath, _ atom: Atom) -> String {
    if case .array = atom { return array(path) }
    let values = self.values(path)
    switch atom {
    case .array: return array(path)
    case .present: return values + ".isPresent"
    case .truthy:
      need(.truthy)
      return values + ".isTruthy"
    case .text(let pattern, let letterCase): return values + text(pattern, letterCase, at: path)
    case .oneOf(let texts, let letterCase): return values + oneOf(texts, letterCase, at: path)
    case .regex(let regex):
      need(.expression)
      return values + ".matches(\(expression(regex, at: path)))"
    case .number(let comparison, let bound):
      need(.number)
      return values + ".isNumber(\(SwiftWriter.label(comparison)): \(SwiftWriter.literal(bound.double)))"
    case .network(let network):
      need(.network)
      let bytes = network.address.bytes.map(String.init).joined(separator: ", ")
      let call = ".isAddress(in: \(networkBytes(bytes, network, at: path)), prefix: \(network.prefixLength))"
      return values + call
    case .sameAs(let other, let letterCase):
      need(.sameAs)
      let fold = folding(letterCase)
      return values + fold + ".isAny(of: \(self.values(other) + fold))"
    }
  }

  /// `event.root.leadsToArray(["resources"])`. What `[]` says at the end of the path is asked already.
  private mutating func array(_ path: FieldPath) -> String {
    need(.array)
    let whole = path.canonical
    for single in singles.reversed() {
      guard let rest = whole.steps(beyond: single.path) else { continue }
      return "\(single.name).value.leadsToArray([\(SwiftWriter.spelled(rest).joined(separator: ", "))])"
    }
    let steps = SwiftWriter.spelled(whole.steps[...]).joined(separator: ", ")
    return "event.root.leadsToArray([\(steps)])"
  }

  /// `event.at("userIdentity", "type")`.
  mutating func values(_ path: FieldPath) -> String {
    if let lastValues, lastValues.path == path { return lastValues.text }
    for single in singles.reversed() {
      guard let rest = path.steps(beyond: single.path) else { continue }
      let text = "\(single.name).at(\(SwiftWriter.spelled(rest).joined(separator: ", ")))"
      lastValues = (path, text)
      return text
    }
    let steps = SwiftWriter.spelled(path.steps[...])
    let list = steps.joined(separator: ", ")
    if list.scalarCount <= SwiftWriter.inlineLimit {
      let text = "event.at(\(list))"
      lastValues = (path, text)
      return text
    }
    need(.longPath)
    let lines = zip(path.steps, steps).map { step, spelled in
      if case .name(let name) = step { SwiftWriter.element(name) } else { spelled }
    }
    let name = constant(path, "Path", "Path([\n" + lines.map { "    \($0),\n" }.joined() + "  ])")
    return "event.at(\(name))"
  }

  private static func spelled(_ steps: ArraySlice<FieldPath.Step>) -> [String] {
    steps.map { step in
      switch step {
      case .name(let name): SwiftLiteral.literal(name)
      case .index(let index): "\(index)"
      case .each: ".each"
      }
    }
  }

  /// An element of a list that stands on lines of its own.
  private static func element(_ text: String) -> String {
    let literal = SwiftLiteral.literal(text)
    return literal.scalarCount <= 96 ? literal : SwiftLiteral.longLiteral(text, indent: "    ")
  }

  private mutating func folding(_ letterCase: LetterCase) -> String {
    switch letterCase {
    case .exact: return ""
    case .ignored:
      need(.lowercased)
      return ".lowercased"
    }
  }

  /// The question that a pattern asks, `.hasPrefix("Describe")`. Ignored case is folded here, once.
  mutating func text(_ pattern: Pattern, _ letterCase: LetterCase, at path: FieldPath?) -> String {
    let fold = folding(letterCase)
    switch pattern.shape {
    case .anything: return ".isPresent"
    case .equals(let text):
      need(.equals)
      return fold + ".is(\(literal(letterCase.folded(text), at: path)))"
    case .prefix(let text):
      need(.prefix)
      return fold + ".hasPrefix(\(literal(letterCase.folded(text), at: path)))"
    case .suffix(let text):
      need(.suffix)
      return fold + ".hasSuffix(\(literal(letterCase.folded(text), at: path)))"
    case .contains(let text):
      need(.contains)
      return fold + ".contains(\(literal(letterCase.folded(text), at: path)))"
    case .wildcard(let pieces):
      need(.wildcard)
      let spelled = pieces.map { (piece) -> String in
        switch piece {
        case .literal(let text): literal(letterCase.folded(text), at: path)
        case .anyRun: ".anyRun"
        case .anyOne: ".anyOne"
        }
      }
      return fold + ".isLike(\(wildcard(spelled, pieces, at: path)))"
    }
  }

  private mutating func wildcard(_ spelled: [String], _ pieces: [Pattern.Piece], at path: FieldPath?)
    -> String
  {
    let elements = zip(spelled, pieces).map { spelled, piece in
      if case .literal = piece { ".text(\(spelled))" } else { spelled }
    }
    let list = elements.joined(separator: ", ")
    if list.scalarCount <= SwiftWriter.inlineLimit { return "[\(list)]" }
    let lines = elements.map { "    \($0),\n" }.joined()
    return constant(path, "Pattern", "Wildcard([\n\(lines)  ])")
  }

  private mutating func oneOf(_ texts: [String], _ letterCase: LetterCase, at path: FieldPath) -> String {
    let folded = texts.map(letterCase.folded)
    let list = folded.map(SwiftLiteral.literal).joined(separator: ", ")
    let fold = folding(letterCase)
    if list.scalarCount <= SwiftWriter.inlineLimit {
      need(.oneOf)
      return fold + ".isOne(of: [\(list)])"
    }
    need(.textSet)
    let name = constant(path, "Values", SwiftWriter.textSet(folded))
    return fold + ".isOne(of: \(name))"
  }

  /// A set of texts. A long one is a single literal with a text a line, since the compiler takes minutes for an
  /// array of as many literals; texts that do not fit a line are listed behind it.
  private static func textSet(_ texts: [String]) -> String {
    let isLong = texts.count > 64
    let lines = isLong ? texts.filter { !$0.isEmpty && !$0.utf8.contains(0x0A) } : []
    let others = isLong ? texts.filter { $0.isEmpty || $0.utf8.contains(0x0A) } : texts
    let array = "[\n" + others.map { "      \(element($0)),\n" }.joined() + "    ]"
    if lines.isEmpty { return "TextSet([\n" + others.map { "    \(element($0)),\n" }.joined() + "  ])" }
    let block = lines.map { "      \(lineOfBlock($0))\n" }.joined()
    let tail = others.isEmpty ? "" : ",\n    \(array)"
    return "TextSet(\n    lines: \"\"\"\n\(block)      \"\"\"\(tail))"
  }

  private static func lineOfBlock(_ text: String) -> String {
    let escaped = SwiftLiteral.escaped(text)
    return escaped.hasSuffix(" ") ? escaped.dropLast() + "\\u{20}" : escaped
  }

  private mutating func networkBytes(_ bytes: String, _ network: CIDR, at path: FieldPath) -> String {
    if bytes.utf8.count <= SwiftWriter.inlineLimit { return "[\(bytes)]" }
    return constant(path, "Network", doc: "\(network)", "[\(bytes)] as [UInt8]")
  }

  private static func label(_ comparison: Comparison) -> String {
    switch comparison {
    case .greater: "greaterThan"
    case .greaterOrEqual: "atLeast"
    case .less: "lessThan"
    case .lessOrEqual: "atMost"
    }
  }

  /// A `Double` that reads back as the same: its description, or a name where it has no digits.
  private static func literal(_ value: Double) -> String {
    if value.isInfinite { return value < 0 ? "-.infinity" : ".infinity" }
    return value.isNaN ? ".nan" : value.description
  }
}
