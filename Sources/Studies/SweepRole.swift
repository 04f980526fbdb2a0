/// What runs of a sweep have in common, and so what figures can make of them.
public enum SweepRole: String, Sendable, Hashable, Codable, CaseIterable {
  // Supervised runs.

  /// Several sizes at the same compute.
  case isoFLOP
  /// Several sizes at the same tokens per parameter.
  case fixedRatio
  /// Several sizes on the same tokens.
  case long
  /// One model at several peak learning rates.
  case learningRate

  // Students.

  /// Students along IsoFLOP profiles, each teacher with several (the paper's protocol 1).
  case studentProfiles
  /// Fixed students of teachers along IsoFLOP profiles (protocol 2).
  case teacherProfiles
  /// Students of several teachers at several lengths of training (protocol 3).
  case capacityGap
  /// Students whose confidence was measured.
  case calibration
  /// Students at several weights of the distillation loss.
  case mixing
  /// Students at several temperatures.
  case temperature
  /// Students at several peak learning rates.
  case distillationLearningRate
  /// Students of truncated teachers.
  case truncation
  /// Students of the forward and of the reverse divergence.
  case divergenceDirection

  // Networks on the Mapping Problem.

  case teacherWidth
  case teacherSteps
  case inputDraws

  /// What the runs have to have, as a message says it.
  public var meaning: String {
    switch self {
    case .isoFLOP: "supervised runs of three or more sizes at the same compute"
    case .fixedRatio: "supervised runs of three or more sizes at the same tokens per parameter"
    case .long: "supervised runs of three or more sizes on the same tokens"
    case .learningRate: "supervised runs at several peak learning rates"
    case .studentProfiles: "students of three or more sizes at the same compute, of one teacher"
    case .teacherProfiles: "one student of three or more teachers at the same compute of the teacher"
    case .capacityGap: "students of one size from several teachers, at two or more lengths of training"
    case .calibration: "students whose calibration was measured"
    case .mixing: "students at several weights of the distillation loss"
    case .temperature: "students at several temperatures"
    case .distillationLearningRate: "students at several peak learning rates"
    case .truncation: "students of truncated teachers"
    case .divergenceDirection: "students of the forward and of the reverse divergence"
    case .teacherWidth: "students on the Mapping Problem of teachers of several widths"
    case .teacherSteps: "students on the Mapping Problem of teachers of several lengths of training"
    case .inputDraws: "students on the Mapping Problem whose inputs are drawn in several ways"
    }
  }
}
