import Formats
import Foundation
import Plotting
import ScalingLaws
import Statistics
import Studies

extension FigureDefinition {
  static let figure14 = FigureDefinition(
    number: 14, title: "distillation against supervised training, by the student's compute and size",
    needs: [.distillationLaw, .teacherSizes], uses: [.sweep(.studentProfiles)],
    make: benefitByComputeFigure)
}

/// Figure 14: as figure 6, against the compute of the student's training.
public func benefitByComputeFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let scale = try inputs.scale()
  let axis = Axis(
    "Student compute " + .italic("C") + .subscript("S") + " (FLOPs)", .logarithmic, domain: scale.compute,
    format: .powerOfTen, shared: "x")
  return try BenefitByTeacher(inputs).figure("Figure 14", "the student's compute", x: axis, run: \.compute) {
    compute, parameters in
    scale.family.tokens(compute: compute, parameters: parameters)
  }
}
