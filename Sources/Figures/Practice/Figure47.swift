import Studies

extension FigureDefinition {
  static let figure47 = FigureDefinition(
    number: 47, title: "the students’ confidence against data, many tokens",
    needs: [.sweep(.calibration), .calibratedLengths],
    make: studentCalibrationFigure(47))
}
