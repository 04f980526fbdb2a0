import Studies

extension FigureDefinition {
  static let figure43 = FigureDefinition(
    number: 43, title: "the students’ confidence against data",
    needs: [.sweep(.calibration)],
    make: studentCalibrationFigure(43))
}
