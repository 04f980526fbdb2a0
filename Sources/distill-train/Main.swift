import ArgumentParser
import Artifacts
import Foundation
import Laboratory

@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "distill-train")
  @Option var layers = 3
  @Option var tokens = 500_000.0
  @Option var threads = 1
  @Option var rate = 0.02
  @Option var base = 24
  @Option var batch = 1024
  @Option var beta2 = 0.95
  @Option var warmup = 0.05
  @Option var budget: Double?
  @Option var seed = 1
  func run() throws {
    let corpus = try Corpus(path: "build/corpus/corpus.txt")
    let shape = TransformerShape(layers: layers)
    let n = Double(shape.nonEmbeddingParameters)
    let d = budget.map { shape.family.tokens(compute: $0, parameters: n) } ?? tokens
    var c = TrainingConfiguration(shape: shape, tokens: d, batchTokens: batch, corpus: corpus.digest)
    c.peakLearningRate = rate
    c.baseWidth = base
    c.beta2 = beta2
    c.warmupShare = warmup
    c.seed = seed
    let t = try Trainer(c, corpus: corpus, threads: threads)
    let start = ContinuousClock.now
    while !t.isFinished { t.trainStep() }
    let s = start.duration(to: .now) / .seconds(1)
    let e = t.evaluate()
    let s2 = start.duration(to: .now) / .seconds(1) - s
    print("k=\(layers) N=\(Int(n)) D=\(c.tokens) M=\(Double(c.tokens)/n) C=\(c.compute) lr=\(rate) base=\(base) batch=\(batch) b2=\(beta2) w=\(warmup) loss=\(e.loss) se=\(e.standardError) \(e.tokens) sec=\(s) eval=\(s2) tok/s=\(Double(c.tokens)/s) GF/s=\(c.compute/s/1e9)")
  }
}
