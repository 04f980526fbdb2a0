import Allocation
import ArgumentParser
import Formats
import Estimation
import Foundation
import PaperStudy
import Runs
import ScalingLaws
import CommandSupport
import Studies
import Verification

public struct DistillPlan: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Plans one student: distil it or train it supervised, from which teacher, for how many tokens.",
    discussion: """
      For example
        distill-plan --student-parameters 3e9 --compute 1e22 --scenario teacher-inference
      Every plan is the global optimum of the law within the bounds. Losses are in nats per token, sizes in \
      non-embedding parameters, compute in FLOPs.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, json
  }

  @Option(help: "Non-embedding parameters of the student.", transform: number)
  var studentParameters: Double?

  @Option(
    help: """
      With --law, the fit of a supervised or Chinchilla law: FLOPs whose best size and tokens of training alone are asked \
      for, as 1e20, or a range, as 1e18:1e22 or 1e18:1e22:9; may be given several times. With --runs there are intervals.
      """)
  var budget: [String] = []

  @Option(parsing: .upToNextOption, help: "What may be spent, in FLOPs; several budgets give a plan each.", transform: number)
  var compute: [Double] = []

  @Option(parsing: .upToNextOption, help: "Instead of compute: the tokens that the student is trained on.", transform: number)
  var tokens: [Double] = []

  @Option(
    help: """
      What is paid for beside the student's training: \
      \(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).
      """)
  var scenario: Scenario = .teacherInference

  @Option(help: "A table (.csv) of teachers that there are, with the columns name, parameters and loss, to be ranked.")
  var teachers: String?

  @Option(help: "How the plan is printed.")
  var format: Format = .table

  @Option(help: "The study whose law, family and bounds are taken; the paper's, which are built in, unless given.")
  var study: String?

  @Option(help: "Folder of the studies.")
  var root = Study.folder

  @Option(
    help: """
      The law: 'figures' or 'printed', the paper's with B' as its figures have it or as printed, or a distillation fit \
      (.json), or for the best size of training alone (--budget) a supervised or Chinchilla fit. Unless given, figures for the paper, and results/STUDY/fit-distillation.json for a study.
      """)
  var law: String?

  @Option(help: "The runs that the law was fitted on (.sqlite, .jsonl or .csv), which say where it extrapolates.")
  var runs: String?

  @Option(
    help: """
      The law's refits to resampled runs (.csv, as distill-bootstrap --samples writes them); the plan then has 90% \
      intervals.
      """)
  var bootstrap: String?

  @Option(
    help: """
      The same of the supervised law under it, which is held fixed in the intervals unless this is given.
      """)
  var supervisedBootstrap: String?

  @Flag(help: "Intervals from profiles of the likelihood: of the law (--law), from the runs that it was fitted to (--runs).")
  var profile = false

  @Option(
    help: """
      What profiles take as independent: runs, teachers with all their students, or trainings with all their checkpoints, \
      where a supervised law is planned with. Unless given, teachers where ten or more are named and some \
      have several students, trainings where runs share one, else runs.
      """)
  var resample: Resampling?

  @OptionGroup var nominal: ConfidenceOptions

  @OptionGroup var processors: ThreadOptions

  @Option(help: "Tokens of context, for the FLOPs of a forward pass; the study's unless given.", transform: number)
  var context: Double?

  @Option(help: "Size of the vocabulary, likewise.", transform: number)
  var vocabulary: Double?

  @Option(help: "Model width over layers, likewise.", transform: number)
  var aspectRatio: Double?

  @Option(help: "The largest teacher that can be had.", transform: number)
  var maximumTeacherParameters: Double?

  @Option(help: "The most tokens that a teacher can be trained on.", transform: number)
  var maximumTeacherTokens: Double?

  @Option(help: "The most tokens that the student can be trained on.", transform: number)
  var maximumStudentTokens: Double?

  /// Throws where a number makes no sense, in one line as for other bad input.
  private func check(_ studentParameters: Double) throws(StageError) {
    if !budget.isEmpty { throw StageError("--budget goes with --law, a supervised or Chinchilla fit; take --compute") }
    if compute.isEmpty == tokens.isEmpty { throw StageError("give either --compute or --tokens") }
    if teachers != nil, compute.isEmpty { throw StageError("--teachers goes with --compute") }
    if supervisedBootstrap != nil, bootstrap == nil {
      throw StageError("--supervised-bootstrap goes with --bootstrap")
    }
    if profile {
      if runs == nil { throw StageError("--profile goes with --runs, the runs that the law was fitted to") }
      if bootstrap != nil { throw StageError("give either --profile or --bootstrap") }
      if compute.isEmpty || scenario == .supervised {
        throw StageError("--profile goes with --compute and a scenario with a teacher")
      }
    }
    let numbers = [
      ("student-parameters", [studentParameters]), ("compute", compute), ("tokens", tokens),
      ("context", [context].compactMap(\.self)), ("vocabulary", [vocabulary].compactMap(\.self)),
      ("aspect-ratio", [aspectRatio].compactMap(\.self)),
    ]
    for (name, values) in numbers {
      for value in values where !(value > 0 && value.isFinite) {
        throw StageError("--\(name) should be a positive number, not \(value)")
      }
    }
  }

  public init() {}

  public func run() throws {
    if let law, PaperLaw(rawValue: law) == nil, let fit = try? FitDocument.read(from: law),
      !fit.isOfDistillations
    {
      return try planTraining(fit, file: law)
    }
    guard let studentParameters else {
      // A fit that cannot be read is what is wrong, not the command line.
      if let law, PaperLaw(rawValue: law) == nil { _ = try FitDocument.read(from: law) }
      throw ValidationError("Missing expected argument '--student-parameters <student-parameters>'")
    }
    try check(studentParameters)
    let (scale, own) = try scaleAndLaw()
    let source = law ?? own
    let loaded = try runs.map { (file) throws(StageError) in (file: file, runs: try loadRuns(file, readingOptions(of: source)))
    }
    let range =
      if let loaded {
        try FittedRange(of: loaded.runs, file: loaded.file)
      } else {
        PaperLaw(rawValue: source) == nil ? nil : PlanningScale.paper.fittedRange
      }
    let planner = try planner(scale, source)
    let reading = try otherReading(of: source, scale)
    let documents = try documents(
      planner, studentParameters: studentParameters, law: source, range: range, reading: reading,
      teachers: try teachers.map(readTeachers), doubt: try doubt(planner, law: source, loaded))
    switch format {
    case .json: FileHandle.standardOutput.write(try json(documents))
    case .table: print(planText(documents))
    }
  }

  /// How a fit's runs were read.
  private func readingOptions(of law: String) -> ReadingOptions {
    (try? FitDocument.read(from: law))?.selection.reading ?? ReadingOptions()
  }

  /// The best sizes and tokens of training alone, by a supervised law.
  private func planTraining(_ fit: FitDocument, file: String) throws {
    guard studentParameters == nil, tokens.isEmpty, bootstrap == nil, teachers == nil else {
      throw StageError(
        "is of a \(fit.law) law, which plans training alone: it takes --budget, and --runs for intervals", file: file)
    }
    let budgets = try parseBudgets(budget) + compute
    guard !budgets.isEmpty else { throw StageError("give --budget, FLOPs whose best size and tokens are asked for") }
    let plan = try SupervisedPlan(
      fit, file: file, budgets: budgets,
      runs: try runs.map { (path) throws(StageError) in
        (file: path, loaded: try loadRuns(path, fit.selection.reading ?? ReadingOptions()))
      }, independent: resample, confidence: nominal.confidence, threads: processors.threads)
    switch format {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      FileHandle.standardOutput.write(try encoder.encode(plan) + Data("\n".utf8))
    case .table: print(plan.text)
    }
  }

  /// Sizes and bounds of the study, and its law: the paper's where none is named.
  private func scaleAndLaw() throws(StageError) -> (PlanningScale, String) {
    guard let study else { return (.paper, PaperLaw.figures.rawValue) }
    let chosen = try Study.read(study, in: root)
    let runs = try StudyRuns.read(chosen)
    guard runs.offers(.result(.optima)), let scale = PlanningScale(runs) else {
      throw StageError(
        "needs \(runs.distillationLack ?? "a distillation law"); results/\(study)/compute-optimal.md has the best size and "
          + "tokens of supervised training", file: chosen.path)
    }
    return (scale, chosen.paperLaw?.rawValue ?? "results/\(study)/\(ResultFile.distillationFit.rawValue)")
  }

  /// Planners of the paper's law read the other way, where it is planned with.
  private func otherReading(of law: String, _ scale: PlanningScale) throws(StageError) -> OtherReading? {
    guard let law = PaperLaw(rawValue: law) else { return nil }
    let other: PaperLaw = law == .printed ? .figures : .printed
    return OtherReading(law: other, planner: try planner(scale, other.rawValue))
  }

  /// The way to make intervals that was asked for.
  private func doubt(
    _ planner: Planner, law: String, _ loaded: (file: String, runs: LoadedRuns)?
  ) throws(StageError) -> (any PlanDoubt)? {
    if let bootstrap {
      return try ResampledPlanners(
        planner, file: bootstrap, supervisedFile: supervisedBootstrap,
        threads: processors.threads ?? availableProcessors)
    }
    guard profile, let loaded else { return nil }
    guard PaperLaw(rawValue: law) == nil else { throw StageError("--profile goes with --law, a fit to the runs") }
    return try PlanProfiles(
      planner, fit: law, runs: loaded.file, of: loaded.runs,
      options: ProfileOptions(
        confidence: nominal.confidence, units: resample ?? loaded.runs.independentUnits(law: "distillation"),
        threads: processors.threads))
  }

  private func planner(_ scale: PlanningScale, _ source: String) throws(StageError) -> Planner {
    let law = try readDistillationLaw(source)
    let family = ModelFamily(
      aspectRatio: aspectRatio ?? scale.family.aspectRatio,
      weightsPerSquaredWidth: scale.family.weightsPerSquaredWidth, context: context ?? scale.family.context,
      vocabulary: vocabulary ?? scale.family.vocabulary)
    var bounds = scale.bounds
    bounds.teacherParameters = try cut(bounds.teacherParameters, maximumTeacherParameters, "teacher-parameters")
    bounds.teacherTokens = try cut(bounds.teacherTokens, maximumTeacherTokens, "teacher-tokens")
    bounds.studentTokens = try cut(bounds.studentTokens, maximumStudentTokens, "student-tokens")
    do {
      return try Planner(law: law, family: family, bounds: bounds)
    } catch {
      throw StageError(error.description, file: error.isOfLaw ? source : nil)
    }
  }

  private func cut(
    _ range: ClosedRange<Double>, _ maximum: Double?, _ name: String
  ) throws(StageError) -> ClosedRange<Double> {
    guard let maximum else { return range }
    guard maximum >= range.lowerBound, maximum.isFinite else {
      throw StageError("--maximum-\(name) must be at least \(range.lowerBound)")
    }
    return range.lowerBound...maximum
  }

  private func documents(
    _ planner: Planner, studentParameters: Double, law: String, range: FittedRange?, reading: OtherReading?,
    teachers: [GivenTeacher]?, doubt: (any PlanDoubt)?
  ) throws(StageError) -> [PlanDocument] {
    var documents = [PlanDocument]()
    do {
      for compute in compute {
        let plan = try planner.plan(scenario, studentParameters: studentParameters, compute: compute)
        documents.append(
          try PlanDocument(
            plan, budget: compute, planner: planner, law: law, range: range, reading: reading,
            teachers: teachers, doubt: doubt))
      }
      for tokens in tokens {
        let plan = try planner.plan(scenario, studentParameters: studentParameters, studentTokens: tokens)
        documents.append(
          try PlanDocument(
            plan, budget: nil, planner: planner, law: law, range: range, reading: reading, teachers: nil,
            doubt: doubt))
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("\(error)", file: (error as? AllocationError)?.isOfLaw == true ? law : nil)
    }
    return documents
  }

  /// A plan as an object, several as an array of objects.
  private func json(_ documents: [PlanDocument]) throws(StageError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let data = documents.count == 1 ? try encoder.encode(documents[0]) : try encoder.encode(documents)
      return data + Data("\n".utf8)
    } catch {
      throw StageError("cannot write the plan: a number is not finite")
    }
  }
}
