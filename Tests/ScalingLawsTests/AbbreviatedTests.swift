import ScalingLaws
import Testing

@Suite struct AbbreviatedTests {
  @Test(arguments: [
    (12_500, 3, "12.5k"), (546e6, 3, "546M"), (1.82e9, 3, "1.82B"), (1e17, 3, "100P"), (999_999, 3, "1M"),
    (999_499, 3, "999k"), (0.25, 3, "0.25"), (7, 3, "7"), (2e18, 3, "2e+18"), (143.69e6, 4, "143.7M"),
    (999_949, 4, "999.9k"), (999_951, 4, "1M"),
  ]) func threeDigitsOrAsManyAsAreAskedFor(value: Double, digits: Int, text: String) {
    #expect(abbreviated(value, digits: digits) == text)
    if digits == 3 { #expect(abbreviated(value) == text) }
  }
}
