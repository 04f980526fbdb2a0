import Formats
import Foundation
import ScalingLaws
import Statistics

/// Runs whose teachers are about as good in proportion to what the student reaches by itself.
public struct RatioBin: Codable, Hashable, Sendable {
  /// L_T / L~_S from `low` up to `high`, which may be missing at the ends.
  public var low: Double?
  public var high: Double?
  public var runs: Int
  /// What is measured, the mean over the bin's runs, with its interval.
  public var mean: Interval
  /// The law's error log(predicted / observed) on the same runs.
  public var lawError: Interval

  private static let edges: [Double?] = [nil, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, nil]

  /// Bins with at least five runs of at least two teachers.
  /// - Parameters:
  ///   - ratios: L_T / L~_S of each run; nil leaves the run out.
  ///   - values: what is measured, one number a run.
  static func bins(
    _ runs: [RunRecord], ratios: [Double?], values: [Double?], law: DistillationLaw
  ) -> [RatioBin] {
    let errors = runs.map { log(law.prediction(of: $0) / $0.loss) }
    return zip(edges, edges.dropFirst()).compactMap { low, high in
      let places = runs.indices.filter { index in
        guard let ratio = ratios[index], values[index] != nil else { return false }
        return ratio >= low ?? 0 && ratio < high ?? .infinity
      }
      let chosen = places.map { runs[$0] }
      guard places.count >= 5, Set(chosen.map { $0.distillation?.teacherRun }).count >= 2 else { return nil }
      let resampling = TeacherResampling(chosen)
      guard let mean = resampling.mean(places.map { values[$0] }),
        let error = resampling.mean(places.map { errors[$0] })
      else { return nil }
      return RatioBin(low: low, high: high, runs: places.count, mean: mean, lawError: error)
    }
  }
}

/// Students against their own teachers, which the law says they can never beat.
public struct BeatenTeachers: Codable, Hashable, Sendable {
  /// Runs whose student is better than its teacher by two standard deviations of the seed's noise.
  public var beaten: Int
  public var runs: Int
  /// Largest log(L_T / L_S) of those.
  public var largestMargin: Double
  /// Least L_T / L~_S among them: how weak a teacher is that is beaten.
  public var leastRatio: Double?
  /// log(L_T / L_S) by L_T / L~_S, over all runs, so that it is not picked by its outcome.
  public var margins: [RatioBin]

  package init(_ runs: [RunRecord], law: DistillationLaw, noise: (RunRecord) -> Double?) {
    let ratios = runs.map { run in
      (run.distillation?.teacherLoss ?? .nan) / law.supervised.loss(parameters: run.parameters, tokens: run.tokens)
    }
    let margins = runs.map { log(($0.distillation?.teacherLoss ?? .nan) / $0.loss) }
    let beaten = runs.indices.filter { margins[$0] > 2 * (noise(runs[$0]) ?? 0) }
    self.runs = runs.count
    self.beaten = beaten.count
    largestMargin = beaten.map { margins[$0] }.max() ?? 0
    leastRatio = beaten.map { ratios[$0] }.min()
    self.margins = RatioBin.bins(runs, ratios: ratios, values: margins, law: law)
  }
}

/// Students against the same models trained supervised on as many tokens of the same split.
public struct AgainstSupervised: Codable, Hashable, Sendable {
  /// Students of one configuration.
  public struct Row: Codable, Hashable, Sendable {
    public var parameters: Double
    public var tokens: Double
    /// Mean loss of the supervised runs, and their number.
    public var supervisedLoss: Double
    public var supervisedRuns: Int
    public var teachers: Int
    /// Students that are better by two standard deviations of the difference, and worse by as much.
    public var better: Int
    public var worse: Int
    /// Largest log(supervised / distilled): what the best teacher gains.
    public var bestGain: Double
  }

  public var rows: [Row]
  /// log(supervised / distilled) by L_T over the supervised loss.
  public var gains: [RatioBin]
  /// L_T over the supervised loss at which distillation stops to help, the median over the configurations that
  /// show it.
  public var breakEven: Interval?
  /// The same by the law.
  public var predictedBreakEven: Double?
  public var runs: Int { rows.reduce(0) { $0 + $1.teachers } }

  package init(
    _ runs: [RunRecord], supervised: [RunRecord], law: DistillationLaw, noise: (RunRecord) -> Double?
  ) {
    let baselines = Dictionary(grouping: supervised.filter { $0.recipe?.split == "student" }, by: Student.init)
      .mapValues { group in
        (
          loss: mean(group.map(\.loss).sorted()) ?? .nan, runs: group.count,
          noise: group.min { $0.run < $1.run }.flatMap(noise) ?? 0
        )
      }
    let gains = runs.map { run in baselines[Student(run)].map { log($0.loss / run.loss) } }
    let ratios = runs.map { run in
      baselines[Student(run)].flatMap { base in run.distillation.map { $0.teacherLoss / base.loss } }
    }
    let groups = Dictionary(grouping: runs.indices) { Student(runs[$0]) }.sorted { $0.key < $1.key }
    rows = groups.compactMap { student, places in
      guard let baseline = baselines[student] else { return nil }
      // By the noise of each student, and of the mean of the runs trained alone.
      let standardised = places.compactMap { place in
        gains[place].map { gain in
          let own = noise(runs[place]) ?? 0
          let deviation = (own * own + baseline.noise * baseline.noise / Double(baseline.runs)).squareRoot()
          return deviation > 0 ? gain / deviation : gain.sign == .minus ? -.infinity : .infinity
        }
      }
      let gains = places.compactMap { gains[$0] }
      return Row(
        parameters: student.parameters, tokens: student.tokens, supervisedLoss: baseline.loss,
        supervisedRuns: baseline.runs, teachers: places.count, better: standardised.count { $0 > 2 },
        worse: standardised.count { $0 < -2 }, bestGain: gains.max() ?? 0)
    }
    self.gains = RatioBin.bins(runs, ratios: ratios, values: gains, law: law)
    breakEven =
      TeacherResampling(runs, resamples: 1000).intervals { places in
        let crossings = Dictionary(grouping: places) { Student(runs[$0]) }.values.compactMap { places in
          crossing(places.compactMap { place in ratios[place].flatMap { ratio in gains[place].map { (ratio, $0) } } })
        }
        return median(crossings).map { [$0] }
      }?.first
    predictedBreakEven = median(
      groups.map(\.key).filter { baselines[$0] != nil }.compactMap { student in
        let supervised = law.supervised.loss(parameters: student.parameters, tokens: student.tokens)
        // From the weak side: the law puts a student of a teacher that is no better than itself above L~_S.
        return stride(from: 1, to: 0.4, by: -0.0005).first { ratio in
          law.loss(
            studentParameters: student.parameters, studentTokens: student.tokens, teacherLoss: ratio * supervised)
            < supervised
        }
      })
  }
}

/// What distinguishes students apart from their teachers and seeds.
struct Student: Hashable, Comparable {
  var parameters: Double
  var tokens: Double

  init(parameters: Double, tokens: Double) {
    self.parameters = parameters
    self.tokens = tokens
  }

  init(_ run: RunRecord) { self.init(parameters: run.parameters, tokens: run.tokens) }

  static func < (a: Student, b: Student) -> Bool { (a.parameters, a.tokens) < (b.parameters, b.tokens) }
}

/// The ratio at which gains turn from losses, seen from the weakest teacher; nil where they do not.
private func crossing(_ points: [(ratio: Double, gain: Double)]) -> Double? {
  let byRatio = Dictionary(grouping: points, by: \.ratio).map {
    (ratio: $0.key, gain: mean($0.value.map(\.gain).sorted()) ?? .nan)
  }
  .sorted { $0.ratio > $1.ratio }
  for (weak, strong) in zip(byRatio, byRatio.dropFirst()) where weak.gain < 0 && strong.gain >= 0 {
    return weak.ratio + (strong.ratio - weak.ratio) * weak.gain / (weak.gain - strong.gain)
  }
  return nil
}

/// What one pass of a teacher for all its students saves.
public struct SharedTeachers: Codable, Hashable, Sendable {
  /// FLOPs of the teachers' passes, one for all the students of a teacher, a seed and a sweep, and one for each.
  public var sharedCompute: Double
  public var separateCompute: Double
  /// FLOPs of the students' own training.
  public var studentCompute: Double

  package init(_ runs: [RunRecord], family: ModelFamily) {
    struct Key: Hashable {
      var teacher: String
      var sweep: String
      var seed: Int?
    }
    let lessons = Dictionary(grouping: runs) {
      Key(teacher: $0.distillation?.teacherRun ?? "", sweep: $0.sweep, seed: $0.seed)
    }
    func inference(_ run: RunRecord, tokens: Double) -> Double {
      family.forwardFLOPs(parameters: run.distillation?.teacherParameters ?? 0) * tokens
    }
    // Sorted, so that sums do not depend on the order of a dictionary.
    sharedCompute = lessons.values.compactMap { lesson in
      lesson.max { $0.tokens < $1.tokens }.map { inference($0, tokens: $0.tokens) }
    }.sorted().reduce(0, +)
    separateCompute = runs.map { inference($0, tokens: $0.tokens) }.sorted().reduce(0, +)
    studentCompute = runs.map(\.compute).sorted().reduce(0, +)
  }
}
