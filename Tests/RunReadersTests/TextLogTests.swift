import Formats
import Foundation
import RunReaders
import Testing

@Suite struct TextLogTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func read(_ text: String, _ name: String = "mine.log") throws -> RunSheet? {
    try readForeignLog(folder.write(text, to: name))
  }

  @Test func nanoGPT() throws {
    let sheet = try sheet("nanogpt.txt")
    #expect(sheet.format == "a log of nanoGPT" && sheet.trainingColumn == "run")
    #expect(sheet.values("step") == ["0", "10", "2000"])
    #expect(sheet.values("val_loss") == ["4.2823", "", "1.8857"])
    #expect(sheet.values("train_loss") == ["4.2874", "", "1.7640"])
    #expect(sheet.values("loss") == ["4.2664", "3.1413", ""])
    #expect(sheet.values("tokens") == ["0", "163840", "32768000"])
    #expect(sheet.values("parameters") == ["10650000", "10650000", "10650000"])
    #expect(sheet.notes("without position embeddings"))
  }

  @Test func megatron() throws {
    let sheet = try sheet("megatron.txt")
    #expect(sheet.format == "a log of Megatron-LM")
    // It went back from 200 to 150.
    #expect(sheet.values("step") == ["100", "150", "160"])
    #expect(sheet.values("val_loss") == ["6.100000E+00", "", "5.800000E+00"])
    #expect(sheet.values("test_loss") == ["", "", "5.850000E+00"])
    #expect(sheet.values("train_loss") == ["6.200000E+00", "5.900000E+00", ""])
    #expect(sheet.values("tokens") == ["52428800", "78643200", "83886080"])
    #expect(sheet.values("parameters").first == "354871296")
    #expect(sheet.values("learning rate").first == "1.500E-04")
    #expect(sheet.notes("went on from a checkpoint"))
  }

  @Test func megatronWithoutArgumentsHasNoTokens() throws {
    let sheet = try read(
      """
       iteration      100/    5000 | consumed samples:        25600 | lm loss: NAN | grad norm: inf |
       validation loss at the end of training for val data | lm loss value: 2.9E+00 | lm loss PPL: 1.8E+01 |

      """)
    #expect(sheet?.columns.contains("tokens") == false)
    #expect(sheet?.values("train_loss") == ["NaN"] && sheet?.values("grad norm") == ["Infinity"])
    #expect(sheet?.values("val_loss") == ["2.9E+00"])
  }

  @Test func megatronOnSeveralRanks() throws {
    let sheet = try read(
      """
        seq_length ........... 10
       > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 100
       > number of parameters on (tensor, pipeline) model parallel rank (1, 0): 100
       iteration 9007199254740991/ 5000 | consumed samples: 9223372036854775807 | lm loss: 3.0 |

      """)
    #expect(sheet?.columns.contains("parameters") == false && sheet?.notes("spread over ranks") == true)
    #expect(sheet?.columns.contains("tokens") == false)
  }

  @Test func llmc() throws {
    let sheet = try sheet("llmc.txt")
    #expect(sheet.format == "a log of llm.c")
    #expect(sheet.values("step") == ["0", "1", "2", "3"])
    #expect(sheet.values("val_loss") == ["11.009", "", "10.512000", ""])
    #expect(sheet.values("train_loss") == ["", "11.009034", "10.890123", "10.490123"])
    #expect(sheet.values("tokens") == ["0", "524288", "1048576", "1572864"])
    #expect(sheet.values("parameters").first == "124475904")
  }

  @Test func llmcOnTheProcessorCountsFromTheStart() throws {
    let sheet = try sheet("llmc-cpu.txt")
    #expect(sheet.values("step") == ["0", "1", "2"])
    #expect(sheet.values("val_loss") == ["5.251911", "", "4.500000"])
    #expect(!sheet.columns.contains("tokens"))
  }

  @Test func llmcInPython() throws {
    let sheet = try read(
      """
      total desired batch size: 64
      val loss 10.871367931365967
      step    1/4 | train loss 10.942117 | norm 36.6330 | lr 1.00e-04 | (107350.94 ms | 1 tok/s)
      val loss nan

      """)
    #expect(sheet?.values("val_loss") == ["10.871367931365967", "NaN"])
    #expect(sheet?.values("train_loss") == ["", "10.942117"])
    #expect(sheet?.values("tokens") == ["0", "64"])
  }

  @Test func llmcMainLog() throws {
    let sheet = try sheet("llmc-run/main.log")
    #expect(Set(sheet.values("run")) == ["llmc-run"])
    #expect(sheet.values("step") == ["0", "1", "250"])
    #expect(sheet.values("val_loss") == ["11.0090", "", "3.9600"])
    #expect(sheet.values("train_loss") == ["11.0090", "10.8901", "4.0100"])
  }

  @Test func stepsThatComeAgainCountOnce() throws {
    let sheet = try read(
      """
      step 0: train loss 4, val loss 4.5
      step 100: train loss 3, val loss 3.5
      step 200: train loss 2, val loss 2.5
      step 100: train loss 3, val loss 3.25
      step 100: train loss 3, val loss nan

      """)
    #expect(sheet?.values("val_loss") == ["4.5", "NaN"])
    #expect(sheet?.notes("2 steps") == true)
  }

  @Test func aWholeLastLineNeedsNoEnd() throws {
    let sheet = try read("step 0: train loss 4.125, val loss 4.5000\nstep 9: train loss 3.125, val loss 3.2500")
    #expect(sheet?.values("val_loss") == ["4.5000", "3.2500"])
    #expect(sheet?.notes("may be cut") == false)
    let cut = try read("step 0: train loss 4.125, val loss 4.5000\nstep 9: train loss 3.125, val loss 3.25")
    #expect(cut?.values("val_loss") == ["4.5000"])
  }

  @Test func theEndMayBeCut() throws {
    let sheet = try read("step 0: train loss 4, val loss 4.5\nstep 9: train loss 3, val loss 3")
    #expect(sheet?.values("val_loss") == ["4.5"])
    #expect(sheet?.notes("may be cut") == true)
  }

  @Test(arguments: [
    "step 9223372036854775807/9 | loss 3.0 |", "step -9223372036854775808/9 | loss 3.0 |", "s:9223372036854775807 tel:3",
    "step 9223372036854775807: train loss 4, val loss 4.5", "s:-9223372036854775808 trl:3",
  ]) func noStepIsTooLarge(line: String) throws {
    _ = try read("total desired batch size: 9223372036854775807\nval loss 3\n\(line)\nval loss 3\n\(line)\nval loss 3\n")
  }

  @Test func progressBarsEndLinesTheirWay() throws {
    let sheet = try read("10%|#  |\rstep 0: train loss 4, val loss 4.5\r\n50%|## |\rstep 9: train loss 3, val loss 3.5\n")
    #expect(sheet?.values("val_loss") == ["4.5", "3.5"])
    #expect(sheet?.rows.map(\.line) == [1, 2])
  }
}
