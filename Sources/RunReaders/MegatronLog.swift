import Foundation

/// What Megatron-LM prints: ` iteration 100/ 5000 | consumed samples: 25600 | ... lm loss: 3.2E+00 | ...` and
/// ` validation loss at iteration 1000 | lm loss value: 2.9E+00 | lm loss PPL: ...`.
struct MegatronLog: TextLogReader {
  static let format = "a log of Megatron-LM"
  static let marks = ["lm loss", "consumed samples:", "validation loss at "]

  private(set) var isFound = false
  private(set) var training = TextLogTraining()
  private var sequenceLength, batchSize: Int?
  private var hasGrowingBatches = false
  /// As each rank of model parallelism prints it.
  private var rankParameters: [String: Int] = [:]
  private var hasMoreRanks = false

  init() {}

  mutating func take(_ line: LogLines.Line) {
    let text = line.text
    if text.contains("validation loss at ") {
      // Forks measure other texts too, and call that so.
      if !text.contains("extra validation") { takeValidation(line) }
    } else if text.contains("iteration "), text.contains("|") {
      takeIteration(line)
    } else if text.contains("number of parameters on (tensor, pipeline) model parallel rank") {
      if let place = text.range(of: "rank (", options: .backwards), let end = text.lastIndex(of: ":"),
        place.upperBound <= end, let value = LogText.lastWhole(of: text[end...].dropFirst())
      {
        rankParameters[String(text[place.upperBound..<end])] = value
      }
    } else if let (name, value) = Self.argument(text) {
      switch name {
      case "seq_length": sequenceLength = Int(value) ?? sequenceLength
      case "global_batch_size": batchSize = Int(value) ?? batchSize
      case "rampup_batch_size": hasGrowingBatches = value != "None"
      case "tensor_model_parallel_size", "pipeline_model_parallel_size": hasMoreRanks = hasMoreRanks || value != "1"
      default: break
      }
    }
  }

  /// `  seq_length ...................................... 2048`, whatever stands before it.
  private static func argument(_ text: String) -> (name: Substring, value: Substring)? {
    let words = text.split(separator: " ")
    guard words.count >= 3, let dots = words.firstIndex(where: { $0.count >= 3 && $0.allSatisfy { $0 == "." } }),
      dots >= 1, dots + 1 < words.count
    else { return nil }
    return (words[dots - 1], words[dots + 1])
  }

  private mutating func takeIteration(_ line: LogLines.Line) {
    let parts = line.text.split(separator: "|").map { $0.drop { $0 == " " } }
    guard let first = parts.first, let step = LogText.step(after: "iteration ", in: first),
      step.rest.drop(while: { $0 == " " }).hasPrefix("/"), let values = Self.values(parts.dropFirst()),
      values.contains(where: { $0.name == "train_loss" || $0.name == "consumed samples" })
    else { return }
    isFound = true
    training.record(values, at: step.value, line: line)
  }

  private mutating func takeValidation(_ line: LogLines.Line) {
    let parts = line.text.split(separator: "|").map { $0.drop { $0 == " " } }
    guard let first = parts.first, let place = first.range(of: "validation loss at "),
      let values = Self.values(parts.dropFirst())
    else { return }
    let moment = first[place.upperBound...]
    // At the end it is ` the end of training for val data`, else `iteration 1000`, or `iteration 1000 on test set`.
    let step = LogText.step(after: "iteration ", in: moment)?.value ?? training.lastStep
    let kind = moment.contains("test") ? "test" : "val"
    var held = [(name: String, text: String)]()
    for value in values {
      switch value.name {
      case "lm loss value": held.append((kind + "_loss", value.text))
      case "lm loss PPL": held.append((kind + "_perplexity", value.text))
      default: held.append((kind + " " + value.name, value.text))
      }
    }
    guard !held.isEmpty else { return }
    isFound = true
    training.record(held, at: step, line: line)
  }

  /// `name: number` of each part. Nil where there is none.
  private static func values(_ parts: ArraySlice<Substring>) -> [(name: String, text: String)]? {
    let values = parts.compactMap { part -> (name: String, text: String)? in
      guard let colon = part.lastIndex(of: ":"), let number = LogText.number(part[part.index(after: colon)...]) else {
        return nil
      }
      let name = part[..<colon].trimmingCharacters(in: .whitespaces)
      return (name == "lm loss" ? "train_loss" : name, number.text)
    }
    return values.isEmpty ? nil : values
  }

  mutating func finish() {
    addTokens()
    if rankParameters.count == 1, !hasMoreRanks, let count = rankParameters.values.first {
      training.series.fill { _ in [("parameters", String(count))] }
      training.notes.append("parameters are all that Megatron-LM counts on its one rank, embeddings too")
    } else if !rankParameters.isEmpty {
      training.notes.append("parameters are spread over ranks, which count some twice, and are left out")
    }
  }

  private mutating func addTokens() {
    let (length, batch) = (sequenceLength, hasGrowingBatches ? nil : batchSize)
    guard let length else { return }
    let samples = training.series.numbers(of: "consumed samples")
    let tokens = training.series.numbers(of: "consumed tokens")
    training.series.fill { step in
      let count =
        tokens[step].map(String.init) ?? samples[step].flatMap { LogText.product($0, length) }
        ?? batch.flatMap { batch in LogText.product(step, batch).flatMap { Int($0) } }.flatMap { LogText.product($0, length) }
      return count.map { [("tokens", $0)] } ?? []
    }
    training.notes.append("tokens are the samples times the sequence length of \(length) that the log names")
  }
}
