import Formats
import Foundation

/// Linear warm-up, then half a cosine.
struct LearningRateSchedule: Hashable, Sendable {
  var steps: Int
  /// Share of the steps over which the learning rate rises from zero.
  var warmupShare: Double
  /// Where the cosine ends, as a share of the peak.
  var finalShare: Double

  var warmupSteps: Int { max(1, Int((warmupShare * Double(steps)).rounded())) }

  /// Share of the peak learning rate at a step, counted from zero.
  func share(step: Int) -> Double {
    if step < warmupSteps { return Double(step + 1) / Double(warmupSteps) }
    let rest = max(1, steps - warmupSteps)
    let progress = Double(step + 1 - warmupSteps) / Double(rest)
    return finalShare + (1 - finalShare) * (1 + cos(.pi * progress)) / 2
  }
}

/// Unique name of a run: the first 16 hexadecimal digits of the SHA-256 of its configuration.
func runName(of configuration: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  // A value of plain numbers and strings always encodes.
  let data = (try? encoder.encode(configuration)) ?? Data()
  return String(Digest(of: data).hexadecimal.prefix(16))
}
