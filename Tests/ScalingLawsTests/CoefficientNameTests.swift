import PaperStudy
import ScalingLaws
import Testing

@Suite struct CoefficientNameTests {
  @Test func everyCoefficientHasAPlaceInTheOrder() {
    #expect(Set(SupervisedLaw.coefficientNames) == Set(SupervisedLaw.published.coefficients.keys))
    #expect(Set(DistillationLaw.coefficientNames) == Set(DistillationLaw.printed.coefficients.keys))
    #expect(CoefficientNames.all == ["E", "A", "B", "alpha", "beta", "gamma", "c0", "c1", "f1", "d1"])
    #expect(DistillationLaw.coefficientNames == CoefficientNames.all.filter(DistillationLaw.coefficientNames.contains))
  }
}
