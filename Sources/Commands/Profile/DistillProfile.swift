import ArgumentParser
import Formats
import Estimation
import Foundation
import Runs
import ScalingLaws
import CommandSupport

public struct DistillProfile: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Shows how far each coefficient of a fit may go before the law fits worse: profiles of the likelihood.",
    discussion: """
      The runs must be those that the fit was made from, cut by loss as the fit says. With --parameters and --tokens also \
      the predicted loss of a model or, of the distillation law, of a student from a teacher (--teacher-loss), and the \
      loss of the teacher that is best for it, are profiled.
      """)

  @Option(help: "The runs that the law was fitted to.")
  var runs: String

  @Option(help: "The fit, as distill-fit writes it.")
  var fit: String

  @Option(
    help: """
      What is taken as independent: runs, teachers with all their students (distillation law), or trainings with all their \
      checkpoints (the others). Unless given, teachers where ten or more are named and some have several \
      students, trainings where runs share one, else runs.
      """)
  var resample: Resampling?

  @Option(help: "Non-embedding parameters of a model, or a student, to be asked about.", transform: number)
  var parameters: Double?

  @Option(help: "Tokens that it is trained on, or distilled on.", transform: number)
  var tokens: Double?

  @Option(
    help: "Loss of the teacher whose student's loss is asked about, in nats per token (distillation law).", transform: number)
  var teacherLoss: Double?

  @OptionGroup var nominal: ConfidenceOptions

  @Option(help: "Values that each profile is worked out at beside those that its interval needs.")
  var points = 24

  @Option(help: "Seed of the laws that searches start from.")
  var seed: UInt64 = 1

  @Option(help: "File to write the profiles to, as JSON.")
  var output: String?

  @OptionGroup var processors: ThreadOptions

  public init() {}

  public func validate() throws {
    try checkCount("points", points, in: 0...100_000)
    if (parameters == nil) != (tokens == nil) || (teacherLoss != nil && tokens == nil) {
      throw ValidationError("--parameters goes with --tokens, and --teacher-loss with both")
    }
    for (name, value) in [("parameters", parameters), ("tokens", tokens), ("teacher-loss", teacherLoss)] {
      if let value, !(value > 0 && value.isFinite) { throw ValidationError("--\(name) must be a positive number") }
    }
  }

  public func run() throws {
    try checkOutputs(documents: [output], inputs: [runs, fit])
    let fitted = try FitDocument.read(from: fit)
    if let refusal = fitted.refusal { throw StageError(refusal, file: fit) }
    if fitted.upperWeight != nil {
      throw StageError("is by a one-sided loss function, which has no likelihood to profile: take distill-bootstrap", file: fit)
    }
    let loaded = try loadRuns(runs, fitted.selection.reading ?? ReadingOptions())
    let units = resample ?? loaded.independentUnits(law: fitted.law)
    let options = options(units)
    let profiles = try profiles(fitted, loaded, options)
    let document = ProfileDocument(
      law: fitted.law, confidence: nominal.confidence, limit: options.limit, independent: units.rawValue,
      method: options.method,
      profiles: profiles.map { profile in
        ProfileDocument.Profile(
          name: profile.name, estimate: profile.estimate,
          low: profile.lowIsOpen ? nil : profile.interval.lowerBound,
          high: profile.highIsOpen ? nil : profile.interval.upperBound,
          points: profile.points.filter { $0.value.isFinite }.map { .init(value: $0.value, ratio: $0.ratio) })
      }, inputs: fitted.inputs)
    if let output { try document.write(to: output) }
    print(table(document))
  }

  private func options(_ units: Resampling) -> ProfileOptions {
    ProfileOptions(confidence: nominal.confidence, units: units, points: points, seed: seed, threads: processors.threads)
  }

  /// With the values that the fit has, which is by another objective than profiles are.
  private func profiles(
    _ fitted: FitDocument, _ loaded: LoadedRuns, _ options: ProfileOptions
  ) throws(StageError) -> [Profile] {
    var (profiles, asked) =
      try fitted.law == "distillation" ? distillation(fitted, loaded, options) : supervised(fitted, loaded, options)
    let law = extended(fitted.coefficients) { _ in asked }
    for index in profiles.indices { profiles[index].estimate = law[profiles[index].name] ?? profiles[index].estimate }
    return profiles
  }

  /// Profiles, and the predictions of the fit that are asked about.
  private func supervised(
    _ fitted: FitDocument, _ loaded: LoadedRuns, _ options: ProfileOptions
  ) throws(StageError) -> ([Profile], [String: Double]) {
    if teacherLoss != nil { throw StageError("--teacher-loss needs a fit of the distillation law", file: fit) }
    let chosen = try loaded.supervised(of: fitted, file: fit, source: runs)
    var losses: [(name: String, parameters: Double, tokens: Double)] = []
    if let parameters, let tokens { losses = [("loss", parameters, tokens)] }
    var values: [String: Double] = [:]
    if let law = SupervisedLaw(coefficients: fitted.coefficients) {
      for asked in losses { values["loss"] = law.loss(parameters: asked.parameters, tokens: asked.tokens) }
    }
    do {
      return (
        try profilesSupervised(
          chosen, fixedGamma: fitted.law == "chinchilla", coefficients: fitted.coefficients,
          restrictions: fitted.restrictions, losses: losses, options: options),
        values
      )
    } catch {
      throw StageError("\(error)", file: fit)
    }
  }

  private func distillation(
    _ fitted: FitDocument, _ loaded: LoadedRuns, _ options: ProfileOptions
  ) throws(StageError) -> ([Profile], [String: Double]) {
    let chosen = try loaded.distillation(of: fitted, file: fit, source: runs)
    let teachers = bestTeacherRange(chosen.runs)
    var student: DistillationObservation?
    if let parameters, let tokens {
      student = DistillationObservation(
        studentParameters: parameters, studentTokens: tokens, teacherLoss: teacherLoss ?? teachers.lowerBound,
        studentLoss: 1)
    }
    let bestTeachers = student.map { [(name: "best teacher loss", choices: $0.choices(within: teachers))] } ?? []
    let losses = teacherLoss == nil ? [] : student.map { [(name: "loss", student: $0)] } ?? []
    var values: [String: Double] = [:]
    if let student, let law = DistillationLaw(coefficients: fitted.coefficients, supervised: chosen.supervised) {
      values["best teacher loss"] = law.bestTeacherLoss(
        studentParameters: student.studentParameters, studentTokens: student.studentTokens, in: teachers)
      values["loss"] = law.loss(
        studentParameters: student.studentParameters, studentTokens: student.studentTokens,
        teacherLoss: student.teacherLoss)
    }
    do {
      return (
        try profilesDistillation(
          chosen.runs, supervised: chosen.supervised, coefficients: fitted.coefficients, losses: losses,
          bestTeachers: bestTeachers, options: options),
        values
      )
    } catch {
      throw StageError("\(error)", file: options.units == .teachers ? runs : fit)
    }
  }

  private func table(_ document: ProfileDocument) -> String {
    func cell(_ value: Double?) -> String {
      let text = value.map { String(format: "%.5g", $0) } ?? "open"
      return String(repeating: " ", count: max(1, 13 - text.count)) + text
    }
    let percent = String(format: "%g%%", 100 * document.confidence)
    let width = document.profiles.reduce(6) { max($0, $1.name.count) }
    let rows = document.profiles.map { profile in
      profile.name.padding(toLength: width, withPad: " ", startingAt: 0)
        + [profile.estimate, profile.low, profile.high].map(cell).joined()
    }
    return (["\(document.law) law, \(percent) intervals of its profiles: fit, low, high"] + rows).joined(separator: "\n")
  }
}
