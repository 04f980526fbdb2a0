import Foundation
import Plotting
import Testing

@Suite struct ScaleTests {
  @Test func logarithmicScaleSpreadsDecadesEvenly() throws {
    let scale = try Scale(.logarithmic, domain: 1e8...1e12)
    #expect(abs(scale.position(of: 1e9) - 0.25) < 1e-12)
    #expect(abs(scale.position(of: 1e13) - 1.25) < 1e-12)
    #expect(abs(scale.value(at: 0.5) / 1e10 - 1) < 1e-12)
    #expect(scale.position(of: 0).isNaN && scale.position(of: -1).isNaN)
  }

  @Test func scalesRefuseDomainsTheyCannotShow() {
    #expect(throws: PlotError.self) { try Scale(.logarithmic, domain: 0...1) }
    #expect(throws: PlotError.self) { try Scale(.linear, domain: 2...2) }
    #expect(throws: PlotError.self) { try Scale(.linear, domain: 0...Double.infinity) }
  }

  @Test func domainsLeaveOutWhatCannotBeShown() throws {
    let domain = try #require(Scale.domain(.logarithmic, of: [-3, 0, .nan, 10, 1000], padding: 0))
    #expect(abs(domain.lowerBound - 10) < 1e-9 && abs(domain.upperBound - 1000) < 1e-6)
    #expect(Scale.domain(.linear, of: [.nan]) == nil)
    #expect(try #require(Scale.domain(.linear, of: [2])).contains(2))
  }

  @Test func linearTicksAreNiceNumbersInTheDomain() throws {
    let candidates = try Scale(.linear, domain: 1.44...3.26).tickCandidates()
    #expect(candidates.contains { $0.major == [1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2] })
    for ticks in candidates {
      #expect(ticks.major.allSatisfy { (1.44...3.26).contains($0) })
      #expect(Set(ticks.major).isDisjoint(with: ticks.minor))
    }
    // Denser first.
    #expect(candidates.map(\.major.count) == candidates.map(\.major.count).sorted(by: >))
  }

  @Test func logarithmicTicksFollowTheSpan() throws {
    let wide = try Scale(.logarithmic, domain: 1e8...1e13).tickCandidates()
    #expect(wide.first?.major == [1e8, 1e9, 1e10, 1e11, 1e12, 1e13])
    #expect(wide.first?.minor.contains(3e9) == true)
    let narrow = try Scale(.logarithmic, domain: 5000...500_000).tickCandidates()
    #expect(narrow.first?.major == [5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5])
    let small = try Scale(.logarithmic, domain: 0.0008...0.011).tickCandidates()
    #expect(small.first?.major == [0.001, 0.002, 0.005, 0.01])
  }
}

@Suite struct TickFormatTests {
  @Test(arguments: [
    (6144, "6.14k"), (1e8, "100M"), (1e9, "1B"), (1e13, "10T"), (999_999, "1M"), (512e9, "512B"), (20, "20"),
  ])
  func abbreviations(value: Double, text: String) {
    #expect(TickFormat.abbreviate(value) == text)
  }

  @Test func powersCarryTheirExponentAsSuperscript() {
    let labels = TickFormat.powerOfTen.labels([1e22, 3e11, 1e-3])
    #expect(labels[0] == "10" + .superscript("22"))
    #expect(labels[1].description == "3\u{2009}×\u{2009}10^11")
    #expect(labels[2].description == "10^\u{2212}3")
  }

  @Test func decimalsShareTheirPlaces() {
    #expect(TickFormat.decimal.labels([0, 0.5, 1]).map(\.description) == ["0.0", "0.5", "1.0"])
    #expect(TickFormat.decimal.labels([-1, 0, 1]).map(\.description) == ["\u{2212}1", "0", "1"])
    #expect(TickFormat.percent.labels([0, 25]).map(\.description) == ["0%", "25%"])
    #expect(TickFormat.shortest.labels([0.005, 0.01]).map(\.description) == ["0.005", "0.01"])
  }
}

@Suite struct ColorTests {
  @Test func discreteColoursDifferInGreyPrint() {
    for (index, color) in Palette.discrete.enumerated() {
      for other in Palette.discrete[(index + 1)...] {
        #expect(abs(color.lightness - other.lightness) > 5, "\(color) and \(other)")
      }
    }
  }

  @Test func orderedColoursGetLighter() {
    for count in 2...8 {
      let lightness = Palette.ordered(count).map(\.lightness)
      #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $1 - $0 > 3 })
    }
  }

  @Test func colourScalesReachTheirEnds() throws {
    let scale = ColorScale(try Scale(.logarithmic, domain: 1...100), anchors: [.black, .white])
    #expect(scale(1) == .black && scale(100) == .white)
    #expect(abs(scale(10).red - 0.5) < 1e-12)
  }
}
