import Laboratory
import Testing

@Suite struct DictionaryTextTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func webstersApparatusGoesAndItsProseStays() {
    let entry = #"""
      Lariat \Lar"i*at\ (l[a^]r"[i^]*[a^]t), n. [Sp. la reata the
         rope; la the + [reata] rope. Cf. {Reata}.]
         A long, slender rope , used for catching cattle; a half-
         hitch; -- see {C[ae]sar}.
         [1913 Webster]

      Lari \Lari\ prop. n.
         A suborder of birds.
         [WordNet 1.5]

         Lassoes \"unclosed [too and {so on}
      """#
    #expect(
      DictionaryText.websterParagraphs(Array(entry.utf8)).map(text) == [
        "Lariat, n. A long, slender rope, used for catching cattle; a half-hitch; -- see Caesar.",
        #"Lassoes "unclosed too and so on"#,
      ])
  }

  @Test func aWordNetEntryGivesItsSenses() {
    let entries = """
      00-database-info
         A licence: not a sense.
      diversify
          v 1: make (more) diverse; "diversify a
               course of study" [syn: {diversify}, {vary}]
          2: spread into new habitats
             [ant: {narrow}]
      diversely
          adv : in diverse ways: variously
      """
    #expect(
      DictionaryText.wordNetGlosses(Array(entries.utf8)).map(text) == [
        #"make (more) diverse; "diversify a course of study""#, "spread into new habitats",
        "in diverse ways: variously",
      ])
  }

  @Test func aLongParagraphStandsOnceAndAShortOneAsOftenAsItDoes() {
    let long = "a small swift bird of the open sea, whose wings are longer than its body by half"
    let webster = "\(long)\n\nSee Largo.\n\nSee Largo.\n"
    let wordNet = "petrel\n    n 1: \(long)\nstorm petrel\n    n 1: \(long)\n"
    let prose = DictionaryText.prose(webster: Array(webster.utf8), wordNet: Array(wordNet.utf8))
    #expect(text(prose) == "\(long)\nSee Largo.\nSee Largo.\n")
  }
}
