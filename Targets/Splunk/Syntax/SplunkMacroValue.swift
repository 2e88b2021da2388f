import ConcordDiagnostics
import ConcordLanguages

extension SplunkMacros {
  /// The text that an expression gives which stands for a macro (`iseval`): texts, joined by `.` or `+`, chosen by `if` and
  /// `case` over texts that are equal or not. `nil` where it is anything else, such as a time or a look at the server.
  static func computed(_ definition: String) -> String? {
    var parser = SplunkEvalParser(SplunkCursor(Source(name: "macro", text: definition)))
    guard let expression = try? parser.expression(), (try? parser.cursor.skipBlanks()) != nil,
      parser.cursor.next == nil
    else { return nil }
    return expression.macroText
  }
}

extension SplunkEval {
  /// The text that it gives, where that depends on nothing.
  fileprivate var macroText: String? {
    switch kind {
    case .string(let text): return text
    case .arithmetic(.concatenate, let left, let right), .arithmetic(.add, let left, let right):
      guard let left = left.macroText, let right = right.macroText else { return nil }
      return left + right
    case .call("if", let arguments):
      guard arguments.count == 3, let truth = arguments[0].macroTruth else { return nil }
      return arguments[truth ? 1 : 2].macroText
    case .call("case", let arguments):
      guard arguments.count.isMultiple(of: 2) else { return nil }
      for index in stride(from: 0, to: arguments.count, by: 2) {
        guard let truth = arguments[index].macroTruth else { return nil }
        if truth { return arguments[index + 1].macroText }
      }
      return nil
    case .number, .field, .call, .not, .all, .any, .exclusive, .comparison, .membership, .like, .arithmetic:
      return nil
    }
  }

  /// Whether it is true, where that depends on nothing.
  private var macroTruth: Bool? {
    switch kind {
    case .comparison(let operation, let left, let right):
      guard operation.ordered == nil, let left = left.macroText, let right = right.macroText else {
        return nil
      }
      // How texts compare that are numbers is a question of its own.
      guard Double(left) == nil || Double(right) == nil else { return nil }
      return left.sameScalars(as: right) == (operation == .equal)
    case .call("true", []): return true
    case .call("false", []): return false
    case .not(let operand): return operand.macroTruth.map(!)
    case .string, .number, .field, .call, .all, .any, .exclusive, .membership, .like, .arithmetic: return nil
    }
  }
}
