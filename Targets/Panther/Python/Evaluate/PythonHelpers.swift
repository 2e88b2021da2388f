import ConcordDetection
import ConcordDiagnostics

/// Helper functions of public rule sets that are known by name and body: what they do is stated here, since their bodies
/// go over values of any kind, which is not evaluated. A body that is not known is evaluated like any other.
enum PythonHelpers {
  /// Their names.
  static let names: Set<String> = [
    "deep_get", "deep_walk", "pattern_match", "pattern_match_list", "is_ip_in_network",
  ]

  /// The digests of the bodies that do what is stated here.
  private static let digests: Set<String> = [
    "4bb052dcc60aa9e6", "d5f586df6cb0b7ad",  // deep_get
    "845ec8ac1c6d16d3", "b5d134b266def7ab",  // deep_walk
    "1b1913e3ef33a69e",  // is_ip_in_network
    "3e3bd7225451a23e",  // pattern_match
    "32b148892d9b0f27",  // pattern_match_list
  ]

  /// Whether the function is one of them.
  static func isKnown(_ function: PythonFunction) -> Bool { digests.contains(function.digest) }
}

// What they amount to.
extension PythonEvaluator {
  /// The helper functions of rule sets that are known by name and body.
  mutating func helper(
    _ name: String, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    let first = arguments.positional.first ?? PythonCases(.none)
    var rest = arguments
    if !rest.positional.isEmpty { rest.positional.removeFirst() }
    if !name.hasPrefix("deep_"), let field = first.defaultedField { assumeNull(field, span) }
    switch name {
    case "deep_get", "deep_walk":
      return try map(first) { (evaluator, value) throws(Diagnostic) in
        switch value {
        case .none: break
        case .dictionary(let entries) where entries.isEmpty: break
        case .dictionary(let entries):
          let found = try evaluator.entryBelow(entries, name, rest, span)
          let why = evaluator.refusal(.notRead("`\(name)` of a dictionary", span, in: evaluator.source))
          return found ?? PythonCases(.opaque(why))
        default: return try evaluator.method(PythonCases(value), name, rest, span)
        }
        return rest.named.first { $0.name == "default" }?.value ?? PythonCases(.none)
      }
    case "pattern_match":
      guard case .text(let glob)? = arguments.at(1, "pattern")?.single else { break }
      return PythonCases(
        try ask(first) { (evaluator, value) throws(Diagnostic) in
          try evaluator.textTest(value, .glob(glob), span)
        })
    case "pattern_match_list":
      guard let patterns = literal(arguments.at(1, "patterns") ?? PythonCases(.none)) else { break }
      var result = PythonTruth(.always(false))
      for pattern in patterns {
        var one = PythonArguments()
        one.positional = [first, pattern]
        result = or(result, try truth(of: try helper("pattern_match", one, span), span))
      }
      return PythonCases(result)
    case "is_ip_in_network":
      guard let networks = literal(arguments.at(1, "networks") ?? PythonCases(.none)) else { break }
      var result = PythonTruth(.always(false))
      let address = try known("ipaddress.ip_address", PythonArguments(positional: [first]), span)
      for network in networks {
        let network = try known("ipaddress.ip_network", PythonArguments(positional: [network]), span)
        result = or(result, try compare(address, "in", network, span))
      }
      return PythonCases(result)
    default: break
    }
    return PythonCases(.opaque(refusal(.notRead("this call of `\(name)`", span, in: source))))
  }

  /// What `deep_get` and `deep_walk` find by one key in a dictionary that the program makes; `nil` where that is not read.
  private mutating func entryBelow(
    _ entries: [PythonValue.Entry], _ name: String, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases? {
    guard arguments.positional.count == 1, case .text? = arguments.positional[0].single,
      arguments.named.allSatisfy({ $0.name == "default" }), let key = arguments.positional[0].single
    else { return nil }
    let otherwise = arguments.named.first?.value ?? PythonCases(.none)
    let why = refusal(.notRead("`\(name)` of a dictionary", span, in: source))
    return try map(try entry(entries, key, otherwise: PythonCases(.none), span)) {
      (evaluator, value) throws(Diagnostic) in
      switch value {
      case .none: return otherwise
      case .boolean, .number, .text, .opaque: return PythonCases(value)
      case .field(let field):
        // An array without elements is none to `deep_walk`.
        let kinds = field.changes.isEmpty ? evaluator.kinds.at(field.path).kinds : .text
        let isPlain = name == "deep_get" || !kinds.isEmpty && !kinds.contains(.array)
        return PythonCases(isPlain ? value : .opaque(why))
      default: return PythonCases(.opaque(why))
      }
    }
  }
}
