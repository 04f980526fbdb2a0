import COpenBLAS
import Dispatch

/// Row-major single-precision matrix products. OpenBLAS runs them on the calling thread: parallelism is
/// over shards and runs, where it is free of waiting and of rounding that depends on the thread count.
package enum MatrixProduct {
  /// Makes OpenBLAS single-threaded; call once before the first product.
  package static func prepare() {
    openblas_set_num_threads(1)
  }

  /// y = x w (+ y where `accumulating`), with x `rows` x `inner` and w `inner` x `columns`.
  @inline(__always)
  package static func forward(
    _ x: UnsafeMutablePointer<Float>, _ w: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>,
    rows: Int, inner: Int, columns: Int, accumulating: Bool = false
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner),
      1, x, blasint(inner), w, blasint(columns), accumulating ? 1 : 0, y, blasint(columns))
  }

  /// dx = dy transpose(w): the gradient of ``forward(_:_:into:rows:inner:columns:accumulating:)`` by x.
  @inline(__always)
  package static func inputGradient(
    _ dy: UnsafeMutablePointer<Float>, _ w: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>, rows: Int, inner: Int, columns: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(inner), blasint(columns),
      1, dy, blasint(columns), w, blasint(columns), 0, dx, blasint(inner))
  }

  /// dw = transpose(x) dy: the gradient of ``forward(_:_:into:rows:inner:columns:accumulating:)`` by w.
  @inline(__always)
  package static func weightGradient(
    _ x: UnsafeMutablePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    into dw: UnsafeMutablePointer<Float>, rows: Int, inner: Int, columns: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(inner), blasint(columns), blasint(rows),
      1, x, blasint(inner), dy, blasint(columns), 0, dw, blasint(columns))
  }
}

extension MatrixProduct {
  /// FLOPs per second of products of a 4096 x 64 with a 64 x 192 matrix, `threads` of them at a time: the
  /// most that a training step of these sizes could reach.
  static func speed(threads: Int, seconds: Double = 0.5) -> Double {
    let rows = 4096, inner = 64, columns = 192
    prepare()
    let rates = [Double](unsafeUninitializedCapacity: threads) { buffer, count in
      // Each thread writes a place of its own.
      nonisolated(unsafe) let target = buffer
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        let x = FloatBuffer(count: rows * inner), w = FloatBuffer(count: inner * columns)
        let y = FloatBuffer(count: rows * columns)
        let start = ContinuousClock.now
        var products = 0
        while start.duration(to: .now) < .seconds(seconds) {
          forward(x.pointer, w.pointer, into: y.pointer, rows: rows, inner: inner, columns: columns)
          products += 1
        }
        target[thread] = Double(2 * rows * inner * columns * products) / (start.duration(to: .now) / .seconds(1))
      }
      count = threads
    }
    return rates.reduce(0, +)
  }
}
