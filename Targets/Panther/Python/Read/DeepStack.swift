import Foundation

/// Work that goes deeper than the stack of any thread allows.
enum DeepStack {
  /// What evaluation of the deepest program takes is a fourth of it.
  private static let size = 16 << 20

  /// What the work gives, done on a thread of its own, which is waited for.
  static func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result {
    let box = Box<Result>()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      box.result = work()
      done.signal()
    }
    thread.stackSize = size
    thread.start()
    done.wait()
    return box.result ?? work()
  }

  /// A result on its way; the semaphore orders both sides.
  private final class Box<Result: Sendable>: @unchecked Sendable {
    var result: Result?
  }
}
