import Formats
import Foundation
import Testing

import Runs

/// Tables and JSON as people have them.
@Suite struct ReadingTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func read(
    _ text: String, _ name: String = "runs.csv", _ change: (inout ReadingOptions) -> Void = { _ in }
  ) throws -> ImportedRuns {
    var options = ReadingOptions()
    change(&options)
    return try importRuns(folder.write(text, to: name), options)
  }

  private func numbers(_ runs: ImportedRuns) -> [[Double]] { runs.records.map { [$0.parameters, $0.tokens, $0.loss] } }

  @Test(arguments: [
    "params,tokens,loss", "N_params,D,val_loss", "model_size,num_tokens,eval_loss", "n_params,train_tokens,final_loss",
    "Num Params,Tokens Seen,Validation Loss", "config/n_params,tokens_seen,eval/loss",
    "num_parameters,training_tokens,test_loss",
    "modelSize,nTokens,valLoss", "n,d,Loss", "non_embedding_params,consumed_tokens,cross_entropy", "size,D,nll",
    "model.params,data.tokens,metrics.eval.loss", "paramCount,totalTokens,ce",
  ]) func usualNamesAreKnown(header: String) throws {
    let runs = try read(header + "\n1e8,2e9,3.5\n2e8,4e9,3.25\n")
    #expect(numbers(runs) == [[1e8, 2e9, 3.5], [2e8, 4e9, 3.25]])
  }

  @Test(arguments: [
    ("paramz,D,loss", "`paramz` is near"), ("N,tokenz,loss", "--columns tokens='tokenz'"),
    ("N,D,lozz", "there are `N`, `D`, `lozz`"),
    ("N,D,perplexity", "logarithm"), ("N,D,val_loss,test_loss", "2 columns may hold the loss: `val_loss` and `test_loss`"),
    ("params,n_params,D,loss", "2 columns may hold N"), ("D,loss,x", "--parameters"),
  ]) func whatIsNotKnownIsListed(header: String, message: String) throws {
    let cells = header.split(separator: ",").map { _ in "1e9" }.joined(separator: ",")
    let error = try #require(throws: StageError.self) { try read("\(header)\n\(cells)\n") }
    #expect(error.message.contains(message), "\(error)")
    #expect(error.line == 1 && !error.message.contains("\n"))
  }

  /// As changed bytes make it: it took time that grows with the square of the parts.
  @Test func aNameOfManyPartsIsRead() throws {
    let name = String(repeating: "a/", count: 50_000)
    #expect(try read("N,D,loss,\(name)\n1e8,2e9,3.5,1\n").records.count == 1)
  }

  @Test func columnsMayBeNamed() throws {
    let runs = try read("a,b,c\n1e8,2e9,3.5\n") { $0.columns = [.parameters: "a", .tokens: "b", .loss: "C"] }
    #expect(numbers(runs) == [[1e8, 2e9, 3.5]])
    let error = try #require(throws: StageError.self) { try read("abc,b,c\n1,2,3\n") { $0.columns = [.parameters: "abd"] } }
    #expect(error.message.contains("there is no column `abd`; `abc` is near"))
  }

  @Test func sizesMayComeFromOptions() throws {
    let text = "step,val_loss\n10,3.5\n20,3.25\n"
    let runs = try read(text) { ($0.parameters, $0.tokensPerStep) = (124e6, 1000) }
    #expect(numbers(runs) == [[124e6, 2e4, 3.25]], "the last of a training")
    #expect(runs.records[0].evaluationCurve?.map(\.loss) == [3.5, 3.25])
    let all = try read(text) { ($0.parameters, $0.tokensPerStep, $0.choice) = (124e6, 1000, .all) }
    #expect(numbers(all) == [[124e6, 1e4, 3.5], [124e6, 2e4, 3.25]])
    #expect(Set(all.records.map(\.training)).count == 1 && all.records[0].training != nil)
  }

  @Test(
    arguments: [
      ("Params (M),Tokens (B),loss (bits/byte)", LossUnit(.bits, per: .byte)),
      ("model_size [M],D (billions),val_loss (nats)", nil),
      ("params_m,tokens_b,loss", nil),
      ("n_params_millions,train_tokens_billions,loss [bits per token]", LossUnit(.bits, per: .token)),
      ("N (1e6),D (1e9),bpb", LossUnit(.bits, per: .byte)),
    ] as [(String, LossUnit?)]) func unitsInNamesAreRead(header: String, unit: LossUnit?) throws
  {
    let runs = try read(header + "\n70,1.5,3.5\n")
    #expect(numbers(runs) == [[70e6, 1.5e9, 3.5]])
    #expect(runs.records[0].lossUnit == unit && runs.notes.count { $0.contains("counts in") } == 2 && runs.warnings.isEmpty)
  }

  @Test func tokensFollowFromCompute() throws {
    let runs = try read("Model Size,Training FLOP,loss\n1e8,1.2e18,3.5\n")
    #expect(numbers(runs) == [[1e8, 2e9, 3.5]])
    #expect(runs.notes == ["no column has D: it is C / (6 N), with C from the column `Training FLOP`"])
    #expect(try numbers(read("N,C,D,loss\n1e8,1.2e18,3e9,3.5\n")) == [[1e8, 3e9, 3.5]], "D as it is given comes first")
  }

  @Test func aManifestSaysWhatLogsDoNot() throws {
    let manifest = try folder.write("run,parameters,seed\na,1e8,1\nb,2e8,2\n", to: "manifest.csv")
    let log = "run,tokens,eval_loss\na,2e9,3.5\nb,4e9,3.25\n"
    let runs = try read(log) { $0.manifest = manifest }
    #expect(numbers(runs) == [[1e8, 2e9, 3.5], [2e8, 4e9, 3.25]])
    #expect(runs.records.map(\.seed) == [1, 2] && runs.records.map(\.run) == ["a", "b"])
    let error = try #require(throws: StageError.self) { try read(log + "c,4e9,3.25\n") { $0.manifest = manifest } }
    #expect(error.line == 4 && error.message.contains("run `c` is not in the manifest"))
  }

  @Test(
    arguments: [
      ("N;D;loss\n412.239.449;16.252.063.004;2,6239\n", [412_239_449, 16_252_063_004, 2.6239]),
      ("N;D;loss\n412239449;16252063004;2.6239\n", [412_239_449, 16_252_063_004, 2.6239]),
      ("N\tD\tloss\n412239449\t16252063004\t2.6239\n", [412_239_449, 16_252_063_004, 2.6239]),
      ("N;D;loss\n412 239 449;16'252'063'004;2,6239\n", [412_239_449, 16_252_063_004, 2.6239]),
      ("N,D,loss\n412_239_449,16_252_063_004,2.6239\n", [412_239_449, 16_252_063_004, 2.6239]),
      ("N,D,loss\n\"412,239\",\"16,252,063,004\",\"2,623\"\n", [412_239, 16_252_063_004, 2.623]),
      ("N,D,loss\n70M,1.4B,3.5\n", [70e6, 1.4e9, 3.5]), ("N,D,loss\n350m,300 B,3.5\n", [350e6, 300e9, 3.5]),
      ("N,D,loss,note\n1e8,2e9,3.5,\"two\nlines, and \"\"quotes\"\"\"\n", [1e8, 2e9, 3.5]),
      ("# made by a tool,,\nN,D,loss\n", nil), ("N,D,loss,,\n1e8,2e9,3.5,,\n", [1e8, 2e9, 3.5]),
      ("N,D,loss\n0x10,2e9,3.5\n", nil), ("N,D,loss\n1e8,2.,3.5\n", nil), ("N,D,loss\n1e8,2e9,3..5\n", nil),
      ("N,D,loss\n1e8,2e9,3.5,7\n", nil), ("N,D,loss\n1e8,-2e9,3.5\n", nil), ("N D loss\n1e8 2e9 3.5\n", nil),
    ] as [(String, [Double]?)]) func numbersAreReadAsPeopleWriteThem(text: String, expected: [Double]?) throws
  {
    guard let expected else {
      let error = try #require(throws: StageError.self) { try read(text) }
      #expect(error.file != nil && !error.message.contains("\n"))
      return
    }
    let found = try #require(numbers(try read(text)).first)
    #expect(zip(found, expected).allSatisfy { abs($0 / $1 - 1) < 1e-12 }, "\(found)")
  }

  @Test(arguments: [
    "N,D,loss\n1e8,2e9,3.51\n1e8,3e9,3.41\n1e8,4e9,3.31\n1e8,5e9,3.\n".dropLast(),
    "N,D,loss\n1e8,2e9,3.5123\n1e8,3e9,3.4123\n1e8,4e9,3.3123\n1e8,5e9,3.2\n".dropLast(),
    "N,D,loss\n1e8,2e9,3.5123\n1e8,3e9,3.4123\n1e8,4e9,3.3123\n1e8,5e9\n".dropLast(),
    "loss,N,D\n3.5123,1e8,2e9\n3.4123,1e8,3e9\n3.3123,1e8,5e\n".dropLast(),
  ]) func cutFilesAreRefused(text: Substring) throws {
    let error = try #require(throws: StageError.self) { try read(String(text)) }
    #expect(error.message.contains("not whole"), "\(error)")
  }

  /// A whole number that was cut reads as another: nothing tells it from a small one but its length.
  @Test func aShortNumberAtTheEndIsDoubted() throws {
    let rows = "loss,N,D\n3.51,1e8,200000\n3.41,1e8,300000\n3.31,1e8,400000\n3.21,1e8,"
    #expect(try read(rows + "5000").notes.contains { $0.contains("fewer digits") })
    #expect(try !read(rows + "5000\n").notes.contains { $0.contains("fewer digits") })
    #expect(try !read(rows + "500000").notes.contains { $0.contains("fewer digits") })
  }

  @Test func aWholeLastLineNeedsNoEnd() throws {
    #expect(try read("N,D,loss\n1e8,2e9,3.51\n1e8,3e9,3.4\n1e8,4e9,3.31\n1e8,5e9,3.2").records.count == 4)
    #expect(try read("N,D,loss\n1e8,2e9,3.51\n1e8,3e9,3.40\n1e8,4e9,3.31\n1e8,5e9,3.25").records.count == 4)
  }

  @Test(arguments: [
    #"[{"N": 1e8, "D": 2e9, "loss": 3.5}, {"N": 2e8, "D": 4e9, "loss": 3.25}]"#,
    #"{"N": [1e8, 2e8], "D": [2e9, 4e9], "loss": [3.5, 3.25]}"#,
    "{\"N\": 1e8, \"D\": 2e9, \"loss\": 3.5}\n\n{\"N\": 200000000, \"D\": 4e9, \"loss\": 3.25}",
    #"[{"config": {"n_params": 1e8}, "tokens": 2e9, "eval": {"loss": 3.5}}, {"config": {"n_params": 2e8}, "tokens": 4e9, "eval": {"loss": 3.25}}]"#,
  ]) func jsonIsRead(text: String) throws {
    #expect(numbers(try read(text, "runs.json")) == [[1e8, 2e9, 3.5], [2e8, 4e9, 3.25]])
  }

  @Test(
    arguments: [
      ("{\"N\": 1e8, \"D\": 2e9, \"loss\": 3.5}\n{\"N\": 1e8, \"D\": 2e9, \"lo", 2, "the last line is not whole"),
      ("{\"N\": 1e8, \"D\": 2e9, \"loss\": 3.5}\nnonsense\n", 2, "expected a JSON object"),
      ("{\"N\": 1e8, \"D\": 2e9, \"loss\": 3.5}\n{\"N\": 1e8, \"N\": 2e9, \"loss\": 3.5}\n", 2, "twice"),
      ("{\"N\": 1e8, \"D\": 2e9, \"loss\": NaN}\n", 1, "--leave-out-failed"), ("[1, 2]", nil, "entry 1 is no JSON object"),
    ] as [(String, Int?, String)]) func badJSONIsNamed(text: String, line: Int?, message: String) throws
  {
    let error = try #require(throws: StageError.self) { try read(text, "runs.jsonl") }
    #expect(error.line == line && error.message.contains(message), "\(error)")
  }

  @Test func conditionsChooseRuns() throws {
    let text = "N,D,loss,group\n1e8,2e9,3.5,a\n2e8,4e9,3.25,b\n3e8,4e9,3.0,b\n"
    func losses(_ conditions: String...) throws -> [Double] {
      try read(text) { $0.conditions = conditions }.records.map(\.loss)
    }
    #expect(try losses("group=b") == [3.25, 3])
    #expect(try losses("group != b") == [3.5])
    #expect(try losses("loss<=3.25", "N<3e8") == [3.25])
    #expect(try losses("parameters>1e8") == [3.25, 3], "a role is as good as the column's own name")
    for bad in ["group", "=b", "x=1"] {
      let error = try #require(throws: StageError.self) { try losses(bad) }
      #expect(error.message.contains(bad.first == "x" ? "there is no column `x`" : "is no condition"), "\(error)")
    }
    let none = try #require(throws: StageError.self) { try losses("group=c") }
    #expect(none.message.contains("no run is left of 3"))
  }

  @Test func selectionIsTheSameForLogsOfOurOwn() throws {
    var other = record("b", loss: 1.25)
    other.sweep = "other"
    let lines = try [record("a"), other, distillation("c")].map { (run) throws -> String in try run.logLine() }.joined()
    let path = try folder.write(lines, to: "log.jsonl")
    #expect(try importRuns(path, ReadingOptions(conditions: ["sweep=other"])).records.map(\.run) == ["b"])
    #expect(try importRuns(path, ReadingOptions(conditions: ["distillation/teacherLoss<1.5"])).records.map(\.run) == ["c"])
    #expect(try importRuns(path, ReadingOptions(choice: .best)).records.map(\.run) == ["b", "c"])
    #expect(throws: StageError.self) { try importRuns(path, ReadingOptions(conditions: ["nothing=1"])) }
  }

  @Test func teachersLossesAreFoundElsewhere() throws {
    let text = "run,teacher,N_S,D_S,L_T,L_S\nt,,1e9,2e10,,2.5\na,t,1e8,2e9,,3.5\nb,u,1e8,2e9,2.75,3.25\nc,u,2e8,2e9,,3.0\n"
    let runs = try read(text)
    #expect(runs.records.map { $0.distillation?.teacherLoss } == [nil, 2.5, 2.75, 2.75])
    #expect(runs.records[1].distillation?.teacherParameters == 1e9)
    #expect(runs.notes.contains("0 of 3 students have a loss below their teacher's"))
    let error = try #require(throws: StageError.self) { try read(text + "d,v,2e8,2e9,,3.0\n") }
    #expect(error.line == 6 && error.message.contains("the loss of teacher `v` is nowhere"))
  }

  @Test(arguments: [
    ("N_S,D_S,L_T,L_S\n1e8,2e9,2,3.5\n2e8,4e9,2.1,3.5\n", "another vocabulary"),
    ("N_S,D_S,L_T,L_S\n1e8,2e9,4,2.5\n2e8,4e9,4.1,2.5\n", "less than 0.63 of its teacher's"),
    ("N_S,D_S,L_T,L_S\n1e8,2e9,3,2.75\n2e8,4e9,3,2.75\n", "which students seldom have"),
    ("N,D,loss\n1e9,1e11,3.5\n1e9,1e11,3.5\n", "are rows there twice"),
    ("N,D,loss\n1e9,1e6,3.5\n2e9,4e6,3.25\n", "exchanged"), ("N,D,loss\n1e9,2e10,40\n2e9,4e10,39\n", "summed"),
    ("N,D,loss\n1e9,2e10,0.8\n2e9,4e10,0.7\n", "per byte"), ("N,D,loss\n1e9,2e10,3\n2e9,4e10,39\n", "diverged"),
    ("N,D,loss\n0.07,1.4,3.5\n1.4,26,2.5\n", "--parameters-unit B"),
    ("N,D,loss\n70e6,1.4,3.5\n1.4e9,26,2.5\n", "--tokens-unit B"),
    ("N,D,loss\n70e6,1400.5,3.5\n1.4e9,26000.5,2.5\n", "--tokens-unit M"),
  ]) func whatCannotBeIsDoubted(text: String, warning: String) throws {
    let warnings = try read(text).warnings
    #expect(warnings.contains { $0.contains(warning) }, "\(warnings)")
  }

  @Test func ordinaryRunsAreNotDoubted() throws {
    let grid = (0..<6).flatMap { n in
      (0..<5).map { d in "\(1e8 * pow(2, Double(n))),\(1e9 * pow(3, Double(d))),\(3.5 - 0.1 * Double(n + d)),1\n" }
    }
    let runs = try read("N,D,loss,seed\n" + grid.joined())
    #expect(runs.warnings.isEmpty && runs.notes.count == 1, "\(runs.warnings) \(runs.notes)")
    #expect(runs.notes[0].contains("--cluster COLUMN"))
    #expect(runs.records.allSatisfy { $0.training == nil })
  }
}
