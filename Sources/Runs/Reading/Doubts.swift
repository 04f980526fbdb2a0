import Foundation
import Formats
import ScalingLaws

/// What makes runs doubtful, in sentences, each with the option that settles it: units that are not what they seem, losses
/// that no language model has, many runs at few sizes.
///
/// Only what would give a tidy wrong law without notice is said; the limits lie well outside of what models have.
public func doubts(about records: [RunRecord], options: ReadingOptions = ReadingOptions()) -> [String] {
  let law = records.filter { $0.purpose == .law }
  let students = law.filter { $0.kind == .distillation }
  guard !law.isEmpty else { return [] }
  var doubts = sizeDoubts(law, options)
  for (what, runs) in [("losses", law.filter { $0.kind == .supervised }), ("students' losses", students)] where !runs.isEmpty {
    doubts += lossDoubts(
      runs.map(\.loss), of: what, unit: runs[0].lossUnit ?? .natsPerToken, options, sizes: runs.map(\.parameters))
  }
  if !students.isEmpty { doubts += teacherDoubts(students) }
  let repeated = law.count - Set(law.map { [$0.parameters, $0.tokens, $0.loss, $0.distillation?.teacherLoss ?? 0] }).count
  if repeated > 0 {
    doubts.append(
      "\(repeated) of \(law.count) runs have the same N, D and loss as another, to the last digit: are rows there twice? "
        + "Intervals take them as independent")
  }
  doubts += tuningDoubts(law, options)
  return doubts
}

private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted[(sorted.count - 1) / 2]
}

// MARK: Sizes

private func sizeDoubts(_ runs: [RunRecord], _ options: ReadingOptions) -> [String] {
  let sizes = runs.map(\.parameters), tokens = runs.map(\.tokens)
  guard let most = sizes.max(), let longest = tokens.max() else { return [] }
  var doubts = [String](), sized = 1.0
  // The least language models worth the name have some ten thousand parameters.
  if most < 2e4, options.parametersUnit == nil, options.parameters == nil {
    let unit = median(sizes) >= 20 ? CountLetter.million : .billion
    sized = unit.factor
    doubts.append(
      "N is \(range(sizes)): no language model is so small; is it in \(unit.word)? --parameters-unit \(unit.rawValue) says so")
  }
  // Less than a million tokens is less than one batch of most trainings; what is whole may be small on purpose.
  let isFraction = tokens.contains { $0 != $0.rounded() }
  if longest < 1e6, options.tokensUnit == nil, options.tokens == nil, longest < 2e4 || isFraction {
    let ratio = zip(tokens, sizes).map { $0 / ($1 * sized) }
    // The unit with which tokens a parameter come closest to what models are trained on.
    let middle = median(ratio)
    let guess = CountLetter.allCases.min { abs(log(middle * $0.factor / 30)) < abs(log(middle * $1.factor / 30)) } ?? .billion
    doubts.append(
      "D is \(range(tokens)): no language model is trained on so few tokens; is it in "
        + "\(guess.word)? --tokens-unit \(guess.rawValue) says so")
  } else if sized == 1 {
    let few = zip(tokens, sizes).filter { $0 < $1 / 10 }
    if !few.isEmpty {
      let isSwapped = few.count * 2 > runs.count && zip(tokens, sizes).allSatisfy { $1 > $0 }
      doubts.append(
        "\(few.count) of \(runs.count) runs have less than a token for ten parameters: "
          + (isSwapped
            ? "are N and D exchanged, or is D in millions, sequences or steps? --columns and --tokens-unit settle it"
            : "is their D in sequences or steps? --tokens-unit settles it, --where leaves runs out"))
    }
  }
  return doubts
}

private func range(_ values: [Double]) -> String {
  guard let low = values.min(), let high = values.max() else { return "" }
  let texts = [low, high].map { String(format: "%.3g", $0) }
  return low == high ? texts[0] : "\(texts[0]) to \(texts[1])"
}

// MARK: Losses

private func lossDoubts(
  _ losses: [Double], of what: String, unit: LossUnit, _ options: ReadingOptions, sizes: [Double]
) -> [String] {
  guard let least = losses.min(), let most = losses.max() else { return [] }
  // A model that knows nothing has the log of the vocabulary, and no vocabulary has much more than 256,000 tokens.
  let uninformed = log(262_144.0) / (unit.amount == .bits ? log(2.0) : 1)
  var doubts = [String]()
  if median(losses) > uninformed {
    doubts.append(
      "\(what) are \(range(losses)) \(unit.name), above the log of any vocabulary (\(String(format: "%.1f", uninformed))): are they "
        + "summed over a sequence, multiplied by a temperature squared, or perplexities? A law needs the mean over tokens")
  } else if most > uninformed {
    let count = losses.count { $0 > uninformed }
    doubts.append(
      "\(count) of \(losses.count) \(what) are above the log of any vocabulary (\(String(format: "%.1f", uninformed))), up to "
        + String(format: "%.4g", most) + ": diverged? --where 'loss<\(String(format: "%.1f", uninformed))' leaves them out")
  }
  // Language models of up to some billions of parameters have 1.7 nats per token and more on text of any breadth. Small
  // vocabularies, of bytes or characters, have less.
  if options.lossUnit == nil, unit == .natsPerToken, most < 1.2, (sizes.max() ?? 0) < 1e11, (sizes.max() ?? 0) > 2e6 {
    doubts.append(
      "\(what) are \(range(losses)) nats per token, less than language models of these sizes have: are they in nats or bits per "
        + "byte? --loss-unit nats/byte or bits/byte says so, nats/token that they are right")
  }
  if least < 1e-3 { doubts.append("\(what) are as low as \(String(format: "%.2g", least)): no text is that easy to predict") }
  return doubts
}

// MARK: Teachers

private func teacherDoubts(_ students: [RunRecord]) -> [String] {
  var ratios = [Double](), beat = 0
  for run in students {
    guard let teacher = run.distillation?.teacherLoss else { continue }
    ratios.append(run.loss / teacher)
    if run.loss < teacher { beat += 1 }
  }
  guard let least = ratios.min(), let most = ratios.max() else { return [] }
  var doubts = [String]()
  if least > 1.5 {
    doubts.append(
      "every student's loss is more than \(String(format: "%.1f", floor(10 * least) / 10)) times its teacher's: is L_T from another "
        + "vocabulary, another text or in another unit, or L_S a sum, or multiplied by a temperature squared?")
  } else if most < 0.8 {
    doubts.append(
      "every student's loss is less than \(String(format: "%.2f", ceil(100 * most) / 100)) of its teacher's: is L_T from another "
        + "vocabulary, another text or in another unit?")
  }
  if beat * 2 > students.count, most >= 0.8 {
    doubts.append(
      "\(beat) of \(students.count) students have a loss below their teacher's, which students seldom have: is L_T from another "
        + "vocabulary, another text or in another unit?")
  }
  let names = Dictionary(grouping: students, by: { $0.distillation?.teacherRun ?? "" })
  let torn = names.filter { Set($0.value.compactMap { $0.distillation?.teacherLoss }).count > 1 }.keys.sorted()
  if let first = torn.first {
    doubts.append(
      "\(torn.count == 1 ? "teacher \(first) has" : "\(torn.count) teachers, \(first) the first, have") more than one loss: a teacher's "
        + "checkpoints need names of their own")
  }
  return doubts
}

/// How many students beat their teacher, in a sentence; nil without students.
public func studentsBeyondTeachers(_ records: [RunRecord]) -> String? {
  let students = records.filter { $0.kind == .distillation && $0.purpose == .law }
  guard !students.isEmpty else { return nil }
  let beat = students.count { run in run.distillation.map { run.loss < $0.teacherLoss } == true }
  return "\(beat) of \(students.count) students have a loss below their teacher's"
}

// MARK: Hyperparameters

/// Many runs at few sizes, whose losses lie far apart, are a search for hyperparameters: most of them are not what the size
/// can do.
private func tuningDoubts(_ runs: [RunRecord], _ options: ReadingOptions) -> [String] {
  guard options.choice == nil || options.choice == .last else { return [] }
  struct Place: Hashable {
    var parameters, tokens: Double
    var teacher: String?
  }
  let cells = Dictionary(grouping: runs) {
    Place(parameters: $0.parameters, tokens: $0.tokens, teacher: $0.distillation?.teacherRun)
  }.values.filter { $0.count > 1 }
  let repeated = cells.reduce(0) { $0 + $1.count }
  let spreads = cells.map { cell in (cell.map(\.loss).max() ?? 1) / (cell.map(\.loss).min() ?? 1) }
  // Seeds differ by a hundredth at most; the cells with three runs or more say whether these do.
  guard repeated * 2 >= runs.count, Double(repeated) / Double(cells.count) >= 2.5, median(spreads) > 1.03 else { return [] }
  let places = Set(runs.map { Place(parameters: $0.parameters, tokens: $0.tokens, teacher: $0.distillation?.teacherRun) }).count
  return [
    "\(runs.count) runs at \(places) (N, D), where losses differ by up to \(String(format: "%.0f%%", 100 * ((spreads.max() ?? 1) - 1))): "
      + "more than seeds do. In a search for hyperparameters most runs are badly tuned: --select best takes the best of each (N, D)"
  ]
}
