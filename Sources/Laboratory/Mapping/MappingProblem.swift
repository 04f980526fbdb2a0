import Artifacts
import Foundation
import Randomness

/// How inputs of the Mapping Problem are drawn. The paper does not say.
public struct MappingDraw: Codable, Hashable, Sendable {
  /// Which contexts there are; all that are, are equally likely for a question of one kind.
  public enum Contexts: String, Codable, Sendable, CaseIterable {
    /// All in which the value that is asked about occurs exactly twice, or is zero.
    case uniform
    /// Only those in which each nonzero value occurs twice or not at all.
    case pairs
  }

  /// Values n in the context, and so classes.
  public var places: Int
  public var contexts: Contexts
  /// Share of the inputs that ask about a zero; where it is nil, all inputs are equally likely.
  public var easyFraction: Double?

  public init(places: Int = 8, contexts: Contexts = .uniform, easyFraction: Double? = nil) {
    self.places = places
    self.contexts = contexts
    self.easyFraction = easyFraction
  }

  /// - Throws: ``StageError`` where there are no such inputs, or more than memory should hold.
  func check() throws(StageError) {
    guard (3...12).contains(places) else {
      throw StageError("`places` must lie between 3 and 12, not be \(places)")
    }
    guard (0...1).contains(easyFraction ?? 0) else {
      throw StageError("`easyFraction` must lie between 0 and 1, not be \(easyFraction ?? 0)")
    }
  }
}

/// The Mapping Problem of appendix C.2: every input that may be drawn, with its label and probability.
///
/// An input is a context of n values in 0, 1 and 2, and a one-hot of n that asks about one of its places i. If
/// the context is 0 there, the label is i, which is easy; otherwise it is the other place with the same value.
/// There are few enough inputs to list them all, so expectations over them are exact.
package final class MappingProblem: Sendable {
  package let draw: MappingDraw
  /// Numbers of an input: 2n.
  package let inputWidth: Int
  package let labels: [UInt8]
  /// Places in the list of the inputs that ask about a zero, and of the others.
  package let easy: [Int]
  package let hard: [Int]
  /// Share of the inputs that ask about a zero.
  package let easyFraction: Double
  // Written only while the list is made.
  private nonisolated(unsafe) let inputs: FloatBuffer

  package init(_ draw: MappingDraw) throws(StageError) {
    try draw.check()
    self.draw = draw
    let places = draw.places
    inputWidth = 2 * places
    var labels = [UInt8](), easy = [Int](), hard = [Int]()
    var numbers = [Float]()
    var context = [UInt8](repeating: 0, count: places)
    repeat {
      guard draw.contexts == .uniform || Self.isPaired(context) else { continue }
      for place in 0..<places {
        guard let label = Self.label(context: context, place: place) else { continue }
        if context[place] == 0 { easy.append(labels.count) } else { hard.append(labels.count) }
        labels.append(UInt8(label))
        numbers += context.map(Float.init)
        for other in 0..<places { numbers.append(other == place ? 1 : 0) }
      }
    } while Self.advance(&context)
    self.labels = labels
    self.easy = easy
    self.hard = hard
    easyFraction = draw.easyFraction ?? Double(easy.count) / Double(labels.count)
    inputs = FloatBuffer(count: numbers.count)
    for (index, number) in numbers.enumerated() { inputs.pointer[index] = number }
  }

  /// Different inputs.
  package var count: Int { labels.count }

  /// The numbers of an input, `inputWidth` of them.
  func input(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(inputs.pointer + index * inputWidth) }

  /// The context and the place that an input asks about.
  package func question(_ index: Int) -> (context: [UInt8], place: Int) {
    let numbers = UnsafeBufferPointer(start: input(index), count: inputWidth)
    let place = numbers[draw.places...].firstIndex(of: 1) ?? 0
    return (numbers[..<draw.places].map { UInt8($0) }, place - draw.places)
  }

  /// Probability of an input.
  package func probability(_ index: Int) -> Double {
    let (context, place) = question(index)
    return context[place] == 0
      ? easyFraction / Double(easy.count) : (1 - easyFraction) / Double(hard.count)
  }

  /// Draws an input: the `index`-th of a stream.
  package func draw(_ random: CounterRandom, at index: Int) -> Int {
    let counter = UInt64(2 * index)
    let kind = random.uniform(at: counter) < easyFraction ? easy : hard
    return kind[random.integer(below: kind.count, at: counter + 1)]
  }

  /// The label where context[place] is 0 or occurs exactly twice; nil otherwise.
  package static func label(context: [UInt8], place: Int) -> Int? {
    let value = context[place]
    guard value != 0 else { return place }
    let others = context.indices.filter { $0 != place && context[$0] == value }
    return others.count == 1 ? others[0] : nil
  }

  private static func isPaired(_ context: [UInt8]) -> Bool {
    (1...2).allSatisfy { value in [0, 2].contains(context.count { $0 == value }) }
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
