import ConcordDiagnostics

/// A JSON value: what an event is made of, and what YAML resolves to.
public enum Value: Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, its text kept.
  case number(Number)
  /// A text of Unicode scalars.
  case string(String)
  /// A text that is not well-formed Unicode: it has surrogates without a partner (JSON can spell them as
  /// `\ud800`). Its UTF-16 code units are kept, so that nothing is lost in writing it back.
  case malformedString([UInt16])
  /// A list.
  case array([Value])
  /// An object, its members in source order.
  case object(Object)

  /// An object: members in source order. Where a key stands twice, the last one counts.
  public struct Object: Sendable {
    /// One key and its value.
    package struct Member: Sendable {
      /// The key. Where `malformedKey` is set, its readable form, with U+FFFD for what is not Unicode.
      package var key: String
      /// The key's UTF-16 code units, where they are not well-formed Unicode (JSON can spell `{"\ud800": 1}`).
      /// No name in a rule is such a key, so that a look-up never finds it; writing JSON gives it back.
      package var malformedKey: [UInt16]?
      /// What the key stands for; `null` is a value too.
      package var value: Value
      /// The member `key: value`.
      package init(_ key: String, _ value: Value) {
        self.key = key
        self.value = value
      }

      /// The member whose key is these UTF-16 code units, not well-formed Unicode.
      package init(malformedKey: [UInt16], _ value: Value) {
        key = String(decoding: malformedKey, as: UTF16.self)
        self.malformedKey = malformedKey
        self.value = value
      }

      init(_ key: String, malformedKey: [UInt16]?, _ value: Value) {
        self.key = key
        self.malformedKey = malformedKey
        self.value = value
      }

      func isNamed(_ name: String) -> Bool { malformedKey == nil && key.sameScalars(as: name) }
    }

    /// The members in source order, duplicates included.
    package var members: [Member]

    /// An object of these members.
    package init(_ members: [Member] = []) { self.members = members }

    /// The value of `key`, compared scalar by scalar; `nil` where it is missing. Setting `nil` removes the key.
    public subscript(key: String) -> Value? {
      get { members.last { $0.isNamed(key) }?.value }
      set {
        guard let newValue else {
          members.removeAll { $0.isNamed(key) }
          return
        }
        if let index = members.lastIndex(where: { $0.isNamed(key) }) {
          members[index].value = newValue
        } else {
          members.append(Member(key, newValue))
        }
      }
    }
  }
}

extension Value: Hashable {
  /// Whether both are the same value: texts scalar by scalar, numbers by their shortest decimal, objects member
  /// by member in order.
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.sameScalars(as: b)
    case (.malformedString(let a), .malformedString(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    case (.null, _), (.bool, _), (.number, _), (.string, _), (.malformedString, _), (.array, _),
      (.object, _):
      false
    }
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let number): hasher.combine(number)
    case .string(let text): hasher.combine(ScalarText(text))
    case .malformedString(let units): hasher.combine(units)
    case .array(let items): hasher.combine(items)
    case .object(let object): hasher.combine(object)
    }
  }
}

extension Value.Object: Hashable {}
extension Value.Object.Member: Hashable {
  /// Whether key and value are the same, the key scalar by scalar.
  public static func == (left: Self, right: Self) -> Bool {
    left.key.sameScalars(as: right.key) && left.malformedKey == right.malformedKey
      && left.value == right.value
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ScalarText(key))
    hasher.combine(value)
  }
}

extension Value {
  /// An object of these members, in order.
  package static func members(_ members: [(String, Value)]) -> Value {
    .object(Object(members.map { Object.Member($0.0, $0.1) }))
  }
}
