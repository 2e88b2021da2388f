import ConcordDetection
import ConcordDiagnostics

/// A moment at which a window begins or ends.
public enum Moment: Hashable, Sendable {
  /// An instant.
  case at(Instant)
  /// So many seconds before the query runs; 0 for the moment itself.
  case before(seconds: Int)

  /// The moment that a text names: an instant as `Instant` reads it, `now`, or a time before it as `-24h`, in seconds
  /// (`s`), minutes (`m`), hours (`h`), days of 24 hours (`d`) or weeks (`w`). `nil` for any other text.
  public init?(_ text: String) {
    if let instant = Instant(text) {
      self = .at(instant)
    } else if text == "now" {
      self = .before(seconds: 0)
    } else {
      guard text.first == "-", let unit = Moment.units.first(where: { text.hasSuffix($0.name) }),
        let count = Int(text.dropFirst().dropLast()), 1...100_000_000 ~= count,
        text.utf8.dropFirst().dropLast().allSatisfy({ $0.isDigit })
      else { return nil }
      self = .before(seconds: count * unit.seconds)
    }
  }

  /// The moment as `init` reads it; a time before the run in the largest unit up to hours that is whole, since a day of
  /// a calendar need not have 24 hours.
  package var text: String {
    switch self {
    case .at(let instant): return instant.text
    case .before(seconds: 0): return "now"
    case .before(let seconds):
      let (count, unit) = Moment.whole(seconds)
      return "-\(count)\(unit)"
    }
  }

  /// The instant that it is where the query runs at `now`.
  package func instant(at now: Instant) -> Instant {
    switch self {
    case .at(let instant): instant
    case .before(let seconds): Instant(seconds: now.seconds - seconds, nanoseconds: now.nanoseconds)
    }
  }

  /// A span of time as a count of hours, minutes or seconds, the largest that is whole.
  package static func whole(_ seconds: Int) -> (count: Int, unit: String) {
    let unit = units.last { $0.seconds <= 3600 && seconds.isMultiple(of: $0.seconds) }
    return (seconds / (unit?.seconds ?? 1), unit?.name ?? "s")
  }

  private static let units: [(name: String, seconds: Int)] = [
    ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800),
  ]
}

/// From a moment on, up to another; `nil` for no bound.
public struct TimeWindow: Hashable, Sendable {
  /// The first moment in it.
  public var since: Moment?
  /// The first moment after it.
  public var until: Moment?

  /// A window between these.
  public init(since: Moment? = nil, until: Moment? = nil) {
    self.since = since
    self.until = until
  }

  /// Whether it has no bound.
  package var isEmpty: Bool { since == nil && until == nil }

  /// What it asks of the place, in facts that every language shares.
  package var condition: Condition {
    func asks(_ fact: PlaceFact, _ moment: Moment?) -> Condition {
      moment.map { .place(fact, .text(.equals($0.text), .exact)) } ?? .always(true)
    }
    return .all([asks(.since, since), asks(.until, until)])
  }

  /// The bounds that a rule's window states for every platform, and the parts that only its own platform can say.
  package static func parts(of window: Condition) -> (window: TimeWindow, others: [Condition]) {
    var shared = TimeWindow()
    var others: [Condition] = []
    for part in window.conjuncts where part != .always(true) {
      guard case .place(let fact, .text(let pattern, .exact)) = part.kind,
        case .equals(let text) = pattern.shape,
        let moment = Moment(text)
      else {
        others.append(part)
        continue
      }
      switch fact {
      case .since where shared.since == nil: shared.since = moment
      case .until where shared.until == nil: shared.until = moment
      default: others.append(part)
      }
    }
    return (shared, others)
  }
}
