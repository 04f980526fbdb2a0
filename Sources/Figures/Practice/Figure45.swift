import Studies

extension FigureDefinition {
  static let figure45 = FigureDefinition(
    number: 45, title: "the teachers’ confidence in bins of the students’",
    needs: [.sweep(.calibration)],
    make: studentCalibrationFigure(45))
}
