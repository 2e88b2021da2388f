import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension Condition {
  /// A name for what the condition asks: the first 16 hexadecimal digits of the SHA-256 of its normal form.
  ///
  /// Operands in another order, an operand that stands twice, and the letter case of texts that are compared without
  /// regard to it make no difference; how the rule was written, titled or laid out makes none either.
  package var digest: String {
    SHA256.name(of: NormalText(self).bytes)
  }
}

extension Rule {
  /// A name for what the rule finds: its condition's, where each event is an alert; of a rule that counts another one for
  /// each aggregate.
  package var digest: String {
    guard let aggregate = aggregate?.canonical else { return condition.digest }
    let columns = aggregate.columns.map(\.name)
    let keys = aggregate.group.flatMap(\.conditions).map(\.digest)
    let parts = [condition.digest, "\(aggregate)", "\(aggregate.period.seconds)"] + columns + keys
    let bytes = parts.flatMap { Array("\($0.utf8.count) \($0)".utf8) }
    return SHA256.name(of: bytes)
  }
}

/// A condition as a text in which everything has its length before it, so that no two conditions share one.
private struct NormalText {
  private(set) var bytes: [UInt8] = []

  init(_ condition: Condition) { append(condition) }

  private mutating func append(_ condition: Condition) {
    switch condition.kind {
    case .always(let value): append(value ? "T" : "F")
    case .test(let path, let atom):
      append("t")
      append(sized: path.description)
      append(atom)
    case .some(let path, let operand):
      append("e")
      append(sized: path.description)
      append(operand)
    case .anywhere(let pattern, let letterCase):
      append("w")
      append(pattern, letterCase)
    case .place(let fact, let atom):
      append("p")
      append(sized: fact.name)
      append(atom)
    case .not(let operand):
      append("n")
      append(operand)
    case .all(let operands): append(list: operands.map { NormalText($0).bytes }, named: "a")
    case .any(let operands): append(list: operands.map { NormalText($0).bytes }, named: "o")
    }
  }

  private mutating func append(_ atom: Atom) {
    switch atom {
    case .present: append("p")
    case .array: append("l")
    case .truthy: append("y")
    case .text(let pattern, let letterCase):
      append("x")
      append(pattern, letterCase)
    case .oneOf(let texts, let letterCase):
      append(list: texts.map { Array(letterCase.folded($0).utf8) }, named: "l")
      append(letterCase)
    case .regex(let regex):
      append("r\(regex.flags.rawValue)")
      append(sized: regex.pattern)
    case .number(let comparison, let number):
      append("c")
      append(comparison.rawValue)
      append(sized: number.shortest)
    case .network(let network):
      append("i")
      append(sized: network.description)
    case .sameAs(let path, let letterCase):
      append("s")
      append(sized: path.description)
      append(letterCase)
    }
  }

  private mutating func append(_ pattern: Pattern, _ letterCase: LetterCase) {
    append("\(pattern.pieces.count):")
    for piece in pattern.pieces {
      switch piece {
      case .literal(let text):
        append("l")
        append(sized: letterCase.folded(text))
      case .anyRun: append("*")
      case .anyOne: append("?")
      }
    }
    append(letterCase)
  }

  private mutating func append(_ letterCase: LetterCase) {
    switch letterCase {
    case .exact: append("=")
    case .ignored: append("~")
    }
  }

  /// The members in order of their bytes, each once.
  private mutating func append(list members: [[UInt8]], named name: String) {
    var distinct: [[UInt8]] = []
    for member in members.sorted(by: { $0.lexicographicallyPrecedes($1) }) where distinct.last != member {
      distinct.append(member)
    }
    append("\(name)\(distinct.count):")
    for member in distinct {
      append("\(member.count):")
      bytes += member
    }
  }

  private mutating func append(sized text: String) {
    append("\(text.utf8.count):")
    append(text)
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
