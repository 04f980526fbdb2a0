import Foundation
import Randomness
import ScalingLaws

/// Coverage of the distillation law's intervals, where the law is true or another is.
public struct DistillationCoverage: CoverageStudy {
  /// What is drawn.
  public struct Design: Sendable {
    /// Eq. 8: it gives L~_S, and fits start from it. Losses are drawn from it unless ``other`` is there.
    public var law: DistillationLaw
    /// A law of another form, from which the losses are drawn. Eq. 8, which is fitted to them, is then nowhere true.
    public var other: FadingGapLaw?
    /// Students, tokens, teachers and their losses; the students' losses are drawn anew.
    public var runs: [DistillationObservation]
    /// Standard deviation of the logarithm of every student's loss, one a run, and of what all students of a teacher share.
    public var noise: [Double]
    public var teacherNoise: Double
    /// What else is asked, if anything. It holds what the truth answers.
    public var question: LawQuestion?

    /// - Parameter noise: one for all runs.
    public init(
      truth: DistillationLaw, runs: [DistillationObservation], noise: Double, teacherNoise: Double = 0,
      question: LawQuestion? = nil
    ) {
      self.init(
        law: truth, other: nil, runs: runs, noise: runs.map { _ in noise }, teacherNoise: teacherNoise, question: question)
    }

    /// - Parameter noise: as many as runs.
    public init(
      law: DistillationLaw, other: FadingGapLaw?, runs: [DistillationObservation], noise: [Double],
      teacherNoise: Double = 0, question: LawQuestion? = nil
    ) {
      self.law = law
      self.other = other
      self.runs = runs
      self.noise = noise
      self.teacherNoise = teacherNoise
      self.question = question
    }

    /// The student in the middle of the runs, with its teacher.
    public static func typicalStudent(_ runs: [DistillationObservation]) -> DistillationObservation {
      DistillationObservation(
        studentParameters: middle(runs, \.studentParameters), studentTokens: middle(runs, \.studentTokens),
        teacherLoss: middle(runs, \.teacherLoss), studentLoss: 1)
    }

    /// L_S of a student by the law that is drawn from.
    public func loss(of student: DistillationObservation) -> Double {
      let (n, d, t) = (student.studentParameters, student.studentTokens, student.teacherLoss)
      return other?.loss(studentParameters: n, studentTokens: d, teacherLoss: t)
        ?? law.loss(studentParameters: n, studentTokens: d, teacherLoss: t)
    }

    /// The loss in `range` of the teacher that is best for a student by the law that is drawn from.
    func bestTeacherLoss(of student: DistillationObservation, within range: ClosedRange<Double>) -> Double {
      guard let other else { return DistillationCoverage.bestTeacherLoss(law, of: student, within: range) }
      let best = other.bestTeacherLoss(studentParameters: student.studentParameters, studentTokens: student.studentTokens)
      return min(max(best, range.lowerBound), range.upperBound)
    }

    /// The runs with the losses of a study.
    package func draw(_ study: Int, seed: UInt64) -> [DistillationObservation] {
      var generator = CounterGenerator(seed: seed, stream: UInt64(study))
      var shared: [String: Double] = [:]
      for teacher in Set(runs.compactMap(\.teacher)).sorted() { shared[teacher] = teacherNoise * generator.normal() }
      return zip(runs, noise).map { run, noise in
        var run = run
        let error = noise * generator.normal() + (run.teacher.flatMap { shared[$0] } ?? 0)
        run.studentLoss = loss(of: run) * exp(error)
        return run
      }
    }
  }

  private let design: Design
  private let options: CoverageOptions
  private let losses: [(name: String, student: DistillationObservation)]
  /// The student whose L_T* is looked for, and between which losses.
  private let typical: DistillationObservation
  private let teacherLosses: ClosedRange<Double>
  private let answers: (@Sendable ([String: Double]) -> [String: Double])?
  /// Runs are independent unless they share noise; then both assumptions are tried in the bootstrap.
  private let units: [Resampling]
  public let procedures: [CoverageProcedure]
  public let quantities: [CoverageQuantity]

  /// - Throws: ``EstimationError`` where the runs cannot be fitted or do not name their teachers.
  public init(_ design: Design, options: CoverageOptions) throws(EstimationError) {
    let runs = design.runs
    try validate(runs, coefficients: 9, delta: 1e-4)
    _ = try teacherGroups(runs)
    self.design = design
    self.options = options
    units = design.teacherNoise > 0 ? [.runs, .teachers] : [.runs]
    procedures = CoverageProcedure.all(options, bootstraps: units, others: units.last ?? .runs)
    let typical = Design.typicalStudent(runs)
    let (n, d) = (typical.studentParameters, typical.studentTokens)
    func greatest(_ value: (DistillationObservation) -> Double) -> Double { runs.map(value).max() ?? .nan }
    let strongest = runs.map(\.teacherLoss).min() ?? .nan
    func student(_ n: Double, _ d: Double, _ t: Double) -> DistillationObservation {
      DistillationObservation(studentParameters: n, studentTokens: d, teacherLoss: t, studentLoss: 1)
    }
    self.typical = typical
    teacherLosses = bestTeacherRange(runs)
    let law = design.law
    answers = design.question.map { $0.answers(DistillationModel(runs, supervised: law.supervised)) }
    losses = [
      ("loss: typical", typical),
      ("loss: strongest teacher", student(n, d, strongest)),
      (
        "loss: student four times as large",
        student(4 * greatest(\.studentParameters), 4 * greatest(\.studentTokens), strongest)
      ),
      ("loss: teacher 10% weaker", student(n, d, 1.1 * greatest(\.teacherLoss))),
    ]
    var quantities = losses.enumerated().map { index, asked in
      CoverageQuantity(
        name: asked.name, kind: index < 2 ? .interpolation : .extrapolation, truth: design.loss(of: asked.student),
        meaning: String(
          format: "N_S = %.3g, D_S = %.3g, L_T = %.4g", asked.student.studentParameters, asked.student.studentTokens,
          asked.student.teacherLoss))
    }
    let best = design.bestTeacherLoss(of: typical, within: teacherLosses)
    quantities.append(
      CoverageQuantity(
        name: "best teacher loss", kind: .decision, truth: best,
        meaning: String(format: "L_T* of the typical student; the runs' strongest teacher has %.4g", strongest)))
    if let question = design.question {
      quantities += question.nominal.sorted { $0.key < $1.key }.map {
        CoverageQuantity(name: $0.key, kind: .decision, truth: $0.value, meaning: question.meaning)
      }
    }
    // Where eq. 8 is not true its coefficients have no true values.
    if design.other == nil {
      quantities.append(
        CoverageQuantity(
          name: "a", kind: .coefficient, truth: law.computeOptimalParameterExponent,
          meaning: "beta' / (alpha' + beta')"))
      quantities += CoverageQuantity.coefficients(law.coefficients, named: DistillationLaw.coefficientNames)
    }
    self.quantities = quantities
  }

  private func derived(_ coefficients: [String: Double]) -> [String: Double] {
    guard let law = DistillationLaw(coefficients: coefficients, supervised: design.law.supervised) else { return [:] }
    var values = ["best teacher loss": Self.bestTeacherLoss(law, of: typical, within: teacherLosses)]
    for asked in losses { values[asked.name] = law.loss(of: asked.student) }
    return values.merging(answers?(coefficients) ?? [:]) { own, _ in own }
  }

  /// L_T* among losses in ``bestTeacherRange(_:)``.
  fileprivate static func bestTeacherLoss(
    _ law: DistillationLaw, of student: DistillationObservation, within range: ClosedRange<Double>
  ) -> Double {
    law.bestTeacherLoss(
      studentParameters: student.studentParameters, studentTokens: student.studentTokens, in: range, steps: 96)
  }

  public func outcome(_ study: Int) throws(EstimationError) -> CoverageOutcome {
    let runs = design.draw(study, seed: options.seed)
    let supervised = design.law.supervised
    return try options.outcome(study, truth: design.law.coefficients, units: units, derived: derived) {
      coefficients, units throws(EstimationError) in
      try FittedModel(runs, supervised: supervised, coefficients: coefficients, units: units)
    } profiles: { fitted, profile in
      profiles(
        fitted, supervised: supervised, losses: losses,
        bestTeachers: [("best teacher loss", typical.choices(within: teacherLosses))],
        question: design.question, options: profile, confidences: options.profileConfidences)
    }
  }
}

extension DistillationLaw {
  fileprivate func loss(of student: DistillationObservation) -> Double {
    loss(
      studentParameters: student.studentParameters, studentTokens: student.studentTokens,
      teacherLoss: student.teacherLoss)
  }
}
