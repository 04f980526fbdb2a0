import Foundation
import ScalingLaws

/// Plans for people to read: one with its answer in a sentence, several as a table.
func planText(_ documents: [PlanDocument]) -> String {
  var parts = [String]()
  if documents.count == 1 {
    parts.append(answer(documents[0]))
    parts.append(columns(details(documents[0])))
  } else {
    parts.append(columns(sweep(documents)))
  }
  for document in documents where document.teachers != nil {
    parts.append(columns(teacherTable(document)))
  }
  let warnings = unique(
    documents.flatMap { document in
      document.reasons.isEmpty
        ? [] : ["warning: outside where the law was fitted: " + document.reasons.joined(separator: "; ")]
    })
  parts.append((warnings + unique(documents.flatMap(\.notes)).map { "note: " + $0 }).joined(separator: "\n"))
  return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
}

/// The answer in a sentence or two: among the teachers that there are, where they were given, and then for the
/// best teacher that there could be.
private func answer(_ plan: PlanDocument) -> String {
  guard let choice = plan.choice, let teacher = plan.teachers?.first(where: { $0.name == choice.teacher }) else {
    return planAnswer(plan)
  }
  let student = "\(count(plan.studentParameters)) student"
  let supervised = "\(nats(plan.supervisedLoss)) on \(count(plan.supervisedTokens)) tokens"
  let paid = choice.paysInference ? "with its logits paid for" : "with logits that cost nothing"
  let described = "\(teacher.name) (\(count(teacher.parameters)) parameters, \(nats(teacher.loss)))"
  var text: String
  if choice.recommendation == "distill" {
    text =
      "Distil the \(student) from \(described), on \(count(choice.studentTokens)) tokens: \(paid), it reaches "
      + "\(nats(choice.studentLoss)), the best of the teachers given. Trained supervised on the same compute it "
      + "reaches \(supervised), \(difference(plan.supervisedLoss - choice.studentLoss)) more; "
    if let needed = choice.supervisedComputeForSameLoss {
      text += "to come as far it would need \(flops(needed)), \(factor(needed / plan.compute)) the compute."
    } else {
      text += "it comes as far with no number of tokens."
    }
  } else {
    text =
      "Train the \(student) supervised: it reaches \(supervised). Of the teachers given, \(described) makes the best "
      + "student at this compute, \(paid): \(nats(choice.studentLoss)), "
      + "\(difference(choice.studentLoss - plan.supervisedLoss)) more."
  }
  if plan.recommendation != nil { text += "\n\nIf you could choose any teacher: " + planAnswer(plan) }
  return text
}

/// The plan in a sentence or two.
private func planAnswer(_ plan: PlanDocument) -> String {
  let student = "\(count(plan.studentParameters)) student"
  let same = "the same \(plan.comparedAt)"
  guard let recommendation = plan.recommendation, let teacherLoss = plan.teacherLoss,
    let teacherParameters = plan.teacherParameters
  else {
    return "Training the \(student) on \(count(plan.studentTokens)) tokens costs \(flops(plan.compute)) "
      + "and reaches \(nats(plan.studentLoss))."
  }
  let distilled =
    "from a teacher of \(count(teacherParameters)) parameters and \(nats(teacherLoss)), on "
    + "\(count(plan.studentTokens)) tokens"
  guard recommendation == "distill" else {
    return "Train the \(student) supervised, on \(count(plan.supervisedTokens)) tokens: it reaches "
      + "\(nats(plan.supervisedLoss)). Distilled at its best on \(same), \(distilled), it reaches "
      + "\(nats(plan.studentLoss)), \(difference(plan.studentLoss - plan.supervisedLoss)) more."
  }
  var text =
    "Distil the \(student) \(distilled): it reaches \(nats(plan.studentLoss)). Trained supervised on \(same) "
    + "it reaches \(nats(plan.supervisedLoss)), \(difference(plan.supervisedLoss - plan.studentLoss)) more; "
  if let needed = plan.supervisedComputeForSameLoss {
    text += needed < plan.compute ? "but with more tokens it comes as far with " : "to come as far it would need "
    text += "\(flops(needed)), \(factor(needed / plan.compute)) the compute."
  } else {
    text += "it comes as far with no number of tokens."
  }
  return text
}

/// An interval behind its estimate; nothing where there is none, or where all laws agree, as on a bound.
private func interval(_ bounds: PlanIntervals.Bounds?, _ format: (Double) -> String) -> String {
  switch (bounds?.low, bounds?.high) {
  case (let low?, let high?): low < high ? " (\(format(low)) to \(format(high)))" : ""
  case (let low?, nil): " (at least \(format(low)))"
  case (nil, let high?): " (at most \(format(high)))"
  case (nil, nil): bounds == nil ? "" : " (open)"
  }
}

private func details(_ plan: PlanDocument) -> [[String]] {
  let doubt = plan.intervals
  var rows = [
    ["scenario", plan.scenario], ["law", plan.law],
    ["student parameters N_S", count(plan.studentParameters)],
    ["student tokens D_S", count(plan.studentTokens) + interval(doubt?.studentTokens, count)],
    ["student loss L_S", nats(plan.studentLoss) + interval(doubt?.studentLoss, difference)],
  ]
  if let loss = plan.teacherLoss, let parameters = plan.teacherParameters, let tokens = plan.teacherTokens {
    rows += [
      ["teacher parameters N_T", count(parameters) + interval(doubt?.teacherParameters, count)],
      ["teacher tokens D_T", count(tokens) + interval(doubt?.teacherTokens, count)],
      ["teacher loss L_T", nats(loss) + interval(doubt?.teacherLoss, difference)],
    ]
  }
  rows.append(["compute", flops(plan.compute)])
  if plan.recommendation != nil {
    rows += [
      [
        "its shares",
        "student \(percent(plan.studentShare)), teacher's logits \(percent(plan.logitShare)), "
          + "teacher's training \(percent(plan.teacherShare))",
      ],
      [
        "supervised",
        nats(plan.supervisedLoss) + interval(doubt?.supervisedLoss, difference)
          + " on \(count(plan.supervisedTokens)) tokens",
      ],
    ]
    let crossings = plan.crossoverCompute.enumerated().map { index, compute in
      flops(compute) + interval(doubt?.crossoverCompute[index]) { String(format: "%.3g", $0) }
    }.joined(separator: ", ")
    rows.append(["equally good at", crossings.isEmpty ? "no compute within a factor of 1000" : crossings])
  }
  return rows
}

private func sweep(_ plans: [PlanDocument]) -> [[String]] {
  [["compute", "L_S", "D_S", "L_T", "N_T", "D_T", "supervised", "better"]]
    + plans.map { plan in
      let doubt = plan.intervals
      return [
        flops(plan.compute), nats(plan.studentLoss) + interval(doubt?.studentLoss, difference),
        count(plan.studentTokens) + interval(doubt?.studentTokens, count),
        (plan.teacherLoss.map(nats) ?? "") + interval(doubt?.teacherLoss, difference),
        (plan.teacherParameters.map(count) ?? "") + interval(doubt?.teacherParameters, count),
        (plan.teacherTokens.map(count) ?? "") + interval(doubt?.teacherTokens, count),
        nats(plan.supervisedLoss) + interval(doubt?.supervisedLoss, difference),
        plan.recommendation ?? "supervised",
      ]
    }
}

private func teacherTable(_ plan: PlanDocument) -> [[String]] {
  let supervised = plan.supervisedLoss
  return [["at \(flops(plan.compute)) from", "N_T", "L_T", "L_S, logits paid", "D_S", "L_S, logits free", "D_S"]]
    + (plan.teachers ?? []).map { teacher in
      func loss(_ student: PlanDocument.Student) -> String {
        nats(student.studentLoss) + (student.studentLoss > supervised ? " (supervised is better)" : "")
      }
      return [
        teacher.name, count(teacher.parameters), nats(teacher.loss), loss(teacher.withInference),
        count(teacher.withInference.studentTokens), loss(teacher.withoutInference),
        count(teacher.withoutInference.studentTokens),
      ]
    }
}

/// Rows as aligned columns.
func columns(_ rows: [[String]]) -> String {
  let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    zip(row, widths).enumerated().map { index, cell in
      index == row.count - 1 ? cell.0 : cell.0.padding(toLength: cell.1 + 2, withPad: " ", startingAt: 0)
    }.joined()
  }.joined(separator: "\n")
}

private func unique(_ lines: [String]) -> [String] {
  var seen = Set<String>()
  return lines.filter { seen.insert($0).inserted }
}

/// Parameters or tokens: 3B, 487B, 12.5k.
func count(_ value: Double) -> String { abbreviated(value) }

func nats(_ loss: Double) -> String { String(format: "%.4f nats", loss) }

func flops(_ compute: Double) -> String { String(format: "%.3g FLOPs", compute) }

private func difference(_ loss: Double) -> String { String(format: "%.4f", loss) }

private func factor(_ ratio: Double) -> String { String(format: "%.3g times", ratio) }

private func percent(_ share: Double) -> String { String(format: "%.1f%%", 100 * share) }
