import Foundation
import Testing

import Formats

@Suite struct LossUnitTests {
  @Test func unitsAreWrittenAsTheyAreRead() throws {
    for unit in LossUnit.allCases {
      #expect(LossUnit(rawValue: unit.rawValue) == unit)
      #expect(try JSONDecoder().decode([LossUnit].self, from: JSONEncoder().encode([unit])) == [unit])
    }
    #expect(LossUnit(rawValue: "bits") == LossUnit(.bits, per: .token))
    for bad in ["", "nat", "bits/", "bits/char", "bits/byte/s", "/byte"] { #expect(LossUnit(rawValue: bad) == nil) }
  }

  @Test func textsNameTheUnit() {
    let unit = LossUnit(.bits, per: .byte)
    #expect(unit.naming("L (nats per token)") == "L (bits per byte)")
    #expect(unit.naming("every 0.05 nats; a snats is none") == "every 0.05 bits; a snats is none")
    #expect(LossUnit(.nats, per: .word).naming("0.1 nats, in nats per token") == "0.1 nats, in nats per word")
    #expect(LossUnit.natsPerToken.naming("nats per token") == "nats per token")
  }
}
