import ScalingLaws

/// Profiles of a supervised fit, or, with gamma at 1, of a Chinchilla fit: of every coefficient, and of `a`.
/// - Parameters:
///   - coefficients: the fit, by printed names.
///   - restrictions: what was given of the coefficients; what is fixed has no profile.
///   - losses: models whose predicted losses are profiled, too, by name.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func profilesSupervised(
  _ observations: [SupervisedObservation], fixedGamma: Bool, coefficients: [String: Double],
  restrictions: Restrictions = Restrictions(), losses: [(name: String, parameters: Double, tokens: Double)] = [],
  options: ProfileOptions = ProfileOptions()
) throws(EstimationError) -> [Profile] {
  let fitted = try FittedModel(
    observations, fixedGamma: fixedGamma, coefficients: coefficients, restrictions: restrictions, units: options.units)
  return profiles(fitted, losses: losses, options: options, confidences: [options.confidence])[0]
}

/// The same with intervals of each confidence in turn, whatever the options say.
func profiles(
  _ fitted: FittedModel<SupervisedModel>, losses: [(name: String, parameters: Double, tokens: Double)],
  options: ProfileOptions, confidences: [Double]
) -> [[Profile]] {
  profiles(fitted, options, confidences) { model in
    model.profiledQuantities()
      + losses.map { model.profiledLoss($0.name, parameters: $0.parameters, tokens: $0.tokens) }
  }
}

/// Profiles of the quantities of a model, with intervals of each confidence in turn.
@inline(__always)
private func profiles<Model: SearchedModel>(
  _ fitted: FittedModel<Model>, _ options: ProfileOptions, _ confidences: [Double],
  of quantities: (Model) -> [ProfiledQuantity<Model.Point>]
) -> [[Profile]] {
  var profiler = Profiler(fitted.likelihood(), options: options)
  return profiler.profiles(quantities(fitted.printable), confidences: confidences)
}

/// Where a best teacher is looked for: from 30% below the losses of the runs' teachers to 30% above.
public func bestTeacherRange(_ observations: [DistillationObservation]) -> ClosedRange<Double> {
  let losses = observations.map(\.teacherLoss)
  return 0.7 * (losses.min() ?? .nan)...1.3 * (losses.max() ?? .nan)
}

/// Profiles of a distillation fit: of every coefficient, and of `a`.
/// - Parameters:
///   - supervised: the law that gives L~_S.
///   - coefficients: the fit, by printed names.
///   - losses: students whose predicted losses are profiled, too, by name.
///   - bestTeachers: students whose best teacher's loss L_T* is profiled, by name.
///   - question: what else is asked of the law, if anything.
/// - Throws: ``EstimationError`` where the coefficients or the runs are not such as a fit has.
public func profilesDistillation(
  _ observations: [DistillationObservation], supervised: SupervisedLaw, coefficients: [String: Double],
  losses: [(name: String, student: DistillationObservation)] = [],
  bestTeachers: [(name: String, choices: TeacherChoices)] = [], question: LawQuestion? = nil,
  options: ProfileOptions = ProfileOptions()
) throws(EstimationError) -> [Profile] {
  let fitted = try FittedModel(
    observations, supervised: supervised, coefficients: coefficients, units: options.units)
  return profiles(
    fitted, supervised: supervised, losses: losses, bestTeachers: bestTeachers, question: question,
    options: options, confidences: [options.confidence])[0]
}

/// The same with intervals of each confidence in turn, whatever the options say.
func profiles(
  _ fitted: FittedModel<DistillationModel>, supervised: SupervisedLaw,
  losses: [(name: String, student: DistillationObservation)],
  bestTeachers: [(name: String, choices: TeacherChoices)], question: LawQuestion?,
  options: ProfileOptions, confidences: [Double]
) -> [[Profile]] {
  let found = profiles(fitted, options, confidences) { model in
    var quantities = model.profiledQuantities()
    quantities += losses.map { model.profiledLoss($0.name, of: $0.student, supervised: supervised) }
    quantities += bestTeachers.map { model.profiledBestTeacher($0.name, among: $0.choices, supervised: supervised) }
    if let question { quantities += question.quantities(model) }
    return quantities
  }
  return found.map { profiles in profiles + (question?.consequences(profiles) ?? []) }
}
