import ConcordDiagnostics

/// Something of a log that could not be read, or could not be asked about.
package struct LogProblem: Hashable, Sendable {
  /// What is wrong.
  package enum Kind: String, Hashable, Sendable {
    /// The log could not be opened, or not be read to its end.
    case unreadable
    /// The log is compressed, and the compressed data is damaged.
    case damaged
    /// The log is not JSON.
    case foreign
    /// Text that is not an event.
    case malformed
    /// The log ends within an event.
    case cutOff
    /// An event beyond a limit.
    case limit
  }

  /// Where it is.
  package enum Place: Hashable, Sendable {
    /// In the log as a whole.
    case log
    /// On a line, from 1, and at a column there, in bytes from 1.
    case line(Int, column: Int)
    /// The event of that number, from 1.
    case event(Int)
    /// At a byte of the log after decompression, from 0.
    case byte(Int)

    /// The place with so many lines and events before it.
    func moved(lines: Int, events: Int) -> Place {
      switch self {
      case .line(let line, let column): .line(line + lines, column: column)
      case .event(let event): .event(event + events)
      case .log, .byte: self
      }
    }
  }

  /// What is wrong.
  package var kind: Kind
  /// The log.
  package var source: String
  /// Where it is.
  package var place: Place
  /// What is wrong, in words.
  package var message: String
  /// What to do about it.
  package var help: String?

  init(
    _ kind: Kind, in source: String, at place: Place = .log, _ message: String, help: String? = nil
  ) {
    self.kind = kind
    self.source = source
    self.place = place
    self.message = message
    self.help = help
  }

  /// The same as a diagnostic: `E801` a log that cannot be read, `E802` text that is not an event, `E803` an event
  /// beyond a limit.
  package var diagnostic: Diagnostic {
    let code: Diagnostic.Code
    switch kind {
    case .unreadable, .damaged, .foreign: code = .logUnreadable
    case .malformed, .cutOff: code = .malformedEvent
    case .limit: code = .eventTooLarge
    }
    return place.diagnostic(code, message, in: source, help: help)
  }
}

extension LogProblem.Place {
  /// Something that is said of this place of a log.
  fileprivate func diagnostic(
    _ code: Diagnostic.Code, _ message: String, in source: String, help: String?
  ) -> Diagnostic {
    let help = help.map { [$0] } ?? []
    let named = Source(name: source, text: "")
    switch self {
    case .log: return Diagnostic(code, message, in: named, help: help)
    case .line(let line, let column):
      let span = Span(at: Position(line: line, column: column))
      return Diagnostic(code, message, in: named, at: span, help: help)
    case .event(let event):
      return Diagnostic(code, message, in: Source(name: "\(source): event \(event)", text: ""), help: help)
    case .byte(let byte):
      return Diagnostic(code, message, in: Source(name: "\(source): byte \(byte)", text: ""), help: help)
    }
  }

  /// Warns that an event stands there on one line with another.
  package func sharedLine(in source: String) -> Diagnostic {
    diagnostic(
      .sharedLine, "here an event stands on one line with the event before it", in: source,
      help: "platforms take such a line for one event: its text as a whole, or the first object of it")
  }
}

/// Problems, of which the first are kept and all are counted: a log of garbage must not fill the memory.
package struct LogProblems: Hashable, Sendable {
  /// The first ones.
  package private(set) var first: [LogProblem] = []
  /// How many there are.
  package private(set) var count = 0

  /// How many are kept.
  static let kept = 20

  mutating func append(_ problem: LogProblem) {
    count += 1
    keep(problem)
  }

  /// What is wrong with a log as a whole is always kept: there is one such thing a log.
  private mutating func keep(_ problem: LogProblem) {
    if first.count < LogProblems.kept || problem.place == .log { first.append(problem) }
  }

  /// Takes note of what is wrong with other stretches.
  package mutating func append(_ others: LogProblems) {
    count += others.count
    for problem in others.first { keep(problem) }
  }

  /// Counts lines and events from others on.
  mutating func move(lines: Int, events: Int) {
    for index in first.indices {
      first[index].place = first[index].place.moved(lines: lines, events: events)
    }
  }
}
