import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// `json_extract_scalar` is NULL where there is no value, and of an object or an array as well. A condition knows one
// absence only. While a statement is read, its paths are marked, and "present" of a marked path asks whether a text,
// number or boolean stands there; in the end no such question may be left.

extension FieldPath {
  /// A step that no path has: only a text, number or boolean is a value here.
  private static let scalarMark = Step.index(-1)

  /// The path as `json_extract_scalar` follows it.
  var ofScalar: FieldPath { self + [FieldPath.scalarMark] }

  /// Whether only a text, number or boolean is a value at its end.
  var isOfScalar: Bool { steps.last == FieldPath.scalarMark }

  /// Whether its value is an element of an array.
  var passesArray: Bool { steps.contains(.each) }

  /// The path without that mark.
  var unmarked: FieldPath { isOfScalar ? FieldPath(steps: steps.dropLast()) ?? self : self }
}

extension Condition {
  /// The condition on the paths themselves, and a path of `json_extract_scalar` whose other NULLs it tells from an
  /// absent field, where there is one: then no condition says what the statement does.
  ///
  /// A question that is true of a text is false of everything that is no scalar. So "is a scalar" may be taken for true
  /// wherever, all other questions about that value being false, it does not matter.
  func onPaths() -> (condition: Condition, undecided: FieldPath?) {
    var condition = self
    for path in paths where path.isOfScalar {
      let isScalar = condition.assuming(path, isScalar: true, others: false)
      guard isScalar == condition.assuming(path, isScalar: false, others: false) else {
        return (condition, path.unmarked)
      }
      condition = condition.assuming(path, isScalar: true, others: nil)
    }
    return (condition.mapPaths { $0.unmarked }, nil)
  }

  /// The condition where it is given whether a scalar stands there, and, unless `nil`, what the other questions about
  /// it give.
  private func assuming(_ path: FieldPath, isScalar: Bool, others: Bool?) -> Condition {
    switch kind {
    case .always, .anywhere, .place: return self
    case .test(path, .present): return .always(isScalar)
    case .test(let own, .sameAs(let other, _)):
      return own == path || other == path ? others.map { .always($0) } ?? self : self
    case .test(let own, _): return own == path ? others.map { .always($0) } ?? self : self
    case .some(let own, let operand):
      return .some(own, operand.assuming(path, isScalar: isScalar, others: others), origin: origin)
    case .not(let operand):
      return .not(operand.assuming(path, isScalar: isScalar, others: others), origin: origin)
    case .all(let operands):
      return .all(operands.map { $0.assuming(path, isScalar: isScalar, others: others) }, origin: origin)
    case .any(let operands):
      return .any(operands.map { $0.assuming(path, isScalar: isScalar, others: others) }, origin: origin)
    }
  }
}

extension AthenaLowering {
  /// The condition on the event's own fields. Throws where the statement tells a value that is no scalar from an absent
  /// one.
  func onPaths(_ condition: Condition, in predicate: AthenaExpression) throws(Diagnostic) -> Condition {
    let (result, undecided) = condition.onPaths()
    guard let undecided else {
      try checkJSONTexts(result, in: predicate)
      return result
    }
    throw beyond(
      predicate.scalar(at: undecided) ?? predicate,
      "`json_extract_scalar` is NULL of an object or array too, and this tells one at `\(undecided)` from other values",
      help: "write `COALESCE(json_format(json_extract(…)) <> 'null', FALSE)` for a value that is there",
      "write `NOT COALESCE(json_extract_scalar(…) = …, FALSE)` where one that is missing passes")
  }
}

extension AthenaLowering {
  /// Throws where the text of a column is asked that holds an object as JSON, and the answer depends on how that text is
  /// spaced and escaped: nothing says how the table's reader does it.
  private func checkJSONTexts(_ condition: Condition, in predicate: AthenaExpression) throws(Diagnostic) {
    switch condition.kind {
    case .always, .anywhere, .place: break
    case .some(_, let operand), .not(let operand): try checkJSONTexts(operand, in: predicate)
    case .all(let list), .any(let list): for operand in list { try checkJSONTexts(operand, in: predicate) }
    case .test(let path, let atom):
      guard path.steps.count == 1, operands.table.isJSONColumn(path.description) else { return }
      switch atom {
      case .present, .truthy: return
      case .text(let pattern, _):
        guard case .anyRun? = pattern.pieces.first, case .anyRun? = pattern.pieces.last,
          pattern.literals.allSatisfy(AthenaJSONPath.isSpelledOneWay)
        else { break }
        return
      case .oneOf, .regex, .number, .network, .sameAs, .array: break
      }
      throw beyond(
        predicate.question(of: path) ?? predicate,
        "`\(path)` is an object, and how its JSON text is spaced and escaped is not documented",
        help: "ask about one of its fields: `json_extract_scalar(\(path), '$.name') = 'x'`")
    }
  }
}

extension AthenaExpression {
  /// The first expression that asks about the column as a whole.
  fileprivate func question(of path: FieldPath) -> AthenaExpression? {
    var found: AthenaExpression?
    forEachOperand { operand in
      if case .name(let name) = operand.kind, AthenaLiteral.isSameName(name, path.description) {
        found = found ?? self
      }
    }
    if found == nil { forEachOperand { found = found ?? $0.question(of: path) } }
    return found
  }

  /// The first call of `json_extract_scalar` that leads to that path's end.
  fileprivate func scalar(at path: FieldPath) -> AthenaExpression? {
    if case .call("json_extract_scalar", let arguments) = kind, arguments.count == 2,
      case .string(let text) = arguments[1].kind, let steps = AthenaJSONPath.steps(text),
      path.steps.reversed().starts(with: steps.reversed())
    {
      return self
    }
    var found: AthenaExpression?
    forEachOperand { found = found ?? $0.scalar(at: path) }
    return found
  }
}
