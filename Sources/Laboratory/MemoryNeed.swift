import Formats
import Foundation

/// The machine's memory in bytes, or what this process may use of it where that is less.
private var availableMemory: Double {
  let whole = Double(ProcessInfo.processInfo.physicalMemory)
  let limit = try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8)
  return limit.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }.map { min($0, whole) } ?? whole
}

/// Refuses what the machine's memory cannot hold, before it starts.
/// - Parameters:
///   - bytes: what is needed at least.
///   - what: what needs it, as a message begins.
/// - Throws: ``StageError`` with both numbers.
func checkMemory(_ bytes: Double, for what: String) throws(StageError) {
  let available = availableMemory
  guard bytes < available else {
    throw StageError(
      String(format: "%@ needs about %.3g GB of memory, but there are %.3g GB", what, bytes / 1e9, available / 1e9))
  }
}

extension TransformerShape {
  /// Bytes of a model in training: its parameters and both moments, without what its shards hold.
  var stateBytes: Double { 12 * (Double(nonEmbeddingParameters) + Double(2 * vocabulary * width)) }

  /// Bytes of gradients and activations of a batch.
  func shardBytes(batchTokens: Int) -> Double {
    let row = Double((layers + 1) * (10 * width + 3 * feedForwardWidth) + vocabulary)
    return Double(batchTokens / Shard.tokens) * stateBytes / 3 + 4 * Double(batchTokens) * row
  }
}
