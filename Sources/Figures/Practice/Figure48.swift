import Studies

extension FigureDefinition {
  static let figure48 = FigureDefinition(
    number: 48, title: "the students’ confidence against their teacher’s most probable token, many tokens",
    needs: [.sweep(.calibration), .calibratedLengths],
    make: studentCalibrationFigure(48))
}
