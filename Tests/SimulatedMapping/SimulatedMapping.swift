import Formats
import Foundation
import Randomness

/// Runs on the Mapping Problem, made up with seeded noise to test what reads such runs: reconstructed, never measured.
public struct SimulatedMapping: Sendable {
  /// What the students of the weakest and of the strongest teacher have more of loss than those of the middle one, in
  /// nats, by the student's width.
  public var fall: [Int: Double] = [128: 0.02, 256: 0.4, 362: 0.5]
  public var rise: [Int: Double] = [128: 0, 256: 0.2, 362: -0.3]
  public var trials = 1...4
  /// Standard deviation of what runs of one trial share, and of each run by itself.
  public var trialNoise = 0.05
  public var noise = 0.02
  public var seed: UInt64 = 1
  public var easyFraction = 0.5

  public static let students = [128, 256, 362]
  public static let widths = [64, 90, 128, 181, 256, 362, 512, 724, 1024]
  public static let steps = (6...14).map { 1 << $0 }

  public init() {}

  /// Both sweeps.
  public var records: [RunRecord] { records(sweep: "teacher-width") + records(sweep: "teacher-steps") }

  /// - Parameter sweep: `teacher-steps` varies steps, any other sweep the teachers' widths.
  public func records(sweep: String) -> [RunRecord] {
    let bySteps = sweep == "teacher-steps"
    var generator = CounterGenerator(seed: seed, stream: bySteps ? 1 : 0)
    var records: [RunRecord] = []
    for trial in trials {
      let shared = trialNoise * generator.normal()
      for (place, setting) in (bySteps ? Self.steps : Self.widths).enumerated() {
        let teacher = run(
          "teacher-\(setting)-\(trial)", sweep, width: bySteps ? 512 : setting, loss: 2 - 0.18 * Double(place), trial: trial,
          split: "teacher", steps: bySteps ? setting : 1000)
        records.append(teacher)
        // From the weakest teacher at -1 to the strongest at 1.
        let offset = Double(place - 4) / 4
        for student in Self.students {
          let arm = offset < 0 ? fall[student] ?? 0 : rise[student] ?? 0
          let loss = 1.6 - Double(student) / 1000 + arm * offset * offset + shared + noise * generator.normal()
          var run = run(
            "student-\(student)-\(setting)-\(trial)", sweep, width: student, loss: loss, trial: trial, split: "student")
          run.kind = .distillation
          run.distillation = .init(
            teacherRun: teacher.run, teacherLoss: teacher.loss, teacherParameters: teacher.parameters,
            teacherTokens: teacher.tokens, temperature: 1, mixing: 1, teacherAccuracy: teacher.accuracy,
            teacherWidth: bySteps ? 512 : setting, teacherSteps: bySteps ? setting : 1000)
          records.append(run)
        }
      }
      if !bySteps {
        for student in Self.students {
          let loss = 1.5 - Double(student) / 1000 + noise * generator.normal()
          records.append(run("alone-\(student)-\(trial)", sweep, width: student, loss: loss, trial: trial, split: "student"))
        }
      }
    }
    return records
  }

  private func run(
    _ name: String, _ sweep: String, width: Int, loss: Double, trial: Int, split: String, steps: Int = 1000
  ) -> RunRecord {
    let parameters = Double(width * (width + 26) + 8), accuracy = exp(-0.5 * loss)
    return RunRecord(
      run: "\(sweep)-\(easyFraction)-\(name)", kind: .supervised, origin: .reconstructed, purpose: .mapping, sweep: sweep,
      parameters: parameters, tokens: Double(512 * steps), compute: 6 * parameters * Double(512 * steps), loss: loss,
      accuracy: accuracy, evaluationTokens: 24_664, seed: trial,
      recipe: .init(
        batchTokens: 512, steps: steps, peakLearningRate: 3e-4, warmupSteps: steps / 20, weightDecay: 0, split: split),
      mapping: .init(
        places: 8, width: width, easyFraction: easyFraction,
        easy: .init(loss: 0.5 * loss, accuracy: accuracy), hard: .init(loss: 1.5 * loss, accuracy: accuracy),
        ones: .init(loss: 1.8 * loss, accuracy: accuracy), twos: .init(loss: 1.2 * loss, accuracy: accuracy)))
  }
}
