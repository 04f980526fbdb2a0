import Studies

extension FigureDefinition {
  static let figure49 = FigureDefinition(
    number: 49, title: "the teachers’ confidence in bins of the students’, many tokens",
    needs: [.sweep(.calibration), .calibratedLengths],
    make: studentCalibrationFigure(49))
}
