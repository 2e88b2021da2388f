/// The runtime that generated source states at its end: only the parts that the rule calls. Its text is
/// `Runtime/Runtime.swift`, taken apart at its marks.
enum SwiftRuntime {
  /// What a condition may call beyond what every rule needs. Each is named by a mark of the file.
  enum Part: String {
    case truthy, equals, prefix, suffix, contains, wildcard, lowercased, oneOf, textSet
    case expression, number, network, sameAs, leaves, some, array, longPath
  }

  /// The runtime with these parts, in the order of the file. `eventType` is what the event's type is called at the
  /// top level; the plain `Event` is declared here, another is nested in the rule's type.
  static func text(_ parts: Set<Part>, event eventType: String) -> String {
    var names = Set(parts.map(\.rawValue)).union(["always"])
    if eventType == "Event" { names.insert("event") }
    if !parts.contains(.lowercased) { names.insert("asWritten") }
    var text = """
      // The runtime, which knows nothing of the rule. Texts are compared scalar by scalar, a number by its shortest
      // decimal; null is the same as no value; a path over an array goes on in each element.

      """
    let head = "extension \(eventType) {"
    for section in sections where names.contains(section.name) {
      text += "\n"
      for (place, piece) in section.pieces.enumerated() { text += place == 0 ? piece : head + piece }
    }
    return text
  }

  /// The event's type where it is nested in another: every line that is not empty is indented.
  static let nestedEvent = sections.filter { $0.name == "event" }
    .flatMap { $0.pieces.joined().split(separator: "\n", omittingEmptySubsequences: false).dropLast() }
    .map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined()

  /// The file's sections in order, each ending in a line break and taken apart, once for all rules, where it extends the
  /// event's type. The one that stands in place of `lowercased` comes before the first part: the two declare the same
  /// function, so the file cannot have both.
  private static let sections: [(name: String, pieces: [String])] = {
    let file = String(decoding: PackageResources.Runtime_swift, as: UTF8.self)
    var sections: [(name: String, pieces: [String])] = []
    for section in file.split(separator: "\n// MARK: ").dropFirst() {
      let name = String(section.prefix { $0 != "\n" })
      if name == Part.truthy.rawValue { sections.append(("asWritten", [asWritten])) }
      let text = section.dropFirst(name.count + 2)
      let pieces = text.split(separator: "extension Event {", omittingEmptySubsequences: false)
      sections.append((name, pieces.map(String.init)))
    }
    return sections
  }()

  private static let asWritten = """
    extension Values {
      private func compared(_ text: String) -> String { text }
    }

    """
}
