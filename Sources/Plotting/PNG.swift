import Foundation

/// The little of the PNG format that Cairo does not write.
enum PNG {
  /// `image` with its resolution in dots to the inch noted, so that programs show it at print size.
  static func setting(resolution: Double, of image: Data) -> Data {
    // A signature of 8 bytes, then the header chunk of 25; further chunks may follow in any order.
    let headEnd = 33
    guard image.count > headEnd else { return image }
    let dotsPerMetre = UInt32((resolution / 0.0254).rounded())
    let body = Data("pHYs".utf8) + bigEndian(dotsPerMetre) + bigEndian(dotsPerMetre) + Data([1])
    let chunk = bigEndian(9) + body + bigEndian(checksum(body))
    return image.prefix(headEnd) + chunk + image.dropFirst(headEnd)
  }

  private static func bigEndian(_ value: UInt32) -> Data {
    Data([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) })
  }

  /// CRC-32 as the PNG format wants it.
  static func checksum(_ bytes: Data) -> UInt32 {
    var remainder = ~UInt32(0)
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        let shifted = remainder >> 1
        remainder = remainder & 1 == 1 ? shifted ^ 0xEDB8_8320 : shifted
      }
    }
    return ~remainder
  }
}
