import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// JSON and casts. [trino JsonExtract.java, JsonPathTokenizer.java]
extension AthenaEvaluator {
  /// `json_extract` gives the JSON value at a path, JSON's null too; `json_extract_scalar` gives the text of a text,
  /// number or boolean, and NULL for null, objects and arrays. Both give NULL where nothing is there and where the
  /// text is not JSON.
  mutating func jsonExtract(_ arguments: [AthenaExpression], scalar: Bool) throws(Diagnostic)
    -> AthenaCompiled
  {
    let base = try compile(arguments[0])
    guard base.kind == .varchar || base.kind == .json else {
      throw mismatch("JSON is `varchar` or `json`, this is `\(base.kind.name)`", arguments[0])
    }
    guard case .string(let path) = arguments[1].kind else {
      throw .unsupportedSQL("a JSON path that is not a literal", in: source, at: arguments[1].span)
    }
    guard let keys = AthenaJSONPath.keys(path) else {
      throw mismatch("invalid JSON path", arguments[1])
    }
    let (source, span) = (source, arguments[0].span)
    return derived(scalar ? .varchar : .json, [base]) { (frame) throws(Diagnostic) in
      let document: String
      switch try base.run(frame) {
      case .json(let text), .varchar(let text): document = text
      default: return .null
      }
      if scalar { return AthenaJSONStream.scalar(of: document, at: keys).map { .varchar($0) } ?? .null }
      do throws(AthenaFailure) {
        guard let value = try AthenaJSONStream.value(of: document, at: keys) else { return .null }
        return .json(try AthenaJSONText.text(value, .extracted))
      } catch { throw error.refused(in: source, at: span) }
    }
  }

  mutating func jsonText(_ argument: AthenaExpression, parses: Bool, _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaCompiled
  {
    let (source, span) = (source, expression.span)
    guard parses else {
      let json = try compile(argument, expecting: .json)
      return derived(.varchar, [json]) { (frame) throws(Diagnostic) in
        guard case .json(let text) = try json.run(frame) else { return .null }
        return .varchar(text)
      }
    }
    let text = try compile(argument, expecting: .varchar)
    return derived(.json, [text]) { (frame) throws(Diagnostic) in
      guard let text = try text.run(frame).text else { return .null }
      let parsed: String?
      do throws(AthenaFailure) {
        let value = try AthenaJSONText.parse(text)
        parsed = if let value { try AthenaJSONText.text(value, .parsed) } else { nil }
      } catch { throw error.refused(in: source, at: span) }
      guard let parsed else { throw .failedCast("json", in: source, at: span) }
      return .json(parsed)
    }
  }

  mutating func cast(
    _ operand: AthenaExpression, _ type: AthenaType, _ orNull: Bool, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    let inner = try compile(operand)
    guard let kind = AthenaKind(type) else {
      throw .unsupportedSQL("a cast to `\(AthenaPrinter.spelled(type))`", in: source, at: expression.span)
    }
    guard inner.kind.canBeCast(to: kind) else {
      throw .unsupportedSQL(
        "a cast from `\(inner.kind.name)` to `\(kind.name)`", in: source, at: expression.span)
    }
    let (source, span) = (source, expression.span)
    return derived(kind, [inner]) { (frame) throws(Diagnostic) in
      let value = try inner.run(frame)
      if value.isNull { return .null }
      let result: AthenaValue?
      do throws(AthenaFailure) { result = try AthenaCast.cast(value, to: kind) } catch {
        throw error.refused(in: source, at: span)
      }
      if let result { return result }
      if orNull { return .null }
      throw .failedCast(kind.name, in: source, at: span)
    }
  }
}

/// What casts do to values.
enum AthenaCast {
  /// The value as one of that type; `nil` where it does not go.
  static func cast(_ value: AthenaValue, to kind: AthenaKind) throws(AthenaFailure) -> AthenaValue? {
    switch (value, kind) {
    case (.null, _): return .null
    case (.varchar, .varchar), (.boolean, .boolean), (.bigint, .bigint), (.double, .double), (.json, .json),
      (.ipaddress, .ipaddress):
      return value
    case (.varchar(let text), .boolean):
      let lower = LetterCase.lower(text)
      if ["true", "t", "1"].contains(lower) { return .boolean(true) }
      return ["false", "f", "0"].contains(lower) ? .boolean(false) : nil
    case (.varchar(let text), .bigint): return AthenaInteger.int64(text).map { .bigint($0) }
    case (.varchar(let text), .double): return javaDouble(text).map { .double($0) }
    case (.varchar(let text), .ipaddress): return AthenaNetwork.address(text).map { .ipaddress($0) }
    case (.boolean(let value), .varchar): return .varchar(value ? "true" : "false")
    case (.bigint(let value), .varchar): return .varchar(String(value))
    case (.decimal(let value), .varchar): return .varchar(value.text)
    case (.double(let value), .varchar): return .varchar(try AthenaCast.varchar(value))
    case (.bigint, .double), (.decimal, .double): return try value.taken(as: .double)
    case (.json(let text), _): return try json(text, to: kind)
    case (.array(let items), .array(let element)): return try all(items, to: element)
    case (.map(let members), .map(let kind)):
      var result: [(key: String, value: AthenaValue)] = []
      for member in members {
        guard let value = try cast(member.value, to: kind) else { return nil }
        result.append((member.key, value))
      }
      return .map(result)
    case (.row(let items), .row(let fields)):
      var result: [AthenaValue] = []
      for (item, field) in zip(items, fields) {
        guard let value = try cast(item, to: field.kind) else { return nil }
        result.append(value)
      }
      return .row(result)
    default: return nil
    }
  }

  /// A JSON value as text, or as an array of JSON values or texts; `nil` where it does not go.
  private static func json(_ text: String, to kind: AthenaKind) throws(AthenaFailure) -> AthenaValue? {
    guard let value = try AthenaJSONText.parse(text) else { return nil }
    switch (value, kind) {
    case (.null, _): return .null
    case (_, .varchar): return try varchar(value)
    case (.array(let items), .array(.json)):
      var result: [AthenaValue] = []
      for item in items { result.append(.json(try AthenaJSONText.text(item, .element))) }
      return .array(result)
    case (.array(let items), .array(.varchar)):
      var result: [AthenaValue] = []
      for item in items {
        if case .null = item {
          result.append(.null)
        } else {
          guard let text = try varchar(item) else { return nil }
          result.append(text)
        }
      }
      return .array(result)
    default: return nil
    }
  }

  private static func varchar(_ value: Value) throws(AthenaFailure) -> AthenaValue? {
    switch value {
    case .bool(let value): return .varchar(value ? "true" : "false")
    case .number(let number):
      let text = number.written
      let isWhole = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
      return .varchar(isWhole ? text : try varchar(Double(text) ?? .nan))
    case .string, .malformedString: return value.athenaText.map { .varchar($0) }
    case .null, .array, .object: return nil
    }
  }

  private static func varchar(_ value: Double) throws(AthenaFailure) -> String {
    guard let text = AthenaDouble.varchar(value) else {
      throw AthenaFailure(message: "the spelling of `\(value)`, which depends on the version of Java,")
    }
    return text
  }

  private static func all(_ items: [AthenaValue], to kind: AthenaKind) throws(AthenaFailure) -> AthenaValue? {
    var result: [AthenaValue] = []
    for item in items {
      guard let value = try cast(item, to: kind) else { return nil }
      result.append(value)
    }
    return .array(result)
  }

  /// `java.lang.Double.parseDouble`: outer space and controls, `NaN`, `Infinity`, a final `d` or `f`, digits
  /// missing on one side of the point, and hexadecimal with an exponent are let pass.
  static func javaDouble(_ text: String) -> Double? {
    var rest = Array(text.unicodeScalars)[...]
    while let first = rest.first, first.value <= 0x20 { rest = rest.dropFirst() }
    while let last = rest.last, last.value <= 0x20 { rest = rest.dropLast() }
    var sign = 1.0
    if rest.first == "-" || rest.first == "+" {
      if rest.removeFirst() == "-" { sign = -1 }
    }
    var body = String(String.UnicodeScalarView(rest))
    if body == "NaN" { return .nan }
    if body == "Infinity" { return sign * .infinity }
    guard rest.allSatisfy(\.isASCII), rest.first.map({ ("0"..."9").contains($0) || $0 == "." }) == true else {
      return nil
    }
    let isHex = body.lowercased().hasPrefix("0x")
    if isHex, !body.lowercased().contains("p") { return nil }
    if let last = body.last, "dDfF".contains(last) { body.removeLast() }
    if !isHex {
      let mantissa = body.prefix { $0 != "e" && $0 != "E" }
      guard mantissa.contains(where: \.isNumber), mantissa.allSatisfy({ $0.isNumber || $0 == "." }) else {
        return nil
      }
      let exponent = body.dropFirst(mantissa.count)
      var number = String(mantissa)
      if number.hasPrefix(".") { number = "0" + number }
      if number.hasSuffix(".") { number += "0" }
      guard let value = Number(number + exponent) else { return nil }
      return sign * value.double
    }
    return Double(body).map { sign * $0 }
  }
}
