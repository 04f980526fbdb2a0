import Formats
import Figures
import ScalingLaws

extension SimulatedRuns {
  static let distillationLaw = DistillationLaw(
    parameterCoefficient: 30, tokenCoefficient: 150, alpha: 0.35, beta: 0.4, gamma: 0.8, c0: 1, c1: 4, f1: 0.2,
    d1: 1.2, supervised: law)

  /// The three protocols at a few sizes, their losses drawn from a law: reconstructed, never measured.
  static func distillations(of supervised: [RunRecord]) -> [RunRecord] {
    func student(_ sweep: String, layers: Int, budget: Double? = nil, ratio: Double = 0, of teacher: RunRecord) -> RunRecord {
      let parameters = Self.parameters(layers)
      let tokens = budget.map { family.tokens(compute: $0, parameters: parameters) } ?? ratio * parameters
      let loss = distillationLaw.loss(
        studentParameters: parameters, studentTokens: tokens, teacherLoss: teacher.loss)
      return RunRecord(
        run: "\(sweep)-\(layers)-\(Int(tokens))-\(teacher.run)", kind: .distillation, origin: .reconstructed,
        purpose: .law, sweep: sweep, budget: budget, parameters: parameters, tokens: tokens,
        compute: family.trainingFLOPs(parameters: parameters, tokens: tokens), loss: loss, seed: 1,
        model: RunRecord.Model(
          layers: layers, width: 8 * layers, feedForwardWidth: 22 * layers, heads: layers, context: 128,
          vocabulary: 128),
        distillation: .init(
          teacherRun: teacher.run, teacherLoss: teacher.loss, teacherParameters: teacher.parameters,
          teacherTokens: teacher.tokens, divergence: 0.1 * loss))
    }
    let fixed = supervised.filter { $0.sweep == "fixed-ratio" && $0.run.contains("-1-") && $0.tokens / $0.parameters < 30 }
    let profiles = supervised.filter { $0.sweep == "isoFLOP" }
    var runs = [RunRecord]()
    for teacher in fixed.prefix(6) {
      for budget in [3e11, 1e12, 3e12] {
        for layers in 2...5 { runs.append(student("protocol-1", layers: layers, budget: budget, of: teacher)) }
      }
    }
    for teacher in profiles {
      for layers in 2...5 { runs.append(student("protocol-2", layers: layers, ratio: 50, of: teacher)) }
    }
    for teacher in fixed {
      for layers in 2...4 {
        for ratio in [50.0, 100, 200, 400] { runs.append(student("protocol-3", layers: layers, ratio: ratio, of: teacher)) }
      }
    }
    return runs
  }

  static func distillationFit(minimumLoss: Double? = nil) -> FitDocument {
    let law = distillationLaw
    return FitDocument(
      law: "distillation", runs: 1,
      coefficients: [
        "A": law.parameterCoefficient, "B": law.tokenCoefficient, "alpha": law.alpha, "beta": law.beta,
        "gamma": law.gamma, "c0": law.c0, "c1": law.c1, "f1": law.f1, "d1": law.d1,
      ],
      objective: 1, meanAbsoluteRelativeError: 0.003, maxAbsoluteRelativeError: 0.01, starts: 1, delta: 1e-4,
      selection: FitDocument.Selection(availableRuns: 1, minimumLoss: minimumLoss),
      inputs: FitDocument.Inputs(runs: Digest(of: "")), supervised: law.supervised.coefficients)
  }

  /// Supervised runs and distillations, with the fits of both laws, their profiles, and plans by them.
  var allInputs: FigureInputs {
    var inputs = inputs
    inputs.records += Self.distillations(of: inputs.records)
    inputs.distillationFit = Self.distillationFit()
    inputs.distillationExtrapolationFit = Self.distillationFit(minimumLoss: 2)
    inputs.supervisedProfiles = SimulatedProfiles.document("supervised", of: Self.fit())
    inputs.distillationProfiles = SimulatedProfiles.document("distillation", of: Self.distillationFit())
    inputs.optima = SimulatedPlans.optima
    inputs.reach = SimulatedPlans.reach
    return inputs
  }

  /// With students taught in several ways, too.
  var inputsWithPractice: FigureInputs {
    var inputs = allInputs
    inputs.records += SimulatedPractice.runs
    return inputs
  }
}
