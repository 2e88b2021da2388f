import ConcordDiagnostics
import ConcordDocuments

/// An engine that runs statements over tables of its own, whose answers may be of any size: rows are handed over as they
/// come, and are never held together.
package protocol TableEngine: QueryEngine {
  /// Whether it tells how many bytes of data a query has read.
  var tellsBytes: Bool { get }

  /// Has the engine check a statement's names and types, which reads no data. Throws `E706` where it refuses them, and
  /// `E704` to `E709` where it does not answer.
  func validate(_ statement: String, _ control: QueryControl) throws(Diagnostic)

  /// Runs a statement, and hands over its rows, at least one page, which may be empty, and without columns where the
  /// engine names them in its rows alone. Blocks until the last row is
  /// handed over. Where it throws, the query is ended on the engine.
  ///
  /// Throws `E704` to `E709`, `E715` where the engine gave up a query that may well be answered another time or the
  /// control asks to stop, and what `take` throws.
  func stream(
    _ statement: String, _ control: QueryControl, _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic)
}

/// Rows that came together.
package struct RowPage: Sendable {
  /// The columns' names.
  package let columns: [String]
  /// The values of each row, as many as there are columns.
  package let rows: [[Value]]

  /// Rows of these columns.
  package init(columns: [String], rows: [[Value]]) { (self.columns, self.rows) = (columns, rows) }

  /// The rows as objects, columns as keys.
  package var objects: [Value.Object] {
    rows.map { cells in Value.Object(zip(columns, cells).map { Value.Object.Member($0, $1) }) }
  }
}

/// How far a query is, as the engine says.
package struct QueryProgress: Hashable, Sendable {
  /// The bytes of data that it has read; `nil` where the engine does not tell.
  package var bytes: Int?

  /// A query that has read so much.
  package init(bytes: Int?) { self.bytes = bytes }
}

/// By what a query that runs is watched and ended.
package struct QueryControl: Sendable {
  /// When its time is over.
  package let deadline: Deadline
  /// Whether it is to be ended now.
  package let isStopped: @Sendable () -> Bool
  /// Is told how far it is, now and then.
  package let progress: @Sendable (QueryProgress) -> Void
  /// Is told what the engine remarks on a query that it answers; the same perhaps several times.
  package let remark: @Sendable (String) -> Void
  /// Whether some of the rows are as good as all of them.
  package let takesPart: Bool

  /// A control of these parts.
  package init(
    deadline: Deadline, isStopped: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (QueryProgress) -> Void = { _ in },
    remark: @escaping @Sendable (String) -> Void = { _ in }, takesPart: Bool = false
  ) {
    (self.deadline, self.isStopped, self.progress) = (deadline, isStopped, progress)
    (self.remark, self.takesPart) = (remark, takesPart)
  }

  /// Waits in short steps, so that a stop is heard. Throws where the query is to be ended, or its time is over.
  package func pause(_ seconds: Double, _ voice: EngineVoice) throws(Diagnostic) {
    let end = Deadline(seconds: seconds)
    while !end.isOver {
      deadline.pause(min(0.1, end.remaining))
      try check(voice)
    }
  }

  /// Throws where the query is to be ended, or its time is over.
  package func check(_ voice: EngineVoice) throws(Diagnostic) {
    if isStopped() { throw voice.lost("was asked to end the query") }
    if deadline.isOver { throw voice.timedOut(deadline) }
  }
}

extension Diagnostic {
  /// Whether the same query may well be answered another time: the server was not reached, was too busy, or lost it.
  package var isTransient: Bool { code == .engineUnreachable || code == .engineLost }
}

extension EngineLimits {
  /// The bytes that one page of an answer may have. Trino aims at 1 MiB, but gives no less than a row.
  package static let pageBytes = 8 << 20
  /// The values, and the objects and lists around them, that one page may have: each takes some hundred bytes.
  package static let pageValues = 200_000
}

/// How much memory JSON takes as values, told before they are made.
package enum JSONWeight {
  /// How many values, lists and objects a text has at most, be it JSON or not.
  package static func values(in text: some Sequence<UInt8>) -> Int {
    var count = 1
    var isInString = false
    var isEscaped = false
    for byte in text {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): count += 1
      default: break  // No other byte begins a value that none of these comes before.
      }
    }
    return count
  }
}
