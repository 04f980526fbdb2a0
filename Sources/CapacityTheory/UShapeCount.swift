/// How the error of a student in kernel regression goes with its teacher's capacity, counted over drawn targets. That it
/// does not rise before and does not fall after the student's own capacity is a theorem: anything but every draw is a
/// mistake in the formulas.
public struct UShapeCount: Codable, Hashable, Sendable {
  public var student: Int
  public var seeds: Int
  /// Seeds whose student's error does not rise with the teacher's capacity below the student's own.
  public var fallingBefore: Int
  /// Seeds whose student's error does not fall with the teacher's capacity above the student's own.
  public var risingAfter: Int
  /// Seeds where the student of the largest teacher is worse than that of the best one.
  public var worseFromLargest: Int
  /// The largest teacher that leaves the student as its own capacity makes it, over the seeds.
  public var leastHarmless: Int
  public var medianHarmless: Int
  public var mostHarmless: Int
  /// Where it is expected for many functions: n (T / D)².
  public var expectedHarmless: Double
  /// The largest teacher's student's error over the best one's, median over the seeds.
  public var medianRise: Double

  /// - Parameter targets: one for each seed, with the same bounds; none is empty.
  public init(student: Int, over targets: [KernelRegression]) {
    // Errors of 15 with sixteen digits: what is less than this is rounding.
    let rounding = 1e-12
    func falls(_ errors: [Double]) -> Bool { zip(errors, errors.dropFirst()).allSatisfy { $1 <= $0 + rounding } }
    self.student = student
    seeds = targets.count
    (fallingBefore, risingAfter, worseFromLargest) = (0, 0, 0)
    var harmless: [Int] = [], rises: [Double] = []
    for target in targets {
      let errors = (0...target.functions).map { target.studentError(teacher: $0, student: student) }
      fallingBefore += falls(Array(errors[...student])) ? 1 : 0
      risingAfter += falls(errors[student...].reversed()) ? 1 : 0
      let best = errors.min() ?? 0, last = errors[target.functions]
      worseFromLargest += last > best + rounding ? 1 : 0
      rises.append(last / best)
      harmless.append(target.lastHarmlessTeacher(student: student))
    }
    harmless.sort()
    rises.sort()
    (leastHarmless, medianHarmless, mostHarmless) = (
      harmless.first ?? student, harmless.isEmpty ? student : harmless[harmless.count / 2], harmless.last ?? student
    )
    medianRise = rises.isEmpty ? 1 : rises[rises.count / 2]
    let ratio = targets.first.map { $0.teacherBound / $0.studentBound } ?? 1
    expectedHarmless = Double(student) * ratio * ratio
  }
}
