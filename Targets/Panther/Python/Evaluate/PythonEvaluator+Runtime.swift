import ConcordDetection
import ConcordDiagnostics

// The functions of rules that Concord wrote, known by their tokens.
extension PythonEvaluator {
  /// The path by which the leaves of the event go, until they become a question of their own. No key has it: it is no
  /// character.
  private static let leaves = FieldPath("\u{FFFF}leaves\u{FFFF}")

  /// Which function of the runtime it is: one whose tokens are known, and all that it calls with it, by names that mean
  /// in its module what they mean in what Concord writes.
  func runtime(_ function: PythonFunction, _ scope: PythonScope) -> PythonRuntime? {
    guard let part = PythonRuntime(rawValue: function.name), function.decorators.isEmpty,
      function.digest == PythonRuntime.digests[part], !scope.isSpoiled
    else { return nil }
    let parts = part.closure
    let imports = parts.reduce(into: Set<PythonImport>()) { $0.formUnion($1.imports) }
    let names = parts.map(\.rawValue) + imports.map(\.rawValue) + PythonRuntime.builtins
    if names.contains(where: { scope.changing.contains($0) || scope.reassigned.contains($0) }) { return nil }
    if PythonRuntime.builtins.contains(where: { scope.names[$0] != nil }) { return nil }
    for one in imports {
      guard case .known(one.known)? = scope.names[one.rawValue]?.value.single else { return nil }
    }
    for one in parts {
      guard case .function(let own, let home, _)? = scope.names[one.rawValue]?.value.single, home === scope,
        own.decorators.isEmpty, own.digest == PythonRuntime.digests[one]
      else { return nil }
    }
    return part
  }

  /// What a call of such a function amounts to.
  mutating func runtime(
    _ part: PythonRuntime, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    func unread() -> PythonCases {
      PythonCases(.opaque(refusal(.notRead("this call of `\(part.rawValue)`", span, in: source))))
    }
    guard arguments.named.isEmpty, let first = arguments.positional.first else { return unread() }
    if part == .fold { return try folded(first, span) }
    guard let base = steps(before: first, part) else { return unread() }
    let rest = Array(arguments.positional.dropFirst())
    switch part {
    case .leaves:
      guard rest.isEmpty else { return unread() }
      asksLeaves = true
      return found(PythonEvaluator.leaves, [.compared])
    case .sameText:
      guard (2...3).contains(rest.count), let path = tuple(rest[0], base), let other = tuple(rest[1], base)
      else {
        return unread()
      }
      var letterCase = LetterCase.exact
      if rest.count == 3 {
        guard case .function(let change, let scope, _)? = rest[2].single, runtime(change, scope) == .fold
        else { return unread() }
        letterCase = .ignored
      }
      return PythonCases(PythonTruth(.test(path, .sameAs(other, letterCase), origin: place(span))))
    case .texts, .present, .truthy, .numbers, .addresses, .each, .holdsArray:
      guard let path = path(rest, base), path != PythonEvaluator.leaves else { return unread() }
      switch part {
      case .present: return PythonCases(PythonTruth(.test(path, .present, origin: place(span))))
      case .truthy: return PythonCases(PythonTruth(.test(path, .truthy, origin: place(span))))
      case .holdsArray: return PythonCases(PythonTruth(.test(path, .array, origin: place(span))))
      case .each:
        guard let scope = loopValue(of: path) else { return unread() }
        let value = PythonCases(.field(PythonField(path: scope, isNullAbsent: true)))
        return PythonCases(
          .elements(PythonElements(scopes: [scope], guarded: .test(scope, .present), item: value)))
      case .numbers: return found(path, [.compared, .number])
      case .addresses:
        return elements(path, PythonCases(.address(PythonField(path: path, changes: [.compared]))))
      default: return found(path, [.compared])
      }
    case .values, .textOf, .jsonOf, .decimal, .isArray, .fold: return unread()
    }
  }

  private func found(_ path: FieldPath, _ changes: [PythonField.Change]) -> PythonCases {
    elements(path, PythonCases(.field(PythonField(path: path, changes: changes))))
  }

  private func elements(_ path: FieldPath, _ item: PythonCases) -> PythonCases {
    // One value has but one text.
    let scopes = path.isLoopValue ? [] : [path]
    return PythonCases(.elements(PythonElements(scopes: scopes, guarded: .test(path, .present), item: item)))
  }

  /// The steps to what a function looks into: none to the event, those to one value that is asked several questions;
  /// `nil` of anything else.
  private func steps(before cases: PythonCases, _ part: PythonRuntime) -> [FieldPath.Step]? {
    switch cases.single {
    case .event?: return []
    case .field(let field)? where part != .leaves && field.changes.isEmpty && field.path.isLoopValue:
      return field.path.steps
    default: return nil
    }
  }

  private func tuple(_ cases: PythonCases, _ base: [FieldPath.Step]) -> FieldPath? {
    guard case .sequence(.tuple, let members)? = cases.single else { return nil }
    return path(members, base)
  }

  /// The path of these steps, from there.
  private func path(_ members: [PythonCases], _ base: [FieldPath.Step]) -> FieldPath? {
    var steps = base
    for member in members {
      switch member.single {
      case .text(let name)?: steps.append(.name(name))
      case .number(let number)?:
        guard let index = Int(number.shortest), index >= 0 else { return nil }
        steps.append(.index(index))
      case .known("...")?: steps.append(.each)
      default: return nil
      }
    }
    return FieldPath(steps: steps)
  }

  private mutating func folded(_ text: PythonCases, _ span: Span) throws(Diagnostic) -> PythonCases {
    try map(text) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .text(let text): return PythonCases(.text(LetterCase.lower(text)))
      case .field(var field) where field.changes == [.compared]:
        field.changes.append(.folded)
        return PythonCases(.field(field))
      default:
        return PythonCases(
          .opaque(evaluator.refusal(.notRead("this call of `fold`", span, in: evaluator.source))))
      }
    }
  }

  /// The question about a text in lower case as one that ignores letter case; `nil` where no such text answers yes.
  func folded(_ question: PythonQuestion, _ span: Span) throws(Diagnostic) -> PythonQuestion? {
    func isFolded(_ text: String) -> Bool { LetterCase.lower(text).sameScalars(as: text) }
    switch question {
    case .equals(let text), .prefix(let text), .suffix(let text), .contains(let text), .glob(let text):
      return isFolded(text) ? question : nil
    case .oneOf(let texts):
      let kept = texts.filter(isFolded)
      return kept.isEmpty ? nil : .oneOf(kept)
    case .regex, .number, .notNumber:
      throw refusal(.notRead("this question about a folded text", span, in: source))
    }
  }

  /// The condition with questions about all leaves where it has questions about theirs.
  func leavesAsked(_ condition: Condition, _ span: Span) throws(Diagnostic) -> Condition {
    switch condition.kind {
    case .test(PythonEvaluator.leaves, let atom):
      switch atom {
      case .present: return .anywhere(Pattern([.anyRun]), .exact, origin: condition.origin)
      case .text(let pattern, let letterCase):
        return .anywhere(pattern, letterCase, origin: condition.origin)
      case .oneOf(let texts, let letterCase):
        return .any(texts.map { .anywhere(.equals($0), letterCase, origin: condition.origin) })
      case .truthy, .regex, .number, .network, .sameAs, .array:
        throw refusal(.notRead("this question about all leaves", span, in: source))
      }
    case .some where condition.paths.contains(PythonEvaluator.leaves):
      throw refusal(.notRead("this question about all leaves", span, in: source))
    case .test, .some, .always, .anywhere, .place: return condition
    case .not(let operand): return .not(try leavesAsked(operand, span))
    case .all(let operands):
      return .all(try operands.map { (one) throws(Diagnostic) in try leavesAsked(one, span) })
    case .any(let operands):
      return .any(try operands.map { (one) throws(Diagnostic) in try leavesAsked(one, span) })
    }
  }
}
