import FitCommand

DistillFit.main()
