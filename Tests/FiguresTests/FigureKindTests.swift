import Formats
import Foundation
import Figures
import Plotting
import Testing

/// What holds of every figure of a kind, seen on the scene.
@Suite struct FigureKindTests {
  private static let inputs = SimulatedRuns().inputsWithPractice
  private var inputs: FigureInputs { Self.inputs }

  private func scene(_ name: String, _ inputs: FigureInputs? = nil) throws -> Scene {
    try #require(FigureDefinition.all.first { $0.name == name }).make(inputs ?? self.inputs).layout()
  }

  private func polylines(_ mark: SceneMark) -> [[Point]] {
    mark.shapes.compactMap { shape in if case .polyline(let points, _) = shape { points } else { nil } }
  }

  private func strokes(_ mark: SceneMark?) -> [Stroke] {
    (mark?.shapes ?? []).compactMap { shape in if case .polyline(_, let stroke) = shape { stroke } else { nil } }
  }

  private func fill(_ mark: SceneMark?) -> Color? {
    for case .markers(_, let style)? in [mark?.shapes.first] { return style.fill ?? style.outline?.color }
    return nil
  }

  @Test(arguments: FigureTests.names) func apostrophesAreTypographicAndAxesHaveUnits(name: String) throws {
    let scene = try scene(name)
    for label in scene.labels {
      #expect(!label.text.description.contains("'"), "\(label.text)")
      // Shares and coefficients have no unit.
      guard label.role == .axisTitle, !["profiles", "diagnostics"].contains(name) else { continue }
      let text = label.text.description
      let isBare = [
        "Share of compute", "distilled / supervised", "Parameters", "tokens", "learning rate", "onfidence", "Accuracy",
        "Agreement", "Score", "λ", "τ", "Tokens kept", "Probability kept", "probability dropped",
      ]
      .contains { text.contains($0) }
      #expect(text.contains("(") || isBare, "\(name): \(text)")
    }
  }

  @Test(arguments: ["2", "3", "4", "36", "37", "38", "39", "41"]) func nothingDrawnLeavesItsPanel(name: String) throws {
    for panel in try scene(name).panels {
      let frame = panel.frame
      for mark in panel.marks where mark.name.hasPrefix("law") || mark.name.hasPrefix("supervised") {
        for point in polylines(mark).joined() {
          let isInside =
            point.x > frame.left - 0.1 && point.x < frame.right + 0.1 && point.y > frame.top - 0.1
            && point.y < frame.bottom + 0.1
          #expect(isInside, "\(panel.id): \(mark.name)")
        }
      }
    }
  }

  @Test func aBudgetHasOneColourInBothPartsOfFigures38And39() throws {
    for name in ["38", "39"] {
      var colors: [String: Set<Color>] = [:]
      for panel in try scene(name).panels {
        for mark in panel.marks {
          guard let color = fill(mark) else { continue }
          let budget = mark.name.replacingOccurrences(of: "C_S = ", with: "").replacingOccurrences(of: "C_T = ", with: "")
          colors[budget, default: []].insert(color)
        }
      }
      #expect(colors.count == 4 && colors.values.allSatisfy { $0.count == 1 }, "\(name): \(colors.keys.sorted())")
      #expect(Set(colors.values.flatMap { $0 }).count == 4, "\(name)")
    }
  }

  @Test func figure39HasBarsOfMeasuredRunsAndTheSupervisedLaw() throws {
    var inputs = inputs
    // Noise, so that residuals are not zero.
    for index in inputs.records.indices {
      inputs.records[index].origin = .measured
      if inputs.records[index].kind == .distillation {
        inputs.records[index].loss *= 1 + 0.001 * sin(Double(index) * 12.9898)
      }
    }
    let measured = try scene("39", inputs)
    #expect(measured.panels.flatMap(\.marks).contains { $0.name.hasPrefix("deviation") && !$0.shapes.isEmpty })
    let drawn = try scene("39")
    #expect(!drawn.panels.flatMap(\.marks).contains { $0.name.hasPrefix("deviation") })
    #expect(drawn.labels.filter { $0.role == .panelTitle }.count == 4)
    let dashed = drawn.panels.map { $0.marks.filter { $0.name.hasPrefix("supervised") } }
    #expect(dashed.contains { $0.count == 3 } && dashed.contains { $0.count == 1 })
    for mark in dashed.joined() { #expect(strokes(mark).allSatisfy { !$0.dash.isEmpty }) }
  }

  @Test func divergencesHaveNoLine() throws {
    for name in ["37", "41"] {
      let panels = try scene(name).panels.filter { $0.id.hasPrefix("divergence") }
      #expect(!panels.isEmpty)
      for panel in panels {
        #expect(panel.marks.filter { !$0.name.hasPrefix("student") }.flatMap(polylines).isEmpty)
        #expect(panel.y.scale.domain.lowerBound == 0)
      }
    }
  }

  @Test func thePanelsOfFigure41AreTheReverseOfEachOther() throws {
    let ids = try scene("41").panels.map(\.id).filter { $0.hasPrefix("loss") }
    let names = ids.map { $0.dropFirst("loss of ".count).components(separatedBy: " from ") }
    #expect(names.count == 2 && names[0] == names[1].reversed() && names[0][0] != names[0][1], "\(ids)")
  }

  @Test func neitherSeriesOfFigure5HidesTheOther() throws {
    for panel in try scene("5").panels {
      func style(_ name: String) throws -> MarkerStyle {
        for case .markers(_, let style)? in [panel.mark(name)?.shapes.first] { return style }
        throw StageError("no markers")
      }
      let (all, weak) = (try style("all"), try style("weak"))
      #expect(weak.fill == nil && weak.size > 1.5 * all.size)
      let order = panel.marks.map(\.name)
      #expect(try #require(order.firstIndex(of: "weak")) < (try #require(order.firstIndex(of: "all"))))
    }
  }

  @Test(arguments: ["6", "13", "14"]) func coloursReachAsFarAsTheValues(name: String) throws {
    let scene = try scene(name)
    for panel in scene.panels where !panel.id.hasPrefix("bar") {
      // Bands are drawn as all that is above a level: the first is the whole panel.
      let areas = (panel.mark("benefit")?.shapes ?? []).map { shape -> Double in
        guard case .area(let rings, _) = shape else { return 0 }
        let twice = rings.map { ring in
          zip(ring, ring.dropFirst() + ring.prefix(1)).reduce(0) { $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y }
        }
        return abs(twice.reduce(0, +) / 2)
      }
      let whole = try #require(areas.first)
      guard areas.count > 1 else { continue }
      #expect(areas[1] / whole > 0.94, "\(name) \(panel.id)")
      let equal = strokes(panel.mark("equal sizes"))
      #expect(equal.count == 2 && equal[0].dash.isEmpty && equal[0].width > equal[1].width + 0.5)
      #expect(equal[1].color == .white && equal[0].color.lightness < 40)
    }
    #expect(name != "13" || scene.panels.filter { $0.id.hasPrefix("bar") }.count == 2)
  }

  @Test func whatLiesOutsideTheRunsIsPale() throws {
    for name in ["8", "9", "20", "32", "33"] {
      let panels = try scene(name).panels
      #expect(panels.contains { $0.marks.contains { $0.name.hasPrefix("outside") } }, "\(name)")
      for panel in panels {
        for mark in panel.marks where mark.name.hasPrefix("outside ") {
          let inside = strokes(panel.mark(String(mark.name.dropFirst("outside ".count)))).first
          guard let inside, let outside = strokes(mark).first else { continue }
          #expect(outside.color.lightness > inside.color.lightness + 5, "\(name): \(mark.name)")
        }
      }
    }
    for name in ["6", "7", "15", "16", "19"] {
      let panels = try scene(name).panels
      #expect(panels.contains { $0.mark("outside the runs") != nil && $0.mark("edge of the runs") != nil }, "\(name)")
    }
  }

  @Test func contoursAreOneRow() throws {
    for (name, count) in [("19", 5), ("21", 4), ("24", 5), ("27", 5)] {
      let panels = try scene(name).panels
      #expect(panels.count == count && Set(panels.map(\.frame.top)).count == 1)
    }
  }

  @Test func figure33And34SayWhatIsDivided() throws {
    for (name, quantity) in [("33", "Compute"), ("34", "Tokens")] {
      let labels = try scene(name).labels
      #expect(labels.contains { $0.role == .axisTitle && $0.text.description.hasPrefix(quantity + ", distilled") })
      #expect(labels.contains { $0.role == .legend && $0.text.description == "break-even" })
    }
  }
}
