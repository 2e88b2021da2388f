import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof

/// Writes a rule that counts as a correlation and the rules whose matches it counts.
struct SigmaCorrelationWriter {
  /// The documents of a rule.
  struct Written {
    var correlation: SigmaCorrelation
    var rules: [SigmaDocument]
    /// What the user should know.
    var notes: [Diagnostic]
  }

  /// What is correlated: a name, and what events are asked.
  private typealias Part = (name: String, condition: Condition)

  /// Of more fields than this it is not asked whether one event has two of them.
  private static let caseLimit = 64

  private let aggregate: Aggregate
  private let rule: Rule

  /// The documents of a rule that counts so. Throws `E426` for what no correlation says.
  static func write(_ aggregate: Aggregate, of rule: Rule) throws(Diagnostic) -> Written {
    try SigmaCorrelationWriter(aggregate: aggregate, rule: rule).written()
  }

  private func written() throws(Diagnostic) -> Written {
    guard let window = aggregate.window else {
      throw refused("a correlation counts within a time span of any event, and has no fixed spans")
    }
    guard rule.logSources.count <= 1 else { throw refused("its events are of several logs") }
    var metadata = SigmaMetadata(rule)
    let document = metadata.document(for: rule.logSources.first ?? LogSource(), number: 0)
    var fields = SigmaAtoms(events: rule.fixtures.map(\.event))
    var correlation = SigmaCorrelation(metadata: document, kind: .eventCount, timespan: window)
    for key in aggregate.group where key.keepsAbsent && !rule.condition.needs(key) {
      throw .groupNotSaid(key, in: "Sigma", "a group of what is absent is not said by the specification")
    }
    let parts = try ask(&correlation, &fields)
    for key in aggregate.group { try group(by: key, of: parts, &correlation, &fields) }
    var rules: [SigmaDocument] = []
    var notes = metadata.notes + fields.notes
    for part in parts {
      if rules.contains(where: { $0.name?.sameScalars(as: part.name) ?? false }) { continue }
      var writer = SigmaConditionWriter(events: rule.fixtures.map(\.event))
      var own = SigmaDocument(title: "\(document.title.prefix(200)): \(untagged(part.name).prefix(40))")
      own.conditions = [try writer.write(part.condition)]
      own.selections = writer.selections
      (own.id, own.name) = (SigmaIdentifier.uuid(named: "\(rule.id)#\(part.name)"), part.name)
      (own.status, own.logSource) = (document.status, document.logSource)
      rules.append(own)
      for note in writer.notes { notes.appendOnce(note) }
    }
    correlation.rules = parts.map(\.name)
    return Written(correlation: correlation, rules: rules, notes: notes)
  }

  /// Groups by a field, or by an alias for the field of each rule.
  private func group(
    by key: Aggregate.Key, of parts: [Part], _ correlation: inout SigmaCorrelation, _ fields: inout SigmaAtoms
  ) throws(Diagnostic) {
    if let path = key.path {
      correlation.groupBy.append(try fields.fieldName(path, at: nil))
      return
    }
    var alias = SigmaCorrelation.Alias(name: key.name, fields: [])
    for part in parts where !alias.fields.contains(where: { $0.rule.sameScalars(as: part.name) }) {
      // Cases of one field are one.
      guard
        let own = key.cases.first(where: { disjuncts(part.condition).isSubset(of: disjuncts($0.condition)) })
      else {
        throw .groupNotSaid(key, in: "Sigma", "its field is not told by which rule matches")
      }
      alias.fields.append(.init(rule: part.name, field: try fields.fieldName(own.path, at: nil)))
    }
    if key.cases.count > SigmaCorrelationWriter.caseLimit {
      throw .groupNotSaid(
        key, in: "Sigma", "it is chosen among \(key.cases.count) fields, which are too many")
    }
    // An event that two rules match has the field of the first of them; an alias would stand for both.
    for (place, one) in key.cases.enumerated() {
      for other in key.cases[..<place] where other.path != one.path {
        let prover = Prover(arrays: .nowhereAt(Set(one.condition.paths + other.condition.paths)))
        guard prover.event(where: one.condition, and: other.condition).isNever else {
          throw .groupNotSaid(key, in: "Sigma", "an event that two rules match has two fields of that name")
        }
      }
    }
    let isTaken =
      correlation.aliases.contains { $0.name.sameScalars(as: alias.name) }
      || aggregate.group.contains { $0.path != nil && $0.name.sameScalars(as: alias.name) }
    if isTaken || alias.name.isEmpty { throw .groupNotSaid(key, in: "Sigma", "its name is taken") }
    correlation.aliases.append(alias)
    correlation.groupBy.append(alias.name)
  }

  /// What is correlated where events are counted whichever rule they match: the rule, or a rule for each field by which
  /// they are grouped.
  private func counted() throws(Diagnostic) -> [Part] {
    guard let key = aggregate.group.first(where: { $0.path == nil }) else {
      return [(name: name("events"), condition: rule.condition)]
    }
    return try parts(key.cases.map { ("", $0.condition) })
  }

  /// Sets what the correlation asks, and tells which rules it correlates.
  private func ask(
    _ correlation: inout SigmaCorrelation, _ fields: inout SigmaAtoms
  ) throws(Diagnostic) -> [Part] {
    let asked = Set(aggregate.threshold.paths)
    let columns = aggregate.columns.filter { asked.contains(FieldPath($0.name)) }
    guard let first = columns.first else {
      guard aggregate.threshold == .always(true) else { throw refused("it is never an alert") }
      correlation.criterion = .bounds(
        [.init(comparison: .gte, number: Number(1))], fields: [], percentile: nil)
      return try counted()
    }
    switch first.measure {
    case .count where columns.count == 1:
      correlation.criterion = .bounds(try bounds(of: aggregate.threshold), fields: [], percentile: nil)
      return try counted()
    case .distinct(let path) where columns.count == 1:
      correlation.kind = .valueCount
      let field = try fields.fieldName(path, at: nil)
      correlation.criterion = .bounds(try bounds(of: aggregate.threshold), fields: [field], percentile: nil)
      return try counted()
    case .sum(let path):
      // Of no numbers there is no sum, so a bound from above asks that there are some.
      let numbers = columns.first { $0.measure == .matching(.wholeNumber(path)) }.map {
        Aggregate.atLeast(1, $0.name)
      }
      let rest = aggregate.threshold.conjuncts.filter { $0 != numbers }
      guard columns.count == (numbers == nil ? 1 : 2) else { break }
      let bounds = try bounds(of: .all(rest))
      let needsNumbers = bounds.allSatisfy { $0.holds(of: 0) }
      guard needsNumbers == (numbers != nil) else { break }
      correlation.kind = .valueSum
      correlation.criterion = .bounds(bounds, fields: [try fields.fieldName(path, at: nil)], percentile: nil)
      return try counted()
    case .average(let path, _, _):
      var bounds: [SigmaCorrelation.Bound] = []
      for column in columns {
        guard case .average(path, let comparison, let limit) = column.measure else { break }
        bounds.append(.init(comparison: .init(comparison), number: limit.number))
      }
      let questions = Set(columns.map { Aggregate.atLeast(1, $0.name) })
      guard bounds.count == columns.count, bounds.count <= 2, Set(aggregate.threshold.conjuncts) == questions
      else { break }
      correlation.kind = .valueAverage
      correlation.criterion = .bounds(bounds, fields: [try fields.fieldName(path, at: nil)], percentile: nil)
      return try counted()
    case .inOrder(let steps) where aggregate.threshold == Aggregate.atLeast(steps.count, first.name):
      correlation.kind = .temporalOrdered
      return try parts(steps.map { ("step", $0) })
    case .matching:
      correlation.kind = .temporal
      let kinds = columns.compactMap { column in column.measure.conditions.first.map { (column.name, $0) } }
      let questions = columns.map { Aggregate.atLeast(1, $0.name) }
      let isOfKinds = columns.allSatisfy { if case .matching = $0.measure { true } else { false } }
      if isOfKinds, Set(aggregate.threshold.conjuncts) == Set(questions) { return try parts(kinds) }
      if isOfKinds, case .any(let operands) = aggregate.threshold.kind, Set(operands) == Set(questions) {
        correlation.criterion = .bounds(
          [.init(comparison: .gte, number: Number(1))], fields: [], percentile: nil)
        return try parts(kinds)
      }
      throw refused("it asks other things than matches of each rule")
    case .count, .present, .distinct, .inOrder: break
    }
    throw refused("it asks several things of the events")
  }

  /// The rules of these conditions, by their own names where these can stand in a correlation. Throws where an event of
  /// none of them can end a window.
  private func parts(_ kinds: [(name: String, condition: Condition)]) throws(Diagnostic) -> [Part] {
    var parts: [Part] = []
    for kind in kinds {
      if let same = parts.first(where: { $0.condition == kind.condition }) {
        parts.append(same)
        continue
      }
      let isName = !kind.name.isEmpty && kind.name.utf8.allSatisfy { $0.isWord || $0 == UInt8(ascii: "-") }
      let isTaken = parts.contains { $0.name.sameScalars(as: kind.name) }
      parts.append(
        (
          isName && !isTaken && kind.name != "step" ? tagged(kind.name) : name("\(parts.count + 1)"),
          kind.condition
        ))
    }
    guard disjuncts(rule.condition) == disjuncts(.any(parts.map(\.condition))) else {
      throw refused("it counts events that none of the correlated rules matches")
    }
    return parts
  }

  private func disjuncts(_ condition: Condition) -> Set<Condition> {
    if case .any(let operands) = condition.kind { Set(operands) } else { [condition] }
  }

  private func name(_ suffix: String) -> String {
    let own = SigmaIdentifier.isUUID(rule.id) ? "rule" : rule.id
    let word = String(
      String.UnicodeScalarView(own.unicodeScalars.map { $0.isASCII && UInt8($0.value).isWord ? $0 : "_" }))
    return tagged("\(word)_\(suffix)")
  }

  /// The name with what tells it from those of other rules: a correlation's rules are found by name among all that are
  /// read with it, where the last of a name counts. [pySigma, collection.py]
  private func tagged(_ name: String) -> String { untagged(name) + tag }

  private func untagged(_ name: String) -> String {
    name.hasSuffix(tag) ? String(name.dropLast(tag.count)) : name
  }

  private var tag: String { "_" + SigmaIdentifier.uuid(named: rule.id).prefix(8) }

  /// What is asked of one column, as one or two comparisons.
  private func bounds(of asked: Condition) throws(Diagnostic) -> [SigmaCorrelation.Bound] {
    func bound(_ condition: Condition) -> Int? {
      if case .test(_, .number(.greaterOrEqual, let number)) = condition.kind {
        Int(number.shortest)
      } else {
        nil
      }
    }
    func below(_ condition: Condition) -> Int? {
      if case .not(let operand) = condition.kind { bound(operand) } else { nil }
    }
    func range(_ condition: Condition) -> (Int, Int)? {
      guard case .all(let operands) = condition.kind, operands.count == 2,
        let least = operands.compactMap(bound).first, let most = operands.compactMap(below).first
      else { return nil }
      return (least, most)
    }
    func one(_ comparison: SigmaCorrelation.Comparison, _ number: Int) -> SigmaCorrelation.Bound {
      .init(comparison: comparison, number: Number(number))
    }
    if let least = bound(asked) { return [one(.gte, least)] }
    if let most = below(asked) { return [one(.lt, most)] }
    if let (least, most) = range(asked) {
      return most == least + 1 ? [one(.eq, least)] : [one(.gte, least), one(.lt, most)]
    }
    if case .not(let operand) = asked.kind, let (least, most) = range(operand), most == least + 1 {
      return [one(.neq, least)]
    }
    throw refused("its threshold is no range of one count")
  }

  private func refused(_ reason: String) -> Diagnostic {
    Diagnostic(.countsNotSaid, "no Sigma correlation says what the rule counts: \(reason)")
  }
}
