import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// JSON texts that were parsed already: rules ask the same text several times.
final class JSONDocuments {
  private var known: [ScalarText: Value?] = [:]

  /// The value that a text spells; `nil` where it is malformed.
  func value(_ text: String) -> Value? {
    let key = ScalarText(text)
    if let value = known[key] { return value }
    let value = try? JSON.parse(text)
    if known.count > 10_000 { known.removeAll() }
    known.updateValue(value, forKey: key)
    return value
  }
}

extension AthenaEvaluator {
  /// The functions that are known.
  static let functions = [
    "coalesce", "lower", "upper", "length", "starts_with", "strpos", "regexp_like", "json_extract",
    "json_extract_scalar", "json_format", "json_parse", "any_match", "all_match", "none_match", "contains",
    "cardinality", "element_at", "map", "transform", "try", "if", "split",
  ]

  mutating func call(
    _ function: String, _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    func needs(_ counts: ClosedRange<Int>) throws(Diagnostic) {
      guard counts.contains(arguments.count) else {
        throw mismatch("`\(function)` does not take \(arguments.count) arguments", expression)
      }
    }
    switch function {
    case "coalesce":
      try needs(2...127)
      let (kind, all) = try alike(arguments, expression)
      return derived(kind, all) { (frame) throws(Diagnostic) in
        for operand in all {
          let value = try operand.run(frame)
          if !value.isNull { return value }
        }
        return .null
      }
    case "if":
      try needs(2...3)
      let branch = AthenaExpression.Branch(condition: arguments[0], result: arguments[1])
      return try compile(
        AthenaExpression(.choice([branch], arguments.count == 3 ? arguments[2] : nil), at: expression.span))
    case "try":
      try needs(1...1)
      let inner = try compile(arguments[0])
      return derived(inner.kind, [inner]) { (frame) in
        do throws(Diagnostic) { return try inner.run(frame) } catch { return .null }
      }
    case "lower", "upper", "length", "starts_with", "strpos":
      try needs(function == "starts_with" || function == "strpos" ? 2...2 : 1...1)
      return try textFunction(function, arguments)
    case "split":
      try needs(2...2)
      return try split(arguments)
    case "regexp_like":
      try needs(2...2)
      return try regexpLike(arguments)
    case "json_extract", "json_extract_scalar":
      try needs(2...2)
      return try jsonExtract(arguments, scalar: function == "json_extract_scalar")
    case "json_format", "json_parse":
      try needs(1...1)
      return try jsonText(arguments[0], parses: function == "json_parse", expression)
    case "any_match", "all_match", "none_match", "transform":
      try needs(2...2)
      return try lambdaFunction(function, arguments)
    case "contains":
      try needs(2...2)
      return try contains(arguments, expression)
    case "map":
      try needs(2...2)
      return try map(arguments, expression)
    case "cardinality", "element_at":
      try needs(function == "cardinality" ? 1...1 : 2...2)
      return try collectionFunction(function, arguments, expression)
    default: throw .unknownFunction(function, in: source, at: expression.span)
    }
  }

  private mutating func textFunction(_ function: String, _ arguments: [AthenaExpression]) throws(Diagnostic)
    -> AthenaCompiled
  {
    var texts: [AthenaCompiled] = []
    for argument in arguments { texts.append(try compile(argument, expecting: .varchar)) }
    let operands = texts
    let returns: AthenaKind =
      function == "starts_with" ? .boolean : function == "lower" || function == "upper" ? .varchar : .bigint
    return derived(returns, operands) { (frame) throws(Diagnostic) in
      var values: [String] = []
      for operand in operands {
        guard let text = try operand.run(frame).text else { return .null }
        values.append(text)
      }
      switch function {
      case "lower": return .varchar(LetterCase.lower(values[0]))
      case "upper": return .varchar(AthenaEvaluator.upper(values[0]))
      case "length": return .bigint(Int64(values[0].unicodeScalars.count))
      case "starts_with": return .boolean(values[0].utf8.starts(with: values[1].utf8))
      default: return .bigint(AthenaEvaluator.place(of: values[1], in: values[0]))
      }
    }
  }

  /// `split(text, separator)`: the parts of a text between the places of a separator. [Trino docs, string.md]
  private mutating func split(_ arguments: [AthenaExpression]) throws(Diagnostic) -> AthenaCompiled {
    let (text, separator) = (
      try compile(arguments[0], expecting: .varchar), try compile(arguments[1], expecting: .varchar)
    )
    let source = source
    return derived(.array(.varchar), [text, separator]) { (frame) throws(Diagnostic) in
      guard let text = try text.run(frame).text, let separator = try separator.run(frame).text else {
        return .null
      }
      guard !separator.isEmpty else {
        throw .typeMismatch("the separator of `split` is empty", in: source, at: nil)
      }
      let (whole, part) = (Array(text.utf8), Array(separator.utf8))
      var parts: [AthenaValue] = []
      var (start, at) = (0, 0)
      while at + part.count <= whole.count {
        if whole[at..<(at + part.count)].elementsEqual(part) {
          parts.append(.varchar(String(decoding: whole[start..<at], as: UTF8.self)))
          at += part.count
          start = at
        } else {
          at += 1
        }
      }
      return .array(parts + [.varchar(String(decoding: whole[start...], as: UTF8.self))])
    }
  }

  /// `java.lang.Character.toUpperCase`, code point by code point.
  static func upper(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let mapped = scalar.properties.uppercaseMapping.unicodeScalars
      result.append(mapped.count == 1 ? mapped.first ?? scalar : scalar)
    }
    return String(result)
  }

  /// The place of a text in another, from 1; 0 where it is not there.
  private static func place(of part: String, in whole: String) -> Int64 {
    let (part, whole) = (Array(part.unicodeScalars), Array(whole.unicodeScalars))
    guard part.count <= whole.count else { return 0 }
    for start in 0...(whole.count - part.count) where whole[start..<(start + part.count)] == part[...] {
      return Int64(start + 1)
    }
    return 0
  }

  private mutating func regexpLike(_ arguments: [AthenaExpression]) throws(Diagnostic) -> AthenaCompiled {
    let text = try compile(arguments[0], expecting: .varchar)
    let pattern = try compile(arguments[1], expecting: .varchar)
    guard pattern.isConstant else {
      throw .unsupportedSQL("a regular expression that depends on the row", in: source, at: arguments[1].span)
    }
    guard let spelled = try pattern.run(AthenaFrame(row: [])).text else { return constant(.boolean, .null) }
    let regex: PortableRegex
    do throws(Diagnostic) { regex = try AthenaRegex.read(spelled, origin: nil) } catch {
      throw Diagnostic(
        error.code, error.message, in: source, labels: arguments[1].span.map { [.init($0)] } ?? [],
        help: error.help)
    }
    return derived(.boolean, [text]) { (frame) throws(Diagnostic) in
      .boolean(try text.run(frame).text.map(regex.matches))
    }
  }

  /// `any_match` and its kin are three-valued: where nothing decides and some element gives NULL, so do they.
  private mutating func lambdaFunction(
    _ function: String, _ arguments: [AthenaExpression]
  ) throws(Diagnostic) -> AthenaCompiled {
    let array = try compile(arguments[0])
    guard case .array(let element) = array.kind else {
      throw mismatch("`\(function)` takes an array, not `\(array.kind.name)`", arguments[0])
    }
    guard case .lambda(let variable, let tree) = arguments[1].kind else {
      throw mismatch("`\(function)` takes a lambda, as in `x -> x = 'a'`", arguments[1])
    }
    variables.append(AthenaKind.Field(name: variable, kind: element))
    let body = function == "transform" ? try compile(tree) : try compile(tree, expecting: .boolean)
    variables.removeLast()
    let depth = variables.count
    let kind = function == "transform" ? AthenaKind.array(body.kind) : .boolean
    let decides = function != "all_match"
    return AthenaCompiled(kind: kind, isConstant: false) { (frame) throws(Diagnostic) in
      guard case .array(let items) = try array.run(frame) else { return .null }
      var inner = frame
      inner.variables = Array(frame.variables.prefix(depth)) + [.null]
      var results: [AthenaValue] = []
      for item in items {
        inner.variables[depth] = item
        results.append(try body.run(inner))
      }
      if function == "transform" { return .array(results) }
      let truths = results.map(\.truth)
      if truths.contains(decides) { return .boolean(function == "any_match") }
      return truths.contains(nil) ? .null : .boolean(function != "any_match")
    }
  }

  private mutating func contains(_ arguments: [AthenaExpression], _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaCompiled
  {
    let (left, right) = (try compile(arguments[0]), try compile(arguments[1]))
    if left.kind == .varchar, right.kind == .ipaddress {
      let (source, span) = (source, arguments[0].span)
      return derived(.boolean, [left, right]) { (frame) throws(Diagnostic) in
        guard let text = try left.run(frame).text else { return .null }
        guard let network = AthenaEvaluator.network(text) else {
          throw .typeMismatch("`\(text)` is not a network that Trino takes", in: source, at: span)
        }
        guard case .ipaddress(let address) = try right.run(frame) else { return .null }
        return .boolean(network.contains(address))
      }
    }
    guard case .array(let element) = left.kind, element.common(right.kind) != nil else {
      throw mismatch("`contains` does not take `\(left.kind.name)` and `\(right.kind.name)`", expression)
    }
    return derived(.boolean, [left, right]) { (frame) throws(Diagnostic) in
      let wanted = try right.run(frame)
      guard case .array(let items) = try left.run(frame), !wanted.isNull else { return .null }
      let equal = items.map { AthenaValue.compare(.equal, $0, wanted) }
      return .boolean(equal.contains(true) ? true : equal.contains(nil) ? nil : false)
    }
  }

  /// The network of a text with a length and no bits beyond it: others fail in Trino.
  static func network(_ text: String) -> CIDR? {
    guard let network = CIDR(text), let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")),
      IPAddress(String(text[..<slash])) == network.address
    else { return nil }
    return network
  }

  private mutating func map(_ arguments: [AthenaExpression], _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaCompiled
  {
    let (keys, values) = (try compile(arguments[0]), try compile(arguments[1]))
    guard case .array(let key) = keys.kind, key == .varchar || key == .unknown,
      case .array(let value) = values.kind
    else { throw mismatch("`map` takes two arrays, the first of texts", expression) }
    return derived(.map(value), [keys, values]) { (frame) throws(Diagnostic) in
      guard case .array(let names) = try keys.run(frame), case .array(let items) = try values.run(frame)
      else {
        return .null
      }
      return .map(zip(names, items).compactMap { name, item in name.text.map { ($0, item) } })
    }
  }

  private mutating func collectionFunction(
    _ function: String, _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    let collection = try compile(arguments[0])
    if function == "cardinality" {
      return derived(.bigint, [collection]) { (frame) throws(Diagnostic) in
        switch try collection.run(frame) {
        case .array(let items): .bigint(Int64(items.count))
        case .map(let members): .bigint(Int64(members.count))
        default: .null
        }
      }
    }
    switch collection.kind {
    case .array(let element):
      let index = try compile(arguments[1], expecting: .bigint)
      let (source, span) = (source, arguments[1].span)
      return derived(element, [collection, index]) { (frame) throws(Diagnostic) in
        guard case .array(let items) = try collection.run(frame),
          case .bigint(let place) = try index.run(frame)
        else { return .null }
        guard place != 0 else { throw .typeMismatch("arrays are counted from 1", in: source, at: span) }
        let offset = place > 0 ? place - 1 : Int64(items.count) + place
        return offset >= 0 && offset < items.count ? items[Int(offset)] : .null
      }
    case .map(let value):
      let key = try compile(arguments[1], expecting: .varchar)
      return derived(value, [collection, key]) { (frame) throws(Diagnostic) in
        guard case .map(let members) = try collection.run(frame), let wanted = try key.run(frame).text else {
          return .null
        }
        return members.last { $0.key.sameScalars(as: wanted) }?.value ?? .null
      }
    default: throw mismatch("`element_at` does not take `\(collection.kind.name)`", expression)
    }
  }
}
