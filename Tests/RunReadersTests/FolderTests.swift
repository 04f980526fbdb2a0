import Formats
import Foundation
import RunReaders
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct FolderTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test func anEmptyFolderIsNamed() {
    let error = #expect(throws: StageError.self) { try readForeignLog(folder.path) }
    #expect(error?.file == folder.path && error?.message.contains("trainer_state.json") == true)
  }

  @Test func whatIsNotThereIsNamed() {
    let error = #expect(throws: StageError.self) { try readForeignLog(folder.path + "/none") }
    #expect(error?.message == "does not exist")
  }

  /// A table's bytes are handed on, so that no file is read twice: a pipe cannot be.
  @Test func bytesOfOtherFilesAreHandedOn() throws {
    let path = try folder.write("N,D,loss\n1,2,3\n", to: "runs.csv")
    guard case .bytes(let data) = try readForeign(path) else {
      Issue.record("a table is taken for a log")
      return
    }
    #expect(data == Data("N,D,loss\n1,2,3\n".utf8))
  }

  /// The superuser reads everything.
  @Test(.enabled(if: geteuid() != 0)) func whatMayNotBeReadIsNamed() throws {
    let file = try folder.write("x", to: "run/trainer_state.json")
    chmod(file, 0)
    var error = #expect(throws: StageError.self) { try readForeignLog(file) }
    #expect(error?.message == "cannot be read" && error?.file == file)
    chmod(file, 0o600)
    chmod(folder.path + "/run", 0)
    error = #expect(throws: StageError.self) { try readForeignLog(folder.path) }
    #expect(error?.message.contains("cannot be read") == true && error?.file == folder.path + "/run")
    chmod(folder.path + "/run", 0o700)
  }

  @Test func linksInCirclesAreNotFollowed() throws {
    let file = try folder.write(fixture("huggingface/run-b/checkpoint-9/trainer_state.json"), to: "a/checkpoint-9/state")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/circle", withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/a/checkpoint-9/trainer_state.json", withDestinationPath: file)
    #expect(try readForeignLog(folder.path)?.values("run") == ["a"])
  }

  @Test(arguments: [
    "N,D,loss\n1,2,3\n", "run,N,D,step,loss\na,1,2,3,4\n", "step,tokens,loss\n1,2,3\n", "", "\n", "text\n",
    "step\tval_loss\n1\t2\n", "{\"a\": 1}", "[]", "step 10 of 20\n", "epoch,lr\n1,2\n", "loss,step",
    "validation loss at noon | x | y |\n", "s:x tel:1\n", "iter 0: loss x, time 1\n",
  ]) func otherFilesAreLeftAlone(text: String) throws {
    #expect(try readForeignLog(folder.write(text, to: "runs.txt")) == nil)
  }

  /// Whatever bytes a file has, a reader reads it, leaves it or says what is wrong.
  @Test func noBytesStopAReader() throws {
    let names = [
      "huggingface/run-b/checkpoint-9/trainer_state.json", "events/simple/events.out.tfevents.1750000000.host",
      "events/keras/validation/events.out.tfevents.1750000000.host.v2", "lightning/lightning_logs/version_0/metrics.csv",
      "keras/small.csv.gz", "nanogpt.txt", "megatron.txt", "llmc.txt", "llmc-cpu.txt", "llmc-run/main.log",
      "wandb/run-20260101_120000-abc120/files/wandb-summary.json", "mlruns/17/meta.yaml",
    ]
    var generator = SystemRandomNumberGenerator()
    for name in names {
      let whole = try fixture(name)
      let file = (name as NSString).lastPathComponent
      for trial in 0..<60 {
        var bytes = whole
        if trial % 3 == 0 { bytes = whole.prefix(Int.random(in: 0...whole.count, using: &generator)) }
        for _ in 0..<(trial % 5) where !bytes.isEmpty {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let path = try folder.write(Data(bytes), to: "\(trial)/\(file)")
        do {
          _ = try readForeignLog(path)
          _ = try readForeignLog(folder.path + "/\(trial)")
        } catch {
          #expect(error.file != nil)
        }
      }
    }
  }
}
