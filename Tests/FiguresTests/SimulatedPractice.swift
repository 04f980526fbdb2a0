import Formats
import Downstream
import Foundation
import Figures
import ScalingLaws

/// Students taught in several ways, with losses, confidences and scores made up by a rule: reconstructed, never measured.
struct SimulatedPractice {
  private static let sizes: [(layers: Int, tokens: Double)] = [(2, 1.33e6), (3, 4.15e6), (4, 5e6)]
  private static let rate = 0.02

  static var runs: [RunRecord] {
    let teachers = [2, 4, 6, 7].map(teacher)
    var runs = teachers
    for teacher in teachers {
      for (layers, tokens) in sizes {
        for seed in 1...2 {
          func add(
            _ penalty: Double, mixing: Double = 1, temperature: Double = 1, rate: Double = rate, truncation: String = "full",
            direction: String = "forward", isPlain: Bool = false
          ) {
            runs.append(
              student(
                layers, tokens, of: teacher, seed: seed, penalty: penalty, mixing: mixing, temperature: temperature,
                rate: rate, truncation: truncation, direction: direction, isPlain: isPlain))
          }
          add(0, isPlain: true)
          for mixing in [0.5, 0.9, 0.99] { add(0.01 * (1 - mixing), mixing: mixing) }
          for temperature in [0.5, 2.0, 4] { add(0.01 * abs(log(temperature)), temperature: temperature) }
          for rate in [0.005, 0.01, 0.04] { add(0.01 * abs(log(rate / Self.rate)), rate: rate) }
          add(0.1, direction: "reverse")
        }
      }
    }
    for (layers, teacher) in [(2, teachers[3]), (4, teachers[2])] {
      for seed in 1...2 {
        for count in [1, 4, 32] {
          for mixing in [1, 0.7] {
            runs.append(
              student(
                layers, sizes[layers - 2].tokens, of: teacher, seed: seed, penalty: 0.3 * mixing / Double(count),
                mixing: mixing, truncation: "top-\(count)"))
          }
        }
        runs.append(
          student(
            layers, sizes[layers - 2].tokens, of: teacher, seed: seed, penalty: 0.05, truncation: "nucleus-0.9"))
      }
    }
    for teacher in teachers {
      for tokens in [4.15e6, 16.6e6] {
        for truncation in ["full", "top-1"] where tokens > 5e6 || truncation == "top-1" {
          var run = student(3, tokens, of: teacher, seed: 1, penalty: 0, truncation: truncation)
          run.calibration = calibration(isStudent: true, bias: truncation == "full" ? 0 : -0.3)
          runs.append(run)
        }
      }
    }
    return runs
  }

  private static func teacher(_ layers: Int) -> RunRecord {
    let parameters = SimulatedRuns.parameters(layers)
    let tokens = 50 * parameters
    var run = RunRecord(
      run: "practice-teacher-\(layers)", kind: .supervised, origin: .reconstructed, purpose: .tuning,
      sweep: "practice-teachers", parameters: parameters, tokens: tokens, compute: 6 * parameters * tokens,
      loss: SimulatedRuns.law.loss(parameters: parameters, tokens: tokens), seed: 1)
    run.calibration = calibration(isStudent: false, bias: 0)
    run.downstream = scores(run.loss)
    run.keptProbability = ["top-1": 0.5, "top-4": 0.8, "top-32": 0.99, "nucleus-0.9": 0.93]
    return run
  }

  private static func student(
    _ layers: Int, _ tokens: Double, of teacher: RunRecord, seed: Int, penalty: Double, mixing: Double = 1,
    temperature: Double = 1, rate: Double = rate, truncation: String = "full", direction: String = "forward",
    isPlain: Bool = false
  ) -> RunRecord {
    let parameters = SimulatedRuns.parameters(layers)
    let loss = SimulatedRuns.distillationLaw.loss(
      studentParameters: parameters, studentTokens: tokens, teacherLoss: teacher.loss)
    let wobble = 0.002 * Double((seed * 7 + layers * 3 + Int(100 * mixing)) % 5 - 2)
    var run = RunRecord(
      run:
        "practice-\(layers)-\(Int(tokens))-\(teacher.run)-\(seed)-\(mixing)-\(temperature)-\(rate)-\(truncation)-\(direction)",
      kind: .distillation, origin: .reconstructed, purpose: isPlain ? .law : .tuning, sweep: "practice",
      parameters: parameters, tokens: tokens, compute: 6 * parameters * tokens, loss: loss * exp(penalty + wobble),
      seed: seed,
      model: .init(
        layers: layers, width: 8 * layers, feedForwardWidth: 22 * layers, heads: layers, context: 128, vocabulary: 128),
      recipe: .init(
        batchTokens: 1024, steps: 100, peakLearningRate: rate, warmupSteps: 10, weightDecay: 1e-4, split: "student"),
      distillation: .init(
        teacherRun: teacher.run, teacherLoss: teacher.loss, teacherParameters: teacher.parameters,
        teacherTokens: teacher.tokens, divergence: 0.1, temperature: temperature, mixing: mixing, direction: direction,
        truncation: truncation))
    if isPlain {
      run.downstream = scores(run.loss)
      run.calibration = calibration(isStudent: true, bias: 0)
    }
    return run
  }

  private static func scores(_ loss: Double) -> [RunRecord.TaskScore] {
    DownstreamTask.allCases.map {
      .init(task: $0.id, items: 1000, score: min(1, max(0, 1.4 - 0.4 * loss)), chance: 0.25, standardError: 0.01)
    }
  }

  /// Predictions whose outcomes are `bias` above their confidence.
  private static func calibration(isStudent: Bool, bias: Double) -> RunRecord.Calibration {
    let bins = RunRecord.Reliability.bins
    let counts = (0..<bins).map { 1000 + 300 * $0 }
    let confidences = counts.indices.map { Double(counts[$0]) * (Double($0) + 0.5) / Double(bins) }
    let outcomes = counts.indices.map { min(Double(counts[$0]), max(0, confidences[$0] + bias * Double(counts[$0]))) }
    let error = RunRecord.Reliability.expectedError(
      counts: counts.map(Double.init), confidences: confidences, outcomes: outcomes)
    let diagram = RunRecord.Reliability(
      counts: counts, confidences: confidences, outcomes: outcomes, error: error, low: max(0, error - 0.01),
      high: error + 0.01, floor: 0.002)
    guard isStudent else { return .init(data: diagram) }
    return .init(
      data: diagram, teacherTop: diagram, teacherConfidence: diagram, studentConfidence: diagram,
      teacherProbability: diagram)
  }
}
