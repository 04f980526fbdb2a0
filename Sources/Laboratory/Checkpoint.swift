import Formats
import Foundation

/// The state of an unfinished run on disk: a JSON header, then parameters and both moments as bytes.
///
/// A run that goes on from a checkpoint ends with the same numbers as one that was never stopped.
package enum Checkpoint {
  private struct Header: Codable {
    var run: String
    var step: Int
    var parameters: Int
    var curve: LossCurve
  }

  /// Writes the trainer's state to `path`, replacing what was there in one move.
  package static func save(_ trainer: some TrainingRun, to path: String) throws(StageError) {
    let header = Header(
      run: trainer.name, step: trainer.step, parameters: trainer.parameters.count,
      curve: trainer.curve)
    var data = Data()
    do {
      let json = try JSONEncoder().encode(header)
      withUnsafeBytes(of: UInt64(json.count)) { data.append(contentsOf: $0) }
      data.append(json)
    } catch {
      throw StageError("cannot encode the checkpoint: \(error)", file: path)
    }
    for buffer in buffers(of: trainer) {
      data.append(UnsafeBufferPointer(start: buffer.pointer, count: buffer.count))
    }
    try writeAtomically(data, to: path)
  }

  /// Brings a fresh trainer to the state saved at `path`.
  /// - Returns: false where there is none that fits the trainer's run; the run then starts from the beginning.
  package static func restore(_ trainer: some TrainingRun, from path: String) -> Bool {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)), data.count >= 8 else { return false }
    let length = data.withUnsafeBytes { Int(truncatingIfNeeded: $0.loadUnaligned(as: UInt64.self)) }
    guard length > 0, 8 + length <= data.count,
      let header = try? JSONDecoder().decode(Header.self, from: data[8..<(8 + length)]),
      header.run == trainer.name, header.parameters == trainer.parameters.count,
      data.count == 8 + length + 3 * 4 * header.parameters
    else { return false }
    var offset = 8 + length
    for buffer in buffers(of: trainer) {
      let bytes = 4 * buffer.count
      let target = UnsafeMutableRawBufferPointer(start: buffer.pointer, count: bytes)
      data.copyBytes(to: target, from: offset..<(offset + bytes))
      offset += bytes
    }
    trainer.restore(step: header.step, curve: header.curve)
    return true
  }

  private static func buffers(of trainer: some TrainingRun) -> [FloatBuffer] {
    [trainer.parameters, trainer.optimizer.firstMoment, trainer.optimizer.secondMoment]
  }
}
