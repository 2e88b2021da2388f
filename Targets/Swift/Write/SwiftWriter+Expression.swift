import ConcordDetection
import ConcordDiagnostics

extension SwiftWriter {
  /// A constant that holds the expression as a list in postfix order: operands first, then what joins them. No
  /// line grows long, and the compiler has no nested expression to work on.
  mutating func expression(_ regex: PortableRegex, at path: FieldPath) -> String {
    var steps: [String] = []
    SwiftWriter.append(regex.caseFoldedTree, to: &steps)
    let lines = steps.map { "    \($0),\n" }.joined()
    return constant(path, "Expression", doc: "`\(regex.pattern)`", "Expression([\n\(lines)  ])")
  }

  private static func append(_ node: RegexNode, to steps: inout [String]) {
    switch node {
    case .empty: steps.append(".empty")
    case .scalar(let scalar, _): steps.append(".text(\(SwiftLiteral.literal(String(scalar))))")
    case .scalars(let scalars, _): steps.append(".oneOf(\(ranges(scalars)))")
    case .any(let includingBreaks): steps.append(includingBreaks ? ".any" : ".anyButBreak")
    case .anchor(let anchor): steps.append(".place(\(place(anchor)))")
    case .sequence(let nodes): appendSequence(nodes, to: &steps)
    case .alternation(let nodes):
      for node in nodes { append(node, to: &steps) }
      steps.append(".either(\(nodes.count))")
    case .repeated(let node, let min, let max, _):
      append(node, to: &steps)
      steps.append(".repeated(\(min), \(max.map(String.init) ?? "nil"))")
    }
  }

  private static func place(_ anchor: RegexAnchor) -> String {
    switch anchor {
    case .textStart: ".textStart"
    case .textEnd: ".textEnd"
    case .textEndOrFinalBreak: ".textEndOrFinalBreak"
    case .lineStart: ".lineStart"
    case .lineEnd: ".lineEnd"
    case .wordBoundary: ".wordBoundary"
    case .notWordBoundary: ".notWordBoundary"
    }
  }

  /// Neighbouring scalars are one text.
  private static func appendSequence(_ nodes: [RegexNode], to steps: inout [String]) {
    var text = ""
    var count = 0
    func flush() {
      if text.isEmpty { return }
      let short = SwiftLiteral.literal(text)
      steps.append(
        ".text(\(short.scalarCount <= 80 ? short : SwiftLiteral.longLiteral(text, indent: "      ")))")
      text = ""
      count += 1
    }
    for node in nodes {
      if case .scalar(let scalar, _) = node {
        text.unicodeScalars.append(scalar)
      } else {
        flush()
        append(node, to: &steps)
        count += 1
      }
    }
    flush()
    if count > 1 { steps.append(".sequence(\(count))") }
  }

  /// The ranges of a class as a text of their bounds, two scalars a range.
  private static func ranges(_ scalars: ScalarClass) -> String {
    var text = String.UnicodeScalarView()
    for range in scalars.effectiveRanges {
      text.append(range.lowerBound)
      text.append(range.upperBound)
    }
    let literal = SwiftLiteral.literal(String(text))
    return literal.scalarCount <= 80
      ? literal : SwiftLiteral.longLiteral(String(text), indent: "      ")
  }
}
