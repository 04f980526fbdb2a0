import Allocation
import Formats
import Foundation
import PaperStudy
import Reports
import ScalingLaws
import Studies
import Testing

@Suite struct TableTests {
  /// Whether `value` in billions is the printed number, give or take one in its last of four digits.
  private func agrees(_ value: Double, _ printed: Double) -> Bool {
    let step = pow(10, log10(printed).rounded(.down) - 3)
    return abs(value / 1e9 - printed) < 1.01 * step
  }

  @Test(arguments: PrintedModel.table) func countedModelsAreThePrintedOnes(printed: PrintedModel) {
    let count = ModelCount(printed.shape)
    #expect(agrees(Double(count.nonEmbeddingParameters), printed.parameters))
    #expect(agrees(Double(count.totalParameters), printed.total))
    // Products alone are what eq. 69 stands for; the printed FLOPs hold a softmax of other heads, a fifth of a percent.
    #expect(agrees(count.productFLOPs + 2 * Double(count.gains), printed.approximation))
    #expect(abs(count.forwardFLOPs / 1e9 / printed.forwardFLOPs - 1) < 2.5e-3)
    #expect(agrees(2 * Double(count.nonEmbeddingParameters), printed.twiceParameters))
  }

  @Test func theShapesAreThoseOfTheReconstructedRuns() {
    #expect(PrintedModel.table.map(\.name) == PaperModel.table.map(\.name))
    for (printed, model) in zip(PrintedModel.table, PaperModel.table) {
      #expect(printed.shape.layers == model.layers && printed.shape.width == model.width)
      #expect(printed.shape.feedForwardWidth == model.feedForwardWidth)
      #expect(Double(ModelCount(printed.shape).nonEmbeddingParameters) == model.parameters)
    }
  }

  /// The shapes of one of the repository's studies.
  private func shapes(_ name: String) throws -> [ModelShape] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Studies").path
    return try #require(ModelShape.family(of: StudyRuns(try Study.read(name, in: root), records: [])))
  }

  @Test(arguments: ["paper", "lab"]) func theFormulaOfForwardFLOPsIsCloseToTheCount(study: String) throws {
    let table = ModelTable(study: study, shapes: try shapes(study))
    for row in table.rows {
      // Eq. 69 leaves out the softmax alone, and counts half a key less for each query.
      #expect(abs(row.approximation / row.count.productFLOPs - 1) < (study == "paper" ? 2e-4 : 7e-3))
      // F(N) knows N only; feed-forward widths are rounded.
      #expect(abs(row.familyFLOPs / row.count.productFLOPs - 1) < (study == "paper" ? 6e-3 : 0.03))
      #expect(row.twiceParameters < row.count.productFLOPs)
    }
    let errors = table.rows.map { $0.error($0.twiceParameters) }
    #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func barsAndLineBreaksStayInTheirCell() {
    #expect(markdownRow(["|a| = 1", "two\nlines"]) == "| \\|a\\| = 1 | two lines |\n")
  }

  @Test func theCountSeesEveryProduct() {
    // A layer of width 2 with one head, a gated unit of width 3, two tokens and five words.
    let shape = ModelShape(
      name: "tiny", layers: 1, width: 2, feedForwardWidth: 3, headWidth: 2, context: 2, vocabulary: 5,
      sharesEmbedding: true, countsGains: false)
    let count = ModelCount(shape)
    #expect(count.matrixWeights == 4 * 4 + 3 * 6)
    #expect(count.scores == 1 + 2)
    #expect(count.multiplications == 2 * (4 * 4 + 3 * 6) + 2 * 3 * 2 + 2 * 10)
    #expect(count.totalParameters == 34 + (2 + 2 * 2 + 2 * 2) + 10)
  }

  @Test(arguments: ["paper", "lab"]) func theFormulasOfTheComponentsAgreeWithTheCount(study: String) throws {
    for shape in try shapes(study) {
      let count = ModelCount(shape)
      let parameters = ComponentTables.total(ComponentTables.parameters, author: 3, of: shape)
      let unshared = shape.sharesEmbedding ? 0 : Double(shape.vocabulary * shape.width)
      #expect(parameters + unshared == Double(count.totalParameters))
      let operations = ComponentTables.total(ComponentTables.operations, author: 3, of: shape)
      // Half a key less for each query.
      #expect(abs(operations / count.forwardFLOPs - 1) < 1 / Double(shape.context))
      for component in ComponentTables.parameters + ComponentTables.operations {
        for expression in component.counts {
          #expect(abs(expression.value(shape) - expression.inWidths.value(shape)) <= 1e-9 * expression.value(shape))
        }
      }
    }
  }

  @Test func formulasAreWrittenAsThePaperHasThem() throws {
    let tables = ComponentTables(study: "paper", shapes: ModelShape.paper).tables
    #expect(tables.map(\.fileStem) == ["table-09", "table-10", "table-11", "table-12"])
    #expect(tables[1].markdown.contains("| Attention: total | 4 d_model^2 | 4 d_model^2 | 4 d_model^2 + 6 d_model |"))
    #expect(tables[3].latex.contains("2.5 n_{\\text{heads}} n_{\\text{ctx}}"))
    #expect(tables[0].csv.hasPrefix("component,kaplan,hoffmann,narayanan,busbridge\n"))
  }

  @Test func tableThreeTakesItsRowsFromThePlans() throws {
    func row(_ size: Double, _ compute: Double, _ student: Double) -> OptimaTable.Row {
      OptimaTable.Row(
        scenario: "teacher-pretraining-and-inference", studentParameters: size, compute: compute, studentLoss: 2,
        teacherLoss: 2, studentTokens: 1, teacherParameters: 1, teacherTokens: 1, studentShare: student,
        logitShare: 0.1, teacherShare: 0.9 - student)
    }
    let optima = OptimaTable(rows: [row(300e6, 1e21, 0.2), row(30e9, 1e25, 0.7), row(5e9, 1e21, 0.5), row(1e9, 1e23, 0.5)])
    let table = try ComputeUseTable(study: "paper", optima: optima, scale: .paper, printed: PrintedComputeUse.table).table
    #expect(
      table.csv == """
        studentParameters,compute,studentShare,logitShare,teacherShare,largest,published
        300000000,1e+21,0.2,0.1,0.7,teacher pretraining,mostly teacher pretraining
        30000000000,1e+25,0.7,0.1,0.2,student training,"student training, logits and teacher pretraining alike"

        """)
    #expect(table.markdown.contains("| 300M | 1e+21 | 20% | 10% | 70% |"))
    #expect(throws: StageError.self) {
      let other = OptimaTable(rows: [row(5e9, 1e21, 0.5)])
      _ = try ComputeUseTable(study: "paper", optima: other, scale: .paper, printed: PrintedComputeUse.table)
    }
  }

  @Test func tableTwoHasTheFourScenarios() {
    let table = scenarioTable(study: "lab")
    #expect(table.rows.count == 4)
    #expect(table.csv.contains("teacher pretraining,0,1,\"the student's training, the teacher's training\"\n"))
    #expect(table.csv.contains("best case,0,0,the student's training\n"))
    #expect(table.csv.contains("teacher pretraining and inference,1,1,"))
  }
}
