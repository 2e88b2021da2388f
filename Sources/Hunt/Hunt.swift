import ConcordDetection
import ConcordDiagnostics
import ConcordEngines
import ConcordLanguages

/// A run of rules over an engine's tables, slice by slice of time.
///
/// Every row that the engine gives is read back as an event and put to the rules here: what the engine says of it must be
/// what they say. Rows are handed on as they come and never held together; what is to be printed of a slice is kept
/// aside until the slice is whole, so that a slice that is asked for again counts once.
package struct Hunt: Sendable {
  /// A rule of the run.
  package struct Rule: Sendable {
    /// What statements call it.
    package let label: String
    /// What it asks of an event.
    package let condition: Condition

    /// A rule of that label.
    package init(label: String, condition: Condition) { (self.label, self.condition) = (label, condition) }
  }

  /// A statement over a slice.
  package struct Statement: Sendable {
    /// Its text.
    package let text: String
    /// How its rows are read.
    package let evidence: Evidence
    /// The rules that it asks for, by their places in the run.
    package let rules: [Int]

    /// A statement for these rules.
    package init(text: String, evidence: Evidence, rules: [Int]) {
      (self.text, self.evidence, self.rules) = (text, evidence, rules)
    }
  }

  /// An event that rules hold of.
  package struct Hit: Sendable {
    /// The event, as far as the rules look at it.
    package let event: Event
    /// When it happened, where the row says it.
    package let time: Instant?
    /// The rules, by their places in the run.
    package let rules: [Int]
  }

  /// An event of which the engine says something else than the rules.
  package struct Disagreement: Sendable {
    /// The event.
    package let event: Event
    /// The rules that the engine gives it with, and those that hold of it, by their labels.
    package let given: [String]
    package let expected: [String]
  }

  /// How it is done.
  package struct Options: Sendable {
    /// How many slices are asked for at once.
    package var concurrency = 1
    /// The seconds that one query may take.
    package var seconds = EngineLimits.seconds
    /// How many bytes the engine may read over all; `nil` for any number.
    package var maxBytes: Int?
    /// The seconds to wait before each time that a query is tried again.
    package var waits: [Double] = [1, 2, 4, 8, 16]

    /// The usual ones.
    package init() {}
  }

  /// The rules.
  package let rules: [Rule]
  /// The engine.
  package let engine: any TableEngine
  /// The statements for a slice.
  package let statements: @Sendable (TimeSlice) throws(Diagnostic) -> [Statement]
  /// How it is done.
  package let options: Options
  /// What is printed of an event.
  package let render: @Sendable (Hit) -> [UInt8]

  /// A run of these parts.
  package init(
    _ rules: [Rule], on engine: any TableEngine, _ options: Options,
    statements: @escaping @Sendable (TimeSlice) throws(Diagnostic) -> [Statement],
    render: @escaping @Sendable (Hit) -> [UInt8]
  ) {
    (self.rules, self.engine, self.options) = (rules, engine, options)
    (self.statements, self.render) = (statements, render)
  }
}

extension Hunt {
  /// Has the engine check the statements of a slice, which reads no data. Throws what it refuses, and what `stream`
  /// throws.
  package func validate(_ slice: TimeSlice, _ control: HuntControl) throws(Diagnostic) {
    for statement in try statements(slice) {
      let texts = [statement.text] + [statement.evidence.sample?.text].compactMap { $0 }
      for text in texts {
        try retrying(control) { () throws(Diagnostic) in
          try engine.validate(
            text, QueryControl(deadline: Deadline(seconds: options.seconds), isStopped: { control.isStopped })
          )
        }
      }
    }
  }

  /// Does the work; where it fails in a way that may pass, again after a while, a bounded number of times.
  func retrying(
    _ control: HuntControl, _ work: () throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var waits = options.waits[...]
    while true {
      do throws(Diagnostic) {
        return try work()
      } catch {
        guard error.isTransient, !control.isStopped, let wait = waits.popFirst() else { throw error }
        control.noteRetry(error, in: wait)
        control.pause(wait)
        if control.isStopped { throw error }
      }
    }
  }
}
