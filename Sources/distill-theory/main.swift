import TheoryCommand

DistillTheory.main()
