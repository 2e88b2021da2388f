import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// The functions of `eval` (Search Reference, "Evaluation functions").
extension SplunkEvaluator {
  func call(
    _ name: String, _ arguments: [SplunkEval], _ span: Span?, _ row: SplunkRow
  ) throws(Diagnostic) -> SplunkValue {
    // What every question of a text asks, of each event anew.
    switch (name, arguments.count) {
    case ("match", 2):
      guard case .string(let pattern) = arguments[1].kind else { break }
      return try matches(pattern, value(arguments[0], row), span).map { .bool($0) } ?? .null
    case ("lower", 1): return folded(try value(arguments[0], row), lower)
    case ("isnull", 1): return .bool(try value(arguments[0], row).isNull)
    case ("isnotnull", 1): return .bool(try !value(arguments[0], row).isNull)
    default: break
    }
    try SplunkFunctionTable.check(name, arguments, span)
    switch name {
    case "null": return .null
    case "true", "false": return .bool(name == "true")
    case "if":
      let (then, otherwise) = (arguments[1], arguments[2])
      return try value(try holds(arguments[0], row) ? then : otherwise, row)
    case "case":
      for index in stride(from: 0, to: arguments.count - 1, by: 2) where try holds(arguments[index], row) {
        return try value(arguments[index + 1], row)
      }
      return .null
    case "coalesce":
      for argument in arguments {
        let found = try value(argument, row)
        if !found.isNull { return found }
      }
      return .null
    case "in": return try membership(arguments[0], Array(arguments.dropFirst()), span, row)
    case "like": return try like(arguments[0], arguments[1], span, row)
    case "mvfilter": return try filtered(arguments[0], span, row)
    case "searchmatch":
      return .bool(try SplunkSearchEvaluator(reading: reading).found(arguments[0].searched(), row))
    default: break
    }
    var values: [SplunkValue] = []
    for argument in arguments { values.append(try value(argument, row)) }
    if let first = arguments.first, case .field("_raw") = first.kind, let event = row.event,
      values.count == 2,
      let path = values[1].text, let found = json(name, .event(event), path)
    {
      return found
    }
    return try apply(name, values, span)
  }

  /// A function of values.
  private func apply(
    _ name: String, _ values: [SplunkValue], _ span: Span?
  ) throws(Diagnostic) -> SplunkValue {
    let first = values.first ?? .null
    let second = values.count > 1 ? values[1] : .null
    switch name {
    case "isbool": if case .bool = first { return .bool(true) } else { return .bool(false) }
    case "isnum": return .bool(first.number != nil)
    case "isstr": return .bool(first.number == nil && first.text != nil)
    case "mvcount":
      if case .list(let items) = first { return .number(Double(items.count)) }
      return first.isNull ? .null : .number(1)
    case "mvfind":
      guard let pattern = second.text else { return .null }
      for (index, item) in items(first).enumerated() where try matches(pattern, .text(item), span) == true {
        return .number(Double(index))
      }
      return .null
    case "mvappend":
      // What becomes of NULL is not documented.
      if values.contains(where: \.isNull) { throw .splunkUnread("`mvappend` of NULL", span) }
      return SplunkValue(values: values.flatMap(items))
    case "mvrange":
      return try range(from: first, to: second, by: values.count > 2 ? values[2] : .number(1), span)
    case "upper": return folded(first) { $0.uppercased() }
    case "json_array_to_mv":
      let keepsQuotes = if case .bool(true) = second { true } else { false }
      return first.text.map { SplunkJSON.elements($0, keepsQuotes: keepsQuotes) } ?? .null
    default: break
    }
    for value in values { if case .list = value { throw .splunkMultivalue(name, span) } }
    return try applySingle(name, first, second, values.count > 2 ? values[2] : .null, span)
  }

  /// The numbers from one up to another, which is none of them (Search Reference, "mvrange").
  private func range(
    from first: SplunkValue, to end: SplunkValue, by step: SplunkValue, _ span: Span?
  ) throws(Diagnostic) -> SplunkValue {
    guard let low = first.number, let high = end.number, let step = step.number else { return .null }
    guard step > 0, (high - low) / step <= 100_000 else {
      throw .splunkUnread("`mvrange` of so many numbers", span)
    }
    return SplunkValue(values: stride(from: low, to: high, by: step).map(SplunkValue.text))
  }

  /// A function of single values.
  private func applySingle(
    _ name: String, _ first: SplunkValue, _ second: SplunkValue, _ third: SplunkValue, _ span: Span?
  ) throws(Diagnostic) -> SplunkValue {
    switch name {
    case "match":
      guard let pattern = second.text, let found = try matches(pattern, first, span) else { return .null }
      return .bool(found)
    case "cidrmatch":
      guard let net = first.text, let text = second.text else { return .null }
      guard let network = CIDR(net), let address = IPAddress(text) else { return .bool(false) }
      // Whether a mapped address is in an IPv4 network is not documented; taken as not.
      let isSameKind = text.utf8.contains(0x3A) == net.utf8.contains(0x3A)
      return .bool(isSameKind && network.contains(address))
    case "replace":
      guard let text = first.text, let pattern = second.text, let with = third.text else { return .null }
      return .text(try SplunkRegexMatcher.replacing(pattern, in: text, with: with))
    case "len": return first.text.map { .number(Double($0.unicodeScalars.count)) } ?? .null
    case "tostring":
      switch first {
      case .null: return .text("Null")
      case .bool(let value): return .text(value ? "True" : "False")
      case .text, .number, .list: return first.text.map(SplunkValue.text) ?? .null
      }
    case "floor": return first.number.map { .number($0.rounded(.down)) } ?? .null
    case "tonumber": return first.number.map(SplunkValue.number) ?? .null
    case "nullif":
      if let a = first.text, let b = second.text, a.sameScalars(as: b) { return .null }
      return first
    case "json_extract", "json_extract_exact", "spath":
      guard let text = first.text, let path = second.text, let json = try? JSON.parse(text) else {
        return .null
      }
      return self.json(name, .value(json), path) ?? .null
    default: throw .splunkFunction(name, span)
    }
  }

  private func json(_ name: String, _ json: SplunkDocument, _ path: String) -> SplunkValue? {
    switch name {
    case "json_extract": SplunkJSON.extract(json, path: path)
    case "json_extract_exact": SplunkJSON.extractExact(json, key: path)
    case "spath": SplunkJSON.spath(json, path: path)
    default: nil
    }
  }

  private func folded(_ value: SplunkValue, _ fold: (String) -> String) -> SplunkValue {
    if case .list(let items) = value { return .list(items.map(fold)) }
    return value.text.map { .text(fold($0)) } ?? .null
  }

  private func items(_ value: SplunkValue) -> [String] {
    if case .list(let items) = value { return items }
    return value.text.map { [$0] } ?? []
  }

  /// `mvfilter`: the values of the one field that the expression names for which it is true.
  private func filtered(
    _ expression: SplunkEval, _ span: Span?, _ row: SplunkRow
  ) throws(Diagnostic) -> SplunkValue {
    let names = Set(expression.fields.map(ScalarText.init))
    guard let name = names.first?.string, names.count == 1 else { throw .splunkFilterFields(span) }
    let whole = row[name]
    let found = items(whole)
    if found.isEmpty { return .null }
    let element = SplunkRow(fields: [])
    var kept: [String] = []
    for item in found {
      element[name] = .text(item)
      if try holds(expression, element) { kept.append(item) }
    }
    return kept.isEmpty ? .null : .list(kept)
  }
}
