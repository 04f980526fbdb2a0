import Dispatch
import Foundation
import Synchronization

/// `body` of every index below `count`, in the order of the indices, worked out on up to `threads` threads.
///
/// Threads take the indices in small runs as they become free; since every result depends on its index alone
/// and is stored by it, the outcome is the same with any number of threads. `makeState` gives each thread its
/// own scratch space.
package func parallelMap<State, Result: Sendable>(
  count: Int, threads: Int, chunk: Int = 8, makeState: @Sendable () -> State,
  _ body: @Sendable (inout State, Int) -> Result
) -> [Result] {
  guard count > 0 else { return [] }
  return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
    nonisolated(unsafe) let results = buffer
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      var state = makeState()
      while true {
        let first = next.wrappingAdd(chunk, ordering: .relaxed).oldValue
        guard first < count else { return }
        for index in first..<min(first + chunk, count) {
          (results.baseAddress.unsafelyUnwrapped + index).initialize(to: body(&state, index))
        }
      }
    }
    initialized = count
  }
}

/// Number of processors that may be used at the same time.
package var availableProcessors: Int { ProcessInfo.processInfo.activeProcessorCount }
