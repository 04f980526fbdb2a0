import ArgumentParser
import Estimation
import Formats
import Runs
import ScalingLaws
import Verification

/// What runs are weighted by.
enum NoiseWeights: String, CaseIterable, ExpressibleByArgument {
  /// Every run counts alike.
  case none
  /// Each residual is in units of its run's noise, by the model of the runs' own repeats.
  case model
}

/// The noise of runs of one kind by their own repeats, as a fit's document has it; what the law is without it is not known
/// yet.
/// - Parameters:
///   - least: only runs with at least this loss count, as the fit has it.
///   - supervised: gives L~_S, for distillations.
///   - file: the runs' file, for messages.
/// - Throws: ``StageError`` where no configuration was trained from several seeds.
func fittedNoise(
  _ loaded: LoadedRuns, _ kind: RunRecord.Kind, least: Double?, supervised law: SupervisedLaw? = nil, file: String
) throws(StageError) -> FitDocument.Noise {
  let records = loaded.records.filter { $0.kind == kind && $0.loss >= least ?? -.infinity }
  let model = NoiseModel(records) { run in
    law.flatMap { law in run.distillation.map { $0.teacherLoss / law.prediction(of: run) } }
  }
  guard let model else {
    throw StageError(
      "has no configuration that was trained from several seeds, which --noise model learns from; name them in a column seed",
      file: file)
  }
  return FitDocument.Noise(
    curve: model.curve, runs: model.runs, degreesOfFreedom: model.degreesOfFreedom, without: [:])
}

/// What the noise is, and what weighting by it changes.
func noiseLines(_ document: FitDocument) -> [(name: String, text: String)] {
  guard let noise = document.noise else { return [] }
  func number(_ value: Double) -> String { significant(value, 3) }
  var text = "log sigma = " + number(noise.curve.coefficients.first ?? 0)
  for (name, value) in zip(["log(D / 1e6)", "log(L_T / L~_S) under weak teachers"], noise.curve.coefficients.dropFirst()) {
    text += value < 0 ? " - \(number(-value)) \(name)" : " + \(number(value)) \(name)"
  }
  let changes = CoefficientNames.all.compactMap { name -> String? in
    guard let own = document.coefficients[name], let other = noise.without[name], document.fixed?[name] == nil else {
      return nil
    }
    return "\(name) \(significant(other, 5)) to \(significant(own, 5))"
  }
  return [
    ("noise", text + ", from \(noise.runs) runs with \(noise.degreesOfFreedom) degrees of freedom"),
    ("by weights", changes.joined(separator: ", ")),
  ].filter { !$0.1.isEmpty }
}
