import Foundation

/// What nanoGPT's `train.py` prints: `step 2000: train loss 1.7648, val loss 1.8857`.
struct NanoGPTLog: TextLogReader {
  static let format = "a log of nanoGPT"
  static let marks = [": train loss ", ": loss "]

  private(set) var isFound = false
  private(set) var training = TextLogTraining()
  private var tokensPerStep: Int?
  private var parameters: String?

  init() {}

  mutating func take(_ line: LogLines.Line) {
    let text = line.text
    if let step = LogText.step(after: "step ", in: text), step.rest.hasPrefix(": train loss "),
      let train = LogText.number(after: ": train loss ", in: step.rest), train.rest.hasPrefix(", val loss "),
      let held = LogText.number(after: ", val loss ", in: train.rest)
    {
      isFound = true
      training.record([("train_loss", train.text), ("val_loss", held.text)], at: step.value, line: line)
    } else if let step = LogText.step(after: "iter ", in: text), step.rest.hasPrefix(": loss "),
      let loss = LogText.number(after: ": loss ", in: step.rest), loss.rest.hasPrefix(", time ")
    {
      isFound = true
      training.record([("loss", loss.text)], at: step.value, line: line)
    } else if let place = text.range(of: "tokens per iteration will be: ") {
      tokensPerStep = Int(text[place.upperBound...].filter { $0 != "," && !$0.isWhitespace })
    } else if let found = LogText.number(after: "number of parameters: ", in: text.replacing(",", with: "")) {
      parameters = Self.millions(found.text)
    } else if let place = text.range(of: "number of parameters: "), text.hasSuffix("M"),
      let value = Double(text[place.upperBound...].dropLast())
    {
      parameters = Self.millions(fieldText(value))
    }
  }

  /// It prints millions with two decimals.
  private static func millions(_ text: String) -> String? {
    guard let value = Double(text), value.isFinite else { return nil }
    return fieldText((value * 1e6).rounded())
  }

  mutating func finish() {
    let (perStep, parameters) = (tokensPerStep, parameters)
    training.series.fill { step in
      [("tokens", perStep.flatMap { LogText.product(step, $0) }), ("parameters", parameters)].compactMap { name, text in
        text.map { (name, $0) }
      }
    }
    if let perStep {
      training.notes.append("tokens are steps times the \(perStep) tokens per iteration that the log names")
    }
    if parameters != nil {
      training.notes.append(
        "parameters are what nanoGPT prints, to 10,000: with token embeddings, without position embeddings")
    }
  }
}
