/// Halves an interval around the place beyond which a condition holds.
///
/// Ends of different kinds are wanted of it: `low` is the last place known not to be beyond, `high` the first known to
/// be, and where a root is wanted, it lies in their middle.
/// - Parameters:
///   - low: a place where the condition does not hold.
///   - high: a place above it, where it does.
///   - steps: the most halvings; without them it goes on until numbers tell no more apart.
///   - tolerance: the width that is narrow enough, as a share of `high` where that is above 1.
/// - Returns: the ends of the last interval.
package func bisection<Failure: Error>(
  from low: Double, to high: Double, steps: Int = .max, tolerance: Double = 0,
  _ isBeyond: (Double) throws(Failure) -> Bool
) throws(Failure) -> (low: Double, high: Double) {
  var (low, high) = (low, high)
  for _ in 0..<steps {
    let middle = 0.5 * (low + high)
    guard high - low > tolerance * max(1, high), low < middle, middle < high else { break }
    if try isBeyond(middle) { high = middle } else { low = middle }
  }
  return (low, high)
}
