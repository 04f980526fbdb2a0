import Formats
import Foundation
import Testing

@Suite final class CoefficientSamplesTests {
  let file = FileManager.default.temporaryDirectory.appendingPathComponent("samples-\(UUID().uuidString).csv").path

  deinit { try? FileManager.default.removeItem(atPath: file) }

  @Test func whatIsWrittenIsReadBack() throws {
    let samples = CoefficientSamples(
      estimates: ["alpha": 0.25, "A": 1e20], samples: ["A": [1, .infinity], "alpha": [0, 1.0 / 3], "a": [1, 2]])
    #expect(samples.csv == "resample,A,alpha\n0,1e+20,0.25\n1,1,0\n2,1.79769313486e+308,0.333333333333\n")
    try writeAtomically(samples.csv, to: file)
    let read = try CoefficientSamples(readingFrom: file)
    #expect(read.estimates == samples.estimates && read.resamples.count == 2)
    #expect(read.resamples[1]["A"] == 1.79769313486e308 && read.resamples[0]["alpha"] == 0)
  }

  @Test(arguments: [
    ("A,alpha\n1,2\n", ":1: expected a header"), ("resample,A,moon\n0,1,2\n", ":1: expected a header"),
    ("resample,A\n0,1\n2,1\n", ":3: expected resample 1"), ("resample,A\n0,1\n1,-1\n", ":3: A should be"),
    ("resample,A\n0,1\n1,2,3\n", ":3: has 3 fields"), ("resample,A\n0,1\n", ": holds no resamples"),
  ]) func badSamplesAreNamed(text: String, expected: String) throws {
    try writeAtomically(text, to: file)
    let error = #expect(throws: StageError.self) { try CoefficientSamples(readingFrom: file) }
    #expect(error?.description.hasPrefix(file + expected) == true, "\(String(describing: error))")
  }
}
