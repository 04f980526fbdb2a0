import Formats
import Foundation
import PaperStudy
import ScalingLaws
import Testing

@Suite struct LabelTests {
  /// A round hill in a square: its contours are circles, and quarters of circles in a corner.
  @Test func piecesOfCirclesAreFoundWithTheirSize() {
    let hill = ContourField(columns: 101, rows: 101) { x, y in -hypot(x - 0.5, y - 0.5) }
    let circle = hill.pieces(at: -0.25)
    #expect(circle.count == 1 && abs(circle[0] - 0.5) < 1e-3)
    // Past the middle of the sides, the circle falls into four arcs in the corners.
    let arcs = hill.pieces(at: -0.6)
    #expect(arcs.count == 4)
    #expect(arcs.allSatisfy { abs($0 - (0.5 - (0.36 - 0.25).squareRoot())) < 1e-3 })
    #expect(hill.pieces(at: 1).isEmpty)
  }

  @Test func twoHillsAndTheirSaddle() {
    let hills = ContourField(columns: 121, rows: 121) { x, y in
      exp(-40 * (pow(x - 0.3, 2) + pow(y - 0.5, 2))) + exp(-40 * (pow(x - 0.7, 2) + pow(y - 0.5, 2)))
    }
    #expect(hills.pieces(at: 0.8).count == 2)
    #expect(hills.pieces(at: 0.2).count == 1)
    let broken = ContourField(columns: 11, rows: 11) { x, y in x < 0.5 ? .nan : y }
    #expect(broken.pieces(at: 0.55).allSatisfy { $0 < 0.51 })
  }

  private func marks() throws -> FigureMarks {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try FigureMarks.read(from: root.appendingPathComponent("Studies/paper/figures.json").path)
  }

  /// Without the figures of plans, which take long.
  @Test func theLabelsFollowAHundredTimesThePrintedCoefficient() throws {
    var marks = try marks()
    #expect(marks.labels == 765)
    marks.panels.removeAll { $0.figure > 16 }
    func total(_ law: DistillationLaw) throws -> Int {
      try LabelTest(marks, law: law).outcomes().reduce(0) { $0 + $1.disagreements }
    }
    let found = try total(.figures)
    #expect(found < 20)
    #expect(try total(.printed) > 5 * found)
    var law = DistillationLaw.figures
    law.gamma = 1
    #expect(try total(law) > 5 * found)
    // The test hangs on which panel is which.
    let shifted = try LabelTest(marks, law: .figures).permuted.outcomes().reduce(0) { $0 + $1.disagreements }
    #expect(shifted > 5 * found)
  }

  @Test func aLabelTooManyAndOneTooFewCount() throws {
    var marks = try marks()
    marks.panels = [marks.panels[0]]
    let test = try LabelTest(marks, law: .figures)
    let outcome = try #require(test.outcomes().first)
    #expect(outcome.group == "7" && outcome.labels == 21 && outcome.disagreements == 0)
    marks.panels[0].labels[0].count += 2
    marks.panels[0].labels.removeLast()
    #expect(try LabelTest(marks, law: .figures).outcomes().first?.disagreements == 3)
  }
}
