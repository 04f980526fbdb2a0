import Formats
import Foundation
import Testing

import RunReaders

@Suite struct CompressedFileTests {
  let folder: Folder
  let packed, plain: Data

  init() throws {
    folder = try Folder()
    packed = try fixture("keras/small.csv.gz")
    plain = try fixture("keras/small.csv")
  }

  private func read(_ data: Data, limit: Int = 1 << 20) throws -> Data {
    try readPossiblyCompressed(folder.write(data, to: "file"), limit: limit)
  }

  private func message(_ data: Data, limit: Int = 1 << 20) -> String {
    let error = #expect(throws: StageError.self) { try read(data, limit: limit) }
    #expect(error?.file == folder.path + "/file")
    return error?.message ?? ""
  }

  @Test func unpacksByContent() throws {
    #expect(try read(packed) == plain)
    #expect(try read(plain) == plain)
    #expect(try read(Data()) == Data())
  }

  @Test func unpacksAllMembers() throws {
    #expect(try read(packed + packed) == plain + plain)
    #expect(try read(packed + Data(count: 512)) == plain)
  }

  @Test func everyCutIsNamed() {
    for length in 2..<packed.count { #expect(message(packed.prefix(length)).hasPrefix("is cut")) }
  }

  @Test func damageIsNamed() {
    var wrong = packed
    wrong[packed.count - 6] ^= 1
    #expect(message(wrong).contains("is damaged"))
    #expect(message(packed + Data("more".utf8)).contains("something else follows"))
    #expect(message(packed + packed.prefix(20)).hasPrefix("is cut"))
  }

  @Test func limitsAreNamed() throws {
    let zeros = try fixture("zeros.gz")
    #expect(try read(zeros, limit: 100_000) == Data(count: 100_000))
    #expect(message(zeros, limit: 99_999).contains("unpacks to more than 99999 bytes"))
    #expect(message(plain, limit: plain.count - 1).contains("is larger than"))
  }

  @Test func whatIsNoFileIsNamed() {
    #expect(throws: StageError.self) { try readPossiblyCompressed(folder.path) }
    #expect(throws: StageError.self) { try readPossiblyCompressed(folder.path + "/none") }
    let error = #expect(throws: StageError.self) { try readPossiblyCompressed("/dev/zero", limit: 1000) }
    #expect(error?.message.contains("is larger than 1000 bytes") == true)
  }

  @Test func packedLogsAreRead() throws {
    #expect(try sheet("keras/small.csv.gz").values("val_loss") == sheet("keras/small.csv").values("val_loss"))
  }
}
