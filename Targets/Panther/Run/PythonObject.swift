import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A value of a program that runs.
enum PythonObject {
  case none
  case ellipsis
  case boolean(Bool)
  /// A whole number of any length.
  case integer(Number)
  case double(Double)
  case text(String)
  case list(PythonList)
  case tuple([PythonObject])
  case set([PythonObject])
  /// An object of the event, or the event.
  case mapping(Value.Object)
  /// An array of the event.
  case array([Value])
  case function(PythonFunction)
  /// What is imported, or what Python has itself.
  case known(String)
  indirect case method(PythonObject, String)
  case match
  /// An address, and whether it is spelled as one of IPv6.
  case address(IPAddress, isSix: Bool)
  case network(CIDR)

  /// What Panther makes of a value of the event: JSON as Python reads it.
  init(_ value: Value) {
    switch value {
    case .null: self = .none
    case .bool(let value): self = .boolean(value)
    case .number(let number):
      let isWhole = number.written.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") }
      self = isWhole ? .integer(Int(number.written).map { Number($0) } ?? number) : .double(number.double)
    case .string(let text): self = .text(text)
    case .malformedString(let units): self = .text(String(decoding: units, as: UTF16.self))
    case .array(let items): self = .array(items)
    case .object(let object): self = .mapping(object)
    }
  }

  /// The whole number of that value.
  init(_ value: Int) { self = .integer(Number(value)) }

  /// Whether it counts as true.
  var isTrue: Bool {
    switch self {
    case .none: false
    case .boolean(let value): value
    case .integer(let number): number.double != 0
    case .double(let value): value != 0
    case .text(let text): !text.isEmpty
    case .list(let list): !list.items.isEmpty
    case .tuple(let items), .set(let items): !items.isEmpty
    case .mapping(let object): !object.members.isEmpty
    case .array(let items): !items.isEmpty
    case .ellipsis, .function, .known, .method, .match, .address, .network: true
    }
  }

  /// The number that it is: a boolean is 1 or 0.
  var number: Double? {
    switch self {
    case .boolean(let value): value ? 1 : 0
    case .integer(let number): number.double
    case .double(let value): value
    default: nil
    }
  }

  /// The whole number that it is, where it fits.
  var int: Int? {
    switch self {
    case .boolean(let value): value ? 1 : 0
    case .integer(let number): Int(number.shortest)
    default: nil
    }
  }

  /// The members of a list, tuple, set or array.
  var members: [PythonObject]? {
    switch self {
    case .list(let list): list.items
    case .tuple(let items), .set(let items): items
    case .array(let items): items.map { PythonObject($0) }
    default: nil
    }
  }

  /// Whether both are equal; kinds of their own never are.
  func equals(_ other: PythonObject) -> Bool {
    if case .integer(let a) = self, case .integer(let b) = other { return a == b }
    if let a = number, let b = other.number { return a == b }
    switch (self, other) {
    case (.none, .none), (.ellipsis, .ellipsis): return true
    case (.text(let a), .text(let b)): return a.sameScalars(as: b)
    case (.known(let a), .known(let b)): return a == b
    case (.mapping(let a), .mapping(let b)): return a == b
    case (.address(let a, let isSix), .address(let b, let isOther)): return a == b && isSix == isOther
    case (.set, _), (_, .set): return false
    default: break
    }
    let isTuple = { (value: PythonObject) in if case .tuple = value { true } else { false } }
    if case .list = self, isTuple(other) { return false }
    if isTuple(self), case .list = other { return false }
    guard let a = members, let b = other.members, a.count == b.count else { return false }
    return zip(a, b).allSatisfy { $0.equals($1) }
  }
}

/// A list, which all names that hold it see change.
final class PythonList {
  var items: [PythonObject]

  init(_ items: [PythonObject]) { self.items = items }
}

/// Why a program stops.
enum PythonStop: Error {
  /// It raises an exception of that name.
  case raised(String)
  /// It has something that is not executed here.
  case unread(Diagnostic)
}

extension Value.Object {
  /// The keys, each once, where they stand first.
  var keysInOrder: [String] {
    var seen: Set<ScalarText> = []
    return members.map(\.key).filter { seen.insert(ScalarText($0)).inserted }
  }

  /// What Panther's event has for a key: that of the key, else of the first that is the same in lower case.
  func pantherValue(_ key: String) -> Value? {
    if let value = self[key] { return value }
    let lower = key.lowercased()
    guard let other = members.first(where: { $0.key.lowercased().sameScalars(as: lower) }) else { return nil }
    return self[other.key]
  }
}
