import Foundation

/// The user's interrupt (Ctrl-C): the first one asks for an end in good order, a second one ends the program at once.
final class Interrupt: @unchecked Sendable {
  // The source is kept and not used; the flag guards itself.
  private let source: any DispatchSourceSignal
  private let flag = Flag()

  private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    func raise() -> Int {
      lock.withLock {
        count += 1
        return count
      }
    }
    var isRaised: Bool { lock.withLock { count > 0 } }
  }

  /// Calls `stop` at the first interrupt.
  init(_ stop: @escaping @Sendable () -> Void) {
    signal(SIGINT, SIG_IGN)
    let signals = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    signals.setEventHandler { [flag] in
      if flag.raise() > 1 { _exit(ExitCode.interrupted.rawValue) }
      stop()
    }
    signals.resume()
    source = signals
  }

  /// Whether there was one.
  var happened: Bool { flag.isRaised }
}
