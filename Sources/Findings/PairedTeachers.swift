import Formats
import Foundation
import Statistics
import Verification

/// Students of the strongest teacher against those of another one, within seeds.
///
/// Students of one seed share their start and their data, so that what the seed does to both cancels in their difference.
/// Each pair of teachers is tested by Student's t over the seeds' differences, with one degree of freedom less than there
/// are seeds. As many pairs are looked at, the tests are counted by Holm's procedure over all of them.
public struct PairedTeachers: Codable, Hashable, Sendable {
  /// Two teachers of students of one size and length.
  public struct Pair: Codable, Hashable, Sendable {
    /// Of the student.
    public var parameters: Double
    public var tokens: Double
    /// L_T of the strongest teacher that has students from several seeds, and of the other.
    public var strongestTeacherLoss: Double
    public var teacherLoss: Double
    /// Seeds that both have.
    public var seeds: Int
    /// Mean of log(L_S from the strongest / L_S from the other), above zero where the strongest teacher makes the worse
    /// student, with its 90% interval.
    public var difference: Interval
    /// Two-sided chance of a difference as large between teachers that are equally good.
    public var probability: Double
    /// The true difference that this test would have shown at 5% four times out of five, by the scatter that it has.
    public var detectable: Double
    /// Whether it is beyond chance by Holm's procedure at 5% over all pairs.
    public var isBeyondChance: Bool

    /// Whether the strongest teacher makes a worse student, beyond chance.
    public var showsGap: Bool { isBeyondChance && difference.estimate > 0 }
    /// Whether it does by its own test, as one pair of 40 would by chance.
    public var showsGapByItself: Bool { probability < 0.05 && difference.estimate > 0 }
  }

  public var pairs: [Pair]
  /// Trainings on fewer tokens are short.
  public var edge: Double

  /// Nil where no student of two teachers was trained from several seeds.
  /// - Parameter edge: tokens that part short trainings from long ones.
  package init?(_ runs: [RunRecord], edge: Double) {
    var pairs = [Pair]()
    for (student, runs) in Dictionary(grouping: runs, by: Student.init).sorted(by: { $0.key < $1.key }) {
      let teachers = Self.teachers(runs)
      guard let strongest = teachers.first else { continue }
      pairs += teachers.dropFirst().compactMap { Pair(student, strongest, $0) }
    }
    guard !pairs.isEmpty else { return nil }
    let order = pairs.indices.sorted { (pairs[$0].probability, $0) < (pairs[$1].probability, $1) }
    for (place, index) in order.enumerated() {
      guard pairs[index].probability < 0.05 / Double(pairs.count - place) else { break }
      pairs[index].isBeyondChance = true
    }
    self.pairs = pairs
    self.edge = edge
  }

  fileprivate struct Teacher {
    var loss: Double
    /// log L_S by seed.
    var students: [Int: Double]
  }

  /// The teachers with students from several seeds, the strongest first.
  private static func teachers(_ runs: [RunRecord]) -> [Teacher] {
    let groups = Dictionary(grouping: runs.filter { $0.seed != nil }) { $0.distillation?.teacherRun ?? "" }
    return groups.compactMap { _, group -> Teacher? in
      guard let loss = group.compactMap(\.distillation?.teacherLoss).min() else { return nil }
      let students = Dictionary(grouping: group) { $0.seed ?? 0 }
        .compactMapValues { mean($0.map { log($0.loss) }.sorted()) }
      return students.count > 1 ? Teacher(loss: loss, students: students) : nil
    }.sorted { $0.loss < $1.loss }
  }
}

extension PairedTeachers.Pair {
  fileprivate init?(_ student: Student, _ strongest: PairedTeachers.Teacher, _ other: PairedTeachers.Teacher) {
    let differences = strongest.students.keys.sorted().compactMap { seed in
      other.students[seed].map { (strongest.students[seed] ?? .nan) - $0 }
    }
    let count = Double(differences.count), freedom = differences.count - 1
    guard freedom > 0, let center = mean(differences) else { return nil }
    let squares = differences.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    let error = (squares / Double(freedom) / count).squareRoot()
    guard error > 0 else { return nil }
    let half = StudentT.critical(level: (1 - TeacherResampling.confidence) / 2, freedom: freedom) * error
    let critical = StudentT.critical(level: 0.025, freedom: freedom)
    self.init(
      parameters: student.parameters, tokens: student.tokens, strongestTeacherLoss: strongest.loss,
      teacherLoss: other.loss, seeds: differences.count,
      difference: Interval(estimate: center, low: center - half, high: center + half),
      probability: min(1, 2 * StudentT.tail(above: abs(center) / error, freedom: freedom)),
      detectable: StudentT.detectable(above: critical, power: 0.8, freedom: freedom) * error, isBeyondChance: false)
  }
}

extension PairedTeachers {
  /// The pairs of short trainings, or of long ones, in words.
  private func sentence(_ isShort: Bool) -> String? {
    let chosen = pairs.filter { ($0.tokens < edge) == isShort }
    guard !chosen.isEmpty else { return nil }
    func percent(_ value: Double) -> String { String(format: "%+.2f%%", 100 * value) }
    let gaps = chosen.filter(\.showsGap)
    let students = Set(chosen.map { [$0.parameters, $0.tokens] }).count
    let part = NoiseRange.shortTokensText(edge)
    let length = isShort ? "Short training (below \(part) tokens)" : "Long training (from \(part) tokens on)"
    var text = "- \(length): of \(chosen.count) pairs of \(students) configurations, "
    if let least = gaps.map(\.difference.estimate).min(), let most = gaps.map(\.difference.estimate).max() {
      let span = gaps.count == 1 ? percent(most) : "\(percent(least)) to \(percent(most))"
      let count = Set(gaps.map { [$0.parameters, $0.tokens] }).count
      text += "\(gaps.count) (in \(count) configuration\(count == 1 ? "" : "s")) \(gaps.count == 1 ? "shows" : "show") "
      text += "a capacity gap beyond chance: the strongest teacher's student is worse by \(span)."
    } else {
      text += "none shows a capacity gap beyond chance."
    }
    let better = chosen.count { $0.isBeyondChance && $0.difference.estimate < 0 }
    text += " In \(better) it is better beyond chance."
    let own = chosen.count(where: \.showsGapByItself)
    text += String(
      format: " Each by itself at 5%%, %d would show one; by chance alone %.1f would be expected.", own,
      0.025 * Double(chosen.count))
    let detectable = chosen.map(\.detectable).sorted()
    text += String(
      format: " A difference of %.2f%% (median; %.2f%% to %.2f%%) would have been seen four times out of five.",
      100 * (median(detectable) ?? .nan), 100 * detectable[0], 100 * (detectable.last ?? .nan))
    return text
  }

  /// The tests as Markdown: what they say of short and of long trainings, then every pair.
  var markdown: String {
    var text =
      "Students of one seed share their start and their data, so that teachers are compared within seeds: log(L_S from the strongest teacher / L_S from another), above zero where the strongest makes the worse student. Strongest is, here, among the teachers that have students from several seeds.\n\n"
    text += [sentence(true), sentence(false)].compactMap { $0 }.joined(separator: "\n")
    text += "\n\n| N_S | D_S | strongest L_T | other L_T | seeds | difference | 90% interval | p | detectable | |\n"
    text += "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
    for pair in pairs {
      let verdict =
        !pair.isBeyondChance ? "" : pair.difference.estimate > 0 ? "strongest is worse" : "strongest is better"
      text += String(
        format: "| %.0f | %.0f | %.4f | %.4f | %d | %+.2f%% | %+.2f%% to %+.2f%% | %.2g | %.2f%% | %@ |\n", pair.parameters,
        pair.tokens, pair.strongestTeacherLoss, pair.teacherLoss, pair.seeds, 100 * pair.difference.estimate,
        100 * pair.difference.low, 100 * pair.difference.high, pair.probability, 100 * pair.detectable, verdict)
    }
    return text
      + "\np is two-sided, by Student's t over the seeds' differences with one degree of freedom less than there are seeds; the last column is Holm's procedure at 5% over all \(pairs.count) pairs. Detectable: the true difference that the test would have shown at 5% four times out of five, given the scatter that it has.\n"
  }
}
