import ConcordDetection
import ConcordDiagnostics

/// The paths of `json_extract` and `json_extract_scalar`.
///
/// ```
/// path  = "$" step*
/// step  = "." plain | "[" digit+ "]" | "[" '"' ( any but '"' and '\' | '\"' | '\\' )* '"' "]"
/// plain = ( letter | digit | "_" | ":" )+
/// ```
/// [trino JsonPathTokenizer]
enum AthenaJSONPath {
  /// The steps of a path; `nil` where Trino says `Invalid JSON path`.
  static func steps(_ path: String) -> [FieldPath.Step]? {
    var rest = Array(path.unicodeScalars)[...]
    guard rest.popFirst() == "$" else { return nil }
    var steps: [FieldPath.Step] = []
    while let mark = rest.popFirst() {
      guard let step = mark == "." ? plain(&rest) : mark == "[" ? bracketed(&rest) : nil else { return nil }
      steps.append(step)
    }
    return steps
  }

  private static func plain(_ rest: inout ArraySlice<Unicode.Scalar>) -> FieldPath.Step? {
    let name = rest.prefix { AthenaJSON.isPlain(String($0)) }
    rest = rest.dropFirst(name.count)
    return name.isEmpty ? nil : .name(String(String.UnicodeScalarView(name)))
  }

  private static func bracketed(_ rest: inout ArraySlice<Unicode.Scalar>) -> FieldPath.Step? {
    guard rest.first == "\"" else {
      let digits = rest.prefix { $0.isDigit }
      rest = rest.dropFirst(digits.count)
      guard rest.popFirst() == "]", let index = Int(String(String.UnicodeScalarView(digits))) else {
        return nil
      }
      return .index(index)
    }
    rest = rest.dropFirst()
    var name = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return rest.popFirst() == "]" ? .name(String(name)) : nil }
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
