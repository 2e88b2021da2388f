import Concord

extension Shortening {
  /// The suggestion for people.
  var lines: [TextLine] {
    let proviso = isSingleValued ? " where each field holds one value" : ""
    var lines: [TextLine] = [
      "  suggestion: \(atoms.after) of \(atoms.before) questions suffice, proved to mean the same\(proviso)"
    ]
    lines += TextLine.lines(of: Notation.print(condition), indent: 4)
    let shown = 10
    lines += steps.prefix(shown).map { "    - \(words($0))" }
    if steps.count > shown { lines.append("    … and \(steps.count - shown) more steps") }
    return lines
  }

  private func words(_ step: Simplification.Step) -> String {
    let part = words(step.part)
    return switch step.reason {
    case .joined(let whole): "\(part) joined into: \(words(whole))"
    case .implies(let other): "\(part) left out: it holds only where this does: \(words(other))"
    case .impliedBy(let other): "\(part) left out: it holds wherever this does: \(words(other))"
    case .neverHolds: "\(part) left out: it never holds"
    case .alwaysHolds: "\(part) left out: it always holds"
    case .cannotMatter: "\(part) left out: the rest decides wherever it would"
    }
  }

  private func words(_ condition: Condition) -> String {
    shortened(Notation.print(condition), to: 120)
  }
}
