import ArgumentParser
import Formats
import Laboratory
import CommandSupport

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Trains one model.")

  @Option(help: "Layers; the width is eight times as large.")
  var layers: Int

  @Option(help: "Training tokens.", transform: number)
  var tokens: Double?

  @Option(help: "Training compute in FLOPs, instead of tokens.", transform: number)
  var compute: Double?

  @Option(help: "Peak learning rate.", transform: number)
  var learningRate: Double?

  @Option(help: "Seed of the starting values and of the order of the text.")
  var seed = 1

  @Option(help: "The log that the run is appended to.")
  var log: String

  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard (tokens == nil) != (compute == nil) else {
      throw ValidationError("Give either --tokens or --compute.")
    }
    guard (tokens ?? 1) > 0, (compute ?? 1) > 0, (1e-9...1e3).contains(learningRate ?? 1), (1...64).contains(layers) else {
      throw ValidationError(
        "Tokens and compute must be positive, the learning rate between 1e-9 and 1000, layers between 1 and 64.")
    }
  }

  func run() throws {
    let corpus = try Corpus(path: options.corpus, anyText: options.anyText)
    let shape = TransformerShape(layers: layers)
    let parameters = Double(shape.nonEmbeddingParameters)
    let amount = compute.map { shape.family.tokens(compute: $0, parameters: parameters) } ?? tokens ?? 0
    var configuration = TrainingConfiguration(shape: shape, tokens: amount, corpus: corpus.digest)
    configuration.seed = seed
    if let learningRate { configuration.peakLearningRate = learningRate }
    let sweep = Sweep(name: "single", purpose: .law, runs: [.init(configuration: configuration)])
    try options.runner().run(
      sweep, corpus: corpus, log: RunLog(path: log), report: showProgress)
  }
}
