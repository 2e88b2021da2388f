import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension Condition {
  /// A name for what the condition asks: the first 16 hexadecimal digits of the SHA-256 of its normal form.
  ///
  /// Operands in another order, an operand that stands twice, and the letter case of texts that are compared without
  /// regard to it make no difference; how the rule was written, titled or laid out makes none either.
  package var digest: String {
    SHA256.digest(Array(normalText.utf8)).prefix(8).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// The condition as a text in which everything has its length before it, so that no two conditions share one.
  private var normalText: String {
    switch kind {
    case .always(let value): return value ? "T" : "F"
    case .test(let path, let atom): return "t" + Condition.sized(path.description) + atom.normalText
    case .anywhere(let pattern, let letterCase): return "w" + pattern.normalText(letterCase)
    case .place(let fact, let atom): return "p" + Condition.sized(fact.name) + atom.normalText
    case .not(let operand): return "n" + operand.normalText
    case .all(let operands): return Condition.list("a", operands.map(\.normalText))
    case .any(let operands): return Condition.list("o", operands.map(\.normalText))
    }
  }

  fileprivate static func sized(_ text: String) -> String { "\(text.utf8.count):\(text)" }

  fileprivate static func list(_ name: String, _ texts: [String]) -> String {
    let distinct = Set(texts.map(ScalarText.init)).map(\.string)
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return "\(name)\(distinct.count):" + distinct.map(sized).joined()
  }
}

extension Atom {
  fileprivate var normalText: String {
    switch self {
    case .present: "p"
    case .truthy: "y"
    case .text(let pattern, let letterCase): "x" + pattern.normalText(letterCase)
    case .oneOf(let texts, let letterCase):
      Condition.list("l", texts.map { letterCase.folded($0) }) + letterCase.normalText
    case .regex(let regex): "r\(regex.flags.rawValue)" + Condition.sized(regex.pattern)
    case .number(let comparison, let number): "c" + comparison.rawValue + Condition.sized(number.shortest)
    case .network(let network): "i" + Condition.sized(network.description)
    case .sameAs(let path, let letterCase):
      "s" + Condition.sized(path.description) + letterCase.normalText
    }
  }
}

extension Pattern {
  fileprivate func normalText(_ letterCase: LetterCase) -> String {
    let texts = pieces.map { piece in
      switch piece {
      case .literal(let text): "l" + Condition.sized(letterCase.folded(text))
      case .anyRun: "*"
      case .anyOne: "?"
      }
    }
    return "\(texts.count):" + texts.joined() + letterCase.normalText
  }
}

extension LetterCase {
  fileprivate var normalText: String {
    switch self {
    case .exact: "="
    case .ignored: "~"
    }
  }
}
