import Formats
import Foundation

/// The records of a TFRecord file: a length, its checksum, the bytes, their checksum.
struct TFRecords {
  /// Where the bytes of each record lie.
  let records: [Range<Int>]
  /// Whether the last record is not whole, or only zeros follow: whoever wrote it was stopped.
  let isCut: Bool

  private static let headerLength = 12
  private static let checksumLength = 4

  /// Whether `data` begins with a record's length and its checksum.
  static func matches(_ data: Data) -> Bool {
    guard data.count >= headerLength else { return false }
    return data.prefix(headerLength).withUnsafeBytes { bytes in
      littleEndian(bytes, at: 8, as: UInt32.self) == CRC32C.masked(bytes[0..<8])
    }
  }

  /// - Throws: ``StageError`` where a checksum is wrong.
  init(_ data: Data, file: String) throws(StageError) {
    var records = [Range<Int>]()
    let outcome = data.withUnsafeBytes { Self.scan($0, into: &records) }
    self.records = records
    switch outcome {
    case .whole: isCut = false
    case .cut: isCut = true
    case .damaged(let offset):
      throw StageError(
        "is damaged: record \(records.count + 1), at byte \(offset), has a wrong checksum", file: file)
    }
  }

  private enum Outcome {
    case whole, cut
    case damaged(Int)
  }

  private static func scan(_ bytes: UnsafeRawBufferPointer, into records: inout [Range<Int>]) -> Outcome {
    var offset = 0
    while offset < bytes.count {
      guard bytes.count - offset >= headerLength else { return .cut }
      let length = littleEndian(bytes, at: offset, as: UInt64.self)
      guard littleEndian(bytes, at: offset + 8, as: UInt32.self) == CRC32C.masked(bytes[offset..<offset + 8]) else {
        // Space that a file system gave and nobody filled.
        return bytes[offset...].allSatisfy { $0 == 0 } ? .cut : .damaged(offset)
      }
      let start = offset + headerLength
      guard length <= UInt64(bytes.count), bytes.count - start >= Int(length) + checksumLength else { return .cut }
      let end = start + Int(length)
      guard littleEndian(bytes, at: end, as: UInt32.self) == CRC32C.masked(bytes[start..<end]) else {
        return bytes[end...].allSatisfy { $0 == 0 } ? .cut : .damaged(offset)
      }
      records.append(start..<end)
      offset = end + checksumLength
    }
    return .whole
  }

  private static func littleEndian<Number: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, as type: Number.Type
  ) -> Number {
    Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }
}

/// The checksum of iSCSI, Castagnoli's, bit-reversed.
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }

  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { value, byte in value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
  }

  /// As TFRecord keeps it: a checksum of bytes with checksums in them is weak, so it is turned and shifted.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = checksum(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
