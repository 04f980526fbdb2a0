/// Eight single-precision numbers: one AVX2 register, and one attention head's vector.
package typealias Lane = SIMD8<Float>

/// Owned single-precision memory, aligned to cache lines and zero at first.
///
/// Kernels work on bare pointers into buffers; whoever holds the buffer keeps the memory alive. Counts are
/// padded to whole lanes.
package final class FloatBuffer {
  package let count: Int
  package let pointer: UnsafeMutablePointer<Float>

  package init(count: Int) {
    self.count = count
    let padded = max(8, (count + 7) & ~7)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: padded * 4, alignment: 64)
    pointer = raw.initializeMemory(as: Float.self, repeating: 0, count: padded)
  }

  deinit {
    UnsafeMutableRawPointer(pointer).deallocate()
  }

  /// The same memory by lanes.
  package var lanes: UnsafeMutablePointer<Lane> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Lane.self)
  }

  package func clear() {
    pointer.update(repeating: 0, count: count)
  }
}

extension UnsafeMutablePointer<Float> {
  /// The memory by lanes; the address must be a multiple of 32 bytes.
  @inline(__always) package var lanes: UnsafeMutablePointer<Lane> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: Lane.self)
  }
}

extension UnsafeMutablePointer<Lane> {
  /// The memory number by number.
  @inline(__always) var numbers: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: Float.self)
  }
}
