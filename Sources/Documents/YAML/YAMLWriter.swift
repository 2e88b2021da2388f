import ConcordDiagnostics

extension YAML {
  /// The value as YAML in block style, as a person would write it, ending in a line break.
  ///
  /// `read(write(x)) == x`, and readers of YAML 1.1 read the same: texts that either version would take for
  /// something else are quoted (`'yes'`, `'012'`, `'2024-01-01'`), texts of several lines stand behind `|`. Lists
  /// and mappings are indented by `indent` (1 to 9) below their key. Members keep their order; of members with the
  /// same key only the last, which counts, is written.
  ///
  /// Throws `E420` for text that is not well-formed Unicode, which YAML cannot spell.
  package static func write(_ value: Value, indent: Int = 2) throws(Diagnostic) -> String {
    var writer = YAMLWriter(indent: min(max(indent, 1), 9))
    try writer.root(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

private struct YAMLWriter {
  let indent: Int
  var bytes: [UInt8] = []

  init(indent: Int) { self.indent = indent }

  mutating func root(_ value: Value) throws(Diagnostic) {
    switch value {
    case .object(let object) where !object.members.isEmpty: try mapping(object, at: 0, isInline: true)
    case .array(let items) where !items.isEmpty: try sequence(items, at: 0, isInline: true)
    default:
      append(try scalar(value, at: 0, parent: -1))
      append("\n")
    }
  }

  /// A mapping whose keys stand at `column`; the first one is on the line where the writer is, if `isInline`.
  private mutating func mapping(_ object: Value.Object, at column: Int, isInline: Bool) throws(Diagnostic) {
    var isFirst = isInline
    for member in effective(object.members) {
      if !isFirst { append(spaces: column) }
      isFirst = false
      guard member.malformedKey == nil else { throw malformed(member.key) }
      let key = YAMLSpelling.flow(member.key)
      // Keys longer than 1,024 characters need the question mark.
      if key.utf8.count > 1000 {
        append("? \(key)\n")
        append(spaces: column)
      } else {
        append(key)
      }
      append(":")
      try entry(member.value, below: column)
    }
  }

  private mutating func entry(_ value: Value, below column: Int) throws(Diagnostic) {
    switch value {
    case .object(let object) where !object.members.isEmpty:
      append("\n")
      try mapping(object, at: column + indent, isInline: false)
    case .array(let items) where !items.isEmpty:
      append("\n")
      try sequence(items, at: column + indent, isInline: false)
    default:
      append(" ")
      append(try scalar(value, at: column + indent, parent: column))
      append("\n")
    }
  }

  /// A list whose dashes stand at `column`.
  private mutating func sequence(_ items: [Value], at column: Int, isInline: Bool) throws(Diagnostic) {
    var isFirst = isInline
    for item in items {
      if !isFirst { append(spaces: column) }
      isFirst = false
      append("- ")
      switch item {
      case .object(let object) where !object.members.isEmpty:
        try mapping(object, at: column + 2, isInline: true)
      case .array(let items) where !items.isEmpty:
        try sequence(items, at: column + 2, isInline: true)
      default:
        append(try scalar(item, at: column + 2, parent: column))
        append("\n")
      }
    }
  }

  /// A value on the line where the writer is. Lines of a block scalar stand at `column`; the collection that
  /// holds it at `parent`.
  private func scalar(_ value: Value, at column: Int, parent: Int) throws(Diagnostic) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let number): YAMLSpelling.number(number)
    case .string(let text):
      if YAMLSpelling.isBlock(text) {
        YAMLSpelling.block(
          text, column: parent < 0 ? indent : column, digit: parent < 0 ? indent : column - parent)
      } else {
        YAMLSpelling.flow(text)
      }
    case .malformedString(let units): throw malformed(String(decoding: units, as: UTF16.self))
    case .array: "[]"
    case .object: "{}"
    }
  }

  /// The members that count, in order.
  private func effective(_ members: [Value.Object.Member]) -> [Value.Object.Member] {
    // Pairs of a few are compared sooner than their hashes are made.
    let indices = members.indices
    let isSmall = members.count <= 16
    if isSmall,
      !indices.contains(where: { index in
        indices[..<index].contains { members[$0].key.sameScalars(as: members[index].key) }
      })
    {
      return members
    }
    var last: [ScalarText: Int] = [:]
    for (index, member) in members.enumerated() { last[ScalarText(member.key)] = index }
    guard last.count < members.count else { return members }
    return members.indices.filter { last[ScalarText(members[$0].key)] == $0 }.map { members[$0] }
  }

  private mutating func append(_ text: String) { text.withBytes { bytes.append(contentsOf: $0) } }

  private mutating func append(spaces count: Int) {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }

  private func malformed(_ text: String) -> Diagnostic {
    Diagnostic(
      .unspellableValue, "YAML cannot spell `\(text)`, which has surrogates without a partner",
      help: ["keep the value in a JSON file"])
  }
}
