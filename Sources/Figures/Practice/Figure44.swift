import Studies

extension FigureDefinition {
  static let figure44 = FigureDefinition(
    number: 44, title: "the students’ confidence against their teacher’s most probable token",
    needs: [.sweep(.calibration)],
    make: studentCalibrationFigure(44))
}
