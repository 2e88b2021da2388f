extension Aggregate {
  /// How many seconds a period has at most: a hundred years, far from an overflow of any time.
  package static let longestPeriod = 3_155_760_000

  /// Which events of a group are counted together.
  package enum Period: Hashable, Sendable {
    /// All.
    case whole
    /// Those from one multiple of so many seconds since the epoch to the next.
    case spans(Int)
    /// Those of the second of one of them and of so many seconds before it. Each such second is a window of its own.
    case windows(Int)
    /// Those of so many seconds before a multiple of `every` seconds since the epoch, which is no part of them. An event
    /// can be in several, or in none where they are shorter than what lies between their ends.
    case hops(Int, every: Int)
  }

  /// How many seconds fixed spans have; `nil` where there are none.
  package var span: Int? { if case .spans(let seconds) = period { seconds } else { nil } }

  /// How many seconds before an event its window begins; `nil` where there are no windows.
  package var window: Int? { if case .windows(let seconds) = period { seconds } else { nil } }
}

extension Aggregate.Period {
  /// How many seconds after its start one ends; `nil` where time is not divided.
  package var length: Int? {
    switch self {
    case .whole: nil
    case .spans(let seconds), .windows(let seconds), .hops(let seconds, _): seconds
    }
  }

  /// The starts of what a second is in, where these do not depend on events: one that is `nil` where time is not divided,
  /// or by events; none of an unknown second, where it is.
  func starts(_ second: Int?) -> [Int?] {
    guard let second else { return self == .whole ? [nil] : [] }
    switch self {
    case .whole, .windows: return [nil]
    case .spans(let span): return [second.floored(to: span)]
    case .hops(let length, let every):
      // Those whose end is later, and whose start is not.
      let first = second.floored(to: every) + every
      return stride(from: first, through: second + length, by: every).map { $0 - length }
    }
  }
}

extension Int {
  /// The last multiple of a number that is not greater; of negative numbers too.
  fileprivate func floored(to number: Int) -> Int { self - (self % number + number) % number }
}

extension Aggregate.Period: CustomStringConvertible {
  /// The period behind what is counted: ` in spans of 10 min`, ` within 10 min`; empty of all time.
  package var description: String {
    switch self {
    case .whole: ""
    case .spans(let seconds): " in spans of \(Self.length(seconds))"
    case .windows(let seconds): " within \(Self.length(seconds))"
    case .hops(let seconds, let every):
      " in spans of \(Self.length(seconds)) that end every \(Self.length(every))"
    }
  }

  /// How many seconds it has, negative for windows; 0 of all time.
  package var seconds: Int {
    switch self {
    case .whole: 0
    case .spans(let seconds), .hops(let seconds, _): seconds
    case .windows(let seconds): -seconds
    }
  }

  /// So many seconds in the largest unit up to hours that is whole.
  private static func length(_ seconds: Int) -> String {
    if seconds.isMultiple(of: 3600) { return "\(seconds / 3600) h" }
    return seconds.isMultiple(of: 60) ? "\(seconds / 60) min" : "\(seconds) s"
  }
}
