import Formats
import Foundation
import Randomness
import ScalingLaws

/// Runs at the paper's sizes and budgets whose losses are drawn from laws.
///
/// Nothing was trained. A supervised run's loss is the supervised law's times exp(noise · z), z standard
/// normal; a teacher is such a run. A student's loss is the distillation law's, at its teacher's drawn loss,
/// times a factor of its own. L~_S inside the law is the supervised law's, without noise.
public struct Reconstruction: Sendable {
  /// Gives the students' losses, and by its supervised part those of all other runs.
  public let law: PaperLaw
  /// Standard deviation of log L about the law.
  public let noise: Double
  public let seed: Int
  private let family = ModelFamily.paper

  /// What made the runs, as their logs name it.
  public static let software = "distill-reconstruct"

  public init(law: PaperLaw = .figures, noise: Double, seed: Int) {
    self.law = law
    self.noise = noise
    self.seed = seed
  }

  /// The 73 supervised runs, sweep by sweep.
  public func supervisedRuns() -> [RunRecord] {
    profileRuns() + fixedRatioRuns()
      + PaperProtocols.sixTeachers.map { supervised("long", $0, tokens: PaperProtocols.longTokens, "512B") }
  }

  /// The 697 distillations, protocol by protocol.
  public func distillations() -> [RunRecord] {
    let fixed = Dictionary(uniqueKeysWithValues: zip(PaperProtocols.fixedRatio, fixedRatioRuns()))
    var runs = [RunRecord]()
    for teacher in PaperProtocols.sixTeachers {
      let few = PaperProtocols.largestProfile[teacher.name].map { [$0] } ?? []
      for profile in PaperProtocols.studentProfiles + few {
        for student in profile.models {
          guard let run = fixed[teacher] else { continue }
          let tokens = tokens(student, profile.budget)
          runs.append(
            distillation("protocol-1", student, tokens: tokens, profile.name, budget: profile.budget, of: run))
        }
      }
    }
    for student in PaperProtocols.fourStudents {
      for run in profileRuns() {
        runs.append(
          distillation("protocol-2", student, tokens: PaperProtocols.ratio * student.parameters, "20", of: run))
      }
    }
    for student in PaperProtocols.fiveStudents {
      for ratio in PaperProtocols.studentRatios {
        for teacher in PaperProtocols.tenTeachers {
          guard let run = fixed[teacher] else { continue }
          runs.append(
            distillation("protocol-3", student, tokens: ratio * student.parameters, "\(Int(ratio))", of: run))
        }
      }
    }
    return runs
  }

  private func profileRuns() -> [RunRecord] {
    PaperProtocols.profiles.flatMap { profile in
      profile.models.map { model in
        supervised("isoFLOP", model, tokens: tokens(model, profile.budget), profile.name, budget: profile.budget)
      }
    }
  }

  private func fixedRatioRuns() -> [RunRecord] {
    PaperProtocols.fixedRatio.map {
      supervised("fixed-ratio", $0, tokens: PaperProtocols.ratio * $0.parameters, "20")
    }
  }

  /// Whole tokens that `budget` FLOPs train `model` on.
  private func tokens(_ model: PaperModel, _ budget: Double) -> Double {
    family.tokens(compute: budget, parameters: model.parameters).rounded()
  }

  /// A loss of the run `name` about the law's. The noise is the run's own, by its name: it does not change
  /// when other runs are added.
  private func draw(_ loss: Double, _ name: String) -> Double {
    let stream = UInt64(Digest(of: name).description.prefix(16), radix: 16) ?? 0
    var generator = CounterGenerator(seed: UInt64(bitPattern: Int64(seed)), stream: stream)
    return loss * exp(noise * generator.normal())
  }

  private func supervised(
    _ sweep: String, _ model: PaperModel, tokens: Double, _ length: String, budget: Double? = nil
  ) -> RunRecord {
    let name = "\(sweep)-\(length)-\(model.name)"
    let loss = law.law.supervised.loss(parameters: model.parameters, tokens: tokens)
    return RunRecord(
      run: name, kind: .supervised, origin: .reconstructed, purpose: .law, sweep: sweep, budget: budget,
      parameters: model.parameters, tokens: tokens,
      compute: family.trainingFLOPs(parameters: model.parameters, tokens: tokens), loss: draw(loss, name),
      model: model.record, software: Self.software,
      reconstruction: RunRecord.Reconstruction(noise: noise, seed: seed))
  }

  private func distillation(
    _ sweep: String, _ student: PaperModel, tokens: Double, _ length: String, budget: Double? = nil,
    of teacher: RunRecord
  ) -> RunRecord {
    let name = "\(sweep)-\(length)-\(student.name)-of-\(teacher.run)"
    let loss = law.law.loss(studentParameters: student.parameters, studentTokens: tokens, teacherLoss: teacher.loss)
    return RunRecord(
      run: name, kind: .distillation, origin: .reconstructed, purpose: .law, sweep: sweep, budget: budget,
      parameters: student.parameters, tokens: tokens,
      compute: family.trainingFLOPs(parameters: student.parameters, tokens: tokens), loss: draw(loss, name),
      model: student.record, software: Self.software,
      distillation: RunRecord.Distillation(
        teacherRun: teacher.run, teacherLoss: teacher.loss, teacherParameters: teacher.parameters,
        teacherTokens: teacher.tokens, temperature: 1, mixing: 1, direction: "forward", truncation: "full"),
      reconstruction: RunRecord.Reconstruction(law: law.rawValue, noise: noise, seed: seed))
  }
}
