import Formats
import Foundation
import Laboratory

/// A small run in the middle of its training, whose checkpoint is damaged on purpose.
enum TrainedSample {
  private static func trainer() -> MappingTrainer {
    MappingTrainer(MappingConfiguration(draw: MappingDraw(places: 3), width: 4, steps: 20, seed: 1, split: .teacher))
  }

  static func checkpoint(_ corpus: Data) throws -> Data {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString).checkpoint").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = trainer()
    for _ in 0..<5 { run.trainStep() }
    try Checkpoint.save(run, to: path)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// A changed checkpoint must not be taken; `original` is what was saved.
  static func attempt(_ path: String, _ bytes: Data, original: Data) -> Outcome {
    let run = trainer()
    var notes = [String]()
    let isTaken = Checkpoint.restore(run, from: path) { notes.append($0) }
    guard isTaken else {
      return notes.count == 1 && notes[0].contains("run.checkpoint")
        ? .refused : .fault("a damaged checkpoint is not said: \(notes)")
    }
    return bytes == original ? .done : .fault("a damaged checkpoint was believed")
  }
}
