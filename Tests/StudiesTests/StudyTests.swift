import Allocation
import Formats
import Figures
import Foundation
import Reports
import ScalingLaws
import Studies
import Testing

/// What a study is, what it can have, and what of study.json is refused.
@Suite struct StudyTests {
  private func study(_ json: String) throws -> Study {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("studies-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try writeAtomically(json, to: root.path + "/mine/study.json")
    return try Study.read("mine", in: root.path)
  }

  @Test func anEmptyObjectIsAStudy() throws {
    let study = try study("{}")
    #expect(study.title == "mine" && study.target == 0.01 && study.paperLaw == nil)
    #expect(study.weakerRuns(.supervised).fraction == 0.6667)
  }

  @Test(arguments: [
    ("", "expected a JSON object"), ("[]", "expected a JSON object"),
    ("{\"titel\": \"x\"}", "`titel` is no key of a study; expected axes"),
    ("{\"target\": 2}", "`target` should lie between 0 and 1"), ("{\"target\": \"low\"}", "`target` should be of type Double"),
    ("{\"sweeps\": {\"a\": \"profile\"}}", "should be a role: isoFLOP"),
    ("{\"weakerRuns\": {\"supervised\": {}}}", "`weakerRuns.supervised` should have either"),
    ("{\"family\": {\"aspectRatio\": 8, \"context\": 0, \"vocabulary\": 2}}", "`family` should have positive numbers"),
    ("{\"family\": {\"aspectRatio\": 8}}", "`family.context` is missing"),
    ("{\"planning\": {\"compute\": [1e20]}}", "`planning.compute` should be the least and the greatest"),
    ("{\"planning\": {\"studentParameters\": [2, 1]}}", "`planning.studentParameters` should be positive and rising"),
    ("{\"axes\": {\"tokens\": [2, 1]}}", "`axes.tokens` should be the two ends of an axis"),
    ("{\"axes\": {\"token\": [1, 2]}}", "`axes.token` is no axis; expected budgetContoursPerNat"),
    ("{\"paper\": {\"law\": \"other\"}}", "`paper.law` should be printed or figures"),
  ]) func whatMakesNoSenseIsNamed(json: String, expected: String) throws {
    let error = #expect(throws: StageError.self) { _ = try study(json) }
    #expect(
      error?.description.contains("study.json: ") == true && error?.description.contains(expected) == true,
      "\(error?.description ?? "")")
  }

  @Test func anUnknownStudyIsAnErrorThatListsThoseThereAre() {
    let error = #expect(throws: StageError.self) { _ = try Study.read("moon", in: Repository.studies) }
    #expect(error?.message.contains("expected lab, paper, theory") == true)
    for name in ["", "../lab", "a b", ".hidden", "a/b"] {
      #expect(!Study.isName(name))
      #expect(throws: StageError.self) { _ = try Study.read(name, in: Repository.studies) }
    }
  }

  // MARK: What a study can have

  private let supervised = (0..<30).map { (index: Int) -> RunRecord in
    let size: Double = 1e8 * pow(2, Double(index % 5)), tokens: Double = 2e9 * pow(3, Double(index / 5))
    return SimpleRuns.supervised("\(100 + index)", parameters: size, tokens: tokens)
  }

  private let students = (0..<36).map { (index: Int) -> RunRecord in
    let size: Double = 1e8 * pow(2, Double(index % 3)), tokens: Double = 2e9 * pow(3, Double(index / 3 % 3))
    let teacher: Double = 5e8 * pow(2, Double(index / 9))
    return SimpleRuns.student(
      "s\(100 + index)", parameters: size, tokens: tokens, teacher: (teacher, 1e10), knowsTeacher: false)
  }

  private func figures(_ runs: StudyRuns) -> [String] { FigureDefinition.drawable(from: runs).map(\.name) }

  @Test func supervisedRunsAloneHaveTheirFigures() {
    let runs = StudyRuns(SimpleRuns.study(), records: supervised)
    #expect(figures(runs) == ["5", "36", "profiles", "diagnostics"])
    #expect(PlanningScale(runs) == nil && FigureScale(runs) == nil)
    let few = StudyRuns(SimpleRuns.study(), records: Array(supervised.prefix(7)))
    #expect(figures(few).isEmpty && few.supervisedLack == "8 supervised runs, of which there are 7")
    let flat = StudyRuns(
      SimpleRuns.study(), records: (0..<9).map { SimpleRuns.supervised("\($0)", parameters: 1e8, tokens: 1e9 * Double(1 + $0)) }
    )
    #expect(flat.supervisedLack == "3 different values of N, of which there is one")
  }

  @Test func distillationsHaveWhatTheirTeachersAllow() throws {
    let runs = StudyRuns(SimpleRuns.study(), records: supervised + students)
    let names = figures(runs)
    #expect(["1", "5", "7", "8", "13", "16", "17", "33", "36", "40", "profiles"].allSatisfy(names.contains), "\(names)")
    // Nothing says how large the teachers are.
    #expect(!names.contains("6") && !names.contains("3") && !names.contains("10"))
    // Students alone stand on the published supervised law, and that is said.
    let alone = StudyRuns(SimpleRuns.study(), records: students)
    #expect(alone.borrowsSupervisedLaw && !runs.borrowsSupervisedLaw)
    #expect(["1", "7", "8", "40"].allSatisfy(figures(alone).contains) && !figures(alone).contains("5"))
    #expect(studyText(alone).contains("warning: it stands on the paper's published supervised law"))
  }

  @Test func sizesAndBudgetsFollowFromTheRuns() throws {
    let runs = StudyRuns(SimpleRuns.study(), records: supervised + students)
    let plans = try #require(PlanningScale(runs)), axes = try #require(FigureScale(runs))
    #expect(plans.family == .parametersAlone && runs.knownFamily == nil)
    #expect(plans.studentParameters.count >= 4 && plans.studentParameters == plans.studentParameters.sorted())
    #expect(plans.bounds.studentTokens.lowerBound <= 2e9 && plans.bounds.studentTokens.lowerBound > 1.8e9)
    #expect(axes.teacherLosses.lowerBound < axes.teacherLosses.upperBound && axes.tokenPanels.count == 4)
    var description = StudyDescription()
    description.axes = ["tokens": .init([1e9, 5e12]), "teacherRatio": .init([33])]
    var planning = StudyDescription.Planning()
    planning.studentParameters = [1e8, 1e9]
    description.planning = planning
    let asked = StudyRuns(SimpleRuns.study(description), records: supervised + students)
    #expect(FigureScale(asked)?.tokens == 1e9...5e12 && FigureScale(asked)?.teacherRatio == 33)
    #expect(PlanningScale(asked)?.studentParameters == [1e8, 1e9])
  }

  @Test func theTextSaysWhatThereIsAndWhatTheOthersLack() {
    let text = studyText(StudyRuns(SimpleRuns.study(), records: supervised))
    #expect(text.contains("30 measured supervised runs for the law, N 100M to 1.6B"))
    #expect(text.contains("compute is counted as 6ND"))
    #expect(text.contains("distillation law: lacks 12 distillations, of which there are 0"))
    #expect(text.contains("Figures that can be drawn: 4 of 58"))
    #expect(text.contains("10: `kernelRegression` in study.json"))
  }

  /// Every figure has its own number, and a file that is named after it.
  @Test func everyFigureHasAFileOfItsOwn() throws {
    let names = FigureDefinition.all.map(\.name)
    #expect(Set(names).count == names.count && (1...54).allSatisfy { names.contains("\($0)") })
    let sources = URL(fileURLWithPath: Repository.studies).deletingLastPathComponent().appendingPathComponent("Sources/Figures")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path)).compactMap {
      ($0 as? String)?.split(separator: "/").last.map(String.init)
    }
    for definition in FigureDefinition.all where Int(definition.name) != nil {
      #expect(files.contains("Figure\(definition.paddedName).swift"), "figure \(definition.name)")
    }
  }
}
