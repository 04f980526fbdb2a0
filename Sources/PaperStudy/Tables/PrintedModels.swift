import ScalingLaws

/// A row of the paper's table 13 as it is printed (Busbridge et al. 2025, arXiv 2502.08606v2, appendix I). Parameters
/// and FLOPs are in billions, to the digits of the paper.
public struct PrintedModel: Sendable, Hashable {
  public let name: String
  /// N and all parameters.
  public let parameters, total: Double
  public let layers, width, feedForwardWidth: Int
  /// Forward FLOPs a token: C_fwd, 2N, and the approximation by eq. 69.
  public let forwardFLOPs, twiceParameters, approximation: Double

  /// The model's shape. The table prints a feed-forward width of 12672 for the 10B model; its N, 10.05 billion, needs
  /// 12800. It counts a vocabulary of 32768, though the text (G.4) has 32168: with 32168 neither the totals nor the
  /// FLOPs come out as printed.
  public var shape: ModelShape {
    ModelShape(
      name: name, layers: layers, width: width, feedForwardWidth: name == "10B" ? 12800 : feedForwardWidth,
      headWidth: 128, context: 4096, vocabulary: 32768, sharesEmbedding: true,
      countsGains: true)
  }

  private init(
    _ name: String, _ parameters: Double, _ total: Double, _ layers: Int, _ width: Int, _ feedForwardWidth: Int,
    _ forwardFLOPs: Double, _ twiceParameters: Double, _ approximation: Double
  ) {
    self.name = name
    self.parameters = parameters
    self.total = total
    self.layers = layers
    self.width = width
    self.feedForwardWidth = feedForwardWidth
    self.forwardFLOPs = forwardFLOPs
    self.twiceParameters = twiceParameters
    self.approximation = approximation
  }

  /// The 33 models, from 8 layers to 40.
  public static let table: [PrintedModel] = [
    PrintedModel("103M", 0.1028, 0.1363, 8, 1024, 2816, 0.3411, 0.2056, 0.3398),
    PrintedModel("143M", 0.1434, 0.1811, 9, 1152, 3072, 0.4487, 0.2867, 0.4471),
    PrintedModel("198M", 0.1983, 0.2402, 10, 1280, 3456, 0.587, 0.3965, 0.5853),
    PrintedModel("266M", 0.2657, 0.3118, 11, 1408, 3840, 0.7524, 0.5314, 0.7505),
    PrintedModel("340M", 0.3398, 0.3901, 12, 1536, 4096, 0.9333, 0.6796, 0.9312),
    PrintedModel("435M", 0.4348, 0.4893, 13, 1664, 4480, 1.158, 0.8695, 1.156),
    PrintedModel("546M", 0.546, 0.6047, 14, 1792, 4864, 1.417, 1.092, 1.415),
    PrintedModel("664M", 0.6636, 0.7265, 15, 1920, 5120, 1.692, 1.327, 1.689),
    PrintedModel("810M", 0.8096, 0.8767, 16, 2048, 5504, 2.025, 1.619, 2.022),
    PrintedModel("975M", 0.9755, 1.047, 17, 2176, 5888, 2.4, 1.951, 2.397),
    PrintedModel("1.15B", 1.147, 1.222, 18, 2304, 6144, 2.787, 2.293, 2.784),
    PrintedModel("1.35B", 1.355, 1.434, 19, 2432, 6528, 3.25, 2.709, 3.247),
    PrintedModel("1.59B", 1.586, 1.67, 20, 2560, 6912, 3.763, 3.172, 3.759),
    PrintedModel("1.82B", 1.821, 1.909, 21, 2688, 7168, 4.284, 3.642, 4.28),
    PrintedModel("2.1B", 2.102, 2.194, 22, 2816, 7552, 4.899, 4.203, 4.895),
    PrintedModel("2.41B", 2.41, 2.506, 23, 2944, 7936, 5.571, 4.819, 5.567),
    PrintedModel("2.72B", 2.718, 2.819, 24, 3072, 8192, 6.246, 5.436, 6.241),
    PrintedModel("3.08B", 3.082, 3.187, 25, 3200, 8576, 7.034, 6.165, 7.03),
    PrintedModel("3.48B", 3.478, 3.587, 26, 3328, 8960, 7.887, 6.956, 7.883),
    PrintedModel("3.87B", 3.87, 3.983, 27, 3456, 9216, 8.736, 7.74, 8.731),
    PrintedModel("4.33B", 4.329, 4.446, 28, 3584, 9600, 9.72, 8.658, 9.715),
    PrintedModel("4.82B", 4.823, 4.944, 29, 3712, 9984, 10.78, 9.646, 10.77),
    PrintedModel("5.31B", 5.309, 5.434, 30, 3840, 10240, 11.82, 10.62, 11.81),
    PrintedModel("5.87B", 5.873, 6.003, 31, 3968, 10624, 13.02, 11.75, 13.01),
    PrintedModel("6.48B", 6.476, 6.611, 32, 4096, 11008, 14.3, 12.95, 14.29),
    PrintedModel("7.07B", 7.066, 7.204, 33, 4224, 11264, 15.56, 14.13, 15.55),
    PrintedModel("7.75B", 7.747, 7.889, 34, 4352, 11648, 17, 15.49, 16.99),
    PrintedModel("8.47B", 8.47, 8.617, 35, 4480, 12032, 18.52, 16.94, 18.52),
    PrintedModel("9.17B", 9.173, 9.324, 36, 4608, 12288, 20.01, 18.35, 20.01),
    PrintedModel("10B", 10.05, 10.2, 37, 4736, 12672, 21.85, 20.1, 21.84),
    PrintedModel("10.8B", 10.84, 11, 38, 4864, 13056, 23.51, 21.67, 23.5),
    PrintedModel("11.7B", 11.66, 11.83, 39, 4992, 13312, 25.26, 23.33, 25.25),
    PrintedModel("12.6B", 12.61, 12.78, 40, 5120, 13696, 27.24, 25.22, 27.23),
  ]
}

extension ModelShape {
  /// The 33 models of the paper's table 13.
  public static let paper: [ModelShape] = PrintedModel.table.map(\.shape)
}
