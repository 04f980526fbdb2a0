/// The exponentials and logarithms that the objective of the distillation law takes, and nothing else: three softplus a run,
/// none waiting for another. An evaluation cannot take less time.
///
/// - Parameter arguments: one block for every block of runs.
/// - Returns: a number that depends on all of them, so that none is left out.
package func softPlusSums(_ arguments: [Lanes]) -> Double {
  var sum = Lanes.zero
  for argument in arguments {
    let (first, second, third) = (softPlus(argument), softPlus(argument + 1), softPlus(argument - 1))
    sum += first.value + second.value + third.value
    sum += first.share + second.share + third.share
    sum += first.complement
  }
  return sum.orderedSum
}
