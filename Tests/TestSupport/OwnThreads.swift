import Foundation
import Testing

/// Runs the tests of a suite on threads of their own, two at a time, since they wait for other programs.
///
/// Tests share as many threads as the machine has cores, and one that waits for a program keeps its thread: two such
/// tests hold up all others while the cores have nothing to do.
package struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
  package var isRecursive: Bool { true }

  package func provideScope(
    for _: Test, testCase _: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(Self.threads) { try await function() }
  }

  private static let threads = Threads()

  private final class Threads: TaskExecutor {
    private let queue = OperationQueue()

    init() { queue.maxConcurrentOperationCount = 2 }

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.addOperation { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }
}

extension Trait where Self == OwnThreads {
  /// The suite's tests wait for other programs.
  package static var waitsForPrograms: Self { Self() }
}
