import Concord
import Foundation

/// From when on, up to when, and in which slices a run asks for events.
struct HuntTimes {
  /// The seconds of a slice where the user does not say.
  static let usualSlice = 86_400
  /// The seconds before the run from which on events are asked for where nobody says.
  static let usualSince = 86_400
  /// How many slices a run has at most.
  static let sliceLimit = 100_000

  let since: Instant
  let until: Instant
  /// The length of the slices, in seconds.
  let seconds: Int

  /// The times that the user says, else those that the project says of the rules' log, else the last day; `earlier`: those
  /// of a run that goes on.
  init(
    _ arguments: ParsedArguments, _ rules: [Rule], _ input: RuleInput,
    earlier: (since: Instant, until: Instant)? = nil
  ) {
    seconds = arguments[.slice] ?? HuntTimes.usualSlice
    if let earlier {
      (since, until) = earlier
      return
    }
    let now = Instant(seconds: Int(Date().timeIntervalSince1970))
    let logs = rules.lazy.flatMap(\.logSources).compactMap { input.compiler.options.logs.log(for: $0) }
    let own = logs.first { !$0.window.isEmpty }?.window
    since = (arguments[.since] ?? own?.since ?? .before(seconds: HuntTimes.usualSince)).instant(at: now)
    until = (arguments[.until] ?? own?.until ?? .before(seconds: 0)).instant(at: now)
  }

  /// The slices, at least one. Throws where there are none, or too many.
  func slices() throws(Diagnostic) -> [TimeSlice] {
    guard TimeSlice.count(from: since, to: until, of: seconds) <= HuntTimes.sliceLimit else {
      throw Diagnostic(.usage, "`--slice` makes more than \(HuntTimes.sliceLimit) slices of that time")
    }
    let slices = TimeSlice.slices(from: since, to: until, of: seconds)
    if slices.isEmpty { throw Diagnostic(.usage, "there is no time from \(since.text) to \(until.text)") }
    return slices
  }
}
