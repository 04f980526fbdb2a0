import Studies

extension FigureDefinition {
  static let figure50 = FigureDefinition(
    number: 50, title: "the students’ confidence in bins of the teachers’, many tokens",
    needs: [.sweep(.calibration), .calibratedLengths],
    make: studentCalibrationFigure(50))
}
