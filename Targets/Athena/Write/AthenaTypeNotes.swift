import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof

extension AthenaTable {
  /// What the user should know of the columns that a rule asks: which questions no value of a column's type answers, what
  /// the log is taken to have in columns of other types than text, and how their names are found. Of AWS's own tables all
  /// that is known.
  func notes(ofTypesFor rule: Rule) -> [Diagnostic] {
    if isCloudTrail || isLake { return [] }
    var notes: [Diagnostic] = []
    let conditions = [rule.condition] + (rule.aggregate?.conditions ?? [])
    for (path, atom) in conditions.flatMap(\.tests) {
      guard let type = type(at: path)?.element, let texts = type.unanswered(atom) else { continue }
      notes.appendOnce(.columnHoldsNone(path, type, texts))
    }
    let paths = (rule.condition.paths + rule.countedPaths).distinct
    var typed: [(path: FieldPath, type: AthenaColumnType)] = []
    for path in paths {
      if let type = type(at: path)?.element, type.isTaken { typed.append((path, type)) }
    }
    let (takesTypes, takesNames) = definition.format.isTaken
    if takesTypes, !typed.isEmpty { notes.append(.typesTaken(typed)) }
    if takesNames, !paths.isEmpty { notes.append(.columnsInAnyCase) }
    return notes
  }
}

extension AthenaTableFormat {
  /// Whether a line's values are made values of the columns' types, and whether a reader finds them by the keys of the
  /// line, where no other note tells.
  fileprivate var isTaken: (types: Bool, names: Bool) {
    switch kind {
    case .hiveJSON, .openXJSON: (true, true)
    case .csv, .delimited, .regex: (true, false)
    case .typed, .cloudTrail, .other, .unstated: (false, false)
    }
  }
}

extension AthenaColumnType {
  /// Whether a value of the log that is not of this type becomes another in the column, or none.
  fileprivate var isTaken: Bool {
    switch self {
    case .varchar, .boolean, .integer, .real, .decimal, .timestamp, .date: true
    case .string, .char, .array, .map, .structure: false
    }
  }

  /// What is asked that no value of the type answers: the texts that none has, or none of them where what is asked is no
  /// text; `nil` where some value answers.
  fileprivate func unanswered(_ atom: Atom) -> [String]? {
    let path = FieldPath("value")
    guard let held = texts(at: path) else { return nil }
    switch atom {
    case .present, .truthy, .array, .sameAs: return nil
    case .oneOf(let texts, let letterCase):
      let missed = texts.filter { !holds($0, letterCase) }
      return missed.isEmpty ? nil : missed
    case .text(let pattern, let letterCase):
      if case .equals(let text) = pattern.shape { return holds(text, letterCase) ? nil : [text] }
    case .regex, .number, .network: break
    }
    let prover = Prover(arrays: .nowhereAt([path]))
    return prover.event(where: .test(path, atom), and: held).isNever ? [] : nil
  }

  /// Whether some value of the type has that text.
  private func holds(_ text: String, _ letterCase: LetterCase) -> Bool {
    let text = self == .boolean ? letterCase.folded(text) : text
    let values: [Value] = [.string(text)] + (Number(text).map { [.number($0)] } ?? [])
    return values.contains { value in
      guard value.comparedText?.sameScalars(as: text) == true else { return false }
      switch AthenaStoredValue(kept: value, as: self) {
      case .null: return false
      case .decimal(let number): return number.shortest.sameScalars(as: text)
      case .text, .boolean, .integer, .real, .moment, .array, .map, .row: return true
      }
    }
  }

  /// That a value has a text of those that the type can hold; `nil` where that is any text, or not known.
  private func texts(at path: FieldPath) -> Condition? {
    func matches(_ pattern: String) -> Condition? {
      (try? PortableRegex(pattern)).map { .test(path, .regex($0)) }
    }
    func number(_ comparison: Comparison, _ bound: String) -> Condition? {
      Number(bound).map { .test(path, .number(comparison, $0)) }
    }
    let parts: [Condition?]
    switch self {
    case .string, .char, .timestamp, .date, .array, .map, .structure: return nil
    case .varchar(let length): parts = [matches("\\A[\\s\\S]{0,\(length)}\\z")]
    case .boolean: parts = [.test(path, .oneOf(["true", "false"], .exact))]
    case .integer(let bits):
      let most = Int64.max >> Int64(64 - bits)
      parts = [
        matches("\\A-?(?:0|[1-9][0-9]*)\\z"), number(.lessOrEqual, "\(most)"),
        number(.greaterOrEqual, "\(-most - 1)"),
      ]
    case .real: parts = [number(.greaterOrEqual, "-1.7976931348623157e308")]
    case .decimal(let precision, let scale):
      let whole = max(0, precision - scale - 1)
      parts = [
        matches("\\A-?(?:0|[1-9][0-9]{0,\(whole)})" + (scale > 0 ? "(?:\\.[0-9]{1,\(scale)})?" : "") + "\\z")
      ]
    }
    let known = parts.compactMap { $0 }
    return known.count == parts.count ? .all(known) : nil
  }
}

extension Condition {
  /// What it asks of fields.
  fileprivate var tests: [(path: FieldPath, atom: Atom)] {
    switch kind {
    case .always, .anywhere, .place: []
    case .test(let path, let atom): [(path, atom)]
    case .some(_, let operand), .not(let operand): operand.tests
    case .all(let operands), .any(let operands): operands.flatMap(\.tests)
    }
  }
}
