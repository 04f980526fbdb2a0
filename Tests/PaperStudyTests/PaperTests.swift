import Formats
import Foundation
import PaperStudy
import ScalingLaws
import Testing
import Verification

@Suite struct RecoveryTests {
  static let noise = 0.004
  static let reconstruction = Reconstruction(noise: noise, seed: 3)
  let supervised = reconstruction.supervisedRuns()
  let distillations = reconstruction.distillations()

  private func check(_ recovery: LawRecovery, _ name: String) throws -> LawRecovery.Check {
    try #require(recovery.checks.first { $0.name.contains(name) })
  }

  /// A law a little off is recovered, and the checks say by how much it is off.
  @Test func differencesAreThoseOfTheLosses() throws {
    var near = SupervisedLaw.published
    near.irreducibleLoss += 0.003
    let losses = supervised.map { SupervisedLaw.published.loss(parameters: $0.parameters, tokens: $0.tokens) }
    let recovery = LawRecovery(near, published: .published, runs: supervised, noise: Self.noise)
    #expect(recovery.passes)
    let mean = losses.map { 0.003 / $0 }.reduce(0, +) / Double(losses.count)
    #expect(abs(try check(recovery, "mean difference").value - mean) < 1e-9)
    #expect(abs(try check(recovery, "largest difference").value - 0.003 / (losses.min() ?? 0)) < 1e-9)
    #expect(try check(recovery, "exponents").value == 0)
    let ratio = (SupervisedLaw.published.irreducibleLoss + 0.003) / SupervisedLaw.published.irreducibleLoss
    #expect(recovery.coefficients.first { $0.name == "E" }.map { abs($0.ratio - ratio) < 1e-9 } == true)
  }

  @Test func aLawOfOtherLossesIsNotRecovered() throws {
    var wrong = SupervisedLaw.published
    wrong.irreducibleLoss += 0.02
    let recovery = LawRecovery(wrong, published: .published, runs: supervised, noise: Self.noise)
    #expect(!recovery.passes)
    #expect(try !check(recovery, "mean difference").passes)
    // The mean may be right while the ends are wrong.
    var bent = DistillationLaw.figures
    bent.c0 += 0.5
    #expect(!LawRecovery(bent, published: .figures, runs: distillations, noise: Self.noise).passes)
  }

  @Test func exponentsFarFromTheirsFail() throws {
    var wrong = SupervisedLaw.published
    (wrong.alpha, wrong.beta) = (wrong.beta * 1.4, wrong.alpha)
    let recovery = LawRecovery(wrong, published: .published, runs: supervised, noise: Self.noise)
    let exponents = try check(recovery, "exponents")
    #expect(exponents.limit != nil && !exponents.passes)
  }

  @Test func exponentsThatTheRunsDoNotDetermineAreNotJudged() throws {
    let recovery = LawRecovery(DistillationLaw.printed, published: .printed, runs: distillations, noise: Self.noise)
    #expect(try check(recovery, "exponents").limit == nil)
    // With a hundred times the B', tokens act through more than L~_S, and runs like the paper's determine them.
    let read = LawRecovery(DistillationLaw.figures, published: .figures, runs: distillations, noise: Self.noise)
    #expect(try check(read, "exponents").limit != nil)
    // Without noise to speak of, they are.
    let exact = LawRecovery(DistillationLaw.printed, published: .printed, runs: distillations, noise: 1e-6)
    #expect(try check(exact, "exponents").limit != nil)
    // Of one length alone, nothing tells tokens from parameters.
    let few = supervised.prefix(3)
    let none = LawRecovery(SupervisedLaw.published, published: .published, runs: Array(few), noise: Self.noise)
    #expect(try check(none, "exponents").limit == nil)
    #expect(none.coefficients.allSatisfy { $0.standardError == nil })
  }

  /// Against least squares in closed form: E known to the mean of log L when it is all that varies.
  @Test func standardErrorsAreThoseOfTheScatterOfFits() throws {
    // Fits of E alone would scatter by noise * sqrt(pi / 2 / n) of the loss; all six together by more.
    let recovery = LawRecovery(SupervisedLaw.published, published: .published, runs: supervised, noise: Self.noise)
    let error = try #require(recovery.coefficients.first { $0.name == "E" }?.standardError)
    #expect(error > 2.3 * Self.noise * (Double.pi / 2 / 73).squareRoot())
    let double = LawRecovery(SupervisedLaw.published, published: .published, runs: supervised, noise: 2 * Self.noise)
    let twice = try #require(double.coefficients.first { $0.name == "E" }?.standardError)
    #expect(abs(twice / error - 2) < 1e-9)
    // Every run twice: smaller by the root of two.
    let more = LawRecovery(
      SupervisedLaw.published, published: .published, runs: supervised + supervised, noise: Self.noise)
    let halved = try #require(more.coefficients.first { $0.name == "E" }?.standardError)
    #expect(abs(error / halved - 2.0.squareRoot()) < 1e-6)
  }
}

@Suite struct ClaimTests {
  let records = Reconstruction(noise: 0.004, seed: 3).distillations()

  /// All claims under both laws: they take a while, and most tests ask about one of them.
  private static let claims = Result {
    Dictionary(
      uniqueKeysWithValues: try [DistillationLaw.printed, .figures].map { law in
        (law, try PaperClaims(law: law, records: Reconstruction(noise: 0.004, seed: 3).distillations()).lawClaims())
      })
  }

  private func claim(_ words: String, _ law: DistillationLaw = .printed) throws -> LawClaim {
    let claims = try Self.claims.get()[law] ?? PaperClaims(law: law, records: records).lawClaims()
    return try #require(claims.first { $0.claim.contains(words) })
  }

  @Test func theFormOfTheLawSupportsItsLimits() throws {
    for words in ["models any teacher", "random students"] {
      let claim = try claim(words)
      #expect(claim.isTarget && claim.isSupported, "\(claim.finding)")
    }
    // Another law, which does not have them, fails.
    var broken = DistillationLaw.figures
    broken.c1 = 0
    let failed = try claim("random students", broken)
    #expect(!failed.isSupported && failed.isTarget)
    broken.alpha = 0
    #expect(try !claim("models any teacher", broken).isSupported)
  }

  /// The numbers of these were worked out by another program.
  @Test func claimsHaveTheirNumbers() throws {
    let infinite = try claim("endless data")
    #expect(infinite.isSupported && infinite.finding.contains("at most 0.77%"), "\(infinite.finding)")
    let small = try claim("198M student")
    #expect(small.isSupported && small.finding.contains("56 of 56"), "\(small.finding)")
    let large = try claim("1.82B student")
    #expect(large.isSupported && large.finding.contains("0 of 42 weaker"), "\(large.finding)")
    let tokens = try claim("IsoFLOP profiles determine")
    #expect(!tokens.isSupported && tokens.finding.contains("0.19%"), "\(tokens.finding)")
    #expect(try claim("a better teacher makes").isSupported)
    #expect(try claim("as many as the bounds allow").isSupported)
    #expect(try claim("tokens per parameter are the same").isSupported)
    let trend = try claim("much less teacher pretraining")
    #expect(trend.isSupported, "\(trend.finding)")
    // By the published laws alone: 10B at 1e20 FLOPs, where a supervised student has 1.6B tokens.
    let paid = try claim("never worse at equal compute: four")
    #expect(!paid.isSupported && paid.finding.contains("0.105 at most, for 10B at 1.0e+20"), "\(paid.finding)")
  }

  /// What the labels of the paper's figures decide for its claims: numbers worked out by another program.
  @Test func theLawOfTheFiguresSupportsWhatThePrintedOneDoesNot() throws {
    for (words, number) in [
      ("falls with compute in all cases", "for 8 of 8 sizes"), ("has its minimum within", "24 of 24"),
      ("falls and rises again with the teacher's size", "In 10 of 10 cases"),
      ("a large weak teacher", "1B 2.02 and 2.25"), ("first rises and then falls", "10B 25"),
      ("mostly student training", "10B 54, 3 and 42%"),
      ("those of teacher inference: a 500M student", "10B at 2.2 nats takes 0.54"),
      ("never worse at equal compute: four", "in 0 of 104 plans"),
    ] {
      let (printed, figures) = (try claim(words), try claim(words, .figures))
      #expect(!printed.isSupported && figures.isSupported, "\(words): \(figures.finding)")
      #expect(figures.finding.contains(number), "\(figures.finding)")
    }
    for words in ["matches distillation at a compute", "mostly teacher pretraining", "equally divided", "evenly divided"] {
      #expect(try claim(words).isSupported && claim(words, .figures).isSupported, "\(words)")
    }
    for words in ["For a student of 30B", "share of the student's training rises", "never worse at equal compute: eight"] {
      #expect(try !claim(words).isSupported && !claim(words, .figures).isSupported, "\(words)")
    }
  }

  /// No claim passes whatever the law: a law with the two exponents exchanged fails most.
  @Test func claimsCanFail() throws {
    var wrong = DistillationLaw.figures
    (wrong.alpha, wrong.beta) = (wrong.beta, wrong.alpha)
    let right = try #require(Self.claims.get()[.figures]).count(where: \.isSupported)
    #expect(try PaperClaims(law: wrong, records: records).lawClaims().count(where: \.isSupported) < right - 5)
  }

  @Test func aClaimThatIsNotSupportedFailsNothing() throws {
    let beaten = try claim("below their teacher")
    #expect(!beaten.isSupported && !beaten.isTarget)
    // A supervised law far off shows in the limit of endless data.
    var shifted = DistillationLaw.figures
    shifted.supervised.irreducibleLoss += 0.2
    #expect(try !claim("endless data", shifted).isSupported)
    #expect(try !claim("endless data", shifted).isTarget)
  }

  @Test func theReportSaysWhatPassedAndWhatTheNoiseIs() throws {
    let runs = Reconstruction(noise: 0.004, seed: 3)
    let records = runs.supervisedRuns() + runs.distillations()
    func verification(_ law: DistillationLaw) throws -> Verification {
      let supervised = records.filter { $0.kind == .supervised }
      return try Verification(
        study: "paper",
        laws: [
          LawVerification(
            kind: .supervised, records: records, all: law.supervised.prediction(of:),
            weak: (law.supervised.prediction(of:), 2.2), target: 0.01)
        ],
        recovery: [LawRecovery(law.supervised, published: .published, runs: supervised, noise: 0.004)],
        claims: PaperClaims.claims(records: records))
    }
    let good = try verification(.printed)
    #expect(good.passes)
    #expect(good.markdown.contains("drawn with a relative standard deviation of 0.400%"))
    #expect(good.markdown.contains("## Recovery of the coefficients"))
    #expect(good.markdown.contains("not supported") && !good.markdown.contains("FAIL"))
    #expect(try JSONDecoder().decode(Verification.self, from: good.json()) == good)
    var wrong = DistillationLaw.figures
    wrong.supervised.gamma *= 1.05
    let bad = try verification(wrong)
    #expect(!bad.passes && bad.table.contains("FAIL"))
  }
}
