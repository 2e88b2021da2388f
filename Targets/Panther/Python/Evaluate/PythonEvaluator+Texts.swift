import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Methods of texts, and what makes texts and numbers of other values.
extension PythonEvaluator {
  /// A method of a text: a constant's value is computed, a field's is kept as a change or becomes a question.
  mutating func textMethod(
    _ base: PythonValue, _ name: String, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    let first = arguments.positional.first
    switch name {
    case "startswith", "endswith":
      if case .sequence(let form, _)? = first?.single, form != .tuple { return .raising }
      guard arguments.positional.count == 1, arguments.named.isEmpty, let affixes = literalTexts(first) else {
        return PythonCases(
          .opaque(
            refusal(.madeText("a text that is not constant is asked for by `\(name)`", span, in: source))))
      }
      var result = PythonTruth(.always(false))
      for affix in affixes {
        result = or(result, try textTest(base, name == "startswith" ? .prefix(affix) : .suffix(affix), span))
      }
      if affixes.isEmpty { return PythonCases(.boolean(false)) }
      return PythonCases(result)
    case "lower", "casefold", "upper":
      if !arguments.positional.isEmpty || !arguments.named.isEmpty { return .raising }
      if case .text(let text) = base, !text.allBytes({ $0 < 0x80 }) {
        return PythonCases(.opaque(refusal(.notRead("letter case beyond ASCII", span, in: source))))
      }
      if name == "upper" { return try changed(base, .upper, span) { $0.uppercased() } }
      return try changed(base, .lower, span) { $0.lowercased() }
    case "strip", "lstrip", "rstrip":
      var characters: String?
      if let first {
        guard case .text(let text)? = first.single else { break }
        characters = text
      }
      let (start, end) = (name != "rstrip", name != "lstrip")
      return try changed(base, .strip(characters, start: start, end: end), span) { text in
        text.stripped(characters, start: start, end: end)
      }
    case "split", "rsplit", "replace", "join":
      if let made = try taken(base, name, arguments, span) { return made }
    case "get", "items", "keys", "values", "append": if case .text = base { return .raising }
    default: break
    }
    return PythonCases(.opaque(refusal(.notRead("`\(name)` of \(base.words)", span, in: source))))
  }

  /// A text that is taken apart or put together; `nil` where that is not read.
  private mutating func taken(
    _ base: PythonValue, _ name: String, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases? {
    let first = arguments.positional.first
    switch name {
    case "split", "rsplit":
      guard case .text(let separator)? = (first ?? arguments.at(0, "sep"))?.single, !separator.isEmpty else {
        break
      }
      var limit: Int?
      if let given = arguments.at(1, "maxsplit") {
        guard case .number(let number)? = given.single, let count = Int(number.shortest), count > 0 else {
          break
        }
        limit = count
      }
      guard name == "rsplit" else { return try split(base, separator, limit, span) }
      // Of one character both ways find the same places, but for which of them the limit leaves.
      if separator.scalarCount > 1 { break }
      return try split(base, separator, limit.map { -$0 }, span)
    case "replace":
      guard case .text(let text) = base, case .text(let old)? = first?.single,
        case .text(let new)? = arguments.at(1, "new")?.single, !old.isEmpty
      else { break }
      if text.utf8.count * (new.utf8.count + 1) > PythonEvaluator.textLimit {
        return PythonCases(.opaque(refusal(.notRead("a text as long as this", span, in: source))))
      }
      return PythonCases(.text(text.replacingAll(old, new)))
    case "join":
      guard case .text(let separator) = base, let first, let members = literal(first) else { break }
      var parts: [PythonCases] = []
      for (index, member) in members.enumerated() {
        if index > 0 { parts.append(PythonCases(.text(separator))) }
        parts.append(member)
      }
      return joined(parts)
    default: break
    }
    return nil
  }

  private func literalTexts(_ cases: PythonCases?) -> [String]? {
    switch cases?.single {
    case .text(let text)?: return [text]
    case .sequence(_, let members)?:
      var texts: [String] = []
      for member in members {
        guard case .text(let text)? = member.single else { return nil }
        texts.append(text)
      }
      return texts
    default: return nil
    }
  }

  private mutating func changed(
    _ base: PythonValue, _ change: PythonField.Change, _ span: Span, _ constant: (String) -> String
  ) throws(Diagnostic) -> PythonCases {
    switch base {
    case .text(let text): return PythonCases(.text(constant(text)))
    case .field(var field):
      guard try isText(field, span) else { return .raising }
      let isText = isNoArray(field)
      let cases: [PythonField.Change] = [.lower, .upper]
      if cases.contains(change), field.changes.contains(where: { cases.contains($0) && $0 != change }) {
        return PythonCases(.opaque(refusal(.notRead("one letter case after another", span, in: source))))
      }
      switch change {
      case .lower, .upper, .strip(nil, start: _, end: _): assumeText(field.path, .letters, span)
      case .strip, .text, .first, .part, .parts, .number, .whole, .network, .compared, .folded: break
      }
      if field.changes.last != change { field.changes.append(change) }
      return isText.map { under($0, PythonCases(.field(field))).total(false) } ?? PythonCases(.field(field))
    case .made(let parts):
      var made: [PythonCases] = []
      for part in parts {
        made.append(
          try map(part) { (evaluator, value) throws(Diagnostic) in
            try evaluator.changed(value, change, span, constant)
          })
      }
      if change == .lower || change == .upper { return joined(made) }
    default: break
    }
    return PythonCases(.opaque(refusal(.notRead("a change of \(base.words)", span, in: source))))
  }

  private mutating func split(
    _ base: PythonValue, _ separator: String, _ limit: Int?, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    switch base {
    case .text(let text):
      let parts = text.parts(at: separator, limit: limit)
      return PythonCases(.sequence(.list, parts.map { PythonCases(.text($0)) }))
    case .field(let field):
      guard try isText(field, span) else { return .raising }
      let parts = PythonCases(.parts(field, separator: separator, limit: limit))
      return isNoArray(field).map { under($0, parts).total(false) } ?? parts
    default: return PythonCases(.opaque(refusal(.notRead("the parts of \(base.words)", span, in: source))))
    }
  }

  /// `str` of a value.
  mutating func texts(_ cases: PythonCases, _ span: Span) throws(Diagnostic) -> PythonCases {
    try map(cases) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .none: return PythonCases(.text("None"))
      case .boolean(let value): return PythonCases(.text(value ? "True" : "False"))
      case .number(let number) where Int(number.written) == nil:
        return PythonCases(
          .opaque(evaluator.refusal(.notRead("the text of this number", span, in: evaluator.source))))
      case .number(let number): return PythonCases(.text(number.written))
      case .text, .made, .opaque: return PythonCases(value)
      case .field(var field):
        if field.changes.isEmpty {
          let kinds = try evaluator.shape(field, span).kinds
          guard kinds.isDisjoint(with: [.array, .object]) else {
            return PythonCases(
              .opaque(evaluator.refusal(.notRead("the text of \(kinds.words)", span, in: evaluator.source))))
          }
          field.changes = [.text]
        }
        return PythonCases(.field(field))
      default:
        return PythonCases(
          .opaque(evaluator.refusal(.notRead("the text of \(value.words)", span, in: evaluator.source))))
      }
    }
  }

  /// `int` or `float` of a value: what is no number raises.
  mutating func numbers(
    _ cases: PythonCases, isWhole: Bool, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    try map(cases) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .none: return .raising
      case .boolean(let value): return PythonCases(.number(Number(value ? 1 : 0)))
      case .number(let number) where isWhole && Int(number.shortest) == nil: break
      case .number: return PythonCases(value)
      case .text(let text):
        switch PythonNumerals.number(text, isWhole: isWhole) {
        case .number(let number): return PythonCases(.number(number))
        case .none: return .raising
        case .unread: break
        }
      case .field(var field):
        guard field.changes.isEmpty || field.changes == [.text] else { break }
        let kinds = try evaluator.shape(field, span).kinds
        guard kinds.isDisjoint(with: [.array, .object, .boolean]) else {
          throw evaluator.refusal(
            .kindNotKnown(field.path, "the fixtures have \(kinds.words)", span, in: evaluator.source))
        }
        if isWhole, kinds.contains(.number) {
          if kinds == .number {
            evaluator.assume(field, .number, span)
            field.changes += [.number, .whole]
            return PythonCases(.field(field))
          }
          // A text with a fraction raises, a number with one does not: where there is none, it makes no difference.
          guard evaluator.kinds.areWhole(field.path) else {
            throw evaluator.refusal(.notRead("the whole part of a number", span, in: evaluator.source))
          }
          evaluator.assumeWhole(field.path, span)
        }
        let path = field.path
        field.changes.append(.number)
        let place = evaluator.place(span)
        let digits = PythonRegex(pattern: "[+-]?[0-9]+", flags: [], isOurs: true, span: span)
        let isNumber =
          isWhole
          ? .test(path, .regex(try evaluator.portable(digits, .whole)), origin: place)
          : Condition.any([
            .test(path, .number(.greaterOrEqual, Number(0)), origin: place),
            .test(path, .number(.less, Number(0)), origin: place),
          ])
        evaluator.assume(field, kinds.isEmpty ? .number : kinds, span)
        if kinds == .number { return PythonCases(.field(field)) }
        if kinds.contains(.text) { evaluator.assumeText(path, .numerals, span) }
        return evaluator.under(isNumber, PythonCases(.field(field))).total(false)
      default: break
      }
      return PythonCases(
        .opaque(evaluator.refusal(.notRead("the number of \(value.words)", span, in: evaluator.source))))
    }
  }

  /// `len` of a value.
  mutating func length(of value: PythonValue, _ span: Span) throws(Diagnostic) -> PythonCases {
    switch value {
    case .none, .boolean, .number: return .raising
    case .text(let text): return PythonCases(.number(Number(text.scalarCount)))
    case .sequence(let form, let members) where form != .set || members.count < 2:
      return PythonCases(.number(Number(members.count)))
    case .dictionary(let entries): return PythonCases(.number(Number(entries.count)))
    case .field(let field) where field.changes.isEmpty && !field.isWalk: return PythonCases(.length(field))
    case .parts(var field, let separator, let limit):
      field.changes.append(.parts(separator, limit: limit))
      return PythonCases(.length(field))
    case .elements(let made): return PythonCases(.count(made))
    case .opaque: return PythonCases(value)
    default: return PythonCases(.opaque(refusal(.notRead("the length of \(value.words)", span, in: source))))
    }
  }
}

extension String {
  /// The text without blanks, or without these characters, at its ends.
  fileprivate func stripped(_ characters: String?, start: Bool, end: Bool) -> String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      characters.map { $0.unicodeScalars.contains(scalar) } ?? scalar.isPythonBlank
    }
    var rest = unicodeScalars[...]
    while start, let first = rest.first, isBlank(first) { rest.removeFirst() }
    while end, let last = rest.last, isBlank(last) { rest.removeLast() }
    return String(rest)
  }
}
