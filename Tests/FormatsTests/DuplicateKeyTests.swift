import Formats
import Foundation
import Testing

/// Which objects of a JSON text have a key twice: decoders keep one of the two values and say nothing.
@Suite struct DuplicateKeyTests {
  @Test(arguments: [
    (#"{"loss": 2, "loss": 3}"#, "loss"),
    (#"{"a": {"b": 1, "c": 2, "b": 3}, "d": 1}"#, "b"),
    (#"{"a": [{"x": 1}, {"y": [], "y": {}}]}"#, "y"),
    (#"{"a": {"b": 1}, "a": 2}"#, "a"),
    (#"{"": 1, "": 2}"#, ""),
    (#"{"größe 号": 1, "größe 号": 2}"#, "größe 号"),
    (#"{"a\"b": 1, "a\"b": 2}"#, #"a\"b"#),
    (#"{"a\\": 1, "a\\": 2}"#, #"a\\"#),
  ]) func aKeyThatIsThereTwiceIsFound(text: String, key: String) {
    #expect(duplicateKey(in: Data(text.utf8)) == key)
    // In a part of a longer text, too.
    #expect(duplicateKey(in: Data(("\n" + text + "\n").utf8)[1...]) == key)
  }

  @Test(arguments: [
    #"{"a": {"b": 1}, "b": {"a": 1}}"#,
    #"{"a": [{"b": 1}, {"b": 2}], "b": 3}"#,
    #"{"a": "b", "b": "a", "c": "a"}"#,
    #"{"a": "\"a\": 1", "b": "{\"a\": 1, \"a\": 2}"}"#,
    #"{"a\\": 1, "a": 2, "a\\\\": 3}"#,
    "[]", "{}", "3", #""text""#, "",
  ]) func keysOfOtherObjectsAndValuesAreNone(text: String) {
    #expect(duplicateKey(in: Data(text.utf8)) == nil)
  }

  /// What no decoder takes still has an end.
  @Test(arguments: [#"{"a": 1, "a"#, #"{"a\"#, "}}]]{{[[", #"::"a":"#]) func brokenTextsEnd(text: String) {
    #expect(duplicateKey(in: Data(text.utf8)) == nil)
  }
}
