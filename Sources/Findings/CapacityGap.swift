import Formats
import Estimation
import Foundation
import Randomness
import Runs
import ScalingLaws

/// Whether a better teacher can make a worse student: what the students themselves show, beside the law's best teacher.
/// What the law's turn is worth, ``ModelComparison`` says.
public struct CapacityGap: Codable, Hashable, Sendable {
  /// Students of one configuration over several teachers.
  public struct Students: Codable, Hashable, Sendable {
    public var parameters: Double
    public var tokens: Double
    public var teachers: Int
    /// Least loss, and the loss of the teacher that it came from.
    public var bestLoss: Double
    public var bestTeacherLoss: Double
    /// Loss of the strongest teacher, and of the student that it made.
    public var strongestTeacherLoss: Double
    public var lossFromStrongest: Double
    /// log(loss from the strongest / least loss) in standard deviations of the difference of two such means, by the noise
    /// of their length and teachers.
    public var gap: Double?
    /// Chance of a gap as large if all these teachers were equally good: the best of many is good by luck, too.
    public var probability: Double?
    /// The law's L_T*, with its bootstrap interval.
    public var predictedBestTeacherLoss: Double?
    public var low: Double?
    public var high: Double?
  }

  public var students: [Students]
  /// Configurations whose strongest teacher makes a worse student than another one does, beyond what luck would
  /// show in one study of twenty over all configurations (Holm 1979).
  public var gapsSeen: Int {
    let sorted = students.compactMap(\.probability).sorted()
    return zip(sorted, sorted.indices).prefix { $0 < 0.05 / Double(sorted.count - $1) }.count
  }

  init(
    _ runs: [RunRecord], fit: FitDocument, law: DistillationLaw, noise: (RunRecord) -> Double?, resamples: Int = 512,
    threads: Int?
  ) throws(EstimationError) {
    let observations = fit.weighted(runs.compactMap(DistillationObservation.init), supervised: law.supervised)
    var students = Self.students(runs, noise: noise)
    let range = runs.compactMap { $0.distillation?.teacherLoss }
    if let low = range.min(), let high = range.max() {
      try Self.predict(&students, observations, fit, law, teacherLoss: low...high, resamples: resamples, threads: threads)
    }
    self.students = students
  }

  /// Configurations with at least five teachers; runs that differ by their seed are averaged.
  package static func students(_ runs: [RunRecord], noise: (RunRecord) -> Double?) -> [Students] {
    let groups = Dictionary(grouping: runs, by: Student.init).sorted { $0.key < $1.key }
    return groups.compactMap { key, runs in
      let teachers = Self.means(runs, noise: noise)
      guard teachers.count >= 5, let strongest = teachers.first,
        let best = teachers.min(by: { $0.loss < $1.loss })
      else { return nil }
      var gap: Double?, probability: Double?
      let deviations = teachers.compactMap(\.deviation)
      if deviations.count == teachers.count, let own = strongest.deviation, let other = best.deviation {
        let difference = log(strongest.loss / best.loss)
        gap = difference / (own * own + other * other).squareRoot()
        probability = chance(of: difference, deviations: deviations)
      }
      return Students(
        parameters: key.parameters, tokens: key.tokens, teachers: teachers.count, bestLoss: best.loss,
        bestTeacherLoss: best.teacherLoss, strongestTeacherLoss: strongest.teacherLoss,
        lossFromStrongest: strongest.loss, gap: gap,
        probability: probability)
    }
  }

  /// Chance that the first of several means exceeds the least of them by `difference` when they differ by noise
  /// alone, from 20,000 draws.
  /// - Parameter deviations: standard deviation of the log of each mean.
  private static func chance(of difference: Double, deviations: [Double], draws: Int = 20_000) -> Double {
    var generator = CounterGenerator(seed: 1)
    var exceeded = 0
    for _ in 0..<draws {
      let means = deviations.map { generator.normal() * $0 }
      if means[0] - (means.min() ?? 0) >= difference { exceeded += 1 }
    }
    return Double(exceeded + 1) / Double(draws + 1)
  }

  /// Mean loss of the students of each teacher, the strongest teacher first.
  private static func means(
    _ runs: [RunRecord], noise: (RunRecord) -> Double?
  ) -> [(teacherLoss: Double, loss: Double, deviation: Double?)] {
    // By name: a teacher that was trained anew on another processor has a loss with other last digits.
    let groups = Dictionary(grouping: runs) { $0.distillation?.teacherRun ?? "" }
    return groups.values.map { group in
      let losses = group.map(\.loss).sorted()
      let teacherLoss = group.compactMap(\.distillation?.teacherLoss).min() ?? .nan
      let deviation = group.min { $0.run < $1.run }.flatMap(noise).map { $0 / Double(losses.count).squareRoot() }
      return (teacherLoss, losses.reduce(0, +) / Double(losses.count), deviation)
    }.sorted { $0.teacherLoss < $1.teacherLoss }
  }

  /// Adds the law's best teacher among losses in the runs' range.
  private static func predict(
    _ students: inout [Students], _ observations: [DistillationObservation], _ fit: FitDocument, _ law: DistillationLaw,
    teacherLoss range: ClosedRange<Double>, resamples: Int, threads: Int?
  ) throws(EstimationError) {
    let chosen = students
    func best(_ law: DistillationLaw, _ student: Students) -> Double {
      law.bestTeacherLoss(studentParameters: student.parameters, studentTokens: student.tokens, in: range)
    }
    let intervals = try bootstrapDistillation(
      observations, supervised: law.supervised, coefficients: fit.coefficients,
      options: BootstrapOptions(
        resamples: resamples, delta: fit.delta, resampling: .teachers, threads: threads)
    ) { coefficients in
      guard let law = DistillationLaw(coefficients: coefficients, supervised: law.supervised) else { return [:] }
      return Dictionary(uniqueKeysWithValues: chosen.indices.map { ("best \($0)", best(law, chosen[$0])) })
    }.intervals()
    for index in students.indices {
      students[index].predictedBestTeacherLoss = best(law, chosen[index])
      students[index].low = intervals["best \(index)"]?.lowerBound
      students[index].high = intervals["best \(index)"]?.upperBound
    }
  }
}
