import Foundation

/// What runs determine of a law, by where they lie and whatever their losses are.
///
/// A law has coefficients that only runs of different sizes, of different numbers of tokens, or of different teachers tell
/// apart. Where runs lack that, a fit still ends somewhere, and its digits are arbitrary. So the runs are asked beforehand,
/// in two ways.
///
/// - **Standard errors by the linearised law.** Under a reference law, L = E + A / N^alpha + B / D^beta with exponents of
///   0.3 and shares of the loss as real laws have them at the middle of the runs, the Jacobian of log L by the
///   coefficients, with its columns scaled, gives the standard error that noise of ``noise`` would leave in each. The
///   reference stands in for the fit, which on such runs may be anywhere, also where the Jacobian looks sound.
/// - **The spread across the line.** In the plane of log N and log D, the standard deviation of the runs across their
///   principal axis. Below ``leastSpread`` all runs are on a line, and any two terms whose sum is the same along it fit
///   equally well.
///
/// What is determined although the law is badly known, as gamma beside alpha and beta, is left to intervals.
public struct Determination: Sendable, Hashable {
  /// Coefficients that the runs leave open, by their printed names in the order of tables.
  public var undetermined: [String]
  /// Why, which they are, and what the runs determine instead: sentences without their full stops.
  public var reasons: [String]

  /// Whether the runs determine all coefficients.
  public var isComplete: Bool { undetermined.isEmpty }

  /// Relative noise of losses that runs are judged by: that of seeds and tuning in good studies. Losses that show less are
  /// rare, and more noise is no matter of where runs lie.
  public static let noise = 3e-3
  /// Least standard deviation of log N, of log D, and of both across their common line: with 5% a term changes by 1.5%
  /// at an exponent of 0.3, and the loss by less than half a percent, which is no more than its noise.
  public static let leastSpread = 0.05
  /// Largest standard error of E, as a share of the loss: a 90% interval is then about as wide as all that E may be.
  static let mostIrreducible = 0.25
  /// Largest standard error of the log of a term at the middle of the runs: a factor of e.
  static let mostTerm = 1.0
  /// Largest standard error of an exponent: the whole of a usual one.
  static let mostExponent = 0.3
  /// Teachers whose losses differ by less than this, relatively, count as one.
  static let sameTeacher = 0.005
  /// Different teachers' losses that c0 and the break need at least: with two there is one ratio for four coefficients.
  static let leastTeachers = 3

  /// All coefficients are determined.
  public init() { (undetermined, reasons) = ([], []) }

  /// What supervised runs determine of eq. 1, or, with gamma at 1, of the Chinchilla law.
  /// - Parameter restrictions: what is given of the coefficients, which runs need not determine.
  public init(_ runs: [SupervisedObservation], fixedGamma: Bool, restrictions: Restrictions = Restrictions()) {
    let places = Places(runs.map { ($0.parameters, $0.tokens) })
    let open = places.open(irreducible: 0.5, isFitted: true, restrictions)
    self.init(places, open, fixedGamma: fixedGamma, hasIrreducible: true, restrictions)
  }

  /// What distillations determine of eq. 8, the supervised law under it being given.
  public init(_ runs: [DistillationObservation]) {
    let places = Places(runs.map { ($0.studentParameters, $0.studentTokens) })
    // The student's loss is mostly its teacher's, which is known.
    let open = places.open(irreducible: 0.8, isFitted: false, Restrictions())
    self.init(places, open, fixedGamma: false, hasIrreducible: false, Restrictions())
    let losses = runs.map(\.teacherLoss).sorted()
    var teachers = losses.isEmpty ? [] : [losses[0]]
    for loss in losses where loss > teachers[teachers.count - 1] * (1 + Self.sameTeacher) { teachers.append(loss) }
    guard teachers.count < Self.leastTeachers else { return }
    let found = teachers.map { short($0) }.joined(separator: " and ")
    // The break hangs on L_T / L~_S, which N_S and D_S change, too: what it takes up alpha, beta and gamma may give.
    reasons =
      [
        (teachers.count == 1
          ? "all students have teachers of one loss (L_T = \(found))" : "teachers have two losses only (L_T = \(found))")
          + ": c0, c1, f1 and d1 are not determined, nor A, B, alpha, beta and gamma, which make up for them; only the losses of "
          + "students of \(teachers.count == 1 ? "this teacher" : "these teachers") are"
      ] + reasons
    undetermined = CoefficientNames.all.filter { $0 != "E" }
  }

  private init(
    _ places: Places, _ open: Places.Open, fixedGamma: Bool, hasIrreducible: Bool, _ given: Restrictions
  ) {
    var names = [String]()
    if open.size { names += ["A", "alpha"] }
    if open.tokens { names += ["B", "beta"] }
    // gamma is how the two terms go together, and a slope is alpha gamma: one does not go without the other.
    if !fixedGamma, given.value("gamma") == nil, !names.isEmpty { names = CoefficientNames.sizes }
    if hasIrreducible, open.irreducible { names.append("E") }
    undetermined = Self.ordered(names.filter { given.value($0) == nil })
    reasons = []
    guard !undetermined.isEmpty else { return }
    let left = Self.ordered(
      CoefficientNames.sizes.filter { !fixedGamma || $0 != "gamma" } + (hasIrreducible ? ["E"] : [])
    ).filter { !undetermined.contains($0) && given.value($0) == nil }
    let rest = left + [places.determined(open)]
    // Of one size, or one number of tokens, a law with gamma at 1 says more.
    let simple = undetermined.contains("gamma") && open.size != open.tokens ? open.size ? ["B", "beta"] : ["A", "alpha"] : []
    reasons.append(
      "\(places.words(open)): \(list(undetermined)) \(areOrIs(undetermined)) not determined; \(list(rest)) \(areOrIs(rest))"
        + (simple.isEmpty ? "" : ", and with gamma at 1 \(list(simple)) are"))
  }

  private static func ordered(_ names: [String]) -> [String] { CoefficientNames.all.filter(names.contains) }
}

/// Names in a sentence.
private func list(_ names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "" }
  return names.dropLast().joined(separator: ", ") + " and " + last
}

private func areOrIs(_ names: [String]) -> String { names.count > 1 ? "are" : "is" }

private func short(_ value: Double) -> String { String(format: "%.4g", value) }

/// Where runs lie in the plane of log N and log D.
private struct Places {
  struct Place {
    /// log N and log D, from their means.
    var size, tokens: Double
  }

  /// What is not determined.
  struct Open {
    var size, tokens, irreducible: Bool
    /// Whether all runs are on a line.
    var isLine: Bool
  }

  private let places: [Place]
  private let middle: Place

  init(_ runs: [(parameters: Double, tokens: Double)]) {
    let count = Double(max(1, runs.count))
    let logs = runs.map { Place(size: log($0.parameters), tokens: log($0.tokens)) }
    let middle = Place(
      size: logs.reduce(0) { $0 + $1.size } / count, tokens: logs.reduce(0) { $0 + $1.tokens } / count)
    self.middle = middle
    places = logs.map { Place(size: $0.size - middle.size, tokens: $0.tokens - middle.tokens) }
  }

  private func covariance(_ first: KeyPath<Place, Double>, _ second: KeyPath<Place, Double>) -> Double {
    places.reduce(0) { $0 + $1[keyPath: first] * $1[keyPath: second] } / Double(max(1, places.count))
  }

  func isConstant(_ coordinate: KeyPath<Place, Double>) -> Bool {
    covariance(coordinate, coordinate).squareRoot() < Determination.leastSpread
  }

  /// - Parameters:
  ///   - irreducible: share of the loss at the middle that the sizes have no part in; the terms share the rest.
  ///   - isFitted: whether it is a coefficient.
  ///   - given: coefficients that runs need not determine.
  func open(irreducible: Double, isFitted: Bool, _ given: Restrictions) -> Open {
    let (alpha, beta) = (given.value("alpha") ?? 0.3, given.value("beta") ?? 0.3)
    let share = (1 - irreducible) / 2
    let rows = places.map { place -> [Double] in
      let a = share * exp(-alpha * place.size), b = share * exp(-beta * place.tokens)
      let loss = irreducible + a + b
      let row = [a / loss, b / loss, -a / loss * place.size, -b / loss * place.tokens, isFitted ? 1 / loss : 0]
      return restricted(row, given)
    }
    let found = standardErrors(rows).map { $0 * Determination.noise }
    let names = ["A", "B", "alpha", "beta", "E"]
    let errors = names.indices.map { index -> Double in
      if given.value(names[index]) != nil { return 0 }
      if index == 1, given.ties("A", "B") { return found[0] }
      return index == 3 && given.ties("alpha", "beta") ? found[2] : found[index]
    }
    // With terms that are given in part, the linearised law alone says what a line leaves open.
    let isFree = given.tied.isEmpty && ["A", "B", "alpha", "beta"].allSatisfy { given.value($0) == nil }
    let isLine = isFree && across < Determination.leastSpread && !isConstant(\.size) && !isConstant(\.tokens)
    func isOpen(_ term: Int, _ exponent: Int, _ coordinate: KeyPath<Place, Double>) -> Bool {
      isLine || isFree && isConstant(coordinate)
        || errors[term] > Determination.mostTerm || errors[exponent] > Determination.mostExponent
    }
    return Open(
      size: isOpen(0, 2, \.size), tokens: isOpen(1, 3, \.tokens),
      irreducible: isLine || errors[4] > Determination.mostIrreducible, isLine: isLine)
  }

  /// A row of the Jacobian by the log terms at the middle, the exponents and E, with what follows from other coefficients
  /// added to these, and what is given left out.
  private func restricted(_ row: [Double], _ given: Restrictions) -> [Double] {
    var row = row
    // log A is the log term at the middle plus alpha times the mean of log N.
    if given.value("B") != nil {
      row[3] -= middle.tokens * row[1]
      row[1] = 0
    } else if given.ties("A", "B") && given.value("A") == nil {
      row[0] += row[1]
      row[2] += middle.size * row[1]
      row[3] -= middle.tokens * row[1]
      row[1] = 0
    }
    if given.value("A") != nil {
      row[2] -= middle.size * row[0]
      row[0] = 0
    }
    if given.value("beta") != nil {
      row[3] = 0
    } else if given.ties("alpha", "beta") && given.value("alpha") == nil {
      row[2] += row[3]
      row[3] = 0
    }
    if given.value("alpha") != nil { row[2] = 0 }
    if given.value("E") != nil { row[4] = 0 }
    return row
  }

  /// The standard deviation across the principal axis: the root of the smaller eigenvalue of the covariance.
  private var across: Double {
    let (n, d, both) = (covariance(\.size, \.size), covariance(\.tokens, \.tokens), covariance(\.size, \.tokens))
    let half = 0.5 * (n - d)
    let larger = 0.5 * (n + d) + (half * half + both * both).squareRoot()
    guard larger > 0 else { return 0 }
    // The product of both is the determinant; the difference would lose the small one.
    return max(0, (n * d - both * both) / larger).squareRoot()
  }

  /// The slope of log D by log N along the principal axis.
  private var slope: Double {
    let (n, d, both) = (covariance(\.size, \.size), covariance(\.tokens, \.tokens), covariance(\.size, \.tokens))
    let half = 0.5 * (d - n)
    return (half + (half * half + both * both).squareRoot()) / both
  }

  private func values(_ coordinate: KeyPath<Place, Double>) -> Int {
    let sorted = places.map { $0[keyPath: coordinate] }.sorted()
    return sorted.isEmpty ? 0 : 1 + zip(sorted, sorted.dropFirst()).count { $1 - $0 > Determination.leastSpread }
  }

  private func value(_ coordinate: KeyPath<Place, Double>) -> String { short(exp(middle[keyPath: coordinate])) }

  /// Why something is open.
  func words(_ open: Open) -> String {
    let (oneSize, oneLength) = (isConstant(\.size), isConstant(\.tokens))
    if oneSize && oneLength { return "all runs have N = \(value(\.size)) and D = \(value(\.tokens))" }
    if oneLength { return "all runs have D = \(value(\.tokens))" }
    if oneSize { return "all runs have N = \(value(\.size))" }
    if open.isLine { return "\(line) throughout, so N and D cannot be told apart" }
    let few = [("N", values(\.size), open.size), ("D", values(\.tokens), open.tokens)].filter { $0.1 < 3 && $0.2 }
    if !few.isEmpty {
      return "runs have " + few.map { "\($0.1) values of \($0.0)" }.joined(separator: " and ") + " only"
    }
    if open.size && open.tokens { return "N and D hardly vary apart" }
    if open.size || open.tokens { return "\(open.size ? "N" : "D") hardly varies" }
    return "N and D hardly vary"
  }

  /// What is determined whatever is not.
  func determined(_ open: Open) -> String {
    let (oneSize, oneLength) = (isConstant(\.size), isConstant(\.tokens))
    if oneSize && oneLength { return "only the loss there" }
    if oneLength { return "the loss at this D" }
    if oneSize { return "the loss at this N" }
    if open.isLine { return "only the loss along this line" }
    return "the loss among the runs"
  }

  /// The line of all runs, in words.
  private var line: String {
    let slope = slope
    if abs(slope - 1) < 0.02 { return "D = \(String(format: "%.3g", exp(middle.tokens - middle.size))) N" }
    if abs(slope + 1) < 0.02 { return "N D = \(short(exp(middle.tokens + middle.size)))" }
    return "D goes as N^\(String(format: "%.2g", slope))"
  }
}

/// Standard errors of coefficients in units of the noise, from the rows of a Jacobian: with its columns scaled to length 1,
/// so that no unit matters, and a little added to the diagonal, so that what is open has a large error.
private func standardErrors(_ rows: [[Double]]) -> [Double] {
  let count = rows.first?.count ?? 5
  let lengths = (0..<count).map { column in
    rows.reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
  }
  var matrix = (0..<count).map { row in
    (0..<count).map { column -> Double in
      let scale = lengths[row] * lengths[column]
      let product = scale > 0 ? rows.reduce(0) { $0 + $1[row] * $1[column] } / scale : 0
      return row == column ? 1 + 1e-12 : product
    }
  }
  // Gauss and Jordan's inverse in place; pivots of a positive definite matrix need no order.
  for pivot in 0..<count {
    let inverse = 1 / matrix[pivot][pivot]
    matrix[pivot][pivot] = 1
    for column in 0..<count { matrix[pivot][column] *= inverse }
    for row in 0..<count where row != pivot {
      let factor = matrix[row][pivot]
      matrix[row][pivot] = 0
      for column in 0..<count { matrix[row][column] -= factor * matrix[pivot][column] }
    }
  }
  return (0..<count).map { lengths[$0] > 0 ? max(0, matrix[$0][$0]).squareRoot() / lengths[$0] : .infinity }
}
