import ConcordDiagnostics
import ConcordDocuments

// The value that a document is printed from: keys in the order in which rule authors have them.

extension SigmaDocument {
  /// The document as a YAML value.
  var value: Value {
    var rest = other
    var object = Value.Object()
    func put(_ key: String, _ text: String?) {
      if let text { object.members.append(.init(key, .string(text))) }
    }
    func put(_ key: String, _ texts: [String]) {
      if !texts.isEmpty { object.members.append(.init(key, .array(texts.map(Value.string)))) }
    }
    func move(_ keys: String...) {
      for key in keys {
        guard let value = rest[key] else { continue }
        object.members.append(.init(key, value))
        rest[key] = nil
      }
    }
    put("title", title)
    put("id", id)
    put("name", name)
    move("related", "taxonomy")
    put("status", status)
    put("description", description)
    move("license")
    put("references", references)
    put("author", author)
    put("date", date)
    put("modified", modified)
    put("tags", tags)
    object.members.append(.init("logsource", logSource.value))
    object.members.append(.init("detection", detectionValue))
    put("fields", fields)
    put("falsepositives", falsePositives)
    put("level", level)
    object.members += rest.members
    return .object(object)
  }

  private var detectionValue: Value {
    var object = Value.Object(selections.map { .init($0.name, $0.body.value) })
    let texts = conditions.map { Value.string($0.description) }
    object.members.append(.init("condition", texts.count == 1 ? texts[0] : .array(texts)))
    return .object(object)
  }
}

extension SigmaLogSource {
  /// The log source as a YAML value.
  var value: Value {
    var object = Value.Object()
    let parts = [
      ("category", category), ("product", product), ("service", service), ("definition", definition),
    ]
    for (key, text) in parts {
      if let text { object.members.append(.init(key, .string(text))) }
    }
    object.members += other.members
    return .object(object)
  }
}

extension SigmaSelectionBody {
  /// The selection as a YAML value.
  var value: Value {
    switch self {
    case .map(let items): .object(Value.Object(items.map { .init($0.key, $0.value) }))
    case .list(let bodies): .array(bodies.map(\.value))
    case .keyword(let scalar): scalar.value
    case .every(let bodies): .object(Value.Object([.init("|every", .array(bodies.map(\.value)))]))
    }
  }
}

extension SigmaItem {
  /// The item's values as a YAML value.
  var value: Value {
    if !isList, values.count == 1 { return values[0].value }
    return .array(values.map(\.value))
  }
}

extension SigmaCorrelation {
  /// The correlation's document as a YAML value: its metadata, the correlation in place of log source and detection.
  var value: Value {
    guard case .object(var object) = metadata.value else { return .null }
    let place = object.members.firstIndex { $0.key == "logsource" } ?? object.members.endIndex
    object.members.removeAll { ["logsource", "detection"].contains($0.key) }
    object.members.insert(.init("correlation", body), at: place)
    return .object(object)
  }

  private var body: Value {
    var object = Value.Object([
      .init("type", .string(kind.rawValue)), .init("rules", .array(rules.map(Value.string))),
    ])
    if !groupBy.isEmpty { object.members.append(.init("group-by", .array(groupBy.map(Value.string)))) }
    object.members.append(.init("timespan", .string(SigmaCorrelation.written(timespan))))
    if case .bounds(let bounds, let fields, _)? = criterion {
      var condition = bounds.map { Value.Object.Member($0.comparison.rawValue, .number($0.number)) }
      if let field = fields.first { condition.append(.init("field", .string(field))) }
      object.members.append(.init("condition", .object(Value.Object(condition))))
    }
    if !aliases.isEmpty {
      let named = aliases.map { alias in
        let fields = alias.fields.map { Value.Object.Member($0.rule, .string($0.field)) }
        return Value.Object.Member(alias.name, .object(Value.Object(fields)))
      }
      object.members.append(.init("aliases", .object(Value.Object(named))))
    }
    return .object(object)
  }

  /// So many seconds in the largest unit that is whole.
  private static func written(_ seconds: Int) -> String {
    let units = [(86_400, "d"), (3600, "h"), (60, "m")]
    let unit = units.first { seconds.isMultiple(of: $0.0) } ?? (1, "s")
    return "\(seconds / unit.0)\(unit.1)"
  }
}

/// Prints a Sigma document as YAML.
enum SigmaPrinter {
  /// The document as YAML, below `comment`, a line each. Throws `E111` for text that is not Unicode.
  static func print(_ document: SigmaDocument, comment: [String] = []) throws(Diagnostic) -> String {
    try print(document.value, comment)
  }

  /// The correlation as YAML, below `comment`, a line each. Throws `E111` for text that is not Unicode.
  static func print(_ correlation: SigmaCorrelation, comment: [String]) throws(Diagnostic) -> String {
    try print(correlation.value, comment)
  }

  private static func print(_ value: Value, _ comment: [String]) throws(Diagnostic) -> String {
    comment.map { "# \(visible($0))\n" }.joined() + (try YAML.write(value, indent: 4))
  }

  /// The text with every scalar that would end the comment, or hide in it, spelled as `\u{…}`: controls, format
  /// and bidirectional marks, and the line breaks that only YAML 1.1 knows.
  static func visible(_ text: String) -> String {
    if text.allBytes({ (0x20..<0x7F).contains($0) }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      case _:
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
