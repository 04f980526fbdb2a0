import Formats
import Foundation

/// The state of a run on disk: a JSON header, then parameters and both moments as bytes, then the SHA-256 of all that.
///
/// A run that goes on from a checkpoint ends with the same numbers as one that was never stopped. A file that was damaged,
/// in whatever byte, is not believed.
package enum Checkpoint {
  private struct Header: Codable {
    /// Files of the first version had no digest, and no version.
    var version: Int?
    var run: String
    var step: Int
    var parameters: Int
    var curve: LossCurve
  }

  private static let version = 2
  private static let digestBytes = 32

  /// Writes the trainer's state to `path`, replacing what was there in one move.
  package static func save(_ trainer: some TrainingRun, to path: String) throws(StageError) {
    let header = Header(
      version: version, run: trainer.name, step: trainer.step, parameters: trainer.parameters.count,
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
    data.append(contentsOf: Digest(of: data).bytes)
    try writeAtomically(data, to: path)
  }

  /// Brings a fresh trainer to the state saved at `path`.
  /// - Parameters:
  ///   - takesOld: whether a file of the first version, which has no digest, is taken.
  ///   - note: is told why a file that is there is not taken, or that it has no digest.
  /// - Returns: false where there is none that fits the trainer's run; the run then starts from the beginning.
  package static func restore(
    _ trainer: some TrainingRun, from path: String, takesOld: Bool = false, note: (String) -> Void = { _ in }
  ) -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    do throws(StageError) {
      let content = try Content(path, takesOld: takesOld)
      guard content.header.run == trainer.name, content.header.parameters == trainer.parameters.count,
        (0...trainer.steps).contains(content.header.step)
      else { throw StageError("is of another run", file: path) }
      if content.isOld {
        note("\(StageError("was written without a digest, by an earlier version; it is taken as it is", file: path))")
      }
      var offset = content.body
      for buffer in buffers(of: trainer) {
        let bytes = 4 * buffer.count
        let target = UnsafeMutableRawBufferPointer(start: buffer.pointer, count: bytes)
        content.data.copyBytes(to: target, from: offset..<(offset + bytes))
        offset += bytes
      }
      trainer.restore(step: content.header.step, curve: content.header.curve)
      return true
    } catch {
      note("\(StageError(error.message + "; the run starts anew", file: path))")
      return false
    }
  }

  /// Whether `path` holds a run's last state, undamaged.
  static func isFinished(_ run: String, steps: Int, at path: String) -> Bool {
    guard let content = try? Content(path, takesOld: true) else { return false }
    return content.header.run == run && content.header.step == steps
  }

  /// A file that was read and found whole.
  private struct Content {
    var data: Data
    var header: Header
    /// Where the parameters begin.
    var body: Int
    var isOld: Bool { header.version == nil }

    /// - Throws: ``StageError`` that says what is wrong with the file.
    init(_ path: String, takesOld: Bool) throws(StageError) {
      data = try readFile(path)
      let damage = StageError("is damaged", file: path)
      guard data.count >= 8 else { throw damage }
      let length = data.withUnsafeBytes { Int(truncatingIfNeeded: $0.loadUnaligned(as: UInt64.self)) }
      guard length > 0, length <= data.count - 8,
        let header = try? JSONDecoder().decode(Header.self, from: data[8..<(8 + length)]),
        (0...Int(Int32.max)).contains(header.parameters)
      else { throw damage }
      (self.header, body) = (header, 8 + length)
      let end = body + 3 * 4 * header.parameters
      guard header.version != nil else {
        guard data.count == end else { throw damage }
        guard takesOld else { throw StageError("was written without a digest, by an earlier version", file: path) }
        return
      }
      guard data.count == end + digestBytes, Digest(of: data.prefix(end)).bytes == Array(data.suffix(digestBytes)) else {
        throw damage
      }
      guard header.version == Checkpoint.version else { throw StageError("is of a later version", file: path) }
    }
  }

  private static func buffers(of trainer: some TrainingRun) -> [FloatBuffer] {
    [trainer.parameters, trainer.optimizer.firstMoment, trainer.optimizer.secondMoment]
  }
}
