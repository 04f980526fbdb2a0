import Formats
import Foundation
import Randomness

/// How inputs of the Mapping Problem are drawn. The paper does not say.
public struct MappingDraw: Codable, Hashable, Sendable {
  /// Values n in the context, and so classes.
  public var places: Int
  /// Share of the inputs that ask about a zero. Where it is nil, all inputs with a label are equally likely, as if
  /// contexts and places were drawn until there is one.
  public var easyFraction: Double?

  public init(places: Int = 8, easyFraction: Double? = nil) {
    self.places = places
    self.easyFraction = easyFraction
  }

  /// Share of the inputs that ask about a zero.
  public var shareOfZeros: Double {
    if let easyFraction { return easyFraction }
    // Anything at the other places; or two values, a partner, and two other values at the places left.
    let easy = pow(3, Double(places - 1)), hard = 2 * Double(places - 1) * pow(2, Double(places - 2))
    return easy / (easy + hard)
  }

  /// - Throws: ``StageError`` where there are no such inputs.
  func check() throws(StageError) {
    guard (3...24).contains(places) else {
      throw StageError("`places` must lie between 3 and 24, not be \(places)")
    }
    guard (0...1).contains(easyFraction ?? 0) else {
      throw StageError("`easyFraction` must lie between 0 and 1, not be \(easyFraction ?? 0)")
    }
  }
}

/// An input of the Mapping Problem of appendix C.2 and its label.
///
/// The input is a context of n values in 0, 1 and 2, and a one-hot of n that asks about one of its places. If the
/// context is 0 there, the label is that place, which is easy; otherwise it is the other place with the same value.
package struct MappingQuestion: Hashable, Sendable {
  package var context: [UInt8]
  package var place: Int
  package var label: Int

  /// The value asked about.
  package var value: UInt8 { context[place] }
  package var isEasy: Bool { value == 0 }

  /// Nil where the value asked about is not zero and does not occur exactly twice.
  package init?(context: [UInt8], place: Int) {
    self.context = context
    self.place = place
    let others = context.indices.filter { $0 != place && context[$0] == context[place] }
    guard context[place] == 0 || others.count == 1 else { return nil }
    label = context[place] == 0 ? place : others[0]
  }

  /// Writes the input's 2n numbers.
  package func write(to numbers: UnsafeMutablePointer<Float>) {
    let places = context.count
    for i in 0..<places {
      numbers[i] = Float(context[i])
      numbers[places + i] = i == place ? 1 : 0
    }
  }
}

extension MappingDraw {
  /// The `index`-th question of a stream: easy or hard with the draw's probability, and then any of that kind, all
  /// equally likely.
  package func question(_ random: CounterRandom, at index: Int) -> MappingQuestion {
    let counter = UInt64(4 * index)
    return question(random, at: counter, easy: random.uniform(at: counter) < shareOfZeros)
  }

  private func question(_ random: CounterRandom, at counter: UInt64, easy: Bool) -> MappingQuestion {
    let place = random.integer(below: places, at: counter + 1)
    // Digits to a small base, from the first on; the bias is below base^n / 2^64.
    var bits = random.bits(at: counter + 2)
    func digit(_ base: UInt64) -> UInt8 {
      let product = bits.multipliedFullWidth(by: base)
      bits = product.low
      return UInt8(truncatingIfNeeded: product.high)
    }
    var context = [UInt8](repeating: 0, count: places)
    if easy {
      for i in 0..<places where i != place { context[i] = digit(3) }
      return MappingQuestion(context: context, place: place, label: place)
    }
    let value = 1 + digit(2)
    let other = random.integer(below: places - 1, at: counter + 3)
    let partner = other < place ? other : other + 1
    for i in 0..<places {
      // Of the two other values, zero is one.
      context[i] = i == place || i == partner ? value : digit(2) * (3 - value)
    }
    return MappingQuestion(context: context, place: place, label: partner)
  }

  /// Questions on which networks are evaluated: all that there are where they are few, and else as many of each kind
  /// from a stream that no network is trained on.
  package func heldOut() -> (easy: [MappingQuestion], hard: [MappingQuestion], isComplete: Bool) {
    guard places > 8 else {
      let all = questions()
      return (all.filter(\.isEasy), all.filter { !$0.isEasy }, true)
    }
    let random = CounterRandom(seed: 0, stream: .max)
    func drawn(easy: Bool) -> [MappingQuestion] {
      (0..<32_768).map { question(random, at: UInt64(8 * $0 + (easy ? 4 : 0)), easy: easy) }
    }
    return (drawn(easy: true), drawn(easy: false), false)
  }

  /// Every question, context by context.
  private func questions() -> [MappingQuestion] {
    var questions = [MappingQuestion]()
    var context = [UInt8](repeating: 0, count: places)
    repeat {
      questions += (0..<places).compactMap { MappingQuestion(context: context, place: $0) }
    } while Self.advance(&context)
    return questions
  }

  /// The next context, read as a number to base three.
  /// - Returns: false after the last.
  private static func advance(_ context: inout [UInt8]) -> Bool {
    for place in context.indices.reversed() {
      context[place] += 1
      if context[place] < 3 { return true }
      context[place] = 0
    }
    return false
  }
}

extension MappingQuestion {
  /// - Parameter label: known to be that of the question.
  fileprivate init(context: [UInt8], place: Int, label: Int) {
    self.context = context
    self.place = place
    self.label = label
  }
}
