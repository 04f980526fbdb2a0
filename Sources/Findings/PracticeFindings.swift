import Formats
import Foundation
import Practice
import Statistics

/// What a study's runs say on how to distil (appendices E and G): settings of the loss and of the training, compared
/// within seeds, calibration, and downstream tasks.
public struct PracticeFindings: ResultDocument, Hashable, Sendable {
  public static let meaning = "findings on how to distil, as distill-findings writes them"

  /// One value of a setting for one teacher and student.
  public struct Setting: Codable, Hashable, Sendable {
    public var value: Double
    /// Mean loss over the seeds, and their range, in nats per token.
    public var loss: Double
    public var low: Double
    public var high: Double
    public var seeds: Int
    /// log(loss / loss in the plain setting), within seeds; nil where they share no seed.
    public var difference: PairedNoise.Difference?
    /// Whether the seeds cannot tell it from the lowest; nil where the noise is not known.
    public var isAmongLowest: Bool?
  }

  /// The values of a setting for one teacher and student.
  public struct Series: Codable, Hashable, Sendable {
    public var teacherParameters: Double?
    public var teacherLoss: Double?
    public var studentParameters: Double
    public var studentTokens: Double
    public var plainValue: Double
    public var settings: [Setting]
    /// The value of the lowest mean, over the seeds that all values share.
    public var lowest: Double?
  }

  /// An experiment: what was varied, and how far differences vary from seed to seed.
  public struct Experiment: Codable, Hashable, Sendable {
    public var runs: Int
    public var noise: PairedNoise?
    public var series: [Series]

    init?(_ question: TeachingQuestion, _ records: [RunRecord]) {
      let all = SettingSeries.all(question, in: records)
      guard !all.isEmpty else { return nil }
      let noise = PairedNoise(all)
      runs = all.reduce(0) { $0 + $1.runs.count }
      self.noise = noise
      series = all.map { series in
        let among = series.indistinguishable(noise: noise)
        let plain = series.value(series.plainValue)
        return Series(
          teacherParameters: series.pair.teacherParameters, teacherLoss: series.pair.teacherLoss,
          studentParameters: series.pair.studentParameters, studentTokens: series.pair.studentTokens,
          plainValue: series.plainValue,
          settings: series.values.map { value in
            Setting(
              value: value.value, loss: value.mean, low: value.range.lowerBound, high: value.range.upperBound,
              seeds: value.losses.count,
              difference: value.value == series.plainValue
                ? nil : plain.flatMap { series.difference(value, to: $0, noise: noise) },
              isAmongLowest: among.map { $0.contains(value.value) })
          }, lowest: series.lowest?.value)
      }
    }
  }

  /// The calibration of one run.
  public struct Calibrated: Codable, Hashable, Sendable {
    public var teacherParameters: Double
    public var studentTokens: Double?
    /// Expected calibration errors, with intervals and floors, by diagram.
    public var errors: [String: ErrorOfDiagram]

    public struct ErrorOfDiagram: Codable, Hashable, Sendable {
      public var error: Double
      public var low: Double
      public var high: Double
      public var floor: Double
      /// Mean outcome less mean confidence: below zero where the model is too sure.
      public var underconfidence: Double
    }

    init(_ run: RunRecord) {
      teacherParameters = run.distillation?.teacherParameters ?? run.parameters
      studentTokens = run.distillation == nil ? nil : run.tokens
      errors = [:]
      for (name, reliability) in run.calibration?.diagrams ?? [] {
        let all = Double(reliability.counts.reduce(0, +))
        let surplus = reliability.outcomes.reduce(0, +) - reliability.confidences.reduce(0, +)
        errors[name] = ErrorOfDiagram(
          error: reliability.error, low: reliability.low, high: reliability.high, floor: reliability.floor,
          underconfidence: all > 0 ? surplus / all : 0)
      }
    }
  }

  /// Calibration of teachers and of their students by what these were taught.
  public struct Calibration: Codable, Hashable, Sendable {
    public var studentParameters: Double
    public var teachers: [Calibrated]
    public var distribution: [Calibrated]
    public var top: [Calibrated]
  }

  public var study: String
  public var mixing: Experiment?
  public var temperature: Experiment?
  public var learningRate: Experiment?
  public var top: Experiment?
  public var mixedTop: Experiment?
  public var nucleus: Experiment?
  public var direction: Experiment?
  public var calibration: Calibration?
  public var downstream: [DownstreamComparison]

  /// - Parameter records: all runs of the study.
  public init(study: String, records: [RunRecord]) {
    self.study = study
    mixing = Experiment(.mixing, records)
    temperature = Experiment(.temperature, records)
    learningRate = Experiment(.learningRate, records)
    top = Experiment(.top(mixing: 1), records)
    mixedTop = Experiment(.top(mixing: 0.7), records)
    nucleus = Experiment(.nucleus, records)
    direction = Experiment(.direction, records)
    calibration = CalibratedRuns(records).map { runs in
      func students(_ target: CalibratedRuns.Target) -> [Calibrated] {
        runs.lengths.flatMap { runs.students(target, tokens: $0) }.map(Calibrated.init)
      }
      return Calibration(
        studentParameters: runs.studentParameters, teachers: runs.teachers.map(Calibrated.init),
        distribution: students(.distribution), top: students(.top))
    }
    downstream = DownstreamComparison.all(records)
  }

  /// True where the study has none of these experiments.
  public var isEmpty: Bool {
    [mixing, temperature, learningRate, top, mixedTop, nucleus, direction].allSatisfy { $0 == nil }
      && calibration == nil && downstream.isEmpty
  }
}
