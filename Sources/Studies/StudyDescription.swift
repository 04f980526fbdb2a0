import Formats
import Foundation
import PaperStudy
import ScalingLaws

/// `study.json`: what cannot be read off a study's runs. Everything in it may be left out.
public struct StudyDescription: Sendable, Codable, Hashable {
  /// As the gallery and reports have it; the study's name unless given.
  public var title: String?
  /// What is to be known of the runs, in a sentence or two.
  public var note: String?
  /// The study's place in the gallery, low first.
  public var order: Int?
  /// The largest mean absolute relative error of a fit that passes; 0.01 unless given.
  public var target: Double?
  /// Which runs the fits that are asked to extrapolate are made from.
  public var weakerRuns: WeakerRuns?
  /// Constants of the models; read off the runs where these record their models.
  public var family: Family?
  /// The shapes of the models, for the tables of parameters and FLOPs by component.
  public var shapes: Shapes?
  /// The role of a sweep by its name. Unless given, roles follow from the runs' own numbers.
  public var sweeps: [String: SweepRole]?
  /// Sizes, budgets and bounds of the plans; what is left out follows from the runs.
  public var planning: Planning?
  /// What the figures of the distillation law show, by the names of ``FigureScale``: a number, the two ends of an axis,
  /// or a list. What is left out follows from the runs.
  public var axes: [String: Numbers]?
  /// The study is the paper's: it has its laws, claims and reconstructed runs.
  public var paper: Paper?
  /// The study shows the paper's kernel regression, which needs no runs.
  public var kernelRegression: Bool?
  /// How the runs came into the study, as distill-study new found them.
  public var reading: Reading?
  /// Which of the runs are taken, by every stage; all unless given.
  public var selection: Selection?
  /// Coverage studies, by name: the options of `distill-coverage` for each.
  public var coverage: [String: String]?

  public struct Reading: Sendable, Codable, Hashable {
    /// What was taken to be so without being told, and what was left out.
    public var notes: [String]?
    /// What makes the runs doubtful.
    public var warnings: [String]?

    public init(notes: [String], warnings: [String]) {
      self.notes = notes.isEmpty ? nil : notes
      self.warnings = warnings.isEmpty ? nil : warnings
    }
  }

  public struct Selection: Sendable, Codable, Hashable {
    /// Conditions that a run must meet, as `--where` has them: `loss<4`.
    public var conditions: [String]?
    /// The best run of each (N, D), or the last checkpoint of each training.
    public var choice: ReadingOptions.Choice?
    /// The least tokens of a run.
    public var minimumTokens: Double?

    private enum CodingKeys: String, CodingKey {
      case conditions = "where", choice = "select", minimumTokens
    }

    /// The same for who reads runs.
    public var options: ReadingOptions {
      ReadingOptions(conditions: conditions ?? [], choice: choice, minimumTokens: minimumTokens)
    }
  }

  public struct WeakerRuns: Sendable, Codable, Hashable {
    public var supervised: Cut?
    public var distillation: Cut?

    /// Either the share of the runs with the largest losses, or the least loss in nats per token.
    public struct Cut: Sendable, Codable, Hashable {
      public var fraction: Double?
      public var minimumLoss: Double?
    }
  }

  public struct Family: Sendable, Codable, Hashable {
    /// Model width over layers.
    public var aspectRatio: Double
    /// Tokens of context.
    public var context: Double
    public var vocabulary: Double
    /// Weights of one layer over the square of the width; 12 unless given.
    public var weightsPerSquaredWidth: Double?
  }

  public struct Shapes: Sendable, Codable, Hashable {
    public var models: [Model]
    public var headWidth: Int
    /// Whether one matrix embeds tokens and makes the logits.
    public var sharesEmbedding: Bool
    /// Whether N counts the gains of the norms.
    public var countsGains: Bool

    public struct Model: Sendable, Codable, Hashable {
      public var name: String
      public var layers, width, feedForwardWidth: Int
    }
  }

  public struct Planning: Sendable, Codable, Hashable {
    /// Sizes N_S with a panel each, rising.
    public var studentParameters: [Double]?
    /// The least and the greatest budget in FLOPs, whole powers of ten.
    public var compute: [Double]?
    /// The least and the greatest student loss whose cost is asked for, in nats per token.
    public var losses: [Double]?
    public var bounds: Bounds?

    public init() {}

    public struct Bounds: Sendable, Codable, Hashable {
      public var studentTokens: ClosedRange<Double>?
      public var teacherParameters: ClosedRange<Double>?
      public var teacherTokens: ClosedRange<Double>?
      /// Why they are what they are, as captions say it.
      public var origin: String?
    }
  }

  /// A number, or several.
  public struct Numbers: Sendable, Codable, Hashable {
    public var values: [Double]

    public init(_ values: [Double]) { self.values = values }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Double.self) {
        values = [value]
      } else {
        values = try container.decode([Double].self)
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if values.count == 1 { try container.encode(values[0]) } else { try container.encode(values) }
    }
  }

  /// The law of the paper that the study draws, its runs drawn from it, and the marks on its figures.
  public struct Paper: Sendable, Codable, Hashable {
    /// `figures` or `printed`.
    public var law: String
    /// What can be read off the paper's figures, for the test of B'.
    public var marks: String?
  }

  public init() {}

  /// - Throws: ``StageError`` that names the file, and the key or value that makes no sense.
  static func read(from path: String) throws(StageError) -> StudyDescription {
    let data = try readFile(path)
    func fail(_ message: String) -> StageError { StageError(message, file: path) }
    do {
      guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
        throw fail("expected a JSON object; {} is enough")
      }
      let known = Set(CodingKeys.allCases.map(\.stringValue))
      if let key = object.keys.filter({ !known.contains($0) }).min() {
        throw fail("`\(key)` is no key of a study; expected \(known.sorted().joined(separator: ", "))")
      }
      let description = try JSONDecoder().decode(StudyDescription.self, from: data)
      if let problem = description.problem { throw fail(problem) }
      return description
    } catch let error as StageError {
      throw error
    } catch let error as DecodingError {
      throw fail(explanation(of: error))
    } catch {
      throw fail("expected a JSON object; {} is enough")
    }
  }

  private static func explanation(of error: DecodingError) -> String {
    switch error {
    case .typeMismatch(let type, let context):
      "`\(name(context.codingPath))` should be of type \(type)"
    case .keyNotFound(let key, let context):
      "`\(name(context.codingPath + [key]))` is missing"
    case .valueNotFound(_, let context):
      "`\(name(context.codingPath))` has no value"
    case .dataCorrupted(let context) where context.codingPath.first?.stringValue == CodingKeys.sweeps.stringValue:
      "`\(name(context.codingPath))` should be a role: \(SweepRole.allCases.map(\.rawValue).joined(separator: ", "))"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "expected a JSON object; {} is enough" : "`\(name(context.codingPath))`: \(context.debugDescription)"
    @unknown default: "cannot be read"
    }
  }

  private static func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }

  /// What of the values makes no sense.
  private var problem: String? {
    func isPositive(_ value: Double?) -> Bool { value.map { $0 > 0 && $0.isFinite } ?? true }
    if let target, !(target > 0 && target < 1) { return "`target` should lie between 0 and 1, not be \(target)" }
    for (name, cut) in [("supervised", weakerRuns?.supervised), ("distillation", weakerRuns?.distillation)] {
      guard let cut else { continue }
      if (cut.fraction == nil) == (cut.minimumLoss == nil) {
        return "`weakerRuns.\(name)` should have either `fraction` or `minimumLoss`"
      }
      if !isPositive(cut.fraction) || !isPositive(cut.minimumLoss) || (cut.fraction ?? 0) > 1 {
        return "`weakerRuns.\(name)` should be a share up to 1 or a positive loss"
      }
    }
    if let family,
      ![family.aspectRatio, family.context, family.vocabulary, family.weightsPerSquaredWidth ?? 1].allSatisfy(isPositive)
    {
      return "`family` should have positive numbers"
    }
    if let family, max(family.context, family.vocabulary) > 1e9 {
      return "`family` should have a context and a vocabulary of at most 1e9"
    }
    if !isPositive(selection?.minimumTokens) { return "`selection.minimumTokens` should be a positive number" }
    for (name, pair) in [("compute", planning?.compute), ("losses", planning?.losses)] {
      guard let pair else { continue }
      guard pair.count == 2, pair[0] > 0, pair[1] > pair[0], pair[1].isFinite else {
        return "`planning.\(name)` should be the least and the greatest, two positive numbers"
      }
    }
    if let sizes = planning?.studentParameters,
      sizes.isEmpty || !sizes.allSatisfy(isPositive) || sizes != Array(Set(sizes)).sorted()
    {
      return "`planning.studentParameters` should be positive and rising"
    }
    if let law = paper?.law, PaperLaw(rawValue: law) == nil {
      return "`paper.law` should be \(PaperLaw.allCases.map(\.rawValue).joined(separator: " or ")), not \(law)"
    }
    if let marks = paper?.marks, !Self.isPlain(marks, allowed: "-_./") || marks.split(separator: "/").contains("..") {
      return "`paper.marks` should be a file of the study's folder, of letters, digits, -, _, . and /"
    }
    for (name, options) in (coverage ?? [:]).sorted(by: { $0.key < $1.key }) {
      if !Name.isValid(name) {
        return "`coverage`: \"\(printable(name, limit: 60))\" cannot name a coverage study: expected \(Name.rule)"
      }
      if !Self.isPlain(options, allowed: "-_./=+,: ") {
        return "`coverage.\(name)` should be options of distill-coverage, of letters, digits and -_./=+,: alone"
      }
    }
    return FigureScale.problem(with: axes ?? [:])
  }

  /// Whether a text is safe in make's rules and for its shell.
  private static func isPlain(_ text: String, allowed: String) -> Bool {
    text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || allowed.utf8.contains(byte)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case title, note, order, target, weakerRuns, family, shapes, sweeps, planning, axes, paper, kernelRegression, reading,
      selection, coverage
  }
}
