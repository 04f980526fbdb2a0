import PlanCommand

DistillPlan.main()
