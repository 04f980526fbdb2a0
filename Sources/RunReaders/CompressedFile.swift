import CZlib
import Formats
import Foundation

/// What a file may hold at most. Runs are small: what is larger is data, a model, or made to fill the memory.
enum SizeLimit {
  static let bytes = 1 << 30
  /// Files that are read whole into many values, JSON and YAML.
  static let documentBytes = 256 << 20
}

/// The bytes of the file at `path`, unpacked where they are gzip's by their first two bytes; `-` is standard input.
///
/// - Throws: ``StageError`` with the file, where it is not there, cannot be read, is a folder, is cut or damaged inside
///   gzip, or holds more than 1024 MiB, packed or unpacked.
public func readPossiblyCompressed(_ path: String) throws(StageError) -> Data {
  try readPossiblyCompressed(path, limit: SizeLimit.bytes)
}

package func readPossiblyCompressed(_ path: String, limit: Int) throws(StageError) -> Data {
  let name = path == "-" ? "standard input" : path
  return try unpacked(try bytes(of: path, named: name, limit: limit), named: name, limit: limit)
}

/// `data`, or what it unpacks to where it is gzip's.
func unpacked(_ data: Data, named name: String, limit: Int) throws(StageError) -> Data {
  guard data.starts(with: [0x1f, 0x8b]) else { return data }
  var unpacked = Data()
  let outcome = data.withUnsafeBytes { inflate($0, into: &unpacked, limit: limit) }
  switch outcome {
  case .whole: return unpacked
  case .cut: throw StageError("is cut: gzip's data ends too early", file: name)
  case .damaged: throw StageError("is damaged: gzip's data or checksum is wrong", file: name)
  case .trailing: throw StageError("is damaged: something else follows gzip's data", file: name)
  case .tooLarge: throw StageError("unpacks to more than \(size(limit)); unpack it and name the part with the runs", file: name)
  }
}

/// Read in parts, so that pipes are read too and an endless one is given up.
private func bytes(of path: String, named name: String, limit: Int) throws(StageError) -> Data {
  var isFolder: ObjCBool = false
  if path != "-" {
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw StageError("does not exist", file: name)
    }
    guard !isFolder.boolValue else { throw StageError("is a folder, expected a file", file: name) }
  }
  do {
    let handle = path == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { if path != "-" { try? handle.close() } }
    var data = Data()
    while let part = try handle.read(upToCount: 1 << 22), !part.isEmpty {
      data.append(part)
      guard data.count <= limit else {
        throw StageError("is larger than \(size(limit)); name the part with the runs", file: name)
      }
    }
    return data
  } catch let error as StageError {
    throw error
  } catch {
    throw StageError("cannot be read", file: name)
  }
}

private func size(_ bytes: Int) -> String {
  bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes) bytes"
}

private enum Inflation {
  case whole, cut, damaged, trailing, tooLarge
}

/// Unpacks all members, as gzip writes them one after the other; zeros after the last are padding of tapes.
private func inflate(_ source: UnsafeRawBufferPointer, into unpacked: inout Data, limit: Int) -> Inflation {
  var stream = z_stream()
  guard gzip_inflate_init(&stream) == Z_OK else { return .damaged }
  defer { inflateEnd(&stream) }
  let bytes = source.bindMemory(to: UInt8.self)
  // zlib does not write to what it reads; its declaration only lacks the word.
  stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
  stream.avail_in = UInt32(bytes.count)
  var part = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let (status, count) = part.withUnsafeMutableBufferPointer { buffer in
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(buffer.count)
      let status = inflate(&stream, Z_NO_FLUSH)
      return (status, buffer.count - Int(stream.avail_out))
    }
    guard unpacked.count + count <= limit else { return .tooLarge }
    unpacked.append(contentsOf: part[..<count])
    switch status {
    case Z_STREAM_END:
      let rest = bytes.suffix(Int(stream.avail_in))
      if rest.allSatisfy({ $0 == 0 }) { return .whole }
      guard rest.starts(with: [0x1f, 0x8b]) else { return .trailing }
      guard inflateReset(&stream) == Z_OK else { return .damaged }
    case Z_OK where stream.avail_in > 0 || count > 0: continue
    case Z_OK, Z_BUF_ERROR: return .cut
    default: return .damaged
    }
  }
}
