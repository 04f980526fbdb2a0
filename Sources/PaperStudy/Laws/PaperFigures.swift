import ScalingLaws

/// What the paper's figures show.
public enum PaperFigures {
  /// What the figures of the distillation law show, by the names that the `axes` of study.json have, in their units: a
  /// number, the two ends of an axis, or a list. Sizes go a little further than in the paper, so that the largest teacher
  /// is seen.
  public static let axes: [String: [Double]] = [
    "teachers": [546e6, 975e6, 1.82e9, 2.72e9, 4.82e9, 7.75e9], "teacherRatio": [20],
    "students": [198e6, 546e6, 975e6, 1.82e9], "studentRatio": [20], "parameters": [100e6, 8.5e9],
    "tokens": [1e9, 10e12], "compute": [1e19, 1e22],
    "teacherLosses": [SupervisedLaw.published.irreducibleLoss, 2.5], "contourLosses": [1.3, 3.8],
    "studentAxis": [1e9, 100e9], "tokenPanels": [250e9, 1e12, 4e12, 16e12], "studentPanels": [1e9, 3e9, 10e9, 30e9],
    "tokenAxis": [250e9, 16e12], "budgetPanels": [1e21, 1e22, 1e23, 1e24], "teacherAxis": [1e9, 1e12],
    "budgetContoursPerNat": [20], "endlessAxis": [100e6, 1e12], "endlessLosses": [1.4, 2.6],
    "markedStudents": [143e6, 198e6, 546e6, 975e6, 1.82e9, 4.82e9, 7.75e9], "markedTokens": [4e9, 512e9],
    "markedTokenTicks": [4e9, 8e9, 16e9, 32e9, 64e9, 128e9, 256e9, 512e9], "markedTeacherLosses": [1.8, 2.9],
    "markedStudentLosses": [2, 3],
  ]
}
