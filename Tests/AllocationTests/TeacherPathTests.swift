import Allocation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import Testing

/// What the proof that a plan is the best stands on: the order along the line of teachers, and the bound.
@Suite struct TeacherPathTests {
  private static let laws: [DistillationLaw] = {
    var free = DistillationLaw.printed
    free.supervised.irreducibleLoss = 0
    var steep = DistillationLaw.printed
    (steep.supervised.gamma, steep.supervised.parameterCoefficient, steep.supervised.tokenCoefficient) = (1.3, 60, 90)
    var sharp = DistillationLaw.printed
    (sharp.f1, sharp.c1) = (0.02, 300)
    var soft = DistillationLaw.printed
    (soft.f1, soft.c1, soft.c0) = (0.4, 20, 0.5)
    return [.printed, free, steep, sharp, soft]
  }()

  private struct Sample {
    var teacher: TeacherPoint
    var tokens: Double
    var loss: Double
    var logCapability: Double
  }

  /// Points of the line from its worst teacher to its best, as far as they can be paid for.
  private func line(
    _ scenario: Scenario, _ law: DistillationLaw, size: Double, compute: Double, bounds: PlanningBounds
  ) -> [Sample] {
    let student = StudentLaw(law, family: .paper, parameters: size)
    let prices = Prices.compute(scenario, trainingFLOPs: student.trainingFLOPs)
    let order: TeacherPath.Order =
      switch scenario {
      case .teacherInference: .mostTokens
      case .teacherPretrainingAndInference: .balanced(compute: compute, studentToken: student.trainingFLOPs)
      default: .leastTraining
      }
    let path = TeacherPath(order, supervised: law.supervised, family: .paper, bounds: bounds)
    return path.stretches.flatMap { stretch in
      let (low, high) = stretch.ends
      return (0...400).map { path.point(stretch, at: low + (high - low) * Double($0) / 400) }
    }.compactMap { teacher in
      let tokens = prices.studentTokens(amount: compute, teacher: teacher)
      guard tokens >= bounds.studentTokens.lowerBound else { return nil }
      let (loss, logCapability) = student.loss(
        tokens: tokens, teacherLoss: teacher.loss, logTeacherLoss: teacher.logLoss)
      return Sample(teacher: teacher, tokens: tokens, loss: loss, logCapability: logCapability)
    }
  }

  @Test(arguments: Scenario.distillations) func alongTheLineTeachersGetBetterAndTokensFewer(
    scenario: Scenario
  ) {
    for law in Self.laws {
      for bounds in [PlanningBounds.paper, PlanningBounds(1e9...1e12)] {
        for (size, compute) in [(3e8, 1e20), (3e9, 1e22), (3e10, 1e25)] {
          let line = line(scenario, law, size: size, compute: compute, bounds: bounds)
          #expect(!line.isEmpty)
          for (worse, better) in zip(line, line.dropFirst()) {
            #expect(better.teacher.loss <= worse.teacher.loss * (1 + 1e-14))
            #expect(better.tokens <= worse.tokens * (1 + 1e-12))
          }
        }
      }
    }
  }

  @Test(arguments: Scenario.distillations) func noPointBetweenTwoIsBelowTheirBound(scenario: Scenario) {
    var random = CounterGenerator(seed: 9)
    var tightest = Double.infinity
    for law in Self.laws {
      for (size, compute) in [(3e8, 1e20), (3e9, 1e22), (3e10, 1e25)] {
        let student = StudentLaw(law, family: .paper, parameters: size)
        let line = line(scenario, law, size: size, compute: compute, bounds: .paper)
        for _ in 0..<200 {
          let first = Int(random.uniform() * Double(line.count - 1))
          let last = min(first + 1 + Int(random.uniform() * 60), line.count - 1)
          let (a, b) = (line[first], line[last])
          let fall = student.steepestFall(
            from: a.teacher, loss: a.loss, logCapability: a.logCapability, to: b.teacher)
          #expect(fall >= 0 && fall <= 1)
          let bound = a.loss - fall * (a.teacher.loss - b.teacher.loss)
          let least = line[first...last].map(\.loss).min() ?? .nan
          #expect(least >= bound - 1e-12)
          tightest = min(tightest, abs(b.loss - bound) / (a.teacher.loss - b.teacher.loss + 1e-300))
        }
      }
    }
    // A bound far below everything would prove nothing.
    #expect(tightest < 0.1)
  }

  /// For teachers of one loss, none off the line leaves more tokens.
  @Test(arguments: Scenario.distillations) func theLineHoldsTheTeacherThatLeavesMost(scenario: Scenario) {
    for law in Self.laws {
      let (size, compute) = (3e9, 1e22)
      let supervised = law.supervised
      let student = StudentLaw(law, family: .paper, parameters: size)
      let prices = Prices.compute(scenario, trainingFLOPs: student.trainingFLOPs)
      let line = line(scenario, law, size: size, compute: compute, bounds: .paper)
      for sample in stride(from: 0, to: line.count, by: 37).map({ line[$0] }) {
        let sum = pow(sample.teacher.loss - supervised.irreducibleLoss, 1 / supervised.gamma)
        for step in 0...300 {
          let parameters = (1e6...1e17).at(Double(step) / 300)
          let rest = sum - supervised.parameterCoefficient * pow(parameters, -supervised.alpha)
          guard rest > 0 else { continue }
          let tokens = pow(supervised.tokenCoefficient / rest, 1 / supervised.beta)
          guard tokens >= 1e6, tokens <= 1e17 else { continue }
          var other = sample.teacher
          (other.parameters, other.tokens) = (parameters, tokens)
          other.forwardFLOPs = ModelFamily.paper.forwardFLOPs(parameters: parameters)
          #expect(prices.studentTokens(amount: compute, teacher: other) <= sample.tokens * (1 + 1e-7))
        }
      }
    }
  }
}
