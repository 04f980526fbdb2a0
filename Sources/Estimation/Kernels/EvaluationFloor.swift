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

/// The sum of an objective's values and derivatives at some points, over and over: for a measurement of what an evaluation
/// takes where the law is known to the compiler, as it is in a search.
package func sums(
  of objective: HuberObjective<DistillationModel>, at points: [DistillationModel.Point], repetitions: Int
) -> Double {
  evaluationSums(objective, points, repetitions)
}

/// The same of a supervised law.
package func sums(
  of objective: HuberObjective<SupervisedModel>, at points: [SupervisedModel.Point], repetitions: Int
) -> Double {
  evaluationSums(objective, points, repetitions)
}

@inline(__always)
private func evaluationSums<Model: LawModel>(
  _ objective: HuberObjective<Model>, _ points: [Model.Point], _ repetitions: Int
) -> Double {
  var sum = 0.0
  for index in 0..<repetitions {
    let value = objective.evaluate(at: points[index % points.count])
    sum += value.objective + value.gradient.sum()
  }
  return sum
}
