import Formats
import Practice
import ScalingLaws

/// What a figure, a table or a report is made from, and cannot do without.
public enum Input: Hashable, Sendable {
  /// Runs made for the law.
  case supervisedRuns, distillations
  /// Runs of a sweep with a role.
  case sweep(SweepRole)
  /// Runs of one of the roles, whichever is there.
  case anySweep(of: Set<SweepRole>)
  /// Distillations that say how large their teachers are.
  case teacherSizes
  /// Runs with scores of downstream tasks.
  case downstreamScores
  /// Calibrated students whose teachers were calibrated, too.
  case teacherCalibrations
  /// Calibrated students of one size at two or more lengths of training.
  case calibratedLengths
  /// A file of the study's results.
  case result(ResultFile)
  /// The distillation law that the study draws: its own fit's, or the paper's.
  case distillationLaw
  /// A study that shows the paper's kernel regression.
  case kernelRegression

  /// In words, as messages and lists have it.
  public var words: String {
    switch self {
    case .supervisedRuns: "supervised runs"
    case .distillations: "distillations"
    case .sweep(let role): role.meaning
    case .anySweep(let roles):
      roles.map(\.meaning).sorted().joined(separator: ", or ")
    case .teacherSizes: "the sizes of the teachers (N_T, D_T)"
    case .downstreamScores: "runs with scores of downstream tasks"
    case .teacherCalibrations: "the calibration of the teachers' own runs"
    case .calibratedLengths: "calibrated students of one size at two or more lengths of training"
    case .result(let file): file.meaning
    case .distillationLaw: "a distillation law"
    case .kernelRegression: "`kernelRegression` in study.json"
    }
  }

  /// The order in which inputs are listed.
  var order: String {
    switch self {
    case .result(let file): "1" + file.rawValue
    case .supervisedRuns: "2"
    case .distillations: "3"
    default: "4" + words
    }
  }
}

extension Set<Input> {
  /// As lists have them: files, then runs.
  public var listed: [Input] { sorted { $0.order < $1.order } }

  /// Result files among them, in the order of their names.
  public var files: [ResultFile] {
    compactMap { if case .result(let file) = $0 { file } else { nil } }.sorted { $0.rawValue < $1.rawValue }
  }
}

/// A file of a study's results that later stages read.
public enum ResultFile: String, Sendable, Hashable, CaseIterable {
  case supervisedFit = "fit-supervised.json"
  case supervisedExtrapolation = "fit-supervised-extrapolation.json"
  case chinchillaFit = "fit-chinchilla.json"
  case supervisedIntervals = "bootstrap-supervised.json"
  case supervisedProfiles = "profile-supervised.json"
  case distillationFit = "fit-distillation.json"
  case distillationExtrapolation = "fit-distillation-extrapolation.json"
  case distillationIntervals = "bootstrap-distillation.json"
  case distillationProfiles = "profile-distillation.json"
  case optima = "optima.csv"
  case reach = "reach.csv"
  case figureLaw = "figure-law.json"

  /// What it holds, as a message says it.
  public var meaning: String {
    switch self {
    case .supervisedFit, .chinchillaFit, .supervisedIntervals, .supervisedProfiles: "a supervised law (\(rawValue))"
    case .supervisedExtrapolation: "a supervised law of the weaker runs (\(rawValue))"
    case .distillationFit, .distillationIntervals, .distillationProfiles: "a distillation law (\(rawValue))"
    case .distillationExtrapolation: "a distillation law of the weaker students (\(rawValue))"
    case .optima, .reach: "the plans of a distillation law (\(rawValue))"
    case .figureLaw: "marks on the paper's figures (\(rawValue))"
    }
  }
}

extension StudyRuns {
  /// Runs and different values of each variable that a fit with all its coefficients free asks for.
  public static let leastSupervisedRuns = 8, leastDistillations = 12, leastValues = 3

  /// Whether the input is there, or can be made from the runs that are.
  public func offers(_ input: Input) -> Bool {
    switch input {
    case .supervisedRuns: !supervised.isEmpty
    case .distillations: !distillations.isEmpty
    case .sweep(let role): offers(role)
    case .anySweep(let roles): roles.contains(where: offers)
    case .teacherSizes:
      study.description.paper != nil || distillations.contains { $0.distillation?.teacherParameters != nil }
    case .downstreamScores: records.contains { $0.downstream != nil }
    case .teacherCalibrations: CalibratedRuns(records).map { !$0.teachers.isEmpty } ?? false
    case .calibratedLengths: CalibratedRuns(records).map { $0.lengths.count > 1 } ?? false
    case .result(let file): offers(file)
    case .distillationLaw: study.description.paper != nil || offers(.distillationFit)
    case .kernelRegression: study.description.kernelRegression == true
    }
  }

  /// A setting that was varied needs several values for one student and teacher.
  private func offers(_ role: SweepRole) -> Bool {
    guard !runs(role).isEmpty else { return false }
    func varies(_ question: TeachingQuestion) -> Bool { !SettingSeries.all(question, in: records).isEmpty }
    return switch role {
    case .mixing: varies(.mixing)
    case .temperature: varies(.temperature)
    case .distillationLearningRate: varies(.learningRate)
    case .truncation: varies(.top(mixing: 1)) && varies(.nucleus)
    case .calibration: CalibratedRuns(records) != nil
    default: true
    }
  }

  private func offers(_ file: ResultFile) -> Bool {
    switch file {
    case .supervisedFit, .chinchillaFit, .supervisedIntervals, .supervisedProfiles: hasSupervisedLaw
    case .supervisedExtrapolation:
      hasSupervisedLaw && weaker(supervised, study.weakerRuns(.supervised)) >= Self.leastSupervisedRuns
    case .distillationFit, .distillationIntervals, .distillationProfiles: hasDistillationLaw
    case .distillationExtrapolation:
      hasDistillationLaw && weaker(distillations, study.weakerRuns(.distillation)) >= Self.leastDistillations
    case .optima, .reach: study.description.paper != nil || hasDistillationLaw
    case .figureLaw: study.description.paper?.marks != nil
    }
  }

  /// What a supervised fit lacks, in words; nil where it can be made.
  public var supervisedLack: String? {
    if supervised.count < Self.leastSupervisedRuns {
      return "\(Self.leastSupervisedRuns) supervised runs, of which there are \(supervised.count)"
    }
    if let lack = lack(supervised, [("N", \.parameters), ("D", \.tokens)]) { return lack }
    let places = supervised.map { SupervisedObservation(parameters: $0.parameters, tokens: $0.tokens, loss: $0.loss) }
    return lack(Determination(places, fixedGamma: false))
  }

  /// Whether the distillation law stands on the paper's published supervised law, because the study has none of its own.
  public var borrowsSupervisedLaw: Bool { !hasSupervisedLaw && hasDistillationLaw }

  /// What a distillation fit lacks, in words; nil where it can be made. Where the study has no supervised law, it stands on
  /// the published one.
  public var distillationLack: String? {
    if distillations.count < Self.leastDistillations {
      return "\(Self.leastDistillations) distillations, of which there are \(distillations.count)"
    }
    if let lack = lack(
      distillations,
      [("N_S", \.parameters), ("D_S", \.tokens), ("L_T", { $0.distillation?.teacherLoss ?? 0 })])
    {
      return lack
    }
    let places = distillations.compactMap { run in
      run.distillation.map {
        DistillationObservation(
          studentParameters: run.parameters, studentTokens: run.tokens, teacherLoss: $0.teacherLoss, studentLoss: run.loss)
      }
    }
    return lack(Determination(places))
  }

  /// What runs that leave coefficients open lack.
  private func lack(_ determination: Determination) -> String? {
    determination.isComplete ? nil : "runs that determine it; " + determination.reasons.joined(separator: "; ")
  }

  private func lack(_ runs: [RunRecord], _ variables: [(name: String, value: (RunRecord) -> Double)]) -> String? {
    for variable in variables {
      let count = Set(runs.map(variable.value)).count
      if count < Self.leastValues {
        return
          "\(Self.leastValues) different values of \(variable.name), of which there \(count == 1 ? "is one" : "are \(count)")"
      }
    }
    return nil
  }

  private var hasSupervisedLaw: Bool { supervisedLack == nil }
  private var hasDistillationLaw: Bool { distillationLack == nil }

  /// How many runs a cut by loss leaves.
  private func weaker(_ runs: [RunRecord], _ cut: StudyDescription.WeakerRuns.Cut) -> Int {
    cut.fraction.map { Int(($0 * Double(runs.count)).rounded()) }
      ?? runs.count { $0.loss >= cut.minimumLoss ?? -.infinity }
  }
}
