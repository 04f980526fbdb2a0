import CoverageCommand

DistillCoverage.main()
