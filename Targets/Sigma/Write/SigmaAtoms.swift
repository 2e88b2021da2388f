import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Writes what a selection can say: an atom, its negation, and what maps and lists make of them.
struct SigmaAtoms {
  /// Events that show which paths pass arrays.
  let events: [Event]
  /// What the user should know.
  private(set) var notes: [Diagnostic] = []

  init(events: [Event]) { self.events = events }

  /// The selection that says the condition, or its negation; `nil` where it takes a condition expression.
  mutating func body(
    _ condition: Condition, negated: Bool = false
  ) throws(Diagnostic) -> SigmaSelectionBody? {
    switch condition.kind {
    case .always:
      return nil
    case .test(let path, let atom):
      return try atomBody(path, atom, negated: negated, at: condition.origin)
    case .some(let path, _):
      throw .severalQuestions(of: path, in: "Sigma", at: condition.origin)
    case .anywhere(let pattern, let letterCase):
      return negated ? nil : try keyword(pattern, letterCase, at: condition.origin)
    case .place(let fact, _):
      throw .placeNotMapped(fact, in: "Sigma", at: condition.origin, help: Diagnostic.sigmaPlaceHelp)
    case .not(let operand):
      return try body(operand, negated: !negated)
    case .all(let operands):
      guard let bodies = try bodies(operands, negated: negated) else { return nil }
      return negated ? SigmaSelectionBody.any(bodies) : SigmaSelectionBody.all(bodies)
    case .any(let operands):
      guard let bodies = try bodies(operands, negated: negated) else { return nil }
      return negated ? SigmaSelectionBody.all(bodies) : SigmaSelectionBody.any(bodies)
    }
  }

  private mutating func bodies(
    _ operands: [Condition], negated: Bool
  ) throws(Diagnostic) -> [SigmaSelectionBody]? {
    var result: [SigmaSelectionBody] = []
    for operand in operands {
      guard let body = try body(operand, negated: negated) else { return nil }
      result.append(body)
    }
    return result
  }

  /// The selection of one atom. Only two atoms can be negated within a selection: an absent field is `null`, and
  /// a falsy one is `null` or one of three texts.
  private mutating func atomBody(
    _ path: FieldPath, _ atom: Atom, negated: Bool, at origin: Span?
  ) throws(Diagnostic) -> SigmaSelectionBody? {
    let field = try fieldName(path, at: origin)
    switch atom {
    case .present:
      let item =
        negated
        ? SigmaItem(field, [], [SigmaScalar(.null)])
        : SigmaItem(field, [.exists], [SigmaScalar(.bool(true))])
      return .map([item])
    case .truthy:
      try checkScalar(path, at: origin)
      guard negated else { return nil }
      let texts = ["", "false", "0"].map(SigmaScalar.text)
      return .list([
        .map([SigmaItem(field, [], [SigmaScalar(.null)])]), .map([SigmaItem(field, [.cased], texts)]),
      ])
    case .text(let pattern, let letterCase):
      return negated ? nil : .map([text(field, pattern, letterCase)])
    case .oneOf(let texts, let letterCase):
      let values = texts.map { SigmaAtoms.value($0, letterCase) }
      return negated ? nil : .map([SigmaItem(field, modifiers([], letterCase), values)])
    case .regex(let regex):
      return negated ? nil : .map([expression(field, regex)])
    case .number(let comparison, let number):
      return negated ? nil : .map([try bound(field, comparison, number, at: origin)])
    case .network(let network):
      return negated ? nil : .map([SigmaItem(field, [.cidr], [.text(network.description)])])
    case .array: throw .arrayNotTold(at: path, in: "Sigma", origin)
    case .sameAs(let other, let letterCase):
      return negated ? nil : .map([try reference(path, other, letterCase, at: origin)])
    }
  }

  /// A field's name: the names of the path joined by dots.
  mutating func fieldName(_ path: FieldPath, at origin: Span?) throws(Diagnostic) -> String {
    var names: [String] = []
    for step in path.steps {
      switch step {
      case .name(let name):
        let isSeen = name.allBytes { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "|") }
        if name.isEmpty || !isSeen { throw .sigmaFieldName(name, in: path, at: origin) }
        names.append(name)
      case .index: throw .sigmaIndex(path, at: origin)
      case .each: continue
      }
    }
    if path.shape(in: events).hasArray { notes.appendOnce(.sigmaArrayField(path)) }
    return names.count == 1 ? names[0] : names.joined(separator: ".")
  }

  /// Truthiness is a question about one value: refused where the path passes an array, noted where that is not known.
  private mutating func checkScalar(_ path: FieldPath, at origin: Span?) throws(Diagnostic) {
    let shape = path.shape(in: events)
    if shape.hasArray { throw .sigmaTruthyElements(path, at: origin) }
    if !shape.isKnown { notes.appendOnce(.sigmaAssumedScalar(path)) }
  }

  private func modifiers(_ modifiers: [SigmaModifier], _ letterCase: LetterCase) -> [SigmaModifier] {
    switch letterCase {
    case .exact: modifiers + [.cased]
    case .ignored: modifiers
    }
  }

  /// What begins or ends with any run has a modifier for it; wildcards are for the others.
  private func text(_ field: String, _ pattern: Pattern, _ letterCase: LetterCase) -> SigmaItem {
    if case .equals(let text) = pattern.shape {
      return SigmaItem(field, modifiers([], letterCase), [SigmaAtoms.value(text, letterCase)])
    }
    var pieces = pattern.pieces[...]
    let isPattern = pieces.count > 1
    let (startsOpen, endsOpen) = (isPattern && pieces.first == .anyRun, isPattern && pieces.last == .anyRun)
    if startsOpen { pieces.removeFirst() }
    if endsOpen { pieces.removeLast() }
    let own: [SigmaModifier] =
      switch (startsOpen, endsOpen) {
      case (true, true): [.contains]
      case (false, true): [.startswith]
      case (true, false): [.endswith]
      case (false, false): []
      }
    return SigmaItem(field, modifiers(own, letterCase), [.text(SigmaLiteral.written(Array(pieces)))])
  }

  /// A whole text. Whole numbers are written as such, since other tools compare them so; where letter case matters
  /// a value is text.
  private static func value(_ text: String, _ letterCase: LetterCase) -> SigmaScalar {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    if letterCase == .ignored, digits.count <= 18, digits.allSatisfy({ $0.isDigit }),
      text.utf8.count - digits.count < 2, let number = Number(text), number.shortest.sameScalars(as: text)
    {
      return SigmaScalar(.number(number))
    }
    return .text(SigmaLiteral.written(text))
  }

  private func expression(_ field: String, _ regex: PortableRegex) -> SigmaItem {
    let flags: [(PortableRegex.Flags, SigmaModifier)] = [(.ignoreCase, .i), (.multiline, .m), (.dotAll, .s)]
    var (pattern, letters) = (regex.pattern, "")
    // Flags within the expression are deprecated; modifiers say the same.
    while let (more, rest) = SigmaInlineFlags.split(pattern) { (pattern, letters) = (rest, letters + more) }
    let modifiers = flags.filter { regex.flags.contains($0.0) || letters.contains($0.1.rawValue) }.map(\.1)
    return SigmaItem(field, [.re] + modifiers, [.text(pattern)])
  }

  private func bound(
    _ field: String, _ comparison: Comparison, _ number: Number, at origin: Span?
  ) throws(Diagnostic) -> SigmaItem {
    guard number.double.isFinite else { throw .sigmaNumber(number.shortest, at: origin) }
    let modifier: SigmaModifier =
      switch comparison {
      case .greater: .gt
      case .greaterOrEqual: .gte
      case .less: .lt
      case .lessOrEqual: .lte
      }
    return SigmaItem(field, [modifier], [SigmaScalar(.number(SigmaAtoms.spelled(number)))])
  }

  /// YAML 1.1, which Sigma's tools read, takes an exponent for a number only after a point and with a sign.
  private static func spelled(_ number: Number) -> Number {
    let parts = number.shortest.split(separator: "e", maxSplits: 1)
    guard let digits = parts.first, parts.count == 2 else { return Number(number.shortest) ?? number }
    let mantissa = digits.contains(".") ? String(digits) : digits + ".0"
    let exponent = parts[1].hasPrefix("-") ? String(parts[1]) : "+" + parts[1]
    return Number("\(mantissa)e\(exponent)") ?? number
  }

  private mutating func reference(
    _ path: FieldPath, _ other: FieldPath, _ letterCase: LetterCase, at origin: Span?
  ) throws(Diagnostic) -> SigmaItem {
    let names = (try fieldName(path, at: origin), try fieldName(other, at: origin))
    guard letterCase == .ignored else { throw .sigmaExactReference(path, other, at: origin) }
    guard SigmaLiteral.pattern(names.1) == .equals(names.1) else {
      throw .sigmaFieldReference(other, at: origin)
    }
    return SigmaItem(names.0, [.fieldref], [.text(names.1)])
  }

  /// A keyword is found anywhere within a text, so the pattern must be open at both ends.
  private func keyword(
    _ pattern: Pattern, _ letterCase: LetterCase, at origin: Span?
  ) throws(Diagnostic) -> SigmaSelectionBody {
    var pieces = pattern.pieces[...]
    guard pieces.last == .anyRun else { throw .sigmaAnchoredKeyword(at: origin) }
    if pieces.count > 1 {
      guard pieces.popFirst() == .anyRun else { throw .sigmaAnchoredKeyword(at: origin) }
      pieces.removeLast()
    }
    let value: SigmaScalar
    if pieces.count == 1, case .literal(let text)? = pieces.first {
      value = SigmaAtoms.value(text, letterCase)
    } else {
      value = .text(SigmaLiteral.written(Array(pieces)))
    }
    switch letterCase {
    case .ignored: return .keyword(value)
    case .exact: return .map([SigmaItem("", [.cased], [value])])
    }
  }
}
