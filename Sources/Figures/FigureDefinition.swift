import Formats
import Plotting
import Studies

/// A figure that can be made: its number, what it shows, what it needs, and how it is made. Each has a file of its own,
/// named after it, and a line in ``all``.
public struct FigureDefinition: Sendable {
  /// As given on the command line: the paper's number, or a word for figures that are not in the paper.
  public let name: String
  /// What it shows, in a few words.
  public let title: String
  /// What it cannot do without: it is drawn in every study that has it.
  public let needs: Set<Input>
  /// What it shows as well where a study has it.
  public let uses: Set<Input>
  public let make: @Sendable (FigureInputs) throws(StageError) -> Figure

  init(
    name: String, title: String, needs: Set<Input>, uses: Set<Input> = [],
    make: @escaping @Sendable (FigureInputs) throws(StageError) -> Figure
  ) {
    self.name = name
    self.title = title
    self.needs = needs
    self.uses = uses
    self.make = make
  }

  /// A figure with the paper's number.
  init(
    number: Int, title: String, needs: Set<Input>, uses: Set<Input> = [],
    make: @escaping @Sendable (FigureInputs) throws(StageError) -> Figure
  ) {
    self.init(name: "\(number)", title: title, needs: needs, uses: uses, make: make)
  }

  /// The name with two digits, by which files sort: `05`, `profiles`.
  public var paddedName: String { name.count == 1 && name.allSatisfy(\.isNumber) ? "0" + name : name }

  /// Name of its files without extension, such as `figure-05`.
  public var fileStem: String { "figure-" + paddedName }

  /// Result files that it is made from in a study, in the order of their names.
  public func files(for study: Study) -> [ResultFile] {
    var files = Set(needs.union(uses).files)
    if needs.contains(.distillationLaw), study.paperLaw == nil { files.insert(.distillationFit) }
    return files.sorted { $0.rawValue < $1.rawValue }
  }

  /// Roles of the sweeps that it shows.
  var roles: Set<SweepRole> {
    needs.union(uses).reduce(into: []) { roles, input in
      switch input {
      case .sweep(let role): roles.insert(role)
      case .anySweep(let several): roles.formUnion(several)
      default: break
      }
    }
  }

  /// Whether it shows runs, whatever sweep they are of.
  var showsRuns: Bool {
    !roles.isEmpty || !needs.union(uses).isDisjoint(with: [.supervisedRuns, .distillations, .downstreamScores])
  }

  /// What of its needs a study does not have, in the order of lists.
  public func lacks(_ runs: StudyRuns) -> [Input] { needs.filter { !runs.offers($0) }.listed }

  /// The figures that a study can have, in the order in which they are listed.
  public static func drawable(from runs: StudyRuns) -> [FigureDefinition] { all.filter { $0.lacks(runs).isEmpty } }

  /// Every figure, in the order in which they are listed.
  public static let all: [FigureDefinition] = [
    .figure01, .figure02, .figure03, .figure04, .figure05, .figure06, .figure07, .figure08, .figure09, .figure10,
    .figure11, .figure12, .figure13, .figure14, .figure15, .figure16, .figure17, .figure18, .figure19, .figure20,
    .figure21, .figure22, .figure23, .figure24, .figure25, .figure26, .figure27, .figure28, .figure29, .figure30,
    .figure31, .figure32, .figure33, .figure34, .figure35, .figure36, .figure37, .figure38, .figure39, .figure40,
    .figure41, .figure42, .figure43, .figure44, .figure45, .figure46, .figure47, .figure48, .figure49, .figure50,
    .figure51, .figure52, .figure53, .figure54, .profiles, .diagnostics, .figureLaw, .learningRate,
  ]
}
