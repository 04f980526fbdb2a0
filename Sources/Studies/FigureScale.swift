import ScalingLaws

/// The sizes, budgets and losses that a study's figures of the distillation law show. Sizes are non-embedding
/// parameters, losses nats per token, compute FLOPs.
public struct FigureScale: Sendable, Hashable {
  /// Constants of F(N).
  public var family: ModelFamily

  // Figures 6 and 14: students of fixed teachers. Figure 13: teachers of fixed students.

  /// Teachers of protocol 1, N_T.
  public var teachers: [Double]
  /// Their tokens per parameter, M_T.
  public var teacherRatio: Double
  /// Students of protocol 2, N_S.
  public var students: [Double]
  /// Their tokens per parameter, M_S.
  public var studentRatio: Double
  /// Sizes of students (6, 14) and of teachers (13).
  public var parameters: ClosedRange<Double>
  /// D_S (6) and D_T (13a).
  public var tokens: ClosedRange<Double>
  /// C_S (14) and C_T (13b).
  public var compute: ClosedRange<Double>

  // Figures 7, 15 and 16: the student's loss over the teacher's.

  /// L_T. The lower end is the law's asymptote, or where that is not known a loss below all teachers'.
  public var teacherLosses: ClosedRange<Double>
  /// L_S of the lowest and the highest contour that may be drawn.
  public var contourLosses: ClosedRange<Double>
  /// N_S along the axis of figure 7.
  public var studentAxis: ClosedRange<Double>
  /// D_S of the panels of figure 7.
  public var tokenPanels: [Double]
  /// N_S of the panels of figures 15 and 16.
  public var studentPanels: [Double]
  /// D_S along the axis of figure 15.
  public var tokenAxis: ClosedRange<Double>
  /// C of the rows of panels of figure 16.
  public var budgetPanels: [Double]
  /// N_T along the axis of figure 16.
  public var teacherAxis: ClosedRange<Double>
  /// Contours of figure 16 to a nat of L_S: as many as its small panels have room for.
  public var budgetContoursPerNat: Double

  // Figure 40: endless tokens.

  /// N_S.
  public var endlessAxis: ClosedRange<Double>
  public var endlessLosses: ClosedRange<Double>

  // Figure 1: the law fitted on the weaker students.

  /// N_S that have a marker of their own; all sizes of the runs where there are none.
  public var markedStudents: [Double]
  /// D_S from one end of the colour bar to the other, and its ticks.
  public var markedTokens: ClosedRange<Double>
  public var markedTokenTicks: [Double]
  public var markedTeacherLosses: ClosedRange<Double>
  public var markedStudentLosses: ClosedRange<Double>
}
