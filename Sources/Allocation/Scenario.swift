/// What a distillation has to pay for (table 2): delta_T^Lgt and delta_T^Pre of its cost (eq. 9),
///
///     C = 3 F(N_S) D_S + F(N_T) (delta_T^Lgt D_S + 3 delta_T^Pre D_T).
public enum Scenario: String, Sendable, Hashable, CaseIterable {
  /// No teacher: the student is trained on the text itself.
  case supervised
  /// The teacher is there, and its logits are stored: only the student's training is paid for.
  case bestCase = "best-case"
  /// The teacher is there, and gives its logits while the student trains.
  case teacherInference = "teacher-inference"
  /// The teacher is trained first; its logits cost nothing, for many students share them.
  case teacherPretraining = "teacher-pretraining"
  /// The teacher is trained first, and gives its logits while the student trains.
  case teacherPretrainingAndInference = "teacher-pretraining-and-inference"

  /// The scenarios that have a teacher.
  public static let distillations = allCases.filter { $0 != .supervised }

  /// delta_T^Lgt: whether the teacher's logits are paid for.
  public var paysInference: Bool { self == .teacherInference || self == .teacherPretrainingAndInference }

  /// delta_T^Pre: whether the teacher's training is paid for.
  public var paysPretraining: Bool { self == .teacherPretraining || self == .teacherPretrainingAndInference }

  /// As the paper's legends have it.
  public var name: String {
    switch self {
    case .supervised: "Supervised"
    case .bestCase: "Distillation (best case)"
    case .teacherInference: "Distillation (teacher inference)"
    case .teacherPretraining: "Distillation (teacher pretraining)"
    case .teacherPretrainingAndInference: "Distillation (teacher pretraining + inference)"
    }
  }
}
