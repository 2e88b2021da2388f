import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Expressions of Python to their values.
extension PythonInterpreter {
  /// The value of an expression.
  mutating func value(
    _ expression: PythonExpression, _ names: inout [String: PythonObject]
  ) throws(PythonStop) -> PythonObject {
    try step(expression.span)
    switch expression.kind {
    case .none: return .none
    case .ellipsis: return .ellipsis
    case .boolean(let value): return .boolean(value)
    case .number(let text): return try number(text, expression.span)
    case .string(let text): return .text(text)
    case .name(let name): return try named(name, names)
    case .list(let items): return .list(PythonList(try members(items, &names)))
    case .tuple(let items): return .tuple(try members(items, &names))
    case .set(let items): return .set(try members(items, &names))
    case .attribute(let base, let name): return try attribute(try value(base, &names), name)
    case .element(let base, let index):
      let base = try value(base, &names)
      return try element(base, try value(index, &names), expression.span)
    case .slice(let base, let start, let end, nil):
      return try slice(
        try value(base, &names), try bound(start, &names), try bound(end, &names), expression.span)
    case .call(let function, let arguments): return try call(function, arguments, expression.span, &names)
    case .not(let operand): return .boolean(!(try value(operand, &names).isTrue))
    case .sign(let sign, let operand): return try signed(sign, try value(operand, &names), expression.span)
    case .and(let operands):
      var last = PythonObject.none
      for operand in operands {
        last = try value(operand, &names)
        if !last.isTrue { break }
      }
      return last
    case .or(let operands):
      var last = PythonObject.none
      for operand in operands {
        last = try value(operand, &names)
        if last.isTrue { break }
      }
      return last
    case .comparison(let first, let steps):
      var left = try value(first, &names)
      for step in steps {
        let right = try value(step.operand, &names)
        if !(try compare(left, step.sign, right, expression.span)) { return .boolean(false) }
        left = right
      }
      return .boolean(true)
    case .operation(let left, let sign, let right):
      let left = try value(left, &names)
      return try operation(left, sign, try value(right, &names), expression.span)
    case .choice(let condition, let then, let other):
      return try value(try value(condition, &names).isTrue ? then : other, &names)
    case .comprehension(let made):
      var items: [PythonObject] = []
      try comprehension(made, &names) { (item) in
        items.append(item)
        return true
      }
      switch made.form {
      case .list: return .list(PythonList(items))
      case .set: return .set(items)
      case .generator: return .list(PythonList(items))
      case .dictionary: throw unread("a dictionary", expression.span)
      }
    case .bytes, .formatted, .dictionary, .slice, .assigned, .lambda, .other:
      throw unread("this expression", expression.span)
    }
  }

  private func named(_ name: String, _ names: [String: PythonObject]) throws(PythonStop) -> PythonObject {
    if let own = names[name] ?? globals[name] { return own }
    if PythonBuiltins.names.contains(name) { return .known(name) }
    throw .raised("NameError")
  }

  private func number(_ text: String, _ span: Span) throws(PythonStop) -> PythonObject {
    if let whole = Int(text) { return PythonObject(whole) }
    if text.utf8.allSatisfy({ $0.isDigit }), let number = Number(text) { return .integer(number) }
    guard let double = Double(text), text.utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) else {
      throw unread("the number `\(text)`", span)
    }
    return .double(double)
  }

  private mutating func members(
    _ items: [PythonExpression.Item], _ names: inout [String: PythonObject]
  ) throws(PythonStop) -> [PythonObject] {
    var members: [PythonObject] = []
    for item in items {
      let value = try value(item.value, &names)
      if item.isSpread {
        members += try self.items(of: value, item.value.span)
      } else {
        members.append(value)
      }
    }
    return members
  }

  private mutating func bound(
    _ expression: PythonExpression?, _ names: inout [String: PythonObject]
  ) throws(PythonStop) -> Int? {
    guard let expression else { return nil }
    guard let index = try value(expression, &names).int else { throw .raised("TypeError") }
    return index
  }

  private func slice(
    _ base: PythonObject, _ start: Int?, _ end: Int?, _ span: Span
  ) throws(PythonStop) -> PythonObject {
    func part<Item>(_ items: [Item]) -> [Item] {
      func place(_ index: Int) -> Int { max(0, min(items.count, index < 0 ? items.count + index : index)) }
      let (from, to) = (place(start ?? 0), place(end ?? items.count))
      return from < to ? Array(items[from..<to]) : []
    }
    switch base {
    case .text(let text): return .text(String(String.UnicodeScalarView(part(Array(text.unicodeScalars)))))
    case .list(let list): return .list(PythonList(part(list.items)))
    case .tuple(let items): return .tuple(part(items))
    case .array(let items): return .array(part(items))
    default: throw .raised("TypeError")
    }
  }

  private func element(
    _ base: PythonObject, _ index: PythonObject, _ span: Span
  ) throws(PythonStop) -> PythonObject {
    if case .mapping(let object) = base {
      guard case .text(let key) = index else { throw unread("a key that is no text", span) }
      guard let value = object.pantherValue(key) else { throw .raised("KeyError") }
      return PythonObject(value)
    }
    let items: [PythonObject]
    if case .text(let text) = base {
      items = text.unicodeScalars.map { .text(String($0)) }
    } else if let members = base.members {
      items = members
    } else {
      throw .raised("TypeError")
    }
    guard let place = index.int else { throw .raised("TypeError") }
    let index = place < 0 ? items.count + place : place
    guard items.indices.contains(index) else { throw .raised("IndexError") }
    return items[index]
  }

  private func attribute(_ base: PythonObject, _ name: String) throws(PythonStop) -> PythonObject {
    if case .known(let module) = base { return .known("\(module).\(name)") }
    return .method(base, name)
  }

  private func signed(_ sign: String, _ operand: PythonObject, _ span: Span) throws(PythonStop)
    -> PythonObject
  {
    switch (sign, operand) {
    case ("-", .double(let value)): return .double(-value)
    case ("-", _):
      guard let value = operand.int else { throw unread("`-` of this", span) }
      return PythonObject(-value)
    case ("+", .double): return operand
    default: throw unread("`\(sign)` of this", span)
    }
  }

  /// Whether two values compare so.
  private func compare(
    _ left: PythonObject, _ sign: String, _ right: PythonObject, _ span: Span
  ) throws(PythonStop) -> Bool {
    switch sign {
    case "==": return left.equals(right)
    case "!=": return !left.equals(right)
    case "is", "is not":
      let isSame: Bool
      switch (left, right) {
      case (.none, .none), (.ellipsis, .ellipsis): isSame = true
      case (.boolean(let a), .boolean(let b)): isSame = a == b
      case (.none, _), (_, .none), (.ellipsis, _), (_, .ellipsis), (.boolean, _), (_, .boolean):
        isSame = false
      default: throw unread("`is` of these", span)
      }
      return isSame == (sign == "is")
    case "in": return try contains(right, left, span)
    case "not in": return !(try contains(right, left, span))
    case "<", "<=", ">", ">=":
      guard let comparison = Comparison(rawValue: sign), let a = left.number, let b = right.number else {
        if case .text = left, case .text = right { throw unread("the order of texts", span) }
        throw .raised("TypeError")
      }
      return comparison.holds(a, b)
    default: throw unread("`\(sign)`", span)
    }
  }

  private func contains(
    _ whole: PythonObject, _ part: PythonObject, _ span: Span
  ) throws(PythonStop) -> Bool {
    switch whole {
    case .text(let text):
      guard case .text(let part) = part else { throw .raised("TypeError") }
      return text.indexOfScalars(part) != nil
    case .mapping(let object):
      guard case .text(let key) = part else { return false }
      return object.pantherValue(key) != nil
    case .network(let network):
      guard case .address(let address, let isSix) = part else { throw .raised("TypeError") }
      if isSix != (network.address.bytes.count == 16) { return false }
      return isSix && address.bytes.count == 4 ? network.hasMappedAddresses : network.contains(address)
    default:
      guard let members = whole.members else { throw .raised("TypeError") }
      return members.contains { $0.equals(part) }
    }
  }

  /// `left + right` and its like.
  func operation(
    _ left: PythonObject, _ sign: String, _ right: PythonObject, _ span: Span
  ) throws(PythonStop) -> PythonObject {
    switch (left, sign, right) {
    case (.text(let a), "+", .text(let b)): return .text(a + b)
    case (.text(let text), "*", _):
      guard let count = right.int, count < 10_000 else { throw unread("a text as long as this", span) }
      return .text(String(repeating: text, count: max(0, count)))
    case (.list(let a), "+", .list(let b)): return .list(PythonList(a.items + b.items))
    case (.tuple(let a), "+", .tuple(let b)): return .tuple(a + b)
    case (.known(let a), "|", .known(let b)): return .known("\(a)|\(b)")
    case (.integer, _, .integer):
      guard let a = left.int, let b = right.int else { throw unread("numbers as large as these", span) }
      let (sum, overflows) =
        sign == "+"
        ? a.addingReportingOverflow(b) : sign == "-" ? a.subtractingReportingOverflow(b) : (0, true)
      if overflows { throw unread("`\(sign)` of these numbers", span) }
      return PythonObject(sum)
    default: throw unread("`\(sign)` of these", span)
    }
  }

  /// Calls `take` with what is made of each element, until that gives `false`. The names of the loops are its own.
  mutating func comprehension(
    _ made: PythonExpression.Comprehension, _ names: inout [String: PythonObject],
    _ take: (PythonObject) -> Bool
  ) throws(PythonStop) {
    var own = names
    _ = try comprehension(made, 0, &own, take)
  }

  private mutating func comprehension(
    _ made: PythonExpression.Comprehension, _ index: Int, _ names: inout [String: PythonObject],
    _ take: (PythonObject) -> Bool
  ) throws(PythonStop) -> Bool {
    guard index < made.loops.count else { return take(try value(made.item, &names)) }
    let loop = made.loops[index]
    let iterated = try value(loop.iterated, &names)
    next: for item in try items(of: iterated, loop.iterated.span) {
      try assign(item, to: loop.target, &names)
      for condition in loop.conditions where !(try value(condition, &names).isTrue) { continue next }
      if !(try comprehension(made, index + 1, &names, take)) { return false }
    }
    return true
  }

  private mutating func call(
    _ function: PythonExpression, _ arguments: [PythonExpression.Argument], _ span: Span,
    _ names: inout [String: PythonObject]
  ) throws(PythonStop) -> PythonObject {
    let callee = try value(function, &names)
    // What is behind the element that decides is not looked at.
    if case .known(let name) = callee, name == "any" || name == "all", arguments.count == 1,
      case .comprehension(let made) = arguments[0].value.kind, case .generator = made.form
    {
      var result = name == "all"
      try comprehension(made, &names) { item in
        if item.isTrue == (name == "any") { result = name == "any" }
        return item.isTrue != (name == "any")
      }
      return .boolean(result)
    }
    var (positional, named): ([PythonObject], [(name: String, value: PythonObject)]) = ([], [])
    for argument in arguments {
      let value = try value(argument.value, &names)
      if argument.stars == "*" {
        positional += try items(of: value, argument.value.span)
      } else if argument.stars == "**" {
        throw unread("`**` in a call", argument.value.span)
      } else if let name = argument.name {
        named.append((name, value))
      } else {
        positional.append(value)
      }
    }
    return try call(callee, positional, named, span)
  }
}

extension String {
  /// How many scalars stand before the first place where a text stands; `nil` where it stands nowhere.
  func indexOfScalars(_ text: String) -> Int? {
    let (all, part) = (Array(unicodeScalars), Array(text.unicodeScalars))
    guard all.count >= part.count else { return nil }
    return (0...(all.count - part.count)).first { all[$0..<($0 + part.count)].elementsEqual(part) }
  }
}
