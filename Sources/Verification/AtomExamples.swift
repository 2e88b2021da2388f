import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Values that answer an atom yes or no: material for the search.
enum AtomExamples {
  /// Values that answer yes, the plainest first; none for `sameAs`, which asks two fields.
  static func yes(_ atom: Atom, like: Value?) -> [Value] {
    switch atom {
    case .present, .truthy:
      switch like {
      case .bool?: [.bool(true)]
      case .number?: [.number(Number(1))]
      case .null?, .string?, .malformedString?, .array?, .object?, nil: [.string("x")]
      }
    case .text(let pattern, _): texts(pattern).map { typed($0, like: like) }
    case .oneOf(let texts, _): ends(texts).map { typed($0, like: like) }
    case .regex(let regex): regex.samples.map { typed($0, like: like) }
    case .number(let comparison, let bound):
      near(bound).filter { comparison.holds($0.double, bound.double) }.map { number($0, like: like) }
    case .network(let network): [.string(network.address.description), .string(network.last.description)]
    case .sameAs: []
    case .array: [.array([element(like)]), .array([]), .array([.null])]
    }
  }

  /// An element as the field's value elsewhere.
  private static func element(_ like: Value?) -> Value {
    switch like {
    case .array(let items)?: items.first ?? .string("x")
    case .bool?, .number?, .string?, .malformedString?, .object?: like ?? .string("x")
    case .null?, nil: .string("x")
    }
  }

  /// Values that answer no, near misses first.
  static func no(_ atom: Atom, like: Value?) -> [Value] {
    switch atom {
    case .present: []
    case .truthy:
      switch like {
      case .bool?: [.bool(false)]
      case .number?: [.number(Number(0))]
      case .null?, .string?, .malformedString?, .array?, .object?, nil:
        [.string(""), .string("0"), .string("false")]
      }
    case .text(let pattern, _): texts(pattern).prefix(1).flatMap(nearMisses).map(Value.string) + others(like)
    case .oneOf(let texts, _): texts.prefix(1).flatMap(nearMisses).map(Value.string) + others(like)
    case .regex(let regex): regex.samples.prefix(2).flatMap(nearMisses).map(Value.string) + others(like)
    case .number(let comparison, let bound):
      near(bound).filter { !comparison.holds($0.double, bound.double) }.map { number($0, like: like) }
        + others(like)
    case .network(let network):
      [network.address.before, network.last.after].compactMap { $0.map { .string($0.description) } }
        + [.string("192.0.2.1"), .string("2001:db8::1")] + others(like)
    case .sameAs, .array: others(like)
    }
  }

  /// Values that nobody asks for.
  static func others(_ like: Value?) -> [Value] {
    switch like {
    case .bool?: [.bool(false), .bool(true), .string("other")]
    case .number?: [.number(Number(7)), .number(Number(-8)), .string("other")]
    case .null?, .string?, .malformedString?, .array?, .object?, nil: [.string("other"), .string("")]
    }
  }

  /// A text that meets several patterns at once, where one can: prefix, what it contains, suffix.
  static func combined(_ atoms: [Atom]) -> [String] {
    var (prefix, suffix) = ("", "")
    var middle: [String] = []
    for atom in atoms {
      switch atom {
      case .text(let pattern, _):
        switch pattern.shape {
        case .prefix(let text): if text.utf8.count > prefix.utf8.count { prefix = text }
        case .suffix(let text): if text.utf8.count > suffix.utf8.count { suffix = text }
        case .contains(let text): middle.append(text)
        case .anything, .equals: break
        case .wildcard: middle.append(contentsOf: texts(pattern).prefix(1))
        }
      case .regex(let regex): middle.append(contentsOf: regex.samples.prefix(1))
      case .present, .truthy, .oneOf, .number, .network, .sameAs, .array: break
      }
    }
    let parts = [prefix] + middle.prefix(16) + [suffix]
    let filled = parts.filter { !$0.isEmpty }
    return filled.count < 2 ? [] : [filled.joined(separator: "-"), filled.joined()]
  }

  /// Texts that a pattern matches, with little and with something in place of its wildcards.
  static func texts(_ pattern: Pattern) -> [String] {
    let filled = ["x", ""].map { run in
      pattern.pieces.map { piece in
        switch piece {
        case .literal(let text): text
        case .anyRun: run
        case .anyOne: "x"
        }
      }.joined()
    }
    return filled[0].sameScalars(as: filled[1]) ? [filled[0]] : filled
  }

  /// The text one character different, longer and shorter.
  static func nearMisses(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    guard let last = scalars.last else { return ["x"] }
    let other: Unicode.Scalar = last == "y" ? "z" : "y"
    return [
      string(scalars.dropLast() + [other]), text + "x", "x" + text, string(scalars.dropLast()),
      string(scalars.dropFirst()),
    ]
  }

  /// The first, the middle and the last.
  static func ends(_ texts: [String]) -> [String] {
    guard let first = texts.first, let last = texts.last else { return [] }
    return texts.count < 3 ? texts : [first, texts[texts.count / 2], last]
  }

  /// The bound itself, just beside it, and a step away.
  static func near(_ bound: Number) -> [Number] {
    let value = bound.double
    guard value.isFinite else { return [bound, Number(0)] }
    var result = [bound]
    if let whole = Int(exactly: value), abs(whole) < 1 << 50 {
      result += [Number(whole + 1), Number(whole - 1)]
      if let half = Number("\(whole).5") { result.append(half) }
    } else {
      result += [value + 1, value - 1].compactMap { Number("\($0)") }
    }
    let all = result + [value.nextUp, value.nextDown, 0].compactMap { Number("\($0)") }
    return all.compactMap { Number($0.shortest) }
  }

  /// The text as the type that the field has elsewhere.
  static func typed(_ text: String, like: Value?) -> Value {
    switch like {
    case .bool? where text.sameScalars(as: "true") || text.sameScalars(as: "false"):
      return .bool(text.sameScalars(as: "true"))
    case .number?:
      if let number = Number(text), number.shortest.sameScalars(as: text) { return .number(number) }
    case .bool?, .null?, .string?, .malformedString?, .array?, .object?, nil: break
    }
    return .string(text)
  }

  static func number(_ number: Number, like: Value?) -> Value {
    if case .string? = like { return .string(number.shortest) }
    return .number(number)
  }

  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}

extension CIDR {
  /// The last address of the network.
  var last: IPAddress {
    var bytes = address.bytes
    for bit in prefixLength..<max(prefixLength, bytes.count * 8) {
      bytes[bit / 8] |= 0x80 >> UInt8(bit % 8)
    }
    return IPAddress(bytes: bytes)
  }
}

extension IPAddress {
  /// The address after this one; `nil` after the last.
  var after: IPAddress? { stepped(from: 0xFF, to: 0) { $0 + 1 } }
  /// The address before this one; `nil` before the first.
  var before: IPAddress? { stepped(from: 0, to: 0xFF) { $0 - 1 } }

  private func stepped(from full: UInt8, to empty: UInt8, _ step: (UInt8) -> UInt8) -> IPAddress? {
    var bytes = bytes
    guard let place = bytes.lastIndex(where: { $0 != full }) else { return nil }
    bytes[place] = step(bytes[place])
    for later in bytes.indices where later > place { bytes[later] = empty }
    return IPAddress(bytes: bytes)
  }
}
