import Formats
import Foundation
import Testing

import RunReaders

@Suite struct DocumentValueTests {
  private func json(_ text: String) throws -> DocumentValue {
    try .json(Data(text.utf8), file: "file.json")
  }

  private func yaml(_ text: String) throws -> DocumentValue {
    try .yaml(Data(text.utf8), file: "file.yaml")
  }

  @Test(arguments: [
    ("1", "1"), ("1.0", "1"), ("6553600", "6553600"), ("0.1", "0.1"), ("0.30000000000000004", "0.30000000000000004"),
    ("1e-05", "1e-05"), ("true", "true"), ("false", "false"), ("null", ""), ("\"text\"", "text"), ("NaN", "NaN"),
    ("Infinity", "Infinity"), ("-Infinity", "-Infinity"), ("1234567890123456789", "1234567890123456789"), ("-0.5", "-0.5"),
  ]) func scalars(written: String, field: String) throws {
    #expect(try json("{\"key\": \(written)}")["key"]?.fieldText == field)
  }

  @Test func namesOfNumbersInTextsStay() throws {
    let value = try json(#"{"a NaN": "NaN, \"NaN\" -Infinity", "b": NaN}"#)
    #expect(value["a NaN"]?.fieldText == #"NaN, "NaN" -Infinity"#)
    #expect(value["b"]?.fieldText == "NaN")
  }

  @Test func nestedValuesAreJoined() throws {
    let value = try json(#"{"b": {"c": 1, "d": {"e": true}}, "a": [1, "x", null], "n": null}"#)
    let flat = value.flattened().map { "\($0.name)=\($0.text)" }
    #expect(flat == ["a=[1,\"x\",null]", "b/c=1", "b/d/e=true"])
  }

  @Test(arguments: [
    ("{\"a\": 1,\n\"b\":", 2), ("{\n\n\"a\" 1}", 3), ("", 1), ("nonsense", 1), (String(repeating: "[", count: 100_000), 1),
    ("{\"a\": 1e999}", nil as Int?), ("{\"a\": NaNa}", 1),
  ]) func damagedJSON(text: String, line: Int?) throws {
    let error = #expect(throws: StageError.self) { try json(text) }
    #expect(error?.file == "file.json" && error?.message.hasPrefix("is not JSON") == true)
    if let line { #expect(error?.line == line) }
  }

  @Test func yamlScalars() throws {
    let value = try yaml("a: 1.0e-04\nb: '1'\nc: null\nd: .nan\ne: -.inf\nf: 3.0\ng:\n- 1\n- x\nh: {i: yes}\n? [1]\n: z\n")
    let flat = value.flattened().map { "\($0.name)=\($0.text)" }
    #expect(flat == ["a=1.0e-04", "b=1", "d=NaN", "e=-Infinity", "f=3", "g=[1,x]", "h/i=yes", "?=z"])
  }

  @Test func aliasesMayNotStandForTooMany() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    let error = #expect(throws: StageError.self) { try yaml(text) }
    #expect(error?.message.contains("too many values") == true)
  }

  @Test(arguments: [
    "a: [1, 2", "a: 1\na: 2", "\t- x: {", "a: *b", String(repeating: "[", count: 100_000),
    String(repeating: "- ", count: 50_000), (0..<900).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), "\u{0}",
  ]) func damagedYAML(text: String) throws {
    let error = #expect(throws: StageError.self) { try yaml(text) }
    #expect(error?.file == "file.yaml")
  }

  @Test(arguments: ["", "a", "ab", "abc", "cab", "bca", "abcab"]) func bytesAreFound(text: String) {
    #expect(Data("abcab".utf8).holds(text) == (text.isEmpty || "abcab".contains(text)))
    #expect(Data(Data("xabcx".utf8).dropFirst().dropLast()).holds(text) == (text.isEmpty || "abc".contains(text)))
    #expect(Data("xabcx".utf8).dropFirst().dropLast().holds(text) == (text.isEmpty || "abc".contains(text)))
    #expect(Data().holds(text) == text.isEmpty)
  }

  @Test func bytesThatAreNoText() {
    #expect(throws: StageError.self) { try DocumentValue.yaml(Data([0xff, 0xfe, 0x00]), file: "x") }
    #expect(throws: StageError.self) { try DocumentValue.json(Data([0xff, 0xfe, 0x00]), file: "x") }
  }
}
