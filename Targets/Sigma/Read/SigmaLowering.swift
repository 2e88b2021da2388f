import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Lowers the detection of a document to a condition. What is wrong with it is all collected, and stands in the
/// condition as what is always true.
struct SigmaLowering {
  /// What is wrong with the detection (`E304`, `E202` to `E330`), and what is odd about it.
  private(set) var issues = SigmaIssues()
  private let selections: [SigmaSelection]
  private var used: Set<String> = []
  private var lowered: [String: Condition] = [:]

  init(_ document: SigmaDocument) { selections = document.selections }

  /// The condition that the document's conditions mean: some of them holds. It is one to use where no errors come
  /// with it. Of a document that is known to be read in part only, nothing is said about unused selections.
  static func condition(
    of document: SigmaDocument, isPartial: Bool = false
  ) -> (condition: Condition, issues: SigmaIssues) {
    var lowering = SigmaLowering(document)
    let operands = document.conditions.map { lowering.condition($0) }
    for selection in document.selections where !lowering.used.contains(selection.name) {
      if !isPartial { lowering.issues.warnings.append(.sigmaUnused(selection.name, at: selection.span)) }
      // What an unused selection says must still be Sigma.
      _ = lowering.condition(selection.body)
    }
    return (.any(operands), lowering.issues)
  }

  private mutating func condition(_ expression: SigmaExpression) -> Condition {
    switch expression.kind {
    case .selection(let name):
      guard let selection = selections.first(where: { $0.name == name }) else {
        issues.errors.append(.sigmaUndefined(name, among: selections.map(\.name), at: expression.span))
        return .always(true)
      }
      return condition(selection)
    case .oneOf(let pattern):
      return .any(conditions(pattern, at: expression.span), origin: expression.span)
    case .allOf(let pattern):
      return .all(conditions(pattern, at: expression.span), origin: expression.span)
    case .not(let operand):
      return .not(condition(operand), origin: expression.span)
    case .and(let operands):
      return .all(operands.map { condition($0) }, origin: expression.span)
    case .or(let operands):
      return .any(operands.map { condition($0) }, origin: expression.span)
    }
  }

  private mutating func conditions(_ pattern: SigmaExpression.Pattern, at span: Span?) -> [Condition] {
    var result: [Condition] = []
    for selection in selections where pattern.covers(selection.name) { result.append(condition(selection)) }
    if result.isEmpty {
      issues.errors.append(.sigmaNoMatch(pattern.description, among: selections.map(\.name), at: span))
    }
    return result
  }

  private mutating func condition(_ selection: SigmaSelection) -> Condition {
    if let known = lowered[selection.name] { return known }
    used.insert(selection.name)
    let condition = condition(selection.body)
    lowered[selection.name] = condition
    return condition
  }

  private mutating func condition(_ body: SigmaSelectionBody) -> Condition {
    switch body {
    case .map(let items): .all(items.map { condition($0) })
    case .list(let bodies): .any(bodies.map { condition($0) })
    case .keyword(let scalar): condition(SigmaItem("", [], [scalar], span: scalar.span))
    case .every(let bodies): .all(bodies.map { condition($0) })
    }
  }

  private mutating func condition(_ item: SigmaItem) -> Condition {
    issues.attempt { issues throws(Diagnostic) in
      try SigmaLowering.condition(item, &issues)
    } ?? .always(true)
  }

  private static func condition(
    _ item: SigmaItem, _ issues: inout SigmaIssues
  ) throws(Diagnostic) -> Condition {
    let test = try item.test(warnings: &issues.warnings)
    let path = item.field.isEmpty ? nil : try SigmaFields.path(item.field, at: item.span)
    var values: [Condition] = []
    values.reserveCapacity(test.values.count)
    for probes in test.values {
      if probes.count == 1 {
        values.append(try SigmaLowering.condition(probes[0], path, at: test.span))
        continue
      }
      var variants: [Condition] = []
      for probe in probes { variants.append(try SigmaLowering.condition(probe, path, at: test.span)) }
      values.append(.any(SigmaLowering.joined(variants)))
    }
    let whole: Condition = test.isAll ? .all(values) : .any(SigmaLowering.joined(values))
    return test.isNegated ? .not(whole, origin: item.span) : whole
  }

  private static func condition(
    _ probe: SigmaAtom, _ path: FieldPath?, at span: Span?
  ) throws(Diagnostic) -> Condition {
    guard let path else {
      guard case .text(let pattern, let letterCase) = probe else { throw .sigmaKeywordKind(at: span) }
      return .anywhere(Pattern([.anyRun] + pattern.pieces + [.anyRun]), letterCase, origin: span)
    }
    switch probe {
    case .text(let pattern, let letterCase): return .test(path, .text(pattern, letterCase), origin: span)
    case .regex(let regex): return .test(path, .regex(regex), origin: span)
    case .number(let comparison, let number): return .test(path, .number(comparison, number), origin: span)
    case .network(let network): return .test(path, .network(network), origin: span)
    case .reference(let other):
      return .test(path, .sameAs(try SigmaFields.path(other, at: span), .ignored), origin: span)
    case .null, .exists(false): return .not(.test(path, .present, origin: span), origin: span)
    case .exists(true): return .test(path, .present, origin: span)
    }
  }

  /// The tests with all that compare one field with a whole text, in one letter case, as one.
  private static func joined(_ conditions: [Condition]) -> [Condition] {
    var others: [Condition] = []
    var whole: (place: Int, path: FieldPath, letterCase: LetterCase, origin: Span?)?
    var texts: [String] = []
    if conditions.count == 1 { return conditions }
    for condition in conditions {
      guard case .test(let path, .text(let pattern, let letterCase)) = condition.kind,
        case .equals(let text) = pattern.shape
      else {
        others.append(condition)
        continue
      }
      texts.append(text)
      if whole == nil { whole = (others.count, path, letterCase, condition.origin) }
    }
    guard let whole else { return others }
    let joined = Condition.test(whole.path, .oneOf(texts, whole.letterCase), origin: whole.origin)
    others.insert(joined, at: whole.place)
    return others
  }
}

/// Field names.
enum SigmaFields {
  /// The path that a field's name means: its dots join names. Throws `E304` for a name that is empty.
  static func path(_ name: String, at span: Span?) throws(Diagnostic) -> FieldPath {
    let names = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard !names.contains(""), let path = FieldPath(steps: names.map(FieldPath.Step.name)) else {
      throw .sigmaFieldName(name, at: span)
    }
    return path
  }
}
