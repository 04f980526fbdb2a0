import Foundation

/// A colour in sRGB with opacity, each part from 0 to 1.
public struct Color: Sendable, Hashable {
  public var red: Double
  public var green: Double
  public var blue: Double
  public var opacity: Double

  public init(red: Double, green: Double, blue: Double, opacity: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.opacity = opacity
  }

  /// The colour written `0xRRGGBB`.
  public init(hex: UInt32, opacity: Double = 1) {
    self.init(
      red: Double(hex >> 16 & 255) / 255, green: Double(hex >> 8 & 255) / 255,
      blue: Double(hex & 255) / 255, opacity: opacity)
  }

  public static let black = Color(hex: 0x000000)
  public static let white = Color(hex: 0xFFFFFF)

  /// A neutral grey; 0 is black and 1 is white.
  public static func grey(_ level: Double) -> Color {
    Color(red: level, green: level, blue: level)
  }

  public func opacity(_ opacity: Double) -> Color {
    Color(red: red, green: green, blue: blue, opacity: opacity)
  }

  /// The colour a share `amount` of the way to `other`.
  public func mixed(with other: Color, amount: Double) -> Color {
    func mix(_ a: Double, _ b: Double) -> Double { a + (b - a) * amount }
    return Color(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue),
      opacity: mix(opacity, other.opacity))
  }

  /// CIE lightness L*, from 0 (black) to 100 (white): what is left of the colour in grey print.
  public var lightness: Double {
    func linear(_ value: Double) -> Double {
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    return luminance <= 216.0 / 24389 ? luminance * 24389 / 27 : 116 * cbrt(luminance) - 16
  }
}

/// Colours that readers with any kind of colour vision tell apart, and that differ in grey print.
public enum Palette {
  /// For series without an order, after Okabe and Ito: neighbours differ in hue, and every two in
  /// lightness.
  public static let discrete: [Color] = [
    Color(hex: 0x0072B2), Color(hex: 0xE69F00), Color(hex: 0x00503C), Color(hex: 0xCF6AA8),
    Color(hex: 0xA6D8F5), Color(hex: 0x2B1A12), Color(hex: 0x9C2F0A),
  ]

  public static let blue = Color(hex: 0x0072B2)
  public static let orange = Color(hex: 0xE08A00)

  /// From dark violet over blue and green to yellow, evenly lighter (anchors of viridis).
  public static let sequential: [Color] = [
    0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725,
  ].map { Color(hex: $0) }

  /// From dark blue over near white to dark red, as dark at either end (after ColorBrewer's RdBu): for
  /// numbers with a sign. No blindness to colours confuses its sides; grey print keeps the distance from
  /// the middle.
  public static let diverging: [Color] = [
    0x0A3A70, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B, 0x7A0A22,
  ].map { Color(hex: $0) }

  /// `count` colours for series with an order, from dark to light, without the yellows that thin lines
  /// lose on white paper.
  public static func ordered(_ count: Int) -> [Color] {
    (0..<count).map { index in
      interpolate(sequential, at: count > 1 ? 0.78 * Double(index) / Double(count - 1) : 0.4)
    }
  }

  /// The colour at `position` in [0, 1] along `anchors`.
  static func interpolate(_ anchors: [Color], at position: Double) -> Color {
    guard let first = anchors.first else { return .black }
    guard anchors.count > 1 else { return first }
    let place = min(max(position, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(place), anchors.count - 2)
    return anchors[index].mixed(with: anchors[index + 1], amount: place - Double(index))
  }
}

/// Colours for a number: a position scale whose places are colours.
public struct ColorScale: Sendable, Hashable {
  public var scale: Scale
  public var anchors: [Color]

  public init(_ scale: Scale, anchors: [Color] = Palette.sequential) {
    self.scale = scale
    self.anchors = anchors
  }

  /// Blue below `center` and red above it, darkest at a distance of `reach`.
  /// - Throws: ``PlotError`` where the reach is not positive.
  public static func diverging(center: Double = 0, reach: Double) throws(PlotError) -> ColorScale {
    guard reach > 0 else { throw PlotError("a diverging colour scale needs a positive reach, not \(reach)") }
    return ColorScale(try Scale(.linear, domain: center - reach...center + reach), anchors: Palette.diverging)
  }

  /// Blue below zero and red above it, each darkest at a reach of its own.
  /// - Throws: ``PlotError`` where a reach is not positive.
  public static func diverging(below: Double, above: Double) throws(PlotError) -> ColorScale {
    guard below > 0, above > 0 else {
      throw PlotError("a diverging colour scale needs positive reaches, not \(below) and \(above)")
    }
    let scale = try Scale(.linear, domain: -below...above)
    // So many anchors that the turn at zero is between two that are nearly white.
    let anchors = scale.samples(401).map { value in
      Palette.interpolate(Palette.diverging, at: 0.5 + 0.5 * value / (value < 0 ? below : above))
    }
    return ColorScale(scale, anchors: anchors)
  }

  public func callAsFunction(_ value: Double) -> Color {
    Palette.interpolate(anchors, at: scale.position(of: value))
  }

  /// Colours of the bands that rising `levels` make: below them, between neighbours (the colour of their
  /// middle on the scale), and above.
  public func bands(_ levels: [Double]) -> [Color] {
    guard let first = levels.first, let last = levels.last else { return [] }
    let middles = zip(levels, levels.dropFirst()).map { low, high in
      scale.value(at: (scale.position(of: low) + scale.position(of: high)) / 2)
    }
    // Beyond the ends, as far as the middles of further bands of the last width.
    let below = 2 * first - (middles.first ?? first), above = 2 * last - (middles.last ?? last)
    return ([below] + middles + [above]).map { self($0) }
  }
}
