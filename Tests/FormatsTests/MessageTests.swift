import Formats
import Foundation
import Testing

/// What is said of names and cells from outside, and which names and numbers are taken.
@Suite struct MessageTests {
  @Test func aMessageIsOneLineWhateverItIsAbout() {
    let error = StageError("found \u{1B}[2J and\nmore", file: "a\u{7}b\n.csv", line: 3)
    #expect(error.description == "a\\u{7}b\\n.csv:3: found \\u{1b}[2J and\\nmore")
    #expect(error.file == "a\u{7}b\n.csv", "the name itself stays")
    #expect(printable("\u{202E}gpj.exe") == "\\u{202e}gpj.exe", "nothing turns the direction of text")
    #expect(printable("Größe 号 é") == "Größe 号 é")
  }

  @Test func longMessagesAreCutAndKeepTheEndOfTheName() {
    let folder = String(repeating: "folder/", count: 100)
    let error = StageError(String(repeating: "x", count: 10_000), file: folder + "runs.csv", line: 7)
    #expect(error.description.count == StageError.longestLine)
    #expect(error.description.contains("/runs.csv:7: xxx") && error.description.hasPrefix("folder/"))
    #expect(printable(String(repeating: "\n", count: 1_000_000), limit: 50).count == 50)
  }

  @Test(arguments: ["lab", "a", "9-x_Y", String(repeating: "n", count: 100)]) func names(_ name: String) {
    #expect(Name.isValid(name))
  }

  @Test(arguments: [
    "", "-a", "_a", "a/b", "..", "a b", "ä", "a\n", "a\u{0}", "a$", "<a>", "a&b", "a\\b", "a:b", "lab/",
    String(repeating: "n", count: 101),
  ]) func noNames(_ name: String) throws {
    #expect(!Name.isValid(name))
    let error = #expect(throws: StageError.self) { try Name.check(name, of: "a study") }
    #expect(try #require(error).description.contains("cannot name a study: expected letters"))
  }

  @Test func numbersAreDecimal() {
    for (text, value) in [("3", 3), ("-0.5", -0.5), ("1e20", 1e20), ("+2E-3", 0.002)] { #expect(decimalNumber(text) == value) }
    for text in ["", "0x10", "nan", "inf", "infinity", "1e400", "1,5", " 1", "1 ", "1_0", "٣", "e", "-", "."] {
      #expect(decimalNumber(text) == nil, "\(text)")
    }
  }

  @Test func pagesHoldNoElementsOfOthers() {
    #expect(
      markdownRow(["a|b", "<script>x</script>", "< 1%", "a\u{1B}[1m", "a\nb"])
        == "| a\\|b | &lt;script>x&lt;/script> | < 1% | a\\u{1b}[1m | a b |\n")
  }

  @Test func aDraftThatWasLeftIsTakenUp() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("draft-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("a.json").path
    try writeAtomically("old", to: path)
    // As a killed process leaves it.
    try Data("half of a much longer te".utf8).write(to: folder.appendingPathComponent(".a.json.new"))
    try writeAtomically("new", to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.json"])
  }

  @Test func aLinkToNothingYetIsFollowed() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("link-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let link = folder.appendingPathComponent("link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "aim.json")
    try writeAtomically("text", to: link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "aim.json")
    #expect(try String(contentsOf: folder.appendingPathComponent("aim.json"), encoding: .utf8) == "text")
  }

  @Test func manyWritersOfOneFileAllSucceed() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("writers-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("a.txt").path
    let failures = Failures()
    DispatchQueue.concurrentPerform(iterations: 64) { index in
      do { try writeAtomically(String(repeating: "\(index)\n", count: 5000), to: path) } catch { failures.add("\(error)") }
    }
    #expect(failures.all.isEmpty)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 5000 && Set(lines).count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.txt"])
  }
}

private final class Failures: @unchecked Sendable {
  // Every access is inside `lock`.
  private let lock = NSLock()
  private var messages = [String]()
  var all: [String] { lock.withLock { messages } }
  func add(_ message: String) { lock.withLock { messages.append(message) } }
}
