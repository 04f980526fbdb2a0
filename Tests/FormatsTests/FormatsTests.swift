import Foundation
import Testing

import Formats

@Suite struct DigestTests {
  /// Test vectors of FIPS 180-2.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]) func matchesThePublishedVectors(text: String, hexadecimal: String) {
    #expect(Digest(of: text).hexadecimal == hexadecimal)
    #expect(Digest(of: Data(text.utf8)) == Digest(of: text))
  }

  @Test func isAPlainStringInJSON() throws {
    let digest = Digest(of: "abc")
    let json = try JSONEncoder().encode([digest])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(digest)\"]")
    #expect(try JSONDecoder().decode([Digest].self, from: json) == [digest])
  }
}

@Suite struct AtomicFileTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("artifacts-\(UUID().uuidString)")

  @Test func foldersOnTheWayAreMadeAndOldTextIsReplaced() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("a/b.json").path
    try writeAtomically("a longer first text", to: path)
    try writeAtomically("second", to: path)
    #expect(try readFile(path) == Data("second".utf8))
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("a").path)
    #expect(left == ["b.json"], "no part of a file is left behind")
  }

  @Test func whatCannotBeWrittenIsNamedAndLeftAsItWas() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let blocked = folder.appendingPathComponent("file").path
    try writeAtomically("text", to: blocked)
    let error = #expect(throws: StageError.self) { try writeAtomically("more", to: blocked + "/below") }
    #expect(error?.file == blocked + "/below")
    #expect(try readFile(blocked) == Data("text".utf8))
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: StageError.self) { try readFile("nowhere.jsonl") }
    #expect(error?.description == "nowhere.jsonl: does not exist")
    #expect(StageError("is wrong", file: "a.csv", line: 3).description == "a.csv:3: is wrong")
    #expect(StageError("is wrong").description == "is wrong")
  }
}

@Suite struct RunRecordTests {
  static let record = RunRecord(
    run: "a", kind: .distillation, origin: .reconstructed, purpose: .law, sweep: "test", parameters: 1e5,
    tokens: 1e6, compute: 6e11, loss: 1.0 / 3,
    distillation: RunRecord.Distillation(
      teacherRun: "t", teacherLoss: 0.1 + 0.2, teacherParameters: 2e5, teacherTokens: 3e6))

  @Test func numbersSurviveALogLineToTheLastDigit() throws {
    let line = try JSONEncoder().encode(Self.record)
    #expect(!line.contains(UInt8(ascii: "\n")))
    #expect(try JSONDecoder().decode(RunRecord.self, from: line) == Self.record)
  }

  @Test func keysAreTheDocumentedNames() throws {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Self.record)) as? [String: Any]
    let keys = ["compute", "distillation", "kind", "loss", "origin", "parameters", "purpose", "run", "sweep", "tokens"]
    #expect(object?.keys.sorted() == keys, "and what is not known is left out")
    let teacher = object?["distillation"] as? [String: Any]
    #expect(teacher?.keys.sorted() == ["teacherLoss", "teacherParameters", "teacherRun", "teacherTokens"])
  }
}
