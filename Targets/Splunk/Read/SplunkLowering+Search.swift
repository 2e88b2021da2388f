import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// The `search` language as conditions. It is two-valued: a comparison on a missing field is false, and NOT of it
// true, as in a condition; `!=` needs the field to be there.
extension SplunkReader {
  mutating func lowered(_ expression: SplunkSearch) throws(Diagnostic) -> Condition {
    switch expression.kind {
    case .keyword, .term: throw .splunkKeyword(expression, expression.span)
    case .macro: throw .splunkPlace(expression.span)
    case .not(let operand): return .not(try lowered(operand), origin: expression.span)
    case .all(let operands): return .all(try lowered(operands), origin: expression.span)
    case .any(let operands): return .any(try lowered(operands), origin: expression.span)
    case .membership(let field, let values):
      let path = try searchedPath(field, expression.span)
      var parts: [Condition] = []
      var texts: [String] = []
      for value in values {
        let part = try equality(path, value, expression.span)
        if case .test(_, .text(let pattern, .ignored)) = part.kind, case .equals(let text) = pattern.shape {
          texts.append(text)
        } else {
          parts.append(part)
        }
      }
      return .any([.test(path, .oneOf(texts, .ignored), origin: expression.span)] + parts)
    case .comparison(let field, let operation, let value):
      let path = try searchedPath(field, expression.span)
      switch operation {
      case .equal: return try equality(path, value, expression.span)
      case .notEqual:
        if path.steps.contains(.each) { throw .splunkMultivalue("!=", expression.span) }
        let present = Condition.test(path, .present, origin: expression.span)
        warnNull(expression.span)
        return .all([present, .not(try equality(path, value, expression.span))])
      case .less, .lessOrEqual, .greater, .greaterOrEqual:
        throw .splunkOrder(field, operation.rawValue, value.text, expression.span)
      }
    }
  }

  private mutating func lowered(_ operands: [SplunkSearch]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for operand in operands { result.append(try lowered(operand)) }
    return result
  }

  private mutating func searchedPath(_ field: String, _ span: Span?) throws(Diagnostic) -> FieldPath {
    if SplunkSearchEvaluator.places.contains(field) { throw .splunkPlace(span) }
    let binding = bindings[ScalarText(field)] ?? SplunkBindings.extracted(field)
    switch binding {
    case .single(let path, _), .elements(let path), .extracted(let path):
      if case .extracted = binding { warnComputed(path, span) }
      return path
    case .quotedElements, .computed: throw .splunkComputed(field, span)
    }
  }

  /// `field=value`: letter case ignored, `*` a wildcard, a network its addresses.
  private mutating func equality(
    _ path: FieldPath, _ value: SplunkSearchValue, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    let letterCase: LetterCase = value.isCased ? .exact : .ignored
    if letterCase == .ignored, !SplunkAtoms.foldsCertainly(value.text) {
      throw .splunkIgnoredCase(value.text, span)
    }
    let pattern = SplunkWildcards.pattern(value.text)
    if pattern.matches("null", letterCase) {
      if case .equals = pattern.shape { throw .splunkNullWord(span) }
      warnNull(span)
    }
    let text = Condition.test(path, .text(pattern, letterCase), origin: span)
    guard value.text.utf8.contains(0x2F), let network = CIDR(value.text) else { return text }
    return .any([.test(path, .network(network), origin: span), text])
  }

  /// Notes once that JSON null is a text in Splunk's own fields.
  mutating func warnNull(_ span: Span?) {
    let warning = Diagnostic.splunkNullIsText
    if !warnings.contains(where: { $0.message == warning.message }) {
      warnings.append(warning.located(in: source, at: span))
    }
  }

  /// Notes that the AWS add-on computes over `errorCode`.
  mutating func warnComputed(_ path: FieldPath, _ span: Span?) {
    guard path == FieldPath("errorCode") else { return }
    let warning = Diagnostic.splunkErrorCode
    if !warnings.contains(where: { $0.message == warning.message }) {
      warnings.append(warning.located(in: source, at: span))
    }
  }
}
