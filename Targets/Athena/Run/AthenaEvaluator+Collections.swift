import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Functions of arrays and maps.
extension AthenaEvaluator {
  /// `any_match` and its kin are three-valued: where nothing decides and some element gives NULL, so do they.
  mutating func lambdaFunction(
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
    let body = try compile(tree)
    guard function == "transform" || body.kind == .boolean else {
      throw mismatch("a value of type `boolean` is needed, this is `\(body.kind.name)`", tree)
    }
    variables.removeLast()
    let depth = variables.count
    let kind: AthenaKind =
      switch function {
      case "transform": .array(body.kind)
      case "filter": .array(element)
      default: .boolean
      }
    let decides = function != "all_match"
    // Of its own variable it does not depend, only of those around.
    var dependence = array.dependence.and(body.dependence)
    dependence.hasVariable = depth > 0 || dependence.columns.isEmpty
    return AthenaCompiled(kind: kind, dependence: dependence) { (frame) throws(Diagnostic) in
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
      if function == "filter" { return .array(zip(items, truths).filter { $1 == true }.map(\.0)) }
      if truths.contains(decides) { return .boolean(function == "any_match") }
      return truths.contains(nil) ? .null : .boolean(function != "any_match")
    }
  }

  /// `concat` of arrays, which is NULL where one of them is. [Trino docs, array.md]
  mutating func concat(_ arguments: [AthenaExpression], _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaCompiled
  {
    let (kind, all) = try alike(arguments, expression)
    guard case .array = kind else {
      throw .unsupportedSQL("`concat` of `\(kind.name)`", in: source, at: expression.span)
    }
    return derived(kind, all) { (frame) throws(Diagnostic) in
      var joined: [AthenaValue] = []
      for list in all {
        guard case .array(let items) = try list.run(frame) else { return .null }
        joined += items
      }
      return .array(joined)
    }
  }

  mutating func contains(_ arguments: [AthenaExpression], _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaCompiled
  {
    let (left, right) = (try compile(arguments[0]), try compile(arguments[1]))
    if left.kind == .varchar, right.kind == .ipaddress {
      let (source, span, release) = (source, arguments[0].span, release)
      return derived(.boolean, [left, right]) { (frame) throws(Diagnostic) in
        guard let text = try left.run(frame).text, case .ipaddress(let address) = try right.run(frame) else {
          return .null
        }
        let parsed: AthenaNetwork?
        do throws(AthenaFailure) { parsed = try AthenaNetwork(text) } catch {
          throw error.refused(in: source, at: span)
        }
        guard let network = parsed else {
          throw .typeMismatch("`\(text)` is not a network that Trino takes", in: source, at: span)
        }
        guard let contains = network.contains(address, release) else {
          throw .typeMismatch(
            "`\(text)` and `\(address)` are addresses of two versions, at which Trino before 427 fails",
            in: source, at: span)
        }
        return .boolean(contains)
      }
    }
    guard case .array(let element) = left.kind, let common = element.common(right.kind) else {
      throw mismatch("`contains` does not take `\(left.kind.name)` and `\(right.kind.name)`", expression)
    }
    let list = converted(left, to: .array(common), expression)
    let one = converted(right, to: common, expression)
    return derived(.boolean, [list, one]) { (frame) throws(Diagnostic) in
      let wanted = try one.run(frame)
      guard case .array(let items) = try list.run(frame), !wanted.isNull else { return .null }
      let equal = items.map { AthenaValue.compare(.equal, $0, wanted) }
      return .boolean(equal.contains(true) ? true : equal.contains(nil) ? nil : false)
    }
  }

  mutating func map(_ arguments: [AthenaExpression], _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaCompiled
  {
    let (keys, values) = (try compile(arguments[0]), try compile(arguments[1]))
    guard case .array(let key) = keys.kind, key == .varchar || key == .unknown,
      case .array(let value) = values.kind
    else { throw mismatch("`map` takes two arrays, the first of texts", expression) }
    let (source, span) = (source, expression.span)
    return derived(.map(value), [keys, values]) { (frame) throws(Diagnostic) in
      guard case .array(let names) = try keys.run(frame), case .array(let items) = try values.run(frame)
      else {
        return .null
      }
      let texts = names.compactMap(\.text)
      guard names.count == items.count, texts.count == names.count,
        Set(texts.map(ScalarText.init)).count == texts.count
      else {
        throw .typeMismatch(
          "a map has one value a key, and no key is NULL or stands twice", in: source, at: span)
      }
      return .map(zip(texts, items).map { ($0, $1) })
    }
  }

  mutating func collectionFunction(
    _ function: String, _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaCompiled {
    let collection = try compile(arguments[0])
    if function == "cardinality" {
      switch collection.kind {
      case .array, .map, .unknown: break
      case .boolean, .bigint, .decimal, .double, .varchar, .json, .ipaddress, .timestamp, .row:
        throw mismatch("`cardinality` does not take `\(collection.kind.name)`", expression)
      }
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
        // Trino fails there by overflow, which `TRY` does not catch.
        guard place != .min else { throw .unsupportedSQL("an index this low", in: source, at: span) }
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
