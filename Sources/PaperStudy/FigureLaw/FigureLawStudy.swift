import Allocation
import Formats
import Foundation
import ScalingLaws

/// Which B' the paper's figures follow: the label test of ``LabelTest`` for many laws, and what else tells the two
/// readings of table 6 apart.
public struct FigureLawStudy: Sendable {
  /// A law that is tried.
  public struct Candidate: Sendable {
    public var name: String
    public var law: DistillationLaw
    /// Whether F(N) = 2N stands for the paper's F(N).
    var ignoresOverheads = false
    /// Whether each panel is set against the labels of another.
    var isPermuted = false
    /// Of several with this mark the best is kept.
    var choice: String?
  }

  public let marks: FigureMarks
  /// Those of the curve first, with B' rising; then table 6 to the letter and as the figures have it; then others.
  public let candidates: [Candidate]
  private let curvePoints: Int

  /// Twelve values of B' a decade.
  private static let perDecade = 12
  /// B' from 1e4 to 1e7.
  private static let decades = 3

  public init(marks: FigureMarks) {
    self.marks = marks
    let curve = (0...Self.perDecade * Self.decades).map { step -> Candidate in
      var law = DistillationLaw.printed
      law.tokenCoefficient = pow(10, 4 + Double(step) / Double(Self.perDecade))
      return Candidate(name: String(format: "B' = %.4g", law.tokenCoefficient), law: law)
    }
    curvePoints = curve.count
    candidates =
      curve
      + [
        Candidate(name: "as printed, \(Self.name(.printed))", law: .printed),
        Candidate(name: "as the figures have it, \(Self.name(.figures))", law: .figures),
      ] + Self.alternatives
  }

  private static func name(_ law: DistillationLaw) -> String { String(format: "B' = %.0f", law.tokenCoefficient) }

  private static var alternatives: [Candidate] {
    let (printed, figures) = (name(.printed), name(.figures))
    func changed(_ law: DistillationLaw, _ change: (inout DistillationLaw) -> Void) -> DistillationLaw {
      var law = law
      change(&law)
      return law
    }
    let betas = (0...9).map { step -> Candidate in
      let beta = 0.36 + 0.02 * Double(step)
      return Candidate(
        name: printed + String(format: " with beta' = %.2f, the best from 0.36 to 0.54", beta),
        law: changed(.printed) { $0.beta = beta }, choice: "beta")
    }
    return [
      Candidate(
        name: "\(figures), digits that table 6 may have cut filled by half", law: changed(.figures, fillDigits)),
      Candidate(name: "\(printed), digits filled likewise", law: changed(.printed, fillDigits)),
    ] + betas + [
      Candidate(name: "\(figures) with gamma' = 1", law: changed(.figures) { $0.gamma = 1 }),
      Candidate(
        name: "\(figures) with alpha' and beta' exchanged",
        law: changed(.figures) { ($0.alpha, $0.beta) = ($0.beta, $0.alpha) }),
      Candidate(name: "\(figures) with c0 as 2", law: changed(.figures) { $0.c0 = 2 }),
      Candidate(name: "\(figures) with F(N) = 2N", law: .figures, ignoresOverheads: true),
      Candidate(name: "\(figures), each panel against the labels of the next", law: .figures, isPermuted: true),
    ]
  }

  /// Half a unit of the last printed digit more, for every coefficient but B', which has two digits and a half.
  private static func fillDigits(_ law: inout DistillationLaw) {
    law.parameterCoefficient += 0.5
    if law.tokenCoefficient > 1e6 { law.tokenCoefficient += 50 } else { law.tokenCoefficient += 0.5 }
    law.alpha += 0.0005
    law.beta += 0.0005
    law.gamma += 0.0005
    law.c0 += 0.0005
    law.c1 += 0.05
    law.f1 += 0.0005
    law.d1 += 0.0005
    law.supervised.irreducibleLoss += 0.0005
    law.supervised.parameterCoefficient += 0.5
    law.supervised.tokenCoefficient += 0.5
    law.supervised.alpha += 0.0005
    law.supervised.beta += 0.0005
    law.supervised.gamma += 0.0005
  }

  /// The label test of a candidate.
  public func test(_ index: Int) throws(AllocationError) -> LabelTest {
    let candidate = candidates[index]
    // A forward pass of 2N FLOPs and nothing else; the vocabulary still bounds the losses.
    let plain = ModelFamily(aspectRatio: ModelFamily.paper.aspectRatio, context: 0, vocabulary: 0)
    let test = try LabelTest(
      marks, law: candidate.law, family: candidate.ignoresOverheads ? plain : .paper,
      greatestLoss: log(ModelFamily.paper.vocabulary))
    return candidate.isPermuted ? test.permuted : test
  }

  private func trial(_ index: Int, _ test: LabelTest) -> FigureLawDocument.Trial {
    let outcomes = test.outcomes()
    return FigureLawDocument.Trial(
      name: candidates[index].name, tokenCoefficient: candidates[index].law.tokenCoefficient,
      disagreements: outcomes.map(\.disagreements), shares: outcomes.map(\.share))
  }

  /// - Parameters:
  ///   - tests: of every candidate, in their order.
  ///   - claims: the paper's, under both laws.
  ///   - records: students that are drawn from each law without noise.
  /// - Throws: ``StageError`` where a law cannot be planned with.
  public func document(
    _ tests: [LabelTest], claims: [Claim], records: (printed: [RunRecord], figures: [RunRecord])
  ) throws(StageError) -> FigureLawDocument {
    let trials = zip(candidates.indices, tests).map { trial($0, $1) }
    var alternatives = [FigureLawDocument.Trial](), best = [String: Int]()
    for index in candidates.indices.dropFirst(curvePoints + 2) {
      guard let choice = candidates[index].choice else {
        alternatives.append(trials[index])
        continue
      }
      if let place = best[choice] {
        if trials[index].total < alternatives[place].total { alternatives[place] = trials[index] }
      } else {
        best[choice] = alternatives.count
        alternatives.append(trials[index])
      }
    }
    let evidence: FigureLawEvidence
    do {
      evidence = try FigureLawEvidence(
        marks: marks, printed: tests[curvePoints], figures: tests[curvePoints + 1], claims: claims, records: records)
    } catch {
      throw StageError(error.description)
    }
    return FigureLawDocument(
      groups: tests[curvePoints].outcomes().map { FigureLawDocument.Group(name: $0.group, labels: $0.labels) },
      curve: Array(trials.prefix(curvePoints)), printed: trials[curvePoints], figures: trials[curvePoints + 1],
      alternatives: alternatives, evidence: evidence.evidence, unexplained: evidence.unexplained)
  }
}
