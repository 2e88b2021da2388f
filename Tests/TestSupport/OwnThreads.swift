import Foundation
import Testing

/// Runs a suite's tests on threads of their own, since they wait for other programs.
///
/// Tests share as many threads as the machine has cores, first come, first served, and one that waits for a program keeps
/// its thread: two such tests hold up all others while the cores have nothing to do. A suite whose tests come one after
/// another would also stand in line again for each of them, and end long after the rest.
package struct OwnThreads: SuiteTrait, TestScoping {
  private let threads: Threads

  fileprivate init(_ threads: Threads) { self.threads = threads }

  package func provideScope(
    for _: Test, testCase _: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(threads) { try await function() }
  }

  fileprivate final class Threads: TaskExecutor {
    static let programs = Threads(count: 2)
    static let trino = Threads(count: 1)

    private let queue = OperationQueue()

    init(count: Int) { queue.maxConcurrentOperationCount = count }

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.addOperation { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }
}

extension Trait where Self == OwnThreads {
  /// The suite's tests wait for programs that they start.
  package static var waitsForPrograms: Self { Self(.programs) }
  /// The suite's tests wait for the one Trino of the run.
  package static var waitsForTrino: Self { Self(.trino) }
}
