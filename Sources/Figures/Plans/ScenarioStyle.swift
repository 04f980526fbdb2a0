import Allocation
import Plotting

/// How scenarios look, the same in all figures.
extension Scenario {
  var color: Color {
    switch self {
    case .supervised: .grey(0.1)
    case .bestCase: Palette.discrete[0]
    case .teacherInference: Palette.discrete[1]
    case .teacherPretraining: Palette.discrete[2]
    case .teacherPretrainingAndInference: Palette.discrete[3]
    }
  }

  /// Lines that lie on one another stay apart, in grey print, too.
  var stroke: Stroke {
    switch self {
    case .supervised: Stroke(color, width: 1.1, dash: Stroke.dashed)
    case .bestCase, .teacherPretraining: Stroke(color, width: 1.1)
    case .teacherInference: Stroke(color, width: 1.1, dash: [5, 1.5])
    case .teacherPretrainingAndInference: Stroke(color, width: 1.1, dash: [5, 1.4, 1, 1.4])
    }
  }

  static func legend(_ scenarios: [Scenario]) -> Legend.Group {
    Legend.Group(nil, scenarios.map { Legend.Entry(RichText($0.name), Swatch(line: $0.stroke)) })
  }
}
