import OptimizeCommand

DistillOptimize.main()
