import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Methods of the event, of its objects and of texts.
extension PythonEvaluator {
  /// `base.name(…)`.
  mutating func method(
    _ base: PythonCases, _ name: String, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    if let field = base.defaultedField { assumeNull(field, span) }
    return try map(base) { (evaluator, value) throws(Diagnostic) in
      try evaluator.method(value, name, arguments, span)
    }
  }

  private mutating func method(
    _ base: PythonValue, _ name: String, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    let first = arguments.positional.first ?? PythonCases(.none)
    switch (base, name) {
    case (.opaque, _): return PythonCases(base)
    case (.event, "get"), (.field, "get"): return try get(base, arguments, span)
    case (.event, "deep_get"), (.field, "deep_get"): return try deep(base, arguments, isWalk: false, span)
    case (.event, "deep_walk"), (.field, "deep_walk"): return try deep(base, arguments, isWalk: true, span)
    case (.event, "udm"): return try udm(first, arguments, span)
    case (.dictionary(let entries), "get"):
      // A plain dictionary takes its default by place alone.
      if !arguments.named.isEmpty || !(1...2).contains(arguments.positional.count) { return .raising }
      let otherwise = arguments.at(1, "default") ?? PythonCases(.none)
      return try map(first) { (evaluator, key) throws(Diagnostic) in
        if case .opaque = key { return PythonCases(key) }
        return try evaluator.entry(entries, key, otherwise: otherwise, span)
      }
    case (.dictionary(let entries), "keys"):
      return PythonCases(.sequence(.list, entries.map { PythonCases($0.key) }))
    case (.dictionary(let entries), "values"): return PythonCases(.sequence(.list, entries.map(\.value)))
    case (.dictionary(let entries), "items"):
      return PythonCases(
        .sequence(
          .list,
          entries.map { entry in
            PythonCases(.sequence(.tuple, [PythonCases(entry.key), entry.value]))
          }))
    case (.regex(let regex), "match"), (.regex(let regex), "search"), (.regex(let regex), "fullmatch"):
      if arguments.positional.count != 1 || !arguments.named.isEmpty { break }
      return try matched(regex, name, first, span)
    case (.network, "subnet_of"), (.address, "subnet_of"):
      return PythonCases(try isSubnet(base, of: first, span))
    case (.sequence, "intersection"), (.elements, "intersection"):
      return try intersection(base, first, span)
    case (.sequence, "isdisjoint"), (.elements, "isdisjoint"):
      let common = try intersection(base, first, span)
      return PythonCases(try truth(of: common, span).negated)
    case (.elements(let made), "issubset"):
      let outside = try ask(made.item) { (evaluator, item) throws(Diagnostic) in
        try evaluator.compare(PythonCases(item), "not in", first, span)
      }
      return PythonCases(PythonTruth(try some(made, logic.and(made.guarded, outside.yes), span)).negated)
    case (.sequence(let form, let members), "union"):
      if let others = literal(first) { return PythonCases(.sequence(form, members + others)) }
    case (.sequence, "copy"), (.dictionary, "copy"): return PythonCases(base)
    case (.text, _), (.field, _), (.made, _): return try textMethod(base, name, arguments, span)
    case (.none, _), (.boolean, _), (.number, _), (.length, _), (.count, _): return .raising
    default: break
    }
    return PythonCases(.opaque(refusal(.notRead("`\(name)` of \(base.words)", span, in: source))))
  }

  /// `get(key, default)` of the event or of an object in it.
  private mutating func get(
    _ base: PythonValue, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    let otherwise = arguments.at(1, "default") ?? PythonCases(.none)
    var steps: [FieldPath.Step] = []
    if case .field(let field) = base {
      guard field.changes.isEmpty else { return .raising }
      let kinds = try shape(field, span).kinds
      // Only objects have the method.
      if !kinds.isEmpty, !kinds.contains(.object) { return .raising }
      notes.addKind(
        field.path, hasMembers: true,
        .assumedKind(field.path, kinds.isEmpty ? .object : kinds, isShown: !kinds.isEmpty, span, in: source))
      steps = field.path.steps
    }
    let prefix = steps
    return try map(arguments.at(0, "key") ?? PythonCases(.none)) { (evaluator, key) throws(Diagnostic) in
      guard case .text(let name) = key, let path = FieldPath(steps: prefix + [.name(name)]) else {
        if case .opaque = key { return PythonCases(key) }
        return PythonCases(
          .opaque(evaluator.refusal(.notRead("a key that is no constant", span, in: evaluator.source))))
      }
      return evaluator.read(PythonField(path: path), otherwise)
    }
  }

  /// The field where it has a value, else the default.
  mutating func read(_ field: PythonField, _ otherwise: PythonCases) -> PythonCases {
    // An empty array is a value in Python, and none in a condition: another default than an empty one would tell.
    if kinds.at(field.path).kinds.contains(.array), !otherwise.isEmptyOrNone, !tellsEmpty(field) {
      let why = "an empty array is not told from an absent one"
      return PythonCases(.opaque(refusal(.kindNotKnown(field.path, why, Span(at: .start), in: source))))
    }
    let isThere = tellsEmpty(field) ? isThere(field.path) : .test(field.path, .present)
    return choice(PythonTruth(isThere), PythonCases(.field(field)), otherwise)
  }

  /// `deep_get(*keys, default=None)` and `deep_walk` where no array is on the way.
  private mutating func deep(
    _ base: PythonValue, _ arguments: PythonArguments, isWalk: Bool, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    var steps: [FieldPath.Step] = []
    if case .field(let field) = base { steps = field.path.steps }
    for key in arguments.positional {
      guard case .text(let name)? = key.single else {
        return PythonCases(.opaque(refusal(.notRead("a key that is no constant", span, in: source))))
      }
      steps.append(.name(name))
    }
    guard let path = FieldPath(steps: steps), !arguments.positional.isEmpty else { return PythonCases(base) }
    let otherwise = arguments.named.first { $0.name == "default" }?.value ?? PythonCases(.none)
    var field = PythonField(path: path, isNullAbsent: true)
    if isWalk {
      if arguments.named.contains(where: { $0.name == "return_val" }) {
        return PythonCases(.opaque(refusal(.notRead("`return_val`", span, in: source))))
      }
      let (kinds, passesArray) = kinds.at(path)
      if kinds.isEmpty {
        return PythonCases(
          .opaque(refusal(.kindNotKnown(path, "arrays may be on the way to it", span, in: source))))
      }
      field.isWalk = true
      if passesArray || kinds.contains(.array) {
        // One value is that value, several are a list: only questions about some value are asked.
        // Of booleans, false where one is missing makes no difference to whether one is true.
        let isFalse = if case .boolean(false)? = otherwise.single { kinds == .boolean } else { false }
        guard otherwise.isEmptyOrNone || isFalse else {
          return PythonCases(.opaque(refusal(.notRead("a default for each element", span, in: source))))
        }
        if case .text? = otherwise.single { field.isFilled = true }
        field.isFilled = field.isFilled || isFalse
      }
    }
    guard tellsArrays, !isWalk, kinds.at(path).passesArray else { return read(field, otherwise) }
    // It steps through objects only: where an array is on the way, it finds nothing.
    var isFree: [Condition] = []
    for length in 1..<path.steps.count {
      guard let way = FieldPath(steps: Array(path.steps.prefix(length))) else { continue }
      if kinds.at(way).kinds.contains(.array) { isFree.append(.not(.test(way, .array))) }
    }
    field.isPastArrays = true
    return choice(PythonTruth(logic.and(isFree)), read(field, otherwise), otherwise)
  }

  /// What two sets have in common.
  mutating func intersection(
    _ base: PythonValue, _ other: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    try map(other) { (evaluator, other) throws(Diagnostic) in
      switch (base, other) {
      case (.elements(let made), .sequence), (.sequence, .elements(let made)):
        let set = if case .elements = base { other } else { base }
        let inside = try evaluator.ask(made.item) { (evaluator, item) throws(Diagnostic) in
          try evaluator.contained(item, set, span)
        }
        return PythonCases(
          .elements(
            PythonElements(
              scopes: made.scopes, guarded: evaluator.logic.and(made.guarded, inside.yes), item: made.item)))
      case (.sequence, .field):
        let elements = try evaluator.collected(PythonCases(other), .set, span)
        guard let single = elements.single else { return .raising }
        return try evaluator.intersection(base, PythonCases(single), span)
      case (.sequence(_, let members), .sequence(_, let others)):
        var kept: [PythonCases] = []
        for member in members {
          var found = PythonTruth(.always(false))
          for other in others {
            found = evaluator.or(found, try evaluator.compare(member, "==", other, span))
          }
          if found.yes.isTrue {
            kept.append(member)
          } else if !found.yes.isFalse {
            return PythonCases(
              .opaque(evaluator.refusal(.notRead("what two sets share", span, in: evaluator.source))))
          }
        }
        return PythonCases(.sequence(.set, kept))
      case (_, .none): return .raising
      case (_, .opaque): return PythonCases(other)
      default:
        return PythonCases(
          .opaque(evaluator.refusal(.notRead("what two sets share", span, in: evaluator.source))))
      }
    }
  }
}

extension PythonCases {
  /// Whether it is `None` or an empty display.
  fileprivate var isEmptyOrNone: Bool {
    switch single {
    case .none?: true
    case .text(let text)?: text.isEmpty
    case .sequence(_, let members)?: members.isEmpty
    case .dictionary(let entries)?: entries.isEmpty
    default: false
    }
  }
}
