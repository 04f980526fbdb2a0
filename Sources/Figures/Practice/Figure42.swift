import Formats
import Foundation
import Plotting
import Practice
import Studies

extension FigureDefinition {
  static let figure42 = FigureDefinition(
    number: 42, title: "whether the teachers’ confidence can be believed",
    needs: [.sweep(.calibration), .teacherCalibrations],
    make: teacherCalibrationFigure)
}

/// Figure 42: whether the teachers' confidence can be believed.
public func teacherCalibrationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let runs = try calibratedRuns(inputs)
  guard !runs.teachers.isEmpty else { throw StageError("needs calibrations of the teachers’ own runs") }
  return CalibrationFigure(.data, parts: [.init(title: nil, runs: runs.teachers)]).figure(
    number: 42, of: "teachers", words: "their accuracy on data")
}
