@testable import ConcordPanther

/// A tree of Python as one line, in the words of CPython's own `ast`, so that both can be compared.
enum PythonOutline {
  static func of(_ statements: [PythonStatement]) -> String {
    statements.map(of).joined(separator: " ")
  }

  static func of(_ statement: PythonStatement) -> String {
    switch statement.kind {
    case .expression(let value): "(expr \(of(value)))"
    case .assignment(let targets, let value): "(= \(targets.map(of).joined(separator: " ")) \(of(value)))"
    case .augmented(let target, let sign, let value): "(\(sign)= \(of(target)) \(of(value)))"
    case .returned(let value): "(return \(value.map(of) ?? "-"))"
    case .branch(let condition, let then, let other): "(if \(of(condition)) [\(of(then))] [\(of(other))])"
    case .loop(let target, let iterated, let body, let other):
      "(for \(of(target)) \(of(iterated)) [\(of(body))] [\(of(other))])"
    case .attempt(let body, let handlers, let other, let finally):
      "(try [\(of(body))] \(handlers.map { "[\(of($0.body))]" }.joined()) [\(of(other))] [\(of(finally))])"
    case .function(let function):
      "(def \(function.name) (\(parameters(function.parameters))) [\(of(function.body))])"
    case .type(let type):
      "(class \(type.name) (\(type.bases.map(of).joined(separator: " "))) [\(of(type.body))])"
    case .imported, .importedNames: "(import)"
    case .passed: "(pass)"
    case .broken: "(break)"
    case .continued: "(continue)"
    case .raised: "(raise)"
    case .global(let names): "(global \(names.joined(separator: " ")))"
    case .other(let word): "(\(word))"
    case .unreadable: "(unreadable)"
    }
  }

  private static func parameters(_ parameters: [PythonExpression.Parameter]) -> String {
    parameters.map { $0.stars + $0.name + ($0.value.map { "=" + of($0) } ?? "") }.joined(separator: " ")
  }

  static func of(_ expression: PythonExpression) -> String {
    switch expression.kind {
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .number(let text): text
    case .string(let text): quoted(text)
    case .ellipsis: "..."
    case .bytes: "bytes"
    case .name(let name): name
    case .formatted(let parts): "(f \(parts.map(part).joined(separator: " ")))"
    case .list(let items): "[\(list(items))]"
    case .tuple(let items): "(tuple \(list(items)))"
    case .set(let items): "{\(list(items))}"
    case .dictionary(let entries):
      "{\(entries.map { "\($0.key.map(of) ?? "**"):\(of($0.value))" }.joined(separator: " "))}"
    case .attribute(let base, let name): "(. \(of(base)) \(name))"
    case .element(let base, let index): "(at \(of(base)) \(of(index)))"
    case .slice(let base, let start, let end, let step):
      "(slice \(of(base)) \([start, end, step].map { $0.map(of) ?? "-" }.joined(separator: " ")))"
    case .call(let function, let arguments):
      "(call \(([of(function)] + arguments.map { $0.stars + ($0.name.map { "\($0)=" } ?? "") + of($0.value) }).joined(separator: " ")))"
    case .not(let operand): "(not \(of(operand)))"
    case .sign(let sign, let operand): "(\(sign) \(of(operand)))"
    case .and(let operands): "(and \(operands.map(of).joined(separator: " ")))"
    case .or(let operands): "(or \(operands.map(of).joined(separator: " ")))"
    case .comparison(let first, let steps):
      "(cmp \(of(first))\(steps.map { " \($0.sign) \(of($0.operand))" }.joined()))"
    case .operation(let left, let sign, let right): "(\(sign) \(of(left)) \(of(right)))"
    case .choice(let condition, let then, let other): "(choice \(of(condition)) \(of(then)) \(of(other)))"
    case .assigned(let name, let value): "(:= \(name) \(of(value)))"
    case .lambda(let own, let body): "(lambda (\(parameters(own))) \(of(body)))"
    case .comprehension(let made): "(\(made.form.word) \(of(made)))"
    case .other(let word): "(\(word))"
    }
  }

  private static func of(_ made: PythonExpression.Comprehension) -> String {
    var words = [of(made.item)]
    if case .dictionary(let value) = made.form { words.append(of(value)) }
    for loop in made.loops {
      words += ["for", of(loop.target), of(loop.iterated)]
      for condition in loop.conditions { words += ["if", of(condition)] }
    }
    return words.joined(separator: " ")
  }

  private static func list(_ items: [PythonExpression.Item]) -> String {
    items.map { ($0.isSpread ? "*" : "") + of($0.value) }.joined(separator: " ")
  }

  private static func part(_ part: PythonExpression.FormattedPart) -> String {
    switch part {
    case .text(let text): quoted(text)
    case .field(let value, let isPlain): of(value) + (isPlain ? "" : "!")
    }
  }

  private static func quoted(_ text: String) -> String {
    "\""
      + text.unicodeScalars.map {
        $0.value < 0x20 || $0.value > 0x7E || $0 == "\"" ? "<\(String($0.value, radix: 16))>" : String($0)
      }.joined() + "\""
  }
}

extension PythonExpression.Comprehension.Form {
  var word: String {
    switch self {
    case .list: "listcomp"
    case .set: "setcomp"
    case .generator: "gen"
    case .dictionary: "dictcomp"
    }
  }
}
