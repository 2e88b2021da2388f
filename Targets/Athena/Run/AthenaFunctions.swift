import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension AthenaEvaluator {
  mutating func call(
    _ function: String, _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    try AthenaFunctionTable.check(function, arguments, expression, in: source)
    switch function {
    case "coalesce": return try coalesce(arguments, expression)
    case "if":
      let branch = AthenaExpression.Branch(condition: arguments[0], result: arguments[1])
      return try compile(
        AthenaExpression(.choice([branch], arguments.count == 3 ? arguments[2] : nil), at: expression.span))
    case "nullif":
      let branch = AthenaExpression.Branch(condition: arguments[0].equal(arguments[1]), result: .null)
      return try compile(AthenaExpression(.choice([branch], arguments[0]), at: expression.span))
    case "substr", "substring": return try part(arguments)
    case "try": return try nullWhereFailing(arguments[0])
    case "lower": return try lower(arguments[0])
    case "upper", "length", "starts_with", "strpos":
      return try textFunction(function, arguments)
    case "split":
      return try split(arguments)
    case "regexp_like":
      return try regexpLike(arguments)
    case "json_extract", "json_extract_scalar":
      return try jsonExtract(arguments, scalar: function == "json_extract_scalar")
    case "json_format", "json_parse":
      return try jsonText(arguments[0], parses: function == "json_parse", expression)
    case "any_match", "all_match", "none_match", "transform", "filter":
      return try lambdaFunction(function, arguments)
    case "contains":
      return try contains(arguments, expression)
    case "map":
      return try map(arguments, expression)
    case "concat": return try concat(arguments, expression)
    case "cardinality", "element_at":
      return try collectionFunction(function, arguments, expression)
    default: throw .unknownFunction(function, in: source, at: expression.span)
    }
  }

  private mutating func coalesce(
    _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    let (kind, all) = try alike(arguments, expression)
    return derived(kind, all) { (frame) throws(Diagnostic) in
      for operand in all {
        let value = try operand.run(frame)
        if !value.isNull { return value }
      }
      return .null
    }
  }

  /// `TRY(…)`.
  private mutating func nullWhereFailing(_ operand: AthenaExpression) throws(Diagnostic) -> AthenaCompiled {
    let inner = try compile(operand)
    return derived(inner.kind, [inner]) { (frame) throws(Diagnostic) in
      do throws(Diagnostic) { return try inner.run(frame) } catch {
        // What is not modelled is not known to be NULL.
        guard error.code != .unsupported else { throw error }
        return .null
      }
    }
  }

  private mutating func lower(_ argument: AthenaExpression) throws(Diagnostic) -> AthenaCompiled {
    let text = try compile(argument, expecting: .varchar)
    let column: Int? =
      if case .name = argument.kind { text.dependence.columns.first } else { nil }
    if let column, let known = lowered[column] { return known }
    let compiled = derived(.varchar, [text]) { (frame) throws(Diagnostic) in
      guard let text = try text.run(frame).text else { return .null }
      return .varchar(AthenaLetters.lower(text))
    }
    guard let column else { return compiled }
    lowered[column] = compiled.remembered
    return compiled.remembered
  }

  private mutating func textFunction(_ function: String, _ arguments: [AthenaExpression]) throws(Diagnostic)
    -> AthenaCompiled
  {
    var texts: [AthenaCompiled] = []
    for argument in arguments { texts.append(try compile(argument, expecting: .varchar)) }
    let operands = texts
    let returns: AthenaKind =
      function == "starts_with" ? .boolean : function == "upper" ? .varchar : .bigint
    return derived(returns, operands) { (frame) throws(Diagnostic) in
      var values: [String] = []
      for operand in operands {
        guard let text = try operand.run(frame).text else { return .null }
        values.append(text)
      }
      switch function {
      case "upper": return .varchar(AthenaLetters.upper(values[0]))
      case "length": return .bigint(Int64(values[0].unicodeScalars.count))
      case "starts_with": return .boolean(values[0].utf8.starts(with: values[1].utf8))
      default: return .bigint(AthenaEvaluator.place(of: values[1], in: values[0]))
      }
    }
  }

  /// `substr(text, start, length)`: from 1, or from the end where the start is below 0; nothing from 0. [trino
  /// StringFunctions.substring; executed: Trino 414]
  private mutating func part(_ arguments: [AthenaExpression]) throws(Diagnostic) -> AthenaCompiled {
    let text = try compile(arguments[0], expecting: .varchar)
    var numbers: [AthenaCompiled] = []
    for number in arguments.dropFirst() { numbers.append(try compile(number, expecting: .bigint)) }
    let places = numbers
    return derived(.varchar, [text] + places) { (frame) throws(Diagnostic) in
      guard let scalars = try text.run(frame).text.map({ Array($0.unicodeScalars) }) else { return .null }
      var bounds: [Int64] = []
      for place in places {
        guard case .bigint(let value) = try place.run(frame) else { return .null }
        bounds.append(value)
      }
      let count = Int64(scalars.count)
      let length = bounds.count > 1 ? bounds[1] : count
      let start = bounds[0] < 0 ? count + bounds[0] : bounds[0] - 1
      guard bounds[0] != 0, length > 0, start >= 0, start < count else { return .varchar("") }
      let end = start + min(length, count - start)
      var part = String.UnicodeScalarView()
      part.append(contentsOf: scalars[Int(start)..<Int(end)])
      return .varchar(String(part))
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
        error.code, error.message, in: source, at: arguments[1].span,
        help: error.help)
    }
    return derived(.boolean, [text]) { (frame) throws(Diagnostic) in
      .boolean(try text.run(frame).text.map(regex.matches))
    }
  }
}
