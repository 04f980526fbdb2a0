import LawTestCommand

DistillLawTest.main()
