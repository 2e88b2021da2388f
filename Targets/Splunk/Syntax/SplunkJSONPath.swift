import ConcordDetection
import ConcordDiagnostics

/// The paths of `json_extract` and `spath`: names joined by dots, `{0}` an element from 0, `{}` all elements (Search
/// Reference, "JSON functions" and "spath").
enum SplunkJSONPath {
  /// The path that takes these steps, of which every name is plain.
  static func text(_ steps: some Sequence<FieldPath.Step>) -> String {
    var text = ""
    for step in steps {
      switch step {
      case .name(let name): text += (text.isEmpty ? "" : ".") + name
      case .index(let index): text += "{\(index)}"
      case .each: text += "{}"
      }
    }
    return text
  }

  /// Whether a path takes the name as one step. It takes dots and braces in a name as steps of their own.
  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0.isWord || $0 == UInt8(ascii: "-") }
  }

  /// The steps of a path; `nil` where it is not a path.
  static func steps(_ path: String) -> [FieldPath.Step]? {
    var steps: [FieldPath.Step] = []
    var name = ""
    var rest = Array(path.unicodeScalars)[...]
    var isOpen = true
    while let scalar = rest.first {
      rest = rest.dropFirst()
      switch scalar {
      case ".":
        if isOpen, name.isEmpty { return nil }
        if !name.isEmpty { steps.append(.name(name)) }
        (name, isOpen) = ("", true)
      case "{":
        if !name.isEmpty { steps.append(.name(name)) }
        (name, isOpen) = ("", false)
        let inner = rest.prefix { $0 != "}" }
        guard rest.count > inner.count else { return nil }
        rest = rest.dropFirst(inner.count + 1)
        var digits = String.UnicodeScalarView()
        digits.append(contentsOf: inner)
        if inner.isEmpty {
          steps.append(.each)
        } else if let index = Int(String(digits)), index >= 0 {
          steps.append(.index(index))
        } else {
          return nil
        }
      default:
        if !isOpen { return nil }
        name.unicodeScalars.append(scalar)
      }
    }
    if !name.isEmpty { steps.append(.name(name)) }
    return steps.isEmpty ? nil : steps
  }
}
