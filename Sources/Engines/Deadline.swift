import Dispatch
import Foundation

/// The moment at which a query's time is over. All waiting for one answer shares it, so that a server that
/// answers slowly but steadily cannot hold a run up.
package struct Deadline: Sendable {
  /// The moment, on the clock that does not stop or jump.
  package let moment: DispatchTime
  /// How long the whole may take, in seconds: for messages.
  package let seconds: Double

  /// The deadline `seconds` from now.
  package init(seconds: Double) {
    self.seconds = seconds
    moment = .now() + seconds
  }

  /// The seconds that are left; never negative.
  package var remaining: Double {
    let now = DispatchTime.now().uptimeNanoseconds
    return moment.uptimeNanoseconds > now ? Double(moment.uptimeNanoseconds - now) / 1e9 : 0
  }

  /// Whether the time is over.
  package var isOver: Bool { remaining == 0 }

  /// Waits for `seconds`, or for what is left.
  package func pause(_ seconds: Double) {
    Thread.sleep(forTimeInterval: min(max(seconds, 0), remaining))
  }
}

/// Waiting times between attempts, in seconds: each half as long again as the last, up to a limit.
package struct BackOff {
  private var next: Double
  private let limit: Double

  /// Begins with `first` and stays at `limit`.
  package init(first: Double, limit: Double) {
    next = first
    self.limit = limit
  }

  /// The next waiting time.
  package mutating func step() -> Double {
    defer { next = min(next * 1.5, limit) }
    return next
  }
}
