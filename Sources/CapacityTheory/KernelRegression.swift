import Randomness

/// A student of limited capacity that learns from a teacher of limited capacity, in closed form: the paper's kernel
/// regression (appendix C.1, eqs. 11 to 22).
///
/// The target f* = Σ a_i φ_i has its coefficients in an orthonormal basis. A model of capacity m is the best
/// approximation, in the norm of the function space, by the first m basis functions with a norm of at most a bound: T for
/// the teacher, whose target is f*, and D for the student, whose target is the teacher. Errors are norms of the difference
/// to f*. Everything follows from sums of squares of the first coefficients, so that each answer takes constant time.
///
/// What holds, with A_n the sum of the first n squares:
/// - Up to a teacher of capacity m = n, the student of capacity n is the best approximation of f* by the first m functions
///   with a norm of at most min(T, D): its error does not rise with m.
/// - From there on it sees the same functions, which the teacher scales down as it spends its norm on others: its error
///   does not fall with m. It stays the same exactly as long as the teacher's norm over the student's n functions,
///   √A_n min(1, T / √A_m), is above D (the student's bound still decides what the student is) or the teacher's bound
///   does not bind yet (√A_m <= T). Then the teacher falls short of what the student could have taken in.
public struct KernelRegression: Sendable {
  /// T, the bound on the teacher's norm.
  public let teacherBound: Double
  /// D, the bound on the student's norm.
  public let studentBound: Double
  /// The sums of the first m squares, for m from 0.
  private let energies: [Double]

  /// - Parameters:
  ///   - coefficients: a_i, by i.
  ///   - teacherBound, studentBound: positive.
  public init(coefficients: [Double], teacherBound: Double = 5, studentBound: Double = 4.5) {
    self.teacherBound = teacherBound
    self.studentBound = studentBound
    var sum = 0.0
    energies =
      [0]
      + coefficients.map { coefficient in
        sum += coefficient * coefficient
        return sum
      }
  }

  /// The paper's target: a thousand coefficients drawn uniformly from [-1, 1], here by their seed.
  public static func coefficients(seed: UInt64, count: Int = 1000) -> [Double] {
    var generator = CounterGenerator(seed: seed)
    return (0..<count).map { _ in 2 * generator.uniform() - 1 }
  }

  /// Number of basis functions of the target.
  public var functions: Int { energies.count - 1 }

  private func norm(_ capacity: Int) -> Double { energies[capacity].squareRoot() }

  /// C = min(1, T / √A_m), by which a teacher of capacity m scales the coefficients down.
  public func teacherScale(_ teacher: Int) -> Double {
    norm(teacher) > teacherBound ? teacherBound / norm(teacher) : 1
  }

  /// The teacher's norm over the functions that the student has, too: C √A_k with k = min(m, n).
  public func teacherNorm(_ teacher: Int, within student: Int) -> Double {
    teacherScale(teacher) * norm(min(teacher, student))
  }

  /// The norm of a student of capacity n that learns from a teacher of capacity m: Q C √A_k.
  public func studentNorm(teacher: Int, student: Int) -> Double {
    min(teacherNorm(teacher, within: student), studentBound)
  }

  /// ‖f_T - f*‖ of a teacher of capacity m.
  public func teacherError(_ teacher: Int) -> Double {
    error(capacity: teacher, norm: min(norm(teacher), teacherBound))
  }

  /// ‖f_S - f*‖ of a student of capacity n that learns from a teacher of capacity m.
  public func studentError(teacher: Int, student: Int) -> Double {
    error(capacity: min(teacher, student), norm: studentNorm(teacher: teacher, student: student))
  }

  /// The error of the target's first functions scaled to a norm that is not above theirs: what is missing beyond them,
  /// and what is missing along them.
  private func error(capacity: Int, norm: Double) -> Double {
    let short = self.norm(capacity) - norm
    return (energies[functions] - energies[capacity] + short * short).squareRoot()
  }

  /// The largest teacher whose student of capacity n is the one that a teacher of capacity n makes: where the student's
  /// error has its flat ground, before it rises.
  public func lastHarmlessTeacher(student: Int) -> Int {
    let own = studentNorm(teacher: student, student: student)
    return (student...functions).last { studentNorm(teacher: $0, student: student) >= own } ?? student
  }
}
