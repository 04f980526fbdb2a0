import Formats
import Foundation
import RunReaders
import Testing

@Suite struct TrainerStateTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func read(_ text: String) throws -> RunSheet? {
    try readForeignLog(folder.write(text, to: "mine/checkpoint-2/trainer_state.json"))
  }

  @Test func foldersGiveTheLastStateOfEachTraining() throws {
    let sheet = try sheet("huggingface")
    #expect(sheet.trainingColumn == "run")
    #expect(sheet.values("step", run: "run-a") == ["100", "200", "300", "400"])
    #expect(sheet.values("step", run: "run-b") == ["9", "100"])
    #expect(sheet.values("eval_loss", run: "run-a") == ["4", "3.5", "3", "2.5"])
    #expect(sheet.values("loss", run: "run-a") == ["3.5", "3", "2.5", "2"])
    #expect(sheet.values("grad_norm", run: "run-a").first == "NaN")
    // Of the state beside the checkpoints, which has as many steps.
    #expect(sheet.values("train_loss", run: "run-a").last == "3.1")
    // Counted at the end only.
    #expect(sheet.values("num_input_tokens_seen", run: "run-a") == ["", "", "", "26214400"])
    #expect(sheet.notes("3 earlier states"))
    #expect(sheet.rows.first?.file.hasSuffix("huggingface/run-a/trainer_state.json") == true)
  }

  @Test func aFileIsOfTheTrainingAboveItsCheckpoint() throws {
    let sheet = try sheet("huggingface/run-a/checkpoint-200/trainer_state.json")
    #expect(Set(sheet.values("run")) == ["run-a"])
    #expect(sheet.values("num_input_tokens_seen") == ["", "13107200"])
    #expect(Set(try RunReadersTests.sheet("huggingface/run-a/checkpoint-200").values("run")) == ["run-a"])
  }

  @Test func contentIsEnough() throws {
    let path = try folder.write(fixture("huggingface/run-b/checkpoint-9/trainer_state.json"), to: "renamed.json")
    #expect(try readForeignLog(path)?.values("eval_loss") == ["4.455"])
    #expect(try readForeignLog(folder.write("{\"N\": 1}\n{\"N\": 2}\n", to: "runs.jsonl")) == nil)
    #expect(try readForeignLog(folder.write("[{\"log_history\": 1}]", to: "runs.json")) == nil)
  }

  @Test func stepsMayComeTwice() throws {
    let sheet = try read(
      """
      {"global_step": 2, "num_input_tokens_seen": 0, "log_history": [
        {"step": 2, "eval_loss": 3.5}, {"step": 1, "eval_loss": 4, "bad": NaN}, {"step": 2, "eval_loss": 3.25}, {"eval_loss": 1}]}
      """)
    #expect(sheet?.values("eval_loss") == ["4", "3.25"])
    #expect(sheet?.values("bad") == ["NaN", ""])
    #expect(sheet?.values("run") == ["mine", "mine"])
    #expect(sheet?.columns.contains("num_input_tokens_seen") == false)
    #expect(sheet?.notes("came again") == true && sheet?.notes("without a step") == true)
  }

  @Test func tokensOfALaterStepAreNotTheLastRows() throws {
    let sheet = try read(#"{"global_step": 3, "num_input_tokens_seen": 9, "log_history": [{"step": 2, "eval_loss": 3.5}]}"#)
    #expect(sheet?.columns.contains("num_input_tokens_seen") == false)
    #expect(sheet?.notes("it is of step 3") == true)
  }

  @Test(arguments: [
    ("[1, 2]", "expected an object"), ("{\"global_step\": 1}", "lacks log_history"),
    ("{\"log_history\": {}, \"global_step\": 1}", "lacks log_history"), ("{\"log_history\": []}", "lacks global_step"),
    ("{\"log_history\": [1], \"global_step\": 1}", "entry 1 of log_history"),
    ("{\"log_history\": [], \"global_step\": 1}", "has no measurements"), ("{\"log_history\": [", "it ends too early"),
    ("", "is not JSON"),
    ("{\"log_history\": [{\"step\": 1e30}], \"global_step\": 1}", "has no measurements"),
  ]) func damaged(text: String, message: String) {
    let error = #expect(throws: StageError.self) { try read(text) }
    #expect(error?.message.contains(message) == true, "\(error.map(\.description) ?? "")")
    #expect(error?.file?.hasSuffix("trainer_state.json") == true)
  }
}
