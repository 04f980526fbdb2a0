import Foundation
import ScalingLaws
import Testing

@Suite struct BestTeacherTests {
  private let law = DistillationLaw.printed

  private func loss(_ size: Double, _ tokens: Double, _ teacher: Double) -> Double {
    law.loss(studentParameters: size, studentTokens: tokens, teacherLoss: teacher)
  }

  @Test(arguments: [3e8, 3e9, 3e10], [2e10, 2.5e11, 1.6e13, .infinity])
  func itIsTheBestOfAFineGrid(size: Double, tokens: Double) {
    let range = 1.22...2.5
    let best = law.bestTeacherLoss(studentParameters: size, studentTokens: tokens, in: range)
    let grid = (0...200_000).map { range.lowerBound + 1.28 * Double($0) / 200_000 }
    let brute = grid.min { loss(size, tokens, $0) < loss(size, tokens, $1) } ?? 0
    #expect(abs(best - brute) < 2e-5)
    #expect(loss(size, tokens, best) <= loss(size, tokens, brute) + 1e-12)
  }

  @Test func ofTwoValleysTheDeeperIsFound() {
    // A sharp turn makes a second valley where the student's excess breaks down.
    var law = law
    (law.f1, law.c1) = (0.03, law.c1 * law.f1 / 0.03)
    func losses(_ range: ClosedRange<Double>) -> [Double] {
      (0...20_000).map { step in
        law.loss(
          studentParameters: 1e9, studentTokens: 1e12,
          teacherLoss: range.lowerBound + (range.upperBound - range.lowerBound) * Double(step) / 20_000)
      }
    }
    let all = losses(1...4)
    let valleys = all.indices.dropFirst().dropLast().filter { all[$0] < all[$0 - 1] && all[$0] < all[$0 + 1] }
    #expect(valleys.count == 2)
    // Where the range begins decides which is the deeper one.
    var found: [Double] = []
    for low in [1.0, 2.2, 2.4] {
      let best = law.bestTeacherLoss(studentParameters: 1e9, studentTokens: 1e12, in: low...4)
      let least = losses(low...4).min() ?? 0
      #expect(law.loss(studentParameters: 1e9, studentTokens: 1e12, teacherLoss: best) <= least + 1e-12)
      found.append(best)
    }
    #expect(found[0] < 1.7 && found[2] > 2.5)
  }

  @Test func anEndOfTheRangeIsReturnedAsItIs() {
    // Endless size and tokens: the student is its teacher, and the best one is the best of the range.
    #expect(
      law.bestTeacherLoss(studentParameters: .infinity, studentTokens: .infinity, in: 1.3...2.5) == 1.3)
    let best = law.bestTeacherLoss(studentParameters: 1e9, studentTokens: 1e11, in: 1.22...4)
    #expect(law.bestTeacherLoss(studentParameters: 1e9, studentTokens: 1e11, in: (best + 0.1)...4) == best + 0.1)
    #expect(law.bestTeacherLoss(studentParameters: 1e9, studentTokens: 1e11, in: 1...(best - 0.1)) == best - 0.1)
  }
}
