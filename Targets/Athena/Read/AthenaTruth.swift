import ConcordDetection
import ConcordDiagnostics

/// A three-valued expression as two conditions: of which events it is true, and of which it is false. Of all
/// others it is unknown. Either may be beyond what a condition says; that matters only where it is asked for.
struct AthenaTruth {
  var isTrue: Result<Condition, Diagnostic>
  var isFalse: Result<Condition, Diagnostic>

  init(_ isTrue: Result<Condition, Diagnostic>, _ isFalse: Result<Condition, Diagnostic>) {
    self.isTrue = isTrue
    self.isFalse = isFalse
  }

  init(_ isTrue: Condition, _ isFalse: Condition) {
    self.init(.success(isTrue), .success(isFalse))
  }

  /// Never unknown.
  init(certain condition: Condition) { self.init(condition, .not(condition)) }

  /// Never true and never false.
  static let unknown = AthenaTruth(.always(false), .always(false))

  /// True where the condition holds, false where it does not and the field has a value, unknown where the field
  /// is absent.
  static func test(_ path: FieldPath, _ atom: Atom) -> AthenaTruth {
    let condition = Condition.test(path, atom)
    if case .present = atom { return AthenaTruth(certain: condition) }
    return AthenaTruth(condition, .all([.test(path, .present), .not(condition)]))
  }

  /// Never true; false where the field has a value.
  static func never(_ path: FieldPath) -> AthenaTruth {
    AthenaTruth(.always(false), .test(path, .present))
  }

  /// Three-valued `NOT`.
  var negated: AthenaTruth { AthenaTruth(isFalse, isTrue) }

  /// Three-valued `AND`.
  static func and(_ operands: [AthenaTruth]) -> AthenaTruth {
    AthenaTruth(
      joined(operands.map(\.isTrue)) { .all($0) }, joined(operands.map(\.isFalse)) { AthenaTruth.any($0) })
  }

  /// Three-valued `OR`.
  static func or(_ operands: [AthenaTruth]) -> AthenaTruth {
    AthenaTruth(
      joined(operands.map(\.isTrue)) { AthenaTruth.any($0) }, joined(operands.map(\.isFalse)) { .all($0) })
  }

  private static func joined(
    _ results: [Result<Condition, Diagnostic>], _ join: ([Condition]) -> Condition
  ) -> Result<Condition, Diagnostic> {
    var conditions: [Condition] = []
    for result in results {
      switch result {
      case .success(let condition): conditions.append(condition)
      case .failure: return result
      }
    }
    return .success(join(conditions))
  }

  /// `any`, brought to the shape in which rules are written: `x IS NULL OR x <> 'v'` is `not (x = "v")`, and
  /// `x IS NULL OR x IN ('', 'false', '0')` is `not truthy(x)`.
  static func any(_ conditions: [Condition]) -> Condition {
    var result = conditions
    for (index, condition) in conditions.enumerated() {
      guard case .not(let operand) = condition.kind, case .test(let path, .present) = operand.kind,
        index + 1 < conditions.count
      else { continue }
      switch conditions[index + 1].kind {
      case .all(let parts) where parts.count == 2 && parts[0] == operand:
        guard case .not(let inner) = parts[1].kind, case .test(path, _) = inner.kind else { continue }
        result[index] = parts[1]
      case .test(path, .oneOf(let texts, .exact)) where AthenaTruth.isFalsy(texts) && !path.isOfScalar:
        result[index] = .not(.test(path, .truthy))
      case .always, .test, .some, .anywhere, .place, .not, .all, .any: continue
      }
      result[index + 1] = .always(false)
    }
    return .any(result)
  }

  /// Whether these are the texts that are not truthy.
  static func isFalsy(_ texts: [String]) -> Bool { Set(texts) == Set(AthenaIdioms.falsyTexts) }
}
