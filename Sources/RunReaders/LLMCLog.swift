import Foundation

/// What llm.c prints (`step   10/18865 | loss 5.2 (+nanz)| ...`, `val loss 4.9`), and what it writes to `main.log`
/// (`s:250 tel:3.96`, `s:0 trl:10.9`).
struct LLMCLog: TextLogReader {
  static let format = "a log of llm.c"
  static let marks = ["| loss ", "train loss ", " tel:", " trl:", " eval:"]

  private(set) var isFound = false
  private(set) var training = TextLogTraining()
  private var tokensPerStep: Int?
  private var parameters: Int?
  /// Held-out loss whose step the next line tells.
  private var pending: (loss: String, line: LogLines.Line)?
  /// Whether steps count what was trained, as those of `step 10/100` do, so that what was measured before `step 10` is of
  /// step 9; `step 10:` counts what was trained before it.
  private var countsTrained = true

  init() {}

  mutating func take(_ line: LogLines.Line) {
    let text = line.text
    if text.hasPrefix("s:") {
      takeMain(line)
    } else if text.hasPrefix("step ") {
      takeStep(line)
    } else if text.hasPrefix("val loss "), let loss = LogText.number(after: "val loss ", in: text),
      loss.rest.allSatisfy(\.isWhitespace)
    {
      placePending(before: nil)
      pending = (loss.text, line)
    } else if text.hasPrefix("| total batch size "), let value = LogText.lastWhole(of: text) {
      tokensPerStep = value
    } else if text.hasPrefix("total desired batch size: "), let value = LogText.lastWhole(of: text) {
      // As its Python version prints it.
      tokensPerStep = value
    } else if text.hasPrefix("| num_parameters "), let value = LogText.lastWhole(of: text) {
      parameters = value
    }
  }

  /// `step 10/18865 | loss 5.2 (+nanz)| norm 1.2 (+nanz)| lr 1e-4 | ...`, in older versions `step 10/18865 | train loss 5.2 |`
  /// and `step 10: train loss 5.2 (took ...)`.
  private mutating func takeStep(_ line: LogLines.Line) {
    guard let step = LogText.step(after: "step ", in: line.text) else { return }
    if step.rest.hasPrefix(": train loss "), let loss = LogText.number(after: ": train loss ", in: step.rest) {
      guard loss.rest.hasPrefix(" (took ") else { return }
      isFound = true
      countsTrained = false
      placePending(before: step.value)
      training.record([("train_loss", loss.text)], at: step.value, line: line)
      return
    }
    let parts = step.rest.split(separator: "|")
    guard step.rest.hasPrefix("/"), parts.count >= 2, let loss = LogText.number(after: "loss ", in: parts[1]) else { return }
    isFound = true
    placePending(before: step.value)
    var values = [("train_loss", loss.text)]
    for (label, name) in [("norm ", "norm"), ("lr ", "lr")] {
      let part = parts.dropFirst(2).first { $0.drop { $0 == " " }.hasPrefix(label) }
      if let value = part.flatMap({ LogText.number(after: label, in: $0) }) { values.append((name, value.text)) }
    }
    training.record(values, at: step.value, line: line)
  }

  /// Records the held-out loss that was printed before `step`, or at the end.
  private mutating func placePending(before step: Int?) {
    guard let (loss, line) = pending else { return }
    let next = step ?? training.lastStep + 1
    training.record([("val_loss", loss)], at: max(0, countsTrained ? next - 1 : next), line: line)
    pending = nil
  }

  /// `tel` is the loss on held-out text, `trl` the training's, `eval` the accuracy on HellaSwag.
  private mutating func takeMain(_ line: LogLines.Line) {
    let words = line.text.split(separator: " ")
    guard words.count >= 2, let step = LogText.step(words[0].dropFirst(2)) else { return }
    let names = ["tel": "val_loss", "trl": "train_loss", "eval": "eval", "lr": "lr", "norm": "norm"]
    var values = [(name: String, text: String)]()
    for word in words.dropFirst() {
      let parts = word.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let name = names[String(parts[0])], let number = loggedNumber(parts[1]) else { return }
      values.append((name, number))
    }
    isFound = true
    training.record(values, at: step, line: line)
  }

  mutating func finish() {
    placePending(before: nil)
    let (perStep, parameters) = (tokensPerStep, parameters)
    training.series.fill { step in
      [("tokens", perStep.flatMap { LogText.product(step, $0) }), ("parameters", parameters.map(String.init))]
        .compactMap { name, text in text.map { (name, $0) } }
    }
    if let perStep {
      training.notes.append("tokens are steps times the total batch size of \(perStep) that the log names")
    }
    if parameters != nil {
      training.notes.append("parameters are llm.c's num_parameters: all of them, with a padded vocabulary")
    }
  }
}
