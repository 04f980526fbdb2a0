import Formats
import Foundation
import Testing

import RunReaders

@Suite struct EventFilesTests {
  let folder: Folder
  static let file = "events.out.tfevents.1750000000.host"
  let whole: Data

  init() throws {
    folder = try Folder()
    whole = try fixture("events/simple/" + Self.file)
  }

  private func read(_ data: Data) throws -> RunSheet? {
    try readForeignLog(folder.write(data, to: "mine/" + Self.file))
  }

  @Test func checksums() {
    // The values that RFC 3720 gives.
    #expect(CRC32C.checksum(Data(count: 32)) == 0x8a91_36aa)
    #expect(CRC32C.checksum(Data(0..<32)) == 0x46dd_794e)
  }

  @Test func foldersAreTrainings() throws {
    let sheet = try sheet("events")
    #expect(sheet.trainingColumn == "run")
    #expect(sheet.values("step", run: "simple") == ["100", "200", "300", "400"])
    // The second file measured step 300 anew.
    #expect(sheet.values("val/loss", run: "simple") == ["4.25", "4", "3.5", "NaN"])
    #expect(sheet.values("train/loss", run: "simple") == ["3.75", "3.5", "3.25", ""])
    #expect(sheet.values("tokens", run: "simple") == ["6553600", "13107200", "19660800", ""])
    #expect(sheet.values("wall_time", run: "simple").first == "1750000012.5")
    #expect(sheet.notes("1 value came again") && sheet.notes("no scalars are left out: note"))
  }

  @Test func tensorsAreScalars() throws {
    let sheet = try sheet("events/keras")
    #expect(sheet.values("run") == ["keras", "keras"])
    #expect(sheet.values("train/epoch_loss") == ["3.5", "3.25"])
    #expect(sheet.values("validation/epoch_loss") == ["3.7", "3.4"])
    #expect(sheet.values("validation/count") == ["", "7"])
    #expect(!sheet.columns.contains("validation/pair"))
    let part = try RunReadersTests.sheet("events/keras/validation")
    #expect(part.values("run") == ["validation", "validation"] && part.values("epoch_loss") == ["3.7", "3.4"])
  }

  @Test func contentIsEnough() throws {
    #expect(try readForeignLog(folder.write(whole, to: "renamed"))?.values("val/loss") == ["4.25", "4", "3.75"])
  }

  @Test func aCutEndIsPassedOver() throws {
    let sheet = try read(whole.dropLast(3))
    #expect(sheet?.values("val/loss") == ["4.25", "4", "3.75"])
    #expect(sheet?.notes("the last record is cut") == true)
    #expect(try read(whole + Data(count: 100))?.notes("the last record is cut") == true)
    #expect(try read(whole)?.notes("the last record is cut") == false)
  }

  @Test func everyCutIsReadOrNamed() throws {
    for length in 0..<whole.count {
      do {
        let sheet = try read(whole.prefix(length))
        #expect(sheet?.rows.isEmpty == false)
      } catch let error as StageError {
        #expect(error.message.hasPrefix("has no scalars"))
      }
    }
  }

  @Test func wrongChecksumsAreNamed() throws {
    // In the first record's length, its bytes, and the second's checksum.
    for place in [0, 9, 20, 60] {
      var damaged = whole
      damaged[place] ^= 0x40
      let error = #expect(throws: StageError.self) { try read(damaged) }
      #expect(error?.message.contains("wrong checksum") == true)
    }
  }

  private func record(_ bytes: [UInt8]) -> Data {
    func little(_ value: UInt64, _ count: Int) -> Data {
      Data((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }
    let length = little(UInt64(bytes.count), 8)
    return length + little(UInt64(CRC32C.masked(length)), 4) + Data(bytes) + little(UInt64(CRC32C.masked(bytes)), 4)
  }

  @Test func recordsOfSomethingElse() {
    let error = #expect(throws: StageError.self) { try read(record([0xff, 0xff, 0xff])) }
    #expect(error?.message.contains("is not an event") == true)
    #expect(throws: StageError.self) { try read(Data("text".utf8)) }
    #expect(throws: StageError.self) { try read(Data()) }
  }

  @Test func aLengthBeyondTheFileIsACut() throws {
    let length = Data([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])
    let checksum = CRC32C.masked(length)
    let header = length + Data((0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) })
    #expect(try read(whole + header + Data(count: 9))?.notes("the last record is cut") == true)
  }

  /// Tags may have the names of the columns that say where a row is from.
  @Test func tagsMayBeCalledStep() throws {
    // Event(step: 3, summary: value(tag: "step", simple_value: 1.5))
    let event: [UInt8] =
      [0x10, 3, 0x2a, 13, 0x0a, 11, 0x0a, 4] + Array("step".utf8) + [0x15, 0x00, 0x00, 0xc0, 0x3f]
    let sheet = try read(record(event))
    #expect(sheet?.values("step") == ["3"] && sheet?.values("logged/step") == ["1.5"])
    #expect(sheet?.values("run") == ["mine"])
  }
}
