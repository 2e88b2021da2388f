/// The runtime that generated source states at its end: only the parts that the rule calls. It mirrors
/// `Evaluation.swift` and the files that one calls, and says nothing on its own.
enum SwiftRuntime {
  /// What a condition may call beyond what every rule needs.
  enum Part: CaseIterable {
    case truthy, equals, prefix, suffix, contains, wildcard, lowercased, oneOf, textSet
    case expression, number, network, sameAs, leaves, longPath
  }

  /// The runtime with these parts, in a fixed order. `eventType` is what the event's type is called at the top
  /// level; the plain `Event` is declared here, another is nested in the rule's type.
  static func text(_ parts: Set<Part>, event eventType: String) -> String {
    var texts = [
      """
      // The runtime, which knows nothing of the rule. Texts are compared scalar by scalar, a number by its shortest
      // decimal; null is the same as no value; a path over an array goes on in each element.
      """
    ]
    if eventType == "Event" { texts.append(event) }
    texts += [json, path, values]
    if !parts.contains(.lowercased) { texts.append(asWritten) }
    for part in Part.allCases where parts.contains(part) { texts.append(text(part, eventType)) }
    texts += [reader, readerOfTexts, decimal]
    return texts.joined(separator: "\n\n") + "\n"
  }

  private static func text(_ part: Part, _ eventType: String) -> String {
    switch part {
    case .truthy: truthy
    case .equals: equals
    case .prefix: prefix
    case .suffix: suffix
    case .contains: contains
    case .wildcard: wildcard
    case .lowercased: lowercased
    case .oneOf: oneOf
    case .textSet: textSet
    case .expression: expression + "\n\n" + expressionProgram
    case .number: number
    case .network: network
    case .sameAs: sameAs
    case .leaves: leaves(eventType)
    case .longPath: longPath(eventType)
    }
  }

  /// Text with every line that is not empty indented by two spaces.
  static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "\n" : "  \($0)\n" }
      .joined()
  }

  /// The event's type where it is nested in another.
  static let nestedEvent = indented(event)

  static let event = #"""
    /// An event: a JSON object.
    public struct Event: Sendable {
      fileprivate let root: JSON

      /// Reads an event; `nil` where the text is not one JSON object.
      public init?(json: String) {
        guard let value = JSONReader.read(json), case .object = value else { return nil }
        root = value
      }

      fileprivate func at(_ path: Step...) -> Values { Values(of: root, at: path) }
    }
    """#

  static let path = #"""
    /// A step of a path: a name, the index of an array's element, or each element.
    private enum Step: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
      case name(String)
      case index(Int)
      case each

      init(stringLiteral name: String) { self = .name(name) }
      init(integerLiteral index: Int) { self = .index(index) }
    }
    """#

  private static func longPath(_ eventType: String) -> String {
    """
    /// A path that is too long for a line.
    private struct Path {
      let steps: [Step]
      init(_ steps: [Step]) { self.steps = steps }
    }

    extension \(eventType) {
      fileprivate func at(_ path: Path) -> Values { Values(of: root, at: path.steps) }
    }
    """
  }

  static let values = #"""
    /// The values that a path leads to, none of them null. A question is answered with yes if one of them says so.
    private struct Values {
      struct Found {
        let value: JSON
        /// Whether the path led to an array, of which this is an element.
        let isElement: Bool
      }

      var found: [Found] = []
      /// Whether texts are compared in lower case.
      var isLowercased = false

      init(of root: JSON, at path: [Step]) { collect(root, path[...], isElement: false) }

      var isPresent: Bool { !found.isEmpty }

      func some(_ test: (String) -> Bool) -> Bool {
        found.contains { found in found.value.text.map { test(compared($0)) } ?? false }
      }

      private mutating func collect(_ value: JSON, _ path: ArraySlice<Step>, isElement: Bool) {
        let rest = path.dropFirst()
        switch (path.first, value) {
        case (_, .null): break
        case (nil, .array(let items)): for item in items { collect(item, path, isElement: true) }
        case (nil, _): found.append(Found(value: value, isElement: isElement))
        case (.index(let index), .array(let items)):
          if items.indices.contains(index) { collect(items[index], rest, isElement: false) }
        case (.each, .array(let items)): for item in items { collect(item, rest, isElement: rest.isEmpty) }
        case (.each, _): collect(value, rest, isElement: false)
        case (.name, .array(let items)): for item in items { collect(item, path, isElement: false) }
        case (.name(let name), .object(let members)):
          // Of equal names the last one counts.
          if let member = members.last(where: { $0.key.isText(name) }) {
            collect(member.value, rest, isElement: false)
          }
        case (.name, _), (.index, _): break
        }
      }
    }
    """#

  static let equals = #"""
    extension Values {
      func `is`(_ text: String) -> Bool { some { $0.utf8.elementsEqual(text.utf8) } }
    }
    """#

  static let prefix = #"""
    extension Values {
      func hasPrefix(_ text: String) -> Bool { some { $0.utf8.starts(with: text.utf8) } }
    }
    """#

  static let suffix = #"""
    extension Values {
      func hasSuffix(_ text: String) -> Bool {
        some { $0.utf8.count >= text.utf8.count && $0.utf8.suffix(text.utf8.count).elementsEqual(text.utf8) }
      }
    }
    """#

  static let contains = #"""
    extension Values {
      func contains(_ text: String) -> Bool {
        let part = Array(text.utf8)
        return some { whole in
          let bytes = Array(whole.utf8)
          if bytes.count < part.count { return false }
          return (0...(bytes.count - part.count)).contains { start in
            bytes[start..<(start + part.count)].elementsEqual(part)
          }
        }
      }
    }
    """#

  static let oneOf = #"""
    extension Values {
      func isOne(of texts: [String]) -> Bool {
        some { found in texts.contains { $0.utf8.elementsEqual(found.utf8) } }
      }
    }
    """#

  static let textSet = #"""
    /// A set of texts.
    private struct TextSet {
      let texts: Set<[UInt8]>

      init(_ texts: [String]) { self.texts = Set(texts.map { Array($0.utf8) }) }

      /// The lines of a text, and others.
      init(lines: String, _ others: [String] = []) {
        let lines = lines.utf8.split(separator: 0x0A).map { Array($0) }
        texts = Set(lines).union(others.map { Array($0.utf8) })
      }
    }

    extension Values {
      func isOne(of set: TextSet) -> Bool { some { set.texts.contains(Array($0.utf8)) } }
    }
    """#

  static let truthy = #"""
    extension Values {
      /// Whether a value is other than `""`, `false` and `0`; objects and elements of arrays are.
      var isTruthy: Bool {
        found.contains { found in
          if found.isElement { return true }
          if case .object = found.value { return true }
          return found.value.text.map { text in
            !["", "false", "0"].contains { text.utf8.elementsEqual($0.utf8) }
          } ?? false
        }
      }
    }
    """#

  static let sameAs = #"""
    extension Values {
      func isAny(of others: Values) -> Bool {
        some { text in others.some { $0.utf8.elementsEqual(text.utf8) } }
      }
    }
    """#

  private static func leaves(_ eventType: String) -> String {
    """
    extension \(eventType) {
      /// All values of the event that are neither objects, arrays nor null.
      fileprivate var leaves: Values {
        var values = Values(of: .null, at: [])
        values.collectLeaves(root)
        return values
      }
    }

    extension Values {
      mutating func collectLeaves(_ value: JSON) {
        switch value {
        case .null: break
        case .bool, .number, .string, .malformedString: found.append(Found(value: value, isElement: false))
        case .array(let items): for item in items { collectLeaves(item) }
        case .object(let members): for member in members { collectLeaves(member.value) }
        }
      }
    }
    """
  }

  static let number = #"""
    extension Values {
      func isNumber(greaterThan bound: Double) -> Bool { some { Decimal($0).map { $0.double > bound } ?? false } }
      func isNumber(atLeast bound: Double) -> Bool { some { Decimal($0).map { $0.double >= bound } ?? false } }
      func isNumber(lessThan bound: Double) -> Bool { some { Decimal($0).map { $0.double < bound } ?? false } }
      func isNumber(atMost bound: Double) -> Bool { some { Decimal($0).map { $0.double <= bound } ?? false } }
    }

    extension Decimal {
      var double: Double { Double(shortest) ?? .nan }
    }
    """#
}
