import CompareCommand

DistillCompare.main()
