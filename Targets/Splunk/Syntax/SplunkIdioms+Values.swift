import ConcordDetection
import ConcordLanguages

// Questions about the elements of an array.
extension SplunkIdioms {
  /// `mvcount(mvfilter(question))>0`: some value of the one multivalue field that the question names.
  static let someElement = Form<SplunkEval>(
    make: { .compare(.call("mvcount", .call("mvfilter", $0)), .greater, .number("0")) },
    match: { expression in
      guard case .comparison(.greater, let count, let zero) = expression.kind, zero == .number("0")
      else { return nil }
      return count.argument(of: "mvcount")?.argument(of: "mvfilter")
    })

  /// `mvcount(mvfilter(quoted!="null"))>0`: some element is not JSON's null.
  static let presentElement = Form<SplunkEval>(
    make: { someElement.make(.compare($0, .unequal, .string("null"))) },
    match: { someElement.match($0)?.compared(.unequal, with: "null") })

  /// `mvcount(mvfilter(quoted="\"null\""))>0`: some element is the text `null`.
  static let nullText = Form<SplunkEval>(
    make: { someElement.make(.compare($0, .equal, .string("\"null\""))) },
    match: { someElement.match($0)?.compared(.equal, with: "\"null\"") })

  /// `mvcount(mvfilter(elements!="null" AND question))>0 OR mvcount(mvfilter(quoted="\"null\""))>0`: elements that
  /// spell `null` are left out, and the texts among them are looked for by themselves.
  static let nullQuestion = Form<NullQuestion>(
    make: { asked in
      .any([
        someElement.make(
          .all([.compare(asked.elements, .unequal, .string("null")), asked.question])),
        nullText.make(asked.quoted),
      ])
    },
    match: { expression in
      guard case .any(let operands) = expression.kind, operands.count == 2,
        let quoted = nullText.match(operands[1]),
        case .all(let parts)? = someElement.match(operands[0])?.kind, let first = parts.first,
        let elements = first.compared(.unequal, with: "null"), parts.count > 1
      else { return nil }
      return NullQuestion(
        elements: elements, quoted: quoted, question: .all(Array(parts.dropFirst())))
    })
}

// Values.
extension SplunkIdioms {
  /// `json_extract(_raw, "a.b{}.c")`, the value that the steps lead to; where one of them is `each`, all values as a
  /// JSON array. A name that is no step of a path is a call of `json_extract_exact` of its own.
  static let extraction = Form<[FieldPath.Step]>(
    make: { steps in
      var value = SplunkEval.field("_raw")
      var plain: [FieldPath.Step] = []
      func taken() -> SplunkEval {
        plain.isEmpty ? value : .call("json_extract", value, .string(SplunkJSONPath.text(plain)))
      }
      for step in steps {
        if case .name(let name) = step, !SplunkJSONPath.isPlain(name) {
          value = .call("json_extract_exact", taken(), .string(name))
          plain = []
        } else {
          plain.append(step)
        }
      }
      return taken()
    },
    match: steps)

  private static func steps(_ expression: SplunkEval) -> [FieldPath.Step]? {
    if case .field("_raw") = expression.kind { return [] }
    guard case .call(let function, let arguments) = expression.kind, arguments.count == 2,
      case .string(let text) = arguments[1].kind, let before = steps(arguments[0]),
      // Below all values stands an array, which has none of these names.
      !before.contains(.each)
    else { return nil }
    switch function {
    case "json_extract": return SplunkJSONPath.steps(text).map { before + $0 }
    case "json_extract_exact": return before + [.name(text)]
    default: return nil
    }
  }

  /// `if(isbool(x), lower(tostring(x)), x)`: a JSON boolean as the text that JSON has for it. `json_extract` makes a
  /// Boolean of one, and `tostring` writes those as `True` and `False`.
  static let booleanAsText = Form<SplunkEval>(
    make: spelledBoolean,
    match: { expression in
      guard let value = expression.arguments(of: "if", 3)?[2], spelledBoolean(value) == expression else {
        return nil
      }
      return value
    })

  private static func spelledBoolean(_ value: SplunkEval) -> SplunkEval {
    .call("if", .call("isbool", value), .call("lower", .call("tostring", value)), value)
  }

  /// `json_array_to_mv(array)`, or `json_array_to_mv(array, true())`. `match` also takes `false()`.
  static let elements = Form<Elements>(
    make: { asked in
      asked.keepsQuotes
        ? .call("json_array_to_mv", asked.array, .call("true"))
        : .call("json_array_to_mv", asked.array)
    },
    match: { expression in
      if let array = expression.argument(of: "json_array_to_mv") { return Elements(array: array) }
      guard let arguments = expression.arguments(of: "json_array_to_mv", 2) else { return nil }
      switch arguments[1].kind {
      case .call("true", []): return Elements(array: arguments[0], keepsQuotes: true)
      case .call("false", []): return Elements(array: arguments[0])
      default: return nil
      }
    })
}

// Spans of time.
extension SplunkIdioms {
  /// Spans of so many seconds that end every so many.
  struct Hops: Hashable {
    var seconds: Int
    var every: Int
  }

  /// `mvrange((floor(_time / 40) + 1) * 40 - 60, floor(_time) + 1, 40)`: the starts of the spans of 60 seconds that end
  /// every 40. `stats` makes rows of each value (Search Reference, "mvrange", "stats").
  static let hopStarts = Form<Hops>(
    make: spelledHops,
    match: { expression in
      guard case .call("mvrange", let arguments) = expression.kind, arguments.count == 3,
        case .arithmetic(.subtract, _, let length) = arguments[0].kind,
        case .number(let seconds) = length.kind, case .number(let every) = arguments[2].kind,
        let hops = Int(seconds).flatMap({ seconds in Int(every).map { Hops(seconds: seconds, every: $0) } }),
        hops.seconds > 0, hops.every > 0, hops.seconds <= Aggregate.longestPeriod,
        hops.every <= Aggregate.longestPeriod, hops.seconds / hops.every <= 1_000
      else { return nil }
      return spelledHops(hops) == expression ? hops : nil
    })

  private static func spelledHops(_ hops: Hops) -> SplunkEval {
    let (every, one) = (SplunkEval.number(String(hops.every)), SplunkEval.number("1"))
    let whole = SplunkEval.call("floor", SplunkEval(.arithmetic(.divide, .field("_time"), every)))
    let end = SplunkEval(.arithmetic(.multiply, SplunkEval(.arithmetic(.add, whole, one)), every))
    let first = SplunkEval(.arithmetic(.subtract, end, .number(String(hops.seconds))))
    let last = SplunkEval(.arithmetic(.add, .call("floor", .field("_time")), one))
    return SplunkEval(.call("mvrange", [first, last, every]))
  }

  /// `floor(_time / 600) * 600`: the start of the span of so many seconds. `bin` begins spans where the time zone of the
  /// search says.
  static let spanStart = Form<Int>(
    make: { seconds in
      let count = SplunkEval.number(String(seconds))
      let whole = SplunkEval.call("floor", SplunkEval(.arithmetic(.divide, .field("_time"), count)))
      return SplunkEval(.arithmetic(.multiply, whole, count))
    },
    match: { expression in
      guard case .arithmetic(.multiply, let whole, let count) = expression.kind,
        case .arithmetic(.divide, let time, let divisor)? = whole.argument(of: "floor")?.kind,
        time == .field("_time"), divisor == count,
        case .number(let text) = count.kind, let seconds = Int(text), seconds > 0
      else { return nil }
      return seconds
    })
}

extension SplunkEval {
  /// What is compared with the text.
  fileprivate func compared(_ operation: ComparisonOperator, with text: String) -> SplunkEval? {
    guard case .comparison(operation, let value, let wanted) = kind, wanted == .string(text) else {
      return nil
    }
    return value
  }
}
