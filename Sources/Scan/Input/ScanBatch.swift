/// What one stretch of a log showed. Batches arrive in the order of the input.
package struct ScanBatch: Sendable {
  /// An event that some rule holds of.
  package struct Match: Sendable {
    /// The rules, by their place in the rule set, ascending.
    package var rules: [Int]
    /// Where the event is.
    package var place: Place
    /// When it happened; `nil` where it does not say.
    package var time: EventTime?
    /// Its bytes, as a stretch of the batch's `bytes`.
    package var range: Range<Int>
  }

  /// Where an event is in its log.
  package enum Place: Hashable, Sendable {
    /// On a line, from 1.
    case line(Int)
    /// The event of that number, from 1, in a log without lines.
    case event(Int)
  }

  /// Which log, by its place among the inputs.
  package internal(set) var source = 0
  /// The log's name.
  package internal(set) var name = ""
  /// The matches, in order.
  package internal(set) var matches: [Match] = []
  /// The bytes of the matching events, without line breaks.
  package internal(set) var bytes: [UInt8] = []
  /// How many events there are.
  package internal(set) var events = 0
  /// How many of them could not be evaluated.
  package internal(set) var failed = 0
  /// How many of them have each mark, by its place among the marks.
  package internal(set) var markedEvents: [Int: Int] = [:]
  /// How many bytes were read, after decompression.
  package internal(set) var bytesRead = 0
  /// What could not be read.
  package internal(set) var problems = LogProblems()
  /// The first event that stands on one line with the event before it.
  package private(set) var sharedLine: LogProblem.Place?
  /// Whether the log ends here.
  package internal(set) var isLast = false

  var sequence = 0
  var lines = 0

  /// Takes note of an event on one line with the event before it.
  mutating func noteSharedLine(_ place: LogProblem.Place) { sharedLine = sharedLine ?? place }

  package func event(_ match: Match) -> ArraySlice<UInt8> { bytes[match.range] }

  /// Counts lines and events from those of the batches before this one.
  mutating func place(lines: Int, events: Int) {
    guard lines > 0 || events > 0 else { return }
    for index in matches.indices {
      switch matches[index].place {
      case .line(let line): matches[index].place = .line(line + lines)
      case .event(let event): matches[index].place = .event(event + events)
      }
    }
    problems.move(lines: lines, events: events)
    sharedLine = sharedLine?.moved(lines: lines, events: events)
  }
}
