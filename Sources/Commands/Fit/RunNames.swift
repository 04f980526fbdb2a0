import Formats
import Runs

extension LoadedRuns {
  /// The names of the runs for the law, in their order; in a table their places, counted from one.
  func names(distillations isDistillation: Bool) -> [String] {
    // Records are in the order of the observations; a table has none.
    let named = records.filter { ($0.kind == .distillation) == isDistillation && $0.purpose == .law }.map(\.run)
    let count = isDistillation ? distillation.count : supervised.count
    return (0..<count).map { named.count == count ? named[$0] : "\($0 + 1)" }
  }
}
