import Foundation
import Statistics
import Testing

@Suite struct DistributionTests {
  @Test func quantilesAreTheNormalDistributions() {
    for (share, expected) in [(0.05, -1.6448536269514722), (0.5, 0), (0.95, 1.6448536269514722), (0.999, 3.0902323061678132)] {
      #expect(abs(Normal.quantile(share) - expected) < 1e-9)
      #expect(abs(Normal.share(below: expected) - share) < 1e-12)
    }
  }

  @Test func percentilesInterpolate() {
    #expect(percentile([1, 2, 3, 4], 0) == 1)
    #expect(percentile([1, 2, 3, 4], 1) == 4)
    #expect(percentile([1, 2, 3, 4], 0.5) == 2.5)
    #expect(percentile([1, 2, .infinity, .infinity], 0.9) == .infinity)
  }

  @Test func quartilesAndMediansAreOfWhateverOrder() throws {
    let found = try #require(quartiles([4, 1, 3, 2]))
    #expect(found.low == 1.75 && found.median == 2.5 && found.high == 3.25)
    let one = try #require(quartiles([5]))
    #expect(one.low == 5 && one.high == 5)
    #expect(median([4, 1, 3, 2]) == 2.5 && mean([1, 2, 6]) == 3)
    #expect(quartiles([]) == nil && median([]) == nil && mean([]) == nil)
  }

  /// A chi² with one degree of freedom is the square of a normal number.
  @Test func chiSquareAndNormalAgree() {
    let normal = Normal.quantile(0.95)
    #expect(abs(ChiSquare.quantile(0.9, freedom: 1) / (normal * normal) - 1) < 1e-9)
  }

  /// Wilson's own example of form: symmetric about a half for half of them, and never beyond 0 and 1.
  @Test func sharesHaveWilsonsInterval() {
    let half = wilsonInterval(50, of: 100)
    #expect(abs(half.low - 0.4038) < 1e-4 && abs(half.high - 0.5962) < 1e-4)
    let (none, all) = (wilsonInterval(0, of: 10), wilsonInterval(10, of: 10))
    #expect(none.low == 0 && abs(none.high - 0.2775) < 1e-4 && all.high == 1)
  }
}
