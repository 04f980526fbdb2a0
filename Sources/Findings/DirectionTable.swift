import Formats
import Foundation

/// Table 7: forward and reverse Kullback-Leibler divergence as the distillation loss.
public struct DirectionTable: Sendable, Hashable {
  /// A teacher and a student trained both ways.
  public struct Row: Sendable, Hashable {
    public var teacherParameters: Double
    public var studentParameters: Double
    public var studentTokens: Double
    public var forward: PracticeFindings.Setting
    public var reverse: PracticeFindings.Setting
    /// Measured time of a step, where it is known for the student's size.
    public var speed: DirectionSpeed?
  }

  public var study: String
  public var rows: [Row]

  /// Nil where no pair was trained both ways.
  /// - Parameter speeds: measured times of a step, by the student's size.
  public init?(_ findings: PracticeFindings, speeds: [DirectionSpeed] = []) {
    study = findings.study
    rows = (findings.direction?.series ?? []).compactMap { series in
      guard let forward = series.settings.first(where: { $0.value == 0 }),
        let reverse = series.settings.first(where: { $0.value == 1 }), let teacher = series.teacherParameters
      else { return nil }
      return Row(
        teacherParameters: teacher, studentParameters: series.studentParameters, studentTokens: series.studentTokens,
        forward: forward, reverse: reverse,
        speed: speeds.first { $0.parameters == series.studentParameters })
    }
    guard !rows.isEmpty else { return nil }
  }

  /// The paper's one pair: N_T and N_S in parameters, losses in nats per token. Its tokens are not stated.
  static let published = (teacher: 1.82e9, student: 546e6, forward: 2.42, reverse: 2.70)

  private static func difference(_ row: Row) -> String {
    guard let difference = row.reverse.difference else { return "" }
    let mean = String(format: "%+.2f%%", 100 * difference.mean)
    return difference.halfWidth.map { mean + String(format: " ± %.2f", 100 * $0) } ?? mean
  }

  private static func times(_ row: Row) -> String {
    row.speed.map { speed in
      String(
        format: "%.2f, %.2f (x %.2f)", speed.forwardMilliseconds, speed.reverseMilliseconds,
        speed.reverseMilliseconds / speed.forwardMilliseconds)
    } ?? "not measured"
  }

  private static func loss(_ setting: PracticeFindings.Setting) -> String {
    setting.seeds > 1
      ? String(format: "%.4f (%.4f to %.4f)", setting.loss, setting.low, setting.high)
      : String(format: "%.4f", setting.loss)
  }

  public var markdown: String {
    var text = "# Table 7: direction of the divergence, study `\(study)`\n\n"
    text +=
      "Losses of students on data, nats per token: mean over seeds and their range. The difference is that of reverse to forward within a seed, with a 90% interval. Work for a token's loss grows with the vocabulary V: forward needs the student's and the teacher's log-probabilities, O(V); reverse also the student's entropy, O(2V). Times are medians of a student's training step, its teacher's pass left out, measured in turns.\n\n"
    text +=
      "| N_T | N_S | D_S | seeds | forward | reverse | difference | ms a step, forward and reverse |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for row in rows {
      text += String(
        format: "| %.0f | %.0f | %.0f | %d | %@ | %@ | %@ | %@ |\n", row.teacherParameters, row.studentParameters,
        row.studentTokens, min(row.forward.seeds, row.reverse.seeds), Self.loss(row.forward), Self.loss(row.reverse),
        Self.difference(row), Self.times(row))
    }
    let paper = Self.published
    text += String(
      format: "| %.0f | %.0f | not stated | 1 | %.2f | %.2f | %+.1f%% (the paper) | |\n", paper.teacher, paper.student,
      paper.forward, paper.reverse, 100 * Foundation.log(paper.reverse / paper.forward))
    return text
  }

  public var csv: String {
    var text =
      "teacherParameters,studentParameters,studentTokens,seeds,forwardLoss,forwardLow,forwardHigh,reverseLoss,reverseLow,reverseHigh,difference,halfWidth,forwardMilliseconds,reverseMilliseconds\n"
    for row in rows {
      let difference = row.reverse.difference
      let fields: [String] =
        [
          "\(row.teacherParameters)", "\(row.studentParameters)", "\(row.studentTokens)",
          "\(min(row.forward.seeds, row.reverse.seeds))",
        ] + [row.forward, row.reverse].flatMap { ["\($0.loss)", "\($0.low)", "\($0.high)"] }
        + [difference.map { "\($0.mean)" } ?? "", difference?.halfWidth.map { "\($0)" } ?? ""]
        + [row.speed?.forwardMilliseconds, row.speed?.reverseMilliseconds].map { $0.map { "\($0)" } ?? "" }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }

  public var latex: String {
    var text = "\\begin{tabular}{rrrrr}\n\\hline\n$N_T$ & $N_S$ & forward & reverse & difference \\\\\n\\hline\n"
    for row in rows {
      let difference = Self.difference(row).replacingOccurrences(of: "%", with: "\\%")
        .replacingOccurrences(of: "±", with: "$\\pm$")
      text += String(
        format: "%.0f & %.0f & %.4f & %.4f & %@ \\\\\n", row.teacherParameters, row.studentParameters, row.forward.loss,
        row.reverse.loss, difference)
    }
    return text + "\\hline\n\\end{tabular}\n"
  }
}
