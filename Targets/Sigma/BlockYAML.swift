import ConcordDocuments

// Stands in until the documents module writes YAML.
enum BlockYAML {
  static func write(_ value: Value) -> String {
    var text = ""
    emit(value, indent: 0, into: &text)
    return text
  }

  private static func emit(_ value: Value, indent: Int, into text: inout String) {
    let pad = String(repeating: " ", count: indent)
    switch value {
    case .object(let object):
      for member in object.members {
        text += pad + scalar(member.key) + ":"
        nested(member.value, indent: indent + 4, into: &text)
      }
    case .array(let items):
      for item in items {
        text += pad + "-"
        if case .object(let object) = item, !object.members.isEmpty {
          var inner = ""
          emit(item, indent: indent + 4, into: &inner)
          text += "   " + inner.dropFirst(indent + 4)
        } else {
          nested(item, indent: indent + 4, into: &text)
        }
      }
    case .null, .bool, .number, .string, .malformedString: text += pad + leaf(value) + "\n"
    }
  }

  private static func nested(_ value: Value, indent: Int, into text: inout String) {
    switch value {
    case .object(let object) where !object.members.isEmpty:
      text += "\n"
      emit(value, indent: indent, into: &text)
    case .array(let items) where !items.isEmpty:
      text += "\n"
      emit(value, indent: indent, into: &text)
    case .null, .bool, .number, .string, .malformedString, .array, .object: text += " " + leaf(value) + "\n"
    }
  }

  private static func leaf(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .number(let number): number.written
    case .string(let string): scalar(string)
    case .malformedString: "''"
    case .array: "[]"
    case .object: "{}"
    }
  }

  private static func scalar(_ string: String) -> String {
    let scalars = string.unicodeScalars
    let plain = scalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "_ ./()|-,".unicodeScalars.contains($0)
    }
    let first = scalars.first.map { ("a"..."z").contains($0) || ("A"..."Z").contains($0) } ?? false
    let word = string.lowercased()
    if plain, first, !string.hasSuffix(" "),
      !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(word)
    {
      return string
    }
    if scalars.allSatisfy({ (0x20...0x7E).contains($0.value) }) {
      return "'" + string.replacing("'", with: "''") + "'"
    }
    var text = "\""
    for scalar in scalars {
      switch scalar.value {
      case 0x22, 0x5C: text += "\\" + String(scalar)
      case 0x20...0x7E: text.unicodeScalars.append(scalar)
      case _:
        let hex = String(scalar.value, radix: 16)
        text += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
      }
    }
    return text + "\""
  }
}
