import Foundation
import Randomness
import ScalingLaws

/// Whether intervals keep their promise: studies are drawn from a known law, each is fitted and bootstrapped in every
/// way, and it is counted how often the intervals hold the truth.
public struct CoverageStudy: Sendable {
  /// What is drawn.
  public struct Design: Sendable {
    public var truth: DistillationLaw
    /// Students, tokens, teachers and their losses; the students' losses are drawn anew.
    public var runs: [DistillationObservation]
    /// Standard deviation of the logarithm of every student's loss, and of what all students of a teacher share.
    public var noise: Double
    public var teacherNoise: Double
    public var seed: UInt64

    public init(
      truth: DistillationLaw, runs: [DistillationObservation], noise: Double, teacherNoise: Double = 0, seed: UInt64 = 1
    ) {
      self.truth = truth
      self.runs = runs
      self.noise = noise
      self.teacherNoise = teacherNoise
      self.seed = seed
    }

    /// The runs with the losses of a study.
    func draw(_ study: Int) -> [DistillationObservation] {
      var generator = CounterGenerator(seed: seed, stream: UInt64(study))
      var shared: [String: Double] = [:]
      for teacher in Set(runs.compactMap(\.teacher)).sorted() { shared[teacher] = teacherNoise * generator.normal() }
      return runs.map { run in
        var run = run
        let error = noise * generator.normal() + (run.teacher.flatMap { shared[$0] } ?? 0)
        let loss = truth.loss(
          studentParameters: run.studentParameters, studentTokens: run.studentTokens, teacherLoss: run.teacherLoss)
        run.studentLoss = loss * exp(error)
        return run
      }
    }
  }

  /// A way to make intervals.
  public struct Procedure: Sendable, Hashable, Codable {
    public var resampling: Resampling
    public var starts: RefitStarts
    public var kind: IntervalKind

    public static let all: [Procedure] = Resampling.allCases.flatMap { resampling in
      RefitStarts.allCases.flatMap { starts in
        IntervalKind.allCases.map { Procedure(resampling: resampling, starts: starts, kind: $0) }
      }
    }
  }

  /// A student whose loss is predicted.
  public struct Request: Sendable, Hashable, Codable {
    public var name: String
    public var studentParameters, studentTokens, teacherLoss: Double
    /// Whether it lies among the runs.
    public var isInside: Bool
  }

  /// The intervals of one study, by procedure and quantity.
  public struct Outcome: Sendable, Hashable, Codable {
    public var study: Int
    public var estimates: [String: Double]
    /// By the place of the procedure in ``Procedure/all``.
    public var intervals: [[String: Bounds]]
  }

  public struct Bounds: Sendable, Hashable, Codable {
    public var low, high: Double
  }

  public let design: Design
  public let requests: [Request]
  private let resamples: Int
  private let confidence: Double
  private let thinning: Int
  private let threads: Int
  /// The losses between which L_T* is looked for.
  private let teacherLosses: ClosedRange<Double>
  /// The student whose L_T* it is.
  private let typical: Request

  /// - Parameters:
  ///   - resamples: of every bootstrap.
  ///   - thinning: one start in so many of the paper's grid is tried in a fit, beside the truth.
  /// - Throws: ``EstimationError`` where the runs cannot be fitted or do not name their teachers.
  public init(
    _ design: Design, resamples: Int, confidence: Double = 0.9, thinning: Int = 1999, threads: Int? = nil
  ) throws(EstimationError) {
    try validate(design.runs, coefficients: 9, delta: 1e-4)
    _ = try teacherGroups(design.runs)
    self.design = design
    self.resamples = resamples
    self.confidence = confidence
    self.thinning = thinning
    self.threads = threads ?? availableProcessors
    func sorted(_ value: (DistillationObservation) -> Double) -> [Double] { design.runs.map(value).sorted() }
    let (n, d, t) = (sorted(\.studentParameters), sorted(\.studentTokens), sorted(\.teacherLoss))
    let (last, middle) = (n.count - 1, n.count / 2)
    requests = [
      Request(name: "typical", studentParameters: n[middle], studentTokens: d[middle], teacherLoss: t[middle], isInside: true),
      Request(name: "strongest teacher", studentParameters: n[middle], studentTokens: d[middle], teacherLoss: t[0], isInside: true),
      Request(
        name: "student four times as large", studentParameters: 4 * n[last], studentTokens: 4 * d[last],
        teacherLoss: t[0], isInside: false),
      Request(
        name: "teacher 10% weaker", studentParameters: n[middle], studentTokens: d[middle], teacherLoss: 1.1 * t[last],
        isInside: false),
    ]
    typical = requests[0]
    teacherLosses = 0.7 * t[0]...1.3 * t[last]
  }

  /// The quantities of a law, by name: its coefficients, a and b, `loss: REQUEST` and `best teacher loss`.
  public func quantities(_ law: DistillationLaw) -> [String: Double] {
    var values = derived(law)
    for (name, value) in law.coefficients { values[name] = value }
    (values["a"], values["b"]) = (law.computeOptimalParameterExponent, law.computeOptimalTokenExponent)
    return values
  }

  private func derived(_ law: DistillationLaw) -> [String: Double] {
    var values = ["best teacher loss": bestTeacherLoss(law)]
    for request in requests {
      values["loss: " + request.name] = law.loss(
        studentParameters: request.studentParameters, studentTokens: request.studentTokens,
        teacherLoss: request.teacherLoss)
    }
    return values
  }

  /// L_T* of the typical student among losses from 30% below to 30% above those of the runs' teachers.
  private func bestTeacherLoss(_ law: DistillationLaw) -> Double {
    let (low, high) = (log(teacherLosses.lowerBound), log(teacherLosses.upperBound))
    func loss(_ x: Double) -> Double {
      law.loss(
        studentParameters: typical.studentParameters, studentTokens: typical.studentTokens, teacherLoss: exp(x))
    }
    let cells = 96
    func place(_ cell: Int) -> Double { low + (high - low) * Double(cell) / Double(cells) }
    let best = (0...cells).min { loss(place($0)) < loss(place($1)) } ?? 0
    // Golden section between the neighbours of the best.
    var (a, b) = (place(max(0, best - 1)), place(min(cells, best + 1)))
    let ratio = 0.5 * (5.0.squareRoot() - 1)
    for _ in 0..<30 {
      let (left, right) = (b - ratio * (b - a), a + ratio * (b - a))
      if loss(left) < loss(right) { b = right } else { a = left }
    }
    return exp(0.5 * (a + b))
  }

  /// Draws, fits and bootstraps one study.
  /// - Throws: ``EstimationError`` where it cannot be fitted.
  public func outcome(_ study: Int) throws(EstimationError) -> Outcome {
    let runs = design.draw(study)
    let supervised = design.truth.supervised
    let coefficients = try fit(runs)
    var intervals: [[String: Bounds]] = []
    var estimates: [String: Double] = [:]
    for resampling in Resampling.allCases {
      let options = BootstrapOptions(
        resamples: resamples, confidence: confidence, seed: design.seed &+ 1 &+ UInt64(study), resampling: resampling,
        starts: .exchange, threads: threads)
      let all = try distillationBootstraps(
        runs, supervised: supervised, coefficients: coefficients, options: options
      ) { coefficients in
        DistillationLaw(coefficients: coefficients, supervised: supervised).map(derived) ?? [:]
      }
      estimates = all.chosen.estimates
      for bootstrap in [all.optimum, all.wide, all.chosen] {
        for kind in IntervalKind.allCases {
          intervals.append(
            bootstrap.intervals(kind).mapValues { Bounds(low: $0.lowerBound, high: $0.upperBound) })
        }
      }
    }
    return Outcome(study: study, estimates: estimates, intervals: intervals)
  }

  /// The best fit from the truth, its neighbours and a few starts of the grid: cheap, and, starting at the truth,
  /// no worse than a search that finds it.
  private func fit(_ runs: [DistillationObservation]) throws(EstimationError) -> [String: Double] {
    let model = DistillationModel(runs, supervised: design.truth.supervised)
    guard let truth = model.point(design.truth.coefficients) else {
      throw EstimationError("the law to draw from lacks coefficients, or has some that are not positive")
    }
    let grid = StartGrid.distillation(model)
    let starts = [truth] + model.neighbours(of: truth) + stride(from: 0, to: grid.count, by: thinning).map { grid[$0] }
    let objective = HuberObjective(model, delta: 1e-4)
    var plan = distillationPlan(threads: threads)
    plan.leastSurvivors = 16
    plan.bumps = 24
    plan.rounds = 2
    plan.finalists = 6
    let outcome = plan.minimise(objective, from: starts)
    return model.coefficients(at: plan.printable(objective, outcome.finalists).point)
  }
}
