import Foundation
import Testing

@Suite struct PlanStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Self.lawOfSmallModels, to: "fit-distillation.json")
  }

  /// A distillation law in the lab's ranges, with no irreducible loss.
  private static let lawOfSmallModels = """
    {"law": "distillation", "runs": 0, "objective": 0, "meanAbsoluteRelativeError": 0, "maxAbsoluteRelativeError": 0,
     "starts": 0, "delta": 0.0001, "selection": {"availableRuns": 0}, "inputs": {"runs": ""},
     "coefficients": {"A": 30, "B": 8e7, "alpha": 0.37, "beta": 1.45, "c0": 1.4, "c1": 101, "d1": 1.28, "f1": 0.14,
                      "gamma": 0.67},
     "supervised": {"A": 468, "B": 3.6e5, "E": 0, "alpha": 0.42, "beta": 0.78, "gamma": 0.25}}
    """

  private func plan(_ arguments: String...) throws -> StageResult {
    try Stage.run("distill-plan", arguments, in: folder.url)
  }

  private func object(_ result: StageResult) throws -> [String: Any] {
    #expect(result.status == 0, "\(result.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  @Test func aPlanIsPrintedAsJSON() throws {
    let json = try object(
      try plan(
        "--student-parameters", "3e9", "--compute", "4e21", "--scenario", "teacher-inference", "--format", "json"))
    #expect(json["scenario"] as? String == "teacher-inference")
    #expect(json["law"] as? String == "figures")
    #expect(json["studentParameters"] as? Double == 3e9)
    #expect(json["recommendation"] as? String == "distill")
    #expect(json["extrapolates"] as? Bool == false)
    #expect((json["reasons"] as? [String])?.isEmpty == true)
    #expect(json["teacherTokens"] as? Double == 1e17)
    func number(_ key: String) throws -> Double { try #require(json[key] as? Double, "\(key)") }
    #expect(abs(try number("compute") / 4e21 - 1) < 1e-9)
    #expect(try number("studentLoss") < number("supervisedLoss"))
    #expect(try number("teacherLoss") < number("studentLoss"))
    #expect(try number("studentTokens") < number("supervisedTokens"))
    #expect(try number("supervisedComputeForSameLoss") > 4e21)
    #expect(abs(try number("studentShare") + number("logitShare") + number("teacherShare") - 1) < 1e-12)
    #expect(try number("teacherParameters") > 1e9)
  }

  /// Table 6 read in two ways: where it matters the plan says so, and the printed law gives what it always did.
  @Test func theOtherReadingOfTable6IsNotedWhereItMatters() throws {
    func planned(_ more: String...) throws -> [String: Any] {
      try object(
        try Stage.run("distill-plan", ["--student-parameters", "10e9", "--format", "json"] + more, in: folder.url))
    }
    func note(_ json: [String: Any]) throws -> String? {
      try #require(json["notes"] as? [String]).first { $0.hasPrefix("which B' is right matters here") }
    }
    let figures = try planned("--compute", "1e20"), printed = try planned("--compute", "1e20", "--law", "printed")
    #expect(try #require(try note(figures)).contains("B' as table 6 prints it (--law printed)"))
    #expect(try #require(try note(printed)).contains("B' as the paper's figures have it (--law figures)"))
    #expect(printed["law"] as? String == "printed")
    let (high, low) = (try #require(figures["studentLoss"] as? Double), try #require(printed["studentLoss"] as? Double))
    #expect(high - low > 0.3)
    let share = String(format: "%.1f%% less", 100 * (1 - low / high))
    #expect(try #require(try note(figures)).contains(share))
    // With much compute the two are one.
    #expect(try note(planned("--compute", "1e25")) == nil)
    Stage.expectFailure(
      try plan("--student-parameters", "1e9", "--compute", "1e21", "--law", "published"),
      saying: "\"published\" names the supervised law")
  }

  @Test func theAnswerIsASentence() throws {
    let distil = try plan("--student-parameters", "10e9", "--compute", "1e20")
    #expect(distil.output.hasPrefix("Distil the 10B student from a teacher of "), "\(distil)")
    #expect(distil.output.contains("warning: outside where the law was fitted: 1.45B tokens of the student are outside"))
    #expect(distil.output.contains("never predicts a student that beats its teacher"))
    let train = try plan(
      "--student-parameters", "3e9", "--compute", "1e22", "--scenario", "teacher-pretraining-and-inference")
    #expect(train.output.hasPrefix("Train the 3B student supervised, on 487B tokens: "), "\(train)")
  }

  @Test func budgetsAndTokensAreSwept() throws {
    let result = try plan(
      "--student-parameters", "1e9", "--compute", "1e20", "1e21", "1e22", "--scenario", "best-case",
      "--format", "json")
    let plans = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    let losses = plans.compactMap { $0["studentLoss"] as? Double }
    #expect(losses.count == 3 && losses == losses.sorted(by: >))
    let byTokens = try object(
      try plan(
        "--student-parameters", "1e9", "--tokens", "1e11", "--scenario", "teacher-pretraining", "--format", "json"))
    #expect(byTokens["studentTokens"] as? Double == 1e11 && byTokens["supervisedTokens"] as? Double == 1e11)
    #expect(byTokens["comparedAt"] as? String == "tokens")
  }

  @Test func teachersAreRanked() throws {
    try folder.write(
      "loss,name,parameters\n2.5,weak,5e8\n2.05,strong,8e9\n2.2,\"middle, old\",2e9\n", to: "teachers.csv")
    let json = try object(
      try plan(
        "--student-parameters", "1e9", "--compute", "1e21", "--teachers", "teachers.csv", "--format", "json"))
    let teachers = try #require(json["teachers"] as? [[String: Any]])
    #expect(Set(teachers.compactMap { $0["name"] as? String }) == ["weak", "strong", "middle, old"])
    let paid = teachers.compactMap { ($0["withInference"] as? [String: Any])?["studentLoss"] as? Double }
    let free = teachers.compactMap { ($0["withoutInference"] as? [String: Any])?["studentLoss"] as? Double }
    #expect(paid == paid.sorted() && zip(paid, free).allSatisfy { $0 > $1 })
    let choice = try #require(json["choice"] as? [String: Any])
    #expect(choice["teacher"] as? String == teachers[0]["name"] as? String && choice["paysInference"] as? Bool == true)
    let isBetter = paid[0] < (json["supervisedLoss"] as? Double ?? 0)
    #expect(choice["recommendation"] as? String == (isBetter ? "distill" : "supervised"))
  }

  @Test func theAnswerIsAboutTheTeachersThatThereAre() throws {
    try folder.write("name,parameters,loss\nweak,5e8,2.5\nstrong,8e9,2.0\n", to: "teachers.csv")
    func answer(_ scenario: String) throws -> String {
      try plan(
        "--student-parameters", "1e9", "--compute", "1e21", "--teachers", "teachers.csv", "--scenario", scenario
      ).output
    }
    #expect(try answer("best-case").hasPrefix("Distil the 1B student from strong (8B parameters, 2.0000 nats)"))
    // Its logits cost more than they bring.
    let paid = try answer("teacher-inference")
    #expect(paid.hasPrefix("Train the 1B student supervised") && paid.contains("strong (8B parameters"))
  }

  @Test func aLawAndAFamilyOfOnesOwn() throws {
    let common = ["--student-parameters", "1e5", "--compute", "1e13", "--format", "json"]
    let lab = try object(
      try Stage.run("distill-plan", common + ["--study", "lab", "--law", "fit-distillation.json"], in: folder.url))
    #expect(lab["extrapolates"] == nil)
    let longer = try object(
      try Stage.run(
        "distill-plan",
        common + ["--study", "lab", "--law", "fit-distillation.json", "--context", "4096", "--vocabulary", "1e4"],
        in: folder.url))
    #expect(try #require(longer["studentLoss"] as? Double) > #require(lab["studentLoss"] as? Double))
    try folder.write("N_S,D_S,L_T,L_S\n1e4,1e5,1.1,2.5\n1e7,1e9,2,1.6\n1e4,1e8,1.5,1.7\n", to: "runs.csv")
    let within = try object(
      try Stage.run(
        "distill-plan", common + ["--study", "lab", "--law", "fit-distillation.json", "--runs", "runs.csv"],
        in: folder.url))
    #expect(within["extrapolates"] as? Bool == false, "\(within)")
  }

  /// Samples of the law of small models whose A' goes up and down by a tenth.
  private static let samples = """
    resample,A,B,alpha,beta,gamma,c0,c1,f1,d1
    0,30,8e7,0.37,1.45,0.67,1.4,101,0.14,1.28
    1,27,8e7,0.37,1.45,0.67,1.4,101,0.14,1.28
    2,33,8e7,0.37,1.45,0.67,1.4,101,0.14,1.28
    3,30,8e7,0.37,1.45,0.67,1.4,101,0.14,1.28

    """

  @Test func samplesGiveAPlanItsIntervals() throws {
    try folder.write(Self.samples, to: "samples.csv")
    try folder.write(
      "resample,E,A,B,alpha,beta,gamma\n"
        + [468, 460, 470, 480].enumerated().map { "\($0),0,\($1),3.6e5,0.42,0.78,0.25\n" }.joined(),
      to: "supervised.csv")
    func planned(_ more: String...) throws -> StageResult {
      try Stage.run(
        "distill-plan",
        [
          "--study", "lab", "--law", "fit-distillation.json", "--student-parameters", "1e5", "--scenario",
          "teacher-inference", "--bootstrap", "samples.csv",
        ] + more, in: folder.url)
    }
    func bounds(_ json: [String: Any], _ key: String) throws -> (low: Double, high: Double) {
      let all = try #require(json["intervals"] as? [String: Any])
      let found = try #require(all[key] as? [String: Double], "\(key)")
      return (try #require(found["low"]), try #require(found["high"]))
    }
    let fixed = try object(try planned("--compute", "1e13", "--format", "json"))
    for key in ["studentLoss", "teacherLoss", "studentTokens", "teacherParameters", "teacherTokens", "supervisedLoss"] {
      let (low, high) = try bounds(fixed, key)
      let value = try #require(fixed[key] as? Double)
      #expect(low <= value && value <= high, "\(key): \(low) \(value) \(high)")
      #expect((low < high) == ["studentLoss", "studentTokens", "teacherLoss", "teacherParameters"].contains(key), "\(key)")
    }
    // The middle of three samples is the fit, and 90% of the way between two lies beside it.
    let (low, high) = try bounds(fixed, "studentLoss")
    let value = try #require(fixed["studentLoss"] as? Double)
    #expect(value - low < 0.02 * value && high - value < 0.02 * value)
    #expect((fixed["notes"] as? [String])?.contains { $0.contains("held fixed") } == true)
    let crossings = try #require((fixed["intervals"] as? [String: Any])?["crossoverCompute"] as? [Any])
    #expect(crossings.count == (fixed["crossoverCompute"] as? [Double])?.count)

    let free = try object(
      try planned("--compute", "1e13", "--format", "json", "--supervised-bootstrap", "supervised.csv"))
    #expect(try bounds(free, "supervisedLoss").low < bounds(free, "supervisedLoss").high)
    let table = try planned("--compute", "1e12", "1e13")
    #expect(table.output.split(separator: "\n")[1].contains(" nats ("), "\(table)")
  }

  /// Distillations that the published laws predict, each off by up to half a per cent, the same every time.
  private static var distillations: String {
    var table = "N_S,D_S,L_T,L_S,teacher\n"
    for index in 0..<60 {
      let size = 2e8 * pow(2, Double(index % 5)), tokens = 4e9 * pow(4, Double(index / 5 % 3))
      let teacherLoss = 2 + 0.2 * Double(index / 15)
      let own = 1.22 + pow(3355 / pow(size, 0.408) + 18186 / pow(tokens, 0.431), 0.452)
      let turn = pow(1 + pow(teacherLoss / own / 1.315, 1 / 0.09), -522.61 * 0.09)
      let sizes = pow(2243 / pow(size, 0.321) + 24181 / pow(tokens, 0.637), 0.764)
      let loss = teacherLoss + pow(teacherLoss, -2.549) * turn * sizes
      table += "\(size),\(tokens),\(teacherLoss),\(loss * (1 + 0.005 * sin(Double(7 * index)))),t\(index / 15)\n"
    }
    return table
  }

  @Test func profilesGiveAPlanItsIntervals() throws {
    try folder.write(Self.distillations, to: "runs.csv")
    let fitted = try Stage.run(
      "distill-fit",
      ["--law", "distillation", "--runs", "runs.csv", "--supervised", "published", "--output", "fit.json"],
      in: folder.url)
    #expect(fitted.status == 0, "\(fitted.errors)")
    func planned(_ more: [String]) throws -> StageResult {
      try Stage.run(
        "distill-plan",
        ["--law", "fit.json", "--runs", "runs.csv", "--student-parameters", "1e9", "--profile"] + more, in: folder.url)
    }
    let found = try object(try planned(["--compute", "1e21", "--format", "json"]))
    let intervals = try #require(found["intervals"] as? [String: Any])
    #expect(intervals["method"] as? String == "profile" && intervals["confidence"] as? Double == 0.9)
    for key in ["studentLoss", "teacherLoss", "studentTokens", "teacherParameters"] {
      let bounds = try #require(intervals[key] as? [String: Double], "\(key)")
      let value = try #require(found[key] as? Double)
      let (low, high) = (bounds["low"] ?? -.infinity, bounds["high"] ?? .infinity)
      #expect(low < high && low <= value * 1.001 && value <= high * 1.001, "\(key): \(low) \(value) \(high)")
    }
    #expect(intervals["supervisedLoss"] == nil && intervals["teacherTokens"] == nil)
    let loss = try #require(intervals["studentLoss"] as? [String: Double])
    let supervised = try #require(found["supervisedLoss"] as? Double)
    #expect(found["isDecided"] as? Bool == !((loss["low"] ?? 0)...(loss["high"] ?? 9)).contains(supervised))
    let crossover = try #require((found["crossoverCompute"] as? [Double])?.first)
    let wide = try planned(["--compute", "\(crossover)", "--confidence", "0.95", "--resample", "teachers"])
    #expect(wide.output.contains(" the runs do not decide it: "), "\(wide)")
    #expect((intervals["crossoverCompute"] as? [Any])?.count == (found["crossoverCompute"] as? [Double])?.count)
    #expect(wide.output.contains("intervals are 95% profiles of the likelihood, with teachers"), "\(wide)")

    try folder.write(Self.distillations.split(separator: "\n").dropLast().joined(separator: "\n"), to: "fewer.csv")
    for (arguments, expected) in [
      (["--tokens", "1e10"], "--profile goes with --compute"),
      (["--compute", "1e21", "--scenario", "supervised"], "a scenario with a teacher"),
      (["--compute", "1e21", "--bootstrap", "a.csv"], "give either --profile or --bootstrap"),
      (["--compute", "1e21", "--confidence", "1"], "--confidence must lie between 0 and 1"),
      (["--compute", "1e21", "--runs", "fewer.csv"], "fit.json: was made from other runs than fewer.csv holds"),
      (["--compute", "1e21", "--law", "printed"], "--profile goes with --law"),
    ] {
      Stage.expectFailure(try planned(arguments), saying: expected)
    }
    Stage.expectFailure(
      try plan("--student-parameters", "1e9", "--compute", "1e21", "--profile"), saying: "--profile goes with --runs")
  }

  @Test func samplesOfAnotherFitAreRefused() throws {
    try folder.write(Self.samples.replacing("0,30,", with: "0,31,"), to: "samples.csv")
    try folder.write(Self.samples.replacing("1,27,", with: "1,few,"), to: "bad.csv")
    for (file, expected) in [
      ("samples.csv", "samples.csv: holds the samples of another fit"),
      ("bad.csv", "bad.csv:3: A should be a number"), ("none.csv", "none.csv: does not exist"),
    ] {
      let result = try plan(
        "--study", "lab", "--law", "fit-distillation.json", "--student-parameters", "1e5", "--compute", "1e13",
        "--bootstrap", file)
      Stage.expectFailure(result, saying: expected)
    }
  }

  @Test(arguments: [
    (["--compute", "1e3"], "1000 FLOPs are too few"), (["--compute", "0"], "should be a positive number"),
    (["--compute", "1e21", "--supervised-bootstrap", "a.csv"], "--supervised-bootstrap goes with --bootstrap"),
    ([], "give either --compute or --tokens"), (["--compute", "1e21", "--tokens", "1e9"], "give either"),
    (["--compute", "1e21", "--law", "none.json"], "none.json: does not exist"),
    (["--compute", "1e21", "--law", "bad.csv"], "bad.csv: expected a fit"),
    (["--compute", "1e21", "--law", "negative.json"], "the law's coefficient c1 is -101"),
    (["--compute", "1e16", "--law", "slow.json"], "slow.json: 1e+16 FLOPs are too few: by the law a student"),
    (["--compute", "1e21", "--teachers", "bad.csv"], "bad.csv:3: loss should be a positive number, not `low`"),
    (["--compute", "1e21", "--teachers", "columns.csv"], "columns.csv:1: expected a header"),
    (["--compute", "1e21", "--study", "moon"], "no study \"moon\""),
    (["--compute", "1e21", "--maximum-teacher-tokens", "10"], "--maximum-teacher-tokens must be at least"),
  ]) func badInputGetsOneLine(arguments: [String], expected: String) throws {
    try folder.write("name,parameters,loss\na,1e9,2\nb,1e9,low\n", to: "bad.csv")
    try folder.write("name,N,L\na,1e9,2\n", to: "columns.csv")
    try folder.write(Self.lawOfSmallModels.replacing("\"c1\": 101", with: "\"c1\": -101"), to: "negative.json")
    try folder.write(Self.lawOfSmallModels.replacing("\"B\": 3.6e5", with: "\"B\": 3.6e15"), to: "slow.json")
    let result = try Stage.run("distill-plan", ["--student-parameters", "1e9"] + arguments, in: folder.url)
    Stage.expectFailure(result, saying: expected)
  }

  @Test func theTablesAreTheSameWithAnyNumberOfThreads() throws {
    for threads in ["1", "2"] {
      let result = try Stage.run(
        "distill-optimize",
        ["--study", "lab", "--law", "fit-distillation.json", "--results", threads, "--threads", threads],
        in: folder.url)
      #expect(result.status == 0, "\(result.errors)")
    }
    for table in ["optima.csv", "reach.csv"] {
      let text = try folder.read("1/" + table)
      #expect(try text == folder.read("2/" + table))
      #expect(text.utf8.count > 10_000 && !text.contains(",nan") && !text.contains(",inf"))
    }
    let rows = try folder.read("1/optima.csv").split(separator: "\n").dropFirst()
    #expect(rows.count >= 5 * 8 * 50)
    // What no model can have is no plan: a loss above that of knowing nothing.
    for row in rows {
      let losses = row.split(separator: ",", omittingEmptySubsequences: false)[3...4].compactMap { Double($0) }
      #expect(!losses.isEmpty && losses.allSatisfy { $0 <= log(128) }, "\(row)")
    }
    // The optimum of the table is that of the plan.
    let row = try #require(rows.first { $0.hasPrefix("teacher-inference,100000,1e+13,") }).split(separator: ",")
    let json = try object(
      try plan(
        "--study", "lab", "--law", "fit-distillation.json", "--student-parameters", "1e5", "--compute", "1e13",
        "--format", "json"))
    #expect(abs(try #require(json["studentLoss"] as? Double) - #require(Double(row[3]))) < 1e-11)
  }

  @Test func tablesThatCannotBeMadeLeaveNothing() throws {
    let cases = [
      (["--study", "moon"], "no study \"moon\" in Studies: expected lab, paper, test, theory"),
      (["--study", "lab", "--results", "."], "fit-distillation.json: expected a fit"),
      (["--study", "paper", "--law", "none.json", "--results", "."], "none.json: does not exist"),
    ]
    try folder.write("{", to: "fit-distillation.json")
    for (arguments, expected) in cases {
      Stage.expectFailure(try Stage.run("distill-optimize", arguments, in: folder.url), saying: expected)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("optima.csv")))
  }
}
