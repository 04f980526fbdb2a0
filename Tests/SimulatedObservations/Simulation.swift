import Foundation
import PaperStudy
import Randomness
import ScalingLaws

/// Runs drawn from a law, with seeded noise on log L.
public enum Simulation {
  /// A standard normal number by counter.
  public static func normal(_ random: CounterRandom, _ index: Int) -> Double {
    let radius = (-2 * log(1 - random.uniform(at: UInt64(2 * index)))).squareRoot()
    return radius * cos(2 * .pi * random.uniform(at: UInt64(2 * index + 1)))
  }

  /// Supervised runs over the paper's range, scattered in N and D.
  public static func supervised(
    _ law: SupervisedLaw = .published, count: Int, noise: Double, seed: UInt64
  ) -> [SupervisedObservation] {
    let place = CounterRandom(seed: seed, stream: 1)
    let error = CounterRandom(seed: seed, stream: 2)
    return (0..<count).map { index in
      let n = exp(log(1e8) + log(100) * place.uniform(at: UInt64(2 * index)))
      let ratio = exp(log(5) + log(100) * place.uniform(at: UInt64(2 * index + 1)))
      return SupervisedObservation(
        parameters: n, tokens: n * ratio,
        loss: law.loss(parameters: n, tokens: n * ratio) * exp(noise * normal(error, index)))
    }
  }

  /// Distillation runs from teachers of 1.9 to 2.9 nats.
  public static func distillation(
    _ law: DistillationLaw = .printed, count: Int, noise: Double, seed: UInt64
  ) -> [DistillationObservation] {
    let place = CounterRandom(seed: seed, stream: 3)
    let error = CounterRandom(seed: seed, stream: 4)
    return (0..<count).map { index in
      let n = exp(log(1e8) + log(80) * place.uniform(at: UInt64(3 * index)))
      let ratio = exp(log(2) + log(150) * place.uniform(at: UInt64(3 * index + 1)))
      let teacher = 1.9 + place.uniform(at: UInt64(3 * index + 2))
      let loss = law.loss(studentParameters: n, studentTokens: n * ratio, teacherLoss: teacher)
      return DistillationObservation(
        studentParameters: n, studentTokens: n * ratio, teacherLoss: teacher,
        studentLoss: loss * exp(noise * normal(error, index)))
    }
  }
}
