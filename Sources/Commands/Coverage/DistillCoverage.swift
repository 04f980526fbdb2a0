import Allocation
import ArgumentParser
import Formats
import Estimation
import Foundation
import PlanUncertainty
import Runs
import ScalingLaws
import CommandSupport
import Studies
import Verification

public struct DistillCoverage: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Counts how often intervals hold the truth, in simulated studies, and writes a report of it.",
    discussion: """
      Sizes, tokens and teachers are those of the runs; the losses are drawn from a law, anew for every study. The \
      report is NAME.json and NAME.md in the results' folder. With --log, studies that the log holds are \
      not done again.
      """)

  enum Law: String, CaseIterable, ExpressibleByArgument {
    case supervised, distillation
  }

  @OptionGroup var options: StudyOptions

  @Option(help: "The law whose intervals are tried.")
  var law: Law = .distillation

  @Option(
    help: """
      The law to draw from: 'figures' or 'printed', the paper's with B' as its figures have it or as printed, or a \
      distillation fit (.json) with the supervised law under it.
      """)
  var truth = "figures"

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case monotone
    case fadingGap = "fading-gap"
  }

  @Option(
    help: """
      Draw from a law of another form, fitted to the runs, and fit the distillation law to it: how far intervals hold \
      where the law is wrong. --truth gives L~_S then, and where fits start.
      """)
  var truthForm: Form?

  @Option(help: "The run store, a log, or a table with teachers.")
  var runs: String

  @Option(help: "Folder that the report goes to.")
  var results: String

  @Option(help: "The report's name.")
  var name = "coverage"

  @Option(help: "Take one run in so many.")
  var every = 1

  @Option(
    help: """
      Standard deviation of the logarithm of a loss; unless given, that of the runs' own reconstruction, or of \
      repeated runs.
      """, transform: number)
  var noise: Double?

  @Flag(help: "Draw each loss with the noise that repeated runs show for its length and teacher.")
  var noiseModel = false

  @Option(help: "The same of what all students of a teacher share.", transform: number)
  var teacherNoise = 0.0

  @Option(help: "How many studies to simulate.")
  var studies = 200

  @Option(help: "A way to make intervals that is tried; may be given more than once (default: all of them).")
  var method: [CoverageProcedure.Method] = []

  @Option(help: "How often each is resampled.")
  var resamples = 200

  @Option(help: "Seed of the losses and the resampling.")
  var seed: UInt64 = 1

  @Option(help: "One start in so many of the paper's grid is tried in a fit, beside the truth and its neighbours.")
  var thinning = 1999

  @OptionGroup var parts: ShardOptions

  @OptionGroup var processors: ThreadOptions

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func validate() throws {
    try checkCount("every", every, in: 1...1_000_000)
    try checkCount("studies", studies, in: 1...1_000_000)
    try checkCount("resamples", resamples, in: 20...1_000_000)
    try checkCount("thinning", thinning, in: 1...1_000_000)
    if law == .supervised, teacherNoise != 0 {
      throw ValidationError("--teacher-noise goes with --law distillation")
    }
    if law == .supervised, truthForm != nil || noiseModel {
      throw ValidationError("--truth-form and --noise-model go with --law distillation")
    }
    if noiseModel, noise != nil { throw ValidationError("--noise and --noise-model exclude each other") }
    for (name, value) in [("noise", noise ?? 0), ("teacher-noise", teacherNoise)] where !(0...0.1 ~= value) {
      throw ValidationError("--\(name) must lie between 0 and 0.1")
    }
  }

  public func run() throws {
    try Name.check(name, of: "a report")
    let loaded = try reading.load(runs)
    guard let noise = noiseModel ? 0 : noise ?? ownNoise(loaded.records) else {
      throw StageError("does not say with which noise its losses were drawn; give --noise", file: runs)
    }
    let (coverage, settings) = try coverage(loaded, noise: noise)
    let count = coverage.procedures.count
    var done = try ResumableLog<CoverageOutcome>(
      settings: settings, parts: parts, kind: "study", place: \.study
    ) { $0.intervals.count == count }
    if !parts.list { try simulate(coverage, &done) }
    guard parts.wantsResult else {
      print(done.left(of: studies, "studies"))
      return
    }
    let outcomes = (0..<studies).compactMap { done.items[$0] }
    guard !outcomes.isEmpty else { throw StageError("no study drawn from it could be fitted", file: runs) }
    let document = CoverageDocument(
      settings: settings, study: coverage, outcomes: outcomes, failed: studies - outcomes.count)
    try document.write(to: "\(results)/\(name).json")
    try writeAtomically(document.markdown, to: "\(results)/\(name).md")
    print(document.markdown)
  }

  /// The noise that reconstructed runs were drawn with, or that of repeated runs.
  private func ownNoise(_ records: [RunRecord]) -> Double? {
    let drawn = Set(records.compactMap { $0.reconstruction?.noise })
    let kind: RunRecord.Kind = law == .supervised ? .supervised : .distillation
    return drawn.isEmpty
      ? NoiseFloor(records.filter { $0.kind == kind })?.standardDeviation
      : drawn.count == 1 ? drawn.first : nil
  }

  private func thinned<Run>(_ runs: [Run]) throws(StageError) -> [Run] {
    let chosen = runs.enumerated().filter { $0.offset % every == 0 }.map(\.element)
    guard !chosen.isEmpty else { throw StageError("holds no \(law.rawValue) runs", file: self.runs) }
    return chosen
  }

  /// The simulation, and what there is to know of it.
  private func coverage(
    _ loaded: LoadedRuns, noise: Double
  ) throws(StageError) -> (any CoverageStudy, CoverageDocument.Settings) {
    let published = try readDistillationLaw(truth)
    let options = CoverageOptions(
      methods: Set(method.isEmpty ? CoverageProcedure.Method.allCases : method), resamples: resamples,
      thinning: thinning, seed: seed, threads: processors.threads)
    var settings = CoverageDocument.Settings(
      study: self.options.study, law: law.rawValue, coefficients: published.coefficients, runs: 0, noise: noise, seed: seed,
      resamples: resamples, confidence: options.confidence, thinning: thinning, inputs: Digest(of: ""))
    do {
      switch law {
      case .supervised:
        let chosen = try thinned(loaded.supervised)
        settings.coefficients = published.supervised.coefficients
        settings.runs = chosen.count
        settings.inputs = LoadedRuns.digest(of: chosen)
        return (
          try SupervisedCoverage(truth: published.supervised, runs: chosen, noise: noise, options: options), settings
        )
      case .distillation:
        let chosen = try thinned(loaded.distillation)
        let other = try otherTruth(loaded.distillation, published, &settings)
        let noise = try noiseModel ? modelledNoise(loaded.records, published, &settings) : chosen.map { _ in noise }
        settings.supervised = published.supervised.coefficients
        settings.runs = chosen.count
        settings.teachers = Set(chosen.map(\.teacher)).count
        settings.teacherNoise = teacherNoise
        settings.inputs = LoadedRuns.digest(of: chosen)
        let plan = try planQuestion(published, chosen)
        settings.planCompute = plan.compute
        let answers = other.map { law in
          plan.answers {
            law.loss(studentParameters: plan.studentParameters, studentTokens: $0, teacherLoss: $1)
          }
        }
        let design = DistillationCoverage.Design(
          law: published, other: other, runs: chosen, noise: noise, teacherNoise: teacherNoise,
          question: LawQuestion(plan, supervised: published.supervised, nominal: answers))
        return (try DistillationCoverage(design, options: options), settings)
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("\(error)", file: runs)
    }
  }

  /// The law of another form that is drawn from, if any, fitted to all the runs.
  private func otherTruth(
    _ runs: [DistillationObservation], _ law: DistillationLaw, _ settings: inout CoverageDocument.Settings
  ) throws -> FadingGapLaw? {
    guard let truthForm else { return nil }
    let fit = try fitDistillation(
      runs, supervised: law.supervised, form: truthForm == .monotone ? .monotone : .fadingGap,
      options: FitOptions(threads: processors.threads))
    (settings.form, settings.formCoefficients) = (truthForm.rawValue, fit.coefficients)
    return FadingGapLaw(coefficients: fit.coefficients)
  }

  /// The noise of each of the chosen runs, by its length and its teacher's strength.
  private func modelledNoise(
    _ records: [RunRecord], _ law: DistillationLaw, _ settings: inout CoverageDocument.Settings
  ) throws(StageError) -> [Double] {
    let own = records.filter { $0.kind == .distillation }
    guard let model = NoiseModel(own, strength: law.teacherStrength(of:)) else {
      throw StageError("holds no configuration that was trained from several seeds: --noise-model needs some", file: runs)
    }
    // In the order of the runs as the laws see them.
    let noise = try thinned(own.filter { $0.purpose == .law }).map {
      model.standardDeviation(of: $0, strength: law.teacherStrength(of: $0))
    }
    settings.noiseModel = model.coefficients
    settings.noise = noise.sorted()[noise.count / 2]
    return noise
  }

  /// What is asked about a budget: that of the typical student on four times its tokens, its teacher's logits paid for.
  private func planQuestion(
    _ truth: DistillationLaw, _ runs: [DistillationObservation]
  ) throws -> PlanQuestion {
    let study = try options.read()
    guard let scale = PlanningScale(try StudyRuns.read(study, from: self.runs, try reading.options())) else {
      throw StageError("has no distillations to plan by", file: study.path)
    }
    let typical = DistillationCoverage.Design.typicalStudent(runs)
    return try PlanQuestion(
      try Planner(law: truth, family: scale.family, bounds: scale.bounds), scenario: .teacherInference,
      studentParameters: typical.studentParameters,
      compute: 4 * typical.studentTokens * 3 * scale.family.forwardFLOPs(parameters: typical.studentParameters))
  }

  /// Simulates the studies that are left. One that cannot be fitted is not among those that are done.
  private func simulate(
    _ coverage: any CoverageStudy, _ done: inout ResumableLog<CoverageOutcome>
  ) throws(StageError) {
    let shows = isatty(STDERR_FILENO) == 1
    for study in done.missing(of: studies) {
      if shows { FileHandle.standardError.write(Data("\rstudy \(study + 1) of \(studies)".utf8)) }
      if let outcome = try? coverage.outcome(study) { try done.add([outcome]) }
    }
    if shows { FileHandle.standardError.write(Data("\n".utf8)) }
  }
}

extension CoverageProcedure.Method: ExpressibleByArgument {}
