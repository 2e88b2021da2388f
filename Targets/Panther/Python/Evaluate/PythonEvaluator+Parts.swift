import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Attributes, members, slices and arithmetic.
extension PythonEvaluator {
  /// `base.name`.
  mutating func attribute(
    _ base: PythonCases, _ name: String, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    // The first address of a network is of the network's version.
    if name == "version", case .method(let network, "network_address")? = base.single {
      return try attribute(network, name, span)
    }
    if PythonAddresses.attributes.contains(name) || name == "version", base.hasAddress {
      return try map(base) { (evaluator, value) throws(Diagnostic) in
        evaluator.addressAttribute(name, of: value, span)
      }
    }
    guard let single = base.single else { return PythonCases(.method(base, name)) }
    switch single {
    case .module(let scope):
      guard let found = scope.names[name] else {
        return PythonCases(.opaque(refusal(.moduleNotFound(scope.name, name, span, in: source))))
      }
      return found.value
    case .known(let module): return PythonCases(.known("\(module).\(name)"))
    case .type(let type, let scope), .object(let type, let scope):
      return try member(name, of: type, scope, base, span)
    case .opaque: return base
    case .none, .boolean, .number, .text, .field, .sequence, .dictionary, .elements, .parts, .length,
      .count, .address,
      .regex, .network, .match, .event, .function, .lambda, .method, .bound, .made:
      return PythonCases(.method(base, name))
    }
  }

  /// Whether an address is private or global, or which version it is of.
  private mutating func addressAttribute(_ name: String, of value: PythonValue, _ span: Span) -> PythonCases {
    let (four, six) = (PythonCases(.number(Number(4))), PythonCases(.number(Number(6))))
    switch value {
    case .address(let field) where name == "version" && field.changes.first != .compared:
      return choice(PythonTruth(hasColon(field, span)), six, four)
    case .network(let network) where name == "version": return network.address.bytes.count == 4 ? four : six
    case .address where name == "version": break
    case .address(let field):
      notes.add(.assumedRegistry(field.path, name, span, in: source), key: "registry")
      let isNetwork = field.changes.contains(.network)
      return PythonCases(
        PythonTruth(
          PythonAddresses.holds(name, at: field.path, isNetwork: isNetwork, origin: place(span))))
    case .network(let network): return PythonCases(.boolean(PythonAddresses.holds(name, of: network)))
    case .opaque: return PythonCases(value)
    case .none, .boolean, .number, .text: return .raising
    default: break
    }
    return PythonCases(.opaque(refusal(.notRead("`\(name)` of \(value.words)", span, in: source))))
  }

  /// Whether a network is part of another; networks of two versions raise.
  mutating func isSubnet(
    _ network: PythonValue, of other: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    try ask(other) { (evaluator, other) throws(Diagnostic) in
      switch (network, other) {
      case (.network(let own), .network(let other)):
        if own.address.bytes.count != other.address.bytes.count { return .raising }
        return PythonTruth(
          .always(own.prefixLength >= other.prefixLength && other.contains(own.address)))
      case (.address(let field), .network(let other)) where field.changes == [.network]:
        let isSix = evaluator.hasColon(field, span)
        let isSame: Condition = other.address.bytes.count == 4 ? .not(isSix) : isSix
        let inside = evaluator.isInside(PythonField(path: field.path), other, span)
        return PythonTruth(
          yes: evaluator.logic.and(isSame, inside), no: evaluator.logic.and(isSame, inside.opposite),
          isTotal: false)
      case (_, .none): return .raising
      case (_, .opaque(let why)): throw why
      default:
        throw evaluator.refusal(.notRead("`subnet_of` of \(network.words)", span, in: evaluator.source))
      }
    }
  }

  /// An attribute of a class, or of one that it is made of.
  mutating func member(
    _ name: String, of type: PythonClass, _ scope: PythonScope, _ base: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    try step(span)
    if isInFunction, PythonState.attributes(type).contains(name) {
      throw refusal(.outside("`\(name)`, which changes with each event", span, in: source))
    }
    for base in type.bases {
      var frame = PythonFrame(scope: scope)
      if case .known(let parent)? = try valueOrOpaque(base, &frame).single,
        !["pypanther.Rule", "pypanther.base.Rule", "object", "abc.ABC"].contains(parent)
      {
        return PythonCases(
          .opaque(refusal(.notRead("a class that is made of `\(parent)`", span, in: source))))
      }
    }
    if let own = try names(of: type, scope)[name]?.value {
      guard case .function(let function, _, _)? = own.single else { return own }
      var isStatic = function.decorators.contains("staticmethod")
      // Of the class itself it is a plain function.
      if case .type? = base.single { isStatic = true }
      return PythonCases(isStatic ? .function(function, scope, [:]) : .bound(base, function, scope))
    }
    try enter(span)
    defer { leave() }
    if type.bases.count > 1 {
      return PythonCases(.opaque(refusal(.notRead("a class of several", span, in: source))))
    }
    for parent in type.bases {
      var frame = PythonFrame(scope: scope)
      let parent = try valueOrOpaque(parent, &frame)
      if case .opaque? = parent.single { return parent }
      if case .type(let type, let scope)? = parent.single {
        return try member(name, of: type, scope, base, span)
      }
    }
    return PythonCases(.opaque(refusal(.unknownName("\(type.name).\(name)", span, in: source))))
  }

  /// The names that a class's lines define.
  mutating func names(of type: PythonClass, _ scope: PythonScope) throws(Diagnostic) -> [String:
    PythonBinding]
  {
    if let known = modules.classes[ObjectIdentifier(type)] { return known }
    // A class that names itself finds what stands before.
    modules.classes[ObjectIdentifier(type)] = [:]
    var names: [String: PythonBinding] = [:]
    var spoiled: Diagnostic?
    for statement in type.body where statement.targetName != "tests" {
      do throws(Diagnostic) {
        if let effect = PythonEffects.of(statement, in: type.body) {
          throw unfollowed(effect, in: scope.source)
        }
        if case .unreadable(let failure) = statement.kind { spoiled = failure }
        let flow = try run([statement], PythonFrame(names: names, scope: scope))
        if let falls = flow.falls, falls.guarded.isTrue { names = falls.frame.names }
      } catch {
        if error.code == .programTooLarge { throw error }
        if let why = unfollowed { (spoiled, unfollowed) = (why, nil) }
        for name in statement.assignedNames { names[name] = binding(PythonCases(.opaque(error))) }
      }
    }
    if let spoiled { names = names.mapValues { _ in binding(PythonCases(.opaque(spoiled))) } }
    modules.classes[ObjectIdentifier(type)] = names
    return names
  }

  /// `base[index]`.
  mutating func element(
    _ base: PythonCases, _ index: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    if let field = base.defaultedField { assumeNull(field, span) }
    return try map(base) { (evaluator, base) throws(Diagnostic) in
      try evaluator.map(index) { (evaluator, index) throws(Diagnostic) in
        try evaluator.element(base, at: index, span)
      }
    }
  }

  private mutating func element(
    _ base: PythonValue, at index: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    switch (base, index) {
    case (.opaque, _): return PythonCases(base)
    case (_, .opaque): return PythonCases(index)
    case (.event, .text(let name)): return subscripted(FieldPath(name), span)
    case (.field(let field), .text(let name)):
      guard field.changes.isEmpty, let path = FieldPath(steps: field.path.steps + [.name(name)]) else {
        return .raising
      }
      return subscripted(path, span)
    case (.field(let field), .number(let number)):
      guard let index = Int(number.shortest) else { return .raising }
      return try indexed(field, index, span)
    case (.sequence(_, let members), .number(let number)):
      guard let index = Int(number.shortest) else { return .raising }
      guard abs(Double(index)) < 1e9 else { return .raising }
      let place = index < 0 ? members.count + index : index
      return members.indices.contains(place) ? members[place] : .raising
    case (.dictionary(let entries), _): return try entry(entries, index, otherwise: .raising, span)
    case (.parts(let field, let separator, let limit), .number(let number)):
      guard let index = Int(number.shortest), (-20...20).contains(index) else {
        return PythonCases(.opaque(refusal(.notRead("a part this far", span, in: source))))
      }
      var part = field
      part.changes.append(.part(separator, index, limit: limit))
      let has = try hasPart(field, separator, index, span)
      return under(has, PythonCases(.field(part))).total(has.isTrue)
    case (.none, _), (.boolean, _), (.number, _): return .raising
    default: return PythonCases(.opaque(refusal(.notRead("a member of \(base.words)", span, in: source))))
    }
  }

  /// A member that must be there; null is taken as none, and so is an array without elements.
  private mutating func subscripted(_ path: FieldPath, _ span: Span) -> PythonCases {
    let field = PythonField(path: path)
    if tellsEmpty(field) { return under(isThere(path), PythonCases(.field(field))).total(false) }
    assumeThere(field, span)
    let present = Condition.test(path, .present)
    return under(present, PythonCases(.field(field))).total(false)
  }

  private mutating func indexed(
    _ field: PythonField, _ index: Int, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    let kinds = field.changes.isEmpty ? try shape(field, span).kinds : .text
    if kinds == .text {
      return PythonCases(.opaque(refusal(.notRead("one character of a text", span, in: source))))
    }
    guard kinds.isEmpty || kinds == .array else {
      throw refusal(.kindNotKnown(field.path, "the fixtures have \(kinds.words)", span, in: source))
    }
    guard index >= 0, let path = FieldPath(steps: field.path.steps + [.index(index)]) else {
      return PythonCases(
        .opaque(refusal(.notRead("an index from the end of `\(field.path.shown)`", span, in: source))))
    }
    assume(field, .array, span)
    return subscripted(path, span)
  }

  /// What a table has for a value.
  mutating func entry(
    _ entries: [PythonValue.Entry], _ key: PythonValue, otherwise: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    if key.isConstant { return entries.first { PythonEvaluator.areEqual($0.key, key) }?.value ?? otherwise }
    var (result, rest, isTotal) = (PythonCases(isTotal: false), Condition.always(true), otherwise.isTotal)
    for entry in entries {
      try step(span)
      let truth = try equal(key, entry.key, span)
      result = union(result, under(logic.and(rest, truth.yes), entry.value), isTotal: false)
      isTotal = isTotal && truth.isTotal && entry.value.isTotal
      rest = logic.and(rest, truth.no)
    }
    return union(result, under(rest, otherwise), isTotal: isTotal)
  }

  /// `base[start:end]`.
  mutating func slice(
    _ base: PythonExpression, _ start: PythonExpression?, _ end: PythonExpression?, _ step: PythonExpression?,
    _ span: Span, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    var bounds: [Int?] = []
    for bound in [start, end] {
      guard let bound else {
        bounds.append(nil)
        continue
      }
      guard case .number(let number)? = try valueOrOpaque(bound, &frame).single,
        let value = Int(number.shortest)
      else {
        return PythonCases(
          .opaque(refusal(.notRead("a slice whose bounds are not constant", span, in: source))))
      }
      bounds.append(value)
    }
    let (from, to, hasStep) = (bounds[0], bounds[1], step != nil)
    return try map(try value(base, &frame)) { (evaluator, value) throws(Diagnostic) in
      let unread = evaluator.refusal(.notRead("a slice of \(value.words)", span, in: evaluator.source))
      if hasStep { return PythonCases(.opaque(unread)) }
      switch value {
      case .sequence(let form, let members):
        return PythonCases(.sequence(form, Array(members.sliced(from, to))))
      case .text(let text):
        return PythonCases(
          .text(String(String.UnicodeScalarView(Array(text.unicodeScalars).sliced(from, to)))))
      case .field(var field):
        let kinds = field.changes.isEmpty ? try evaluator.shape(field, span).kinds : .text
        guard from ?? 0 == 0, let to, to >= 0, kinds == .text || kinds.isEmpty else {
          return PythonCases(.opaque(unread))
        }
        evaluator.assume(field, .text, span)
        field.changes.append(.first(to))
        return PythonCases(.field(field))
      case .none, .boolean, .number: return .raising
      default: return PythonCases(.opaque(unread))
      }
    }
  }

  /// Arithmetic on constants, and `+` of texts and lists.
  mutating func operation(
    _ left: PythonCases, _ sign: String, _ right: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    try map(left) { (evaluator, one) throws(Diagnostic) in
      try evaluator.map(right) { (evaluator, other) throws(Diagnostic) in
        try evaluator.operation(one, sign, other, span)
      }
    }
  }

  private mutating func operation(
    _ left: PythonValue, _ sign: String, _ right: PythonValue, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    switch (left, sign, right) {
    case (.opaque, _, _): return PythonCases(left)
    case (_, _, .opaque): return PythonCases(right)
    case (.known(let a), "|", .known(let b)): return PythonCases(.known("\(a)|\(b)"))
    case (.number(let a), _, .number(let b)): return try arithmetic(a, sign, b, span)
    case (.sequence(_, let a), _, .sequence(_, let b))
    where a.count + b.count > PythonEvaluator.memberLimit:
      throw refusal(.notRead("a list as long as this", span, in: source))
    case (.sequence(let form, let a), "+", .sequence(_, let b)): return PythonCases(.sequence(form, a + b))
    case (.sequence(let form, let a), "|", .sequence(_, let b)): return PythonCases(.sequence(form, a + b))
    case (.dictionary(var entries), "|", .dictionary(let others)):
      for entry in others { entries.put(entry.key, entry.value) }
      return PythonCases(.dictionary(entries))
    case (.text(let a), "*", .number(let b)):
      guard let count = Int(b.shortest), count <= PythonEvaluator.textLimit,
        a.utf8.count * max(0, count) <= PythonEvaluator.textLimit
      else { return PythonCases(.opaque(refusal(.notRead("a text as long as this", span, in: source)))) }
      return PythonCases(.text(String(repeating: a, count: max(0, count))))
    case (.text, "+", _), (.field, "+", .text), (.field, "+", .field), (.made, "+", _):
      if case .none = right { return .raising }
      return joined(left.parts + right.parts)
    case (.none, _, _), (_, _, .none): return .raising
    case (.sequence, "&", _), (.elements, "&", _): return try intersection(left, PythonCases(right), span)
    case (.sequence(_, let a), "-", .sequence(_, let b)):
      var kept: [PythonCases] = []
      for member in a {
        var found = PythonTruth(.always(false))
        for other in b { found = or(found, try compare(member, "==", other, span)) }
        if found.no.isTrue {
          kept.append(member)
        } else if !found.yes.isTrue {
          return PythonCases(.opaque(refusal(.notRead("a difference of sets", span, in: source))))
        }
      }
      return PythonCases(.sequence(.set, kept))
    default:
      return PythonCases(
        .opaque(refusal(.notRead("`\(sign)` of \(left.words) and \(right.words)", span, in: source))))
    }
  }

  private func arithmetic(
    _ a: Number, _ sign: String, _ b: Number, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    if let x = Int(a.shortest), let y = Int(b.shortest) {
      let results: [String: (Int, Int) -> (Int, Bool)] = [
        "+": {
          let r = $0.addingReportingOverflow($1); return (r.partialValue, r.overflow)
        },
        "-": {
          let r = $0.subtractingReportingOverflow($1); return (r.partialValue, r.overflow)
        },
        "*": {
          let r = $0.multipliedReportingOverflow(by: $1); return (r.partialValue, r.overflow)
        },
      ]
      if let (value, overflows) = results[sign]?(x, y), !overflows {
        return PythonCases(.number(Number(value)))
      }
    }
    return PythonCases(.opaque(refusal(.notRead("`\(sign)` of these numbers", span, in: source))))
  }
}

extension PythonValue {
  /// The parts that a text is made of.
  fileprivate var parts: [PythonCases] {
    if case .made(let parts) = self { parts } else { [PythonCases(self)] }
  }
}

extension PythonCases {
  /// Whether one of the values is an address or a network.
  fileprivate var hasAddress: Bool {
    others.contains { other in
      switch other.value {
      case .address, .network: true
      default: false
      }
    }
  }

  /// The same, of which it is known whether some case always holds.
  func total(_ isTotal: Bool) -> PythonCases {
    var copy = self
    copy.isTotal = self.isTotal && isTotal
    return copy
  }
}

extension Array {
  /// The members that a slice has.
  func sliced(_ from: Int?, _ to: Int?) -> ArraySlice<Element> {
    func place(_ index: Int) -> Int {
      index < -count ? 0 : Swift.min(count, Swift.max(0, index < 0 ? count + index : index))
    }
    let (start, end) = (place(from ?? 0), place(to ?? count))
    return start < end ? self[start..<end] : []
  }
}
