import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// What Python and its library have themselves.
extension PythonInterpreter {
  /// The value of a call of a function that is Python's own or its library's.
  mutating func known(
    _ name: String, _ positional: [PythonObject], _ named: [(name: String, value: PythonObject)], _ span: Span
  ) throws(PythonStop) -> PythonObject {
    let first = positional.first ?? .none
    switch name {
    case "any": return .boolean(try items(of: first, span).contains(where: \.isTrue))
    case "all": return .boolean(try items(of: first, span).allSatisfy(\.isTrue))
    case "bool": return .boolean(first.isTrue)
    case "len": return PythonObject(try items(of: first, span).count)
    case "list": return .list(PythonList(positional.isEmpty ? [] : try items(of: first, span)))
    case "tuple": return .tuple(positional.isEmpty ? [] : try items(of: first, span))
    case "set", "frozenset": return .set(positional.isEmpty ? [] : try items(of: first, span))
    case "isinstance":
      guard positional.count == 2 else { throw .raised("TypeError") }
      return .boolean(try isInstance(first, of: positional[1], span))
    case "str": return .text(try text(of: first, span))
    case "repr":
      if first.number == nil { throw unread("`repr` of this", span) }
      return .text(try text(of: first, span))
    case "abs": return try magnitude(first, span)
    case "int", "float": return try parsed(first, isWhole: name == "int", span)
    case "getattr": return try attribute(positional, span)
    case "print": return .none
    default: return try library(name, positional, named, span)
    }
  }

  private func library(
    _ name: String, _ positional: [PythonObject], _ named: [(name: String, value: PythonObject)], _ span: Span
  ) throws(PythonStop) -> PythonObject {
    func text(_ index: Int) throws(PythonStop) -> String {
      guard index < positional.count, case .text(let text) = positional[index] else {
        throw .raised("TypeError")
      }
      return text
    }
    switch name {
    case "re.search", "re.match", "re.fullmatch":
      var flags = ""
      if positional.count > 2 || !named.isEmpty {
        guard positional.count == 3, named.isEmpty, case .known(let names) = positional[2] else {
          throw unread("these flags", span)
        }
        flags = names
      }
      return try matches(name, try text(0), try text(1), flags, span) ? .match : .none
    case "fnmatch.fnmatchcase", "fnmatch.fnmatch":
      return .boolean(PythonPattern(try text(1)).matches(try text(0)))
    case "ipaddress.ip_address": return try address(try text(0))
    case "ipaddress.ip_network":
      let spelled = try text(0)
      guard positional.count == 1, named.isEmpty else { throw unread("these arguments", span) }
      let isSix = spelled.utf8.contains(UInt8(ascii: ":"))
      guard let network = CIDR(spelled), (network.address.bytes.count == 16) == isSix else {
        throw unread("the network `\(spelled)`", span)
      }
      if IPAddress(String(spelled.prefix { $0 != "/" })) != network.address { throw .raised("ValueError") }
      return .network(network)
    case "json.dumps":
      guard positional.count == 1, named.count == 1, named[0].name == "ensure_ascii", !named[0].value.isTrue
      else { throw unread("these arguments", span) }
      return .text(try json(positional[0], span))
    default: throw unread("`\(name)`", span)
    }
  }

  private func isInstance(
    _ value: PythonObject, of type: PythonObject, _ span: Span
  ) throws(PythonStop) -> Bool {
    if case .tuple(let types) = type {
      for type in types where try isInstance(value, of: type, span) { return true }
      return false
    }
    guard case .known(let name) = type else { throw .raised("TypeError") }
    switch (name, value) {
    case ("str", .text), ("bool", .boolean), ("int", .boolean), ("int", .integer), ("float", .double):
      return true
    case ("list", .list), ("tuple", .tuple), ("set", .set), ("collections.abc.Mapping", .mapping): return true
    case ("collections.abc.Sequence", .text), ("collections.abc.Sequence", .list),
      ("collections.abc.Sequence", .tuple), ("collections.abc.Sequence", .array):
      return true
    case ("str", _), ("bool", _), ("int", _), ("float", _), ("list", _), ("tuple", _), ("set", _),
      ("dict", _),
      ("collections.abc.Mapping", _), ("collections.abc.Sequence", _):
      return false
    default: throw unread("`isinstance` of `\(name)`", span)
    }
  }

  private func text(of value: PythonObject, _ span: Span) throws(PythonStop) -> String {
    switch value {
    case .none: return "None"
    case .boolean(let value): return value ? "True" : "False"
    case .integer(let number): return number.written
    case .double(let value): return PythonDouble.text(value)
    case .text(let text): return text
    default: throw unread("the text of this", span)
    }
  }

  private func magnitude(_ value: PythonObject, _ span: Span) throws(PythonStop) -> PythonObject {
    switch value {
    case .double(let value): return .double(value.magnitude)
    case .integer(let number):
      guard number.written.hasPrefix("-"), let own = Number(String(number.written.dropFirst())) else {
        return value
      }
      return .integer(own)
    case .boolean(let value): return PythonObject(value ? 1 : 0)
    default: throw .raised("TypeError")
    }
  }

  private func parsed(_ value: PythonObject, isWhole: Bool, _ span: Span) throws(PythonStop) -> PythonObject {
    switch value {
    case .text(let text):
      let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
      let isPlain = !digits.isEmpty && digits.allSatisfy { $0.isDigit } && text.utf8.count - digits.count < 2
      if isWhole {
        guard isPlain, let value = Int(text) else { throw unread("`int` of `\(text)`", span) }
        return PythonObject(value)
      }
      guard let number = Number(text) else { throw unread("`float` of `\(text)`", span) }
      return .double(number.double)
    case .boolean, .integer:
      return isWhole ? value : .double(value.number ?? 0)
    case .double where !isWhole: return value
    case .double: throw unread("`int` of this", span)
    default: throw .raised("TypeError")
    }
  }

  /// `getattr(address, "ipv4_mapped", otherwise)`.
  private func attribute(_ arguments: [PythonObject], _ span: Span) throws(PythonStop) -> PythonObject {
    guard arguments.count == 3, case .text("ipv4_mapped") = arguments[1],
      case .address(let address, let isSix) = arguments[0]
    else { throw unread("this attribute", span) }
    if !isSix { return arguments[2] }
    return address.bytes.count == 4 ? .address(address, isSix: false) : .none
  }

  private func address(_ text: String) throws(PythonStop) -> PythonObject {
    let isSix = text.utf8.contains(UInt8(ascii: ":"))
    let parts = text.split(separator: "%", omittingEmptySubsequences: false)
    if isSix, parts.count == 2, !parts[1].isEmpty, let address = IPAddress(String(parts[0])) {
      return .address(address, isSix: true)
    }
    guard let address = IPAddress(text) else { throw .raised("ValueError") }
    return .address(address, isSix: isSix)
  }

  private func json(_ value: PythonObject, _ span: Span) throws(PythonStop) -> String {
    switch value {
    case .none: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .integer, .double: return try text(of: value, span)
    case .text(let text): return Value.string(text).compactJSON
    default: throw unread("the JSON of this", span)
    }
  }

  /// Whether an expression of `re` matches. Beyond ASCII its classes and letters are other ones, unless `re.ASCII` says
  /// that they are not.
  private func matches(
    _ name: String, _ pattern: String, _ text: String, _ names: String, _ span: Span
  ) throws(PythonStop) -> Bool {
    var (flags, isASCII): (PortableRegex.Flags, Bool) = ([], false)
    for name in names.split(separator: "|") {
      switch name {
      case "re.ASCII", "re.A": isASCII = true
      case "re.IGNORECASE", "re.I": flags.insert(.ignoreCase)
      case "re.MULTILINE", "re.M": flags.insert(.multiline)
      case "re.DOTALL", "re.S": flags.insert(.dotAll)
      default: throw unread("`\(name)`", span)
      }
    }
    let asksMore = !isASCII && PythonInterpreter.asksForClasses(pattern) || flags.contains(.ignoreCase)
    if asksMore, !text.allBytes({ $0 < 0x80 }) || !pattern.allBytes({ $0 < 0x80 }) {
      throw unread("an expression on letters beyond ASCII", span)
    }
    let own = PythonRegexText.portable(pattern)
    let placed =
      name == "re.match" ? "\\A(?:\(own))" : name == "re.fullmatch" ? "\\A(?:\(own))\\z" : own
    do throws(Diagnostic) {
      return try PortableRegex(placed, flags: flags).matches(text)
    } catch {
      throw unread("the expression `\(pattern)`", span)
    }
  }

  /// Whether an expression has `\\d` or its like, or flags of its own.
  private static func asksForClasses(_ pattern: String) -> Bool {
    var isEscaped = false
    for byte in pattern.utf8 {
      if isEscaped, "dwsbDWSB".utf8.contains(byte) { return true }
      isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
    }
    return pattern.hasPrefix("(?") && !pattern.hasPrefix("(?:")
  }

  /// The value of a call of a method.
  func method(
    _ base: PythonObject, _ name: String, _ positional: [PythonObject],
    _ named: [(name: String, value: PythonObject)], _ span: Span
  ) throws(PythonStop) -> PythonObject {
    switch (base, name) {
    case (.list(let list), "append"):
      guard positional.count == 1 else { throw .raised("TypeError") }
      list.items.append(positional[0])
      return .none
    case (.mapping(let object), "get"): return try get(object, positional, named, span)
    case (.mapping(let object), "deep_get"):
      var value = Value.object(object)
      let otherwise = named.first { $0.name == "default" }?.value ?? .none
      for key in positional {
        guard case .text(let key) = key, case .object(let object) = value, let next = object.pantherValue(key)
        else { return otherwise }
        value = next
      }
      return value == .null ? otherwise : PythonObject(value)
    case (.mapping(let object), "keys"): return .list(PythonList(object.keysInOrder.map { .text($0) }))
    case (.text(let text), _): return try method(text, name, positional, span)
    case (.none, _), (.boolean, _), (.integer, _), (.double, _), (.array, _): throw .raised("AttributeError")
    default: throw unread("`\(name)`", span)
    }
  }

  private func get(
    _ object: Value.Object, _ positional: [PythonObject], _ named: [(name: String, value: PythonObject)],
    _ span: Span
  ) throws(PythonStop) -> PythonObject {
    guard case .text(let key)? = positional.first else { throw unread("a key that is no text", span) }
    if let value = object.pantherValue(key) { return PythonObject(value) }
    return positional.count > 1 ? positional[1] : named.first { $0.name == "default" }?.value ?? .none
  }

  private func method(
    _ text: String, _ name: String, _ arguments: [PythonObject], _ span: Span
  ) throws(PythonStop) -> PythonObject {
    let scalars = Array(text.unicodeScalars)
    func argument(_ index: Int) throws(PythonStop) -> String {
      guard index < arguments.count, case .text(let text) = arguments[index] else {
        throw .raised("TypeError")
      }
      return text
    }
    func made(_ scalars: some Sequence<Unicode.Scalar>) -> PythonObject {
      .text(String(String.UnicodeScalarView(scalars)))
    }
    switch name {
    case "startswith", "endswith":
      guard arguments.count == 1 else { throw unread("these arguments", span) }
      var affixes = [arguments[0]]
      if case .tuple(let all) = arguments[0] { affixes = all }
      for affix in affixes {
        guard case .text(let affix) = affix else { throw .raised("TypeError") }
        let part = Array(affix.unicodeScalars)
        if name == "startswith" ? scalars.starts(with: part) : scalars.suffix(part.count).elementsEqual(part)
        {
          return .boolean(true)
        }
      }
      return .boolean(false)
    case "lower", "upper":
      // A final sigma is mapped by what stands before it.
      if scalars.count > 1, !text.allBytes({ $0 < 0x80 }) { throw unread("letter case beyond ASCII", span) }
      let mapped = scalars.map {
        name == "lower" ? $0.properties.lowercaseMapping : $0.properties.uppercaseMapping
      }
      return .text(mapped.joined())
    case "strip", "lstrip", "rstrip":
      let marks = arguments.isEmpty ? nil : Array(try argument(0).unicodeScalars)
      func goes(_ scalar: Unicode.Scalar) -> Bool { marks?.contains(scalar) ?? scalar.isPythonBlank }
      var rest = scalars[...]
      if name != "rstrip" { rest = rest.drop(while: goes) }
      while name != "lstrip", let last = rest.last, goes(last) { rest.removeLast() }
      return made(rest)
    case "partition":
      let mark = try argument(0)
      guard let place = text.indexOfScalars(mark) else { return .tuple([.text(text), .text(""), .text("")]) }
      return .tuple([
        made(scalars[..<place]), .text(mark), made(scalars[(place + mark.unicodeScalars.count)...]),
      ])
    case "join":
      var parts: [String] = []
      for item in try items(of: arguments.first ?? .none, span) {
        guard case .text(let part) = item else { throw .raised("TypeError") }
        parts.append(part)
      }
      return .text(parts.joined(separator: text))
    case "get", "deep_get", "append", "items", "keys": throw .raised("AttributeError")
    default: throw unread("`\(name)` of a text", span)
    }
  }
}

/// A pattern of `fnmatch`.
struct PythonPattern {
  private enum Piece {
    case any
    case one
    case scalar(Unicode.Scalar)
    case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
  }

  private var pieces: [Piece] = []

  init(_ pattern: String) {
    let scalars = Array(pattern.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      switch scalar {
      case "*": pieces.append(.any)
      case "?": pieces.append(.one)
      case "[":
        let isNegated = index < scalars.count && scalars[index] == "!"
        let start = index + (isNegated ? 1 : 0)
        // A bracket that closes at once is a member.
        guard start < scalars.count, let end = scalars[(start + 1)...].firstIndex(of: "]") else {
          pieces.append(.scalar("["))
          continue
        }
        pieces.append(.oneOf(PythonPattern.ranges(scalars[start..<end]), isNegated: isNegated))
        index = end + 1
      default: pieces.append(.scalar(scalar))
      }
    }
  }

  private static func ranges(_ members: ArraySlice<Unicode.Scalar>) -> [ClosedRange<Unicode.Scalar>] {
    var (ranges, rest): ([ClosedRange<Unicode.Scalar>], ArraySlice<Unicode.Scalar>) = ([], members)
    while let low = rest.popFirst() {
      if rest.first == "-", rest.count > 1 {
        let high = rest[rest.startIndex + 1]
        rest = rest.dropFirst(2)
        if low <= high { ranges.append(low...high) }
      } else {
        ranges.append(low...low)
      }
    }
    return ranges
  }

  /// Whether the text matches from end to end.
  func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var (piece, place) = (0, 0)
    var retry: (piece: Int, place: Int)?
    while place < scalars.count {
      if piece < pieces.count, case .any = pieces[piece] {
        retry = (piece, place)
        piece += 1
      } else if piece < pieces.count, accepts(pieces[piece], scalars[place]) {
        piece += 1
        place += 1
      } else if let last = retry {
        retry = (last.piece, last.place + 1)
        (piece, place) = (last.piece + 1, last.place + 1)
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy { if case .any = $0 { true } else { false } }
  }

  private func accepts(_ piece: Piece, _ scalar: Unicode.Scalar) -> Bool {
    switch piece {
    case .any: false
    case .one: true
    case .scalar(let own): own == scalar
    case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
    }
  }
}
