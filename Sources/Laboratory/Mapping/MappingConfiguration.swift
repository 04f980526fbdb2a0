import Formats

/// Everything that decides what a run on the Mapping Problem computes.
///
/// The defaults are the paper's recipe (appendix C.2), with what it leaves open chosen as PyTorch has it: Adam's
/// decays and epsilon, no weight decay, no clipping, and a cosine that ends at zero.
public struct MappingConfiguration: Codable, Hashable, Sendable {
  public var problem = "mapping"
  public var draw: MappingDraw
  /// Width of both hidden layers.
  public var width: Int
  public var steps: Int
  public var batch = Perceptron.batch
  public var peakLearningRate = 3e-4
  public var warmupShare = 0.05
  public var finalShare = 0.0
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  /// The trial: it drives the starting values and the stream of samples.
  public var seed: Int
  /// Whose starting values and stream of samples: a student's are independent of its teacher's.
  public var split: CorpusSplit
  /// The teacher and what is learned from it, where the run is a distillation.
  public var teaching: Teaching?

  /// - Parameter steps: where it is nil, as the paper has it: 500, or those that make 20 samples a parameter,
  ///   whichever is more.
  public init(draw: MappingDraw, width: Int, steps: Int? = nil, seed: Int, split: CorpusSplit) {
    self.draw = draw
    self.width = width
    self.seed = seed
    self.split = split
    let shape = PerceptronShape(inputs: 2 * draw.places, width: width, classes: draw.places)
    self.steps = steps ?? max(500, (20 * shape.parameters + Perceptron.batch - 1) / Perceptron.batch)
  }

  package var shape: PerceptronShape {
    PerceptronShape(inputs: 2 * draw.places, width: width, classes: draw.places)
  }

  public var samples: Int { steps * batch }

  /// Training compute 6 N D in FLOPs.
  public var compute: Double { shape.trainingFLOPs * Double(samples) }

  var schedule: LearningRateSchedule {
    LearningRateSchedule(steps: steps, warmupShare: warmupShare, finalShare: finalShare)
  }

  /// Unique name of the run.
  public var name: String { runName(of: self) }
}
