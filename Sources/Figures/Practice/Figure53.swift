import Formats
import Foundation
import Plotting
import Practice
import Studies

extension FigureDefinition {
  static let figure53 = FigureDefinition(
    number: 53, title: "the peak learning rate of distillation",
    needs: [.sweep(.distillationLearningRate)],
    make: distillationRateFigure)
}

/// Figure 53: students against the peak learning rate, beside supervised students of the same lengths.
public func distillationRateFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try SettingFigure(inputs, .learningRate, .distillationLearningRate).figure(
    number: 53, subject: "the peak learning rate",
    x: Axis("Peak learning rate", .logarithmic, format: .shortest, ticks: [0.005, 0.01, 0.02, 0.04, 0.08]),
    published: "The paper finds 0.01 the best everywhere, without seeds.")
}
