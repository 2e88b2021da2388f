import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// JSON and casts. [trino JsonExtract.java, JsonPathTokenizer.java]
extension AthenaEvaluator {
  /// `json_extract` gives the JSON value at a path, JSON's null too; `json_extract_scalar` gives the text of a text,
  /// number or boolean, and NULL for null, objects and arrays. Both give NULL where nothing is there and where the
  /// text is no JSON.
  mutating func jsonExtract(_ arguments: [AthenaExpression], scalar: Bool) throws(Diagnostic)
    -> AthenaCompiled
  {
    let base = try compile(arguments[0])
    guard base.kind == .varchar || base.kind == .json || base.kind == .unknown else {
      throw mismatch("JSON is `varchar` or `json`, this is `\(base.kind.name)`", arguments[0])
    }
    guard case .string(let path) = arguments[1].kind else {
      throw .unsupportedSQL("a JSON path that is not a literal", in: source, at: arguments[1].span)
    }
    guard let steps = AthenaJSONPath.steps(path) else {
      throw mismatch("invalid JSON path", arguments[1])
    }
    let documents = documents
    return derived(scalar ? .varchar : .json, [base]) { (frame) throws(Diagnostic) in
      let document: Value?
      switch try base.run(frame) {
      case .json(let value): document = value
      case .varchar(let text): document = documents.value(text)
      default: document = nil
      }
      guard let value = document?.reached(steps[...]) else { return .null }
      if !scalar { return .json(value) }
      return value.scalarText.map { .varchar($0) } ?? .null
    }
  }

  mutating func jsonText(_ argument: AthenaExpression, parses: Bool, _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaCompiled
  {
    if parses {
      let text = try compile(argument, expecting: .varchar)
      let (documents, source) = (documents, source)
      return derived(.json, [text]) { (frame) throws(Diagnostic) in
        guard let text = try text.run(frame).text else { return .null }
        guard let value = documents.value(text) else {
          throw .failedCast("json", in: source, at: expression.span)
        }
        return .json(value)
      }
    }
    let json = try compile(argument, expecting: .json)
    return derived(.varchar, [json]) { (frame) throws(Diagnostic) in
      guard case .json(let value) = try json.run(frame) else { return .null }
      return .varchar(value.compactJSON)
    }
  }

  mutating func cast(
    _ operand: AthenaExpression, _ type: AthenaType, _ orNull: Bool, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    let inner = try compile(operand)
    guard let kind = AthenaKind(type) else {
      throw .unsupportedSQL("a cast to `\(AthenaPrinter.spelled(type))`", in: source, at: expression.span)
    }
    guard AthenaCast.isKnown(inner.kind, kind) else {
      throw .unsupportedSQL(
        "a cast from `\(inner.kind.name)` to `\(kind.name)`", in: source, at: expression.span)
    }
    let (source, span) = (source, expression.span)
    return derived(kind, [inner]) { (frame) throws(Diagnostic) in
      let value = try inner.run(frame)
      if value.isNull { return .null }
      if let result = AthenaCast.cast(value, to: kind) { return result }
      if orNull { return .null }
      throw .failedCast(kind.name, in: source, at: span)
    }
  }
}

extension AthenaKind {
  /// The type that a cast names; `nil` for those that are not modelled.
  init?(_ type: AthenaType) {
    switch type {
    case .named("varchar"): self = .varchar
    case .named("boolean"): self = .boolean
    case .named("bigint"): self = .bigint
    case .named("double"): self = .double
    case .named("json"): self = .json
    case .named("ipaddress"): self = .ipaddress
    case .named("timestamp"): self = .timestamp
    case .named: return nil
    case .array(let element):
      guard let element = AthenaKind(element) else { return nil }
      self = .array(element)
    case .map(_, let value):
      guard let value = AthenaKind(value) else { return nil }
      self = .map(value)
    case .row(let fields):
      var own: [Field] = []
      for field in fields {
        guard let kind = AthenaKind(field.type) else { return nil }
        own.append(Field(name: field.name, kind: kind))
      }
      self = .row(own)
    }
  }
}

/// What casts do to values.
enum AthenaCast {
  /// Whether casts between the types are modelled.
  static func isKnown(_ from: AthenaKind, _ to: AthenaKind) -> Bool {
    switch (from, to) {
    case (.unknown, _): true
    case (.varchar, .varchar), (.varchar, .boolean), (.varchar, .bigint), (.varchar, .double),
      (.varchar, .ipaddress),
      (.boolean, .boolean), (.boolean, .varchar), (.bigint, .varchar), (.bigint, .double), (.bigint, .bigint),
      (.decimal, .double), (.double, .double), (.json, .json), (.json, .varchar), (.ipaddress, .ipaddress):
      true
    case (.json, .array(.json)), (.json, .array(.varchar)): true
    case (.array(let a), .array(let b)): isKnown(a, b)
    case (.map(let a), .map(let b)): isKnown(a, b)
    case (.row(let a), .row(let b)): a.count == b.count && zip(a, b).allSatisfy { isKnown($0.kind, $1.kind) }
    default: false
    }
  }

  /// The value as one of that type; `nil` where it does not go.
  static func cast(_ value: AthenaValue, to kind: AthenaKind) -> AthenaValue? {
    switch (value, kind) {
    case (.null, _): return .null
    case (.varchar, .varchar), (.boolean, .boolean), (.bigint, .bigint), (.double, .double), (.json, .json),
      (.ipaddress, .ipaddress):
      return value
    case (.varchar(let text), .boolean):
      let lower = LetterCase.lower(text)
      if ["true", "t", "1"].contains(lower) { return .boolean(true) }
      return ["false", "f", "0"].contains(lower) ? .boolean(false) : nil
    case (.varchar(let text), .bigint): return Int64(text).map { .bigint($0) }
    case (.varchar(let text), .double): return javaDouble(text).map { .double($0) }
    case (.varchar(let text), .ipaddress): return IPAddress(text).map { .ipaddress($0) }
    case (.boolean(let value), .varchar): return .varchar(value ? "true" : "false")
    case (.bigint(let value), .varchar): return .varchar(String(value))
    case (.bigint(let value), .double): return .double(Double(value))
    case (.json(.null), .varchar), (.json(.null), .array): return .null
    case (.json(let value), .varchar): return value.scalarText.map { .varchar($0) }
    case (.json(.array(let items)), .array(.json)): return .array(items.map { .json($0) })
    case (.json(.array(let items)), .array(let element)): return all(items.map { .json($0) }, to: element)
    case (.array(let items), .array(let element)): return all(items, to: element)
    case (.map(let members), .map(let kind)):
      var result: [(key: String, value: AthenaValue)] = []
      for member in members {
        guard let value = cast(member.value, to: kind) else { return nil }
        result.append((member.key, value))
      }
      return .map(result)
    case (.row(let items), .row(let fields)):
      var result: [AthenaValue] = []
      for (item, field) in zip(items, fields) {
        guard let value = cast(item, to: field.kind) else { return nil }
        result.append(value)
      }
      return .row(result)
    default: return nil
    }
  }

  private static func all(_ items: [AthenaValue], to kind: AthenaKind) -> AthenaValue? {
    var result: [AthenaValue] = []
    for item in items {
      guard let value = cast(item, to: kind) else { return nil }
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

extension Value {
  /// The value that a JSON path leads to. A step by index also finds the key that is spelled so, and a key that
  /// is a number also finds the element of an array.
  fileprivate func reached(_ steps: ArraySlice<FieldPath.Step>) -> Value? {
    guard let step = steps.first else { return self }
    let rest = steps.dropFirst()
    switch (step, self) {
    case (.name(let name), .object(let object)): return object[name]?.reached(rest)
    case (.index(let index), .object(let object)): return object[String(index)]?.reached(rest)
    case (.name(let name), .array(let items)):
      guard let index = Int(name), items.indices.contains(index) else { return nil }
      return items[index].reached(rest)
    case (.index(let index), .array(let items)):
      return items.indices.contains(index) ? items[index].reached(rest) : nil
    case (.each, _), (.name, _), (.index, _): return nil
    }
  }

  /// The text of a text, number (as it is written) or boolean; `nil` of anything else.
  fileprivate var scalarText: String? {
    switch self {
    case .null, .array, .object: nil
    case .bool(let value): value ? "true" : "false"
    case .number(let number): number.written
    case .string(let text): text
    case .malformedString(let units): String(decoding: units, as: UTF16.self)
    }
  }
}
