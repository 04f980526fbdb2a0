import Estimation
import Foundation
import ScalingLaws
import RunStore

let arguments = CommandLine.arguments
let runs = try loadRuns(arguments[2])
let count = Int(arguments[3])!
let iterations = Int(arguments[4])!
func bench<M: LawModel>(_ model: M, _ starts: [M.Point], _ go: (MultiStart, HuberObjective<M>, [M.Point]) -> MultiStart.Outcome<M.Point>) {
  let objective = HuberObjective(model, delta: 1e-4)
  let clock = ContinuousClock()
  let used = (0..<min(count, starts.count)).map { starts[($0 &* 7_654_321) % starts.count] }
  let m = iterations == 0 ? MultiStart(stages: [], threads: 1) : iterations == 1 ? supervisedPlan(threads: 1) : distillationPlan(threads: 1)
  let t1 = clock.now
  let o = go(m, objective, used)
  let t2 = clock.now
  print("starts", used.count, "time", t2 - t1, "evaluations/start", o.evaluations / used.count, "time/evaluation", (t2-t1)/Double(o.evaluations), "converged", o.finalists.filter(\.converged).count)
  let sorted = o.finalists
  for q in [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000] where q < sorted.count { print(q, sorted[q].objective, sorted[q].evaluations, model.coefficients(at: sorted[q].point).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " ")) }
}
switch arguments[1] {
case "supervised": let m = SupervisedModel(runs.supervised, fixedGamma: false); bench(m, StartGrid.supervised(m), { $0.minimise($1, from: $2) })
case "chinchilla": let m = SupervisedModel(runs.supervised, fixedGamma: true); bench(m, StartGrid.supervised(m), { $0.minimise($1, from: $2) })
case "truth":
  let m = DistillationModel(runs.distillation, supervised: .published)
  let law = DistillationLaw.published
  let x = m.point(["A": law.parameterCoefficient, "B": law.tokenCoefficient, "alpha": law.alpha, "beta": law.beta, "gamma": law.gamma, "c0": law.c0, "c1": law.c1, "f1": law.f1, "d1": law.d1])!
  print(HuberObjective(m, delta: 1e-4).evaluate(at: x))
  bench(m, [x], { $0.minimise($1, from: $2) })
default: let m = DistillationModel(runs.distillation, supervised: .published); bench(m, StartGrid.distillation(m), { $0.minimise($1, from: $2) })
}
