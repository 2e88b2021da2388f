import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// A condition in the `search` language, whose questions ignore letter case: what it can say exactly.
struct SplunkSearchSpelling {
  /// The data set whose fields are asked.
  let set: SplunkDataSet

  /// A part of a condition.
  enum Part {
    /// It can be said.
    case term(SplunkSearch)
    /// It cannot.
    case other(Condition)
  }

  /// The parts of a condition all of which must hold.
  func terms(of operands: [Condition]) throws(Diagnostic) -> [Part] {
    var parts: [Part] = []
    // `f!=x` says that the field is there and has another value.
    let present = Set(operands.compactMap(\.presentPath))
    var said: Set<FieldPath> = []
    for operand in operands {
      guard case .not(let equal) = operand.kind, let path = equal.onlyPath, present.contains(path),
        let term = try term(equal), case .comparison(let field, .equal, let value) = term.kind
      else { continue }
      parts.append(.term(SplunkSearch(.comparison(field, .unequal, value))))
      said.insert(path)
    }
    for operand in operands where operand != .always(true) {
      if let path = operand.presentPath, said.contains(path) { continue }
      if case .not(let equal) = operand.kind, let path = equal.onlyPath, said.contains(path),
        let term = try term(equal), case .comparison(_, .equal, _) = term.kind
      {
        continue
      }
      if let term = try term(operand) {
        parts.append(.term(term))
      } else {
        parts.append(.other(operand))
      }
    }
    return parts
  }

  private func term(_ condition: Condition) throws(Diagnostic) -> SplunkSearch? {
    switch condition.kind {
    case .always, .some, .anywhere: return nil
    case .place(let fact, let atom): return try SplunkPlaceSpelling.term(fact, atom)
    case .test(let path, let atom): return try term(path, atom)
    case .not(let operand): return try term(operand).map { SplunkSearch(.not($0)) }
    case .all(let operands):
      var terms: [SplunkSearch] = []
      for part in try self.terms(of: operands) {
        guard case .term(let term) = part else { return nil }
        terms.append(term)
      }
      return terms.count == 1 ? terms[0] : SplunkSearch(.all(terms))
    case .any(let operands):
      var terms: [SplunkSearch] = []
      for operand in operands {
        guard let term = try term(operand) else { return nil }
        terms.append(term)
      }
      return SplunkSearch(.any(terms))
    }
  }

  private func term(_ path: FieldPath, _ atom: Atom) throws(Diagnostic) -> SplunkSearch? {
    switch atom {
    case .present: return SplunkSearch(.comparison(try name(path), .equal, any))
    case .text(let pattern, let letterCase):
      guard letterCase == .ignored || pattern.isWithoutLetters, let value = value(pattern) else { return nil }
      return SplunkSearch(.comparison(try name(path), .equal, value))
    case .oneOf(let texts, let letterCase):
      var values: [SplunkSearchValue] = []
      for text in texts {
        let pattern = Pattern([.literal(text)])
        guard letterCase == .ignored || pattern.isWithoutLetters, let value = value(pattern) else {
          return nil
        }
        values.append(value)
      }
      return values.isEmpty ? nil : SplunkSearch(.membership(try name(path), values))
    case .truthy, .regex, .number, .network, .sameAs, .array: return nil
    }
  }

  private var any: SplunkSearchValue { SplunkSearchValue(text: "*", isQuoted: false) }

  /// The value that means the pattern and nothing else; `nil` where none does, as of a network's text.
  private func value(_ pattern: Pattern) -> SplunkSearchValue? {
    guard let text = SplunkWildcards.text(pattern), SplunkLiteral.foldsCertainly(text),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }),
      !text.utf8.contains(0x2F) || CIDR(text) == nil
    else { return nil }
    return text == "*" ? any : SplunkSearchValue(text: text)
  }

  private func name(_ path: FieldPath) throws(Diagnostic) -> String {
    set.name(try SplunkPaths.extractedName(path))
  }
}

extension Condition {
  /// The field of which it asks whether it is there, if it asks that.
  fileprivate var presentPath: FieldPath? { if case .test(let path, .present) = kind { path } else { nil } }

  /// The field that it asks about, if it is one.
  fileprivate var onlyPath: FieldPath? {
    let paths = Set(paths)
    return paths.count == 1 && facts.isEmpty ? paths.first : nil
  }
}

extension Pattern {
  /// Whether letter case makes no difference to it.
  fileprivate var isWithoutLetters: Bool {
    pieces.allSatisfy { piece in
      guard case .literal(let text) = piece else { return true }
      return text.unicodeScalars.allSatisfy { LetterCase.variants(of: $0).count == 1 }
    }
  }
}
