import Formats
import Statistics

/// Students of one size and length and one teacher, over the values of what an experiment varies.
///
/// Students of one seed share their starting values and their text, so that settings are compared within a seed.
public struct SettingSeries: Hashable, Sendable {
  /// Who is taught what by whom.
  public struct Pair: Hashable, Comparable, Sendable {
    public var studentParameters: Double
    public var studentTokens: Double
    /// Size and loss of the teacher; nil where the student is trained supervised.
    public var teacherParameters: Double?
    public var teacherLoss: Double?
    public var teacherRun: String?

    public static func < (a: Pair, b: Pair) -> Bool {
      (a.teacherParameters ?? 0, a.studentParameters, a.studentTokens, a.teacherRun ?? "")
        < (b.teacherParameters ?? 0, b.studentParameters, b.studentTokens, b.teacherRun ?? "")
    }
  }

  /// One value and the losses that students ended with, by seed.
  public struct Value: Hashable, Sendable {
    public var value: Double
    public var losses: [Int: Double]

    public var seeds: [Int] { losses.keys.sorted() }
    /// In the order of the seeds.
    public var sorted: [Double] { seeds.compactMap { losses[$0] } }
    public var mean: Double { Statistics.mean(sorted) ?? .nan }
    public var range: ClosedRange<Double> { (sorted.min() ?? .nan)...(sorted.max() ?? .nan) }
  }

  public var question: TeachingQuestion
  public var pair: Pair
  /// Rising.
  public var values: [Value]
  /// The value in the plain setting.
  public var plainValue: Double
  public var runs: [RunRecord]

  /// The series of a question: every pair for which some run was trained to vary it. Runs of the law and baselines
  /// stand in for the plain setting and for lambda = 0.
  /// - Parameter records: a study's runs.
  public static func all(_ question: TeachingQuestion, in records: [RunRecord]) -> [SettingSeries] {
    guard let plain = plainSetting(of: records) else { return [] }
    var groups = [Pair: [(value: Double, run: RunRecord)]]()
    var asked = Set<Pair>()
    var supervised = [(value: Double, run: RunRecord)]()
    for run in records.sorted(by: { $0.run < $1.run }) where run.purpose != .mapping {
      guard let setting = TeachingSetting(run) else { continue }
      let vocabulary = Double(run.model?.vocabulary ?? 0)
      guard let teacher = run.distillation else {
        // A supervised run on the students' text has no teacher to say where it belongs.
        guard run.recipe?.split == studentSplit else { continue }
        switch question {
        case .mixing where setting.learningRate == plain.learningRate: supervised.append((0, run))
        case .learningRate:
          let pair = Pair(studentParameters: run.parameters, studentTokens: run.tokens)
          groups[pair, default: []].append((setting.learningRate, run))
          if run.purpose == .tuning { asked.insert(pair) }
        default: break
        }
        continue
      }
      guard let value = question.value(of: setting, plain: plain, vocabulary: vocabulary) else { continue }
      let pair = Pair(
        studentParameters: run.parameters, studentTokens: run.tokens,
        teacherParameters: teacher.teacherParameters, teacherLoss: nil, teacherRun: teacher.teacherRun)
      groups[pair, default: []].append((value, run))
      if run.purpose == .tuning, value != question.plainValue(plain, vocabulary: vocabulary) { asked.insert(pair) }
    }
    let series = asked.sorted().map { pair in
      let own = groups[pair] ?? []
      let seeds = Set(own.compactMap(\.run.seed))
      let twins = supervised.filter {
        $0.run.parameters == pair.studentParameters && $0.run.tokens == pair.studentTokens
          && $0.run.seed.map(seeds.contains) == true
      }
      return SettingSeries(question, pair, own + twins, plain: plain)
    }
    return series.filter { $0.values.count >= question.leastValues }
  }

  static let studentSplit = "student"

  /// The setting of most runs of the law.
  static func plainSetting(of records: [RunRecord]) -> TeachingSetting? {
    let rates = records.filter { $0.purpose == .law && $0.kind == .distillation }
      .compactMap { $0.recipe?.peakLearningRate }
    let counts = Dictionary(rates.map { ($0, 1) }, uniquingKeysWith: +)
    let most = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }
    return most.map { .plain(learningRate: $0.key) }
  }

  private init(
    _ question: TeachingQuestion, _ pair: Pair, _ runs: [(value: Double, run: RunRecord)], plain: TeachingSetting
  ) {
    self.question = question
    self.pair = pair
    // Logs from several processors have a teacher's loss with other last digits.
    self.pair.teacherLoss = runs.compactMap(\.run.distillation?.teacherLoss).min()
    let byValue = Dictionary(grouping: runs, by: \.value).sorted { $0.key < $1.key }
    values = byValue.map { value, runs in
      Value(
        value: value,
        losses: Dictionary(runs.map { ($0.run.seed ?? 0, $0.run.loss) }, uniquingKeysWith: { first, _ in first }))
    }
    plainValue = question.plainValue(plain, vocabulary: Double(runs.first?.run.model?.vocabulary ?? 0))
    self.runs = runs.map(\.run)
  }

  public func value(_ wanted: Double) -> Value? { values.first { $0.value == wanted } }

  /// The value with the lowest mean loss over the seeds that all values have; nil of fewer than two values.
  public var lowest: Value? {
    guard values.count > 1, !commonSeeds.isEmpty else { return nil }
    return values.min { commonMean($0) < commonMean($1) }
  }

  /// Seeds that every value was trained with.
  public var commonSeeds: [Int] {
    guard let first = values.first else { return [] }
    return values.dropFirst().reduce(Set(first.losses.keys)) { $0.intersection($1.losses.keys) }.sorted()
  }

  /// The mean loss at one of ``values`` over the seeds that all of them have, or over its own where there are none: a seed
  /// that only some values have would lift or lower them alone.
  public func commonMean(_ value: Value) -> Double {
    let common = commonSeeds
    return common.isEmpty ? value.mean : Statistics.mean(common.compactMap { value.losses[$0] }) ?? .nan
  }
}
