import Studies

extension FigureDefinition {
  static let figure46 = FigureDefinition(
    number: 46, title: "the students’ confidence in bins of the teachers’",
    needs: [.sweep(.calibration)],
    make: studentCalibrationFigure(46))
}
