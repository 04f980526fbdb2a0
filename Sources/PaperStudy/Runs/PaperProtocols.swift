/// The paper's runs, as far as it tells them, and choices of ours where it does not.
///
/// The paper gives the sweeps, their budgets, most of their sizes, and two totals: 73 supervised runs and 697
/// distillations. It does not say which sizes stand on a profile, nor how the 697 split. Here:
///
/// | sweep | runs | |
/// | --- | ---: | --- |
/// | isoFLOP | 56 | four profiles of 14 sizes |
/// | fixed-ratio | 11 | 20 tokens per parameter |
/// | long | 6 | 512 billion tokens |
/// | protocol-1 | 223 | six teachers, four profiles of nine students each, and seven students at 3e21 |
/// | protocol-2 | 224 | four students, each from all 56 teachers of the profiles |
/// | protocol-3 | 250 | ten teachers, five students, five lengths |
enum PaperProtocols {
  /// A profile: its nominal compute in FLOPs, as text that names it, and its models.
  struct Profile {
    var budget: Double
    var name: String
    var models: [PaperModel]

    init(_ budget: Double, _ name: String, _ models: String) {
      self.budget = budget
      self.name = name
      self.models = PaperModel.named(models)
    }
  }

  /// Tokens per parameter of all teachers and students of a fixed ratio, M.
  static let ratio = 20.0
  static let longTokens = 512e9

  /// Supervised profiles, around each one's optimum.
  static let profiles = [
    Profile(3e19, "3e19", "143M 198M 266M 340M 435M 546M 664M 810M 975M 1.15B 1.35B 1.59B 1.82B 2.1B"),
    Profile(1e20, "1e20", "198M 266M 340M 435M 546M 664M 810M 975M 1.15B 1.35B 1.82B 2.41B 3.08B 3.87B"),
    Profile(3e20, "3e20", "340M 435M 546M 664M 810M 975M 1.15B 1.35B 1.82B 2.1B 2.72B 3.48B 4.33B 5.31B"),
    Profile(1e21, "1e21", "546M 810M 1.15B 1.35B 1.59B 1.82B 2.1B 2.41B 2.72B 3.48B 4.33B 5.31B 6.48B 7.75B"),
  ]
  static let fixedRatio = PaperModel.named("143M 198M 340M 546M 975M 1.82B 2.72B 4.82B 7.75B 10B 12.6B")

  /// The teachers of protocol 1, and the models of the long runs.
  static let sixTeachers = PaperModel.named("546M 975M 1.82B 2.72B 4.82B 7.75B")
  static let studentProfiles = [
    Profile(3e19, "3e19", "143M 198M 340M 546M 664M 975M 1.35B 1.82B 2.72B"),
    Profile(1e20, "1e20", "143M 198M 340M 546M 975M 1.35B 1.82B 2.72B 3.48B"),
    Profile(3e20, "3e20", "198M 340M 546M 975M 1.35B 1.82B 2.72B 3.48B 4.82B"),
    Profile(1e21, "1e21", "340M 546M 975M 1.35B 1.82B 2.72B 3.48B 4.82B 7.75B"),
  ]
  /// The few students at 3e21, by the name of their teacher.
  static let largestProfile = [
    "975M": Profile(3e21, "3e21", "975M 1.82B 4.82B"),
    "7.75B": Profile(3e21, "3e21", "975M 1.82B 4.82B 7.75B"),
  ]

  /// The students of protocol 2.
  static let fourStudents = PaperModel.named("198M 546M 975M 1.82B")

  static let tenTeachers = PaperModel.named("198M 340M 546M 975M 1.82B 2.72B 4.82B 7.75B 10B 12.6B")
  static let fiveStudents = PaperModel.named("143M 198M 546M 975M 1.82B")
  /// D_S / N_S of protocol 3.
  static let studentRatios = [20.0, 40, 80, 160, 320]
}
