import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// The functions of `eval` (Search Reference, "Evaluation functions").
extension SplunkEvaluator {
  /// A call, of whose arguments `part` makes formulas.
  func call(
    _ name: String, _ arguments: [SplunkEval], _ span: Span?, _ part: (SplunkEval) -> SplunkFormula
  ) -> SplunkFormula {
    do throws(Diagnostic) { try SplunkFunctionTable.check(name, arguments, span) } catch {
      return failing(error)
    }
    switch name {
    case "null": return constant(.null)
    case "true", "false": return constant(.bool(name == "true"))
    case "if", "case", "coalesce": return choice(name, arguments, part)
    case "in": return membership(arguments[0], Array(arguments.dropFirst()), span, part)
    case "like": return like(arguments[0], arguments[1], span, part)
    case "mvfilter": return filtered(arguments[0], span, part)
    case "searchmatch":
      let searched: SplunkSearch
      do throws(Diagnostic) { searched = try arguments[0].searched() } catch { return failing(error) }
      let evaluator = SplunkSearchEvaluator(reading: reading)
      return { (row) throws(Diagnostic) in .bool(try evaluator.found(searched, row)) }
    default: break
    }
    let values = arguments.map(part)
    switch name {
    case "lower": return { (row) throws(Diagnostic) in self.folded(try values[0](row), self.lower) }
    case "isnull": return { (row) throws(Diagnostic) in .bool(try values[0](row).isNull) }
    case "isnotnull": return { (row) throws(Diagnostic) in .bool(try !values[0](row).isNull) }
    case "match":
      guard case .string(let pattern) = arguments[1].kind else { break }
      let matches = matching(pattern, span)
      return { (row) throws(Diagnostic) in try matches(values[0](row)).map { .bool($0) } ?? .null }
    case "json_extract", "json_extract_exact", "spath":
      guard case .field("_raw") = arguments[0].kind else { break }
      // The event itself is asked: its text is not made, of which it would be read again.
      let fixed: ((SplunkDocument) -> SplunkValue)? =
        if case .string(let path) = arguments[1].kind { SplunkJSON.function(name, path: path) } else { nil }
      return { (row) throws(Diagnostic) in
        if let fixed, let event = row.event { return fixed(.event(event)) }
        let path = try values[1](row)
        if let event = row.event, let text = path.text {
          return SplunkJSON.function(name, path: text)(.event(event))
        }
        return try self.apply(name, [values[0](row), path], span)
      }
    default: break
    }
    return { (row) throws(Diagnostic) in
      var found: [SplunkValue] = []
      for value in values { found.append(try value(row)) }
      return try self.apply(name, found, span)
    }
  }

  private func failing(_ error: Diagnostic) -> SplunkFormula { { (_) throws(Diagnostic) in throw error } }

  /// `if`, `case` and `coalesce`: the first value whose condition holds, or that is there.
  private func choice(
    _ name: String, _ arguments: [SplunkEval], _ part: (SplunkEval) -> SplunkFormula
  ) -> SplunkFormula {
    let values = arguments.map(part)
    if name == "coalesce" {
      return { (row) throws(Diagnostic) in
        for value in values {
          let found = try value(row)
          if !found.isNull { return found }
        }
        return .null
      }
    }
    let tests = zip(values, arguments).map { test($0, $1.span) }
    if name == "if" {
      return { (row) throws(Diagnostic) in try tests[0](row) ? values[1](row) : values[2](row) }
    }
    return { (row) throws(Diagnostic) in
      for index in stride(from: 0, to: values.count - 1, by: 2) where try tests[index](row) {
        return try values[index + 1](row)
      }
      return .null
    }
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
      return SplunkJSON.function(name, path: path)(.value(json))
    default: throw .splunkFunction(name, span)
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
    _ expression: SplunkEval, _ span: Span?, _ part: (SplunkEval) -> SplunkFormula
  ) -> SplunkFormula {
    let names = Set(expression.fields.map(ScalarText.init))
    guard let name = names.first, names.count == 1 else { return failing(.splunkFilterFields(span)) }
    let holds = test(part(expression), expression.span)
    return { (row) throws(Diagnostic) in
      let found = self.items(row[name])
      if found.isEmpty { return .null }
      let element = SplunkRow(fields: [])
      var kept: [String] = []
      for item in found {
        element[name] = .text(item)
        if try holds(element) { kept.append(item) }
      }
      return kept.isEmpty ? .null : .list(kept)
    }
  }
}
