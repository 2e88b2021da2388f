import ConcordDetection
import ConcordDiagnostics

/// A log of a rule for whose events its program is not read, and why.
struct PythonLogLeftOut: Sendable {
  let logType: String
  let why: Diagnostic

  /// Whether an event is of that log.
  func has(_ event: Event) -> Bool { PythonRule.isOf(logType).holds(of: event) }
}

// Rules of several logs, each of which has a data model of its own.
extension PythonRule {
  /// Where an event says of which log it is.
  private static let logColumn = FieldPath("p_log_type")

  /// That an event is of a log.
  fileprivate static func isOf(_ logType: String) -> Condition {
    .test(logColumn, .text(.equals(logType), .exact))
  }

  /// The rule of these logs: where data models make different rules of it, the event's own log type tells which.
  ///
  /// A log for which it is not read is left out, and said: the rule matches none of its events. Throws where no log is left.
  static func ofLogs(
    _ logTypes: [String], _ kinds: PythonKinds, _ span: Span, in source: Source,
    _ reading: (_ logType: String?, _ tellsArrays: Bool) throws(Diagnostic) -> PythonRule
  ) throws(Diagnostic) -> PythonRule {
    func read(_ logType: String?) throws(Diagnostic) -> PythonRule {
      do throws(Diagnostic) {
        return try reading(logType, false)
      } catch {
        guard error.code == .kindNotKnown else { throw error }
        return try reading(logType, true)
      }
    }
    if logTypes.count < 2 { return try read(logTypes.first) }
    var (rules, leftOut) = ([] as [(logType: String, rule: PythonRule)], [] as [PythonLogLeftOut])
    for logType in logTypes {
      do throws(Diagnostic) {
        let rule = try read(logType)
        if !rule.usesModel, leftOut.isEmpty { return rule }
        rules.append((logType, rule))
      } catch {
        leftOut.append(PythonLogLeftOut(logType: logType, why: error))
      }
    }
    guard let first = rules.first?.rule else { throw leftOut[0].why }
    if leftOut.isEmpty, rules.allSatisfy({ $0.rule.condition == first.condition }) { return first }
    guard kinds.events.allSatisfy({ !$0.values(at: logColumn).isEmpty }), !kinds.events.isEmpty else {
      throw leftOut.first?.why
        ?? .notRead("a rule of several logs whose events do not all have `p_log_type`", span, in: source)
    }
    let parts = rules.map { Condition.all([isOf($0.logType), $0.rule.condition]) }
    var notes: [Diagnostic] = [.assumedKind(logColumn, .text, isShown: true, span, in: source)]
    for note in rules.flatMap(\.rule.notes) where !notes.contains(note) { notes.append(note) }
    notes += leftOut.map { left in .logTypeLeftOut(left, tests: kinds.events.count(where: left.has)) }
    return PythonRule(.any(parts), notes, leftOut: leftOut)
  }
}

extension Diagnostic {
  /// `tests`: how many of the rule's tests have events of that log.
  fileprivate static func logTypeLeftOut(_ left: PythonLogLeftOut, tests: Int) -> Diagnostic {
    let own = tests == 0 ? "" : ", \(tests == 1 ? "one test" : "\(tests) tests") among them"
    return Diagnostic(
      .logTypeLeftOut, "events of `\(left.logType)` are left out\(own): \(left.why.message)",
      in: left.why.source, labels: left.why.labels, help: left.why.help)
  }
}
