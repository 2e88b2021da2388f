import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// The `search` language as conditions. It is two-valued: a comparison on a missing field is false, and NOT of it
// true, as in a condition; `!=` needs the field to be there.
extension SplunkReader {
  mutating func lowered(_ expression: SplunkSearch) throws(Diagnostic) -> Condition {
    switch expression.kind {
    case .keyword, .term: throw .splunkKeyword(expression, expression.span)
    case .macro(let text):
      let use = SplunkMacroUse(text)
      guard placeMacros.contains(use.name) else { throw .splunkMacroUnknown(use, source, expression.span) }
      return .place(SplunkPlaces.macro, .text(.equals(text), .exact), origin: expression.span)
    case .not(let operand): return .not(try lowered(operand), origin: expression.span)
    case .all(let operands): return .all(try lowered(operands), origin: expression.span)
    case .any(let operands): return .any(try lowered(operands), origin: expression.span)
    case .membership(let field, _) where isAddOnsAccount(field),
      .comparison(let field, _, _) where isAddOnsAccount(field):
      let record = try lowered(expression.asking(SplunkCloudTrailAddOn.accountOfService))
      let user = try lowered(expression.asking(SplunkCloudTrailAddOn.accountOfUser))
      return SplunkCloudTrailAddOn.account(ofService: record, ofUser: user, at: expression.span)
    case .membership(let field, let values):
      if let fact = place(field) { return try asked(fact, oneOf: values, expression.span) }
      if case .expression(let held)? = bindings[ScalarText(field)] {
        var parts: [Condition] = []
        for value in values { parts.append(try searched(held, value, expression.span)) }
        return .any(parts, origin: expression.span)
      }
      if case .looked(let looked)? = bindings[ScalarText(field)] {
        var parts: [Condition] = []
        for value in values { parts.append(try searched(looked, .equal, value, expression.span)) }
        return .any(parts, origin: expression.span)
      }
      let path = try searchedPath(field, expression.span)
      var parts: [Condition] = []
      var texts: [String] = []
      for value in values {
        let part = try equality(path, value, expression.span)
        let isNetwork = value.text.utf8.contains(0x2F) && CIDR(value.text) != nil
        if !value.isCased, !isNetwork, case .equals(let text) = SplunkWildcards.pattern(value.text).shape {
          texts.append(text)
        } else {
          parts.append(part)
        }
      }
      return .any([question(path, .oneOf(texts, .ignored), expression.span)] + parts)
    case .comparison(let field, let operation, let value):
      if let fact = place(field) { return try asked(fact, operation, value, expression.span) }
      if operation == .equal, case .expression(let held)? = bindings[ScalarText(field)] {
        return try searched(held, value, expression.span)
      }
      if case .looked(let looked)? = bindings[ScalarText(field)] {
        return try searched(looked, operation, value, expression.span)
      }
      let path = try searchedPath(field, expression.span)
      switch operation {
      case .equal: return try equality(path, value, expression.span)
      case .unequal: return try inequality(path, value, expression.span)
      case .less, .lessOrEqual, .greater, .greaterOrEqual:
        throw .splunkOrder(field, operation.text, value.text, expression.span)
      }
    }
  }

  private mutating func lowered(_ operands: [SplunkSearch]) throws(Diagnostic) -> [Condition] {
    var result: [Condition] = []
    for operand in operands { result.append(try lowered(operand)) }
    return result
  }

  private mutating func searchedPath(_ field: String, _ span: Span?) throws(Diagnostic) -> FieldPath {
    if SplunkPlaces.time(field) != nil { throw .splunkPlace(span) }
    if SplunkPlaces.fact(field) == nil, SplunkPlaces.isOfSearch(field) {
      throw .splunkUnread("`\(field)`, which is no field in `search`", span)
    }
    let binding = bindings[ScalarText(field)] ?? own(field)
    switch binding {
    case .single(let path, _), .elements(let path), .extracted(let path):
      if case .extracted = binding { warnComputed(path, span) }
      return path
    case .quotedElements, .expression, .shown, .span, .hops, .looked, .computed: throw notInEvent(field, span)
    }
  }

  /// `field!=value`: the field is there, and has another value.
  private mutating func inequality(
    _ path: FieldPath, _ value: SplunkSearchValue, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    if path.steps.contains(.each) { throw .splunkMultivalue("!=", span) }
    let present = question(path, .present, span)
    let (pattern, letterCase) = (
      SplunkWildcards.pattern(value.text), value.isCased ? LetterCase.exact : .ignored
    )
    // JSON null is the text `null`, so it is not found, and neither is what is absent.
    if pattern.matches("null", letterCase), SplunkLiteral.foldsCertainly(value.text) {
      return .all([present, .not(question(path, .text(pattern, letterCase), span))])
    }
    warnNull(span)
    return .all([present, .not(try equality(path, value, span))])
  }

  /// `field=value`: letter case ignored, `*` a wildcard, a network its addresses.
  mutating func equality(
    _ path: FieldPath, _ value: SplunkSearchValue, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    let letterCase: LetterCase = value.isCased ? .exact : .ignored
    if letterCase == .ignored, !SplunkLiteral.foldsCertainly(value.text) {
      throw .splunkIgnoredCase(value.text, span)
    }
    let pattern = SplunkWildcards.pattern(value.text)
    if pattern.matches("null", letterCase) {
      if case .equals = pattern.shape { throw .splunkNullWord(span) }
      warnNull(span)
    }
    let text = question(path, .text(pattern, letterCase), span)
    guard value.text.utf8.contains(0x2F), let network = CIDR(value.text) else { return text }
    return .any([.test(path, .network(network), origin: span), text])
  }

  /// Whether a field is the add-on's `aws_account_id`, which is one of two fields of the record.
  private func isAddOnsAccount(_ field: String) -> Bool {
    isCloudTrail && bindings[ScalarText(field)] == nil
      && field.sameScalars(as: SplunkCloudTrailAddOn.accountID)
  }

  /// Notes once that JSON null is a text in Splunk's own fields.
  mutating func warnNull(_ span: Span?) {
    // What a data set holds is no JSON.
    if dataSet != nil { return }
    let warning = Diagnostic.splunkNullIsText
    if !warnings.contains(where: { $0.message == warning.message }) {
      warnings.append(warning.located(in: source, at: span))
    }
  }

  /// A question about a field of `search`.
  private func question(_ path: FieldPath, _ atom: Atom, _ span: Span?) -> Condition {
    guard isCloudTrail, path == SplunkCloudTrailAddOn.errorCode else {
      return .test(path, atom, origin: span)
    }
    return SplunkCloudTrailAddOn.errorCode(atom, at: span)
  }

  /// Notes that the AWS add-on computes over `errorCode`, where the events may be its own.
  mutating func warnComputed(_ path: FieldPath, _ span: Span?) {
    guard !isCloudTrail, !isExtracted, dataSet == nil, path == SplunkCloudTrailAddOn.errorCode else { return }
    let warning = Diagnostic.splunkErrorCode
    if !warnings.contains(where: { $0.message == warning.message }) {
      warnings.append(warning.located(in: source, at: span))
    }
  }

  /// What a field holds that the search has not set: the event's, by its own name or the add-on's.
  func own(_ name: String) -> SplunkBinding {
    if !keeps(name) || SplunkPlaces.isOfIndexer(name) { return .computed }
    // Beside fields that an add-on extracts, the place is one of them.
    if !isExtracted, let fact = SplunkPlaces.fact(name) { return .shown(fact) }
    guard isCloudTrail else { return SplunkBinding.extracted(name) }
    if SplunkCloudTrailAddOn.computed.contains(name) { return .computed }
    return SplunkCloudTrailAddOn.aliases[name].map(SplunkBinding.extracted)
      ?? SplunkBinding.extracted(name)
  }

  /// Why a field that is not in the event is not read.
  func notInEvent(_ name: String, _ span: Span?) -> Diagnostic {
    bindings[ScalarText(name)] == nil && isCloudTrail && SplunkCloudTrailAddOn.computed.contains(name)
      ? .splunkAddOnComputes(name, span) : .splunkComputed(name, span)
  }
}

extension SplunkSearch {
  /// The same question of another field.
  fileprivate func asking(_ field: String) -> SplunkSearch {
    switch kind {
    case .membership(_, let values): SplunkSearch(.membership(field, values), at: span)
    case .comparison(_, let operation, let value):
      SplunkSearch(.comparison(field, operation, value), at: span)
    case .keyword, .term, .macro, .not, .all, .any: self
    }
  }
}
