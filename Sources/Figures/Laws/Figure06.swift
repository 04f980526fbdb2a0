import Formats
import Foundation
import Plotting
import ScalingLaws
import Statistics
import Studies

extension FigureDefinition {
  static let figure06 = FigureDefinition(
    number: 6, title: "distillation against supervised training, by the student's tokens and size",
    needs: [.distillationLaw, .teacherSizes], uses: [.sweep(.studentProfiles)],
    make: benefitByTokensFigure)
}

/// Figure 6: what distillation gains over supervised training, against the student's tokens and size, a panel a
/// teacher.
public func benefitByTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let scale = try inputs.scale()
  let axis = Axis(
    Phrase.tokens("D", "S"), .logarithmic, domain: scale.tokens, format: .abbreviated,
    shared: "x")
  return try BenefitByTeacher(inputs).figure("Figure 6", "the student's tokens", x: axis, run: \.tokens) { tokens, _ in
    tokens
  }
}
