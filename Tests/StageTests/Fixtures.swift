import Formats
import Foundation

/// Runs drawn from a law with seeded noise, to test the machinery: reconstructed, never measured.
enum Fixtures {
  /// Loss of L(N, D) = 1 + (40 / N^0.5 + 2e4 / D^0.8)^0.6.
  static func loss(_ parameters: Double, _ tokens: Double) -> Double {
    1 + pow(40 * pow(parameters, -0.5) + 2e4 * pow(tokens, -0.8), 0.6)
  }

  /// Four profiles of nine sizes, and five seeds of one configuration.
  static func records(noise: Double = 0.003) throws -> [RunRecord] {
    var state = UInt64(99)
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) + 0.5) * 0x1p-53
    }
    func normal() -> Double { (-2 * Foundation.log(next())).squareRoot() * cos(2 * .pi * next()) }
    func record(_ name: String, _ n: Double, _ compute: Double, seed: Int) -> RunRecord {
      let d = compute / (6 * n)
      return RunRecord(
        run: name, kind: .supervised, origin: .reconstructed, purpose: .law,
        sweep: seed == 1 ? "isoFLOP" : "seeds", budget: seed == 1 ? compute : nil, parameters: n, tokens: d,
        compute: compute, loss: loss(n, d) * exp(noise * normal()), seed: seed)
    }
    var records = [RunRecord]()
    for compute in [3e11, 1e12, 3e12, 1e13] {
      for k in 2...10 {
        let n = 768 * pow(Double(k), 3)
        records.append(record("iso-\(Int(compute / 1e11))-\(k)", n, compute, seed: 1))
      }
    }
    for seed in 2...6 { records.append(record("seed-\(seed)", 768 * 64, 1e12, seed: seed)) }
    return records
  }

  static func log(_ records: [RunRecord]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try records.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined()
  }
}
