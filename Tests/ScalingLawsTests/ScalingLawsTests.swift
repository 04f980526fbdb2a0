import Foundation
import PaperStudy
import ScalingLaws
import Testing

/// Table 13: N in billions, layers, width, and 2N(1 + ...) in GFLOPs per token.
private let table13: [(parameters: Double, layers: Double, width: Double, flops: Double)] = [
  (0.1028, 8, 1024, 0.3398), (0.1434, 9, 1152, 0.4471), (0.1983, 10, 1280, 0.5853),
  (0.546, 14, 1792, 1.415), (0.9755, 17, 2176, 2.397), (1.821, 21, 2688, 4.28),
  (2.718, 24, 3072, 6.241), (4.823, 29, 3712, 10.77), (7.747, 34, 4352, 16.99), (12.61, 40, 5120, 27.23),
]

@Suite struct ModelFamilyTests {
  @Test(arguments: table13)
  func shapesGiveThePrintedCost(row: (parameters: Double, layers: Double, width: Double, flops: Double)) {
    // The table was made with the vocabulary of figure 54, 32768, and with every model's own shape.
    let family = ModelFamily(aspectRatio: 128, context: 4096, vocabulary: 32768)
    let flops = family.forwardFLOPs(parameters: row.parameters * 1e9, layers: row.layers, width: row.width)
    // Half a unit of the fourth digit of both numbers.
    let rounding = 0.5 * (unit(row.flops) + 2 * unit(row.parameters))
    #expect(abs(flops / 1e9 - row.flops) <= rounding * 1.001)
  }

  @Test(arguments: table13)
  func sizeAloneGivesTheCostToAThird(row: (parameters: Double, layers: Double, width: Double, flops: Double)) {
    // F(N) takes omega for 12, which rounding d_ff up to a multiple of 256 exceeds by a few percent, and the
    // vocabulary of section G.4, 32168.
    let flops = ModelFamily.paper.forwardFLOPs(parameters: row.parameters * 1e9)
    #expect(abs(flops / 1e9 / row.flops - 1) < 0.003)
  }

  @Test func tokensInvertTrainingFLOPs() {
    let family = ModelFamily.paper
    let tokens = family.tokens(compute: 1e20, parameters: 3e8)
    #expect(abs(family.trainingFLOPs(parameters: 3e8, tokens: tokens) / 1e20 - 1) < 1e-14)
  }

  /// One unit of the fourth digit.
  private func unit(_ value: Double) -> Double { pow(10, floor(log10(value)) - 3) }
}
