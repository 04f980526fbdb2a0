import Formats
import Foundation
import Plotting
import Practice
import Studies

extension FigureDefinition {
  static let figure52 = FigureDefinition(
    number: 52, title: "the temperature of the distillation loss",
    needs: [.sweep(.temperature)],
    make: temperatureFigure)
}

/// Figure 52: students against the temperature of the distillation loss.
public func temperatureFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  try SettingFigure(inputs, .temperature, .temperature).figure(
    number: 52, subject: "the temperature of the distillation loss",
    x: Axis("Temperature " + .italic("τ"), .logarithmic, format: .shortest, ticks: [0.5, 1, 2, 4, 10]),
    published: "The paper finds 1 the best everywhere, without seeds.")
}
