import Allocation
import Formats
import Estimation

/// Works the tables of a scale out, a row or a run of rows a task; a row depends on its place alone.
struct PlanningTables {
  let planner: Planner
  let scale: PlanningScale
  let threads: Int

  /// Rows by scenario, size and budget. A budget that does not pay for the least that the bounds allow, or for a
  /// student that knows anything, has none.
  func optima() throws(AllocationError) -> OptimaTable {
    struct Request: Sendable {
      var scenario: Scenario
      var parameters, compute: Double
    }
    var payable = [Request]()
    for scenario in Scenario.allCases {
      for parameters in scale.contourParameters {
        let least = try planner.leastCompute(scenario, studentParameters: parameters)
        for compute in scale.budgets where compute >= least {
          payable.append(Request(scenario: scenario, parameters: parameters, compute: compute))
        }
      }
    }
    let requests = payable
    let rows = parallelMap(count: requests.count, threads: threads, makeState: { () }) { [planner] _, index in
      let request = requests[index]
      return Result { () throws(AllocationError) -> OptimaTable.Row in
        let plan = try planner.plan(
          request.scenario, studentParameters: request.parameters, compute: request.compute)
        return OptimaTable.Row(plan, budget: request.compute)
      }
    }
    var table = OptimaTable(rows: [])
    for row in rows { table.rows.append(try row.get()) }
    return table
  }

  /// Rows by scenario, size and loss, for the sizes that have panels.
  func reach() throws(AllocationError) -> ReachTable {
    let requests = Scenario.allCases.flatMap { scenario in scale.studentParameters.map { (scenario, $0) } }
    let losses = scale.losses
    let runs = parallelMap(count: requests.count, threads: threads, chunk: 1, makeState: { () }) {
      [planner] _, index in
      let (scenario, parameters) = requests[index]
      return Result { () throws(AllocationError) -> [ReachTable.Row] in
        // From the loss that is reached first to the one that takes most: each search begins at the last answer.
        var rows = [ReachTable.Row](), nearCompute: Double?, nearTokens: Double?
        for loss in losses.reversed() {
          let plan = try planner.leastComputePlan(
            scenario, studentParameters: parameters, reaching: loss, near: nearCompute)
          let tokens = try planner.leastTokens(
            scenario, studentParameters: parameters, reaching: loss, near: nearTokens)
          (nearCompute, nearTokens) = (plan?.compute ?? nearCompute, tokens ?? nearTokens)
          rows.append(
            ReachTable.Row(
              scenario: scenario.rawValue, studentParameters: parameters, studentLoss: loss, compute: plan?.compute,
              tokens: tokens, tokensAtLeastCompute: plan?.tokens))
        }
        return rows.reversed()
      }
    }
    var table = ReachTable(rows: [])
    for run in runs { table.rows += try run.get() }
    return table
  }
}

extension OptimaTable.Row {
  /// - Parameter budget: what could be spent; a plan at the upper bound of D_S leaves some of it.
  init(_ plan: Plan, budget: Double) {
    self.init(
      scenario: plan.scenario.rawValue, studentParameters: plan.studentParameters, compute: budget,
      studentLoss: plan.studentLoss, teacherLoss: plan.teacher?.loss, studentTokens: plan.studentTokens,
      teacherParameters: plan.teacher?.parameters, teacherTokens: plan.teacher?.tokens,
      studentShare: plan.studentCompute / plan.compute, logitShare: plan.logitCompute / plan.compute,
      teacherShare: plan.teacherCompute / plan.compute)
  }
}
