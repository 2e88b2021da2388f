import ConcordDetection
import ConcordDiagnostics

// `isinstance`.
extension PythonEvaluator {
  /// `isinstance`: by the kinds of the fixtures.
  mutating func isInstance(
    _ cases: PythonCases, _ types: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    var names: Set<String> = []
    for type in literalMembers(types) {
      switch type {
      case .known(let name): names.insert(String(name.split(separator: ".").last ?? ""))
      default: throw refusal(.notRead("`isinstance` of this type", span, in: source))
      }
    }
    let known: [String: PythonKinds.Kinds] = [
      "str": .text, "int": .number, "float": .number, "bool": .boolean, "Mapping": .object,
      "Sequence": [.text, .array], "dict": [], "list": [], "tuple": [], "set": [], "MagicMock": [],
      "Mock": [],
      "bytes": [], "ImmutableList": .array, "Iterable": [.text, .array, .object],
    ]
    var wanted: PythonKinds.Kinds = []
    for name in names {
      guard let kinds = known[name] else {
        throw refusal(.notRead("`isinstance` of `\(name)`", span, in: source))
      }
      wanted.formUnion(kinds)
    }
    let numbers = names.intersection(["int", "float"])
    return try ask(cases) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .none: return PythonTruth(.always(false))
      case .boolean: return PythonTruth(.always(names.contains("bool") || names.contains("int")))
      case .number: return PythonTruth(.always(!numbers.isEmpty))
      case .text: return PythonTruth(.always(wanted.contains(.text)))
      case .sequence(let form, _):
        let own = form == .list ? "list" : form == .tuple ? "tuple" : "set"
        return PythonTruth(.always(names.contains(own) || form != .set && names.contains("Sequence")))
      case .dictionary: return PythonTruth(.always(names.contains("dict") || names.contains("Mapping")))
      case .event: return PythonTruth(.always(wanted.contains(.object)))
      case .field(let field): return try evaluator.isInstance(field, names, wanted, span)
      case .opaque(let why): throw why
      default:
        if wanted.isEmpty { return PythonTruth(.always(false)) }
        throw evaluator.refusal(.notRead("`isinstance` of \(value.words)", span, in: evaluator.source))
      }
    }
  }

  private mutating func isInstance(
    _ field: PythonField, _ names: Set<String>, _ wanted: PythonKinds.Kinds, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    let found = self.kinds.at(field.path)
    var wanted = wanted
    if field.isWalk, field.changes.isEmpty {
      // Several values are a `list` of Python's own, one is itself; what no array holds is as JSON has it.
      if found.passesArray || found.kinds.contains(.array) && found.kinds != .array {
        throw refusal(.notRead("`isinstance` of what `deep_walk` finds in arrays", span, in: source))
      }
      wanted.remove(.array)
      if !names.isDisjoint(with: ["list", "Sequence", "Iterable"]) { wanted.insert(.array) }
      if names.contains("dict") { wanted.insert(.object) }
    }
    let kinds = field.changes.isEmpty ? try shape(field, span).kinds : .text
    if kinds == [.text, .array], wanted == .text || wanted == .array, let isText = isNoArray(field) {
      assume(field, kinds, span)
      return wanted == .text ? PythonTruth(isText) : PythonTruth(isText).negated
    }
    let isInteger = kinds.contains(.boolean) && names.contains("int")
    // A number may be whole or not, which its kind does not tell.
    let isOneOfTwo = kinds.contains(.number) && names.contains("int") != names.contains("float")
    if isOneOfTwo, self.kinds.areWhole(field.path) {
      assumeWhole(field.path, span)
      if names.contains("float") { wanted.remove(.number) }
    }
    if wanted.isEmpty || !kinds.isEmpty && kinds.isDisjoint(with: wanted) && !isInteger {
      assume(field, kinds, span)
      return PythonTruth(.always(false))
    }
    let tells = !isOneOfTwo || self.kinds.areWhole(field.path)
    guard !kinds.isEmpty, wanted.isSuperset(of: kinds), tells else {
      throw refusal(
        .kindNotKnown(
          field.path, kinds.isEmpty ? "it is asked for" : "the fixtures have \(kinds.words)", span, in: source
        ))
    }
    assume(field, kinds, span)
    return PythonTruth(.always(true))
  }

  private func literalMembers(_ cases: PythonCases) -> [PythonValue] {
    if case .sequence(_, let members)? = cases.single { return members.compactMap(\.single) }
    return cases.single.map { [$0] } ?? []
  }
}
