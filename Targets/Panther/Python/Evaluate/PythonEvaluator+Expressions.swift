import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Expressions to the values that they can have.
extension PythonEvaluator {
  /// What an expression amounts to. Throws what is not read, where the verdict depends on it.
  mutating func value(
    _ expression: PythonExpression, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    try enter(expression.span)
    defer { leave() }
    switch expression.kind {
    case .none: return PythonCases(.none)
    case .ellipsis: return PythonCases(.known("..."))
    case .boolean(let value): return PythonCases(.boolean(value))
    case .number(let text): return PythonCases(try number(text, expression.span))
    case .string(let text): return PythonCases(.text(text))
    case .bytes: return PythonCases(.opaque(.notRead("a text of bytes", expression.span, in: source)))
    case .name(let name): return try named(name, expression.span, frame)
    case .formatted(let parts): return try formatted(parts, &frame)
    case .list(let items): return PythonCases(.sequence(.list, try members(items, &frame)))
    case .tuple(let items): return PythonCases(.sequence(.tuple, try members(items, &frame)))
    case .set(let items): return PythonCases(.sequence(.set, try members(items, &frame)))
    case .dictionary(let entries): return PythonCases(.dictionary(try self.entries(entries, &frame)))
    case .attribute(let base, let name):
      // What the same call assigned before; what an earlier one did is no part of the event.
      if let dotted = expression.dottedName, let own = frame.names[dotted] { return own.value }
      return try attribute(try value(base, &frame), name, expression.span)
    case .element(let base, let index):
      let (base, index) = (try value(base, &frame), try value(index, &frame))
      return try element(base, index, expression.span)
    case .slice(let base, let start, let end, let step):
      return try slice(base, start, end, step, expression.span, &frame)
    case .call(let function, let arguments):
      return try call(function, arguments, expression.span, &frame)
    case .not, .comparison: return PythonCases(try truth(expression, &frame))
    case .sign(let sign, let operand): return try signed(sign, operand, expression.span, &frame)
    case .and(let operands): return try junction(operands, isAnd: true, &frame)
    case .or(let operands): return try junction(operands, isAnd: false, &frame)
    case .operation(let left, let sign, let right):
      let (left, right) = (try value(left, &frame), try value(right, &frame))
      return try operation(left, sign, right, expression.span)
    case .choice(let condition, let then, let other):
      if let list = try listed(condition, then, other, expression.span, &frame) { return list }
      let condition = try truth(condition, &frame)
      // What is not reached is not looked at.
      if condition.yes.isTrue { return try value(then, &frame) }
      if condition.no.isTrue { return try value(other, &frame) }
      return choice(condition, try value(then, &frame), try value(other, &frame))
    case .assigned(let name, let assigned):
      let value = try value(assigned, &frame)
      frame.names[name] = binding(value)
      return value
    case .lambda(let parameters, let body): return PythonCases(.lambda(parameters, body, frame))
    case .comprehension(let made): return try comprehension(made, expression.span, frame)
    case .other(let word): throw refusal(.notRead("`\(word)`", expression.span, in: source))
    }
  }

  /// The same, where a value that is not read does no harm yet.
  mutating func valueOrOpaque(
    _ expression: PythonExpression, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    do throws(Diagnostic) {
      return try value(expression, &frame)
    } catch {
      if error.code == .programTooLarge || error.code == .textTooDeep || unfollowed != nil { throw error }
      for name in expression.walrusNames { frame.names[name] = binding(PythonCases(.opaque(error))) }
      return PythonCases(.opaque(error))
    }
  }

  private func number(_ text: String, _ span: Span) throws(Diagnostic) -> PythonValue {
    let lower = text.lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lower.hasPrefix(prefix) {
      if let value = Int(lower.dropFirst(2), radix: radix) { return .number(Number(value)) }
    }
    var spelled = lower.hasPrefix(".") ? "0" + lower : lower
    if spelled.hasSuffix(".") { spelled += "0" }
    guard let number = Number(spelled) else {
      throw refusal(.notRead("the number `\(text)`", span, in: source))
    }
    return .number(number)
  }

  /// The value of a name: the function's own, the module's, or one that is known everywhere.
  func named(_ name: String, _ span: Span, _ frame: PythonFrame) throws(Diagnostic) -> PythonCases {
    if let own = frame.names[name] { return own.value }
    if isInFunction, frame.scope.changing.contains(name) {
      throw refusal(.outside("`\(name)`, which changes with each event", span, in: source))
    }
    if let own = frame.scope.names[name] { return own.value }
    if PythonBuiltins.names.contains(name) { return PythonCases(.known(name)) }
    throw refusal(.unknownName(name, span, in: source))
  }

  private mutating func members(
    _ items: [PythonExpression.Item], _ frame: inout PythonFrame
  ) throws(Diagnostic) -> [PythonCases] {
    var members: [PythonCases] = []
    for item in items {
      let value = try value(item.value, &frame)
      guard item.isSpread else {
        members.append(value)
        continue
      }
      guard let inner = literal(value) else {
        throw refusal(.notRead("`*` before what is no literal", item.value.span, in: source))
      }
      members += inner
    }
    return members
  }

  /// The members of what is a literal list, tuple, set, dictionary (its keys) or text (its characters).
  func literal(_ cases: PythonCases) -> [PythonCases]? {
    switch cases.single {
    case .sequence(_, let members)?: members
    case .dictionary(let entries)?: entries.map { PythonCases($0.key) }
    case .text(let text)?: text.unicodeScalars.map { PythonCases(.text(String($0))) }
    default: nil
    }
  }

  private mutating func entries(
    _ entries: [PythonExpression.Entry], _ frame: inout PythonFrame
  ) throws(Diagnostic) -> [PythonValue.Entry] {
    var result: [PythonValue.Entry] = []
    for entry in entries {
      let value = try valueOrOpaque(entry.value, &frame)
      guard let key = entry.key else {
        guard case .dictionary(let inner)? = value.single else {
          throw refusal(.notRead("`**` before what is no literal", entry.value.span, in: source))
        }
        for entry in inner { result.put(entry.key, entry.value) }
        continue
      }
      guard let key = try self.value(key, &frame).single, key.isConstant else {
        throw refusal(.notRead("a key that is no constant", key.span, in: source))
      }
      result.put(key, value)
    }
    return result
  }

  private mutating func formatted(
    _ parts: [PythonExpression.FormattedPart], _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    var made: [PythonCases] = []
    for part in parts {
      switch part {
      case .text(let text): made.append(PythonCases(.text(text)))
      case .field(let expression, let isPlain):
        let value = try valueOrOpaque(expression, &frame)
        if !isPlain { return PythonCases(.opaque(.notRead("a format", expression.span, in: source))) }
        made.append(try texts(value, expression.span))
      }
    }
    return joined(made)
  }

  /// Texts put together: one text where all are constants.
  mutating func joined(_ parts: [PythonCases]) -> PythonCases {
    let large = Diagnostic.notRead("a text as long as this", Span(at: .start), in: source)
    if parts.count > PythonEvaluator.memberLimit { return PythonCases(.opaque(refusal(large))) }
    var text = ""
    for part in parts {
      guard case .text(let own)? = part.single else { return PythonCases(.made(parts)) }
      text += own
      if text.utf8.count > PythonEvaluator.textLimit { return PythonCases(.opaque(refusal(large))) }
    }
    return PythonCases(.text(text))
  }

  private mutating func signed(
    _ sign: String, _ operand: PythonExpression, _ span: Span, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    guard case .number(let number)? = try value(operand, &frame).single, sign != "~" else {
      return PythonCases(.opaque(refusal(.notRead("`\(sign)` of what is no constant", span, in: source))))
    }
    guard sign == "-",
      let negated = Number(
        number.shortest.hasPrefix("-") ? String(number.shortest.dropFirst()) : "-" + number.shortest)
    else { return PythonCases(.number(number)) }
    return PythonCases(.number(negated))
  }

  /// `a or b` is the first that is true, else the last; `a and b` the first that is false.
  private mutating func junction(
    _ operands: [PythonExpression], isAnd: Bool, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    var values: [(cases: PythonCases, truth: PythonTruth)] = []
    for (index, operand) in operands.enumerated() {
      let cases = try value(operand, &frame)
      if index == operands.count - 1 {
        values.append((cases, .raising))
        break
      }
      let truth = try truth(of: cases, operand.span)
      let goesOn = isAnd ? truth.yes : truth.no
      values.append((cases, truth))
      if goesOn.isFalse {
        values.append((PythonCases(isTotal: true), .raising))
        break
      }
    }
    guard var result = values.popLast()?.cases else { return .raising }
    for (cases, truth) in values.reversed() {
      let goesOn = isAnd ? truth.yes : truth.no
      let stops = try kept(cases, isAnd)
      result = union(
        stops, under(goesOn, result), isTotal: cases.isTotal && truth.isTotal && result.isTotal)
    }
    return result
  }

  /// The cases that end a junction: the false ones of `and`, the true ones of `or`.
  private mutating func kept(_ cases: PythonCases, _ isAnd: Bool) throws(Diagnostic) -> PythonCases {
    var kept = PythonCases(isTotal: true)
    if isAnd { kept.no = cases.no } else { kept.yes = cases.yes }
    for other in cases.others {
      let truth = try truth(of: other.value, Span(at: .start))
      let both = logic.and(other.guarded, isAnd ? truth.no : truth.yes)
      var value = other.value
      // A boolean that is false is `False`.
      if isAnd, case .field(let field) = value, field.changes.isEmpty,
        kinds.at(field.path).kinds == .boolean
      {
        value = .boolean(false)
      }
      add(both, value, to: &kept)
    }
    return kept
  }
}

extension PythonCases {
  /// Dictionaries with a key's value set in each; `nil` where one of the values is no dictionary.
  func putting(_ value: PythonCases, at key: PythonValue) -> PythonCases? {
    guard isTotal, yes.isFalse, no.isFalse else { return nil }
    var copy = self
    for index in others.indices {
      guard case .dictionary(var entries) = others[index].value else { return nil }
      entries.put(key, value)
      copy.others[index].value = .dictionary(entries)
    }
    return copy
  }
}

extension [PythonValue.Entry] {
  /// Sets a key's value.
  mutating func put(_ key: PythonValue, _ value: PythonCases) {
    if let index = firstIndex(where: { $0.key.isSame(as: key) }) {
      self[index] = Element(key: key, value: value)
    } else {
      append(Element(key: key, value: value))
    }
  }
}

extension PythonValue {
  /// Whether it is a scalar that is known.
  var isConstant: Bool {
    switch self {
    case .none, .boolean, .number, .text: true
    case .sequence(.tuple, let members): members.allSatisfy { $0.single?.isConstant ?? false }
    case .sequence, .field, .dictionary, .elements, .parts, .length, .count, .address, .regex, .network,
      .match,
      .event,
      .function, .lambda, .known, .method, .bound, .module, .type, .object, .made, .opaque:
      false
    }
  }
}
