import Formats
import Plotting
import Studies

extension FigureDefinition {
  /// The figure of a study. Figures are written for nats per token; a study with another unit has its name instead.
  public func figure(from inputs: FigureInputs) throws(StageError) -> Figure {
    let figure = try make(inputs)
    let unit = inputs.runs.lossUnit
    guard unit != .natsPerToken else { return figure }
    return figure.worded { unit.naming($0) }
  }
}
