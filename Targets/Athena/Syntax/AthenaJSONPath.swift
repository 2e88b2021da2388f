import ConcordDetection
import ConcordDiagnostics

/// The paths of `json_extract` and `json_extract_scalar`.
///
/// ```
/// path  = "$" step*
/// step  = "." plain | "[" plain "]" | "[" '"' ( any but '"' and '\' | '\"' | '\\' )* '"' "]"
/// plain = ( letter | digit | "_" | ":" )+
/// ```
/// Letters and digits are those of every script within the Basic Multilingual Plane. [trino JsonPathTokenizer;
/// executed: Trino 414, 482]
enum AthenaJSONPath {
  /// The path of steps, `$.a["b c"][0]`; names beyond ASCII are written in quotes.
  static func text(_ steps: [FieldPath.Step]) -> String {
    var text = "$"
    for step in steps {
      switch step {
      case .name(let name) where isPlainASCII(name): text += "." + name
      case .name(let name):
        text += "[\""
        for scalar in name.unicodeScalars {
          if scalar == "\"" || scalar == "\\" { text += "\\" }
          text.unicodeScalars.append(scalar)
        }
        text += "\"]"
      case .index(let index): text += "[\(index)]"
      case .each: break
      }
    }
    return text
  }

  /// Whether a name can stand after a dot, and is of ASCII.
  private static func isPlainASCII(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0.isWord || $0 == UInt8(ascii: ":") }
  }

  /// The keys of a path; a key that spells a number is also an array's index. `nil` where Trino says `Invalid JSON
  /// path`.
  static func keys(_ path: String) -> [String]? { parsed(path)?.map(\.key) }

  /// The steps of a path; `nil` where Trino says `Invalid JSON path`, and of an index that is not spelled as usual.
  static func steps(_ path: String) -> [FieldPath.Step]? {
    guard let keys = parsed(path) else { return nil }
    var steps: [FieldPath.Step] = []
    for (key, isSubscript) in keys {
      guard isSubscript, key.unicodeScalars.allSatisfy({ $0.properties.generalCategory == .decimalNumber })
      else {
        steps.append(.name(key))
        continue
      }
      guard let index = Int(key), String(index) == key else { return nil }
      steps.append(.index(index))
    }
    return steps
  }

  /// The keys, and which of them stand in brackets without quotes.
  private static func parsed(_ path: String) -> [(key: String, isSubscript: Bool)]? {
    var rest = Array(path.unicodeScalars)[...]
    guard rest.popFirst() == "$" else { return nil }
    var keys: [(String, Bool)] = []
    while let mark = rest.popFirst() {
      if mark == "[", rest.first == "\"" {
        guard let key = quoted(&rest) else { return nil }
        keys.append((key, false))
      } else {
        guard mark == "." || mark == "[", let key = plain(&rest) else { return nil }
        if mark == "[", rest.popFirst() != "]" { return nil }
        keys.append((key, mark == "["))
      }
    }
    return keys
  }

  private static func plain(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
    let name = rest.prefix(while: isPlain)
    rest = rest.dropFirst(name.count)
    return name.isEmpty ? nil : String(String.UnicodeScalarView(name))
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value <= 0xFFFF else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
      return true
    default: return scalar == "_" || scalar == ":"
    }
  }

  private static func quoted(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
    rest = rest.dropFirst()
    var name = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return rest.popFirst() == "]" ? String(name) : nil }
      if scalar == "\\" {
        guard let escaped = rest.popFirst(), escaped == "\"" || escaped == "\\" else { return nil }
        name.append(escaped)
      } else {
        name.append(scalar)
      }
    }
    return nil
  }
}

// The text of JSON.
extension AthenaJSONPath {
  /// Whether a part of a JSON text is the same however the text is spaced and escaped: no quote, backslash or
  /// structure, nothing that writers like to escape, and no space at the ends.
  static func isSpelledOneWay(_ part: String) -> Bool {
    let scalars = Array(part.unicodeScalars)
    let signs = "._-/*@#$%()!?;~|^ ".unicodeScalars
    guard scalars.first != " ", scalars.last != " ", !scalars.isEmpty else { return false }
    return scalars.enumerated().allSatisfy { index, scalar in
      if scalar == ":" {
        return index > 0 && index + 1 < scalars.count && scalars[index - 1] != " "
          && scalars[index + 1] != " "
      }
      return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        || signs.contains(scalar)
    }
  }
}
