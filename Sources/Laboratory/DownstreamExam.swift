import Formats
import Downstream
import Foundation

/// The downstream tasks of a corpus, made once for all models.
struct DownstreamExam: Sendable {
  private struct Part: Sendable {
    let task: DownstreamTask
    let items: TaskItems
    let requests: [ScoringRequest]
  }

  private let parts: [Part]
  /// What models read, each from the start of a window.
  private let windows: [[UInt8]]
  /// The requests that are read off each window.
  private let wanted: [[(part: Int, request: Int)]]

  /// Makes the items from the validation split.
  init(_ corpus: Corpus) {
    let blocks = corpus.blockTexts(of: .validation)
    var windows = [[UInt8]]()
    var wanted = [[(part: Int, request: Int)]]()
    var places = [[UInt8]: Int]()
    parts = DownstreamTask.allCases.compactMap { task in
      let items = task.items(from: blocks)
      return items.count > 0 ? Part(task: task, items: items, requests: items.requests) : nil
    }
    for (index, part) in parts.enumerated() {
      for (request, asked) in part.requests.enumerated() {
        // The last byte is not read, only predicted: choices of one byte share a window.
        let read = Array(asked.bytes.dropLast())
        if let place = places[read] {
          wanted[place].append((index, request))
        } else {
          places[read] = windows.count
          windows.append(read)
          wanted.append([(index, request)])
        }
      }
    }
    self.windows = windows
    self.wanted = wanted
  }

  /// The scores of a model, task by task, with the mean of the core tasks behind them.
  func scores(of trainer: Trainer) -> [RunRecord.TaskScore] {
    var replies = parts.map { [ScoringReply?](repeating: nil, count: $0.requests.count) }
    let answers = trainer.heldOutText.readings(of: windows, by: trainer.parameters) { place, reading in
      wanted[place].map { part, request in
        let request = parts[part].requests[request]
        var sum = 0.0
        var isGreedy = true
        for target in request.targets {
          let byte = Int(request.bytes[target])
          sum += reading.logProbability(of: byte, after: target - 1)
          isGreedy = isGreedy && reading.mostProbable(after: target - 1) == byte
        }
        return ScoringReply(logLikelihood: sum, isGreedy: isGreedy)
      }
    }
    for (place, answers) in answers.enumerated() {
      for (target, reply) in zip(wanted[place], answers) { replies[target.part][target.request] = reply }
    }
    var scores = zip(parts, replies).map { part, replies in
      TaskScore(task: part.task, items: part.items, replies: replies.compactMap { $0 })
    }
    let core = scores.filter { DownstreamTask.coreTasks.contains($0.task) }
    if core.count == DownstreamTask.coreTasks.count, let mean = TaskScore.mean(of: core) { scores.append(mean) }
    return scores.map { score in
      .init(
        task: score.task.id, items: score.items, score: Self.rounded(score.accuracy),
        chance: Self.rounded(score.chance), standardError: Self.rounded(score.standardError))
    }
  }

  private static func rounded(_ share: Double) -> Double { (share * 1e6).rounded() / 1e6 }
}

/// A model's predictions after each byte of one text.
struct Reading {
  fileprivate let logits: UnsafePointer<Float>
  fileprivate let vocabulary: Int

  private func row(_ place: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: logits + place * vocabulary, count: vocabulary)
  }

  /// In nats.
  func logProbability(of byte: Int, after place: Int) -> Double {
    let row = row(place)
    let largest = Double(row.max() ?? 0)
    let sum = row.reduce(0.0) { $0 + exp(Double($1) - largest) }
    return Double(row[byte]) - largest - log(sum)
  }

  /// The first of equals.
  func mostProbable(after place: Int) -> Int {
    let row = row(place)
    return row.indices.max { (row[$0], -$0) < (row[$1], -$1) } ?? 0
  }
}

extension HeldOutText {
  /// Has a model read texts, each from the start of a window of its own.
  /// - Parameter look: is given a text's place and what the model predicts after each of its bytes.
  func readings<Result: Sendable>(
    of texts: [[UInt8]], by parameters: FloatBuffer, look: (Int, Reading) -> Result
  ) -> [Result] {
    let vocabulary = shards[0].transformer.shape.vocabulary
    return sideBySide(texts.count) { shard, chosen in
      let logits = shard.read(texts[chosen], parameters: parameters)
      return chosen.map { place in
        let offset = (place - chosen.lowerBound) * corpus.context * vocabulary
        return look(place, Reading(logits: UnsafePointer(logits.pointer) + offset, vocabulary: vocabulary))
      }
    }
  }
}
