import Formats
import Foundation
import ScalingLaws
import Testing

/// What a fit says of runs that do not determine its law, that are off, that are not independent, or badly tuned.
@Suite struct FitStageTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let law = SupervisedLaw(
    irreducibleLoss: 1.69, parameterCoefficient: 406.4, tokenCoefficient: 410.7, alpha: 0.34, beta: 0.28)

  /// A number that looks random, from -1 to 1.
  private func noise(_ index: Int) -> Double { sin(12.9898 * Double(index + 1)) }

  /// A table of 24 runs.
  private func write(_ file: String = "runs.csv", tokens: (Int, Double) -> Double, factor: (Int) -> Double = { _ in 1 }) throws
  {
    var table = "N,D,loss\n"
    for index in 0..<24 {
      let n = 1e8 * pow(30, Double(index) / 23), d = tokens(index, n)
      table += "\(n),\(d),\(Self.law.loss(parameters: n, tokens: d) * (1 + 0.003 * noise(index)) * factor(index))\n"
    }
    try folder.write(table, to: file)
  }

  private func scattered(_ index: Int, _ size: Double) -> Double { size * pow(8, 1 + noise(7 * index)) }

  private func run(_ name: String, _ arguments: String...) throws -> StageResult {
    try Stage.run(name, arguments, in: folder.url)
  }

  private func fit(_ more: String...) throws -> StageResult {
    try Stage.run(
      "distill-fit", ["--law", "chinchilla", "--runs", "runs.csv", "--output", "fit.json"] + more, in: folder.url)
  }

  /// Distillation laws beside eq. 8 are fitted without supervised runs, and are no law to plan by.
  @Test(arguments: ["monotone", "fading-gap"]) func lawsBesideEquation8AreFitted(name: String) throws {
    let isFading = name == "fading-gap"
    let law = FadingGapLaw(
      parameterCoefficient: 3000, tokenCoefficient: 4e4, alpha: 0.4, beta: 0.45, gamma: 0.9, sharpness: 4,
      gap: isFading ? 3e8 : 0, fading: isFading ? 0.9 : 0)
    var table = "N_S,D_S,L_T,L_S\n"
    for index in 0..<60 {
      let n = 1e8 * pow(2, Double(index % 5)), d = 2e9 * pow(3, Double(index / 5 % 4)), t = 1.9 + 0.3 * Double(index / 20)
      let loss = law.loss(studentParameters: n, studentTokens: d, teacherLoss: t)
      table += "\(n),\(d),\(t),\(loss * (1 + 0.0005 * noise(index)))\n"
    }
    try folder.write(table, to: "students.csv")
    let result = try run("distill-fit", "--law", name, "--runs", "students.csv", "--output", "rival.json")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("law             \(name)") && result.output.contains("kappa ") == isFading)
    let document = try FitDocument.read(from: folder.path("rival.json"))
    #expect(document.law == name && document.supervised == nil && document.meanAbsoluteRelativeError < 6e-4)
    #expect(document.coefficients.count == (isFading ? 8 : 6))
    Stage.expectFailure(
      try run("distill-plan", "--law", "rival.json", "--student-parameters", "1e9", "--compute", "1e21"),
      saying: "expected the fit of a distillation law, found \(name)")
    let wrong = try run("distill-fit", "--law", name, "--runs", "students.csv", "--diagnostics", "d.md")
    #expect(wrong.status == 64, "\(wrong.errors)")
  }

  @Test func whatIsNotDeterminedHasNoDigits() throws {
    try write { _, _ in 2e11 }
    let result = try fit()
    #expect(result.status == 0 && result.output.contains("beta            not determined"), "\(result.output)\(result.errors)")
    let document = try FitDocument.read(from: folder.path("fit.json"))
    #expect(document.undetermined == ["E", "B", "beta"])
    #expect(document.coefficients.keys.sorted() == ["A", "alpha"])
    #expect(document.losses?.count == 5)
    let bootstrap = try run(
      "distill-bootstrap", "--law", "chinchilla", "--runs", "runs.csv", "--fit", "fit.json", "--resamples", "16", "--output",
      "intervals.json")
    #expect(bootstrap.status == 0, "\(bootstrap.errors)")
    #expect(bootstrap.output.contains("beta    not determined"), "\(bootstrap.output)")
    let intervals = try BootstrapDocument.read(from: folder.path("intervals.json"))
    #expect(intervals.intervals.keys.sorted() == ["A", "alpha"] && intervals.undetermined == ["E", "B", "beta"])
    Stage.expectFailure(
      try run("distill-profile", "--runs", "runs.csv", "--fit", "fit.json"),
      saying: "fit.json: the runs do not determine the law: all runs have D = 2e+11")
    Stage.expectFailure(
      try run("distill-plan", "--law", "fit.json", "--budget", "1e20"), saying: "fit.json: the runs do not determine the law")
    // With what is missing given, the rest is determined.
    #expect(try fit("--fix", "beta=0.28", "--fix", "E=1.69").status == 0)
    #expect(try FitDocument.read(from: folder.path("fit.json")).undetermined == nil)
    try write { _, n in 20 * n }
    #expect(try fit().output.contains("only the loss along this line is"))
    #expect(try FitDocument.read(from: folder.path("fit.json")).coefficients.isEmpty)
    let none = try run("distill-bootstrap", "--law", "chinchilla", "--runs", "runs.csv", "--fit", "fit.json")
    #expect(none.status == 0 && none.output.contains("alpha   not determined"), "\(none.output)\(none.errors)")
  }

  @Test func outliersAreNamed() throws {
    try write(tokens: scattered) { $0 == 4 ? 1.2 : 1 }
    let result = try fit()
    #expect(result.output.contains("outlier         run runs-06 (N = "), "\(result.output)")
    #expect(result.output.contains("without it      E "))
    let outliers = try #require(try FitDocument.read(from: folder.path("fit.json")).outliers)
    #expect(outliers.runs.map(\.run) == ["runs-06"] && outliers.without?.count == 5)
    try write(tokens: scattered)
    #expect(try !fit().output.contains("outlier"))
    #expect(try FitDocument.read(from: folder.path("fit.json")).outliers == nil)
  }

  @Test func givenCoefficientsAreCarriedOn() throws {
    try write(tokens: scattered)
    let result = try fit("--tie", "alpha,beta", "--fix", "E=1.69")
    #expect(result.output.contains("1.69 (fixed)") && result.output.contains("(tied to beta)"), "\(result.output)")
    let document = try FitDocument.read(from: folder.path("fit.json"))
    #expect(document.fixed == ["E": 1.69] && document.tied == [["alpha", "beta"]])
    let bootstrap = try run(
      "distill-bootstrap", "--law", "chinchilla", "--runs", "runs.csv", "--fit", "fit.json", "--resamples", "16", "--output",
      "intervals.json")
    #expect(bootstrap.status == 0, "\(bootstrap.errors)")
    #expect(
      try BootstrapDocument.read(from: folder.path("intervals.json")).intervals.keys.sorted() == ["A", "B", "alpha", "beta"])
    Stage.expectFailure(
      try run(
        "distill-bootstrap", "--law", "chinchilla", "--runs", "runs.csv", "--fit", "fit.json", "--method", "likelihood"),
      saying: "take --method refits")
    let profile = try run("distill-profile", "--runs", "runs.csv", "--fit", "fit.json", "--points", "0")
    #expect(profile.status == 0 && profile.output.contains("\nalpha ") && !profile.output.contains("\nE "), "\(profile.errors)")
    for (wrong, message) in [
      (["--fix", "alpha"], "as alpha=0.5"), (["--fix", "gamma=1"], "gamma is no coefficient"),
      (["--tie", "A,alpha"], "only alpha"),
      (["--upper-weight", "0.1"], "goes with --loss-function one-sided"), (["--fix", "A=1", "--fix", "A=2"], "twice"),
    ] {
      Stage.expectFailure(
        try Stage.run("distill-fit", ["--law", "chinchilla", "--runs", "runs.csv"] + wrong, in: folder.url), saying: message)
    }
  }

  @Test func badlyTunedRunsAndTheirLowerEdge() throws {
    try write(tokens: { index, _ in 1e10 * Double(1 + index % 3) }, factor: { 1 + 0.3 * abs(sin(Double(5 * $0))) })
    let result = try fit("--loss-function", "one-sided", "--upper-weight", "0.05")
    #expect(result.status == 0 && result.output.contains("one-sided"), "\(result.errors)")
    #expect(try FitDocument.read(from: folder.path("fit.json")).upperWeight == 0.05)
    Stage.expectFailure(
      try run("distill-profile", "--runs", "runs.csv", "--fit", "fit.json"), saying: "one-sided loss function")
  }

  /// Runs with seeds, of which those on few tokens vary ten times as much as the others.
  @Test func noiseIsLearnedFromSeedsAndFollowsTheFit() throws {
    var table = "N,D,loss,seed\n"
    for index in 0..<24 {
      let n = 1e8 * pow(30, Double(index) / 23), d = scattered(index, n)
      for seed in 1...3 {
        let spread = 0.02 * (d < 1e9 ? 1 : 0.1) * noise(100 * index + 7 * seed)
        table += "\(n),\(d),\(Self.law.loss(parameters: n, tokens: d) * (1 + spread)),\(seed)\n"
      }
    }
    try folder.write(table, to: "runs.csv")
    let result = try fit("--noise", "model")
    #expect(result.status == 0 && result.output.contains("by weights      E "), "\(result.output)\(result.errors)")
    var document = try FitDocument.read(from: folder.path("fit.json"))
    let weights = try #require(document.noise)
    #expect(weights.runs == 72 && weights.degreesOfFreedom == 48 && weights.curve.coefficients.count == 2)
    #expect(weights.curve.coefficients[1] < 0, "short runs vary more")
    #expect(try fit().status == 0)
    #expect(try FitDocument.read(from: folder.path("fit.json")).coefficients == weights.without)
    // Later stages weight as the fit says: without what it says, their intervals are others.
    func interval() throws -> BootstrapDocument.Interval? {
      try folder.write(String(decoding: document.json(), as: UTF8.self), to: "fit.json")
      let bootstrap = try run(
        "distill-bootstrap", "--law", "chinchilla", "--runs", "runs.csv", "--fit", "fit.json", "--resamples", "32", "--output",
        "intervals.json")
      #expect(bootstrap.status == 0, "\(bootstrap.errors)")
      return try BootstrapDocument.read(from: folder.path("intervals.json")).intervals["alpha"]
    }
    let weighted = try interval()
    document.noise = nil
    #expect(try interval() != weighted && weighted != nil)
    try write(tokens: scattered)
    Stage.expectFailure(try fit("--noise", "model"), saying: "no configuration that was trained from several seeds")
  }

  /// Checkpoints in a log, two to a training.
  @Test func checkpointsAreResampledByTraining() throws {
    let records = try Fixtures.records().enumerated().map { index, record in
      var record = record
      record.training = "t\(index / 2)"
      return record
    }
    try folder.write(Fixtures.log(records), to: "runs.jsonl")
    let result = try run("distill-fit", "--law", "chinchilla", "--runs", "runs.jsonl", "--output", "fit.json")
    #expect(result.output.contains("40 of 41 runs are checkpoints of 20 trainings"), "\(result.output)")
    for (more, what) in [([], "trainings"), (["--resample", "runs"], "runs")] {
      let bootstrap = try Stage.run(
        "distill-bootstrap",
        ["--law", "chinchilla", "--runs", "runs.jsonl", "--fit", "fit.json", "--resamples", "16"] + more, in: folder.url)
      #expect(bootstrap.output.contains("16 resamples of \(what),"), "\(bootstrap.output)\(bootstrap.errors)")
    }
  }

  @Test func exponentsFromProfilesAndPlansOfTrainingAlone() throws {
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
    let profiles = try run("distill-fit", "--law", "isoflop", "--runs", "runs.jsonl", "--output", "isoflop.json")
    #expect(profiles.status == 0 && profiles.output.contains("\na = 0.") && profiles.output.contains("\nb = 0."))
    #expect(try run("distill-fit", "--law", "supervised", "--runs", "runs.jsonl", "--output", "fit.json").status == 0)
    let plan = try run(
      "distill-plan", "--law", "fit.json", "--runs", "runs.jsonl", "--budget", "1e12", "--budget", "1e13:1e15", "--format",
      "json")
    #expect(plan.status == 0, "\(plan.errors)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any])
    let budgets = try #require(json["budgets"] as? [[String: Any]])
    #expect(budgets.compactMap { $0["compute"] as? Double } == [1e12, 1e13, 1e14, 1e15])
    #expect(budgets.map { $0["extrapolates"] as? Bool } == [false, false, true, true])
    for budget in budgets {
      let intervals = try #require(budget["intervals"] as? [String: [String: Double]])
      for name in ["parameters", "tokens", "loss"] {
        let (low, high) = (intervals[name]?["low"] ?? 0, intervals[name]?["high"] ?? .infinity)
        #expect(low < high, "\(name)")
      }
    }
    #expect(abs((json["a"] as? Double ?? 0) + (json["b"] as? Double ?? 0) - 1) < 1e-9)
    Stage.expectFailure(try run("distill-plan", "--law", "fit.json"), saying: "give --budget")
    Stage.expectFailure(
      try run("distill-plan", "--law", "fit.json", "--budget", "1e20", "--student-parameters", "1e9"),
      saying: "plans training alone")
    Stage.expectFailure(try run("distill-plan", "--law", "fit.json", "--budget", "many"), saying: "--budget should be FLOPs")
    Stage.expectFailure(
      try run("distill-plan", "--student-parameters", "1e9", "--compute", "1e21", "--budget", "1e20"),
      saying: "take --compute")
  }
}
